"""Gallery page: every example as run by this build, with recipe, pictures, numbers and time.

A run is kept in build/docs-cache under the hash of program, example folder, data it names and this file, so that a second build
runs nothing.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MOST_NUMBERS = 10
LARGEST_PICTURE = 1_500_000  # bytes; larger animations stay in the result folder


def processor_seconds():
    """Of the children so far: what a run costs, whatever else the machine does."""
    times = os.times()
    return times.children_user + times.children_system


def files_below(place):
    return sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]


def data_named_by(example):
    """Files under tests/ that recipes and commands of the example name as ../../tests/...; of a folder, all."""
    texts = [path.read_text(encoding="utf-8") for path in (*sorted(example.glob("*.toml")), example / "expected.json")]
    names = sorted(set(re.findall(r"\.\./\.\./(tests/[\w./-]*\w)", "\n".join(texts))))
    return [path for name in names for path in files_below(ROOT / name)]


def key_of(binary, example):
    digest = hashlib.sha256(binary.read_bytes() + pathlib.Path(__file__).read_bytes())
    own = [path for path in files_below(example) if "results" not in path.relative_to(example).parts]
    for path in own + data_named_by(example):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def screenshot(report, picture):
    """The first screen of a report, when a browser is there."""
    browser = next((b for b in BROWSERS if shutil.which(b)), None)
    if not browser:
        return False
    with tempfile.TemporaryDirectory() as profile:
        try:
            subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                            "--disable-dev-shm-usage", f"--user-data-dir={profile}", "--window-size=1280,860",
                            "--virtual-time-budget=4000", f"--screenshot={picture}", report.as_uri()],
                           capture_output=True, timeout=90, check=False)
        except subprocess.TimeoutExpired:
            return False
    return picture.is_file()


def pictures_of(results, folder):
    """A screenshot of the report and the moving section; without a browser, the first pictures of the steps."""
    kept = []
    if screenshot(results / "report.html", folder / "report.png"):
        kept.append("report.png")
    moving = [path for path in results.glob("*/animation.png") if path.stat().st_size <= LARGEST_PICTURE]
    found = sorted(moving, key=lambda path: path.stat().st_size)[-1:]  # the longest motion
    for path in found or ([] if kept else sorted(results.glob("*/*.png"))[:2]):
        if path.stat().st_size <= LARGEST_PICTURE:
            name = f"{path.parent.name}-{path.name}"
            shutil.copy(path, folder / name)
            kept.append(name)
    return kept


def run_example(binary, example, folder):
    """Commands of expected.json in a scratch copy; pictures and scalars into the folder."""
    expected = json.loads((example / "expected.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch) / "examples" / example.name  # the depth of the source tree, for ../../tests
        shutil.copytree(example, work)
        (pathlib.Path(scratch) / "tests").symlink_to(ROOT / "tests")
        begin = processor_seconds()
        for command in expected["run"]:
            extra = ["--json", "--progress", "none", "-o", "out"] if command[0] in ("run", "fit") else []
            done = subprocess.run([binary, *command, *extra], cwd=work, capture_output=True, text=True)
            if done.returncode != expected["exit"]:
                sys.exit(f"docs: {example.name}: {command}: exit {done.returncode}\n{done.stderr}")
        seconds = processor_seconds() - begin
        scalars = json.loads(done.stdout)["scalars"]
        wanted = [name for name in expected["scalars"] if name in scalars][:MOST_NUMBERS]
        numbers = {name: scalars[name] for name in wanted}
        meta = {"seconds": seconds, "numbers": numbers, "pictures": pictures_of(work / "out", folder)}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


def result_of(binary, example, cache):
    folder = cache / example.name / key_of(binary, example)
    if not (folder / "meta.json").is_file():
        shutil.rmtree(cache / example.name, ignore_errors=True)
        folder.mkdir(parents=True)
        run_example(binary, example, folder)
        print(f"docs: ran {example.name}", flush=True)
    return folder, json.loads((folder / "meta.json").read_text(encoding="utf-8"))


def shown(scalar):
    value = scalar["value"]
    return (f"{value:.6g}" if isinstance(value, (int, float)) else str(value)) + (f" {scalar['unit']}" if scalar.get("unit") else "")


def entry(example, meta):
    readme = (example / "README.md").read_text(encoding="utf-8").strip().splitlines()
    title, body = readme[0].lstrip("# "), "\n".join(readme[1:]).strip()
    body = re.sub(r"(?m)^#+ ", "#### ", body)
    text = f"## {title}\n\n<p class='run-facts'>examples/{example.name}, {meta['seconds']:.1f} s of processor time</p>\n\n"
    text += "".join(f"![{title}, {picture.rsplit('.', 1)[0]}](gallery/{example.name}/{picture}){{loading=lazy}}\n\n"
                    for picture in meta["pictures"])
    text += body + "\n\n| number | value |\n|---|--:|\n"
    text += "".join(f"| `{name}` | {shown(scalar)} |\n" for name, scalar in meta["numbers"].items())
    for recipe in sorted(example.glob("*.toml")):
        text += f'\n??? note "{recipe.name}"\n\n    ```toml\n'
        text += "".join(f"    {line}\n" for line in recipe.read_text(encoding="utf-8").splitlines()) + "    ```\n"
    return text + "\n"


def pages(binary, out, cache):
    text = ("# Gallery\n\nThe examples as this build ran them. Numbers are those the tests hold; times are processor seconds and include writing the report. "
            "`damascene init NAME` begins a folder as one of them.\n\n")
    for example in sorted(path.parent for path in (ROOT / "examples").glob("*/expected.json")):
        folder, meta = result_of(binary, example, cache)
        place = out / "gallery" / example.name
        place.mkdir(parents=True)
        for picture in meta["pictures"]:
            shutil.copy(folder / picture, place)
        text += entry(example, meta)
    return {"gallery.md": text}
