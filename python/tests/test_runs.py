"""dm.run is `damascene run`: the same bits, the same messages, arrays without copies, Ctrl-C."""

import json
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import damascene as dm
import numpy as np
import pytest


@pytest.mark.parametrize("example", ["03_iccad13_score", "06_trench_fill", "07_ald_liner_via"])
def test_python_and_program_give_the_same_bits(root, program, tmp_path, example):
    recipe = root / "examples" / example / "recipe.toml"
    mine = dm.run(recipe, output=tmp_path / "python", threads=1)
    done = subprocess.run(
        [program, "run", str(recipe), "-o", str(tmp_path / "program"), "--json", "--quiet"],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout)
    assert mine.result_sha256 == theirs["result_sha256"]
    assert list(mine.numbers) == list(theirs["scalars"])
    for name, number in mine.numbers.items():
        other = theirs["scalars"][name]["value"]
        assert number == other or (np.isnan(number) and other is None), name
    for artefact in mine.record["artefacts"]:
        same = [(tmp_path / face / artefact["path"]).read_bytes() for face in ("python", "program")]
        assert same[0] == same[1], artefact["path"]


def test_results_do_not_depend_on_the_thread_count(root, tmp_path):
    recipe = root / "examples/06_trench_fill/recipe.toml"
    before = dm.thread_count()
    hashes = {dm.run(recipe, output=tmp_path / str(n), threads=n).result_sha256 for n in (1, 2, 3)}
    assert len(hashes) == 1
    assert dm.thread_count() == before


def test_a_run_of_the_program_opens_as_the_same_results(program, root, tmp_path, fill):
    recipe = root / "examples/06_trench_fill/recipe.toml"
    subprocess.run(
        [program, "run", str(recipe), "-o", str(tmp_path / "out"), "--quiet"], check=True, capture_output=True
    )
    theirs = dm.open_run(tmp_path / "out")
    assert theirs["fill"].scalars == fill["fill"].scalars
    assert np.array_equal(theirs["fill"].surface.phi[-1].values, fill["fill"].surface.phi[-1].values)


def test_text_dict_and_file_are_the_same_recipe(tmp_path):
    text = textwrap.dedent("""\
        damascene = "1"
        [structure]
        kind = "trench"
        width = "70 nm"
        depth = "280 nm"
        [[step]]
        name = "fill"
        model = "deposit-flux"
        sticking = 0.2
        thickness = "20 nm"
        """)
    table = {
        "damascene": "1",
        "structure": {"kind": "trench", "width": 70 * dm.nm, "depth": 0.28 * dm.um},
        "step": [{"name": "fill", "model": "deposit-flux", "sticking": 0.2, "thickness": "20 nm"}],
    }
    (tmp_path / "recipe.toml").write_text(text)
    hashes = {dm.load(r).hash for r in (text, table, tmp_path / "recipe.toml", str(tmp_path / "recipe.toml"))}
    assert len(hashes) == 1
    assert dm.load(text, {"step.fill.sticking": 0.3}).hash not in hashes
    assert dm.load(text, {"step.fill.thickness": 20 * dm.nm}).hash in hashes
    assert dm.load(text, ["step.fill.sticking=0.2"]).hash in hashes


