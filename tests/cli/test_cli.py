#!/usr/bin/env python3
"""The command line as a user meets it: exit codes, stdout and stderr, result folders, resume, rerun, kill.

    test_cli.py BINARY SOURCE_FOLDER [unittest arguments]
"""
import base64
import csv
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = os.path.abspath(sys.argv[1])
SOURCE = pathlib.Path(sys.argv[2]).resolve()
ICCAD = SOURCE / "tests" / "data" / "iccad13"

SMALL = """damascene = "1"
title = "small </script><img src=x onerror=alert(1)>"
[layout]
file = "clip.glp"
halo = "200 nm"
cut = ["0.4 um", "0.4 um", "0.6 um", "0.4 um"]
[optics]
na = 0.93
medium = "air"
source = { kind = "conventional", sigma = 0.7, n = 21 }
[[step]]
name = "image"
model = "aerial-image"
method = "abbe"
through = { focus = ["0 nm", "60 nm"], dose = ["95 %", "100 %", "105 %"] }
[[step]]
name = "resist"
model = "print"
epe_limit = "100 nm"
"""
CLIP = "BEGIN\nEQUIV  1  1000  MICRON  +X,+Y\nCNAME Temp_Top\nLEVEL M1\n\nCELL Temp_Top PRIME\n   RECT N M1  400  100  200  600\n   RECT N M1  100  100  200  600\nENDMSG\n"


def damascene(*words, cwd=None, env=None):
    full = dict(os.environ, **(env or {}))
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, cwd=cwd, env=full)


