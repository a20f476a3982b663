"""Inverse lithography of an ICCAD-2013 clip, scored by the contest's rules; Ctrl-C stops it cleanly."""

import pathlib
import sys
import tempfile

import damascene as dm

DATA = pathlib.Path(__file__).parents[2] / "tests/data/iccad13"


def main(folder: str) -> None:
    corners = dm.opc.contest_corners(DATA / "kernels")
    target = dm.open_layout(DATA / "clips/M1_test1.glp").polygons()
    placed, raster = dm.opc.place_centred(target)
    result = dm.opc.optimize_ilt(raster, corners, iterations=40)
    before, after = (dm.opc.score(raster, mask, corners) for mask in (raster, result.raster))
    print(f"L2 + PV band: {before['l2'] + before['pvb']} -> {after['l2'] + after['pvb']} nm^2")
    dm.Layout.of_regions({"1/0": placed, "2/0": result.mask}).save(f"{folder}/mask.gds")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
