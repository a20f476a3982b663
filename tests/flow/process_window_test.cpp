// The process-window step: coherent lines with known sizes, ranges in recipes, what it refuses.
#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>

#include <filesystem>

#include "damascene/flow.hpp"
#include "damascene/optics.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("damascene_window_" + std::to_string(::getpid()) + "_" +
                                                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

/// Lines of duty 1/2 whose orders 0 and +-1 pass a point source's pupil.
std::string recipe(const std::string& step, double pitch = 400) {
    return "damascene = \"1\"\n[layout]\npattern = \"lines\"\npitch = \"" + std::to_string(std::lround(pitch)) +
           " nm\"\nwidth = \"" + std::to_string(std::lround(pitch / 2)) +
           " nm\"\n[optics]\nwavelength = \"193 nm\"\nna = 0.7\nmedium = \"air\"\nsource = { kind = \"conventional\", "
           "sigma = "
           "0.001, n = 1 }\n[[step]]\nname = \"w\"\nmodel = \"process-window\"\nthreshold = 0.25\n" +
           step;
}

const std::string matrix =
    "through = { focus = \"-300 nm .. 300 nm, 13\", dose = \"80 % .. 120 %, 9\" }\nexposure_latitude = \"60 %\"\n";

std::map<std::string, double> scalars_of(const std::string& text, const Folder& folder, const char* out = "out") {
    const RunOutcome outcome = run(recipe_from_text(text, folder.file("r.toml")), {.folder = folder.file(out)});
    EXPECT_EQ(outcome.exit, 0);
    std::map<std::string, double> values;
    for (const Scalar& s : outcome.scalars) values[s.id] = s.value;
    return values;
}

std::string code_of(const std::string& text) {
    try {
        recipe_from_text(text, "r.toml");
    } catch (const InputError& e) {
        return e.diagnostics().front().code;
    }
    return "";
}

/// |1/2 + (2/pi) exp(i phi) cos(2 pi x / p)|^2.
double three_beams(double x, double focus) {
    const double phi = 2 * M_PI / 193 * focus * (std::sqrt(1 - std::pow(193.0 / 400, 2)) - 1);
    const double c = 2 / M_PI * std::cos(2 * M_PI * x / 400);
    return 0.25 + c * c + c * std::cos(phi);
}

TEST(ProcessWindowStep, CoherentLinesKeepTheirClosedForm) {
    const Folder folder;
    const auto values = scalars_of(recipe(matrix), folder);
    const double end = values.at("w.depth_of_focus") / 2;
    EXPECT_NEAR(three_beams(90, end) / three_beams(110, end), 1.3 / 0.7, 3e-3);  // limits bend by 0.1 % between foci
    EXPECT_NEAR(values.at("w.best_focus"), 0, 0.5);
    EXPECT_NEAR(values.at("w.meef"), 0.5, 0.02);  // 0.5 at dose 1; best dose lies near it
    EXPECT_NEAR(values.at("w.isofocal_dose"), 100, 1);
    EXPECT_NEAR(values.at("w.isofocal_cd"), 200, 1);
    EXPECT_NEAR(values.at("w.k1"), 200 * 0.7 / 193, 1e-6);
}

TEST(ProcessWindowStep, TablesHoldEveryPoint) {
    const Folder folder;
    scalars_of(recipe(matrix), folder);
    const std::string bossung = read_text_file(folder.file("out/w/bossung.csv"));
    EXPECT_EQ(std::count(bossung.begin(), bossung.end(), '\n'), 1 + 13 * 9);
    const std::string limits = read_text_file(folder.file("out/w/window.csv"));
    EXPECT_GE(std::count(limits.begin(), limits.end(), '\n'), 1 + 13);
    EXPECT_TRUE(std::filesystem::exists(folder.file("out/w/latitude.csv")));
}

TEST(ProcessWindowStep, TwoEqualFeaturesOverlapInTheWindowOfOne) {
    const Folder folder;
    const auto one = scalars_of(recipe(matrix), folder);
    const std::string cuts =
        "cuts = [\"0 nm\", \"200 nm\", \"400 nm\", \"200 nm\", \"0 nm\", \"80 nm\", \"400 nm\", \"80 nm\"]\n"
        "names = [\"upper\", \"lower\"]\n";
    const auto two = scalars_of(recipe(matrix + cuts), folder, "both");
    EXPECT_NEAR(two.at("w.depth_of_focus"), one.at("w.depth_of_focus"), 1e-6);
    EXPECT_NEAR(two.at("w.upper.depth_of_focus"), one.at("w.depth_of_focus"), 1e-6);
    EXPECT_NEAR(two.at("w.lower.best_dose"), one.at("w.best_dose"), 1e-6);
}

TEST(ProcessWindowStep, APitchScanHoldsTheLayoutsOwnWindow) {
    const Folder folder;
    const auto values = scalars_of(recipe(matrix + "pitches = [\"400 nm\"]\ntarget_cd = \"200 nm\"\n"), folder);
    EXPECT_EQ(values.at("w.worst_pitch"), 400);
    EXPECT_NEAR(values.at("w.worst_pitch_depth"), values.at("w.depth_of_focus"), 1e-9);
}

TEST(ProcessWindowStep, RefusesListsThatDoNotRiseAndTooFewFoci) {
    const auto with = [](const std::string& focus, const std::string& dose) {
        return code_of(recipe("through = { focus = " + focus + ", dose = " + dose + " }\n"));
    };
    EXPECT_EQ(with("[\"0 nm\", \"50 nm\", \"20 nm\"]", "[\"90 %\", \"100 %\"]"), "D0426");
    EXPECT_EQ(with("[\"0 nm\", \"20 nm\", \"50 nm\"]", "[\"100 %\", \"100 %\"]"), "D0426");
    EXPECT_EQ(with("[\"0 nm\", \"20 nm\"]", "[\"90 %\", \"100 %\"]"), "D0428");
    EXPECT_EQ(with("[\"0 nm\", \"20 nm\", \"50 nm\"]", "[\"90 %\", \"100 %\"]"), "");
}

TEST(RecipeRanges, AreTheListsTheyStandFor) {
    const Recipe range = recipe_from_text(recipe(matrix), "r.toml");
    const auto& focus = range.steps[0].params.values.reals("through.focus");
    ASSERT_EQ(focus.size(), 13u);
    for (std::size_t i = 0; i < 13; ++i) EXPECT_DOUBLE_EQ(focus[i], (-300 + 50 * static_cast<double>(i)) * 1e-9);
    EXPECT_DOUBLE_EQ(range.steps[0].params.values.reals("through.dose")[3], 0.95);
}

TEST(RecipeRanges, MustHaveTwoEndsAndACount) {
    const auto with = [](const std::string& focus) {
        return code_of(recipe("through = { focus = \"" + focus + "\", dose = \"90 % .. 110 %, 3\" }\n"));
    };
    EXPECT_EQ(with("-50 nm .. 50 nm"), "D0105");
    EXPECT_EQ(with("-50 nm .. 50 nm, 1"), "D0105");
    EXPECT_NE(with("-50 .. 50 nm, 5"), "");
    EXPECT_EQ(with("-50 nm .. 50 nm, 5"), "");
}

}  // namespace
