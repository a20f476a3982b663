"""The same trench and via in 3D by ViennaPS (CPU, one thread): one flux calculation per engine, grid, number of rays.

Errors over the mesh points on wall and bottom, more than two cells from corners and mouth, against the exact profiles
that bench_ray_flux left in the folder. For each setting error^2 = bias^2 + noise^2 / cpu: the noise from two seeds, the
bias from what is left. The last table compares with the rows of bench_ray_flux (rows.jsonl in the folder).
"""
import json
import math
import os
import sys
import time

import viennaps as ps
import viennaps.d3 as d3

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "common"))
from flux_profile import between, profile  # noqa: E402

ENGINES = {"disks": ps.FluxEngineType.CPU_DISK, "triangles": ps.FluxEngineType.CPU_TRIANGLE}
SHAPES = {"trench": (0.5, 4.0), "via": (1.0, 8.0)}  # half width or radius, depth
# The coarse grids are those of bench_ray_flux; walls and bottom lie on grid planes.
# Grid: numbers of rays per point.
CELLS = {"trench": {0.125: (30, 300), 0.0625: (100,), 0.03125: (60,), 0.015625: (30,)},
         "via": {0.2: (30, 300), 0.1: (60,), 0.05: (30,)}}
# Engine and rings of neighbours that the flux is averaged over (1 is the default of ViennaPS).
SETTINGS = (("disks", 1), ("triangles", 0), ("triangles", 1), ("triangles", 2))
FINEST = (("triangles", 2), ("triangles", 4))


def settings(shape, cell):
    return FINEST if cell == min(CELLS[shape]) else SETTINGS


SEEDS = (1, 2)
MEASURES = ("RMS relative error", "RMS error")
TARGETS = (0.1, 0.05, 0.03, 0.02, 0.015, 0.01, 0.005, 0.003)


def hole(shape, cell):
    mouth, depth = SHAPES[shape]
    domain = d3.Domain(cell, 1.2, 1.0) if shape == "trench" else d3.Domain(cell, 2.4, 2.4)
    make = d3.MakeTrench(domain, 2 * mouth, depth) if shape == "trench" else d3.MakeHole(domain, mouth, depth)
    make.apply()
    return domain


def calculation(shape, cell, rays, sticking, setting, seed):
    process = d3.Process(hole(shape, cell), d3.SingleParticleProcess(1.0, sticking, 1.0), 0.0)
    tracing = ps.RayTracingParameters()
    tracing.raysPerPoint, tracing.normalizationType = rays, ps.NormalizationType.SOURCE
    tracing.smoothingNeighbors, tracing.useRandomSeeds, tracing.rngSeed = setting[1], False, seed
    process.setParameters(tracing)
    process.setFluxEngineType(ENGINES[setting[0]])
    start = time.process_time()
    mesh = process.calculateFlux()
    return time.process_time() - start, mesh


def truths(shape, cell, nodes, curves):
    """Index of each mesh point that counts, and the exact flux there."""
    mouth, depth = SHAPES[shape]
    edge, found = 2.1 * cell, {}
    for k, (x, y, z) in enumerate(nodes):
        across = abs(x) if shape == "trench" else math.hypot(x, y)
        if abs(across - mouth) < 0.5 * cell and -depth + edge < z < -edge:
            found[k] = between(curves["wall"], -z / depth)
        elif abs(z + depth) < 0.5 * cell and across < mouth - edge:
            found[k] = between(curves["bottom"], across)
    return found


def rms(values):
    values = list(values)
    return math.sqrt(sum(v * v for v in values) / len(values))


def measured(shape, cell, rays, sticking, setting, curves):
    """CPU seconds of one calculation, points, and per measure (total, random, systematic) error."""
    runs = [calculation(shape, cell, rays, sticking, setting, seed) for seed in SEEDS]
    exact = truths(shape, cell, runs[0][1].getNodes(), curves)
    flux = [mesh.getCellData().getScalarData("particleFlux", True) for _, mesh in runs]
    errors = {}
    for measure in MEASURES:
        scale = {k: t if "relative" in measure else 1.0 for k, t in exact.items()}
        total = math.sqrt(sum(rms((f[k] - t) / scale[k] for k, t in exact.items()) ** 2 for f in flux) / len(flux))
        random = rms((flux[0][k] - flux[1][k]) / scale[k] for k in exact) / math.sqrt(2)
        errors[measure] = (total, random, math.sqrt(max(0.0, total ** 2 - random ** 2)))
    return min(cpu for cpu, _ in runs), len(exact), errors


def least_cpu(laws, error):
    """Cheapest setting that reaches the error: cpu = noise^2 / (error^2 - bias^2)."""
    return min(((noise ** 2 / (error ** 2 - bias ** 2), name) for name, (bias, noise) in laws.items() if bias < error),
               default=None)


def compare(rows, laws):
    """Cheapest row of bench_ray_flux within each error against the cheapest setting of ViennaPS, on any grid; and the
    same row against the random part alone of ViennaPS on that row's grid, at that row's own error."""
    for (shape, sticking, measure), here in laws.items():
        for error in TARGETS:
            within = [r for r in rows if (r["shape"], r["sticking"]) == (shape, sticking) and r[measure] <= error]
            if not within:
                continue
            ours, best = min(within, key=lambda r: r["cpu [s]"]), least_cpu(here, error)
            noise = least_cpu({n: (0.0, law[1]) for n, law in here.items() if n[0] == ours["element"] and n[2] == 0},
                              ours[measure])
            print(json.dumps({
                "table": "equal error", "shape": shape, "sticking": sticking, "measure": measure, "within": error,
                "element": ours["element"], "its error": ours[measure], "damascene [s]": ours["cpu [s]"],
                "viennaps [s]": best[0] if best else "not reached",
                "by": "grid {:g}, {}, smoothing {}".format(*best[1]) if best else "-",
                "ratio": best[0] / ours["cpu [s]"] if best else "-",
                "random part alone, same grid": noise[0] / ours["cpu [s]"],
                "least systematic error": min(bias for bias, _ in here.values())}), flush=True)


def main(folder):
    ps.setNumThreads(1)
    ps.Logger.setLogLevel(ps.LogLevel.ERROR)
    laws = {}
    for shape, sticking in ((shape, sticking) for sticking in (0.5, 0.1) for shape in CELLS):
        curves = profile(os.path.join(folder, f"{shape}_{sticking}.csv"))
        for cell, setting, rays in ((c, s, r) for c in CELLS[shape]
                                    for s in settings(shape, c) for r in CELLS[shape][c]):
            cpu, points, errors = measured(shape, cell, rays, sticking, setting, curves)
            for measure, (_, random, systematic) in errors.items():
                here = laws.setdefault((shape, sticking, measure), {})
                here[(cell, *setting)] = (systematic, random * math.sqrt(cpu))
            relative = errors["RMS relative error"]
            print(json.dumps({"table": "viennaps", "contender": f"viennaps, {setting[0]}", "smoothing": setting[1],
                              "shape": shape, "sticking": sticking, "grid": cell, "rays per point": rays,
                              "places": points, "cpu [s]": cpu, "RMS error": errors["RMS error"][0],
                              "RMS relative error": relative[0], "of it random": relative[1],
                              "of it systematic": relative[2]}), flush=True)
    compare(exact_rows(os.path.join(folder, "rows.jsonl")), laws)


def exact_rows(path):
    with open(path, encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines if line.startswith("{")]
    return [row for row in found if row.get("table") == "exact"]


if __name__ == "__main__":
    main(sys.argv[1])
