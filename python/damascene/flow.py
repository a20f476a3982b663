"""Recipes and runs."""

from __future__ import annotations

import functools
import html
import json
import os
import pathlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from . import _html, _native
from .errors import Diagnostic, InputError, RecipeError
from .units import Quantity

RecipeLike = Union[str, "os.PathLike[str]", Mapping[str, Any], _native.Recipe]
Progress = Union[bool, Callable[[dict[str, Any]], object], None]


def _plain(value: Any) -> Any:
    """What JSON can hold: quantities become text with their unit."""
    if isinstance(value, Quantity):
        return str(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


def _setting(key: str, value: Any) -> str:
    """KEY=VALUE of --set: TOML, with the number as a recipe would write it."""
    return f"{key}={_toml(_plain(value))}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return json.dumps(value)


def settings_of(changes: Mapping[str, Any] | Sequence[str] | None) -> list[str]:
    """The --set list of {'step.fill.sticking': 0.1} or ['step.fill.sticking=0.1']."""
    if changes is None:
        return []
    if isinstance(changes, Mapping):
        return [_setting(key, value) for key, value in changes.items()]
    return list(changes)


def _is_text(recipe: str) -> bool:
    return "\n" in recipe or recipe.lstrip().startswith("{") or "=" in recipe


def load(
    recipe: RecipeLike, set: Mapping[str, Any] | Sequence[str] | None = None, seed: int | None = None
) -> _native.Recipe:
    """A recipe from a file, from TOML or JSON text, or from a dict; resolved and checked.

    Paths in a text or dict are relative to the working folder. RecipeError names every fault with its place.
    """
    if isinstance(recipe, _native.Recipe):
        if set or seed is not None:
            raise TypeError("a loaded recipe is complete: give `set` and `seed` to load()")
        return recipe
    settings = settings_of(set)
    try:
        if isinstance(recipe, Mapping):
            return _native.recipe_from_text(json.dumps(_plain(recipe), indent=1), "<dict>", settings, seed)
        path = os.fspath(recipe)
        if isinstance(recipe, str) and _is_text(recipe):
            return _native.recipe_from_text(recipe, "<text>", settings, seed)
        return _native.load_recipe(path, settings, seed)
    except InputError as error:
        raise RecipeError(str(error), error.diagnostics) from None


@dataclass(frozen=True)
class Check:
    """What a recipe check found."""

    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]
    recipe: _native.Recipe | None

    @property
    def ok(self) -> bool:
        """Whether the recipe can run."""
        return not self.errors

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return "\n".join(str(d) for d in (*self.errors, *self.warnings)) or "no faults"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def check(recipe: RecipeLike, set: Mapping[str, Any] | Sequence[str] | None = None) -> Check:
    """Parses, resolves and type-checks a recipe without running it; every fault with its place."""
    try:
        loaded = load(recipe, set)
    except RecipeError as error:
        return Check(error.diagnostics, (), None)
    return Check((), tuple(Diagnostic.of(w) for w in loaded.warnings), loaded)


@dataclass(frozen=True)
class Estimate:
    """Cost of a recipe: seconds on one core, peak bytes, and per step (name, seconds, bytes, detail)."""

    seconds: float
    bytes: float
    steps: tuple[tuple[str, float, float, str], ...]


def estimate(recipe: RecipeLike, set: Mapping[str, Any] | Sequence[str] | None = None) -> Estimate:
    """Time and memory of a recipe without running it."""
    steps = load(recipe, set).estimate()
    return Estimate(sum(s[1] for s in steps), max((s[2] for s in steps), default=0.0), tuple(steps))


class Table(Mapping[str, NDArray[np.float64]]):
    """Columns by name, with units: pandas.DataFrame(table) or table.to_pandas()."""

    def __init__(self, columns: Sequence[tuple[str, str, NDArray[np.float64]]]):
        self._columns = {name: values for name, _, values in columns}
        self.units = {name: unit for name, unit, _ in columns}

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        size = len(next(iter(self._columns.values()))) if self._columns else 0
        return f"Table({size} rows: {', '.join(self._columns)})"

    def to_pandas(self) -> Any:
        """A pandas DataFrame; units in its attrs."""
        import pandas

        frame = pandas.DataFrame(dict(self._columns))
        frame.attrs["units"] = dict(self.units)
        return frame

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{_html.cell(f'{n} [{u}]' if u else n)}</th>" for n, u in self.units.items())
        columns = [v[:50] for v in self._columns.values()]
        body = "".join(
            "<tr>" + "".join(f"<td>{_html.cell(float(v))}</td>" for v in row) + "</tr>" for row in zip(*columns)
        )
        return f"<table><tr>{head}</tr>{body}</table>"


class Window(dict[str, Any]):
    """A process window: focus_nm, dose, features (name, target_nm, tolerance_nm, cd_nm[focus, dose]), rectangle, ellipse."""

    def _repr_svg_(self) -> str:
        """Bossung curves of the first feature: size through focus, one line per dose, dashed limits."""
        feature = self["features"][0]
        lines = {f"dose {100 * d:.4g} %": feature["cd_nm"][:, i].tolist() for i, d in enumerate(self["dose"])}
        limits = [feature["target_nm"] + sign * feature["tolerance_nm"] for sign in (-1, 1)]
        return _html.curves(self["focus_nm"].tolist(), lines, "focus, nm", f"{feature['name']}, nm", limits)


