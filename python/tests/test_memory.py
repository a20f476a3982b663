"""What crossing the border costs."""

import gc
import os
import pathlib
import time

import damascene as dm
import numpy as np
import pytest


def resident_bytes() -> int:
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_picture_of_a_million_samples_crosses_without_a_copy():
    field = dm.Field2(np.random.default_rng(1).random((1000, 1000)), dx="1 nm")
    field.values
    start = time.perf_counter()
    for _ in range(1000):
        values = field.values
    per_view = (time.perf_counter() - start) / 1000
    start = time.perf_counter()
    copy = values.copy()
    per_copy = time.perf_counter() - start
    print(f"view of 1e6 samples: {1e6 * per_view:.2f} us, copy: {1e6 * per_copy:.0f} us")
    assert copy.shape == (1000, 1000)
    assert per_view < 1e-4  # a copy moves 8 MB


@pytest.mark.parametrize("what", ["field", "image", "layout", "calc", "error", "result"])
def test_ten_thousand_calls_leave_no_memory_behind(what, root, fill):
    field = dm.Field2(np.ones((64, 64)), dx="1 nm")
    layout = dm.open_layout(root / "examples/01_metal1_45nm/cell.gds").clip("22 um", "18 um", "22.3 um", "18.3 um")
    source, pupil = dm.optics.annular(0.6, 0.9, n=5), dm.optics.Pupil()
    box = dm.Region([np.array([[0, 0], [50, 0], [50, 50], [0, 50]], dtype=np.int32)])
    step = fill["fill"]

    def wrong():
        try:
            dm.optics.Pupil(na=9)
        except dm.InputError:
            pass

    calls = {
        "field": lambda: (field.values, field.x, field.contours(2), dm.Field2(field.values, dx="1 nm")),
        "image": lambda: dm.optics.aerial_image(box, source, pupil, period="120 nm").coefficients,
        "layout": lambda: (layout.layers(), layout.cells),
        "calc": lambda: dm._native.to_si(3, "nm"),
        "error": wrong,
        "result": lambda: (step.result.outputs["surface"].phi[0].values, step.result.scalars),
    }
    call = calls[what]
    for _ in range(2000):
        call()
    gc.collect()
    before = resident_bytes()
    for _ in range(10_000):
        call()
    gc.collect()
    grown = resident_bytes() - before
    print(f"{what}: {grown / 1024:.0f} KiB")
    assert grown < 1 << 20
