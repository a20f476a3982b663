"""The same trench by ViennaPS (CPU, one thread): one flux calculation per grid and number of rays.

Errors over the mesh points on the walls and the bottom, more than two cells from corners and mouth, against the profile
that bench_trench_flux left in the folder; largest, and root mean square (Monte Carlo: falls as rays^-1/2).
"""
import json
import math
import os
import sys
import time

import viennaps as ps
import viennaps.d2 as d2

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "common"))
from flux_profile import between, profile  # noqa: E402

DEPTH, STICKING = 10.0, 0.1


def trench(cell, rays):
    domain = d2.Domain(cell, 2.0)
    d2.MakeTrench(domain, 1.0, DEPTH).apply()
    process = d2.Process(domain, d2.SingleParticleProcess(1.0, STICKING, 1.0), 0.0)
    engine = ps.RayTracingParameters()
    engine.raysPerPoint, engine.normalizationType, engine.smoothingNeighbors = rays, ps.NormalizationType.SOURCE, 0
    engine.useRandomSeeds, engine.rngSeed = False, 1
    process.setParameters(engine)
    process.setFluxEngineType(ps.FluxEngineType.CPU_DISK)
    return process


def errors(mesh, cell, curves):
    points, flux = mesh.getNodes(), mesh.getCellData().getScalarData("particleFlux", True)
    found = []
    for (x, z, *_), value in zip(points, flux):
        edge = 2 * cell
        if abs(abs(x) - 0.5) < 0.5 * cell and -DEPTH + edge < z < -edge:
            found.append(value - between(curves["wall"], -z / DEPTH))
        elif abs(z + DEPTH) < 0.5 * cell and abs(x) < 0.5 - edge:
            found.append(value - between(curves["bottom"], abs(x)))
    return max(map(abs, found)), math.sqrt(sum(e * e for e in found) / len(found)), len(points)


def main(folder):
    ps.setNumThreads(1)
    ps.Logger.setLogLevel(ps.LogLevel.ERROR)
    curves = profile(os.path.join(folder, "trench_profile.csv"))
    for cell, rays in ((0.1, 100), (0.1, 1000), (0.05, 100), (0.05, 1000), (0.025, 100), (0.025, 1000)):
        best = math.inf
        for _ in range(2):
            process = trench(cell, rays)
            start = time.process_time()
            mesh = process.calculateFlux()
            best = min(best, time.process_time() - start)
        worst, spread, n = errors(mesh, cell, curves)
        print(json.dumps({"shape": "trench", "contender": f"viennaps, {rays} rays per point", "n": n, "cpu [s]": best,
                          "largest error": worst, "rms error": spread}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