class Step:
    """What one step left: step.image, step.mask ... are its nouns, step['cd'] a scalar, step.table its gauges."""

    def __init__(self, name: str, result: _native.StepResult):
        self.name = name
        self.result = result

    @functools.cached_property
    def outputs(self) -> dict[str, Any]:
        """Nouns by name: mask, image, print, surface, volume, profile. Arrays inside are not copied."""
        return self.result.outputs

    @functools.cached_property
    def scalars(self) -> dict[str, float]:
        """Numbers by name."""
        return {name: value for name, value, _, _ in self.result.scalars}

    @functools.cached_property
    def units(self) -> dict[str, str]:
        """Units of the scalars."""
        return {name: unit for name, _, unit, _ in self.result.scalars}

    @property
    def aerial(self) -> _native.Field2:
        """Samples of the nominal image."""
        field: _native.Field2 = self.outputs["image"].aerial
        return field

    @property
    def table(self) -> Table:
        """Edge placements or measured sizes."""
        return Table(self.result.gauges)

    @property
    def convergence(self) -> Table:
        """Loss and others per iteration."""
        return Table(self.result.convergence)

    @property
    def history(self) -> Table:
        """Thickness and others over time."""
        return Table(self.result.history)

    @property
    def window(self) -> Window | None:
        """Focus-exposure matrices and process windows; draws its Bossung curves."""
        found = self.result.window
        return None if found is None else Window(found)

    @property
    def topography(self) -> dict[str, Any] | None:
        """The cross-section as it grew."""
        return self.result.topography

    @property
    def files(self) -> list[str]:
        """Names of its files; result.file(name) gives the bytes."""
        return self.result.files

    def __getitem__(self, scalar: str) -> float:
        return self.scalars[scalar]

    def __getattr__(self, noun: str) -> Any:
        if noun.startswith("_") or noun in ("result", "outputs") or noun not in self.outputs:
            raise AttributeError(f"a step has no '{noun}'" + ("" if noun.startswith("_") else f": {self._names()}"))
        return self.outputs[noun]

    def _names(self) -> str:
        return "outputs " + (", ".join(self.result.outputs) or "none")

    def __repr__(self) -> str:
        return f"Step({self.name!r}, {len(self.scalars)} scalars, {self._names()})"

    def __getstate__(self) -> tuple[str, _native.StepResult]:
        return (self.name, self.result)

    def __setstate__(self, state: tuple[str, _native.StepResult]) -> None:
        self.name, self.result = state

    def _pictures(self) -> Iterator[str]:
        for name in self.files:
            if name.endswith(".svg") and len(data := self.result.file(name)) < _html.LIMIT // 3:
                yield f"<div style='max-width:480px'>{data.decode()[data.decode().find('<svg') :]}</div>"
        if (window := self.window) is not None:
            yield f"<div style='max-width:480px'>{window._repr_svg_()}</div>"
        if (movie := self.result.animation(320, 240)) is not None:
            yield _html.picture(movie, self.name)
        elif "image" in self.outputs:
            yield _html.picture(self.outputs["image"]._repr_png_(), self.name)
        elif "mask" in self.outputs and (svg := self.outputs["mask"]._repr_svg_()):
            yield f"<div style='max-width:480px'>{svg[svg.find('<svg') :]}</div>"

    def _repr_html_(self) -> str:
        numbers = _html.rows((k, v, self.units[k]) for k, v in self.scalars.items())
        return _html.card(f"step {self.name}", [*self._pictures(), numbers])


class ResultFolder:
    """What a run and a sweep leave: record, report, numbers."""

    def __init__(self, folder: str | os.PathLike[str]):
        self.folder = os.path.abspath(os.fspath(folder))
        record = os.path.join(self.folder, "run.json")
        if not os.path.isfile(record):
            raise InputError(f"'{self.folder}' is not a finished result folder: it holds no run.json")
        self.record: dict[str, Any] = json.loads(pathlib.Path(record).read_text(encoding="utf-8"))

    @property
    def report(self) -> str:
        """Path of the self-contained report."""
        return os.path.join(self.folder, "report.html")

    @property
    def exit(self) -> int:
        """0: done, every expectation met; 1: a limit was not met, or a case of a sweep failed."""
        return int(self.record["exit"])

    @property
    def failures(self) -> list[str]:
        """Limits that were not met; cases that failed, and why the first did."""
        return list(self.record["failures"])

    @property
    def warnings(self) -> list[str]:
        """What the steps warned of."""
        return list(self.record["warnings"])

    @property
    def result_sha256(self) -> str:
        """Names everything that was computed; equal for equal results, whoever computed them."""
        return str(self.record["result_sha256"])

    @property
    def numbers(self) -> dict[str, float]:
        """All scalars, "step.name": value; of a sweep cases, extremes, main effects. nan where there is none."""
        return {s["id"]: float("nan") if s["value"] is None else float(s["value"]) for s in self.record["scalars"]}

    @property
    def units(self) -> dict[str, str]:
        """Units of the numbers."""
        return {s["id"]: str(s["unit"]) for s in self.record["scalars"]}


