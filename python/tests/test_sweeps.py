"""Sweeps in one process and on Dask workers: the same table, whatever is lost on the way."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

import damascene as dm
import numpy as np
import pytest

TRENCH = {
    "damascene": "1",
    "structure": {"kind": "trench", "width": "80 nm", "depth": "120 nm", "grid": "8 nm", "substrate": "Si"},
    "step": [
        {"name": "liner", "model": "conformal", "film": "Si3N4", "thickness": "4 nm"},
        {"name": "fill", "model": "deposit-flux", "film": "SiO2", "sticking": 0.3, "thickness": "12 nm"},
    ],
}
COVERAGE = "fill.step_coverage.bottom"


def test_a_sweep_tabulates_the_runs_it_stands_for(tmp_path):
    sticking = np.array([0.1, 0.5])
    done = dm.sweep(TRENCH, {"step.fill.sticking": sticking}, outputs=[COVERAGE], output=tmp_path / "sweep")
    alone = dm.run(TRENCH, set={"step.fill.sticking": 0.5}, output=tmp_path / "alone")
    assert done.exit == 0 and len(done) == 2
    np.testing.assert_array_equal(done.table["step.fill.sticking"], sticking)
    assert done.table[COVERAGE][1] == alone.numbers[COVERAGE]
    assert done.tasks == (3, 0)  # one liner, two fills
    assert done.effects[COVERAGE]["step.fill.sticking"] == 1
    assert "2 cases" in done._repr_html_()


def test_ranges_are_drawn_and_units_count(tmp_path):
    done = dm.sweep(
        TRENCH,
        {"structure.width": (75 * dm.nm, "0.09 um"), "step.fill.sticking": {"from": 0.1, "to": 0.5, "scale": "log"}},
        method="lhs",
        cases=4,
        outputs=[COVERAGE],
        output=tmp_path / "sweep",
    )
    width = done.table["structure.width"]
    assert done.table.units["structure.width"] == "nm" and 75 <= width.min() < width.max() <= 90


def test_faults_of_axes_are_located(tmp_path):
    with pytest.raises(dm.RecipeError, match="did you mean 'sticking'"):
        dm.sweep(TRENCH, {"step.fill.stiking": [0.1]}, output=tmp_path / "x")
    with pytest.raises(dm.RecipeError, match="no table"):
        dm.sweep(TRENCH, output=tmp_path / "x")


def test_program_and_package_give_one_hash(tmp_path, program):
    recipe = tmp_path / "sweep.json"
    recipe.write_text(json.dumps({**TRENCH, "sweep": {"vary": [{"key": "step.fill.sticking", "values": [0.1, 0.5]}]}}))
    done = dm.sweep(recipe, output=tmp_path / "here")
    answer = subprocess.run(
        [program, "run", recipe, "-o", tmp_path / "there", "--json", "--progress", "none"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(answer.stdout)["result_sha256"] == done.result_sha256


KILLED = """
import json, os, signal, sys, threading
import damascene as dm
from damascene import dist

def main():
    recipe, folder = json.load(open(sys.argv[1])), sys.argv[2]
    axes = {"step.fill.sticking": [0.05 * i for i in range(1, 13)]}
    executor = dist.DaskExecutor(workers=2)
    killed = []
    with executor:
        first = threading.Event()
        def kill():
            first.wait()
            for worker in list(executor._cluster.workers.values())[:1]:
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)
        thread = threading.Thread(target=kill)
        thread.start()
        done = dm.sweep(recipe, axes, output=folder, on=executor.client, progress=lambda e: first.set())
        thread.join()
    print(json.dumps([done.result_sha256, done.exit, len(killed)]))

if __name__ == "__main__":
    main()
"""


def test_the_program_hands_a_sweep_to_workers(tmp_path, program):
    pytest.importorskip("distributed")
    recipe = tmp_path / "sweep.json"
    recipe.write_text(json.dumps({**TRENCH, "sweep": {"vary": [{"key": "step.fill.sticking", "values": [0.1, 0.5]}]}}))
    here = dm.sweep(recipe, output=tmp_path / "one" / "here")
    environment = {**os.environ, "DAMASCENE_PYTHON": sys.executable}
    words = [program, "run", recipe, "-o", tmp_path / "two" / "there", "--workers", "2"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert pathlib.Path(done.stdout.split()[-1]) == tmp_path / "two" / "there" / "report.html"
    record = json.loads((tmp_path / "two" / "there" / "run.json").read_text())
    assert record["result_sha256"] == here.result_sha256
    assert (record["executor"]["kind"], record["executor"]["workers"]) == ("dask", 2)
    refused = subprocess.run([*words[:3], "--on", "slurm"], capture_output=True, text=True)
    assert refused.returncode == 2 and "D0114" in refused.stderr


def test_a_killed_worker_changes_nothing(tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "killed.py").write_text(KILLED)
    (tmp_path / "recipe.json").write_text(json.dumps(TRENCH))
    answer = subprocess.run(
        [sys.executable, tmp_path / "killed.py", tmp_path / "recipe.json", tmp_path / "far" / "sweep"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    sha, code, killed = json.loads(answer.stdout.splitlines()[-1])
    here = dm.sweep(
        TRENCH, {"step.fill.sticking": [0.05 * i for i in range(1, 13)]}, output=tmp_path / "near" / "sweep"
    )
    assert (sha, code, killed) == (here.result_sha256, 0, 1)


SCHEDULER = """
import sys, time
from distributed import Scheduler
import asyncio

