"""dm.calc is `damascene calc`."""

import inspect
import json
import subprocess

import damascene as dm
import numpy as np
import pytest


def test_a_long_tube_tends_to_8r_over_3l():
    for ratio in (100, 1000):
        w = dm.calc.clausing(shape="tube", ratio=ratio).transmission
        assert w == pytest.approx(8 / (3 * ratio), rel=5 / ratio**0.5)


def test_the_digits_are_those_of_the_program(program, root):
    stack = str(root / "examples/12_resist_lines_45nm/recipe.toml")
    cases = [
        (
            dm.calc.flux(shape="trench", aspect_ratio=4, sticking=0.2),
            ["flux", "--shape", "trench", "--aspect-ratio", "4", "--sticking", "0.2"],
        ),
        (
            dm.calc.gas(pressure=0.1 * dm.Torr, temperature="20 degC", molar_mass="0.04 kg/mol"),
            ["gas", "--pressure", "0.1 Torr", "--temperature", "20 degC", "--molar-mass", "0.04 kg/mol"],
        ),
        (
            dm.calc.film(stack=stack, sweep="resist=80:140:5 nm"),
            ["film", "--stack", stack, "--sweep", "resist=80:140:5 nm"],
        ),
    ]
    for mine, words in cases:
        theirs = json.loads(
            subprocess.run([program, "calc", *words, "--json"], capture_output=True, text=True, check=True).stdout
        )
        for key, value in theirs.items():
            name = key.partition(" [")[0]
            if name == "seconds":
                continue
            if isinstance(value, dict):
                assert all(np.array_equal(mine[name][k.partition(" [")[0]], v) for k, v in value.items())
            else:
                assert mine[name] == value


def test_units_stand_beside_the_numbers():
    answer = dm.calc.gas(pressure="0.1 Torr", temperature="20 degC", molar_mass="0.04 kg/mol")
    assert answer.units["mean_free_path"] == "um" and answer.mean_free_path == answer["mean_free_path"] > 0


def test_arguments_are_checked_with_the_program_s_words():
    with pytest.raises(TypeError, match="sticking"):
        dm.calc.flux(shape="trench", aspect_ratio=4)
    with pytest.raises(TypeError, match="stiking"):
        dm.calc.flux(shape="trench", aspect_ratio=4, sticking=0.2, stiking=1)
    with pytest.raises(dm.InputError) as caught:
        dm.calc.flux(shape="trench", aspect_ratio=4, sticking=2)
    assert caught.value.code == "D0114" and "probability" in caught.value.hint
    with pytest.raises(dm.InputError):
        dm.calc.gas(pressure="0.1 nm", temperature="20 degC", molar_mass="0.04 kg/mol")


def test_docstrings_and_signatures_come_from_the_tables(program):
    for name in dm.calc.__all__:
        function = getattr(dm.calc, name)
        if name == "Answer":
            continue
        for parameter in inspect.signature(function).parameters:
            assert f"\n{parameter}: " in function.__doc__
    sticking = dm.models["deposit-flux"].params["sticking"]
    assert (sticking.low, sticking.high) == (0, 1) and sticking.doc in dm.models["deposit-flux"].__doc__
    listed = json.loads(
        subprocess.run([program, "models", "list", "--json"], capture_output=True, text=True, check=True).stdout
    )
    assert {m["name"] for m in listed} == set(dm.models)
    assert "D0203" in dm.explain("D0203")
    assert json.loads(dm.recipe_schema())["$schema"]
    assert (
        dm.estimate(
            {
                "damascene": "1",
                "structure": {"kind": "trench", "width": "70 nm", "depth": "280 nm"},
                "step": [{"model": "conformal", "film": "a", "thickness": "5 nm"}],
            }
        ).seconds
        > 0
    )


def test_a_film_stack_may_be_a_dict(root):
    table = {
        "ambient": "water",
        "films": ["resist 1.70+0.03i 100 nm", "barc 1.82+0.34i 89 nm"],
        "substrate": "silicon",
        "resist": "resist",
    }
    from_file = dm.calc.film(stack=str(root / "examples/12_resist_lines_45nm/recipe.toml"))
    from_dict = dm.calc.film(stack={"stack": table})
    assert from_dict.reflected == from_file.reflected and from_dict.films == from_file.films
    assert from_dict.reflected + from_dict.substrate + sum(f.absorbed for f in from_dict.films) == pytest.approx(1)
