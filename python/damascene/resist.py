"""The resist: acid diffusion, dissolution rates of the catalogue's models, closed forms."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from .flow import _plain
from .units import Quantity

diffused = _native.resist.diffused
babu_barouch = _native.resist.babu_barouch


def development_rate(
    model: str, blocked: ArrayLike, depth: str | Quantity = "0 nm", **parameters: Any
) -> NDArray[np.float64]:
    """Dissolution rate in nm/s over blocked shares m, by a model of the catalogue "development".

    development_rate("mack", m, r_max="100 nm/s", n=5); the parameters are those of dm.models["mack"].
    """
    shares = np.atleast_1d(np.asarray(blocked, dtype=float))
    out: NDArray[np.float64] = _native.resist.rates(model, shares, depth, json.dumps(_plain(parameters)))
    return out
