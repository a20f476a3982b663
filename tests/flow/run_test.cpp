// The run engine and the pieces it is made of: store, archive, contours closed along the cell, image against closed
// form.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "damascene/flow.hpp"
#include "flow/archive.hpp"
#include "flow/litho.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

constexpr double pi = 3.14159265358979323846;

Clip cell(double period_nm) {
    Clip clip;
    clip.period_nm = period_nm;
    return clip;
}

/// 1/2 + cos(2 pi (fx x + fy y)/L)/2 on a cell.
Image fringe(int fx, int fy, double period_nm) {
    Image image;
    image.band_x = image.band_y = 2;
    image.period_x = image.period_y = period_nm * nm;
    image.coefficients.assign(25, 0.0);
    image.at(0, 0) = 0.5;
    image.at(fx, fy) += 0.25;
    image.at(-fx, -fy) += 0.25;
    return image;
}

double ring_area(const std::vector<Contour>& rings) {
    double sum = 0;
    for (const Contour& ring : rings)
        for (std::size_t i = 0; i < ring.points_nm.size(); ++i) {
            const auto& a = ring.points_nm[i];
            const auto& b = ring.points_nm[(i + 1) % ring.points_nm.size()];
            sum += 0.5 * (a[0] * b[1] - a[1] * b[0]);
        }
    return sum;
}

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("damascene-flow-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

}  // namespace

// {1/2 + cos(2 pi f.x/L)/2 >= t} covers the fraction acos(2t - 1)/pi of the cell, whatever the direction of f.
TEST(CellContours, RingsJoinedAlongTheBorderEncloseTheClosedFormArea) {
    const double period = 400;
    for (const auto& [fx, fy] : {std::pair{1, 0}, {0, 2}, {1, 1}, {2, -1}, {2, 2}})
        for (const double level : {0.2, 0.5, 0.8}) {
            const auto rings = closed_in_cell(contours(fringe(fx, fy, period), level, 1 * nm), cell(period));
            const double expected = std::acos(2 * level - 1) / pi * period * period;
            EXPECT_NEAR(ring_area(rings), expected, 2e-3 * period * period) << fx << " " << fy << " " << level;
        }
}

TEST(Archive, AResultReadsBackByteForByte) {
    StepResult result;
    result.scalars = {{"cd", "width", 70.25, "nm"}, {"nan", "", std::nan(""), ""}};
    result.files["a.bin"] = io::Bytes(5, std::byte{7});
    result.outputs.push_back(Mask{Region{0.1 * nm, {{{0, 0}, {10, 0}, {10, 10}}}}, true, 0.225, "test"});
    result.outputs.push_back(ImageStack{{0, 40}, {0.98, 1}, {fringe(1, 0, 100), fringe(0, 1, 100)}, 0, 1, false});
    result.gauges = NumberTable{{{"x", "nm"}}, {{1.5}}, 0, -1, -1};
    result.convergence.y["loss"] = {3, 2, 1};
    const io::Bytes bytes = to_bytes(result);
    EXPECT_EQ(to_bytes(step_result_of(bytes)), bytes);
    for (std::size_t cut = 0; cut < bytes.size(); cut += 7)
        EXPECT_THROW(step_result_of(io::ByteView(bytes).first(cut)), InputError) << cut;
}

TEST(Store, ADamagedBlobIsNeverReturned) {
    const Folder folder;
    const Store store(folder.file("store"));
    const std::string key(64, 'a');
    const io::Bytes payload(1000, std::byte{3});
    store.save(key, payload);
    EXPECT_EQ(store.load(key), payload);
    const io::Bytes whole = read_file(store.path_of(key));
    for (std::size_t at = 0; at < whole.size(); at += 11) {
        io::Bytes damaged = whole;
        damaged[at] ^= std::byte{1};
        write_file(store.path_of(key), damaged);
        EXPECT_FALSE(store.load(key)) << at;
        write_file(store.path_of(key), io::ByteView(whole).first(at));
        EXPECT_FALSE(store.load(key)) << at;
    }
}

