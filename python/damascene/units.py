"""Quantities: numbers that know their unit. 193 * nm reads like the recipe's "193 nm" and is the same double."""

from __future__ import annotations

from collections.abc import Mapping
from functools import total_ordering
from typing import Union

from . import _native

Number = Union[int, float]


def _unit_text(factors: Mapping[str, int]) -> str:
    parts = [name if power == 1 else f"{name}^{power}" for name, power in factors.items() if power != 0]
    return "*".join(parts)


def _joined(a: Mapping[str, int], b: Mapping[str, int], sign: int) -> dict[str, int]:
    out = dict(a)
    for name, power in b.items():
        out[name] = out.get(name, 0) + sign * power
    return {name: power for name, power in out.items() if power != 0}


@total_ordering
class Quantity:
    """value x unit. Text and recipes get the number as written, so no rounding comes between."""

    __slots__ = ("factors", "value")

    def __init__(self, value: Number, unit: str | Mapping[str, int]):
        self.value = float(value)
        self.factors: dict[str, int] = {unit: 1} if isinstance(unit, str) else dict(unit)
        _native.unit_dimension(self.unit)

    @property
    def unit(self) -> str:
        """The unit as text, for example "mJ*cm^-2"."""
        return _unit_text(self.factors)

    @property
    def si(self) -> float:
        """The value in SI."""
        return _native.to_si(self.value, self.unit)

    @property
    def dimension(self) -> tuple[int, ...]:
        """Exponents of m, kg, s, A, K, mol, rad."""
        return tuple(_native.unit_dimension(self.unit))

    def to(self, unit: str) -> float:
        """The number that, times `unit`, gives this quantity."""
        if tuple(_native.unit_dimension(unit)) != self.dimension:
            raise TypeError(f"{self} cannot be given in {unit}")
        offset = _native.to_si(0.0, unit)
        return (self.si - offset) / (_native.to_si(1.0, unit) - offset)

    def __str__(self) -> str:
        value = int(self.value) if self.value.is_integer() and abs(self.value) < 1e15 else self.value
        return f"{value!r} {self.unit}"

    def __repr__(self) -> str:
        return f"Quantity({str(self)!r})"

    def __mul__(self, other: Number | Quantity) -> Quantity:
        if isinstance(other, Quantity):
            return Quantity(self.value * other.value, _joined(self.factors, other.factors, 1))
        return Quantity(self.value * other, self.factors)

    __rmul__ = __mul__

    def __truediv__(self, other: Number | Quantity) -> Quantity | float:  # type: ignore[misc]
        if isinstance(other, Quantity):
            if other.dimension == self.dimension:
                return self.si / other.si
            return Quantity(self.value / other.value, _joined(self.factors, other.factors, -1))
        return Quantity(self.value / other, self.factors)

    def __pow__(self, power: int) -> Quantity:
        return Quantity(self.value**power, {name: power * p for name, p in self.factors.items()})

    def _of(self, other: Quantity) -> float:
        if not isinstance(other, Quantity) or other.dimension != self.dimension:
            raise TypeError(f"{self!r} and {other!r} do not have the same dimension")
        return other.value if other.factors == self.factors else other.to(self.unit)

    def _term(self, other: Quantity) -> float:
        value = self._of(other)
        if "degC" in (self.unit, other.unit):
            raise TypeError("degrees Celsius count from their own zero: add and subtract kelvins")
        return value

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.value + self._term(other), self.factors)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.value - self._term(other), self.factors)

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.factors)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and other.dimension == self.dimension and other.si == self.si

    def __lt__(self, other: Quantity) -> bool:
        return self.value < self._of(other)

    def __hash__(self) -> int:
        return hash((self.si, self.dimension))

    def __getstate__(self) -> tuple[float, dict[str, int]]:
        return (self.value, self.factors)

    def __setstate__(self, state: tuple[float, dict[str, int]]) -> None:
        self.value, self.factors = state


def quantity(text: str) -> Quantity:
    """quantity("193 nm")."""
    number, _, unit = text.strip().partition(" ")
    return Quantity(float(number), unit.strip())


m, cm, mm, um, nm, pm, angstrom = (Quantity(1, u) for u in ("m", "cm", "mm", "um", "nm", "pm", "angstrom"))
s, ms, us, ns, minute, hour = (Quantity(1, u) for u in ("s", "ms", "us", "ns", "min", "h"))
K = Quantity(1, "K")
Pa, kPa, mbar, bar, Torr, mTorr = (Quantity(1, u) for u in ("Pa", "kPa", "mbar", "bar", "Torr", "mTorr"))
eV, keV = Quantity(1, "eV"), Quantity(1, "keV")
mJ, J, kg, g, mol = (Quantity(1, u) for u in ("mJ", "J", "kg", "g", "mol"))
deg, rad, mrad = (Quantity(1, u) for u in ("deg", "rad", "mrad"))
