from collections.abc import Callable, Mapping, Sequence
import os
from typing import Annotated, Any

import numpy
import numpy.typing
from numpy.typing import NDArray

from damascene._native import (
    opc as opc,
    optics as optics,
    resist as resist
)
import damascene.units


def version() -> str:
    """Version of the library."""

def build_id() -> str:
    """Names the build whose stored results may be reused."""

def set_thread_count(threads: int) -> None:
    """Threads of this process; results do not depend on it."""

def thread_count() -> int:
    """Threads of this process."""

def to_si(value: float, unit: str) -> float:
    """A number of a unit in SI, rounded once."""

def unit_dimension(unit: str) -> list[int]:
    """Exponents of m, kg, s, A, K, mol, rad; ValueError for an unknown unit."""

def explain(word: str) -> str:
    """Meaning of an error code, recipe key, model or metric; '' if unknown."""

def model_cards() -> list[dict[str, Any]]:
    """Every model with its parameter table."""

def recipe_schema() -> str:
    """JSON schema of a whole recipe."""

def presets() -> dict[str, str]:
    """Named scanner classes as recipe text."""

class Field2:
    """
    Samples on a regular grid, row = y. values is the memory of the field itself: read-only where the field belongs to a result.
    """

    def __init__(self, values: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], dx: str | damascene.units.Quantity, dy: object | None = None, x0: str | damascene.units.Quantity = '0 nm', y0: str | damascene.units.Quantity = '0 nm', unit: str = '') -> None:
        """
        Copies a matrix; dx, dy: distance of samples, x0, y0: place of the first.
        """

    @property
    def values(self) -> numpy.typing.NDArray[numpy.float64]:
        """The samples [iy, ix], no copy."""

    @property
    def x(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
        """Places of the columns, nm."""

    @property
    def y(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
        """Places of the rows, nm."""

    @property
    def unit(self) -> str:
        """Unit of the samples, '' for a pure number."""

    @property
    def pitch_nm(self) -> tuple[float, float]:
        """Distance of samples along x and y, nm."""

    @property
    def origin_nm(self) -> tuple[float, float]:
        """Place of the first sample, nm."""

    @property
    def address(self) -> int:
        """Of the first sample in memory."""

    def to_png(self, low: float | None = None, high: float | None = None) -> bytes:
        """Grey picture, y up."""

    def contours(self, level: float) -> list[Annotated[NDArray[numpy.float64], dict(shape=(None, None))]]:
        """Lines of equal value (bilinear), each an array of points x, y in nm."""

    def __repr__(self) -> str: ...

    def __getstate__(self) -> tuple: ...

    def __setstate__(self, arg: tuple[Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], float, float, float, float, str], /) -> None: ...

class Image:
    """
    A periodic band-limited function by its Fourier coefficients: an aerial image (clear field = 1) or the spectrum of a mask.
    """

    @property
    def coefficients(self) -> Annotated[NDArray[numpy.complex128], dict(shape=(None, None), writable=False)]:
        """c[fy + band, fx + band], no copy."""

    @property
    def band(self) -> tuple[int, int]:
        """Highest orders along x and y."""

    @property
    def period_nm(self) -> tuple[float, float]:
        """Of the cell along x and y."""

    @property
    def origin_nm(self) -> tuple[float, float]:
        """Corner of the cell."""

    @property
    def address(self) -> int:
        """Of the first coefficient in memory."""

    def sample(self, pixel: str | damascene.units.Quantity = '4 nm') -> Field2:
        """
        Exact samples of one period at about this pitch (finer if the band needs it).
        """

    def at(self, x: str | damascene.units.Quantity, y: str | damascene.units.Quantity) -> float:
        """Exact value at a place of the layout."""

    def contours(self, level: float, step: str | damascene.units.Quantity = '4 nm') -> list[Annotated[NDArray[numpy.float64], dict(shape=(None, None))]]:
        """Exact lines of equal value, each an array of points x, y in nm."""

    def to_png(self) -> bytes:
        """Grey picture of one period, y up."""

    def __repr__(self) -> str: ...

    def __getstate__(self) -> tuple: ...

    def __setstate__(self, arg: tuple[int, int, float, float, float, float, bytes], /) -> None: ...

class Region:
    """
    Polygons in whole database units: counter-clockwise solid, clockwise holes.
    """

    def __init__(self, rings: Sequence[Annotated[NDArray[numpy.int32], dict(shape=(None, 2), order='C', device='cpu', writable=False)]], unit: str | damascene.units.Quantity = '1 nm') -> None:
        """
        Union of shapes, each an array of whole x, y (even-odd inside a shape).
        """

    @property
    def rings(self) -> list[numpy.typing.NDArray[numpy.int32]]:
        """Points of each ring in database units, no copy, read-only."""

    @property
    def unit_nm(self) -> float:
        """Database unit."""

    @property
    def bounds_nm(self) -> list[float]:
        """x0, y0, x1, y1 of all shapes."""

    @property
    def area_nm2(self) -> float:
        """Area of the solids."""

    @property
    def is_manhattan(self) -> bool:
        """Whether every edge runs along x or y."""

    def __len__(self) -> int: ...

    def __or__(self, arg: Region, /) -> Region: ...

    def __and__(self, arg: Region, /) -> Region: ...

    def __sub__(self, arg: Region, /) -> Region: ...

    def __xor__(self, arg: Region, /) -> Region: ...

    def offset(self, distance: str | damascene.units.Quantity, round: bool = False) -> Region:
        """Grown (or shrunk, if negative) by a square or a disc."""

    def clipped(self, x0: str | damascene.units.Quantity, y0: str | damascene.units.Quantity, x1: str | damascene.units.Quantity, y1: str | damascene.units.Quantity) -> Region:
        """What lies in a window."""

    def coverage(self, pixel: str | damascene.units.Quantity = '1 nm') -> Field2:
        """Covered share of each pixel, exact."""

    def svg(self) -> bytes:
        """Picture as SVG."""

    def __repr__(self) -> str: ...

    def __eq__(self, arg: object, /) -> bool: ...

    def __getstate__(self) -> tuple: ...

    def __setstate__(self, arg: tuple[float, Sequence[Annotated[NDArray[numpy.int32], dict(shape=(None, 2), order='C', device='cpu', writable=False)]]], /) -> None: ...

class Layout:
    """Cells, references and polygons of a GDSII or GLP file."""

    @staticmethod
    def open(path: str | os.PathLike, lenient: bool = False) -> Layout:
        """Reads GDSII or GLP; lenient skips faulty elements."""

    @staticmethod
    def of_regions(shapes: Mapping[str, Region], cell: str = 'TOP') -> Layout:
        """One flat cell: {'11/0': region}."""

    @property
    def cells(self) -> list[str]:
        """Names of the cells."""

    @property
    def unit_nm(self) -> float:
        """Database unit."""

    def layers(self, cell: str = '') -> list[dict[str, Any]]:
        """Layers under a cell with the number of their shapes."""

    def polygons(self, layer: str = '', cell: str = '') -> Region:
        """
        Merged polygons of one layer ('11/0'; the only one if '') under a cell, flattened.
        """

    def clip(self, x0: str | damascene.units.Quantity, y0: str | damascene.units.Quantity, x1: str | damascene.units.Quantity, y1: str | damascene.units.Quantity, cell: str = '') -> Layout:
        """A flat layout of what lies in a window."""

    def save(self, path: str | os.PathLike) -> None:
        """Writes GDSII, or GLP when the name ends so."""

    def to_gds(self) -> bytes:
        """The bytes of a GDSII file."""

    def svg(self) -> bytes:
        """Picture of all layers as SVG."""

    def __repr__(self) -> str: ...

    def __getstate__(self) -> tuple[float, bytes]: ...

    def __setstate__(self, arg: tuple[float, bytes], /) -> None: ...

class Clip:
    """What is to be printed on one periodic cell, layout nm."""

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

    @property
    def target(self) -> Region:
        """Polygons to be printed."""

    @property
    def period_nm(self) -> float:
        """Side of the periodic cell."""

    @property
    def window_nm(self) -> list[float]:
        """x0, y0, x1, y1 of the window."""

    @property
    def cut_nm(self) -> list[float] | None:
        """x0, y0, x1, y1 of the cut, if there is one."""

    @property
    def layer(self) -> str:
        """Name of the layer."""

class Mask:
    """Polygons of the corrected or drawn mask."""

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

    @property
    def polygons(self) -> Region:
        """Shapes of the mask."""

    @property
    def clear_field(self) -> bool:
        """Whether the shapes are chrome on clear glass."""

    @property
    def threshold(self) -> float:
        """Intensity at which it was corrected to print."""

    @property
    def origin(self) -> str:
        """The step or drawing it comes from."""

class ImageStack:
    """One exact image per focus; intensity scales with dose."""

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

    @property
    def focus_nm(self) -> list[float]:
        """Image planes."""

    @property
    def dose(self) -> list[float]:
        """Relative doses."""

    @property
    def clear_field(self) -> bool:
        """Whether the mask was clear with dark shapes."""

    @property
    def images(self) -> list[Image]:
        """One image per focus, no copies."""

    @property
    def nominal(self) -> Image:
        """The image nearest to focus 0."""

    @property
    def aerial(self) -> Field2:
        """Samples of the nominal image over its period, 4 nm or finer."""

class Print:
    """
    Contours that print: nominal, and the outer and inner end of the process.
    """

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

    @property
    def threshold(self) -> float:
        """Intensity at which resist prints."""

    @property
    def nominal(self) -> list[numpy.typing.NDArray[numpy.float64]]:
        """Points x, y (nm), no copy."""

    @property
    def outer(self) -> list[numpy.typing.NDArray[numpy.float64]]:
        """Points x, y (nm), no copy."""

    @property
    def inner(self) -> list[numpy.typing.NDArray[numpy.float64]]:
        """Points x, y (nm), no copy."""

class Surface:
    """
    A cross-section of solids by level sets; x (or r) to the right, z up, nm.
    """

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

    @property
    def materials(self) -> list[str]:
        """From the bottom up."""

    @property
    def axial(self) -> bool:
        """Revolved about x = 0."""

    @property
    def phi(self) -> list[Field2]:
        """
        Per material: signed distance to the union of it and all below, < 0 inside; no copies.
        """

    def outlines(self, material: str) -> list[Annotated[NDArray[numpy.float64], dict(shape=(None, None))]]:
        """Closed outlines of one material: points x, z in nm."""

    def volume(self, material: str) -> float:
        """Cross-section area of a material, nm^2 (axial: volume, nm^3)."""

    def svg(self) -> str:
        """Picture as SVG."""

    def __repr__(self) -> str: ...

class TriangleMesh:
    """Triangles of a surface in 3D; counter-clockwise seen from the gas."""

    @property
    def points(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), writable=False)]:
        """x, y, z in nm, no copy."""

    @property
    def triangles(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None, None), writable=False)]:
        """Indices of points, no copy."""

    @property
    def material(self) -> Annotated[NDArray[numpy.int32], dict(shape=(None,), writable=False)]:
        """Per triangle, or empty."""

