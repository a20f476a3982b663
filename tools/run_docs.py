#!/usr/bin/env python3
"""Runs the command blocks of the documentation, as a reader would copy them.

    run_docs.py BINARY [--all] [--self-test] [PAGE.md ...]      default: README.md, docs/index.md, docs/guide/*.md

A block is indented by four columns or fenced as sh, bash or console. Of a block with a line `damascene ...` or `$D ...`
these lines run, and `cp`, `mkdir`, `cd` beside them; `make`, `view` and the rest are left to other checks. Each page has a scratch
folder with examples/ and tests/ of the source tree. A fence titled FILE is written there first:

    ```toml title="recipe.toml"

`run` or `fit` of an example as it stands is what the test example.NAME does, so that its recipe is only checked here unless
--all is given. Exit code 0 is expected; `# exit N` at the end of a line says otherwise. A block behind `<!-- slow -->` wants --all; so does
a line that ends in `# slow`.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```\s*(\w*)(.*)$")
TITLE = re.compile(r'title="([^"]+)"')
RUNS = re.compile(r"^(damascene|\$D)\s(?!view\b)")  # a viewer serves until it is stopped: tests/cli/test_view.py
BESIDE = re.compile(r"^(cp|mkdir|cd|D=)")
EXAMPLE = re.compile(r"^(\S+) (?:run|fit) (examples/[^/ ]+)/recipe\.toml( -o \S+)?$")
EXIT = re.compile(r"#\s*exit (\d+)")
SECONDS_PER_COMMAND = 600


def blocks(text):
    """(line number, kind, lines, slow) in order; kind "sh", or "file:NAME" of a titled fence."""
    lines, slow, at = text.splitlines(), False, 0
    while at < len(lines):
        line = lines[at]
        fence = FENCE.match(line)
        if line.strip() == "<!-- slow -->":
            slow, at = True, at + 1
            continue
        if fence:
            end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith("```")), len(lines))
            title = TITLE.search(fence.group(2))
            kind = f"file:{title.group(1)}" if title else fence.group(1)
            yield at + 1, "sh" if kind in ("sh", "bash", "console") else kind, lines[at + 1 : end], slow
            slow, at = False, end + 1
        elif line.startswith("    ") and (at == 0 or not lines[at - 1].strip()):
            end = next((i for i in range(at, len(lines)) if lines[i] and not lines[i].startswith("    ")), len(lines))
            yield at, "sh", [text[4:] for text in lines[at:end]], slow
            slow, at = False, end
        else:
            slow = slow and not line.strip()
            at += 1


def commands(first, lines):
    """(line number, command, slow) of a block, continued lines joined; nothing when it runs no damascene."""
    joined, begin = [], None
    for offset, line in enumerate(lines, 1):
        begin = (first + offset, "") if begin is None else begin
        begin = (begin[0], begin[1] + line.rstrip("\\").strip() + (" " if line.endswith("\\") else ""))
        if not line.endswith("\\"):
            joined.append(begin)
            begin = None
    if not any(RUNS.match(text) for _, text in joined):
        return []
    return [(number, text, text.endswith("# slow")) for number, text in joined if RUNS.match(text) or BESIDE.match(text)]


def as_tested_elsewhere(command, page_text):
    """`check` in place of an example's run that tests/cli/run_examples.py makes anyway and whose results stay unused."""
    found = EXAMPLE.match(command)
    used = found and found.group(3) and len(re.findall(re.escape(found.group(3)[4:]) + r"\b", page_text)) > 1
    if found and not used and (ROOT / found.group(2) / "expected.json").is_file():
        return f"{found.group(1)} check {found.group(2)}/recipe.toml"
    return command


def scratch_folder(folder, binary):
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "tests").symlink_to(ROOT / "tests")
    for place in ("build/release/apps/cli", "bin"):
        (folder / place).mkdir(parents=True)
        (folder / place / "damascene").symlink_to(binary)


def run_page(page, binary, everything):
    """(commands run, seconds, faults)."""
    faults, count, total = [], 0, 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scratch_folder(folder, binary)
        environment = dict(os.environ, PATH=f"{folder / 'bin'}:{os.environ['PATH']}", D=str(folder / "bin/damascene"))
        here = folder
        page_text = page.read_text(encoding="utf-8")
        for number, kind, lines, slow in blocks(page_text):
            if kind.startswith("file:"):
                (here / kind[5:]).write_text("\n".join(lines) + "\n", encoding="utf-8")
            if kind != "sh" or (slow and not everything):
                continue
            for line, command, line_slow in commands(number, lines):
                if line_slow and not everything:
                    continue
                command = command if everything else as_tested_elsewhere(command, page_text)
                expected = int(found.group(1)) if (found := EXIT.search(command)) else 0
                begin = time.monotonic()
                try:
                    done = subprocess.run(["bash", "-c", f'{command}\nstate=$?; pwd -P > "{folder}/.here"; exit $state'],
                                          cwd=here, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                                          text=True, timeout=SECONDS_PER_COMMAND)
                    state, told = done.returncode, done.stderr + done.stdout
                except subprocess.TimeoutExpired:
                    state, told = "none", f"no end within {SECONDS_PER_COMMAND} s"
                seconds = time.monotonic() - begin
                count, total = count + 1, total + seconds
                if (folder / ".here").is_file():
                    here = pathlib.Path((folder / ".here").read_text().strip())
                print(f"  {seconds:6.2f} s  {page.name}:{line}  {command}", flush=True)
                if state != expected:
                    faults.append(f"{page}:{line}: exit {state}, expected {expected}: {command}\n{told[-2000:]}")
    return count, total, faults


def self_test(binary):
    """A page with a broken block must fail at the right lines, one with sound blocks must pass."""
    sound = "Text.\n\n    damascene explain D0203\n    damascene check no.toml   # exit 2\n\n    make nothing\n"
    broken = "Text.\n\n```sh\ndamascene explain D0203\ndamascene frobnicate\n```\n\n    $D explain no-such-word\n"
    with tempfile.TemporaryDirectory() as name:
        page = pathlib.Path(name) / "page.md"
        page.write_text(sound)
        count, _, faults = run_page(page, binary, False)
        assert count == 2 and not faults, (count, faults)
        page.write_text(broken)
        _, _, faults = run_page(page, binary, False)
        assert [re.search(r"md:(\d+)", fault).group(1) for fault in faults] == ["5", "8"], faults
    print("run_docs self-test: a broken block fails, sound ones pass")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary")
    arguments.add_argument("pages", nargs="*", type=pathlib.Path)
    arguments.add_argument("--all", action="store_true")
    arguments.add_argument("--self-test", action="store_true")
    given = arguments.parse_args()
    binary = pathlib.Path(given.binary).resolve()
    if given.self_test:
        return self_test(binary)
    pages = given.pages or [ROOT / "README.md", ROOT / "docs/index.md", *sorted((ROOT / "docs/guide").glob("*.md"))]
    results = [run_page(page, binary, given.all) for page in pages]
    faults = [fault for result in results for fault in result[2]]
    print("\n".join(faults), end="\n" if faults else "")
    print(f"run_docs: {sum(r[0] for r in results)} commands of {len(pages)} pages in {sum(r[1] for r in results):.0f} s, "
          f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
