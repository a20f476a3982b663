// Vibration, flare, bandwidth and polarisation errors as keys of [optics]: what the library's functions say, nothing
// when zero, and a way back to the mask that knows them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "damascene/optics/jones.hpp"
#include "damascene/optics/vector_image.hpp"
#include "flow/focus_images.hpp"
#include "flow/resist_series.hpp"
#include "flow/resist_side.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

std::string recipe(const std::string& optics, const std::string& step = "") {
    return "damascene = \"1\"\n[layout]\npattern = \"lines\"\npitch = \"400 nm\"\nwidth = \"200 nm\"\n"
           "[stack]\nambient = \"air\"\nfilms = [\"resist 1.76+0.0116i 150 nm\"]\n[resist]\nlight = \"vector\"\n"
           "[optics]\nwavelength = \"248 nm\"\nna = 0.7\nmedium = \"air\"\n"
           "source = { kind = \"conventional\", sigma = 0.5, n = 7 }\n" +
           optics +
           "[[step]]\nmodel = \"process-window\"\nresist = \"threshold\"\npolarity = \"clear-field\"\n"
           "through = { focus = [\"-100 nm\", \"0 nm\", \"100 nm\"], dose = [\"95 %\", \"105 %\"] }\n" +
           step;
}

/// A checked recipe and the inputs of its step.
struct Checked {
    Recipe parsed;
    Inputs in;
    explicit Checked(const std::string& text) : parsed(recipe_from_text(text, "r.toml")) {
        in.layout = &*parsed.layout, in.optics = &*parsed.optics, in.stack = &*parsed.stack,
        in.resist = &*parsed.resist, in.params = &parsed.steps.front().params;
    }
    Projection projection() const { return projection_of(in); }
    ResistSeries series() const { return {projection(), resist_process_of(in), 0.5}; }
};

Image image_of(const std::string& optics, double focus_nm = 0) {
    return Checked(recipe(optics)).projection().at(focus_nm).image;
}

std::string code_of(const std::string& text) {
    try {
        recipe_from_text(text, "r.toml");
    } catch (const InputError& e) {
        return e.diagnostics().front().code + (e.diagnostics().front().where.line > 0 ? "" : " nowhere");
    }
    return "";
}

}  // namespace

TEST(BlurKeys, EqualTheFunctionsOfTheLibrary) {
    EXPECT_EQ(image_of("vibration = { x = \"9 nm\", y = \"4 nm\" }\n").coefficients,
              optics::vibrated(image_of(""), 9 * nm, 4 * nm).coefficients);
    const Image flared = image_of("flare = \"3 %\"\n"), sharp = image_of("");
    const Image expected = optics::with_flare(sharp, 0.03, 0.5);
    for (std::size_t i = 0; i < flared.coefficients.size(); ++i)
        EXPECT_NEAR(std::abs(flared.coefficients[i] - expected.coefficients[i]), 0, 1e-15);
    const auto at = [&](Length shift) { return image_of("", 50 + shift.in(nm)); };
    EXPECT_EQ(image_of("laser = { bandwidth = \"0.6 pm\", focus_slope = \"200 nm/pm\" }\n", 50).coefficients,
              optics::over_bandwidth(optics::gaussian_spectrum(0.6), 200, at).coefficients);
}

TEST(BlurKeys, ZeroLeavesEveryBit) {
    const std::string zero =
        "vibration = { x = \"0 nm\", y = \"0 nm\" }\nflare = \"0 %\"\nlaser = { bandwidth = \"0 pm\", focus_slope = "
        "\"200 nm/pm\" }\njones = { diattenuation = \"0 %\", retardance = \"0 deg\", retardance_axis = \"30 deg\" }\n";
    EXPECT_EQ(image_of(zero, 30).coefficients, image_of("", 30).coefficients);
    ResistSeries with = Checked(recipe(zero)).series(), without = Checked(recipe("")).series();
    ASSERT_EQ(with.light(30).images.size(), without.light(30).images.size());
    for (std::size_t k = 0; k < with.light(30).images.size(); ++k)
        EXPECT_EQ(with.light(30).images[k].coefficients, without.light(30).images[k].coefficients);
}

/// The adjoint of the blurred image gives the mask error that two slightly different masks show.
TEST(BlurKeys, MaskErrorOfABlurredImageIsADifferenceOfSizes) {
    const Projection p = Checked(recipe("vibration = { x = \"15 nm\" }\nflare = \"10 %\"\n"
                                        "laser = { bandwidth = \"0.6 pm\", focus_slope = \"200 nm/pm\" }\n"))
                             .projection();
    const std::array<double, 4> c = *p.clip.cut_nm;
    const double level = 0.3;
    std::array<double, 2> size{};
    for (const int side : {-1, 1})
        size[side > 0] =
            opc::measure_cut(p.grown(side * nm).at(40).image, level, c[0] * nm, c[1] * nm, c[2] * nm, c[3] * nm).cd_nm;
    ImageSeries series(p, 0 * nm);
    // Central difference over +-1 nm: third order, some 1e-4 of it on a 400 nm pitch.
    EXPECT_NEAR(series.mask_error_enhancement(40, level, {c[0], c[1], c[2], c[3]}) / ((size[1] - size[0]) / 4), 1,
                1e-3);
}

