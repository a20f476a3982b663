"""Validation page: published and exact digits, recorded by the tests, computed now.

Tests record digits by expect_digit (tests/digits.hpp); here those tests run once more and their records become tables. A
record beyond its tolerance, or a test that fails or is not built, ends the build of the documentation.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
SUBJECTS = {
    "optics": "Imaging", "opc_score": "ICCAD-2013 scores", "numerics": "Thin films and statistics", "resist": "Compact resist",
    "resist_physical": "Exposure, development", "feature_flux": "Arrival in trenches and slits",
    "feature_axial": "Arrival in vias and tubes", "feature_kinetics": "Surface kinetics, yields, oxidation",
    "opc_calibration": "Calibration"}
TEST = re.compile(r"^TEST(?:_[FP])?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.M)
IN_FULL = 12  # a test with more digits than this shows the worst ones and folds the rest


def folders():
    return sorted({path.parent.name for path in (ROOT / "tests").glob("*/*.cpp") if "expect_digit(" in path.read_text()})


def records_of(executable):
    """(test, what, source, reference, computed, tolerance) of one test program; only tests of files with digits run."""
    names = []
    for path in (ROOT / "tests" / executable.name.removeprefix("test_")).glob("*.cpp"):
        text = path.read_text(encoding="utf-8")
        if "expect_digit(" in text:
            names += [f"{suite}.{name}:*/{suite}.{name}/*" for suite, name in TEST.findall(text)]
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "tests.json"
        done = subprocess.run([executable, f"--gtest_filter={':'.join(names)}", f"--gtest_output=json:{out}", "--gtest_brief=1"],
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"docs: {executable.name} fails, so there is no validation page:\n{done.stdout[-3000:]}")
        result = json.loads(out.read_text(encoding="utf-8"))
    for suite in result["testsuites"]:
        for case in suite["testsuite"]:
            for key, value in case.items():
                if re.fullmatch(r"digit\d+", key):
                    what, source, *numbers = value.split("\t")
                    yield (f"{suite['name'].split('/')[-1]}.{case['name'].split('/')[0]}", what, source, *map(float, numbers))


def number(value):
    return f"{value:.10g}"


def table(rows):
    text = "| digit | source | reference | computed | error | tolerance |\n|---|---|--:|--:|--:|--:|\n"
    for _, what, source, reference, computed, tolerance in rows:
        what = re.sub(r"(\d)\.0{6}\b|(\.\d*?[1-9])0+\b", lambda m: m.group(1) or m.group(2), what)  # of std::to_string
        safe = [part.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;") for part in (what, source)]
        text += (f"| {safe[0]} | {safe[1]} | {number(reference)} | {number(computed)} | {abs(computed - reference):.1e} | "
                 f"{tolerance:.1e} |\n")
    return text


def share(row):
    """Error over tolerance; whole numbers with tolerance 0 count as exact."""
    error = abs(row[4] - row[3])
    return 0 if error == 0 else error / row[5] if row[5] else float("inf")


def section(test, rows):
    worst = max(rows, key=share)
    text = f"### {test}\n\n{len(rows)} digits; the worst uses {100 * share(worst):.2g} % of its tolerance.\n\n"
    if len(rows) <= IN_FULL:
        return text + table(rows) + "\n"
    ordered = sorted(rows, key=share, reverse=True)
    text += table(ordered[:3]) + f'\n??? note "all {len(rows)}"\n\n'
    return text + "".join(f"    {line}\n" for line in table(rows).splitlines()) + "\n"


def self_test():
    """A record beyond its tolerance, a test that fails or is not built, must end the build; a sound one must not."""
    program = "#!/bin/sh\nfor a; do case $a in --gtest_output=json:*) out=${{a#*json:}};; esac; done\n" \
              "printf '%s' '{}' > $out\nexit {}\n"
    with tempfile.TemporaryDirectory() as scratch:
        for name, computed, code, ends in (("resist", 1.05, 0, False), ("resist", 1.2, 0, True), ("resist", 1.05, 1, True),
                                           ("optics", 1.05, 0, True)):
            record = json.dumps({"testsuites": [{"name": "S", "testsuite": [
                {"name": "T", "digit1": f"x\\ty\\t1\\t{computed}\\t0.1"}]}]}).replace("\\\\t", "\\t")
            fake = pathlib.Path(scratch) / "test_resist"
            fake.write_text(program.format(record, code))
            fake.chmod(0o755)
            try:
                pages(pathlib.Path(scratch), [name])
                ended = False
            except SystemExit:
                ended = True
            assert ended == ends, (name, computed, code)
    print("docs_validation self-test: a digit beyond its tolerance ends the build")


def pages(build, wanted=None):
    subjects, every = {}, []
    for folder in wanted or folders():
        executable = build / f"test_{folder}"
        if not executable.is_file():
            sys.exit(f"docs: {executable.name} is not built, so there is no validation page")
        rows = list(records_of(executable))
        over = [row for row in rows if share(row) > 1]
        if over or not rows:
            sys.exit(f"docs: {folder}: " + (f"beyond tolerance: {over}" if over else "no digit was recorded"))
        every += rows
        by_test = {}
        for row in rows:
            by_test.setdefault(row[0], []).append(row)
        subjects[folder] = by_test
    text = (f"# Validation\n\n{len(every)} published or exact digits, computed by this build and compared by "
            f"{sum(map(len, subjects.values()))} of its tests. A digit beyond its tolerance fails the test and this page. Error and "
            "tolerance are absolute, in the unit of the digit.\n\n| subject | tests | digits | worst error / tolerance |\n|---|--:|--:|--:|\n")
    for folder, by_test in subjects.items():
        rows = [row for test in by_test.values() for row in test]
        title = SUBJECTS.get(folder, folder)
        anchor = re.sub(r"[^a-z0-9]+", "-", title.lower())
        text += f"| [{title}](#{anchor}) | {len(by_test)} | {len(rows)} | {max(map(share, rows)):.2g} |\n"
    for folder, by_test in subjects.items():
        text += f"\n## {SUBJECTS.get(folder, folder)}\n\nTests: `tests/{folder}`.\n\n"
        text += "".join(section(test, rows) for test, rows in by_test.items())
    return {"validation.md": text}


if __name__ == "__main__":
    self_test()
