"""Sweeps: one recipe, many cases, on the threads of this process or on a Dask cluster."""

from __future__ import annotations

import csv
import json
import os
import pathlib
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from . import _html, _native, flow
from .errors import InputError, RecipeError

if TYPE_CHECKING:
    from .dist import Executor

Axes = Mapping[str, Any]
On = Union[None, str, int, "Executor", Any]


class Sweep(flow.ResultFolder):
    """A finished sweep: sweep.table holds one row per case, sweep.effects the share of variance of each axis."""

    def __init__(self, folder: str | os.PathLike[str]):
        super().__init__(folder)
        if "sweep" not in self.record:
            raise InputError(f"'{self.folder}' holds one run, not a sweep: open it with damascene.open_run")

    @property
    def cases(self) -> list[dict[str, Any]]:
        """Status, code and message of every case."""
        return list(self.record["sweep"]["cases"])

    @property
    def tasks(self) -> tuple[int, int]:
        """Distinct tasks, and how many of them were in the store before."""
        return int(self.record["executor"]["tasks"]), int(self.record["executor"]["cache_hits"])

    def _csv(self, name: str) -> list[list[str]]:
        with open(os.path.join(self.folder, name), newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    @property
    def table(self) -> flow.Table:
        """Numbers of every case: axes and outputs by name, with units. Words of an axis are counted from 0."""
        head, *rows = self._csv("sweep.csv")
        columns = []
        for j, title in enumerate(head[: head.index("met")]):
            name, _, unit = title.partition(" [")
            columns.append((name, unit.rstrip("]"), _numbers([row[j] for row in rows])))
        return flow.Table(columns)

    @property
    def effects(self) -> dict[str, dict[str, float]]:
        """effects[output][axis]: share of the variance that the axis explains alone; 'explained' for all together."""
        head, *rows = self._csv("effects.csv")
        return {row[0]: {k: float(v) if v else float("nan") for k, v in zip(head[1:], row[1:])} for row in rows}

    def __len__(self) -> int:
        return len(self.record["sweep"]["cases"])

    def __repr__(self) -> str:
        return f"Sweep({self.folder!r}, {len(self)} cases, exit {self.exit})"

    def _repr_html_(self) -> str:
        numbers = _html.rows((k, v, "") for k, v in self.numbers.items() if ".share." not in k)
        return _html.card(f"sweep of {len(self)} cases", [numbers, self.table._repr_html_()])


def _numbers(cells: list[str]) -> Any:
    """A column; words become their number in order of appearance."""
    try:
        return np.array([float(c) if c else np.nan for c in cells])
    except ValueError:
        words = list(dict.fromkeys(cells))
        return np.array([float(words.index(c)) for c in cells])


def _axis(key: str, values: Any) -> dict[str, Any]:
    """An axis from a list, an array, a range (from, to), or a table as the recipe has it."""
    plain = flow._plain(values)
    if isinstance(plain, dict):
        return {"key": key, **plain}
    if isinstance(values, tuple) and len(plain) == 2:
        return {"key": key, "from": plain[0], "to": plain[1]}
    return {"key": key, "values": plain}


def _with_sweep(recipe: flow.RecipeLike, table: dict[str, Any]) -> dict[str, Any]:
    if isinstance(recipe, _native.Recipe):
        raise TypeError("a sweep varies a recipe that is not resolved yet: give its path, text or dict")
    if isinstance(recipe, Mapping):
        return {**recipe, "sweep": table}
    if isinstance(recipe, str) and flow._is_text(recipe):
        raise TypeError("axes beside a recipe text: add its table [sweep], or give the recipe as a dict or a file")
    return {"damascene": "1", "extends": [os.path.abspath(os.fspath(recipe))], "sweep": table}


class Source:
    """Where a recipe comes from, as processes tell each other: kind, text or path, settings, seed."""

    def __init__(
        self, recipe: flow.RecipeLike, set: Mapping[str, Any] | Sequence[str] | None = None, seed: int | None = None
    ):
        if isinstance(recipe, _native.Recipe):
            raise TypeError("give the recipe's path, text or dict")
        self.settings, self.seed = flow.settings_of(set), seed
        self.run, self.digest = uuid.uuid4().hex, ""  # workers keep what they prepared for one run only
        if isinstance(recipe, Mapping):
            self.text, self.file = json.dumps(flow._plain(recipe), indent=1), os.path.abspath("<dict>")
        elif isinstance(recipe, str) and flow._is_text(recipe):
            self.text, self.file = recipe, os.path.abspath("<text>")
        else:
            self.file = os.path.abspath(os.fspath(recipe))
            try:
                self.text = pathlib.Path(self.file).read_text(encoding="utf-8")
            except OSError as error:
                raise RecipeError(f"cannot read '{recipe}': {error.strerror}") from None

    def plan(self) -> _native.SweepPlan | None:
        """The sweep, or None if there is no table [sweep]."""
        try:
            return _native.sweep_from_text(self.text, self.file, self.settings, self.seed)
        except InputError as error:
            raise RecipeError(str(error), error.diagnostics) from None

    def recipe(self) -> _native.Recipe:
        """The recipe, resolved."""
        try:
            return _native.recipe_from_text(self.text, self.file, self.settings, self.seed)
        except InputError as error:
            raise RecipeError(str(error), error.diagnostics) from None


def sweep(
    recipe: flow.RecipeLike,
    axes: Axes | None = None,
    *,
    outputs: Sequence[str] | None = None,
    method: str = "grid",
    cases: int | None = None,
    set: Mapping[str, Any] | Sequence[str] | None = None,
    output: str | os.PathLike[str] | None = None,
    resume: bool = False,
    seed: int | None = None,
    threads: int | None = None,
    progress: flow.Progress = None,
    on: On = None,
) -> Sweep:
    """Runs the cases of a sweep; steps that cases have in common are computed once.

    axes: {"step.fill.sticking": np.geomspace(0.02, 0.5, 16), "structure.width": ("60 nm", "120 nm")}: lists are values,
    a pair is a range for method "lhs", "sobol" or "monte-carlo" with `cases`; a dict is an axis as the recipe writes it.
    Absent: the recipe's own table [sweep]. on: None for the threads of this process, a number of worker processes, a
    Dask address ("tcp://host:8786") or a dask.distributed.Client.
    """
    if axes is not None:
        table: dict[str, Any] = {"method": method, "vary": [_axis(k, v) for k, v in axes.items()]}
        if outputs is not None:
            table["outputs"] = list(outputs)
        if cases is not None:
            table["cases"] = cases
        recipe = _with_sweep(recipe, table)
    source = Source(recipe, set, seed)
    plan = source.plan()
    if plan is None:
        raise RecipeError("the recipe has no table [sweep]: add one, or give `axes`")
    source.digest = plan.hash
    store = os.environ.get("DAMASCENE_STORE", "")
    tasks = _native.SweepTasks(
        plan, os.fspath(output) if output is not None else "", store, resume, "damascene.sweep", source.settings
    )
    before = _native.thread_count()
    if threads is not None:
        _native.set_thread_count(threads)
    try:
        from .dist import executor_of

        with executor_of(on) as executor:
            wave = 0
            while True:
                executor.sweep_wave(source, plan, tasks, _teller(progress, wave, tasks.waves))
                wave += 1
                if not tasks.advance():
                    break
            if executor.workers:
                tasks.computed_by(executor.workers)
        folder, _ = tasks.finish()
    finally:
        _native.set_thread_count(before)
    return Sweep(folder)


def _teller(progress: flow.Progress, wave: int, waves: int) -> Any:
    listener = flow._printer() if progress is True else progress or None

    def tell(phase: str, done: float, _: Any) -> None:
        if listener:
            share = (wave + done) / max(waves, 1)
            listener({"event": "progress", "step": "sweep", "phase": phase, "done": share, "metric": {}})

    return tell
