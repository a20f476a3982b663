#!/usr/bin/env python3
"""Writes the corpus of faulty recipes: single faults in two good ones. File name: CODE_kind_NN.toml|json."""
import json
import pathlib
import re

GOOD = """damascene = "1"
title = "corpus"
seed = 3
expect = [ { value = "opc.l2", max = "1 um^2" } ]
[layout]
file = "cell.gds"
layers = { metal1 = "11/0" }
window = ["22 um", "18 um", "24 um", "20 um"]
cut = ["22.4 um", "19 um", "22.6 um", "19 um"]
halo = "280 nm"
[optics]
na = 1.35
medium = "water"
wavelength = "193.368 nm"
defocus = "0 nm"
source = { kind = "annular", sigma_in = 0.6, sigma_out = 0.9 }
[[step]]
name = "opc"
model = "ilt"
layer = "metal1"
iterations = 60
corners = { dose = ["98 %", "100 %", "102 %"], focus = ["0 nm", "40 nm"] }
mrc = { min_width = "20 nm", min_space = "20 nm", min_area = "800 nm^2" }
[[step]]
name = "image"
model = "aerial-image"
image_tol = 1e-3
through = { focus = ["-40 nm", "0 nm"], dose = ["98 %", "102 %"] }
[[step]]
name = "resist"
model = "print"
site_pitch = "40 nm"
epe_limit = "15 nm"
"""

LENGTHS = ['halo = "280 nm"', 'wavelength = "193.368 nm"', 'defocus = "0 nm"', 'site_pitch = "40 nm"', 'epe_limit = "15 nm"', 'min_width = "20 nm"', 'min_space = "20 nm"']
KEYS = ["file", "layers", "window", "halo", "na", "medium", "wavelength", "source", "sigma_in", "iterations", "corners", "min_width", "image_tol", "through", "site_pitch"]


FILM = """damascene = "1"
title = "corpus"
[structure]
kind = "trench"
width = "70 nm"
depth = "280 nm"
sidewall_angle = "88 deg"
substrate = "Si"
stack = ["SiN 20 nm", "SiO2 300 nm"]
grid = "2 nm"
[[step]]
name = "liner"
model = "ald"
cycles = 40
temperature = "200 degC"
precursor = { pressure = "10 Pa", pulse = "20 ms", molar_mass = "0.0721 kg/mol", sticking = 0.01 }
[[step]]
name = "fill"
model = "deposit-flux"
species = ["radical", "sluggish"]
sticking = [0.2, 1e-4]
share = ["70 %", "30 %"]
pressure = "0.1 Torr"
temperature = "400 degC"
thickness = "80 nm"
[[step]]
name = "hdp"
model = "hdp-cvd"
net_rate = "300 nm/min"
sputter_rate = "100 nm/min"
ion = { energy = "300 eV" }
thickness = "40 nm"
[[step]]
name = "polish"
model = "planarise"
z = "5 nm"
"""


def replaced(old, new, text=GOOD):
    assert old in text, old
    return text.replace(old, new, 1)


