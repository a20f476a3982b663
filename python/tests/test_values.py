"""Quantities, fields, images, polygons, layouts as Python values."""

import math
import pickle
import struct

import damascene as dm
import numpy as np
import pytest


# --------------------------------------------------------------------------------------------------------- quantities
def test_a_product_with_a_unit_is_the_double_of_the_text():
    for value in (193, 0.1, 7.3, 193.368):
        assert (value * dm.nm).si == dm.quantity(f"{value!r} nm").si == float(f"{value!r}e-9")
    assert str(193 * dm.nm) == "193 nm" and str(30 * dm.mJ / dm.cm**2) == "30 mJ*cm^-2"
    assert (30 * dm.mJ / dm.cm**2).si == pytest.approx(300)
    assert 1 * dm.um == 1000 * dm.nm and 1 * dm.um > 999 * dm.nm
    assert (2 * dm.um + 500 * dm.nm).to("nm") == pytest.approx(2500)
    assert 1 * dm.um / (250 * dm.nm) == 4
    assert pickle.loads(pickle.dumps(3 * dm.deg)) == 3 * dm.deg


def test_dimensions_do_not_mix():
    with pytest.raises(TypeError):
        1 * dm.nm + 1 * dm.s
    with pytest.raises(TypeError):
        (1 * dm.nm).to("s")
    with pytest.raises(TypeError, match="own zero"):
        dm.quantity("20 degC") + 5 * dm.K
    assert dm.quantity("20 degC") < 300 * dm.K
    with pytest.raises(ValueError):
        dm.Quantity(1, "furlong")
    with pytest.raises(TypeError, match=r"'wavelength' needs a unit: a length, for example .*dm\.nm"):
        dm.optics.Pupil(wavelength=193.0)
    with pytest.raises(dm.InputError) as caught:
        dm.optics.Pupil(wavelength="193 s")
    assert caught.value.code == "D0203"


# ------------------------------------------------------------------------------------------------------------- fields
def test_a_field_owns_writable_memory_and_shows_it_without_a_copy():
    field = dm.Field2(np.arange(12.0).reshape(3, 4), dx=2 * dm.nm, y0="10 nm", unit="nm")
    assert field.values.shape == (3, 4) and field.values[2, 3] == 11
    assert field.values.__array_interface__["data"][0] == field.address
    field.values[0, 0] = 5
    assert field.values[0, 0] == 5
    assert field.x.tolist() == [0, 2, 4, 6] and field.y.tolist() == [10, 12, 14]
    again = pickle.loads(pickle.dumps(field))
    assert np.array_equal(again.values, field.values) and again.unit == "nm" and np.array_equal(again.y, field.y)


def test_fields_take_other_types_and_orders():
    fortran = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    assert np.array_equal(dm.Field2(fortran, dx="1 nm").values, fortran)
    assert np.array_equal(dm.Field2(memoryview(np.ones((2, 2))), dx="1 nm").values, np.ones((2, 2)))


def test_fields_without_samples_or_spacing_are_refused():
    with pytest.raises(dm.InputError, match="no samples"):
        dm.Field2(np.empty((0, 3)), dx="1 nm")
    with pytest.raises(dm.InputError, match="spacing"):
        dm.Field2(np.ones((2, 2)), dx="-1 nm")
    with pytest.raises(dm.InputError, match="band of 2"):
        dm.optics.spectrum_of_samples(dm.Field2(np.ones((4, 4)), dx="1 nm"), 2, 0)


def test_a_picture_has_the_field_the_right_way_up():
    import zlib

    values = np.zeros((4, 3))
    values[3, 0] = 1  # top left
    png = dm.Field2(values, dx="1 nm").to_png()
    data = b""
    at = 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += 12 + size
    rows = zlib.decompress(data)
    assert rows[1] == 255 and rows[2] == 0  # first row, after its filter byte


def test_contours_of_a_cone_are_circles():
    y, x = np.mgrid[-20:21, -20:21]
    field = dm.Field2(np.hypot(x, y).astype(float), dx="1 nm", x0="-20 nm", y0="-20 nm")
    (ring,) = field.contours(10)
    assert np.allclose(np.hypot(ring[:, 0], ring[:, 1]), 10, atol=0.02)


# ----------------------------------------------------------------------------------------------------------- polygons
def square(x, y, side):
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]], dtype=np.int32)


def test_areas_of_booleans_add_up():
    a, b = dm.Region([square(0, 0, 100)]), dm.Region([square(50, 50, 100)])
    assert (a | b).area_nm2 == 17500 and (a & b).area_nm2 == 2500
    assert (a - b).area_nm2 == 7500 and (a ^ b).area_nm2 == 15000
    assert a.offset("10 nm").area_nm2 == 120**2 and a.offset(-10 * dm.nm).area_nm2 == 80**2
    round_area = a.offset("10 nm", round=True).area_nm2
    assert round_area == pytest.approx(100**2 + 4 * 100 * 10 + math.pi * 100, rel=1e-3)
    assert (a | b).coverage("7 nm").values.sum() * 49 == pytest.approx(17500, rel=1e-12)
    assert dm.opc.rectangle_shots(a | b) == 3 and (a | b).is_manhattan


def test_rings_are_views_and_regions_pickle():
    region = dm.Region([square(0, 0, 10), square(100, 0, 10)], unit="0.5 nm")
    ring = region.rings[0]
    assert ring.dtype == np.int32 and not ring.flags.writeable and not ring.flags.owndata
    assert region.area_nm2 == 50 and len(region) == 2 and region.bounds_nm == [0, 0, 55, 5]
    assert pickle.loads(pickle.dumps(region)) == region
    assert region != dm.Region([square(0, 0, 10)])


# ------------------------------------------------------------------------------------------------------------ layouts
def test_a_window_of_a_real_layout(root, tmp_path):
    layout = dm.open_layout(root / "examples/01_metal1_45nm/cell.gds")
    clip = layout.clip("22 um", "18 um", 24 * dm.um, "20 um")
    metal = clip.polygons("11/0")
    x0, y0, x1, y1 = metal.bounds_nm
    assert 22000 - 1e-6 <= x0 and x1 <= 24000 + 1e-6 and 18000 - 1e-6 <= y0 and y1 <= 20000 + 1e-6
    assert metal.area_nm2 == pytest.approx(
        (layout.polygons("11/0").clipped("22 um", "18 um", "24 um", "20 um")).area_nm2
    )
    clip.save(str(tmp_path / "clip.gds"))
    assert dm.open_layout(str(tmp_path / "clip.gds")).polygons("11/0") == metal
    assert pickle.loads(pickle.dumps(clip)).to_gds() == clip.to_gds()
    assert dm.Layout.of_regions({"3/0": metal}).layers() == [{"layer": "3/0", "shapes": len(metal)}]
    with pytest.raises(dm.InputError, match="11/0"):
        layout.polygons("12/0")


def test_a_damaged_layout_is_refused_with_its_place(tmp_path):
    (tmp_path / "bad.gds").write_bytes(b"\x00\x06\x00\x02\x00\x07\x00\x1c\x01\x02")
    with pytest.raises(dm.InputError) as caught:
        dm.open_layout(str(tmp_path / "bad.gds"))
    assert caught.value.code.startswith("D03") and "byte" in str(caught.value)
