"""gdstk reads the files bench_gds_read left in FOLDER."""
import json
import os
import sys
import time

import gdstk

for n in (187500, 375000, 750000, 1500000):
    path = os.path.join(sys.argv[1], f"rectangles_{n}.gds")
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        library = gdstk.read_gds(path)
        best = min(best, time.process_time() - start)
    polygons = library.cells[0].polygons
    area = sum(p.area() for p in polygons)
    assert len(polygons) == n
    print(json.dumps({"contender": f"gdstk {gdstk.__version__}", "n": n, "megabytes": os.path.getsize(path) * 1e-6,
                      "cpu [s]": best, "area [um^2]": area}), flush=True)
