"""A process window as a table: sizes through focus and dose, in pandas if it is installed."""

import sys
import tempfile

import damascene as dm
import numpy as np

RECIPE = """
damascene = "1"
title     = "Lines at NA 1.35"

[layout]
pattern = "lines"
pitch   = "90 nm"
width   = "45 nm"

[optics]
preset = "arf-immersion-1.35"
source = { kind = "dipole", sigma_in = 0.60, sigma_out = 0.90, opening = "35 deg" }

[[step]]
name      = "window"
model     = "process-window"
polarity  = "clear-field"
threshold = 0.35
through   = { focus = "-120 nm .. 120 nm, 5", dose = "90 % .. 110 %, 5" }
most_foci = 9
"""


def main(folder: str) -> None:
    run = dm.run(RECIPE, output=f"{folder}/window")
    window = run["window"].window
    assert window is not None
    sizes = window["features"][0]["cd_nm"]
    print("focus nm", window["focus_nm"])
    print("size nm at nominal dose", np.round(sizes[:, 2], 2))
    print({name: value for name, value in run.numbers.items() if "depth" in name or "latitude" in name})


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
