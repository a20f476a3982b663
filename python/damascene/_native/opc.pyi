"""Scores, edge placement, mask rules, mask optimisers."""

from collections.abc import Mapping
import os
from typing import Annotated, Any

import numpy
import numpy.typing
from numpy.typing import NDArray

import damascene._native
import damascene._native.optics
import damascene.units


def edge_placement(image: damascene._native.Image, threshold: float, target: damascene._native.Region, site_pitch: str | damascene.units.Quantity = '40 nm', reach: str | damascene.units.Quantity = '60 nm', dark_prints: bool = False) -> dict[str, numpy.typing.NDArray[numpy.float64]]:
    """
    Signed edge placement errors (nm, + = printed outside; nan = no crossing within reach) on a target's edges.
    """

def measure_cut(image: damascene._native.Image, threshold: float, x0: str | damascene.units.Quantity, y0: str | damascene.units.Quantity, x1: str | damascene.units.Quantity, y1: str | damascene.units.Quantity) -> dict[str, Any]:
    """Critical dimension and NILS along a cut."""

def check_mask_rules(mask: damascene._native.Region, rules: Mapping[str, str | damascene.units.Quantity]) -> list[dict[str, Any]]:
    """Every violation of {'min_width': '20 nm', ...}."""

def rectangle_shots(mask: damascene._native.Region) -> int:
    """Shots of a Manhattan mask by minimum rectangle partition."""

class ProcessCorners:
    """Focus, defocus and doses a mask has to hold at."""

    @property
    def threshold(self) -> float:
        """Intensity at which resist prints."""

    @threshold.setter
    def threshold(self, arg: float, /) -> None: ...

    @property
    def steepness(self) -> float:
        """Of the sigmoid the optimisers see."""

    @steepness.setter
    def steepness(self, arg: float, /) -> None: ...

    @property
    def focus(self) -> damascene._native.optics.KernelSet:
        """Kernels in focus."""

    @property
    def defocus(self) -> damascene._native.optics.KernelSet:
        """Kernels out of focus."""

def contest_corners(folder: str | os.PathLike) -> ProcessCorners:
    """ICCAD-2013 corners on the kernels of a folder."""

def corners(focus: damascene._native.optics.KernelSet, defocus: damascene._native.optics.KernelSet, threshold: float = 0.225, dose_latitude: float = 0.04) -> ProcessCorners:
    """Corners on kernels of your own."""

def place_centred(target: damascene._native.Region, n: int = 2048) -> tuple[damascene._native.Region, Annotated[NDArray[numpy.uint8], dict(shape=(None, None))]]:
    """Polygons in the middle of an n x n nm cell, and their exact raster."""

def score(target: numpy.typing.NDArray[numpy.uint8], mask: numpy.typing.NDArray[numpy.uint8], corners: ProcessCorners) -> dict[str, int]:
    """
    ICCAD-2013 score of a mask raster (1 nm pixels): L2, PV band, EPE violations, shots.
    """

class MaskResult:
    """A corrected mask and how it was found."""

    @property
    def mask(self) -> damascene._native.Region:
        """Polygons, no copy."""

    @property
    def raster(self) -> Annotated[NDArray[numpy.uint8], dict(shape=(None, None), writable=False)]:
        """1 nm pixels, no copy."""

    @property
    def history(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
        """Loss per iteration."""

    @property
    def violations(self) -> list[dict[str, Any]]:
        """Of the mask rules."""

    @property
    def converged(self) -> bool:
        """Whether the schedule ended by itself."""

    @property
    def seconds(self) -> float:
        """Wall time of the optimiser."""

def optimize_ilt(target: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu', writable=False)], corners: ProcessCorners, iterations: int = 0, rules: Mapping[str, str | damascene.units.Quantity] = {}, progress: object | None = None) -> MaskResult:
    """
    Inverse lithography of a square clip: target raster of 1 nm pixels, 0 iterations = the default schedule.
    """

def optimize_edges(target: damascene._native.Region, corners: ProcessCorners, x0: str | damascene.units.Quantity = '0 nm', y0: str | damascene.units.Quantity = '0 nm', iterations: int = 0, assist_features: bool = True, rules: Mapping[str, str | damascene.units.Quantity] = {}, progress: object | None = None) -> MaskResult:
    """
    Edge correction of Manhattan polygons on the cell from (x0, y0) with the period of the kernels.
    """
