"""Reference pages from the program and the sources: commands, tables, models, errors, metrics, references, C++, Python."""
import ast
import concurrent.futures
import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
ACCENTS = {'"a': "ä", '"o': "ö", '"u': "ü", "'e": "é", "`e": "è", "'a": "á", "'i": "í", "'o": "ó", "'c": "ć", "v c": "č",
           "v s": "š", "v z": "ž", "~n": "ñ", "c c": "ç", "'E": "É", '"U': "Ü", '"O': "Ö", "o": "ø", "ss": "ß",
           "^o": "ô", "^e": "ê", "~a": "ã", "'y": "ý", "'n": "ń", "l": "ł", "r a": "å", "aa": "å"}
FAMILIES = {"D01": "Syntax, keys, command line", "D02": "Units and ranges", "D03": "Layouts, masks, tables",
            "D04": "Rules of physics", "D05": "Numerics", "D06": "Memory, disk, time, cluster",
            "D07": "Reactions and tables of yields", "D08": "Internal", "D09": "Report and viewer"}


def told(binary, *words):
    return subprocess.run([binary, *words], capture_output=True, text=True, check=True).stdout


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


# ------------------------------------------------------------------------------------------------------------ models
def model_pages(binary):
    """Page text of every model by (catalogue, name); a name may stand in more than one catalogue."""
    rows = json.loads(told(binary, "models", "list", "--json"))
    names = sorted({row["name"] for row in rows})
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        texts = dict(zip(names, pool.map(lambda name: told(binary, "models", "show", name, "--markdown"), names)))
    found = {}
    for name, text in texts.items():
        parts = re.split(r"(?m)^(?=# )", text)
        for row, part in zip([r for r in rows if r["name"] == name], [p for p in parts if p.strip()]):
            found[row["catalogue"], name] = part
    return rows, found


def readable(text):
    """One model: the column of evidence labels goes, angle brackets are text."""
    lines = []
    for line in text.splitlines():
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)
            line = "|".join(cells[:6]).replace("<", "&lt;") + "|"
        lines.append(line)
    return "\n".join(lines) + "\n"


def catalogue_page(title, lead, rows, texts, chosen, level="##"):
    text = f"# {title}\n\n{lead}\n\n"
    for row in rows:
        if row["catalogue"] in chosen:
            body = readable(texts[row["catalogue"], row["name"]])
            if "\n| `" not in body:  # a model without parameters
                body = body.split("| parameter")[0]
            text += re.sub(r"^# ", f"{level} ", body) + "\n"
    return text


def models(binary):
    rows, texts = model_pages(binary)
    others = sorted({row["catalogue"] for row in rows} - {"step", "table"})
    steps = "| model | what it does |\n|---|---|\n" + "".join(
        f"| [`{r['name']}`](#{r['name']}) | {cell(r['summary'])} |\n" for r in rows if r["catalogue"] == "step")
    catalogues = "# Sources and development models\n\nChosen by `kind` inside a table.\n\n"
    for name in others:
        catalogues += catalogue_page(name, "", rows, texts, {name}, "###").replace("# ", "## ", 1)
    return {
        "reference/models.md": catalogue_page(
            "Step models", "Each `[[step]]` of a recipe names one. Every step takes `name`, `model`, `from` beside these.\n\n"
            + steps, rows, texts, {"step"}),
        "reference/tables.md": catalogue_page(
            "Recipe tables", "What stands outside the steps. `damascene schema` prints the same as JSON schema.", rows,
            texts, {"table"}),
        "reference/catalogues.md": catalogues,
    }


# ------------------------------------------------------------------------------------------------- errors and metrics
def errors(binary):
    codes = sorted(re.findall(r"^(D\d{4})", told(binary, "explain"), re.M))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        texts = dict(zip(codes, pool.map(lambda code: told(binary, "explain", code), codes)))
    text = "# Error codes\n\nThe same as `damascene explain CODE`. How messages read: [Error messages](../guide/errors.md).\n"
    family = None
    for code in codes:
        if code[:3] != family:
            family = code[:3]
            text += f"\n## {FAMILIES.get(family, family)}\n\n| code | meaning | cause | fix |\n|---|---|---|---|\n"
        found = re.match(r"D\d{4}: (.*?)\n  cause: (.*?)\n  fix:   (.*)", texts[code], re.S)
        text += f"| <a id='{code.lower()}'></a>{code} | " + " | ".join(cell(part.strip()) for part in found.groups()) + " |\n"
    return {"reference/errors.md": text}


def metrics(binary):
    source = (ROOT / "src/flow/explain.cpp").read_text(encoding="utf-8").split("constexpr Metric metrics[]", 1)[1]
    names = re.findall(r'^    \{"([a-z0-9_]+)",', source, re.M)
    text = "# Metrics\n\nThe same as `damascene explain NAME`.\n\n| name | meaning |\n|---|---|\n"
    return {"reference/metrics.md": text + "".join(f"| `{n}` | {cell(told(binary, 'explain', n).strip())} |\n" for n in names)}


