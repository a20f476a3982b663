"""Acid diffusion, dissolution, closed forms of resists."""

from typing import Annotated

import numpy
from numpy.typing import NDArray

import damascene._native
import damascene.units


def diffused(image: damascene._native.Image, diffusion_length: str | damascene.units.Quantity) -> damascene._native.Image:
    """Image blurred by acid diffusion, a Gaussian: exact."""

def rates(model: str, blocked: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)], depth: str | damascene.units.Quantity, parameters: str) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
    """Dissolution rate (nm/s) over blocked shares; parameters as JSON text."""

def babu_barouch(a_per_um: float, b_per_um: float, c_cm2_per_mj: float, dose: str | damascene.units.Quantity, depth_um: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
    """
    Photo-active compound left at depths of a resist without reflection: exact.
    """
