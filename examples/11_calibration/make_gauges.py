#!/usr/bin/env python3
"""Writes gauges.csv: sizes printed by a known model, with normal noise, as a wafer would give them.

    make_gauges.py DAMASCENE [SIGMA_NM]

The truth comes from the steps aerial-image and print on one recipe per pattern, not from the calibration's own model.
"""
import csv
import pathlib
import random
import subprocess
import sys
import tempfile

PATTERNS = [(45, 100), (50, 110), (50, 130), (60, 160), (60, 200), (60, 260), (60, 340)]  # width, pitch, nm
FOCUS, DOSE = (-40, 0, 40), (96, 104)  # nm, %

TRUTH = """damascene = "1"
[layout]
pattern = "lines"
width = "{width} nm"
pitch = "{pitch} nm"
[optics]
preset = "arf-immersion-1.35"
defocus = "18 nm"
[[step]]
model = "aerial-image"
method = "abbe"
through = {{ focus = {focus}, dose = {dose} }}
[[step]]
model = "print"
threshold = 0.231
diffusion_length = "14 nm"
"""


def texts(values, unit):
    return "[" + ", ".join(f'"{v} {unit}"' for v in values) + "]"


def printed(binary, width, pitch):
    """(focus nm, dose %) -> size in nm."""
    with tempfile.TemporaryDirectory() as scratch:
        recipe = TRUTH.format(width=width, pitch=pitch, focus=texts(FOCUS, "nm"), dose=texts((*DOSE, 100), "%"))
        (pathlib.Path(scratch) / "recipe.toml").write_text(recipe)
        subprocess.run([binary, "run", "recipe.toml", "-o", "out", "--progress", "none", "--json"], cwd=scratch,
                       check=True, capture_output=True)
        with open(pathlib.Path(scratch) / "out" / "print" / "process_window.csv", newline="") as file:
            return {(round(float(r["focus [nm]"])), round(float(r["dose [%]"]))): float(r["cd [nm]"])
                    for r in csv.DictReader(file)}


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    sigma = float(sys.argv[2]) if len(sys.argv) > 2 else 0.3
    noise = random.Random(11)
    with open(pathlib.Path(__file__).parent / "gauges.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["name", "kind", "pitch [nm]", "width [nm]", "dose [%]", "focus [nm]", "measured [nm]", "sigma [nm]",
                        "anchor"])
        for width, pitch in PATTERNS:
            sizes = printed(binary, width, pitch)
            for focus in FOCUS:
                for dose in DOSE:
                    size = sizes[focus, dose] + noise.gauss(0, sigma)
                    anchor = "yes" if (pitch, focus, dose) == (100, 0, 96) else ""
                    table.writerow([f"L{width}P{pitch}_F{focus:+d}_D{dose}", "lines", pitch, width, dose, focus,
                                    f"{size:.4f}", sigma or 0.3, anchor])


if __name__ == "__main__":
    main()