class Volume:
    """Solids in three dimensions by level sets in sparse tiles, nm."""

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

    @property
    def materials(self) -> list[str]:
        """From the bottom up."""

    @property
    def box_nm(self) -> list[float]:
        """x0, y0, z0, x1, y1, z1."""

    @property
    def cell_nm(self) -> float:
        """Side of a cell."""

    def mesh(self) -> TriangleMesh:
        """The surface against the gas as triangles."""

    def section(self, y: str | damascene.units.Quantity) -> Surface:
        """The cross-section at y."""

    def volume(self, material: str) -> float:
        """nm^3 of a material."""

class Profile:
    """Developed resist as openings through it at every height."""

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

    @property
    def thickness_nm(self) -> float:
        """Of the film."""

    @property
    def z_nm(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
        """Heights above the substrate."""

    @property
    def openings(self) -> list[Region]:
        """Opening at each height, no copies."""

class Recipe:
    """A recipe, resolved and checked."""

    @property
    def file(self) -> str:
        """Where it was read from."""

    @property
    def text(self) -> str:
        """As it was written."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def seed(self) -> int:
        """Of random draws."""

    @property
    def hash(self) -> str:
        """Of the resolved values."""

    @property
    def slug(self) -> str:
        """Name of its result folder, without the hash."""

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Name and model of every step."""

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """What is allowed but doubtful."""

    @property
    def resolved(self) -> list[dict[str, Any]]:
        """Every value with unit and origin."""

    def estimate(self) -> list[tuple[str, float, float, str]]:
        """Seconds and bytes per step, without running."""

    def calibration(self) -> Recipe:
        """Its step `fit` alone, without the others and their limits."""

def load_recipe(path: str, settings: Sequence[str], seed: int | None = None) -> Recipe:
    """Reads and checks a recipe file."""

def recipe_from_text(text: str, file: str, settings: Sequence[str], seed: int | None = None) -> Recipe:
    """Checks a recipe given as TOML or JSON text."""

class StepResult:
    """Everything a step left behind."""

    @property
    def outputs(self) -> dict[str, Any]:
        """
        Nouns by name (mask, image, print, surface, volume, profile), no copies.
        """

    @property
    def scalars(self) -> list[tuple[str, float, str, str]]:
        """id, value, unit, meaning."""

    @property
    def files(self) -> list[str]:
        """Names of its files."""

    def file(self, name: str) -> bytes:
        """Bytes of a file."""

    @property
    def gauges(self) -> list[tuple[str, str, Annotated[NDArray[numpy.float64], dict(shape=(None,))]]]:
        """Columns (name, unit, values) of its edge placements or sizes."""

    @property
    def convergence(self) -> list[tuple[str, str, Annotated[NDArray[numpy.float64], dict(shape=(None,))]]]:
        """Columns (name, unit, values) per iteration."""

    @property
    def history(self) -> list[tuple[str, str, Annotated[NDArray[numpy.float64], dict(shape=(None,))]]]:
        """Columns (name, unit, values) over time of a film or etch."""

    @property
    def window(self) -> dict[str, Any] | None:
        """Focus-exposure matrices and the windows in them."""

    @property
    def topography(self) -> dict[str, Any] | None:
        """The cross-section as it grew; points are no copies."""

    @property
    def cuts(self) -> list[dict[str, Any]]:
        """Measured cut lines."""

    @property
    def warnings(self) -> list[str]:
        """What it warned of."""

    @property
    def failed_limits(self) -> list[str]:
        """Stated limits that were not met."""

    def animation(self, width: int = 640, height: int = 480) -> bytes | None:
        """Animated PNG of the growing cross-section."""

    def __getstate__(self) -> bytes: ...

    def __setstate__(self, arg: bytes, /) -> None: ...

def run(recipe: Recipe, folder: str, store: str, resume: bool, strict: bool, max_memory_bytes: float, max_seconds: float, environment: Mapping[str, str], command: str, settings: Sequence[str], listener: Callable[[dict[str, Any]], object] | None, compute: Callable[[str, list[bytes]], Sequence[bytes]] | None = None) -> tuple[str, int]:
    """Runs the steps: (result folder, exit code as the program's)."""

def load_step(store: str, key: str) -> StepResult:
    """What a step left, from a result store."""

def command(words: Sequence[str]) -> tuple[int, str, str]:
    """
    Runs a command of the program in this process: (exit code, what it printed, its notes).
    """

def command_table() -> list[dict[str, Any]]:
    """Every command with its flags."""

class SweepPlan:
    """A recipe with a table [sweep]: its axes and cases."""

    @property
    def method(self) -> str:
        """How the cases are drawn."""

    @property
    def outputs(self) -> list[str]:
        """Scalars to tabulate; empty: all of the last step."""

    @property
    def hash(self) -> str:
        """Of recipe, axes and cases."""

    @property
    def axes(self) -> list[tuple[str, str, str, list[str]]]:
        """Key, unit, scale and words of every axis."""

    @property
    def values(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None))]:
        """Values of the axes, one row per case."""