def film_faults():
    for code, kind, old, new in [
            ("D0204", "sticking", "[0.2, 1e-4]", "[1.7, 1e-4]"), ("D0204", "sticking", "[0.2, 1e-4]", "[0.2, 0]"),
            ("D0204", "sticking", "[0.2, 1e-4]", "[-0.2, 1e-4]"), ("D0204", "sticking", "sticking = 0.01", "sticking = 0"),
            ("D0203", "sticking", "[0.2, 1e-4]", '["0.2 nm", 1e-4]'), ("D0105", "sticking", "[0.2, 1e-4]", "[]"),
            ("D0107", "sticking", "sticking = [0.2, 1e-4]\n", ""), ("D0402", "lists", "[0.2, 1e-4]", "[0.2]"),
            ("D0402", "lists", '["70 %", "30 %"]', '["70 %"]'), ("D0402", "lists", '["70 %", "30 %"]', '["0 %", "0 %"]'),
            ("D0402", "lists", '["radical", "sluggish"]', '["radical"]'),
            ("D0102", "unknown_key", "sticking = [", "stiking = ["), ("D0102", "unknown_key", "substrate", "substrat"),
            ("D0102", "unknown_key", "net_rate", "netrate"), ("D0102", "unknown_key", "[structure]", "[structur]"),
            ("D0201", "unit_missing", '"70 nm"', "70"), ("D0201", "unit_missing", '"80 nm"', "80"),
            ("D0201", "unit_missing", '"0.1 Torr"', "0.1"), ("D0201", "unit_missing", '"300 eV"', "300"),
            ("D0201", "unit_missing", '"20 ms"', "0.02"), ("D0203", "wrong_dimension", '"280 nm"', '"280 s"'),
            ("D0203", "wrong_dimension", '"400 degC"', '"400 nm"'), ("D0203", "wrong_dimension", '"300 nm/min"', '"300 nm"'),
            ("D0203", "wrong_dimension", '"300 eV"', '"300 V"'), ("D0202", "unknown_unit", '"0.1 Torr"', '"0.1 Tor"'),
            ("D0204", "out_of_range", '"70 nm"', '"0 nm"'), ("D0204", "out_of_range", '"280 nm"', '"-1 nm"'),
            ("D0204", "out_of_range", '"0.1 Torr"', '"0 Torr"'), ("D0204", "out_of_range", '"88 deg"', '"5 deg"'),
            ("D0204", "out_of_range", "cycles = 40", "cycles = 0"), ("D0204", "out_of_range", '"80 nm"', '"0 nm"'),
            ("D0204", "out_of_range", '"100 nm/min"', '"0 nm/min"'), ("D0204", "out_of_range", '"0.0721 kg/mol"', '"0 kg/mol"'),
            ("D0106", "choice", '"trench"', '"trensh"'), ("D0109", "model", '"deposit-flux"', '"deposit-flow"'),
            ("D0107", "structure", 'width = "70 nm"\n', ""), ("D0107", "structure", 'depth = "280 nm"\n', ""),
            ("D0402", "structure", '"SiN 20 nm"', '"SiN 0 nm"'), ("D0402", "structure", '"SiN 20 nm"', '"SiN"'),
            ("D0402", "structure", '"88 deg"', '"80 deg"'), ("D0402", "structure", 'grid = "2 nm"', 'grid = "20 nm"'),
            ("D0402", "structure", 'grid = "2 nm"', 'grid = "2 nm"\npitch = "60 nm"'),
            ("D0601", "structure", 'grid = "2 nm"', 'grid = "2 nm"\nfield = "1 mm"\n'),
            ("D0402", "ions", '"300 eV"', '"10 eV"'), ("D0105", "stack", '["SiN 20 nm", "SiO2 300 nm"]', "3"),
            ("D0110", "no_surface", FILM[FILM.index("[structure]"):FILM.index("[[step]]")], ""),
            ("D0105", "repeat", '[[step]]\nname = "polish"', '[[step]]\nrepeat = 0\n[[step.step]]\nname = "polish"'),
            ("D0107", "repeat", '[[step]]\nname = "polish"\nmodel = "planarise"\nz = "5 nm"', "[[step]]\nrepeat = 3"),
            ("D0102", "repeat", '[[step]]\nname = "polish"', '[[step]]\nrepeat = 2\nturns = 3\n[[step.step]]\nname = "polish"')]:
        yield code, "film_" + kind, replaced(old, new, FILM)


VOLUME = """damascene = "1"
[layout]
file = "cell.gds"
[[step]]
name = "holes"
model = "etch-volume"
mask = "drawn"
box = ["22 um", "18 um", "24 um", "20 um"]
etched = "inside"
depth = "280 nm"
sidewall_angle = "88 deg"
stack = ["SiO2 300 nm"]
grid = "14 nm"
[[step]]
name = "slot"
model = "structure-volume"
shape = "slot"
width = "60 nm"
depth = "90 nm"
length = "120 nm"
pitch = "150 nm"
walls = "mirror"
[[step]]
name = "fill"
model = "deposit-volume"
sticking = [0.2, 0.01]
share = ["70 %", "30 %"]
mean_free_path = "1000 nm"
thickness = "80 nm"
rel_error = 0.1
section_y = "10 nm"
"""