async def main():
    async with Scheduler(port=0, dashboard_address=None, host="127.0.0.1") as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()

asyncio.run(main())
"""


def test_a_lost_scheduler_is_said_and_what_is_done_is_kept(tmp_path):
    """The driver ends with D0607; a second run computes only what the store lacks."""
    pytest.importorskip("distributed")
    recipe = tmp_path / "recipe.json"
    values = [0.03 * i for i in range(1, 25)]
    recipe.write_text(json.dumps({**TRENCH, "sweep": {"vary": [{"key": "step.fill.sticking", "values": values}]}}))
    store = {**os.environ, "DAMASCENE_STORE": str(tmp_path / "store")}
    scheduler = subprocess.Popen([sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE, text=True)
    address = scheduler.stdout.readline().strip()
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"],
        stderr=subprocess.DEVNULL,
        env=store,
    )
    driver = subprocess.Popen(
        [sys.executable, "-m", "damascene.dist", recipe, "-o", tmp_path / "far", "--scheduler", address],
        stderr=subprocess.PIPE,
        text=True,
        env=store,
    )
    try:
        for line in driver.stderr:
            if "fill 8 of 24" in line:
                break
        scheduler.send_signal(signal.SIGKILL)
        rest = driver.communicate(timeout=120)[1]
    finally:
        worker.kill(), scheduler.kill()
    assert driver.returncode == 3 and "D0607" in rest
    previous = os.environ.get("DAMASCENE_STORE")
    os.environ["DAMASCENE_STORE"] = store["DAMASCENE_STORE"]
    try:
        done = dm.sweep(recipe, output=tmp_path / "far", resume=True)
    finally:
        os.environ.pop("DAMASCENE_STORE") if previous is None else os.environ.update(DAMASCENE_STORE=previous)
    tasks, kept = done.tasks
    assert tasks == 25 and kept >= 1 + 8
    assert done.result_sha256 == dm.sweep(recipe, output=tmp_path / "near" / "sweep").result_sha256


def test_a_scheduler_that_does_not_answer_is_said(tmp_path, program):
    pytest.importorskip("distributed")
    (tmp_path / "recipe.json").write_text(json.dumps(TRENCH))
    environment = {**os.environ, "DAMASCENE_PYTHON": sys.executable, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    words = [program, "run", tmp_path / "recipe.json", "-o", tmp_path / "out"]
    done = subprocess.run([*words, "--on", "dask://127.0.0.1:9"], capture_output=True, text=True, env=environment)
    assert done.returncode == 3 and "D0607" in done.stderr and "Traceback" not in done.stderr
    for flags in (["--workers", "2", "--json"], ["--on", "tcp://h:1", "--workers", "2"], ["--workers", "0"]):
        refused = subprocess.run([*words, *flags], capture_output=True, text=True, env=environment)
        assert refused.returncode == 2 and "D0114" in refused.stderr, flags
    other = {**environment, "DAMASCENE_PYTHON": "/bin/false-python"}
    refused = subprocess.run([*words, "--workers", "2"], capture_output=True, text=True, env=other)
    assert refused.returncode == 2 and "DAMASCENE_PYTHON" in refused.stderr


def test_ctrl_c_ends_a_run_on_workers(tmp_path, program):
    """The terminal interrupts the whole group: driver, nannies, workers."""
    pytest.importorskip("distributed")
    recipe = tmp_path / "recipe.json"
    values = [0.004 * i for i in range(1, 200)]
    recipe.write_text(json.dumps({**TRENCH, "sweep": {"vary": [{"key": "step.fill.sticking", "values": values}]}}))
    driver = subprocess.Popen(
        [program, "run", recipe, "-o", tmp_path / "out", "--workers", "2"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "DAMASCENE_PYTHON": sys.executable},
        start_new_session=True,
    )
    for line in driver.stderr:
        if "fill 3 of" in line:
            break
    os.killpg(driver.pid, signal.SIGINT)
    rest = driver.communicate(timeout=60)[1]
    assert driver.returncode == 130 and "--resume" in rest and "Traceback" not in rest, rest


LATE = """
import json, os, subprocess, sys, threading
import damascene as dm
from distributed import Client, LocalCluster

def main():
    recipe, axes, folder = json.load(sys.stdin)
    with LocalCluster(n_workers=0, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            threading.Timer(1, lambda: cluster.scale(1)).start()
            done = dm.sweep(recipe, axes, output=folder, on=client)
    print(json.dumps(done.record["executor"]))

if __name__ == "__main__":
    main()
"""


def test_a_worker_that_joins_late_is_counted(tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "late.py").write_text(LATE)
    words = json.dumps([TRENCH, {"step.fill.sticking": [0.1, 0.5]}, str(tmp_path / "out")])
    done = subprocess.run(
        [sys.executable, tmp_path / "late.py"], input=words, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["kind"], record["workers"], record["tasks"]) == ("dask", 1, 3)