def load_sweep(path: str, settings: Sequence[str], seed: int | None = None) -> SweepPlan | None:
    """The sweep of a recipe file; None if it has no table [sweep]."""

def sweep_from_text(text: str, file: str, settings: Sequence[str], seed: int | None = None) -> SweepPlan | None:
    """The sweep of a recipe text; None if it has no table [sweep]."""

class SweepTasks:
    """The distinct tasks of a sweep, wave by wave, with their result folder."""

    def __init__(self, plan: SweepPlan, folder: str, store: str, resume: bool, command: str, settings: Sequence[str]) -> None:
        """Makes the result folder; one that exists is refused unless `resume`."""

    @property
    def folder(self) -> str:
        """Result folder."""

    @property
    def store(self) -> str:
        """Folder of stored results."""

    @property
    def waves(self) -> int:
        """Number of waves."""

    def wave(self) -> list[tuple[str, int, str]]:
        """Key, first case and step of what the store lacks of the present wave."""

    def compute_wave(self, progress: Callable[[str, float, dict[str, float]], object] | None) -> None:
        """Computes the present wave on the threads of this process."""

    def fail(self, key: str, index: int, step: str, code: str, message: str) -> None:
        """Marks a task that ended without a result."""

    def computed_by(self, workers: int) -> None:
        """Records that the workers of a Dask cluster computed the tasks."""

    def advance(self) -> bool:
        """
        Takes the wave's results from the store; False when it was the last one.
        """

    def finish(self) -> tuple[str, int]:
        """Table, effects, report and record: (result folder, exit code)."""

def run_sweep_task(plan: SweepPlan, index: int, step: str, store: str) -> str:
    """
    Computes one task into the store, with the steps before it where the store lacks them; gives its key.
    """

class PartWorker:
    """Computes parts (tiles) of one step; what they share is prepared once."""

    def __init__(self, recipe: Recipe, step: str) -> None:
        """InputError if the step does not work by parts."""

    def __call__(self, part: bytes) -> bytes:
        """Result of one part, as bytes."""
