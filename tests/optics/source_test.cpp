// Sources: exact areas, symmetry, normalisation, refusals.
#include "damascene/optics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "optics/clipped_disc.hpp"

namespace damascene::optics {
namespace {

constexpr double pi = std::numbers::pi;

std::string code_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const InputError& e) {
        return e.diagnostics().front().code;
    }
    return "none";
}
std::string text_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const InputError& e) {
        return e.diagnostics().front().message + " | " + e.diagnostics().front().help;
    }
    return "none";
}

TEST(ClippedDisc, CellsOfAGridSumToTheDisc) {
    // Additivity: the cells tile the square, so their areas sum to pi r^2 up to rounding.
    const double r = 0.77;
    AreaMoment sum;
    const int n = 37;
    for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) {
            const double x0 = -1 + 2.0 * i / n, x1 = -1 + 2.0 * (i + 1) / n, y0 = -1 + 2.0 * j / n,
                         y1 = -1 + 2.0 * (j + 1) / n;
            sum += polygon_in_disc({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}, r);
        }
    EXPECT_NEAR(sum.area, pi * r * r, 1e-13);
    EXPECT_NEAR(sum.mx, 0, 1e-14);
    EXPECT_NEAR(sum.my, 0, 1e-14);
}

TEST(ClippedDisc, CornerCellMatchesTheIntegral) {
    // Area and moment of [.5,.9] x [.4,.8] in the unit disc by 2e6 midpoint strips.
    const AreaMoment exact = polygon_in_disc({{.5, .4}, {.9, .4}, {.9, .8}, {.5, .8}}, 1);
    double area = 0, mx = 0;
    const int n = 2000000;
    for (int i = 0; i < n; ++i) {
        const double x = .5 + .4 * (i + .5) / n, h = std::max(0.0, std::min(.8, std::sqrt(1 - x * x)) - .4);
        area += h * .4 / n, mx += x * h * .4 / n;
    }
    EXPECT_NEAR(exact.area, area, 1e-10);
    EXPECT_NEAR(exact.mx, mx, 1e-10);
}

TEST(ClippedDisc, TwoDiscsShareTheLensArea) {
    for (double s : {0.3, 0.5, 0.8, 1.0})
        for (double d : {0.75, 0.9, 1.1, 1.25}) {
            if (d <= 1 - s || d >= 1 + s) continue;
            const double lens = s * s * std::acos((d * d + s * s - 1) / (2 * d * s)) +
                                std::acos((d * d + 1 - s * s) / (2 * d)) -
                                0.5 * std::sqrt((-d + s + 1) * (d + s - 1) * (d - s + 1) * (d + s + 1));
            EXPECT_NEAR(common_area({{0, 0, s}, {d * .6, d * .8, 1}}), lens, 1e-14);
        }
}

TEST(ClippedDisc, ThreeDiscsMatchStripIntegration) {
    const std::vector<Disc> discs = {{0, 0, .7}, {.5, .2, 1}, {-.4, .6, 1}};
    double area = 0;
    const int n = 400000;
    for (int i = 0; i < n; ++i) {
        const double x = -2 + 4 * (i + .5) / n;
        double low = -9, high = 9;
        for (const Disc& d : discs) {
            const double h2 = d.radius * d.radius - (x - d.x) * (x - d.x);
            if (h2 <= 0) {
                high = -9;
                break;
            }
            low = std::max(low, d.y - std::sqrt(h2)), high = std::min(high, d.y + std::sqrt(h2));
        }
        area += std::max(0.0, high - low) * 4 / n;
    }
    EXPECT_NEAR(common_area(discs), area, 1e-8);
    EXPECT_EQ(common_area({{0, 0, .5}, {2, 0, 1}}), 0);
    EXPECT_NEAR(common_area({{0, 0, .5}, {0.1, 0, 1}, {0.1, 0, 1}}), pi * .25, 1e-15);
}

TEST(Source, WeightsSumToOneAndPointsAreSymmetric) {
    for (const Source& source : {conventional(0.5), annular(0.6, 0.9), dipole(0.7, 0.9, 35 * deg, 20 * deg),
                                 quasar(0.6, 0.84, 32 * deg, 0 * deg), gaussian(0.4)}) {
        double sum = 0;
        for (const SourcePoint& p : source.points) sum += p.weight;
        EXPECT_NEAR(sum, 1, 1e-12) << source.description;
        for (std::size_t i = 0, j = source.points.size() - 1; i < source.points.size(); ++i, --j) {
            EXPECT_EQ(source.points[i].sx, -source.points[j].sx);
            EXPECT_EQ(source.points[i].sy, -source.points[j].sy);
            EXPECT_EQ(source.points[i].weight, source.points[j].weight);
        }
    }
}

