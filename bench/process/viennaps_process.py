"""The same trench, 20 nm of film, by ViennaPS (CPU, one thread, its default schemes, 1000 rays per point).

The deposited area is compared with that of bench_process on its finest grid, which it left in the folder.
"""
import json
import os
import sys
import time

import viennaps as ps
import viennaps.d2 as d2

WIDTH, DEPTH = 70.0, 280.0


def timed(model, domain, duration, rays=1000):
    process = d2.Process(domain, model, duration)
    engine = ps.RayTracingParameters()
    engine.raysPerPoint, engine.useRandomSeeds, engine.rngSeed = rays, False, 1
    process.setParameters(engine)
    process.setFluxEngineType(ps.FluxEngineType.CPU_DISK)
    start = time.process_time()
    process.apply()
    return time.process_time() - start


def gas_area(domain, ceiling):
    """Area between the surface and a level above it, from the lines of the surface mesh."""
    mesh = domain.getSurfaceMesh()
    nodes = mesh.getNodes()
    return abs(sum(0.5 * (nodes[a][1] + nodes[b][1] - 2 * ceiling) * (nodes[b][0] - nodes[a][0])
                   for a, b in mesh.getLines()))


def film(cell, thickness):
    domain = d2.Domain(cell, 140.0)
    d2.MakeTrench(domain, WIDTH, DEPTH).apply()
    before = gas_area(domain, 100)
    cpu = timed(d2.SingleParticleProcess(1.0, 0.2, 1.0), domain, thickness)
    return cpu, before - gas_area(domain, 100)


def main(folder):
    ps.setNumThreads(1)
    ps.Logger.setLogLevel(ps.LogLevel.ERROR)
    with open(os.path.join(folder, "film_of_20_nm.txt"), encoding="utf-8") as file:
        truth = float(file.read())
    for cell in (5.6, 2.8, 1.4):
        cpu, grown = min(film(cell, 20.0) for _ in range(2))
        print(json.dumps({"table": "film", "contender": "viennaps, film of 20 nm", "n": round(DEPTH / cell),
                          "grid [nm]": cell, "cpu [s]": cpu, "deposited [nm^2]": grown,
                          "difference": abs(grown / truth - 1)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
