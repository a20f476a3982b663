"""A trench is filled: picture, step coverage, void. The recipe is a dict; quantities carry their unit."""

import sys
import tempfile

import damascene as dm


def main(folder: str) -> None:
    recipe = {
        "damascene": "1",
        "title": "My trench",
        "structure": {"kind": "trench", "width": 70 * dm.nm, "depth": 280 * dm.nm, "grid": "2 nm"},
        "step": [
            {
                "name": "fill",
                "model": "deposit-flux",
                "film": "SiO2-TEOS",
                "sticking": 0.2,
                "thickness": "80 nm",
            }
        ],
    }
    run = dm.run(recipe, output=f"{folder}/trench")
    fill = run["fill"]
    print(f"voids {fill['void.count']:.0f}, bottom coverage {fill['step_coverage.bottom']:.3f}")
    picture = fill.result.animation(480, 360)
    if picture is not None:
        with open(f"{folder}/trench.png", "wb") as file:
            file.write(picture)
    print(run.report)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
