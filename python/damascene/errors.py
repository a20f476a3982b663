"""Errors a user can act on: what, where, what is allowed, one fix. The text is that of the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Diagnostic:
    """One located message."""

    code: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    label: str = ""
    notes: tuple[str, ...] = ()
    hint: str = ""
    text: str = ""
    severity: str = "error"

    @staticmethod
    def of(item: dict[str, Any]) -> Diagnostic:
        return Diagnostic(**{**item, "notes": tuple(item["notes"])})

    def __str__(self) -> str:
        return self.text.rstrip("\n")


class DamasceneError(Exception):
    """Base of all errors of this package. code, line, column, hint, file: of the first diagnostic."""

    def __init__(self, text: str, diagnostics: list[dict[str, Any]] | tuple[Diagnostic, ...] = ()):
        super().__init__(text.rstrip("\n"))
        self.diagnostics = tuple(d if isinstance(d, Diagnostic) else Diagnostic.of(d) for d in diagnostics)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (str(self), self.diagnostics))

    def _first(self) -> Diagnostic:
        return self.diagnostics[0] if self.diagnostics else Diagnostic("", str(self))

    @property
    def code(self) -> str:
        """Stable code, for example 'D0204'; dm.explain(code) tells more."""
        return self._first().code

    @property
    def file(self) -> str:
        """The file at fault."""
        return self._first().file

    @property
    def line(self) -> int:
        """1-based line, 0 where there is none."""
        return self._first().line

    @property
    def column(self) -> int:
        """1-based column, 0 where there is none."""
        return self._first().column

    @property
    def hint(self) -> str:
        """One concrete fix, or the allowed values."""
        return self._first().hint or self._first().label


class InputError(DamasceneError, ValueError):
    """Bad input: recipe, layout, data file or argument (exit code 2 of the program)."""


class RecipeError(InputError):
    """A recipe at fault, with file, line and column."""


class ResourceError(DamasceneError):
    """Memory, disk or time would exceed its limit (exit code 3)."""


class NumericalError(DamasceneError, ArithmeticError):
    """The computation produced no usable number (exit code 4)."""
