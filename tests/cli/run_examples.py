#!/usr/bin/env python3
"""Runs one example in a copy of its folder and compares the scalars with expected.json.

    run_examples.py BINARY EXAMPLE_FOLDER
"""
import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def check(name, got, wanted):
    if "value" in wanted and not abs(got - wanted["value"]) <= wanted.get("tolerance", 0):
        return f"{name} = {got}, expected {wanted['value']} +- {wanted.get('tolerance', 0)}"
    if "min" in wanted and not got >= wanted["min"]:
        return f"{name} = {got}, expected at least {wanted['min']}"
    if "max" in wanted and not got <= wanted["max"]:
        return f"{name} = {got}, expected at most {wanted['max']}"
    return None


def table_faults(path, checks):
    """Extremes and spreads of columns of a sweep, over the rows where axes have given values."""
    rows = [{name.split(" [")[0]: value for name, value in row.items()} for row in csv.DictReader(path.open())]
    faults = []
    for wanted in checks:
        chosen = [float(row[wanted["column"]]) for row in rows if all(float(row[a]) == v for a, v in wanted["where"].items())]
        if not chosen:
            faults.append(f"{path.name}: no row where {wanted['where']}")
            continue
        got = {"least": min(chosen), "most": max(chosen), "spread": max(chosen) - min(chosen)}
        faults += [check(f"{what} of {wanted['column']} where {wanted['where']}", got[what], wanted[what]) for what in got if what in wanted]
    return faults


def main():
    binary, example = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    expected = json.loads((example / "expected.json").read_text())
    with tempfile.TemporaryDirectory() as scratch:
        # The same depth as in the source tree, so that ../../tests/data is found.
        root = pathlib.Path(scratch)
        work = root / "examples" / example.name
        shutil.copytree(example, work)
        (root / "tests").symlink_to(example.parent.parent / "tests")
        for command in expected["run"]:
            extra = ["--json", "--progress", "none", "-o", "out"] if command[0] in ("run", "fit") else []
            done = subprocess.run([binary, *command, *extra], cwd=work, capture_output=True, text=True)
            if done.returncode != expected["exit"]:
                sys.exit(f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        result = json.loads(done.stdout)
        faults = [check(name, result["scalars"][name]["value"], wanted) for name, wanted in expected["scalars"].items()]
        faults += table_faults(work / "out" / "sweep.csv", expected["table"]) if "table" in expected else []
        for part in ["run.json", "report.html", "summary.csv", "log.jsonl", "recipe.toml", "resolved.json"]:
            if not (work / "out" / part).is_file():
                faults.append(f"{part} is missing")
        faults = [f for f in faults if f]
        if faults:
            sys.exit("\n".join(faults))
        print(example.name, "as expected:", {n: result["scalars"][n]["value"] for n in expected["scalars"]})


if __name__ == "__main__":
    main()