/// Endless lines have no edge where the cell ends: 1 nm on both sides is 2 nm of width, no more and no less.
TEST(GrownMask, MovesTheEdgesOfEndlessLinesOnly) {
    const Projection p = Checked(recipe("")).projection();
    EXPECT_NEAR(p.grown(1 * nm).clear_area(), 198.0 / 400, 1e-12);
    EXPECT_NEAR(p.grown(-1 * nm).clear_area(), 202.0 / 400, 1e-12);
}

/// Scattered light has no contrast: at every depth of the resist the orders of the image keep a share 1 - F, and the
/// mean stays that of the mask (half clear) in the light of a clear mask.
TEST(BlurKeys, FlareInTheResistTakesContrastAtEveryDepth) {
    const Checked plain(recipe(""));
    ResistSeries sharp = plain.series(), flared = Checked(recipe("flare = \"20 %\"\n")).series();
    const ImageInDepth &a = sharp.light(0), &b = flared.light(0);
    const Projection p = plain.projection();
    const Spectrum2 clear{0, 0, a.images[0].period_x, a.images[0].period_y, 0 * nm, 0 * nm, {1}};
    const ImageInDepth open =
        opc::light_in_resist(clear, *p.optics.source, p.optics.pupil, resist_process_of(plain.in));
    for (std::size_t k = 0; k < a.images.size(); ++k) {
        EXPECT_NEAR(std::abs(b.images[k].at(1, 0) / a.images[k].at(1, 0)), 0.8, 1e-12);
        EXPECT_NEAR(b.images[k].at(0, 0).real(),
                    0.8 * a.images[k].at(0, 0).real() + 0.2 * 0.5 * open.images[k].at(0, 0).real(), 1e-12);
    }
}

TEST(BlurKeys, VibrationInTheResistIsThatOfEveryDepth) {
    ResistSeries sharp = Checked(recipe("")).series(),
                 moved = Checked(recipe("vibration = { x = \"20 nm\" }\n")).series();
    const double kept = std::exp(-2 * std::pow(M_PI * 20 / 400, 2));
    for (std::size_t k = 0; k < sharp.light(0).images.size(); ++k)
        EXPECT_NEAR(std::abs(moved.light(0).images[k].at(1, 0) / sharp.light(0).images[k].at(1, 0)), kept, 1e-12);
}

/// A half-wave plate at 45 deg turns x into y, as numbers or as a map of the pupil.
TEST(PolarisationError, ReachesTheLightInTheResist) {
    const auto plate = std::filesystem::temp_directory_path() / ("damascene-plate-" + std::to_string(::getpid()));
    std::ofstream(plate) << "-1 -1 0 0 1 0 1 0 0 0\n1 -1 0 0 1 0 1 0 0 0\n-1 1 0 0 1 0 1 0 0 0\n1 1 0 0 1 0 1 0 0 0\n";
    ResistSeries straight = Checked(recipe("polarisation = \"y\"\n")).series();
    for (const std::string jones :
         {std::string("retardance = \"180 deg\", retardance_axis = \"45 deg\""), "file = \"" + plate.string() + "\""}) {
        ResistSeries turned = Checked(recipe("polarisation = \"x\"\njones = { " + jones + " }\n")).series();
        for (std::size_t k = 0; k < straight.light(0).images.size(); ++k)
            EXPECT_NEAR(std::abs(turned.light(0).images[k].at(1, 0) - straight.light(0).images[k].at(1, 0)), 0, 1e-12);
    }
    std::filesystem::remove(plate);
}

TEST(BlurKeys, RefuseWhatCannotAct) {
    EXPECT_EQ(code_of(recipe("laser = { bandwidth = \"0.3 pm\" }\n")), "D0107");
    EXPECT_EQ(code_of(recipe("flare = \"120 %\"\n")), "D0204");
    EXPECT_EQ(code_of(recipe("vibration = { x = \"-1 nm\" }\n")), "D0204");
    EXPECT_EQ(code_of(recipe("vibration = \"3 nm\"\n")), "D0105");
    EXPECT_EQ(code_of(recipe("laser = { bandwidth = \"0.3 nm/s\", focus_slope = \"200 nm/pm\" }\n")), "D0203");
}

TEST(PolarisationError, IsNamedWhereNoLightIsVectorial) {
    const std::string text = recipe("polarisation = \"x\"\njones = { retardance = \"3 deg\" }\n");
    const auto warned = [](const std::string& toml) {
        std::string keys;
        for (const Diagnostic& d : recipe_from_text(toml, "r.toml").warnings)
            if (d.code == "D0211")
                keys += d.message.substr(0, d.message.find(' ')) + std::to_string(d.where.line) + " ";
        return keys;
    };
    EXPECT_EQ(warned(text), "");
    std::string scalar = text;
    scalar.replace(scalar.find("\"vector\""), 8, "\"scalar\"");
    EXPECT_EQ(warned(scalar), "'jones.retardance'17 'polarisation'16 ");
}