def volume_faults():
    for code, kind, old, new in [
            ("D0204", "sticking", "[0.2, 0.01]", "[1.2, 0.01]"), ("D0204", "sticking", "[0.2, 0.01]", "[0.2, 0]"),
            ("D0402", "lists", "[0.2, 0.01]", "[0.2]"), ("D0402", "lists", '["70 %", "30 %"]', '["0 %", "0 %"]'),
            ("D0105", "sticking", "[0.2, 0.01]", "[]"), ("D0204", "out_of_range", "rel_error = 0.1", "rel_error = 0"),
            ("D0204", "out_of_range", '"88 deg"', '"20 deg"'), ("D0204", "out_of_range", '"280 nm"', '"0 nm"'),
            ("D0204", "out_of_range", '"1000 nm"', '"0 nm"'), ("D0201", "unit_missing", '"80 nm"', "80"),
            ("D0201", "unit_missing", '"10 nm"', "10"), ("D0203", "wrong_dimension", '"280 nm"', '"280 s"'),
            ("D0102", "unknown_key", "etched =", "eched ="), ("D0102", "unknown_key", "walls =", "wals ="),
            ("D0102", "unknown_key", "rel_error =", "rel_eror ="), ("D0106", "choice", '"inside"', '"insde"'),
            ("D0106", "choice", 'shape = "slot"', 'shape = "slott"'), ("D0106", "choice", 'walls = "mirror"', 'walls = "open"'),
            ("D0109", "model", '"deposit-volume"', '"deposit-volum"'), ("D0109", "model", '"etch-volume"', '"etch-volumes"'),
            ("D0107", "missing_key", 'depth = "90 nm"\n', ""), ("D0107", "missing_key", 'shape = "slot"\n', ""),
            ("D0107", "stop", 'thickness = "80 nm"\n', ""), ("D0107", "stop", 'thickness = "80 nm"', 'until = "closed"'),
            ("D0105", "box", '["22 um", "18 um", "24 um", "20 um"]', '["22 um", "18 um", "24 um"]'),
            ("D0402", "box", '["22 um", "18 um", "24 um", "20 um"]', '["24 um", "18 um", "22 um", "20 um"]'),
            ("D0402", "shape", '"150 nm"', '"50 nm"'), ("D0402", "shape", 'shape = "slot"', 'shape = "via"'),
            ("D0402", "stack", '["SiO2 300 nm"]', '["SiO2"]'),
            ("D0402", "grid", 'walls = "mirror"', 'grid = "20 nm"'),
            ("D0110", "no_volume", VOLUME[VOLUME.index("[[step]]"):VOLUME.index('[[step]]\nname = "fill"')], ""),
            ("D0110", "no_layout", VOLUME[VOLUME.index("[layout]"):VOLUME.index("[[step]]")], "")]:
        yield code, "volume_" + kind, replaced(old, new, VOLUME)


RESIST = """damascene = "1"
[layout]
pattern = "lines"
pitch = "90 nm"
width = "45 nm"
[optics]
preset = "arf-immersion-1.35"
[stack]
ambient = "water"
films = ["resist 1.70+0.03i 100 nm", "barc 1.82+0.34i 89 nm"]
substrate = "silicon"
resist = "resist"
[resist]
dose = "13 mJ/cm^2"
development = { kind = "mack", r_max = "100 nm/s", r_min = "0.05 nm/s", n = 12, m_th = 0.6 }
bake = { diffusion_length = "10 nm" }
[[step]]
name = "profile"
model = "resist-profile"
focus = "0 nm"
[[step]]
name = "window"
model = "process-window"
resist = "physical"
through = { focus = ["-50 nm", "0 nm", "50 nm"], dose = ["90 %", "100 %", "110 %"] }
"""


