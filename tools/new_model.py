#!/usr/bin/env python3
"""Writes a model and its test: two files, nothing else to edit.

    tools/new_model.py source four-spot        src/optics/models/four_spot.cpp + tests/optics/four_spot_test.cpp
    tools/new_model.py step image-variation    src/flow/models/image_variation.cpp + tests/flow/image_variation_test.cpp
    tools/new_model.py surface low-k           src/feature/models/low_k.cpp + tests/feature/low_k_test.cpp

Both are a small complete model that builds, runs and passes; replace its equation, reference, parameters and
arithmetic by yours, and the test's derivation with it. `--self-test` generates every kind elsewhere and compiles it.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")

SOURCE_MODEL = '''\
// Parabolic source: w(s) = 1 - |s|^2/sigma_out^2 for |s| <= sigma_out, s in NA/lambda.
#include "damascene/optics.hpp"

namespace damascene::optics {
namespace {

double weight(double sx, double sy, double sigma_out) { return 1 - (sx * sx + sy * sy) / (sigma_out * sigma_out); }

// Centres of n x n equal cells over [-sigma_out, sigma_out]^2.
Source @id@(double sigma_out, int n) {
    Source source;
    source.description = "@name@";
    for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) {
            const double sx = sigma_out * ((2 * i + 1.0) / n - 1), sy = sigma_out * ((2 * j + 1.0) / n - 1);
            if (const double w = weight(sx, sy, sigma_out); w > 0) source.points.push_back({sx, sy, w});
        }
    return normalised(source);
}

}  // namespace

extern const SourceModel model_@id@;
const SourceModel model_@id@ = {
    {.catalogue = "source",
     .name = "@name@",
     .summary = "Disc, brightest in the centre.",
     .equation = "w(s) = 1 - |s|^2/sigma_out^2 for |s| <= sigma_out, sum w = 1",
     .citation = "Hopkins1953",
     .params = {{.name = "sigma_out",
                 .default_text = "0.8",
                 .low = 0,
                 .high = 1,
                 .low_open = true,
                 .doc = "outer radius, fraction of NA"},
                {.name = "n",
                 .kind = ParamKind::integer,
                 .default_text = "41",
                 .low = 1,
                 .high = 1001,
                 .doc = "cells per side of the sampling grid over the source"}}},
    [](const ParamValues& v, const std::string&) { return @id@(v.real("sigma_out"), static_cast<int>(v.integer("n"))); }};

}  // namespace damascene::optics
'''

SOURCE_TEST = '''\
// For w = 1 - r^2 on the unit disc <r^2> = int r^2 (1 - r^2) r dr / int (1 - r^2) r dr = (1/12)/(1/4) = 1/3.
#include <gtest/gtest.h>

#include "damascene/optics.hpp"

namespace damascene::optics {
namespace {

Source with_sigma(double sigma_out, int n) {
    ParamValues values;
    values.set("sigma_out", sigma_out);
    values.set("n", std::int64_t{n});
    return make_source("@name@", values);
}

TEST(@Suite@, WeightsSumToOneAndStayInsideTheRadius) {
    const Source source = with_sigma(0.8, 41);
    double total = 0, x = 0;
    for (const SourcePoint& p : source.points) total += p.weight, x += p.weight * p.sx;
    EXPECT_NEAR(total, 1, 1e-12);
    EXPECT_NEAR(x, 0, 1e-12);
    EXPECT_LE(source.sigma_max(), 0.8);
}

// Midpoint rule: the error falls as 1/n^2 inside and through the vanishing weight at the rim; 1e-3 at n = 101.
TEST(@Suite@, MeanSquareRadiusIsOneThird) {
    double mean_square = 0;
    for (const SourcePoint& p : with_sigma(0.9, 101).points) mean_square += p.weight * (p.sx * p.sx + p.sy * p.sy);
    EXPECT_NEAR(mean_square / (0.9 * 0.9), 1.0 / 3, 1e-3);
}

}  // namespace
}  // namespace damascene::optics
'''

STEP_MODEL = '''\
// Variation of an image: rms(I - mean I) / mean I, exact from the Fourier coefficients c of I (Parseval):
//   V = sqrt(sum_{f != 0} |c_f|^2) / c_0
#include <cmath>

#include "damascene/flow.hpp"

namespace damascene::flow {
namespace {

double variation(const Image& image) {
    double power = 0;
    for (const auto& c : image.coefficients) power += std::norm(c);
    const double mean = image.at(0, 0).real();
    return std::sqrt(power - mean * mean) / mean;
}

StepResult run_@id@(const Inputs& in, const Context& context) {
    const auto& stack = std::get<ImageStack>(*in.values.at("image"));
    const double limit = in.params->values.real("limit");
    StepResult result;
    for (std::size_t i = 0; i < stack.images.size(); ++i) {
        context.check();
        const double v = variation(stack.images[i]);
        result.scalars.push_back({"variation_" + std::to_string(i), "rms variation of the image", v, ""});
        if (v < limit) result.failed_limits.push_back("image " + std::to_string(i) + " varies less than the limit");
    }
    return result;
}

Cost estimate_@id@(const Inputs&) { return {.seconds = 0.01, .bytes = 1e6}; }

}  // namespace

extern const StepModel model_@id@;
const StepModel model_@id@ = {
    .info = {.catalogue = "step",
             .name = "@name@",
             .summary = "Relative rms variation of each image.",
             .equation = "V = sqrt(sum_{f != 0} |c_f|^2) / c_0",
             .citation = "Goodman2005",
             .params = {{.name = "limit",
                         .default_text = "0",
                         .low = 0,
                         .high = 10,
                         .doc = "smallest variation that passes"}}},
    .needs = {"image"},
    .gives = {},
    .run = run_@id@,
    .estimate = estimate_@id@};

}  // namespace damascene::flow
'''

STEP_TEST = '''\
// A two-beam fringe I = 1 + cos(2 pi x/L) has c_0 = 1 and c_(+-1) = 1/2, so V = sqrt(1/2).
#include <gtest/gtest.h>

#include <cmath>

#include "damascene/flow.hpp"

namespace damascene::flow {
namespace {

StepResult measure(double limit) {
    Image fringe;
    fringe.band_x = 1, fringe.band_y = 0;
    fringe.period_x = fringe.period_y = 100 * nm;
    fringe.coefficients = {0.5, 1, 0.5};
    ImageStack stack;
    stack.images = {fringe};
    const Value value = stack;
    Resolved params;
    params.values.set("limit", limit);
    Inputs in;
    in.params = &params;
    in.values["image"] = &value;
    const StepModel* model = find_step_model("@name@");
    EXPECT_NE(model, nullptr);
    return model->run(in, {});
}

TEST(@Suite@, TwoBeamFringeVariesBySqrtHalf) {
    EXPECT_NEAR(measure(0).scalars.at(0).value, std::sqrt(0.5), 1e-15);
}

TEST(@Suite@, LimitsAreJudged) {
    EXPECT_TRUE(measure(0.7).failed_limits.empty());
    EXPECT_EQ(measure(0.71).failed_limits.size(), 1u);
}

}  // namespace
}  // namespace damascene::flow
'''

SURFACE_MODEL = '''\
// Film whose growth falls with the arrival's power: V = rate H^power, H = incident flux, open flat field = 1.
#include <cmath>

#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Process bind(const ParamValues& v) {
    const double rate = v.real("rate") * 1e9, sticking = v.real("sticking"), power = v.real("power");  // nm/s
    Process p;
    p.species = {{.name = "precursor"}};
    p.sticking = [sticking](int, const Section&, const std::vector<std::vector<double>>&, std::span<double> s) {
        std::fill(s.begin(), s.end(), sticking);
    };
    p.speed = [rate, power](const Section&, const std::vector<std::vector<double>>& arrivals,
                            std::span<const std::string>) {
        std::vector<double> speed = arrivals[0];
        for (double& value : speed) value = rate * std::pow(value, power);
        return SurfaceSpeed{{std::move(speed)}, {}, {}};
    };
    p.flat_speed_nm_s = rate;
    return p;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    return run_process(on_grid(std::move(start), v), bind(v), v.text("film"), step_options(v), context);
}

}  // namespace

extern const SurfaceModel model_@id@;
const SurfaceModel model_@id@ = {
    .info = {.catalogue = "step",
             .name = "@name@",
             .summary = "One sentence for users.",
             .equation = "V = rate H^power",
             .citation = "",
             .params = joined({film_row("film"),
                               {.name = "rate",
                                .unit = "nm/min",
                                .default_text = "60 nm/min",
                                .low = 0,
                                .high = 1e6,
                                .low_open = true,
                                .doc = "growth on the open flat field"},
                               {.name = "sticking",
                                .default_text = "0.1",
                                .low = 0,
                                .high = 1,
                                .low_open = true,
                                .doc = "probability to stick per hit"},
                               {.name = "power", .default_text = "1", .low = 0.3, .high = 2, .doc = "of the arrival"}},
                              stop_rows("film thickness on the open flat field"))},
    .run = run,
    .check = [](const ParamValues& v) { bind(v); }};

}  // namespace damascene::feature
'''

SURFACE_TEST = '''\
// On a flat field nothing shades: the film is as thick everywhere as asked for, exactly.
#include <gtest/gtest.h>

#include "damascene/feature.hpp"

namespace damascene::feature {

extern const SurfaceModel model_@id@;

TEST(@Suite@, FlatFieldGrowsWhatWasAsked) {
    const Surface flat = flat_surface({.x0_nm = 0, .x1_nm = 40, .z0_nm = -20, .z1_nm = 20, .h_nm = 1}, "Si");
    ParamValues v = default_values(model_@id@.info);
    v.set("thickness", 5e-9);
    const ProcessOutcome out = model_@id@.run(flat, v, {});
    EXPECT_NEAR(out.added, 40 * 5, 1e-6);
    EXPECT_LT(out.mass_balance_error, 1e-9);
}

}  // namespace damascene::feature
'''

KINDS = {"source": ("optics", SOURCE_MODEL, SOURCE_TEST), "step": ("flow", STEP_MODEL, STEP_TEST),
         "surface": ("feature", SURFACE_MODEL, SURFACE_TEST)}


def filled(template, name):
    identifier = name.replace("-", "_")
    suite = "".join(part.capitalize() for part in name.split("-"))
    return template.replace("@id@", identifier).replace("@name@", name).replace("@Suite@", suite)


def files(kind, name):
    """Paths relative to the project, with their text."""
    namespace, model, test = KINDS[kind]
    identifier = name.replace("-", "_")
    return {pathlib.Path(f"src/{namespace}/models/{identifier}.cpp"): filled(model, name),
            pathlib.Path(f"tests/{namespace}/{identifier}_test.cpp"): filled(test, name)}


def compiles(path):
    command = ["g++", "-std=c++20", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Werror", "-fsyntax-only",
               f"-I{ROOT / 'include'}", f"-I{ROOT / 'src'}", str(path)]
    return subprocess.run(command, check=False).returncode == 0


def self_test():
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            for path, text in files(kind, "two-word").items():
                target = pathlib.Path(folder) / kind / path.name
                target.parent.mkdir(exist_ok=True)
                target.write_text(text, encoding="utf-8")
                if not compiles(target):
                    failed.append(str(path))
    print(f"new_model: {len(KINDS)} kinds, {len(failed)} faults {' '.join(failed)}".rstrip())
    return 1 if failed else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if len(arguments) != 2 or arguments[0] not in KINDS or not NAME.match(arguments[1]):
        print(f"{__doc__}\nkinds: {', '.join(KINDS)}; a name is lower case, words joined by '-'", file=sys.stderr)
        return 2
    new = files(*arguments)
    if taken := [path for path in new if (ROOT / path).exists()]:
        print(f"new_model: {taken[0]} exists", file=sys.stderr)
        return 2
    for path, text in new.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
        print(path)
    print("next: make test (or: cmake --build build/release), then replace equation, reference and arithmetic")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
