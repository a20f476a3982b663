"""Sources, pupils, kernels, images of masks; clear field = 1."""

from collections.abc import Sequence
from typing import Annotated

import numpy
from numpy.typing import NDArray

import damascene._native
import damascene.units


class Source:
    """
    Incoherent source points in units of NA / wavelength; the weights sum to 1.
    """

    @property
    def points(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None, None), writable=False)]:
        """sx, sy, weight; no copy."""

    @property
    def description(self) -> str:
        """In words."""

    @property
    def sigma_max(self) -> float:
        """Outermost light."""

    def __repr__(self) -> str: ...

    def __getstate__(self) -> tuple: ...

    def __setstate__(self, arg: tuple[bytes, str, float, float, float, Sequence[Sequence[float]], int], /) -> None: ...

def conventional(sigma: float, n: int = 41) -> Source:
    """A disc of radius sigma, cut into n x n cells."""

def annular(sigma_in: float, sigma_out: float, n: int = 41) -> Source:
    """A ring."""

def dipole(sigma_in: float, sigma_out: float, opening: str | damascene.units.Quantity, angle: str | damascene.units.Quantity = '0 deg', n: int = 41) -> Source:
    """Two sectors; angle: azimuth of the first."""

def quasar(sigma_in: float, sigma_out: float, opening: str | damascene.units.Quantity, angle: str | damascene.units.Quantity = '45 deg', n: int = 41) -> Source:
    """Four sectors; angle: azimuth of the first."""

def point_source(sx: float = 0.0, sy: float = 0.0) -> Source:
    """Coherent light."""

def pixelated(weights: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)]) -> Source:
    """n x n weights over [-1, 1] squared, row = sy."""

class Pupil:
    """Projection lens, wafer side."""

    def __init__(self, na: float = 1.35, wavelength: str | damascene.units.Quantity = '193.368 nm', n_medium: float = 1.4366, defocus: str | damascene.units.Quantity = '0 nm', zernike_waves: Sequence[float] = [], obscuration: float = 0.0) -> None: ...

    @property
    def na(self) -> float:
        """Numerical aperture."""

    @property
    def wavelength_nm(self) -> float:
        """In vacuum."""

    @property
    def n_medium(self) -> float:
        """Refractive index above the wafer."""

    @property
    def defocus_nm(self) -> float:
        """Image plane along +z."""

    @property
    def zernike_waves(self) -> list[float]:
        """Fringe order from Z1, waves."""

    def __getstate__(self) -> tuple[float, float, float, float, list[float], float]: ...

    def __setstate__(self, arg: tuple[float, float, float, float, Sequence[float], float], /) -> None: ...

def preset(name: str) -> Pupil:
    """Lens of a scanner class, for example 'arf-immersion-1.35'."""

def preset_source(name: str) -> Source:
    """Usual source of a scanner class."""

class KernelSet:
    """Coherent kernels in the frequency domain, valid at their own period."""

    @property
    def kernels(self) -> Annotated[NDArray[numpy.complex128], dict(shape=(None, None, None), writable=False)]:
        """K[k, fy + band, fx + band], no copy."""

    @property
    def weights(self) -> Annotated[NDArray[numpy.float64], dict(shape=(None,), writable=False)]:
        """No copy."""

    @property
    def period_nm(self) -> tuple[float, float]:
        """Of the cell."""

    @property
    def truncation_bound(self) -> float:
        """Certified, of clear field; -1 = unknown."""

    @property
    def open_frame(self) -> float:
        """Intensity of a clear mask."""

    def __len__(self) -> int: ...

def socs(source: Source, pupil: Pupil, period: str | damascene.units.Quantity, image_tol: float = 0.001, count: int = 0) -> KernelSet:
    """
    Kernels up to a certified bound of what is left out, or exactly `count`.
    """

def mask_spectrum(mask: damascene._native.Region, source: Source, pupil: Pupil, period: str | damascene.units.Quantity, x0: str | damascene.units.Quantity = '0 nm', y0: str | damascene.units.Quantity = '0 nm', polarity: str = 'dark-field') -> damascene._native.Image:
    """
    Exact Fourier coefficients of a mask on the square cell from (x0, y0), as many as the lens passes.
    """

def aerial_image(mask: damascene._native.Region, source: Source, pupil: Pupil, period: str | damascene.units.Quantity, x0: str | damascene.units.Quantity = '0 nm', y0: str | damascene.units.Quantity = '0 nm', polarity: str = 'dark-field', method: str = 'abbe', image_tol: float = 0.001) -> damascene._native.Image:
    """
    Image of polygons on the square cell from (x0, y0), clear field = 1: abbe and hopkins are exact, socs errs by image_tol at most.
    """

def image(kernels: KernelSet, mask: damascene._native.Image) -> damascene._native.Image:
    """Image of a mask spectrum by kernels."""

def abbe(mask: damascene._native.Image, source: Source, pupil: Pupil) -> damascene._native.Image:
    """Image of a mask spectrum, one coherent image per source point."""

def spectrum_of_samples(samples: damascene._native.Field2, band_x: int, band_y: int) -> damascene._native.Image:
    """Fourier coefficients of samples on one full period (DFT / N)."""

def image_adjoint(kernels: KernelSet, mask: damascene._native.Image, dloss_dimage: damascene._native.Image) -> damascene._native.Image:
    """
    G with dL = 2 Re sum conj(G) dM for dL = sum conj(d) dI: the exact gradient with respect to the mask.
    """

def edge_gradient(segments_nm: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order='C', device='cpu', writable=False)], adjoint: damascene._native.Image) -> Annotated[NDArray[numpy.float64], dict(shape=(None,))]:
    """
    dLoss / d(shift), 1/nm, of mask edges moved along their outward normal.
    """