def resist_faults():
    for code, kind, old, new in [
            ("D0106", "stack", '"silicon"', '"silikon"'), ("D0204", "stack", "1.70+0.03i", "1.70-0.03i"),
            ("D0204", "stack", "1.70+0.03i", "-1.70+0.03i"), ("D0105", "stack", "1.70+0.03i", "1.70+0.03"),
            ("D0204", "stack", "1.70+0.03i 100 nm", "1.70+0.03i -100 nm"), ("D0107", "stack", "resist 1.70+0.03i 100 nm", "resist 1.70+0.03i"),
            ("D0201", "stack", "resist 1.70+0.03i 100 nm", "resist 1.70+0.03i 100"), ("D0105", "stack", "resist 1.70+0.03i 100 nm", ""),
            ("D0106", "stack", "1.82+0.34i", "arf_brac"), ("D0108", "stack", "barc 1.82", "resist 1.82"),
            ("D0106", "stack", 'resist = "resist"', 'resist = "rezist"'), ("D0402", "stack", 'ambient = "water"', 'ambient = "air"'),
            ("D0204", "stack", 'ambient = "water"', 'ambient = "1.4366+0.1i"'), ("D0105", "stack", 'substrate = "silicon"', "substrate = 3"),
            ("D0102", "stack", "substrate =", "substrat ="), ("D0107", "stack", 'films = ["resist 1.70+0.03i 100 nm", "barc 1.82+0.34i 89 nm"]\n', ""),
            ("D0204", "resist", "m_th = 0.6", "m_th = 1.6"), ("D0204", "resist", "m_th = 0.6", "m_th = 0"), ("D0204", "resist", "n = 12", "n = 1"),
            ("D0402", "resist", '"100 nm/s"', '"0.01 nm/s"'), ("D0204", "resist", '"13 mJ/cm^2"', '"0 mJ/cm^2"'),
            ("D0203", "resist", '"13 mJ/cm^2"', '"13 mJ"'), ("D0201", "resist", '"10 nm"', "10"), ("D0106", "resist", '"mack"', '"mak"'),
            ("D0102", "resist", "diffusion_length", "difusion_length"), ("D0106", "resist", '[resist]', '[resist]\ntone = "positiv"'),
            ("D0204", "resist", '[resist]', '[resist]\nquencher = -0.1'), ("D0204", "resist", '[resist]', '[resist]\nc = "0 cm^2/mJ"'),
            ("D0106", "pattern", '"lines"', '"line"'), ("D0107", "pattern", 'pitch = "90 nm"\n', ""), ("D0107", "pattern", 'width = "45 nm"\n', ""),
            ("D0402", "pattern", 'width = "45 nm"', 'width = "90 nm"'), ("D0402", "pattern", 'width = "45 nm"', 'width = "45.5 nm"'),
            ("D0402", "pattern", 'width = "45 nm"', 'width = "45 nm"\nlength = "60 nm"'), ("D0402", "pattern", 'width = "45 nm"', 'width = "45 nm"\nfile = "a.gds"'),
            ("D0107", "pattern", 'pattern = "lines"\n', ""), ("D0201", "pattern", '"90 nm"', "90"),
            ("D0107", "optics", 'preset = "arf-immersion-1.35"', 'preset = "arf-immersion-1.35"\nlaser = { bandwidth = "0.3 pm" }'),
            ("D0204", "optics", 'preset = "arf-immersion-1.35"', 'preset = "arf-immersion-1.35"\nflare = "101 %"'),
            ("D0201", "optics", 'preset = "arf-immersion-1.35"', 'preset = "arf-immersion-1.35"\nvibration = { x = 3 }'),
            ("D0102", "optics", 'preset = "arf-immersion-1.35"', 'preset = "arf-immersion-1.35"\nvibration = { z = "3 nm" }'),
            ("D0203", "optics", 'preset = "arf-immersion-1.35"', 'preset = "arf-immersion-1.35"\njones = { retardance = "3 nm" }'),
            ("D0426", "window", '["90 %", "100 %", "110 %"]', '["110 %", "100 %", "90 %"]'),
            ("D0426", "window", '["-50 nm", "0 nm", "50 nm"]', '["-50 nm", "-50 nm", "50 nm"]'),
            ("D0428", "window", '["-50 nm", "0 nm", "50 nm"]', '["-50 nm", "50 nm"]'),
            ("D0110", "no_stack", RESIST[RESIST.index("[stack]"):RESIST.index("[resist]")], ""),
            ("D0110", "no_resist", RESIST[RESIST.index("[resist]"):RESIST.index("[[step]]")], "")]:
        yield code, "resist_" + kind, replaced(old, new, RESIST)
    no_stack = RESIST.replace(RESIST[RESIST.index("[stack]"):RESIST.index("[resist]")], "")
    yield "D0110", "resist_window_no_stack", no_stack[:no_stack.index("[[step]]")] + no_stack[no_stack.rindex("[[step]]"):]


