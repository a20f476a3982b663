"""KLayout reads the files bench_gds_read left in FOLDER."""
import json
import os
import sys
import time

import klayout.db as db

for n in (187500, 375000, 750000, 1500000):
    path = os.path.join(sys.argv[1], f"rectangles_{n}.gds")
    best = float("inf")
    for _ in range(3):
        layout = db.Layout()
        start = time.process_time()
        layout.read(path)
        best = min(best, time.process_time() - start)
    shapes = layout.top_cell().shapes(layout.layer(1, 0))
    assert shapes.size() == n
    area = sum(s.area() for s in shapes.each()) * layout.dbu**2
    print(json.dumps({"contender": f"klayout {db.__version__ if hasattr(db, '__version__') else ''}".strip(), "n": n,
                      "megabytes": os.path.getsize(path) * 1e-6, "cpu [s]": best, "area [um^2]": area}), flush=True)
