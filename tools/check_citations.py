#!/usr/bin/env python3
"""Every citation resolves to an entry of docs/references.bib.

Recognised: [Hopkins 1953], [Born & Wolf 1999, sec. 10.5], [Cobb 1998; Gamo 1964] in comments and documentation, and
keys such as "Hopkins1953, eq. 12" in string literals of C++ files (parameter tables). The key is the authors and the
year, letters only and without "et al."; the first author and the year will do.
"""
import pathlib
import re
import sys
import unicodedata

ENTRY = re.compile(r"^\s*@\w+\{\s*([^,\s]+)\s*,", re.M)
BRACKET = re.compile(r"\[([^\[\]\n]{3,160})\](?!\()")
NAME = r"[A-ZÀ-Ý][\w'-]*(?:(?:\s*&\s*|,\s+|\s+and\s+|\s+)[A-ZÀ-Ý][\w'-]*)*(?:\s+et\s+al\.?,?)?"
AUTHOR_YEAR = re.compile(rf"^({NAME}),?\s+((?:18|19|20)\d\d[a-z]?)\b")
KEY = re.compile(r"\b([A-Z][A-Za-z]+(?:18|19|20)\d\d[a-z]?)\b")
STRING = re.compile(r'"((?:\\.|[^"\\\n])*)"')
CITATION_FIELD = re.compile(r'\.citation\s*=\s*"((?:\\.|[^"\\\n])*)"')


def plain(text):
    """Letters and digits only, lower case, accents removed: 'Palasantzas et al.' -> 'palasantzas'."""
    text = unicodedata.normalize("NFKD", re.sub(r"\bet\s+al\b\.?|\band\b|&", " ", text))
    return re.sub(r"[^a-z0-9]", "", text.lower())


def bracketed(line):
    for group in BRACKET.findall(line):
        for part in re.split(r";\s*", group):
            if found := AUTHOR_YEAR.match(part.strip()):
                first = re.split(r",|&|\band\b|\bet\b", found.group(1))[0]
                yield part.strip(), {plain(found.group(1)) + found.group(2), plain(first) + found.group(2)}


def keyed(line):
    for literal in STRING.findall(line):
        for key in KEY.findall(literal):
            yield key, {key.lower()}


def empty_or_free(line):
    """A citation field must hold a key: free text there is a fault."""
    for text in CITATION_FIELD.findall(line):
        if text and not KEY.search(text):
            yield text


def sources(root):
    for folder, pattern in (("include", "*.hpp"), ("src", "*.[ch]pp"), ("apps", "*.[ch]pp"), ("tests", "*.[ch]pp"),
                            ("docs", "*.md"), ("examples", "*.md"), ("bench", "*.md"), (".", "*.md")):
        walk = (root / folder).glob(pattern) if folder == "." else (root / folder).rglob(pattern)
        yield from sorted(path for path in walk if path.is_file())


def duplicates(keys):
    return sorted({key for key in keys if keys.count(key) > 1})


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]).resolve()
    keys = [key.lower() for key in ENTRY.findall((root / "docs/references.bib").read_text(encoding="utf-8"))]
    faults, cited = [f"docs/references.bib: '{key}' stands twice" for key in duplicates(keys)], set()
    for path in sources(root):
        in_code = path.suffix in {".hpp", ".cpp"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            place = f"{path.relative_to(root)}:{number}"
            for text, names in [*bracketed(line), *(keyed(line) if in_code else [])]:
                cited |= names
                if names.isdisjoint(keys):
                    faults.append(f"{place}: '{text}' is not in docs/references.bib")
            if in_code:
                faults += [f"{place}: citation '{text}' names no key" for text in empty_or_free(line)]
    print("\n".join(faults), end="\n" if faults else "")
    print(f"check_citations: {len(cited & set(keys))} of {len(keys)} entries cited, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
