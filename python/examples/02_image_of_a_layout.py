"""A window of a real layout, its aerial image, edge placement at a threshold, contours as arrays."""

import pathlib
import sys
import tempfile

import damascene as dm
import numpy as np

CELL = pathlib.Path(__file__).parents[2] / "examples/01_metal1_45nm/cell.gds"


def main(folder: str) -> None:
    clip = dm.open_layout(CELL).clip("22 um", "18 um", "24 um", "20 um")
    metal = clip.polygons("11/0")
    source = dm.optics.annular(0.6, 0.9)
    lens = dm.optics.preset("arf-immersion-1.35")
    image = dm.optics.aerial_image(
        metal, source, lens, period="2400 nm", x0="21.8 um", y0="17.8 um", method="socs", image_tol=1e-2
    )
    field = image.sample(4 * dm.nm)
    sites = dm.opc.edge_placement(image, 0.25, metal)
    found = sites["epe"][np.isfinite(sites["epe"])]
    print(f"{field.values.shape} samples, {found.size} sites, rms edge placement {np.sqrt(np.mean(found**2)):.2f} nm")
    print(f"{len(image.contours(0.25))} contours")
    pathlib.Path(folder, "image.png").write_bytes(field.to_png())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
