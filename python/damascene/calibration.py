"""Calibration of a recipe's parameters to measured sizes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _html, flow
from .flow import RecipeLike, Run, Table


class Figure:
    """A drawing as SVG text; notebooks show it."""

    def __init__(self, svg: str):
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True)
class Fitted:
    """A fitted parameter in its recipe unit, with its 95 % interval."""

    name: str
    value: float
    unit: str
    standard_error: float
    low95: float
    high95: float
    start: float
    identified: bool
    at_bound: bool


def _fitted(row: dict[str, Any]) -> Fitted:
    values: dict[str, Any] = {k: float("nan") if row[k] is None else row[k] for k in Fitted.__dataclass_fields__}
    return Fitted(**values)


class Fit(Mapping[str, Fitted]):
    """A finished calibration: fit["resist.threshold"].value, its intervals, covariance and residuals."""

    def __init__(self, run: Run):
        self.run = run
        self._files = run["fit"].result
        self._record: dict[str, Any] = json.loads(self._files.file("fit.json"))
        self._fitted = {p["name"]: _fitted(p) for p in self._record["parameters"]}

    def __getitem__(self, name: str) -> Fitted:
        return self._fitted[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fitted)

    def __len__(self) -> int:
        return len(self._fitted)

    def _square(self, name: str) -> NDArray[np.float64]:
        return np.array(self._record[name], dtype=np.float64).reshape(len(self), len(self))

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Of the parameters, in the order of `list(fit)` and the product of their units."""
        return self._square("covariance")

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Of the parameters, in the order of `list(fit)`."""
        return self._square("correlation")

    @property
    def converged(self) -> bool:
        """Whether the last start met its tolerance."""
        return bool(self._record["converged"])

    @property
    def rms_nm(self) -> float:
        """Of the residuals of the fitted gauges."""
        return float(self._record["rms_nm"])

    @property
    def hold_out_rms_nm(self) -> float | None:
        """Of the gauges that the fit did not see; None without any."""
        value = self._record["hold_out_rms_nm"]
        return None if value is None else float(value)

    @property
    def unidentifiable(self) -> list[Any]:
        """Directions of the parameters that the gauges do not determine."""
        return list(self._record["unidentifiable"])

    @property
    def residuals(self) -> Table:
        """Measured, model, residual, sigma per gauge in nm; its names are `gauges`."""
        rows = self._rows()
        head = {name.partition(" [")[0]: (name, name.partition(" [")[2].rstrip("]")) for name in rows[0]}
        columns = (n for n in ("dose", "focus", "measured", "model", "residual", "sigma") if n in head)
        return Table([(n, head[n][1], np.array([float(r[head[n][0]] or "nan") for r in rows])) for n in columns])

    @property
    def gauges(self) -> list[tuple[str, str, str]]:
        """Name, pattern, role (fitted, anchor, held out) of the rows of `residuals`."""
        return [(r["name"], r["pattern"], r["role"]) for r in self._rows()]

    def _rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(self._files.file("residuals.csv").decode().splitlines()))

    @property
    def recipe(self) -> str:
        """The calibrated model as recipe text, for `extends` of the recipes that follow."""
        return self._files.file("fitted.toml").decode()

    def parity(self) -> Figure:
        """Model against measured size, and the residuals."""
        return Figure(self._files.file("parity.svg").decode())

    def __str__(self) -> str:
        return self._files.file("summary.txt").decode().rstrip()

    def __repr__(self) -> str:
        return f"Fit({', '.join(self)}; rms {self.rms_nm:.4g} nm)"

    def _repr_html_(self) -> str:
        rows = _html.rows((p.name, f"{p.value:.6g} +- {(p.high95 - p.low95) / 2:.3g}", p.unit) for p in self.values())
        return _html.card("calibration", [f"<div style='max-width:720px'>{self.parity().svg}</div>", rows])


def fit(recipe: RecipeLike, **options: Any) -> Fit:
    """Calibrates the parameters named in the recipe's table [fit]; its other steps are left out.

    options: those of damascene.run (set, output, threads, progress, resume, seed ...). The same bits as `damascene fit`.
    """
    changes = options.pop("set", None)
    loaded = flow.load(recipe, changes, options.pop("seed", None))
    return Fit(flow.execute(loaded.calibration(), flow.settings_of(changes), **options))