def faults():
    for item in LENGTHS:
        yield "D0201", "unit_missing", replaced(item, re.sub(r'"([-0-9.]+) nm"', r"\1", item))
        yield "D0201", "unit_missing_in_text", replaced(item, item.replace(" nm", ""))
        yield "D0203", "wrong_dimension", replaced(item, item.replace(" nm", " s"))
        yield "D0202", "unknown_unit", replaced(item, item.replace(" nm", " nmm"))
        yield "D0202", "not_a_number", replaced(item, re.sub(r'"([-0-9.]+) nm"', '"1,5 nm"', item))
        yield "D0204", "out_of_range", replaced(item, re.sub(r'"([-0-9.]+) nm"', '"-1 km"', item))
    for key in KEYS:
        yield "D0102", "unknown_key", re.sub(r"\b%s = " % key, key[:-1] + "x = " if len(key) > 2 else "nax = ", GOOD, count=1)
    for old, new in [("na = 1.35", "na = 0"), ("na = 1.35", "na = -1"), ("na = 1.35", "na = nan"), ("na = 1.35", "na = inf"), ("iterations = 60", "iterations = -1"), ("iterations = 60", "iterations = 100000"),
                     ("image_tol = 1e-3", "image_tol = 1"), ("sigma_in = 0.6", "sigma_in = -0.1"), ("sigma_out = 0.9", "sigma_out = 1.5"), ('"98 %", "100 %", "102 %"', '"98 %", "100 %", "1000 %"')]:
        yield "D0204", "out_of_range", replaced(old, new)
    for old, new in [('file = "cell.gds"', "file = 3"), ('layers = { metal1 = "11/0" }', 'layers = "11/0"'), ('window = ["22 um", "18 um", "24 um", "20 um"]', 'window = ["22 um", "18 um", "24 um"]'), ("iterations = 60", "iterations = 60.5"),
                     ("iterations = 60", 'iterations = "60"'), ('layer = "metal1"', "layer = true"), ('corners = { dose = ["98 %", "100 %", "102 %"], focus', 'corners = { dose = ["98 %"], focus'), ("seed = 3", "seed = -3"),
                     ("seed = 3", 'seed = "3"'), ('title = "corpus"', "title = 7"), ('mrc = { min_width = "20 nm", min_space = "20 nm", min_area = "800 nm^2" }', "mrc = 20"), ('name = "opc"', 'name = "o p c"'), ('file = "cell.gds"', 'file = ""')]:
        yield "D0105", "wrong_kind", replaced(old, new)
    for old, new in [('medium = "water"', 'medium = "wter"'), ('kind = "annular"', 'kind = "anular"'), ("image_tol = 1e-3", 'image_tol = 1e-3\nmethod = "socks"'), ('medium = "water"', 'preset = "arf-immersion-1.36"')]:
        yield "D0106", "unknown_choice", replaced(old, new)
    for old, new in [('file = "cell.gds"\n', ""), ('model = "print"\n', ""), ('kind = "annular", ', ""), ('value = "opc.l2", ', ""), (', max = "1 um^2"', "")]:
        yield "D0107", "missing_key", replaced(old, new)
    yield "D0107", "no_step", GOOD.split("[[step]]")[0].replace('expect = [ { value = "opc.l2", max = "1 um^2" } ]\n', "")
    yield "D0108", "same_name", replaced('name = "image"', 'name = "opc"')
    for wrong in ["ilts", "anneal", "Print", ""]:
        yield "D0109", "unknown_model", replaced('model = "print"', 'model = "%s"' % wrong)
    yield "D0110", "port", GOOD.replace('[[step]]\nname = "image"\nmodel = "aerial-image"\nimage_tol = 1e-3\nthrough = { focus = ["-40 nm", "0 nm"], dose = ["98 %", "102 %"] }\n', "")
    yield "D0110", "port", replaced('model = "print"', 'model = "print"\nfrom = "rezist"')
    yield "D0110", "port", replaced('model = "print"', 'model = "print"\nfrom = "resist"')
    yield "D0110", "port", replaced('name = "opc"\nmodel = "ilt"', 'name = "opc"\nmodel = "ilt"\nfrom = "image"')
    yield "D0110", "port", re.sub(r"\[optics\].*?\[\[step\]\]", "[[step]]", GOOD, count=1, flags=re.S)
    yield "D0110", "port", re.sub(r"\[layout\].*?\[optics\]", "[optics]", GOOD, count=1, flags=re.S)
    for old, new in [('value = "opc.l2"', 'value = "ocp.l2"'), ('value = "opc.l2"', 'value = "l2"')]:
        yield "D0112", "expect", replaced(old, new)
    for old, new in [('damascene = "1"\n', ""), ('damascene = "1"', 'damascene = "2"'), ('damascene = "1"', "damascene = 1")]:
        yield "D0101", "version", replaced(old, new)
    for old, new in [('"corpus"', '"corpus'), ("seed = 3", "seed 3"), ("[layout]", "[layout"), ('layers = { metal1 = "11/0" }', 'layers = { metal1 = "11/0"'), ("na = 1.35", "na = 1.35 medium = 2"), ("na = 1.35", "na = 1.35\nna = 1.3"),
                     ("seed = 3", "seed = 2020-01-01"), ("iterations = 60", "iterations = 0x"), ('title = "corpus"', 'title = "\\q"')]:
        yield "D0103", "syntax", replaced(old, new)
    yield "D0401", "physics", replaced('medium = "water"', 'medium = "air"')
    yield "D0401", "physics", replaced("na = 1.35", "na = 1.5")
    for old, new in [('"22 um", "18 um", "24 um", "20 um"', '"24 um", "18 um", "22 um", "20 um"'), ('"22 um", "18 um", "24 um", "20 um"', '"22 um", "18 um", "22 um", "20 um"'), ('"22.4 um", "19 um", "22.6 um", "19 um"', '"22.4 um", "19 um", "22.4 um", "19 um"'),
                     ('"22 um", "18 um", "24 um", "20 um"', '"22 um", "18 um", "64 um", "20 um"')]:
        yield "D0402", "window", replaced(old, new)
    yield "D0404", "source", replaced("sigma_in = 0.6, sigma_out = 0.9", "sigma_in = 0.9, sigma_out = 0.6")
    yield "D0301", "extends", replaced('title = "corpus"', 'title = "corpus"\nextends = ["nowhere.toml"]')
    yield "D0113", "extends", replaced('title = "corpus"', 'title = "corpus"\nextends = ["D0113_extends_ITSELF.toml"]')