# ------------------------------------------------------------------------------------------------------------- errors
def test_errors_carry_the_place_and_the_text_of_the_program(program, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(
        'damascene = "1"\n[structure]\nkind = "trench"\nwidth = "70 nm"\ndepth = 280\n'
        '[[step]]\nname = "fill"\nmodel = "deposit-flux"\nstiking = 0.2\nthickness = "20 nm"\n'
    )
    with pytest.raises(dm.RecipeError) as caught:
        dm.run(path)
    error = caught.value
    assert (error.code, error.line, error.column) == ("D0201", 5, 9)
    assert error.file == str(path) and '"280 nm"' in error.hint
    assert {d.code for d in error.diagnostics} == {"D0201", "D0102", "D0107"}
    theirs = subprocess.run([program, "check", str(path), "--color", "never"], capture_output=True, text=True)
    assert theirs.returncode == 2
    assert str(error) in theirs.stderr
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.diagnostics == error.diagnostics


def test_check_lists_every_fault_without_raising(root):
    assert dm.check(root / "examples/06_trench_fill/recipe.toml").ok
    found = dm.check('damascene = "1"\n[[step]]\nmodel = "fillx"\n')
    assert not found and found.errors[0].code == "D0109" and found.errors[0].line == 3


def test_an_existing_folder_is_refused_and_resume_reuses_its_steps(root, tmp_path):
    recipe = root / "examples/06_trench_fill/recipe.toml"
    first = dm.run(recipe, output=tmp_path / "out")
    with pytest.raises(dm.InputError) as caught:
        dm.run(recipe, output=tmp_path / "out")
    assert caught.value.code == "D0602"
    again = dm.run(recipe, output=tmp_path / "out", resume=True)
    assert again.result_sha256 == first.result_sha256
    assert [s["status"] for s in again.record["steps"]] == ["reused", "reused"]


def test_an_unmet_expectation_is_exit_1_not_an_exception(root, tmp_path):
    recipe = {
        "damascene": "1",
        "expect": [{"value": "fill.void.count", "equals": 7}],
        "structure": {"kind": "trench", "width": "70 nm", "depth": "70 nm", "grid": "4 nm"},
        "step": [{"name": "fill", "model": "conformal", "film": "a", "thickness": "5 nm"}],
    }
    try:
        run = dm.run(recipe, output=tmp_path / "out")
    except dm.InputError as error:
        assert error.code == "D0112"  # the step reports no such number
    else:
        assert run.exit == 1 and run.failures


def test_a_resource_limit_names_itself(root, tmp_path):
    with pytest.raises(dm.ResourceError) as caught:
        dm.run(root / "examples/06_trench_fill/recipe.toml", output=tmp_path / "out", max_memory_bytes=1000)
    assert caught.value.code == "D0601"


# ------------------------------------------------------------------------------------------------------------- arrays
def test_arrays_of_results_are_the_memory_of_the_library(fill):
    surface = fill["fill"].surface
    phi = surface.phi[0]
    assert phi.values.__array_interface__["data"][0] == phi.address
    assert phi.values.__array_interface__["data"][0] == surface.phi[0].values.__array_interface__["data"][0]
    assert not phi.values.flags.writeable and not phi.values.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        phi.values[0, 0] = 1


def test_arrays_survive_what_they_came_from(root, tmp_path):
    import gc

    run = dm.run(root / "examples/06_trench_fill/recipe.toml", output=tmp_path / "out")
    values = run["fill"].surface.phi[-1].values
    copy = values.copy()
    ring = run["fill"].topography["frames"][-1]["outlines"]["Si"][0]
    kept = ring.copy()
    del run
    gc.collect()
    junk = [np.full(values.shape, 7.0) for _ in range(20)]
    assert np.array_equal(values, copy) and np.array_equal(ring, kept) and len(junk) == 20


def test_an_image_has_its_samples_on_the_exact_function(light):
    image = light["image"].image.nominal
    field = light["image"].aerial
    assert field.unit == "clear field" and field.values.shape == (field.y.size, field.x.size)
    exact = image.at(field.x[3] * dm.nm, field.y[5] * dm.nm)
    assert field.values[5, 3] == pytest.approx(exact, abs=1e-12)
    assert image.coefficients.__array_interface__["data"][0] == image.address
    mean = image.coefficients[image.band[1], image.band[0]].real
    assert field.values.mean() == pytest.approx(mean, abs=1e-12)  # the sampling theorem


def test_numbers_tables_and_nouns_of_a_step(light, fill):
    assert set(light) == {"image", "resist"} and len(light) == 2
    assert light["image"]["intensity_max"] == light.numbers["image.intensity_max"]
    assert light.units["image.intensity_max"] == "clear field"
    assert fill["fill"].history["time"][0] == 0 and np.all(np.diff(fill["fill"].history["time"]) > 0)
    assert "surface" in fill["fill"].outputs
    with pytest.raises(AttributeError, match="outputs surface"):
        fill["fill"].mask
    with pytest.raises(KeyError, match="fill, polish"):
        fill["fil"]
    pandas = pytest.importorskip("pandas")
    frame = fill["fill"].history.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and list(frame) == list(fill["fill"].history)


def test_runs_pickle_by_content(fill, tmp_path):
    state = pickle.dumps(fill)
    program = "import pickle, sys; r = pickle.load(open(sys.argv[1], 'rb')); print(r['fill']['void.area'], r['fill'].surface.phi[0].values.sum())"
    (tmp_path / "run.pickle").write_bytes(state)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "run.pickle")], capture_output=True, text=True, check=True
    )
    area, total = map(float, done.stdout.split())
    assert area == fill["fill"]["void.area"] and total == fill["fill"].surface.phi[0].values.sum()


