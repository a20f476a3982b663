"""Images, scores and masks through the library's Python calls."""

import damascene as dm
import numpy as np
import pytest


@pytest.fixture(scope="module")
def contacts():
    x = np.array([[100, 100], [180, 100], [180, 190], [100, 190]], dtype=np.int32)
    return dm.Region([x, x + np.array([160, 30], dtype=np.int32)])


OPTICS = (dm.optics.annular(0.6, 0.9, n=21), dm.optics.preset("arf-immersion-1.35"))
CELL = {"period": "480 nm"}


def test_a_clear_mask_gives_clear_field(contacts):
    nothing = contacts - contacts
    image = dm.optics.aerial_image(nothing, *OPTICS, **CELL, polarity="clear-field")
    assert np.allclose(image.sample("8 nm").values, 1, atol=1e-12)


def test_kernels_are_within_their_bound_of_abbe(contacts):
    exact = dm.optics.aerial_image(contacts, *OPTICS, **CELL, method="abbe").sample("4 nm").values
    hopkins = dm.optics.aerial_image(contacts, *OPTICS, **CELL, method="hopkins").sample("4 nm").values
    assert np.allclose(hopkins, exact, atol=1e-12)
    for bound in (1e-2, 1e-3):
        fast = dm.optics.aerial_image(contacts, *OPTICS, **CELL, method="socs", image_tol=bound).sample("4 nm").values
        assert np.all(exact - fast > -1e-12) and np.all(exact - fast < bound)


def test_the_adjoint_is_the_gradient_of_the_image(contacts):
    kernels = dm.optics.socs(*OPTICS, "480 nm", count=12)
    mask = dm.optics.mask_spectrum(contacts, *OPTICS, **CELL)
    n = 96
    rng = np.random.default_rng(3)
    weight = rng.normal(size=(n, n))

    def loss(m):
        values = dm.optics.image(kernels, m).sample("5 nm").values
        assert values.shape == (n, n)
        return float((weight * values).sum())

    samples = dm.Field2(weight, dx="5 nm")
    band = dm.optics.image(kernels, mask).band[0]
    d = dm.optics.spectrum_of_samples(samples, band, band)
    scale = n * n
    gradient = dm.optics.image_adjoint(kernels, mask, d).coefficients * scale
    direction = rng.normal(size=mask.coefficients.shape) + 1j * rng.normal(size=mask.coefficients.shape)
    state = mask.__getstate__()

    def moved(h):
        changed = dm.Image.__new__(dm.Image)
        changed.__setstate__((*state[:6], np.ascontiguousarray(mask.coefficients + h * direction).tobytes()))
        return changed

    wanted = 2 * float(np.real(np.vdot(gradient, direction)))
    h = 1e-5
    assert (loss(moved(h)) - loss(moved(-h))) / (2 * h) == pytest.approx(wanted, rel=1e-6)


def test_wider_lines_print_wider_and_cuts_measure_them():
    def width(drawn):
        line = np.array(
            [[(160 - drawn) // 2, 0], [(160 + drawn) // 2, 0], [(160 + drawn) // 2, 160], [(160 - drawn) // 2, 160]],
            dtype=np.int32,
        )
        image = dm.optics.aerial_image(dm.Region([line]), *OPTICS, period="160 nm")
        return dm.opc.measure_cut(image, 0.3, "0 nm", "80 nm", "160 nm", "80 nm")["cd_nm"]

    assert 60 < width(70) < width(80) < width(90) < 120


def test_edge_placement_is_the_distance_to_the_contour(contacts):
    image = dm.optics.aerial_image(contacts, *OPTICS, **CELL)
    sites = dm.opc.edge_placement(image, 0.2, contacts, site_pitch="30 nm")
    for x, y, nx, ny, epe in zip(*(sites[k] for k in ("x", "y", "nx", "ny", "epe"))):
        if np.isfinite(epe):
            assert image.at((x + nx * epe) * dm.nm, (y + ny * epe) * dm.nm) == pytest.approx(0.2, abs=1e-6)


def test_acid_diffusion_damps_the_image_as_a_gaussian(contacts):
    image = dm.optics.aerial_image(contacts, *OPTICS, **CELL)
    blurred = dm.resist.diffused(image, 10 * dm.nm)
    f = 1 / 480.0
    column = image.band[0] + 1
    ratio = blurred.coefficients[image.band[1], column] / image.coefficients[image.band[1], column]
    assert ratio == pytest.approx(np.exp(-2 * np.pi**2 * 10**2 * f**2))


def test_contest_score_of_the_uncorrected_target_and_of_a_corrected_mask(root):
    corners = dm.opc.contest_corners(str(root / "tests/data/iccad13/kernels"))
    layout = dm.open_layout(root / "tests/data/iccad13/clips/M1_test1.glp")
    target, raster = dm.opc.place_centred(layout.polygons())
    before = dm.opc.score(raster, raster, corners)
    assert (before["l2"], before["pvb"], before["epe_violations"]) == (116661, 42918, 85)  # golden row
    seen = []
    result = dm.opc.optimize_ilt(
        raster, corners, iterations=20, progress=lambda phase, done, metrics: seen.append(done)
    )
    after = dm.opc.score(raster, result.raster, corners)
    assert after["l2"] + after["pvb"] < 0.6 * (before["l2"] + before["pvb"])
    assert seen == sorted(seen) and not result.raster.flags.writeable
    assert result.mask.coverage("1 nm").values.sum() == pytest.approx(result.mask.area_nm2)
    edges = dm.opc.optimize_edges(target, corners, iterations=8, rules={"min_width": "20 nm", "min_space": 20 * dm.nm})
    assert edges.mask.is_manhattan and not edges.violations


def test_a_wrong_rule_name_is_refused_with_the_right_one(contacts):
    with pytest.raises(dm.InputError, match="min_width"):
        dm.opc.check_mask_rules(contacts, {"min_widht": "20 nm"})
    assert dm.opc.check_mask_rules(contacts, {"min_width": "20 nm"}) == []
    assert dm.opc.check_mask_rules(contacts, {"min_width": "85 nm"})[0]["rule"] == "width"


def test_mack_s_rate_has_its_ends_and_its_inflection():
    m = np.linspace(0, 1, 2001)
    rate = dm.resist.development_rate("mack", m, r_max="100 nm/s", r_min="0.1 nm/s", n=5, m_th=0.6)
    assert rate[0] == pytest.approx(100.1) and rate[-1] == pytest.approx(0.1)  # fully deblocked, unexposed
    assert m[np.argmin(np.gradient(rate, m))] == pytest.approx(0.6, abs=2e-3)  # steepest at m_th
    with pytest.raises(dm.InputError) as caught:
        dm.resist.development_rate("mack", m, r_max=100)
    assert caught.value.code == "D0201"
    with pytest.raises(dm.InputError, match="mack"):
        dm.resist.development_rate("mak", m)


def test_bleaching_follows_its_closed_form_at_the_top():
    left = dm.resist.babu_barouch(0.8, 0.1, 0.02, "50 mJ/cm^2", np.array([0.0, 0.5, 1.0]))
    assert left[0] == pytest.approx(np.exp(-0.02 * 50)) and np.all(np.diff(left) > 0)