class Run(ResultFolder, Mapping[str, Step]):
    """A result folder: run["step"] is what a step left, run.numbers all scalars, run.report the HTML page."""

    def __init__(self, folder: str | os.PathLike[str]):
        super().__init__(folder)
        self._steps: dict[str, Step] = {}

    def _store(self) -> str:
        return str(self.record["store"]) or os.path.join(os.path.dirname(self.folder), ".damascene", "store")

    def __getitem__(self, name: str) -> Step:
        if name not in self._steps:
            keys = {s["name"]: s["key"] for s in self.record["steps"]}
            if name not in keys:
                raise KeyError(f"no step is named '{name}': {', '.join(keys)}")
            self._steps[name] = Step(name, _native.load_step(self._store(), keys[name]))
        return self._steps[name]

    def __iter__(self) -> Iterator[str]:
        return (s["name"] for s in self.record["steps"])

    def __len__(self) -> int:
        return len(self.record["steps"])

    def __repr__(self) -> str:
        return f"Run({self.folder!r}, exit {self.exit}, steps {', '.join(self)})"

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "record": self.record, "_steps": {name: self[name] for name in self}}

    def _repr_html_(self) -> str:
        title = os.path.basename(self.folder) + (
            ": every expectation met" if self.exit == 0 else ": a limit was not met"
        )
        link = f"<p><a href='file://{html.escape(self.report, quote=True)}'>{html.escape(self.report)}</a></p>"
        numbers = _html.rows((k, v, self.units[k]) for k, v in list(self.numbers.items())[:60])
        pictures = [p for name in reversed(list(self)) for p in self[name]._pictures()]
        return _html.card(title, [link, *pictures[:2], numbers])


def _printer() -> Callable[[dict[str, Any]], object]:
    """One line per step and phase on stderr."""
    last = [""]

    def show(event: dict[str, Any]) -> None:
        if event["event"] == "progress":
            line = f"{event['step']} {100 * event['done']:.0f} % {event['phase']}"
        elif event["event"] in ("start", "warning"):
            line = f"{event['event']} {event['step']} {event['text']}"
        else:
            return
        if line != last[0]:
            print(line, file=sys.stderr, flush=True)
        last[0] = line

    return show


def run(
    recipe: RecipeLike,
    *,
    set: Mapping[str, Any] | Sequence[str] | None = None,
    output: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    progress: Progress = None,
    resume: bool = False,
    strict: bool = False,
    seed: int | None = None,
    max_memory_bytes: float = 0,
    max_seconds: float = 0,
    compute: Callable[[str, list[bytes]], Sequence[bytes]] | None = None,
) -> Run:
    """Runs the steps of a recipe; the same bits as `damascene run`, at any number of threads.

    recipe: path, TOML or JSON text, or dict. set: {"step.fill.sticking": 0.1} over the recipe. output: result folder
    (default results/<title>-<hash>); one that exists is refused unless resume=True, which reuses finished steps.
    progress: True (lines on stderr) or a function of an event dict, called on this thread. Ctrl-C raises
    KeyboardInterrupt and keeps finished steps for resume=True. compute: computes the parts (tiles) of a step elsewhere,
    see damascene.dist. A recipe with a table [sweep] runs with damascene.sweep.
    """
    return execute(
        load(recipe, set, seed),
        settings_of(set),
        output=output,
        threads=threads,
        progress=progress,
        resume=resume,
        strict=strict,
        max_memory_bytes=max_memory_bytes,
        max_seconds=max_seconds,
        compute=compute,
    )


def execute(
    loaded: _native.Recipe,
    settings: list[str],
    *,
    output: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    progress: Progress = None,
    resume: bool = False,
    strict: bool = False,
    max_memory_bytes: float = 0,
    max_seconds: float = 0,
    compute: Callable[[str, list[bytes]], Sequence[bytes]] | None = None,
) -> Run:
    """Runs a loaded recipe; `settings` made it and are recorded for `damascene rerun`."""
    environment = {n: os.environ[n] for n in ("DAMASCENE_STORE", "DAMASCENE_THREADS") if n in os.environ}
    store = environment.get("DAMASCENE_STORE", "")
    listener = _printer() if progress is True else progress or None
    before = _native.thread_count()
    if threads is not None:
        _native.set_thread_count(threads)
    try:
        folder, _ = _native.run(
            loaded,
            os.fspath(output) if output is not None else "",
            store,
            resume,
            strict,
            max_memory_bytes,
            max_seconds,
            environment,
            "damascene.run",
            settings,
            listener,
            compute,
        )
    finally:
        if threads is not None:
            _native.set_thread_count(before)
    return Run(folder)


def open_run(folder: str | os.PathLike[str]) -> Run:
    """The results of an earlier run, of this package or of the program."""
    return Run(folder)