# ----------------------------------------------------------------------------------------------- progress and signals
def test_progress_rises_and_comes_on_the_calling_thread(root, tmp_path):
    import threading

    events = []
    here = threading.get_ident()
    dm.run(
        root / "examples/06_trench_fill/recipe.toml",
        output=tmp_path / "out",
        progress=lambda e: events.append((threading.get_ident(), e)),
    )
    assert {t for t, _ in events} == {here}
    done = [e["done"] for _, e in events if e["event"] == "progress" and e["step"] == "fill"]
    assert done == sorted(done) and done[-1] == 1
    assert [e["step"] for _, e in events if e["event"] == "start"] == ["fill", "polish"]


def test_a_fault_in_the_progress_function_stops_the_run(root, tmp_path):
    def stop(event):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        dm.run(root / "examples/06_trench_fill/recipe.toml", output=tmp_path / "out", progress=stop)
    assert dm.run(root / "examples/06_trench_fill/recipe.toml", output=tmp_path / "out", resume=True).exit == 0


LONG = """
import sys, time
import damascene as dm

def tell(event):
    if event["event"] == "progress" and event["done"] < 1:
        print("running", flush=True)

try:
    dm.run(sys.argv[1], output=sys.argv[2], progress=tell, set=eval(sys.argv[3]), threads=1)
except KeyboardInterrupt:
    print("interrupted", time.process_time(), flush=True)
    assert dm.calc.clausing(shape="tube", ratio=2).transmission > 0.3  # the process is still usable
    print("usable", flush=True)
"""


