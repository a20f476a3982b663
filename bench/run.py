#!/usr/bin/env python3
"""Builds and runs the benchmarks and writes bench/RESULTS.md (and the picture beside bench/full_clip).

  bench/run.py [PROBLEM...]        all problems, or the named ones; the others keep their last rows
  bench/run.py --tables            no run: RESULTS.md again from the rows in the build folder

Each program bench_<problem> prints JSON lines: first {title, text}, then rows. Contenders in other languages are
bench/<problem>/<name>_*.py, run where the package <name> is installed, on the files the program left in a folder.
"""
import ctypes.util
import importlib.util
import json
import math
import os
import platform
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCH = os.path.join(ROOT, "bench")
HAS_FFTW = ctypes.util.find_library("fftw3f") is not None
PRESET = "gpl-fftw" if HAS_FFTW else "release"
BUILD = os.path.join(ROOT, "build", PRESET)
ROWS = os.path.join(BUILD, "bench", "rows")
ORDER = ["ilt_iteration", "aerial_image", "evaluator", "socs_build", "gds_read", "full_clip", "gcd_block",
         "trench_flux", "via_flux", "ray_flux", "level_set", "process"]
ARGUMENTS = {"gcd_block": ["tests/data/layouts/gcd_45nm_metal1.gds"]}
TITLES = {"gcd_block": "Edge correction of a 45 nm metal1 block by tiles"}


def problems():
    found = [f for f in sorted(os.listdir(BENCH)) if f != "common" and os.path.isdir(os.path.join(BENCH, f))
             and any(name.endswith(".cpp") for name in os.listdir(os.path.join(BENCH, f)))]
    return sorted(found, key=lambda f: ORDER.index(f) if f in ORDER else len(ORDER))


def build():
    subprocess.run(["cmake", "--preset", PRESET, "-DDAMASCENE_TESTS=OFF"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", BUILD, "--target", "bench_programs", "-j", str(os.cpu_count())], cwd=ROOT,
                   check=True, stdout=subprocess.DEVNULL)


def lines_of(command):
    """Standard output line by line, echoed."""
    lines = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            print("   ", lines[-1], flush=True)
    if process.returncode != 0:
        sys.exit(f"bench: {command[0]} failed with exit code {process.returncode}")
    return lines


def shown(command):
    return " ".join(os.path.relpath(c, ROOT) if os.path.isabs(c) else c for c in command)


def run(problem):
    folder = os.path.join(ROWS, problem)
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(BUILD, "bench", "bench_" + problem)
    if not os.path.exists(program):
        return [json.dumps({"skipped": f"{problem}: not built (its contender's library is not installed)"})]
    command = [program] + ARGUMENTS.get(problem, [folder])
    print("==", shown(command), flush=True)
    lines = [json.dumps({"command": shown(command)})] + lines_of(command)
    with open(os.path.join(folder, "rows.jsonl"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    for script in sorted(f for f in os.listdir(os.path.join(BENCH, problem)) if f.endswith(".py")):
        package = script.split("_")[0]
        if importlib.util.find_spec(package) is None:
            lines.append(json.dumps({"skipped": f"`{package}` is not installed"}))
            continue
        lines += lines_of([sys.executable, os.path.join(BENCH, problem, script), folder])
    if problem == "full_clip":
        lines.append(json.dumps({"skipped": "OpenILT on PyTorch is not timed: " + (
            "PyTorch is installed, but OpenILT is not part of this checkout" if importlib.util.find_spec("torch")
            else "PyTorch is not installed")}))
    return lines


# ------------------------------------------------------------------------------------------------------------- tables
def parsed(line):
    try:
        value = json.loads(line)
        return value if isinstance(value, dict) else line
    except json.JSONDecodeError:
        return line


def text_of(name, value):
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ") if abs(value) >= 10000 else str(value)
    if "difference" in name:
        return f"{value:.1e}" if value else "0"
    if "[s]" in name:
        for scale, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "us")):
            if value >= scale:
                return f"{value / scale:.3g} {unit}"
    if name == "ratio":
        return f"{value:.0f}x" if value >= 10 else f"{value:.2g}x"
    return f"{value:.1f}" if abs(value) >= 10000 else f"{value:.4g}"


def heading(name):
    return name.replace(" [s]", "")


def table(rows):
    columns = [c for c in rows[0] if c != "table"]
    out = ["| " + " | ".join(heading(c) for c in columns) + " |", "|" + " --- |" * len(columns)]
    return out + ["| " + " | ".join(text_of(c, r.get(c, "")) for c in columns) + " |" for r in rows]


def slope(points):
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)


def growth(rows):
    series = {}
    for r in rows:
        if "n" in r and "cpu [s]" in r:
            kind = r.get("growth", r.get("optics", ""))
            series.setdefault(f"{r['contender']} ({kind})" if kind else r["contender"], []).append((r["n"], r["cpu [s]"]))
    fits = [f"{name} n^{slope(p):.2f}" for name, p in series.items() if len(p) >= 4]
    return ["", "Growth over the sizes above: " + "; ".join(fits) + "."] if fits else []


