"""The `damascene calc` commands as functions: the same code, the same checks, the same digits.

Arguments are the command's flags (dashes become underscores); quantities are text with a unit or 90 * dm.nm.
A file of the command line may be a path or a dict: film(stack={"stack": {...}}).
"""

from __future__ import annotations

import contextlib
import inspect
import json
import keyword
import os
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import _native
from .units import Quantity


class Answer(dict[str, Any]):
    """Numbers by name, also as attributes; units by name. Lists of numbers are arrays."""

    units: dict[str, str]

    def __init__(self, items: dict[str, Any]):
        super().__init__()
        self.units = {}
        for key, value in items.items():
            name, bracket, unit = key.partition(" [")
            if bracket:
                self.units[name] = unit.rstrip("]")
            self[name] = _value(value)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no '{name}' here: {', '.join(self)}") from None

    def _repr_html_(self) -> str:
        from ._html import rows

        return rows([(k, v, self.units.get(k, "")) for k, v in self.items() if isinstance(v, (int, float, str))])

    def __reduce__(self) -> tuple[Any, ...]:
        return (Answer, ({k + (f" [{self.units[k]}]" if k in self.units else ""): v for k, v in self.items()},))


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return Answer(value)
    if isinstance(value, list) and all(isinstance(v, (int, float)) for v in value):
        return np.array(value, dtype=float)
    if isinstance(value, list):
        return [_value(v) for v in value]
    return value


def _word(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _file(table: Mapping[str, Any], folder: str) -> str:
    """A table given as a dict, for a command that reads files."""
    from .flow import _plain

    path = os.path.join(folder, "table.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(_plain(table), file, indent=1)
    return path


def _words(flags: list[dict[str, Any]], arguments: dict[str, object]) -> list[str]:
    words: list[str] = []
    for flag in flags:
        name = _parameter(flag)
        value = arguments.get(name)
        if value is None or value is False:
            continue
        words += [flag["name"]] if flag["kind"] == "toggle" else [f"{flag['name']}={_word(value)}"]
    return words


def _parameter(flag: dict[str, Any]) -> str:
    return str(flag["name"]).lstrip("-").replace("-", "_")


def _annotation(flag: dict[str, Any]) -> Any:
    if flag["kind"] == "toggle":
        return bool
    return str | os.PathLike | Mapping if flag["file"] else float | str | Quantity


def _signature(flags: list[dict[str, Any]]) -> inspect.Signature:
    parameters = [
        inspect.Parameter(
            _parameter(f),
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if f["required"] else (False if f["kind"] == "toggle" else None),
            annotation=_annotation(f),
        )
        for f in flags
    ]
    return inspect.Signature(parameters, return_annotation=Answer)


def _document(command: dict[str, Any]) -> str:
    lines = [command["summary"][0].upper() + command["summary"][1:] + ".", ""]
    for f in command["flags"]:
        extra = f" (one of {', '.join(f['choices'])})" if f["choices"] else ""
        default = f" Default {f['default']}." if f["default"] else ""
        lines.append(f"{_parameter(f)}: {f['help']}{extra}.{default}")
    return "\n".join([*lines, "", f"The same on the command line: {command['example']}"])


def name_of(word: str) -> str:
    """The function of a command word: ald-flat is ald_flat, yield is yield_."""
    name = word.replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


def _function(command: dict[str, Any]) -> Callable[..., Answer]:
    signature = _signature(command["flags"])
    words = str(command["name"]).split()

    def call(**arguments: Any) -> Answer:
        given = dict(signature.bind(**arguments).arguments)
        with contextlib.ExitStack() as stack:
            for name, value in given.items():
                if isinstance(value, Mapping):
                    given[name] = _file(value, stack.enter_context(tempfile.TemporaryDirectory()))
            _, printed, _ = _native.command([*words, *_words(command["flags"], given), "--json"])
        return Answer(json.loads(printed))

    call.__name__ = call.__qualname__ = name_of(words[1])
    call.__doc__ = _document(command)
    call.__module__ = __name__
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


_functions = {
    f.__name__: f for f in (_function(c) for c in _native.command_table() if str(c["name"]).startswith("calc "))
}
globals().update(_functions)
__all__ = ["Answer", *sorted(_functions)]


def __getattr__(name: str) -> Callable[..., Answer]:
    raise AttributeError(f"no calculation is named '{name}': {', '.join(sorted(_functions))}")