def processor_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize(
    "example, changes, after",
    [
        ("06_trench_fill", {"structure.grid": "0.5 nm"}, 0),
        ("01_metal1_45nm", {}, 0),
        ("10_bossung_45nm", {}, 0),
        ("12_resist_lines_45nm", {}, 2),  # inside the images at many depths, seconds without a word of progress
    ],
)
def test_ctrl_c_raises_within_a_second_and_keeps_the_process(root, tmp_path, example, changes, after):
    recipe = root / "examples" / example / "recipe.toml"
    child = subprocess.Popen(
        [sys.executable, "-c", LONG, str(recipe), str(tmp_path / "out"), repr(changes)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline().strip() == "running"
    spent = processor_seconds(child.pid)
    while processor_seconds(child.pid) < spent + after:
        time.sleep(0.02)
    start, spent = time.monotonic(), processor_seconds(child.pid)
    child.send_signal(signal.SIGINT)
    for line in child.stdout:
        if line.startswith("interrupted"):
            break
    wall, cpu = time.monotonic() - start, float(line.split()[1]) - spent
    rest = child.stdout.read()
    assert child.wait(60) == 0 and "usable" in rest
    print(f"{example}: {wall:.2f} s, of which {cpu:.2f} s computing")
    # One thread: on an idle machine the wall time is the computing time, to which waiting adds 50 ms at most.
    assert cpu + 0.05 < 1.0
    assert (tmp_path / "out/log.jsonl").is_file() and not (tmp_path / "out/run.json").exists()


def test_other_threads_run_while_the_library_computes(root, tmp_path):
    import threading

    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.01):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.monotonic()
    dm.run(root / "examples/07_ald_liner_via/recipe.toml", output=tmp_path / "out")
    took = time.monotonic() - start
    stop.set()
    thread.join()
    assert len(ticks) > 10 * took  # a tenth of what an idle machine gives


# ---------------------------------------------------------------------------------------------------------- notebooks
def test_cards_for_notebooks_are_small_and_inert(fill, light, root):
    for card in (
        fill._repr_html_(),
        light._repr_html_(),
        fill["fill"]._repr_html_(),
        fill["fill"].history._repr_html_(),
    ):
        assert 100 < len(card.encode()) <= 300_000
        assert "<script" not in card
    assert light["image"].aerial._repr_png_().startswith(b"\x89PNG")
    assert light["image"].image._repr_png_().startswith(b"\x89PNG")
    layout = dm.open_layout(root / "examples/01_metal1_45nm/cell.gds")
    assert layout._repr_svg_().count("<path") == 1
    assert "<svg" in fill["fill"].surface._repr_svg_() and "<svg" in light["resist"].outputs["print"]._repr_svg_()
    assert pathlib.Path(fill.report).is_file() and os.path.isabs(fill.report)


def test_a_process_window_draws_its_bossung_curves(tmp_path):
    import xml.etree.ElementTree

    recipe = {
        "damascene": "1",
        "layout": {"pattern": "lines", "pitch": "90 nm", "width": "45 nm"},
        "optics": {
            "preset": "arf-immersion-1.35",
            "source": {"kind": "dipole", "sigma_in": 0.6, "sigma_out": 0.9, "opening": "35 deg"},
        },
        "step": [
            {
                "name": "window",
                "model": "process-window",
                "polarity": "clear-field",
                "threshold": 0.35,
                "through": {"focus": "-120 nm .. 120 nm, 5", "dose": "90 % .. 110 %, 5"},
                "most_foci": 9,
            }
        ],
    }
    run = dm.run(recipe, output=tmp_path / "out")
    window = run["window"].window
    sizes = window["features"][0]["cd_nm"]
    assert sizes.shape == (5, 5) and np.all(np.diff(sizes, axis=1) < 0)  # dark lines shrink with dose
    assert np.allclose(sizes, sizes[::-1], atol=1e-6)  # without aberrations through focus is even
    assert window["rectangle"]["depth_nm"] == pytest.approx(run.numbers["window.depth_of_focus"])
    root = xml.etree.ElementTree.fromstring(window._repr_svg_())
    assert sum("dose" in (t.text or "") for t in root.iter("{http://www.w3.org/2000/svg}text")) == 5
    assert "<svg" in run._repr_html_() and len(run._repr_html_()) < 300_000


# -------------------------------------------------------------------------------------------------------- calibrations
def test_a_calibration_is_that_of_the_program(root, program, tmp_path):
    recipe, few = root / "examples/11_calibration/recipe.toml", {"fit.starts": 1, "fit.folds": 2}
    fit = dm.fit(recipe, set=few, output=tmp_path / "fit")
    words = [w for key, value in few.items() for w in ("--set", f"{key}={value}")]
    done = subprocess.run([program, "fit", recipe, *words, "-o", "p"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert dm.open_run(tmp_path / "p").result_sha256 == fit.run.result_sha256
    assert str(fit) in done.stdout
    again = subprocess.run([program, "rerun", tmp_path / "fit" / "run.json", "-o", "again"], cwd=tmp_path)
    assert again.returncode == 0

    threshold = fit["resist.threshold"]
    assert threshold.low95 < threshold.value < threshold.high95 and threshold.identified and fit.converged
    errors = np.array([p.standard_error for p in fit.values()])
    assert np.allclose(np.sqrt(np.diag(fit.covariance)), errors, rtol=1e-12)
    assert np.allclose(fit.covariance / np.outer(errors, errors), fit.correlation, atol=1e-12)
    table = fit.residuals
    assert np.allclose(table["model"] - table["measured"], table["residual"], atol=1e-9)
    fitted = [role != "held out" for _, _, role in fit.gauges]
    assert np.sqrt(np.mean(table["residual"][fitted] ** 2)) == pytest.approx(fit.rms_nm, rel=0.05)
    assert fit.parity()._repr_svg_().startswith("<svg") and "threshold" in fit.recipe and "<svg" in fit._repr_html_()


def test_a_recipe_without_gauges_cannot_be_calibrated(root):
    with pytest.raises(dm.InputError, match=r"no table \[fit\]"):
        dm.fit(root / "examples/06_trench_fill/recipe.toml")