TEST(Files, AWriteReplacesTheWholeFileAndLeavesNothingElse) {
    const Folder folder;
    write_file(folder.file("a/b.txt"), "first");
    write_file(folder.file("a/b.txt"), "second");
    EXPECT_EQ(read_text_file(folder.file("a/b.txt")), "second");
    EXPECT_EQ(
        std::distance(std::filesystem::directory_iterator(folder.path / "a"), std::filesystem::directory_iterator{}),
        1);
    EXPECT_THROW(write_file("/proc/nowhere/file", "x"), ResourceError);
}

// Lines of duty 1/2 at a pitch that only the zero and first orders pass: I = (1/2 + (2/pi) cos(2 pi x/p))^2 for a point
// source, so the print at I = 1/4 is exactly the drawn line.
TEST(Print, CoherentThreeBeamLinePrintsAtItsDrawnWidthAtAQuarter) {
    const Folder folder;
    const std::string glp =
        "BEGIN\nEQUIV 1 1000 MICRON +X,+Y\nCNAME T\nLEVEL M1\nCELL T PRIME\n RECT N M1 0 0 128 1280\n RECT N M1 256 0 "
        "128 1280\n RECT N M1 512 0 128 1280\n RECT N M1 768 0 128 1280\n RECT N M1 1024 0 128 1280\nENDMSG\n";
    write_file(folder.file("lines.glp"), glp);
    const std::string text =
        "damascene = \"1\"\n[layout]\nfile = \"lines.glp\"\nwindow = [\"0 nm\", \"0 nm\", \"1280 nm\", \"1280 "
        "nm\"]\nhalo = \"0 nm\"\ncut = [\"512 nm\", \"600 nm\", \"640 nm\", \"600 nm\"]\n"
        "[optics]\nna = 0.9\nmedium = \"air\"\nsource = { kind = \"conventional\", sigma = 0.001, n = 3 "
        "}\n[[step]]\nname = \"image\"\nmodel = \"aerial-image\"\nmethod = \"abbe\"\n[[step]]\nname = "
        "\"resist\"\nmodel = \"print\"\nthreshold = 0.25\n";
    const RunOutcome outcome = run(recipe_from_text(text, folder.file("r.toml")), {.folder = folder.file("out")});
    ASSERT_EQ(outcome.exit, 0);
    for (const Scalar& s : outcome.scalars) {
        if (s.id == "resist.cd_target") EXPECT_DOUBLE_EQ(s.value, 128);
        // The cut is as long as the line, so both crossings lie at its ends: widen the tolerance to the root finder's.
        if (s.id == "resist.epe_max") EXPECT_LT(s.value, 0.05);
        if (s.id == "image.intensity_max") EXPECT_NEAR(s.value, std::pow(0.5 + 2 / pi, 2), 1e-3);
    }
}

TEST(Recipe, FlagshipOfTheExamplesResolvesWithinItsBudget) {
    const auto start = std::chrono::steady_clock::now();
    const Recipe recipe = load_recipe(std::string(DAMASCENE_SOURCE_DIR) + "/examples/01_metal1_45nm/recipe.toml");
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EXPECT_EQ(recipe.steps.size(), 4u);
    EXPECT_EQ(recipe.steps[2].from.at("mask"), "opc");
    EXPECT_EQ(recipe.steps[3].from.at("image"), "image");
    EXPECT_LT(seconds, 0.5);  // goal 0.1 s on a quiet machine
}

TEST(Report, TemplateHasExactlyOnePlaceForTheData) {
    const std::string page = report_html("t", 0, {}, {}, {}, "", "{}", "{}", "", {});
    EXPECT_EQ(page.find("<!--DAMASCENE_PAYLOAD-->"), std::string::npos);
    EXPECT_NE(page.find("id=\"damascene-manifest\""), std::string::npos);
    EXPECT_EQ(page.find("http://"), std::string::npos);
    EXPECT_EQ(page.find("https://"), std::string::npos);
}
