"""The exact gradient of a loss on the image with respect to the mask, as automatic differentiation wants it."""

import sys
import tempfile

import damascene as dm
import numpy as np


def main(folder: str) -> None:
    contact = dm.Region([np.array([[80, 80], [160, 80], [160, 160], [80, 160]], dtype=np.int32)])
    source, lens = dm.optics.annular(0.6, 0.9, n=21), dm.optics.Pupil(na=1.35)
    kernels = dm.optics.socs(source, lens, "240 nm")
    mask = dm.optics.mask_spectrum(contact, source, lens, period="240 nm")
    image = dm.optics.image(kernels, mask)
    values = image.sample("4 nm").values
    wanted = np.zeros_like(values)
    wanted[20:40, 20:40] = 0.5
    residual = dm.Field2(2 * (values - wanted) * values.size, dx="4 nm")
    band_x, band_y = image.band
    adjoint = dm.optics.image_adjoint(kernels, mask, dm.optics.spectrum_of_samples(residual, band_x, band_y))
    edges = np.array([[80, 80, 160, 80], [160, 80, 160, 160], [160, 160, 80, 160], [80, 160, 80, 80]], dtype=float)
    slope = dm.optics.edge_gradient(edges, adjoint)
    print(f"loss {np.sum((values - wanted) ** 2):.3f}, change per nm of each edge moved outward {np.round(slope, 3)}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