TEST(Source, SecondMomentOfTheDiscConverges) {
    // <s^2> = sigma^2/2 for a uniform disc; midpoint cells err by h^2/6 with h = 2 sigma/n: 4e-4 sigma^2 at n = 41.
    for (int n : {21, 41, 81}) {
        double moment = 0;
        for (const SourcePoint& p : conventional(0.8, n).points) moment += p.weight * (p.sx * p.sx + p.sy * p.sy);
        const double h = 1.6 / n;
        EXPECT_NEAR(moment + h * h / 6, 0.32, 0.1 * h * h);
    }
}

TEST(Source, PolesLieInTheirSectors) {
    const double tolerance = 1e-9;
    for (const SourcePoint& p : dipole(0.7, 0.9, 40 * deg, 90 * deg).points) {
        const double r = std::hypot(p.sx, p.sy);
        EXPECT_GE(std::abs(p.sy) / r, std::cos(20 * pi / 180) - tolerance);
        EXPECT_LE(r, 0.9 + tolerance);
    }
    // Four equal poles: x and y moments agree, xy moment vanishes.
    double xx = 0, yy = 0, xy = 0;
    for (const SourcePoint& p : quasar(0.7, 0.9, 30 * deg, 45 * deg).points)
        xx += p.weight * p.sx * p.sx, yy += p.weight * p.sy * p.sy, xy += p.weight * p.sx * p.sy;
    EXPECT_NEAR(xx, yy, 1e-13);
    EXPECT_NEAR(xy, 0, 1e-13);
}

TEST(Source, FourQuarterSectorsMakeTheRing) {
    const Source ring = annular(0.5, 0.9), sectors = quasar(0.5, 0.9, 90 * deg, 17 * deg);
    ASSERT_EQ(ring.points.size(), sectors.points.size());
    for (std::size_t i = 0; i < ring.points.size(); ++i) {
        EXPECT_NEAR(ring.points[i].sx, sectors.points[i].sx, 1e-11);
        EXPECT_NEAR(ring.points[i].weight, sectors.points[i].weight, 1e-14);
    }
}

TEST(Source, RefinementKeepsShapeSymmetryAndBudget) {
    const Pupil pupil;
    const auto moment = [](const Source& s) {
        double sum = 0;
        for (const SourcePoint& p : s.points) sum += p.weight * (p.sx * p.sx + p.sy * p.sy);
        return sum;
    };
    for (const Source& source :
         {conventional(0.5), annular(0.6, 0.9, 40), dipole(0.7, 0.9, 35 * deg, 20 * deg), gaussian(0.4)}) {
        const Source fine = refined(source, pupil, 300 * nm, 200 * nm, 30000);
        EXPECT_GT(fine.points.size(), 2 * source.points.size());
        EXPECT_LE(fine.points.size(), 30000u);
        EXPECT_NEAR(moment(fine), moment(source), 5e-4);
        for (std::size_t i = 0, j = fine.points.size() - 1; i < fine.points.size(); ++i, --j)
            ASSERT_EQ(fine.points[i].sx, -fine.points[j].sx);
    }
    EXPECT_EQ(refined(point_source(), pupil, 300 * nm, 300 * nm).points.size(), 1u);
    EXPECT_EQ(refined(annular(0.6, 0.9), pupil, 300 * nm, 300 * nm, 10).points.size(),
              refined(annular(0.6, 0.9), pupil, 300 * nm, 300 * nm, 1).points.size());
}

TEST(Source, PixelsSitAtPixelCentres) {
    Field2<double> w;
    w.grid.nx = w.grid.ny = 4;
    w.values.assign(16, 0.0);
    w.at(1, 2) = 3, w.at(2, 1) = 1;
    const Source source = pixelated(w);
    ASSERT_EQ(source.points.size(), 2u);
    EXPECT_DOUBLE_EQ(source.points[0].sx, 0.25);
    EXPECT_DOUBLE_EQ(source.points[0].sy, -0.25);
    EXPECT_DOUBLE_EQ(source.points[0].weight, 0.25);
    EXPECT_DOUBLE_EQ(source.sigma_max(), std::hypot(.25, .25));
}

TEST(Source, TextFileIsReadWithComments) {
    const Source source = source_from_text("# made by hand\n 0.1  -2e-1 3\n\n+0.5,0.5,1 # right\r\n", "s.txt");
    ASSERT_EQ(source.points.size(), 2u);
    EXPECT_DOUBLE_EQ(source.points[0].sy, -0.2);
    EXPECT_DOUBLE_EQ(source.points[0].weight, 0.75);
}

TEST(Source, TextFileErrorsNameTheLine) {
    const auto line_of = [](const std::string& text) {
        try {
            source_from_text(text, "s.txt");
        } catch (const InputError& e) {
            return e.diagnostics().front().where.line;
        }
        return -1;
    };
    EXPECT_EQ(line_of("0 0 1\n0 0 -1\n"), 2);
    EXPECT_EQ(line_of("0 0 1\n\n# x\n0 nan 1\n"), 4);
    EXPECT_EQ(line_of("0 0\n"), 1);
    EXPECT_EQ(line_of("0 0 1 1\n"), 1);
    EXPECT_EQ(line_of("0.9 0.9 1\n"), 1);
    EXPECT_EQ(line_of("0.1 0.1 1x\n"), 1);
    EXPECT_EQ(line_of("0 0 inf\n"), 1);
    EXPECT_GE(line_of("0 0 0\n0.1 0 0\n"), 0);
    EXPECT_GE(line_of(""), 0);
}

