"""Every model and its parameter table: dm.models["deposit-flux"].params["sticking"]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import _native


@dataclass(frozen=True)
class Param:
    """One row of a parameter table."""

    name: str
    kind: str
    unit: str
    default: str
    allowed: str
    low: float
    high: float
    choices: tuple[str, ...]
    doc: str
    citation: str
    optional: bool


@dataclass(frozen=True)
class Model:
    """One model: its equation, citation and parameters."""

    catalogue: str
    name: str
    summary: str
    equation: str
    citation: str
    params: dict[str, Param]

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        rows = (
            f"{p.name}: {p.doc} ({p.allowed}{f'; default {p.default}' if p.default else ''})"
            for p in self.params.values()
        )
        return "\n".join([self.summary, "", self.equation, "", *rows])


def _model(card: dict[str, Any]) -> Model:
    params = {p["name"]: Param(**{**p, "choices": tuple(p["choices"])}) for p in card["params"]}
    return Model(**{**card, "params": params})


class Models(Mapping[str, Model]):
    """All models by name."""

    def __init__(self) -> None:
        self._models = {m.name: m for m in map(_model, _native.model_cards())}

    def __getitem__(self, name: str) -> Model:
        if name not in self._models:
            raise KeyError(f"no model is named '{name}': {', '.join(sorted(self._models))}")
        return self._models[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)