class Scratch(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        (self.folder / "clip.glp").write_text(CLIP)
        (self.folder / "r.toml").write_text(SMALL)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def run_small(self, *words):
        done = damascene("run", "r.toml", "-o", "out", "--json", *words, cwd=self.folder)
        return done, json.loads(done.stdout) if done.stdout else None


class ExitCodes(Scratch):
    def test_done_is_0(self):
        done, result = self.run_small()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(result["exit"], 0)

    def test_missed_expectation_is_1(self):
        (self.folder / "r.toml").write_text(SMALL.replace("[layout]", 'expect = [ { value = "resist.cd", max = "1 nm" } ]\n[layout]', 1))
        done, result = self.run_small()
        self.assertEqual(done.returncode, 1)
        self.assertIn("not met: resist.cd", done.stderr)
        self.assertEqual(len(result["failures"]), 1)

    def test_strict_warning_is_1(self):
        done, _ = self.run_small("--strict", "--set", "layout.halo=150 nm")
        self.assertEqual(done.returncode, 1)
        self.assertIn("D0210", done.stdout)

    def test_bad_input_is_2(self):
        for words in [["run", "nowhere.toml"], ["run"], ["nonsense"], ["check", "r.toml", "--sett", "a=b"], ["check", "r.toml", "--set", "nonsense"], ["run", "r.toml", "--threads", "x"],
                      ["score", "--target", "clip.glp", "--mask", "target", "--kernels", str(ICCAD / "kernels")], ["models", "show", "itl"], ["explain", "D9999"]]:
            done = damascene(*words, cwd=self.folder)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
            self.assertRegex(done.stderr, r"error\[D\d{4}\]", words)

    def test_memory_limit_is_3(self):
        done = damascene("run", "r.toml", "-o", "out", "--max-memory", "1MB", cwd=self.folder)
        self.assertEqual(done.returncode, 3)
        self.assertIn("error[D0601]: this run would need", done.stderr)
        self.assertEqual(damascene("estimate", "r.toml", "--max-memory", "1MB", cwd=self.folder).returncode, 3)
        self.assertEqual(damascene("estimate", "r.toml", "--max-memory", "64GB", cwd=self.folder).returncode, 0)

    def test_time_limit_is_3(self):
        self.assertEqual(damascene("run", "r.toml", "-o", "out", "--max-time", "1 us", cwd=self.folder).returncode, 3)

    def test_interrupt_is_130_and_resumable(self):
        reference = json.loads(damascene("run", "r.toml", "-o", "whole", "--json", cwd=self.folder).stdout)
        process = subprocess.Popen([BINARY, "run", "r.toml", "-o", "out", "--progress", "json"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate()
        self.assertIn(process.returncode, (130, 0))
        if process.returncode == 130:
            self.assertFalse((self.folder / "out" / "run.json").exists())
        done, result = self.run_small("--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(result["result_sha256"], reference["result_sha256"])


class Results(Scratch):
    def test_folder_holds_the_parts_of_a_result(self):
        self.run_small()
        out = self.folder / "out"
        run = json.loads((out / "run.json").read_text())
        for key in ["schema", "damascene", "host", "recipe", "resolved_sha256", "inputs", "seed", "env", "steps", "scalars", "artefacts", "executor", "expects", "citations", "licences", "exit", "result_sha256"]:
            self.assertIn(key, run)
        for artefact in run["artefacts"]:
            self.assertEqual(hashlib.sha256((out / artefact["path"]).read_bytes()).hexdigest(), artefact["sha256"])
        rows = list(csv.DictReader((out / "summary.csv").read_text().splitlines()))
        self.assertEqual({r["id"] for r in rows}, {s["id"] for s in run["scalars"]})
        for line in (out / "log.jsonl").read_text().splitlines():
            self.assertEqual(json.loads(line)["v"], 1)
        self.assertEqual(list(out.rglob("*.tmp-*")), [])

    def test_an_existing_folder_is_never_overwritten(self):
        self.run_small()
        before = (self.folder / "out" / "run.json").read_bytes()
        done = damascene("run", "r.toml", "-o", "out", cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("D0602", done.stderr)
        self.assertEqual((self.folder / "out" / "run.json").read_bytes(), before)

    def test_same_bits_at_any_thread_count_and_on_resume(self):
        results = []
        for threads in (1, 2, 3):
            done = damascene("run", "r.toml", "-o", f"out{threads}", "--json", "--threads", threads, cwd=self.folder)
            results.append(json.loads(done.stdout)["result_sha256"])
        self.assertEqual(len(set(results)), 1)
        resumed = json.loads(damascene("run", "r.toml", "-o", "out1", "--json", "--resume", cwd=self.folder).stdout)
        self.assertEqual(resumed["result_sha256"], results[0])
        self.assertEqual(resumed["steps_reused"], 2)
        self.assertEqual(damascene("diff", "out1", "out3", cwd=self.folder).returncode, 0)

    def test_a_changed_parameter_is_computed_anew_and_shown_by_diff(self):
        self.run_small()
        done = damascene("run", "r.toml", "-o", "other", "--json", "--resume", "--set", "step.resist.site_pitch=50 nm", cwd=self.folder)
        self.assertEqual(json.loads(done.stdout)["steps_reused"], 1)
        difference = damascene("diff", "out", "other", cwd=self.folder)
        self.assertEqual(difference.returncode, 1)
        self.assertIn("input step.resist.site_pitch: 40 nm | 50 nm", difference.stdout)

    def test_a_changed_input_file_is_computed_anew(self):
        self.run_small()
        (self.folder / "clip.glp").write_text(CLIP.replace("400  100  200", "400  100  190"))
        done = damascene("run", "r.toml", "-o", "other", "--json", "--resume", cwd=self.folder)
        self.assertEqual(json.loads(done.stdout)["steps_reused"], 0)

    def test_a_damaged_store_blob_is_computed_again(self):
        _, first = self.run_small()
        store = self.folder / ".damascene" / "store"
        for blob in [p for p in store.rglob("*") if p.is_file()]:
            data = bytearray(blob.read_bytes())
            data[len(data) // 2] ^= 1
            blob.write_bytes(data)
        done, again = self.run_small("--resume")
        self.assertEqual(again["steps_reused"], 0)
        self.assertIn("D0605", done.stdout)
        for name in ("l2", "pvb", "cd"):
            self.assertEqual(again["scalars"]["resist." + name], first["scalars"]["resist." + name])

    def test_rerun_reproduces_and_notices_a_changed_input(self):
        self.run_small("--set", "optics.na=0.9")
        done = damascene("rerun", "out/run.json", "-o", "again", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stdout.startswith("identical"))
        (self.folder / "clip.glp").write_text(CLIP.replace("RECT N M1  400", "RECT N M1  410"))
        changed = damascene("rerun", "out/run.json", "-o", "third", cwd=self.folder)
        self.assertEqual(changed.returncode, 2)
        self.assertIn("D0604", changed.stderr)

    def test_kill_at_random_times_leaves_no_half_file_and_resumes(self):
        whole = json.loads(damascene("run", "r.toml", "-o", "whole", "--json", cwd=self.folder).stdout)["result_sha256"]
        start = time.time()
        damascene("run", "r.toml", "-o", "timed", cwd=self.folder)
        duration = time.time() - start
        shutil.rmtree(self.folder / ".damascene")
        for i in range(20):
            process = subprocess.Popen([BINARY, "run", "r.toml", "-o", "killed", "--resume", "--progress", "none"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(duration * (i + 0.5) / 20)
            process.kill()
            process.wait()
            record = self.folder / "killed" / "run.json"
            if record.exists():
                self.assertEqual(json.loads(record.read_text())["result_sha256"], whole)
        done = damascene("run", "r.toml", "-o", "killed", "--resume", "--json", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["result_sha256"], whole)

    def test_progress_json_is_monotone(self):
        done = damascene("run", "r.toml", "-o", "out", "--progress", "json", cwd=self.folder)
        last = {}
        for line in done.stderr.splitlines():
            event = json.loads(line)
            self.assertEqual(event["v"], 1)
            if event["event"] == "progress":
                self.assertGreaterEqual(event["done"], last.get(event["step"], 0))
                last[event["step"]] = event["done"]
        self.assertEqual(last, {"image": 1, "resist": 1})

    def test_json_recipe_gives_the_same_hash(self):
        recipe = {"damascene": "1", "layout": {"file": "clip.glp", "halo": "0.2 um", "cut": ["400 nm", "0.4 um", "0.6 um", "0.4 um"]}, "optics": {"na": 0.93, "medium": "air", "source": {"kind": "conventional", "sigma": 0.7, "n": 21}},
                  "step": [{"name": "image", "model": "aerial-image", "method": "abbe", "through": {"focus": ["0 nm", "60 nm"], "dose": [0.95, 1.0, 1.05]}}, {"name": "resist", "model": "print", "epe_limit": "100 nm"}]}
        (self.folder / "r.json").write_text(json.dumps(recipe, indent=1))
        hashes = [json.loads(damascene("check", name, "--json", cwd=self.folder).stdout)["hash"] for name in ("r.toml", "r.json")]
        self.assertEqual(hashes[0], hashes[1])


class Report(Scratch):
    def test_manifest_and_blobs(self):
        self.run_small()
        page = (self.folder / "out" / "report.html").read_text()
        self.assertNotIn("<!--DAMASCENE_PAYLOAD-->", page)
        self.assertNotIn("<img src=x", page)
        text = re.search(r'<script type="application/json" id="damascene-manifest">(.*?)</script>', page, re.S).group(1)
        self.assertNotIn("<", text)
        manifest = json.loads(text)
        self.assertEqual(manifest["title"], "small </script><img src=x onerror=alert(1)>")
        blobs = dict(re.findall(r'<script type="application/octet-stream" id="(blob-\d+)">(.*?)</script>', page))
        sizes = {"f64": 8, "i32": 4, "f32": 4, "u16": 2}
        def check(node):
            if isinstance(node, dict):
                if "blob" in node:
                    count = 1
                    for n in node["shape"]:
                        count *= n
                    self.assertEqual(len(gzip.decompress(base64.b64decode(blobs[node["blob"]]))), count * sizes[node["dtype"]])
                for child in node.values():
                    check(child)
            elif isinstance(node, list):
                for child in node:
                    check(child)
        check(manifest)
        kinds = {layer["kind"] for layer in manifest["plan"]["layers"]}
        self.assertLessEqual({"polygons", "contours", "band", "spectrum"}, kinds)
        image = next(layer for layer in manifest["plan"]["layers"] if layer["kind"] == "spectrum")
        height, width, _ = image["coefficients"]["shape"]
        values = struct.unpack(f"<{2 * height * width}d", gzip.decompress(base64.b64decode(blobs[image["coefficients"]["blob"]])))
        mean = values[2 * (height // 2 * width + width // 2)]
        scalars = {r["id"]: float(r["value"]) for r in csv.DictReader((self.folder / "out" / "summary.csv").read_text().splitlines())}
        self.assertAlmostEqual(mean, scalars["image.intensity_mean"], places=14)

    def test_rebuild_gives_the_same_page_but_for_times(self):
        self.run_small()
        page = (self.folder / "out" / "report.html").read_text()
        done = damascene("report", "out", "-o", "again.html", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        blobs = lambda text: re.findall(r'id="(blob-\d+)">(.*?)</script>', text)
        self.assertEqual(blobs(page), blobs((self.folder / "again.html").read_text()))


FILM = """damascene = "1"
[structure]
kind = "trench"
width = "60 nm"
depth = "90 nm"
grid = "2 nm"
[[step]]
name = "liner"
model = "conformal"
film = "SiN"
thickness = "4 nm"
[[step]]
repeat = 2
[[step.step]]
name = "fill"
model = "deposit-flux"
film = "SiO2"
sticking = 0.5
thickness = "12 nm"
[[step.step]]
name = "clip"
model = "etch"
directional_rate = "60 nm/min"
depth = "3 nm"
"""


class Films(Scratch):
    def setUp(self):
        super().setUp()
        (self.folder / "f.toml").write_text(FILM)

    def run_film(self, out, *words):
        done = damascene("run", "f.toml", "-o", out, "--json", "--progress", "none", *words, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_a_deposition_writes_the_agreed_scalars_and_files(self):
        result = self.run_film("out")
        for name in ["step_coverage.bottom", "step_coverage.sidewall_min", "void.count", "void.area", "closure.time",
                     "deposited_volume", "mass_balance_error"]:
            self.assertIn("fill-1." + name, result["scalars"], name)
            self.assertIn("fill-1." + name, (self.folder / "out" / "fill-1" / "scalars.csv").read_text(), name)
        self.assertAlmostEqual(result["scalars"]["fill-1.field_thickness"]["value"], 12, places=6)
        # Ions remove depth x width of the section, wherever they land.
        self.assertAlmostEqual(result["scalars"]["clip-2.removed_volume"]["value"], 3 * 240, delta=4)
        for part in ["wall.csv", "history.csv", "surface.csv", "animation.png"]:
            self.assertTrue((self.folder / "out" / "fill-2" / part).is_file(), part)

    def test_same_bits_at_any_thread_count(self):
        hashes = {self.run_film(f"out{n}", "--threads", n)["result_sha256"] for n in (1, 2, 3)}
        self.assertEqual(len(hashes), 1)

    def test_a_killed_fill_resumes_to_the_same_bits(self):
        whole = self.run_film("whole")["result_sha256"]
        for turn in range(6):
            process = subprocess.Popen([BINARY, "run", "f.toml", "-o", "killed", "--resume", "--progress", "none"],
                                       cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.02 + 0.05 * turn)
            process.kill()
            process.wait()
        self.assertEqual(self.run_film("killed", "--resume")["result_sha256"], whole)

    def test_a_fault_found_while_computing_names_its_step(self):
        (self.folder / "f.toml").write_text(FILM.replace('sticking = 0.5', 'sticking = 0.5\nmean_free_path = "2 nm"'))
        done = damascene("run", "f.toml", "-o", "out", cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"error\[D0410\]: step 'fill-1': Kn = ")
        self.assertRegex(done.stderr, r"--> f.toml:\d+:\d+")


class Calculators(unittest.TestCase):
    def number(self, key, *words):
        done = damascene("calc", *words, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)[key]

    def test_clausing_of_a_tube_and_a_slit(self):
        self.assertAlmostEqual(self.number("transmission", "clausing", "--shape", "tube", "--ratio", "10"), 0.190942431920, places=9)
        self.assertAlmostEqual(self.number("transmission", "clausing", "--shape", "slit", "--ratio", "10"), 0.240557200348, places=9)

    def test_flux_of_the_flagship_trench(self):
        words = ["flux", "--shape", "trench", "--aspect-ratio", "4", "--sticking", "0.2"]
        for key, value in {"wall_top": 0.7031138664, "wall_mid": 0.2940709901, "bottom_center": 0.3064284760, "captured_fraction": 0.6211592824}.items():
            self.assertAlmostEqual(self.number(key, *words), value, delta=1e-4)

    tma = ["ald-channel", "--height", "500 nm", "--pressure", "147 Pa", "--inert-pressure", "3000 Pa", "--pulse", "100 ms",
           "--temperature", "573.15 K", "--molar-mass", "0.0749 kg/mol", "--diameter", "0.591 nm", "--sticking", "0.00572",
           "--equilibrium", "219 1/Pa", "--site-density", "4.864964 1/nm^2", "--gpc", "0.1056 nm"]

    def test_a_long_channel_is_coated_to_the_published_depth(self):
        self.assertAlmostEqual(self.number("half_depth_closed_form [um]", *self.tma), 135.811, delta=1.4)
        self.assertAlmostEqual(self.number("half_depth [um]", *self.tma), 135.811, delta=7)
        folder = pathlib.Path(tempfile.mkdtemp())
        done = damascene("calc", *self.tma, "-o", folder / "a.csv", "--picture", folder / "a.svg")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(len((folder / "a.csv").read_text().splitlines()), 500)
        self.assertTrue((folder / "a.svg").read_text().rstrip().endswith("</svg>"))

    def test_sensitivities_of_a_trench(self):
        words = ["sensitivity", "--width", "100 nm", "--depth", "200 nm", "--sticking", "0.3", "--thickness", "20 nm"]
        bottom = self.number("step_coverage.bottom", *words)
        self.assertLess(bottom["by"]["sticking"], 0)
        self.assertGreater(bottom["by"]["width"], 0)
        closed = damascene("calc", *words[:-1], "200 nm")
        self.assertEqual(closed.returncode, 2)
        self.assertIn("the fronts meet after", closed.stderr)

    def test_rays_agree_with_exchange_factors_within_their_bars(self):
        words = ["flux", "--shape", "trench", "--aspect-ratio", "2", "--sticking", "0.5", "--elements", "40"]
        done = damascene("calc", *words, "--engine", "montecarlo", "--rel-error", "0.01", "--json")
        rays = json.loads(done.stdout)
        self.assertAlmostEqual(rays["bottom_mean"], self.number("bottom_mean", *words), delta=3 * max(rays["bottom"]["standard_error"]))

    def test_films_reflect_swing_and_are_coated(self):
        with tempfile.TemporaryDirectory() as folder:
            stack = pathlib.Path(folder) / "stack.toml"
            stack.write_text('[stack]\nfilms = ["resist 1.7+0.03i 150 nm", "barc 1.82+0.34i 30 nm"]\nsubstrate = "silicon"\n')
            words = ["film", "--stack", stack, "--wavelength", "193 nm"]
            self.assertAlmostEqual(self.number("reflected", *words), 0.0257574675, places=10)
            self.assertAlmostEqual(self.number("balance_error", *words), 0, places=12)
            curve = self.number("sweep", *words, "--sweep", "barc=20:60:20 nm")
            for got, wanted in zip(curve["reflected"], [0.1927302695, 0.0324499425, 0.1631451621]):
                self.assertAlmostEqual(got, wanted, places=10)
            coated = ["film", "--stack", stack, "--barc", "barc", "--na", "0.93", "--sigma", "0.6:0.9", "--sweep"]
            best = self.number("best_thickness [nm]", *coated, "barc=0:60:1 nm")
            self.assertAlmostEqual(best, self.number("best_thickness [nm]", *coated, "barc=20:50:0.5 nm"), delta=1e-4)
            stack.write_text('[stack]\nfilms = ["resist 1.7-0.03i 150 nm"]\nsubstrate = "silicom"\n')
            done = damascene("calc", "film", "--stack", stack)
            self.assertEqual(done.returncode, 2)
            self.assertIn("this code uses n + ik", done.stderr)
            self.assertIn("did you mean 'silicon'?", done.stderr)

    def test_impossible_numbers_are_refused(self):
        for words in [["flux", "--shape", "trench", "--aspect-ratio", "4", "--sticking", "1.5"], ["flux", "--shape", "trench", "--aspect-ratio", "0", "--sticking", "0.5"],
                      ["flux", "--shape", "cone", "--aspect-ratio", "4", "--sticking", "0.5"], ["clausing", "--shape", "tube", "--ratio", "-1"], ["clausing", "--shape", "tube"],
                      ["flux", "--shape", "via", "--aspect-ratio", "nan", "--sticking", "0.5"], ["flux", "--shape", "via", "--aspect-ratio", "2", "--sticking", "0.5", "--elements", "1"]]:
            done = damascene("calc", *words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("error[D0114]", done.stderr)


class Contest(unittest.TestCase):
    def test_score_is_the_golden_one_for_all_clips(self):
        for row in csv.DictReader((ICCAD / "golden" / "scores.csv").read_text().splitlines()):
            number = row["case"].replace("M1_test", "")
            cases = [("target", "noopc"), (ICCAD / "reference_masks" / f"CurvILT_mask{number}.png", "curvilt")]
            for raster, short in [("exact", "exact"), ("inclusive", "incl")]:
                for mask, column in cases:
                    with self.subTest(case=row["case"], raster=raster, mask=column):
                        done = damascene("score", "--target", ICCAD / "clips" / f"{row['case']}.glp", "--mask", mask, "--kernels", ICCAD / "kernels", "--raster", raster, "--json")
                        got = json.loads(done.stdout)
                        self.assertEqual(got["target_area"], int(row["area_" + ("exact" if raster == "exact" else "inclusive")]))
                        self.assertAlmostEqual(got["l2"], int(row[f"{column}_{short}_L2"]), delta=1)
                        self.assertAlmostEqual(got["pvb"], int(row[f"{column}_{short}_PVB"]), delta=1)
                        self.assertEqual(got["epe_violations"], int(row[f"{column}_{short}_EPE"]))
                        self.assertEqual(got["epe_sites"], int(row[f"{column}_{short}_EPE_sites"]))

    def test_both_kernel_forms_score_alike(self):
        words = ["score", "--target", ICCAD / "clips" / "M1_test4.glp", "--mask", "target", "--raster", "exact", "--json", "--kernels"]
        self.assertEqual(damascene(*words, ICCAD / "kernels").stdout, damascene(*words, ICCAD / "kernels" / "original").stdout)

    def test_a_target_larger_than_the_period_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            big = pathlib.Path(folder) / "big.glp"
            big.write_text(CLIP.replace("400  100  200  600", "400  100  3000  600"))
            done = damascene("score", "--target", big, "--mask", "target", "--kernels", ICCAD / "kernels", "--raster", "exact")
            self.assertEqual(done.returncode, 2)
            self.assertIn("larger than the period", done.stderr)

    def test_a_mask_of_half_transmission_is_not_taken_as_clear(self):
        with tempfile.TemporaryDirectory() as folder:
            mask = pathlib.Path(folder) / "half.npy"
            header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2048, 2048), }".ljust(117) + "\n"
            for level, code in [(1, 0), (255, 0), (100, 2)]:
                mask.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes([level]) * 2048**2)
                done = damascene("score", "--target", ICCAD / "clips" / "M1_test4.glp", "--mask", mask, "--kernels", ICCAD / "kernels", "--raster", "exact")
                self.assertEqual(done.returncode, code, done.stderr)

    def test_a_kernel_folder_holds_one_form(self):
        with tempfile.TemporaryDirectory() as folder:
            optics = pathlib.Path(folder) / "optics.toml"
            optics.write_text('preset = "krf-0.80"\n')
            words = ["kernels", optics, "-o", pathlib.Path(folder) / "k", "--count", "2"]
            self.assertEqual(damascene(*words, "--format", "iccad13").returncode, 0)
            self.assertEqual(damascene(*words, "--format", "iccad13").returncode, 0)
            self.assertEqual(damascene(*words).returncode, 2)  # else the reader would take the older set

    def test_optimize_writes_a_mask_whose_score_it_prints(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "rules.toml").write_text('min_width = "20 nm"\nmin_space = "20 nm"\nmin_area = "900 nm^2"\n')
            for method in ("ilt", "edge"):
                with self.subTest(method=method):
                    out = pathlib.Path(folder) / method
                    target = ICCAD / "clips" / "M1_test4.glp"
                    done = damascene("optimize", "--target", target, "--kernels", ICCAD / "kernels", "--method", method, "--rules", pathlib.Path(folder) / "rules.toml", "-o", out, "--json", "--progress", "none")
                    printed = json.loads(done.stdout)
                    self.assertEqual(printed["mrc_violations"], 0)
                    self.assertEqual(done.returncode, 0)
                    self.assertGreater(printed["seconds"], 0)
                    self.assertLess(printed["l2"], 82560 / 2)  # far below the uncorrected clip, which does not print at all
                    scored = json.loads(damascene("score", "--target", target, "--mask", out / "mask.png", "--kernels", ICCAD / "kernels", "--raster", "exact", "--json").stdout)
                    for key in ("l2", "pvb", "epe_violations", "mask_area"):
                        self.assertEqual(scored[key], printed[key])
                    self.assertEqual(damascene("layout", "validate", out / "mask.gds", "--rules", pathlib.Path(folder) / "rules.toml").returncode, 0)
                    self.assertTrue((out / "report.html").is_file())

    def test_rules_out_of_reach_end_soon_and_are_1(self):
        with tempfile.TemporaryDirectory() as folder:
            rules = pathlib.Path(folder) / "rules.toml"
            rules.write_text('min_width = "500 nm"\nmin_space = "500 nm"\n')  # wider than any line of the clip
            started = time.monotonic()
            done = damascene("optimize", "--target", ICCAD / "clips" / "M1_test4.glp", "--kernels", ICCAD / "kernels", "--method", "ilt", "--iterations", "3", "--rules", rules, "-o", pathlib.Path(folder) / "out")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertLess(time.monotonic() - started, 60)

    def test_faulty_rules_are_located(self):
        with tempfile.TemporaryDirectory() as folder:
            rules = pathlib.Path(folder) / "rules.toml"
            rules.write_text('min_width = 20\nmin_spce = "20 nm"\n')
            done = damascene("optimize", "--target", ICCAD / "clips" / "M1_test4.glp", "--kernels", ICCAD / "kernels", "--method", "ilt", "--rules", rules, "-o", folder + "/o")
            self.assertEqual(done.returncode, 2)
            self.assertIn("rules.toml:1:13", done.stderr)
            self.assertIn("did you mean 'min_space'?", done.stderr)


class Corpus(unittest.TestCase):
    def test_every_faulty_recipe_is_refused_with_its_code_and_place(self):
        files = sorted((SOURCE / "tests" / "corpus" / "recipes").iterdir())
        self.assertGreaterEqual(len(files), 100)
        for file in files:
            with self.subTest(file=file.name):
                done = damascene("check", file)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(f"error[{file.name[:5]}]", done.stderr)
                self.assertRegex(done.stderr, r"--> .*%s:\d+:\d+\n" % re.escape(file.name))
                self.assertIn("^", done.stderr)


class Derived(Scratch):
    def test_schema_is_json_and_knows_every_step(self):
        schema = json.loads(damascene("schema").stdout)
        models = {m["name"] for m in json.loads(damascene("models", "list", "--json").stdout) if m["catalogue"] == "step"}
        named = {s["properties"]["model"]["enum"][0] for s in schema["properties"]["step"]["items"]["anyOf"]}
        self.assertEqual(models, named)
        self.assertIn("ilt", models)

    def test_every_code_the_program_can_print_is_explained(self):
        codes = set(re.findall(r"^(D\d{4})", damascene("explain").stdout, re.M))
        used = set()
        for folder in ("src", "apps", "python"):
            for file in (SOURCE / folder).rglob("*"):
                if file.suffix in (".cpp", ".hpp", ".py"):
                    used |= set(re.findall(r'(?:"|error\[)(D\d{4})(?:"|\])', file.read_text()))
        self.assertIn("D0341", used)
        self.assertEqual(used - codes, set())

    def test_completions_parse(self):
        for shell in ("bash", "zsh", "fish"):
            script = damascene("completion", shell).stdout
            self.assertIn("score", script)
            if shutil.which(shell) and shell != "zsh":
                checked = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True)
                self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_completion_offers_the_examples_that_init_begins(self):
        offered = re.search(r'2:"init "\*\) words="(.*?)"', damascene("completion", "bash").stdout)[1]
        self.assertEqual(offered.split(), damascene("init").stdout.split())

    def test_manual_page_names_every_command_and_flag(self):
        page, reference = damascene("man").stdout, damascene("man", "--markdown").stdout
        for command in re.findall(r"^## (?!Global|Exit)(.+)$", reference, re.M):
            self.assertIn(".SS damascene " + command.replace("-", r"\-"), page)
        for flag in set(re.findall(r"--[a-z][a-z-]+", damascene("run", "--help").stdout)) - {"--help"}:
            self.assertIn(flag.replace("-", r"\-"), page)
        if shutil.which("groff"):
            set_page = subprocess.run(["groff", "-man", "-Tascii", "-ww", "-z"], input=page, text=True, capture_output=True)
            self.assertEqual((set_page.returncode, set_page.stderr), (0, ""))

    def test_init_begins_a_folder_whose_recipe_is_accepted(self):
        names = damascene("init").stdout.split()
        self.assertIn("trench_fill", names)
        for name in names:
            with self.subTest(example=name):
                self.assertEqual(damascene("init", name, cwd=self.folder).returncode, 0)
                if name != "own_kernels":  # its kernels are computed first
                    self.assertEqual(damascene("check", f"{name}/recipe.toml", cwd=self.folder).returncode, 0)
        again = damascene("init", "trench_fill", cwd=self.folder)
        self.assertEqual(again.returncode, 2)
        self.assertIn("already holds a recipe", again.stderr)
        self.assertIn("did you mean 'trench_fill'?", damascene("init", "trench_fil", cwd=self.folder).stderr)

    def test_doctor_passes_its_self_tests(self):
        done = damascene("doctor", "--json")
        self.assertEqual(done.returncode, 0)
        self.assertTrue(all(f["good"] for f in json.loads(done.stdout)))

    def test_new_recipe_is_accepted(self):
        text = damascene("new", "recipe", "--from", "01_metal1_45nm").stdout
        (self.folder / "new.toml").write_text(text)
        self.assertEqual(damascene("check", "new.toml", cwd=self.folder).returncode, 0)

    def test_presets_are_valid_recipes(self):
        for preset in json.loads(damascene("presets", "list", "--json").stdout):
            with self.subTest(preset=preset["name"]):
                (self.folder / "p.toml").write_text('damascene = "1"\nextends = ["%s"]\n[layout]\nfile = "clip.glp"\n[[step]]\nmodel = "aerial-image"\n' % preset["name"])
                self.assertEqual(damascene("check", "p.toml", cwd=self.folder).returncode, 0)

    def test_resolved_says_where_a_value_comes_from(self):
        text = damascene("check", "r.toml", "--resolved", "--set", "optics.na=0.9", cwd=self.folder).stdout
        self.assertRegex(text, r"optics\.na +0\.9 +--set")
        self.assertRegex(text, r"layout\.halo +200 nm +r\.toml:5")
        self.assertRegex(text, r"optics\.wavelength +193\.368 nm +default")

    def test_an_unknown_command_is_named(self):
        self.assertIn("no command 'frobnicate'", damascene("frobnicate").stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_a_full_disk_behind_stdout_is_3(self):
        with open("/dev/full", "w") as full:
            self.assertEqual(subprocess.run([BINARY, "explain"], stdout=full, stderr=subprocess.DEVNULL).returncode, 3)

    def test_impossible_source_over_a_preset_points_into_the_recipe(self):
        with tempfile.TemporaryDirectory() as folder:
            recipe = pathlib.Path(folder) / "r.toml"
            recipe.write_text(SMALL.replace('na = 0.93\nmedium = "air"', 'preset = "arf-immersion-1.35"').replace('source = { kind = "conventional", sigma = 0.7, n = 21 }', 'source = { kind = "annular", sigma_in = 0.95, sigma_out = 0.9 }'))
            self.assertIn(f"--> {recipe}:9:", damascene("check", recipe).stderr)

    def test_start_is_quick(self):
        best = min(self.timed("--version") for _ in range(5))
        self.assertLess(best, 0.2)

    def timed(self, *words):
        start = time.time()
        damascene(*words)
        return time.time() - start


class LayoutCommands(Scratch):
    def test_clip_convert_and_xor_close(self):
        gds = SOURCE / "tests" / "data" / "layouts" / "gcd_45nm_metal1.gds"
        info = json.loads(damascene("layout", "info", gds, "--json").stdout)
        self.assertEqual(info["unit"], "0.1 nm")
        self.assertEqual(info["layers"][0]["shapes"], 1776)
        self.assertAlmostEqual(info["layers"][0]["area_um2"], 285.946525, places=9)
        done = damascene("layout", "clip", gds, "--layer", "11/0", "--window", "22 um, 18 um, 24 um, 20 um", "-o", "w.gds", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        clip = json.loads(damascene("layout", "info", "w.gds", "--json", cwd=self.folder).stdout)
        self.assertAlmostEqual(clip["layers"][0]["area_um2"], 1.563575, places=9)
        damascene("layout", "flatten", "w.gds", "-o", "f.gds", cwd=self.folder)
        self.assertEqual(damascene("layout", "xor", "w.gds", "f.gds", cwd=self.folder).returncode, 0)
        self.assertEqual(damascene("layout", "xor", "w.gds", gds, "--layer", "11/0", cwd=self.folder).returncode, 1)
        density = json.loads(damascene("layout", "density", "w.gds", "--grid", "2 um", "--json", cwd=self.folder).stdout)
        self.assertAlmostEqual(density["mean"], 1.563575 / 4, places=9)

    def test_damaged_layout_is_located(self):
        data = (SOURCE / "tests" / "data" / "layouts" / "sky130_fd_sc_hd__inv_1.gds").read_bytes()
        (self.folder / "cut.gds").write_bytes(data[: len(data) // 2])
        done = damascene("layout", "info", "cut.gds", cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"--> cut\.gds: byte \d+")


FIT = """damascene = "1"
[optics]
preset = "arf-immersion-1.35"
source = { kind = "conventional", sigma = 0.6, n = 9 }
[fit]
gauges = "cds.csv"
free = ["resist.threshold", "resist.diffusion_length"]
"""
CDS = "name,kind,pitch [nm],width [nm],measured [nm],sigma [nm]\n" + "".join(f"g{p},lines,{p},60,{m},0.3\n" for p, m in ((130, 66), (160, 68), (200, 66), (260, 64)))


class Calibration(Scratch):
    def fit(self, recipe=FIT, gauges=CDS, *words):
        (self.folder / "fit.toml").write_text(recipe)
        (self.folder / "cds.csv").write_text(gauges)
        return damascene("fit", "fit.toml", "-o", "o", "--progress", "none", *words, cwd=self.folder)

    def test_values_come_with_intervals(self):
        done = self.fit()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"resist\.threshold +0\.\d+ +\+- 0\.\d+")
        self.assertIn("95 % intervals, normal: sigmas are given", done.stdout)
        for part in ("fit.json", "residuals.csv", "correlations.csv", "fitted.toml", "parity.svg"):
            self.assertTrue((self.folder / "o" / "fit" / part).is_file(), part)
        (self.folder / "use.toml").write_text('damascene = "1"\nextends = ["o/fit/fitted.toml"]\n[layout]\npattern = "lines"\npitch = "160 nm"\nwidth = "60 nm"\n')
        self.assertEqual(damascene("check", "use.toml", cwd=self.folder).returncode, 0)

    def test_what_trades_off_is_named(self):
        done = self.fit(FIT.replace('"resist.diffusion_length"', '"dose"'))
        self.assertIn("unidentifiable: dose and resist.threshold trade off", done.stdout.replace("resist.threshold and dose", "dose and resist.threshold"))

    def test_misspelt_parameter_is_2(self):
        done = self.fit(FIT.replace("resist.threshold", "resist.treshold"))
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "resist.threshold"?', done.stderr)

    def test_a_fault_in_the_gauges_is_located(self):
        done = self.fit(FIT, CDS.replace("160,60,68", "160,60,sixty"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("--> cds.csv:3:19", done.stderr)

    def test_fewer_gauges_than_parameters_names_them(self):
        done = self.fit(FIT, "\n".join(CDS.split("\n")[:2]) + "\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("1 gauges cannot determine 2 parameters: resist.threshold, resist.diffusion_length", done.stderr)

    def test_sigma_of_zero_lists_the_parameters(self):
        done = self.fit(FIT, CDS.replace(",0.3", ",0"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("parameters to be fitted: resist.threshold, resist.diffusion_length", done.stderr)

    def test_a_recipe_without_fit_is_2(self):
        self.assertEqual(self.fit(SMALL).returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