# --------------------------------------------------------------------------------------------------------- references
def plain_text(text):
    text = re.sub(r"\{?\\(['\"`^~]|[vcr] ?)\{?\\?([A-Za-z])\}?\}?",
                  lambda m: ACCENTS.get(m.group(1).strip() + (" " if m.group(1)[0].isalpha() else "") + m.group(2), m.group(2)),
                  text)
    text = re.sub(r"\\(o|l|ss|aa)\b ?", lambda m: ACCENTS[m.group(1)], text)
    return re.sub(r"\s+", " ", text.replace("--", "–").replace("\\&", "&").replace("{", "").replace("}", "")).strip()


def fields(body):
    """name = {value} pairs of one entry, braces balanced."""
    found, at = {}, 0
    while match := re.compile(r"(\w+)\s*=\s*\{").search(body, at):
        depth, end = 1, match.end()
        while depth and end < len(body):
            depth += {"{": 1, "}": -1}.get(body[end], 0)
            end += 1
        found[match.group(1).lower()] = plain_text(body[match.end() : end - 1])
        at = end
    return found


def references():
    text = "# References\n\nFrom `docs/references.bib`; every citation of code and documentation resolves here.\n\n"
    entries = re.split(r"(?m)^\s*@", (ROOT / "docs/references.bib").read_text(encoding="utf-8"))[1:]
    rows = []
    for entry in entries:
        key, body = re.match(r"\w+\{\s*([^,\s]+)\s*,(.*)", entry, re.S).groups()
        f = fields(body)
        where = f.get("journal") or f.get("booktitle") or f.get("publisher") or f.get("school") or f.get("howpublished") or \
            f.get("institution") or f.get("organization") or ""
        more = " ".join(p for p in (f.get("volume", ""), f.get("pages", "")) if p)
        authors = f.get("author", f.get("editor", f.get("organization", ""))).replace(" and ", ", ")
        rows.append((key.lower(), f"<a id='{key.lower()}'></a>**{key}** {authors}: *{f.get('title', '')}*"
                     + (f", {where}" if where else "") + (f" {more}" if more else "") + f" ({f.get('year', '')})."))
    return {"references.md": text + "\n\n".join(row for _, row in sorted(rows)) + "\n"}


# ---------------------------------------------------------------------------------------------------------------- C++
def opening_comment(text):
    lines = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        lines.append(line.lstrip("/ "))
    return " ".join(lines)


def cpp():
    text = ("# C++ headers\n\nA namespace's header declares what its users need; smaller ones beside it hold one subject each."
            " Values copy, functions take `const T&` and return `T`, lengths carry their unit (`193 * nm`).\n")
    for path in sorted((ROOT / "include/damascene").rglob("*.hpp")):
        source, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT / "include").as_posix()
        text += f"\n## {path.relative_to(ROOT / 'include/damascene').as_posix()}\n\n{opening_comment(source)}\n\n"
        text += f'??? note "{name}"\n\n    ```cpp\n' + "".join(f"    {line}\n" for line in source.splitlines()) + "    ```\n"
    return {"reference/cpp.md": text}


# ------------------------------------------------------------------------------------------------------------- Python
def signature(node):
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returns}"


def members(body, indent=""):
    """Public functions and classes as signatures, with the first line of what they say."""
    lines = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            said = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
            if isinstance(node, ast.ClassDef):
                lines += ["", f"{indent}class {node.name}:"] + ([f"{indent}    # {said}"] if said else [])
                lines += members(node.body, indent + "    ")
            else:
                lines += ([f"{indent}# {said}"] if said else []) + [indent + signature(node)]
    return lines


def python():
    folder = ROOT / "python/damascene"
    sources = [p for p in [*sorted(folder.glob("*.py")), *sorted(folder.rglob("*.pyi"))]
               if not (p.suffix == ".py" and p.with_suffix(".pyi").is_file())]
    text = "# Python\n\n"
    if not sources:
        print("docs: no python/damascene: its reference is left out")
        return {"reference/python.md": text + "This build has no Python package.\n"}
    opening = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    text += "Signatures from the sources and the type stubs (`import damascene as dm`).\n\n```\n" + opening + "\n```\n"
    for path in sources:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = "damascene." + path.relative_to(folder).with_suffix("").as_posix().replace("/", ".")
        module = module.removesuffix(".__init__")
        if module == "damascene" or module.split(".")[-1].startswith("_") and path.suffix == ".py":
            continue
        lines = members(tree.body)
        if lines:
            said = ast.get_docstring(tree) or ""
            text += f"\n## {module.replace('._native', '')}\n\n" + (said.split(chr(10) * 2)[0] + "\n\n" if said else "")
            text += "```python\n" + "\n".join(lines).strip() + "\n```\n"
    return {"reference/python.md": text}


def pages(binary):
    return {"reference/cli.md": told(binary, "man", "--markdown"), **models(binary), **errors(binary), **metrics(binary),
            **references(), **cpp(), **python()}