JSON_FAULTS = [("D0103", '{"damascene": "1",}'), ("D0103", '{"damascene": "1"'), ("D0103", '{"damascene": 01}'), ("D0103", '{damascene: "1"}'), ("D0103", '{"damascene": "1", "damascene": "1"}'), ("D0103", '{"damascene": "\\u12"}'),
               ("D0102", '{"damascene": "1", "step": [{"model": "ilt", "iteration": 3}], "layout": {"file": "a.gds"}, "optics": {}}'),
               ("D0201", '{"damascene": "1", "step": [{"model": "ilt"}], "layout": {"file": "a.gds", "halo": 280}, "optics": {}}'),
               ("D0105", '{"damascene": "1", "step": {"model": "ilt"}, "layout": {"file": "a.gds"}, "optics": {}}'), ("D0107", '{"damascene": "1"}')]


def main():
    folder = pathlib.Path(__file__).parent / "recipes"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    numbers = {}
    for code, kind, text in [*faults(), *film_faults(), *volume_faults(), *resist_faults()]:
        number = numbers[(code, kind)] = numbers.get((code, kind), 0) + 1
        name = f"{code}_{kind}_{number:02d}.toml"
        (folder / name).write_text(text.replace("D0113_extends_ITSELF.toml", name))
    for number, (code, text) in enumerate(JSON_FAULTS):
        (folder / f"{code}_json_{number:02d}.json").write_text(text + "\n")
    print(len(list(folder.iterdir())), "recipes")


if __name__ == "__main__":
    main()
