#!/usr/bin/env python3
"""Type stubs of the installed package: python/damascene/_native/*.pyi and calc.pyi, from the tables and bindings.

    tools/python_stubs.py FOLDER     # of the environment that has damascene and nanobind; FOLDER = python/damascene

The stubs in the tree are golden files: a test writes them anew and compares.
"""

import pathlib
import subprocess
import sys

HEAD = '''"""Stubs of the calculations, from the command tables."""

from collections.abc import Mapping
from os import PathLike
from typing import Any, Literal

from .units import Quantity

def name_of(word: str) -> str: ...

class Answer(dict[str, Any]):
    units: dict[str, str]
    def __init__(self, items: dict[str, Any]) -> None: ...
    def __getattr__(self, name: str) -> Any: ...

'''


def parameter(flag):
    name = flag["name"].lstrip("-").replace("-", "_")
    if flag["kind"] == "toggle":
        return f"    {name}: bool = False,"
    if flag["file"]:
        return f"    {name}: str | PathLike[str] | Mapping[str, Any],"
    kind = f"Literal[{', '.join(repr(c) for c in flag['choices'])}]" if flag["choices"] else "float | str | Quantity"
    return f"    {name}: {kind}," if flag["required"] else f"    {name}: {kind} | None = None,"


def calc_stub():
    from damascene import _native
    from damascene.calc import name_of

    text = HEAD
    for command in _native.command_table():
        group, _, name = command["name"].partition(" ")
        if group == "calc":
            rows = [parameter(f) for f in command["flags"]]
            text += "\n".join([f"def {name_of(name)}(", "    *,", *rows, ") -> Answer: ...", ""])
    return text


def main():
    folder = pathlib.Path(sys.argv[1])
    subprocess.run(
        [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", "damascene._native", "-r", "-O", str(folder)], check=True
    )
    (folder / "calc.pyi").write_text(calc_stub())


if __name__ == "__main__":
    main()
