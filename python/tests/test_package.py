"""The package as people meet it: stubs, types, examples, notebook, README."""

import filecmp
import importlib.metadata
import pathlib
import re
import subprocess
import sys

import damascene as dm
import pytest


def run_python(*words, cwd):
    return subprocess.run([sys.executable, *map(str, words)], cwd=cwd, capture_output=True, text=True)


def test_stubs_are_those_of_the_bindings(root, tmp_path):
    pytest.importorskip("nanobind")
    done = run_python(root / "tools/python_stubs.py", tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    installed = pathlib.Path(dm.__file__).parent
    for made in [*tmp_path.glob("_native/*.pyi"), tmp_path / "calc.pyi"]:
        name = made.relative_to(tmp_path)
        assert filecmp.cmp(made, installed / name, shallow=False), f"run tools/python_stubs.py: {name} is out of date"


def test_examples_are_typed(root, tmp_path):
    pytest.importorskip("mypy")
    examples = sorted((root / "python/examples").glob("*.py"))
    done = run_python("-m", "mypy", "--strict", "--cache-dir", tmp_path, *examples, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", [p.name for p in sorted((pathlib.Path(__file__).parents[1] / "examples").glob("*.py"))]
)
def test_example_runs(root, tmp_path, name):
    done = run_python(root / "python/examples" / name, tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_notebook_runs_and_shows_pictures(root, tmp_path):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    book = nbformat.read(root / "python/examples/notebook.ipynb", as_version=4)
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [
        output.data for cell in book.cells if cell.cell_type == "code" for output in cell.outputs if "data" in output
    ]
    assert "data:image/png;base64" in shown[0]["text/html"] and "<svg" in shown[1]["image/svg+xml"]
    assert "<table>" in shown[2]["text/html"]


def test_the_lines_of_the_readme_run_and_give_a_picture(root, tmp_path):
    text = (root / "README.md").read_text()
    (lines,) = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(lines.strip().splitlines()) <= 10
    (tmp_path / "examples").symlink_to(root / "examples")
    done = run_python("-c", lines, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "trench.png").read_bytes().startswith(b"\x89PNG")


def test_one_extension_one_program_one_version(program):
    files = importlib.metadata.files("damascene")
    extensions = [f for f in files if re.search(r"damascene/_native.*\.so$", str(f))]
    assert len(extensions) == 1
    assert (
        subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
        == f"damascene {dm.__version__}"
    )
    assert importlib.metadata.version("damascene") == dm.__version__
    assert importlib.metadata.requires("damascene")[0] == "numpy"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("python.md", ["did you mean 'sticking'?", "needs a unit"]),
        ("sweeps.md", ["'structure.width': ", "report.html"]),
    ],
)
def test_the_guide_s_page_runs_from_top_to_bottom(root, tmp_path, page, said):
    pieces = re.findall(r"```python\n(.*?)```", (root / "docs/guide" / page).read_text(), re.S)
    (tmp_path / "examples").symlink_to(root / "examples")
    done = run_python("-c", "\n".join(pieces), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [words for words in said if words not in done.stdout] == []
