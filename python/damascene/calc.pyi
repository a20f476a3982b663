"""Stubs of the calculations, from the command tables."""

from collections.abc import Mapping
from os import PathLike
from typing import Any, Literal

from .units import Quantity

def name_of(word: str) -> str: ...

class Answer(dict[str, Any]):
    units: dict[str, str]
    def __init__(self, items: dict[str, Any]) -> None: ...
    def __getattr__(self, name: str) -> Any: ...

def flux(
    *,
    shape: Literal['trench', 'via'],
    aspect_ratio: float | str | Quantity,
    sticking: float | str | Quantity,
    engine: Literal['radiosity', 'montecarlo'] | None = None,
    elements: float | str | Quantity | None = None,
    rel_error: float | str | Quantity | None = None,
) -> Answer: ...
def clausing(
    *,
    shape: Literal['tube', 'slit'],
    ratio: float | str | Quantity,
) -> Answer: ...
def gas(
    *,
    pressure: float | str | Quantity,
    temperature: float | str | Quantity,
    molar_mass: float | str | Quantity,
    diameter: float | str | Quantity | None = None,
    width: float | str | Quantity | None = None,
) -> Answer: ...
def oxide(
    *,
    ambient: Literal['dry-O2', 'wet-O2', 'H2O'] | None = None,
    face: Literal['100', '111'] | None = None,
    temperature: float | str | Quantity,
    time: float | str | Quantity,
    initial: float | str | Quantity | None = None,
    pressure: float | str | Quantity | None = None,
    thin_regime: bool = False,
) -> Answer: ...
def ald_flat(
    *,
    pressure: float | str | Quantity,
    pulse: float | str | Quantity,
    temperature: float | str | Quantity,
    molar_mass: float | str | Quantity,
    sticking: float | str | Quantity | None = None,
    site_density: float | str | Quantity | None = None,
    gpc: float | str | Quantity | None = None,
    aspect_ratio: float | str | Quantity | None = None,
) -> Answer: ...
def yield_(
    *,
    energy: float | str | Quantity,
    law: Literal['sqrt_sin2', 'yamamura_angle', 'yamamura_iaea'] | None = None,
    angle: float | str | Quantity | None = None,
    ion: float | str | Quantity | None = None,
    target: float | str | Quantity | None = None,
) -> Answer: ...
def corner(
    *,
    energy: float | str | Quantity,
    law: Literal['sqrt_sin2', 'yamamura_angle', 'yamamura_iaea'] | None = None,
    view: Literal['half-sky', 'flat'] | None = None,
    ratio: float | str | Quantity | None = None,
    angle: float | str | Quantity | None = None,
) -> Answer: ...
def film(
    *,
    stack: str | PathLike[str] | Mapping[str, Any],
    wavelength: float | str | Quantity | None = None,
    angle: float | str | Quantity | None = None,
    polarisation: Literal['s', 'p', 'unpolarised'] | None = None,
    sweep: float | str | Quantity | None = None,
    barc: float | str | Quantity | None = None,
    sigma: float | str | Quantity | None = None,
    na: float | str | Quantity | None = None,
) -> Answer: ...
def ald_channel(
    *,
    height: float | str | Quantity,
    width: float | str | Quantity | None = None,
    length: float | str | Quantity | None = None,
    pressure: float | str | Quantity,
    inert_pressure: float | str | Quantity | None = None,
    pulse: float | str | Quantity,
    cycles: float | str | Quantity | None = None,
    temperature: float | str | Quantity,
    molar_mass: float | str | Quantity,
    inert_molar_mass: float | str | Quantity | None = None,
    diameter: float | str | Quantity | None = None,
    inert_diameter: float | str | Quantity | None = None,
    sticking: float | str | Quantity | None = None,
    equilibrium: float | str | Quantity | None = None,
    site_density: float | str | Quantity | None = None,
    gpc: float | str | Quantity | None = None,
    picture: float | str | Quantity | None = None,
) -> Answer: ...
def sensitivity(
    *,
    width: float | str | Quantity,
    depth: float | str | Quantity,
    top_radius: float | str | Quantity | None = None,
    sticking: float | str | Quantity,
    order: float | str | Quantity | None = None,
    rate: float | str | Quantity | None = None,
    thickness: float | str | Quantity,
) -> Answer: ...
