#!/usr/bin/env python3
"""Gathers the written pages of the documentation and makes the generated ones.

    docs_pages.py BUILD OUT      BUILD: build folder with the program and the tests; OUT: folder of Markdown pages

Citations such as [Mack 1987] become links to the list of references, links into the source tree become plain text.
"""
import pathlib
import re
import shutil
import sys
import time

import check_citations
import docs_gallery
import docs_reference
import docs_validation

ROOT = pathlib.Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def linked_citations(line, keys, way_up):
    """'[Cobb 1998; Gamo 1964, eq. 3]' with every part that resolves to an entry as a link."""
    def by_key(word):
        return f"[{word}]({way_up}references.md#{word.lower()})" if word.lower() in keys else word

    def group(match):
        parts = []
        for part in re.split(r";\s*", match.group(1)):
            names = {name for _, found in check_citations.bracketed(f"[{part}]") for name in found}
            key = next((keys[name] for name in sorted(names) if name in keys), None)
            parts.append(f"[{part}]({way_up}references.md#{key.lower()})" if key else
                         check_citations.KEY.sub(lambda m: by_key(m.group(1)), part))  # [Mack1992,KimNeureuther1984]
        return "\\[" + "; ".join(parts) + "\\]" if any("](" in part for part in parts) else match.group(0)

    pieces = re.split(r"(`[^`]*`)", line)
    return "".join(p if p.startswith("`") else check_citations.BRACKET.sub(group, p) for p in pieces)


def linked_page(text, keys, way_up):
    lines, fenced = [], False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith("```")
        # Indented blocks are equations; a citation at their right stays as it is.
        lines.append(line if fenced or line.startswith("    ") else linked_citations(line, keys, way_up))
    return "\n".join(lines) + "\n"


def without_foreign_links(text, here, pages):
    """Links to files that are no page of the site keep their text only."""
    def kept(match):
        target = match.group(2)
        if re.match(r"[a-z]+:", target):
            return match.group(0)
        place = (here.parent / target).as_posix()
        return match.group(0) if pathlib.PurePosixPath(_normal(place)) in pages else match.group(1)
    return LINK.sub(kept, text)


def _normal(place):
    parts = []
    for part in place.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def decisions():
    """All decisions on one page, headings one level down."""
    text = "# Decisions\n\nWhat changed the structure, with the measurement or reason that decided.\n\n"
    for path in sorted((ROOT / "docs/decisions").glob("*.md")):
        text += re.sub(r"^# ", "## ", path.read_text(encoding="utf-8")) + "\n"
    return text


def written_pages():
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8")
             for path in [docs / "index.md", docs / "errata.md", *sorted((docs / "guide").glob("*.md")),
                          *sorted((docs / "theory").glob("*.md"))]}
    pages["contributing.md"] = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    pages["changelog.md"] = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    pages["decisions.md"] = decisions()
    return pages


def main():
    build, out = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    binary = build / "apps/cli/damascene"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shutil.copytree(ROOT / "docs/images", out / "images")
    shutil.copy(ROOT / "docs/site.css", out)
    pages = written_pages()
    for name, made in (("reference", lambda: docs_reference.pages(binary)),
                       ("gallery", lambda: docs_gallery.pages(binary, out, ROOT / "build/docs-cache")),
                       ("validation", lambda: docs_validation.pages(build))):
        begin = time.monotonic()
        pages.update(made())
        print(f"docs: {name} in {time.monotonic() - begin:.1f} s", flush=True)
    keys = {key.lower(): key for key in check_citations.ENTRY.findall((ROOT / "docs/references.bib").read_text())}
    known = {pathlib.PurePosixPath(name) for name in pages}
    for name, text in pages.items():
        place = out / name
        place.parent.mkdir(parents=True, exist_ok=True)
        text = without_foreign_links(text, pathlib.PurePosixPath(name), known)
        place.write_text(linked_page(text, keys, "../" * name.count("/")), encoding="utf-8")


if __name__ == "__main__":
    main()