TEST(Source, BadShapesAreRefusedWithTheAllowedRange) {
    EXPECT_EQ(code_of([] { conventional(-0.1); }), "D0204");
    EXPECT_EQ(code_of([] { conventional(0); }), "none");
    EXPECT_EQ(code_of([] { annular(0, 0); }), "D0204");
    EXPECT_EQ(code_of([] { conventional(std::nan("")); }), "D0204");
    EXPECT_EQ(code_of([] { conventional(1.2); }), "D0403");
    EXPECT_EQ(code_of([] { conventional(1.2, 41, true); }), "none");
    EXPECT_EQ(code_of([] { annular(0.9, 0.6); }), "D0402");
    EXPECT_EQ(code_of([] { annular(-0.1, 0.6); }), "D0204");
    EXPECT_EQ(code_of([] { dipole(0.6, 0.9, 0 * deg, 0 * deg); }), "D0204");
    EXPECT_EQ(code_of([] { quasar(0.6, 0.9, 91 * deg, 0 * deg); }), "D0204");
    EXPECT_EQ(code_of([] { conventional(0.5, 0); }), "D0204");
    EXPECT_EQ(code_of([] { point_source(0.8, 0.8); }), "D0403");
    EXPECT_NE(text_of([] { annular(0.9, 0.6); }).find("sigma_in < sigma_out"), std::string::npos);
    EXPECT_NE(text_of([] { conventional(1.2); }).find("allow_overfill"), std::string::npos);
    Field2<double> dark;
    dark.grid.nx = dark.grid.ny = 3;
    dark.values.assign(9, 0.0);
    EXPECT_EQ(code_of([&] { pixelated(dark); }), "D0404");
    dark.values[4] = -1;
    EXPECT_EQ(code_of([&] { pixelated(dark); }), "D0204");
    dark.values[4] = std::nan("");
    EXPECT_EQ(code_of([&] { pixelated(dark); }), "D0204");
    dark.values[4] = 1, dark.values[0] = 1;  // corner pixel at (-2/3, -2/3), |s| = 0.94
    EXPECT_EQ(code_of([&] { pixelated(dark); }), "none");
    dark.grid.nx = dark.grid.ny = 4;
    dark.values.assign(16, 0.0);
    dark.values[0] = 1;  // (-3/4, -3/4), |s| = 1.06
    EXPECT_EQ(code_of([&] { pixelated(dark); }), "D0403");
}

TEST(SourceCatalogue, EveryModelMakesANormalisedSourceFromItsDefaults) {
    ASSERT_EQ(source_models().size(), 7u);
    for (const SourceModel* model : source_models()) {
        ParamValues values = default_values(model->info);
        if (model->info.name == "pixels") values.set("weights", std::vector<double>{0, 1, 1, 0});
        if (model->info.name == "points") values.set("file", std::string("s.txt"));
        const Source source = make_source(model->info.name, values, "0.1 0.2 1\n");
        double sum = 0;
        for (const SourcePoint& p : source.points) sum += p.weight;
        EXPECT_NEAR(sum, 1, 1e-12) << model->info.name;
        EXPECT_LE(source.sigma_max(), 1 + 1e-12) << model->info.name;
    }
}

TEST(SourceCatalogue, AngleParametersAreInRadians) {
    ParamValues values =
        default_values((*std::find_if(source_models().begin(), source_models().end(), [](const SourceModel* m) {
                           return m->info.name == "quasar";
                       }))->info);
    EXPECT_NEAR(values.real("opening"), pi / 6, 1e-15);
    const Source a = make_source("quasar", values), b = quasar(0.6, 0.9, 30 * deg, 45 * deg);
    ASSERT_EQ(a.points.size(), b.points.size());
    EXPECT_NEAR(a.points[0].sx, b.points[0].sx, 1e-12);
}

TEST(SourceCatalogue, UnknownNameSuggestsTheNearest) {
    EXPECT_NE(text_of([] { make_source("anular", {}); }).find("annular"), std::string::npos);
    EXPECT_NE(text_of([] { preset_pupil("krf-0.8"); }).find("krf-0.80"), std::string::npos);
}

TEST(OpticsPreset, AllAreValidAndNamed) {
    ASSERT_EQ(optics_presets().size(), 6u);
    for (const OpticsPreset& preset : optics_presets()) {
        EXPECT_NO_THROW(validate(preset.pupil)) << preset.name;
        EXPECT_FALSE(preset.source().points.empty());
    }
    EXPECT_NEAR(preset_pupil("iccad13-like").na * 2048 / preset_pupil("iccad13-like").wavelength.in(nm), 8.5, 1e-12);
}

}  // namespace
}  // namespace damascene::optics
