"""The tests see the installed package only: they run in another folder and refuse the source tree."""

import pathlib

import damascene as dm
import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> pathlib.Path:
    assert not pathlib.Path(dm.__file__).is_relative_to(ROOT / "python"), "the source tree shadows the package"
    return ROOT


@pytest.fixture(scope="session")
def program() -> str:
    """The command line that the wheel installs."""
    import sys

    path = pathlib.Path(sys.executable).parent / "damascene"
    assert path.is_file()
    return str(path)


@pytest.fixture(scope="session")
def fill(root, tmp_path_factory) -> dm.Run:
    """A finished run: TEOS in a trench, to closure."""
    return dm.run(root / "examples/06_trench_fill/recipe.toml", output=tmp_path_factory.mktemp("fill") / "out")


LINES = {
    "damascene": "1",
    "title": "Lines of 65 nm, imaged and printed",
    "layout": {"pattern": "lines", "pitch": 160 * dm.nm, "width": 80 * dm.nm},
    "optics": {"preset": "arf-immersion-1.35", "source": {"kind": "annular", "sigma_in": 0.6, "sigma_out": 0.9}},
    "step": [{"name": "image", "model": "aerial-image", "method": "abbe"}, {"name": "resist", "model": "print"}],
}


@pytest.fixture(scope="session")
def light(tmp_path_factory) -> dm.Run:
    """A finished run: image and print of lines, from a dict."""
    return dm.run(LINES, output=tmp_path_factory.mktemp("light") / "out")
