"""How far particles get into holes: arrival at the bottom against aspect ratio and sticking, and gas numbers."""

import sys
import tempfile

import damascene as dm


def main(folder: str) -> None:
    print("aspect ratio   sticking 0.01   0.1      1")
    for ratio in (1, 2, 4, 8):
        row = [dm.calc.flux(shape="via", aspect_ratio=ratio, sticking=s).bottom_mean for s in (0.01, 0.1, 1.0)]
        print(f"{ratio:>12}   {row[0]:.4f}          {row[1]:.4f}   {row[2]:.4f}")
    gas = dm.calc.gas(pressure=0.1 * dm.Torr, temperature="220 degC", molar_mass="0.0721 kg/mol", width=70 * dm.nm)
    print(f"mean free path {gas.mean_free_path:.3g} {gas.units['mean_free_path']}, Knudsen number {gas.knudsen:.3g}")
    print(f"a tube of ten radii passes {dm.calc.clausing(shape='tube', ratio=10).transmission:.6f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
