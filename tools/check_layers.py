#!/usr/bin/env python3
"""Layer rule: an include points downward, never up and, among the physics namespaces, never sideways.

L0 base; L1 numerics < geometry < io; L2 physics (siblings never meet); L3 decide; L4 flow; L5 faces.
L0 to L3 also never open a file, print, exit or read the environment; public headers name no third party.
"""
import pathlib
import re
import sys

LAYERS = [
    ["base"],
    ["numerics", "geometry", "io"],
    ["optics", "mask", "resist", "stochastic", "feature", "reactor", "plasma", "film", "kmc"],
    ["opc", "patterning", "control", "learn"],
    ["flow"],
    ["cli"],
]
LAYER_OF = {name: level for level, names in enumerate(LAYERS) for name in names}
ORDER_IN_L1 = LAYERS[1]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
WORLD_HEADERS = {"fstream", "iostream", "filesystem", "cstdio", "stdio.h", "unistd.h", "sys/stat.h", "fcntl.h"}
WORLD_CALLS = re.compile(
    r"(?<![\w.>])(?:std::)?(getenv|setenv|exit|_Exit|quick_exit|abort|system|printf|fprintf|puts|fopen)\s*\(")
STANDARD_OR_OWN = re.compile(r"^(damascene/.*|[a-z_0-9]+)$")
THREADS = re.compile(r"^(tbb|oneapi)/|^(thread|omp\.h|execution)$")


def namespace_of(path, root):
    """The namespace a file belongs to, or None."""
    parts = path.relative_to(root).parts
    if parts[0] == "include":
        return parts[2] if len(parts) > 3 else path.stem
    if parts[0] == "apps":
        return "cli"
    return parts[1] if len(parts) > 2 else None


def included_namespace(target):
    """The namespace of an included project header, or None for third parties and the standard library."""
    parts = pathlib.PurePosixPath(target).parts
    if parts[0] == "damascene" and len(parts) > 1:
        return parts[1].removesuffix(".hpp")
    return parts[0] if len(parts) > 1 and parts[0] in LAYER_OF else None


def allowed(user, used):
    if user == used:
        return True
    if LAYER_OF[user] != LAYER_OF[used]:
        return LAYER_OF[used] < LAYER_OF[user]
    return LAYER_OF[user] == 1 and ORDER_IN_L1.index(used) < ORDER_IN_L1.index(user)


def without_comments_and_strings(text):
    """Same line structure; comments, strings and character literals blanked."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|R"\w*\(.*?\)\w*"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
    return token.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def include_faults(path, text, namespace):
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        target = found.group(2)
        used = included_namespace(target)
        if used is not None:
            if used not in LAYER_OF:
                yield number, f"'{used}' has no layer: add it to tools/check_layers.py"
            elif not allowed(namespace, used):
                way = "sideways" if LAYER_OF[used] == LAYER_OF[namespace] else "upward"
                yield number, f"{way} include: {namespace} (L{LAYER_OF[namespace]}) -> {used} (L{LAYER_OF[used]})"
        elif LAYER_OF[namespace] <= 3 and target in WORLD_HEADERS:
            yield number, f"<{target}> in L{LAYER_OF[namespace]}: the library opens no files and prints nothing"
        elif LAYER_OF[namespace] <= 3 and THREADS.search(target) and path.name != "parallel.cpp":
            yield number, f"<{target}>: threads only through damascene/base/parallel.hpp"
        elif "include" in path.parts and not STANDARD_OR_OWN.match(target):
            yield number, f"<{target}>: public headers name no third party"


def call_faults(text, namespace):
    if LAYER_OF[namespace] > 3:
        return
    for number, line in enumerate(without_comments_and_strings(text).splitlines(), 1):
        if found := WORLD_CALLS.search(line):
            yield number, f"{found.group(1)}() in L{LAYER_OF[namespace]}: the library never prints, exits or reads the environment"


def sources(root):
    for folder in ("include", "src", "apps"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".hpp", ".cpp", ".h", ".in"} and path.is_file():
                yield path


def faults(root):
    for path in sources(root):
        namespace = namespace_of(path, root)
        if namespace not in LAYER_OF:
            yield path, 1, f"'{namespace}' has no layer: add it to tools/check_layers.py"
            continue
        text = path.read_text(encoding="utf-8")
        for number, message in [*include_faults(path, text, namespace), *call_faults(text, namespace)]:
            yield path, number, message


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]).resolve()
    found = list(faults(root))
    for path, number, message in found:
        print(f"{path.relative_to(root)}:{number}: {message}")
    print(f"check_layers: {sum(1 for _ in sources(root))} files, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