def same_area(rows):
    """Layout readers must agree on the shapes."""
    ours = {r["n"]: r["area [um^2]"] for r in rows if r.get("contender") == "damascene" and "area [um^2]" in r}
    for r in rows:
        if "area [um^2]" in r and abs(r["area [um^2]"] - ours[r["n"]]) > 1e-9 * ours[r["n"]]:
            sys.exit(f"bench: {r['contender']} found another area at n = {r['n']}")


def section(problem, lines):
    values = [parsed(line) for line in lines]
    records = [v for v in values if isinstance(v, dict)]
    plain = [v for v in values if isinstance(v, str) and v.strip()]
    about = next((v for v in records if "title" in v), {"title": TITLES.get(problem, problem), "text": ""})
    out = [f"## {about['title']}", ""]
    out += [f"`{v['command']}`" for v in records if "command" in v] + [""]
    out += [about["text"], ""] if about["text"] else []
    rows = [v for v in records if not {"title", "command", "skipped"} & set(v)]
    same_area(rows)
    groups = {}
    for r in rows:
        groups.setdefault((r.get("table"), tuple(r)), []).append(r)
    for (name, _), group in groups.items():
        if name == "curve":
            out += ["![mean score against seconds](full_clip/score_against_time.svg)", ""]
            with open(os.path.join(BENCH, "full_clip", "score_against_time.svg"), "w", encoding="utf-8") as file:
                file.write(picture(group))
        out += table(group) + growth(group) + [""]
    if plain:
        out += ["```", *plain, "```", ""]
    for v in records:
        if "skipped" in v:
            out += [f"Skipped: {v['skipped']}.", ""]
    return out


def picture(rows):
    """Mean L2 + PV band against mean seconds, as SVG."""
    width, height, left, bottom, right, top = 640, 360, 70, 50, 20, 20
    xs, ys = [r["processor [s]"] for r in rows], [r["mean L2 + PV band"] for r in rows]
    step = next(s for s in (100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000) if (max(ys) - min(ys)) / s <= 8)
    low, high = math.floor(min(ys) / step) * step, math.ceil(max(ys) / step) * step + (step if max(ys) == min(ys) else 0)
    pace = next(s for s in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if max(xs) / s <= 8)
    end = math.ceil(max(xs) / pace) * pace

    def px(x):
        return left + (width - left - right) * x / end

    def py(y):
        return top + (height - top - bottom) * (high - y) / (high - low)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for i in range(round((high - low) / step) + 1):
        y = low + i * step
        out += [f'<line x1="{left}" x2="{width - right}" y1="{py(y):.1f}" y2="{py(y):.1f}" stroke="#ddd"/>',
                f'<text x="{left - 6}" y="{py(y) + 4:.1f}" text-anchor="end">{y}</text>']
    for i in range(round(end / pace) + 1):
        x = i * pace
        out += [f'<line x1="{px(x):.1f}" x2="{px(x):.1f}" y1="{top}" y2="{height - bottom}" stroke="#eee"/>',
                f'<text x="{px(x):.1f}" y="{height - bottom + 16}" text-anchor="middle">{x:g}</text>']
    out.append('<polyline fill="none" stroke="#1f6fb2" stroke-width="2" points="' +
               " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in zip(xs, ys)) + '"/>')
    for r, x, y in zip(rows, xs, ys):
        out += [f'<circle cx="{px(x):.1f}" cy="{py(y):.1f}" r="4" fill="#1f6fb2"/>',
                f'<text x="{px(x) + 6:.1f}" y="{py(y) - 6:.1f}">{r["iterations"]}</text>']
    out += [f'<text x="{(left + width - right) / 2}" y="{height - 12}" text-anchor="middle">mean processor seconds per clip, 1 thread (labels: iterations)</text>',
            f'<text transform="translate(16 {(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">mean L2 + PV band [nm^2]</text>',
            "</svg>", ""]
    return "\n".join(out)


# ------------------------------------------------------------------------------------------------------------ machine
def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = re.search(r"model name\s*:\s*(.*)", file.read()).group(1)
    except (OSError, AttributeError):
        pass
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0]
    return f"{model}, {os.cpu_count()} cores; {compiler}; Release build (preset `{PRESET}`)"


def write_results():
    out = ["# Benchmark results", "", "Generated by `make bench` (`bench/run.py`); do not edit.", "",
           f"Machine: {machine()}.", "",
           "Every program checks that its contenders give the same answer before it prints a time. Single-thread rows are "
           "processor time, so a busy machine disturbs them little; rows in wall seconds say so.", ""]
    for problem in problems():
        path = os.path.join(ROWS, problem + ".jsonl")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                out += section(problem, file.read().split("\n"))
    with open(os.path.join(BENCH, "RESULTS.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(out).rstrip("\n") + "\n")
    print("wrote bench/RESULTS.md")


def main(arguments):
    wanted = [a for a in arguments if not a.startswith("-")]
    unknown = [a for a in wanted if a not in problems()]
    if unknown:
        sys.exit(f"bench: no problem {unknown[0]}; there are: {', '.join(problems())}")
    if "--tables" not in arguments:
        build()
        os.makedirs(ROWS, exist_ok=True)
        for problem in wanted or problems():
            lines = run(problem)
            with open(os.path.join(ROWS, problem + ".jsonl"), "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
    write_results()


if __name__ == "__main__":
    main(sys.argv[1:])
