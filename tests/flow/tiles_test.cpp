// A layout corrected by tiles in a recipe: tiles computed elsewhere or taken from the store give the same mask.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "damascene/flow.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

class LayoutTiles : public ::testing::Test {
  protected:
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("damascene-tiles-" + std::to_string(::getpid()));
    Recipe recipe;
    void SetUp() override {
        std::filesystem::create_directories(path);
        recipe = recipe_from_text(R"(damascene = "1"
[layout]
file = ")" + std::string(DAMASCENE_TEST_DATA) +
                                      R"(/layouts/gcd_45nm_metal1.gds"
layers = { metal1 = "11/0" }
window = ["14 um", "14 um", "15.4 um", "15.4 um"]
[optics]
preset = "arf-immersion-1.35"
[[step]]
name = "opc"
model = "layout-opc"
core = "700 nm"
tile_halo = "300 nm"
iterations = 4
most_kernels = 8
)",
                                  (path / "recipe.toml").string());
    }
    void TearDown() override {
        set_thread_count(2);
        std::filesystem::remove_all(path);
    }
    RunOptions options(const std::string& name) const {
        RunOptions o;
        o.folder = (path / name).string();
        o.store = (path / (name + ".store")).string();
        return o;
    }
};

double scalar(const RunOutcome& outcome, const std::string& id) {
    for (const Scalar& s : outcome.scalars)
        if (s.id == id) return s.value;
    return -1;
}

}  // namespace

TEST_F(LayoutTiles, ComputedElsewhereOrAtOtherThreadCountsTheyGiveTheSameMask) {
    set_thread_count(1);
    const RunOutcome here = run(recipe, options("here"));
    EXPECT_LT(scalar(here, "opc.epe_rms"), 0.8 * scalar(here, "opc.epe_rms_drawn"));
    EXPECT_EQ(scalar(here, "opc.tiles"), 8);  // four cores, two passes
    set_thread_count(3);
    EXPECT_EQ(run(recipe, options("threads")).result_sha256, here.result_sha256);
    const PartFunction worker = part_worker(recipe, "opc");
    RunOptions outside = options("outside");
    std::size_t parts = 0;
    outside.on_parts = [&](const std::string& step, const std::vector<io::Bytes>& asked) {
        EXPECT_EQ(step, "opc");
        std::vector<io::Bytes> results;
        for (const io::Bytes& part : asked) results.push_back(worker(part));
        parts += asked.size();
        return results;
    };
    EXPECT_EQ(run(recipe, outside).result_sha256, here.result_sha256);
    EXPECT_EQ(parts, 8u);
}

TEST_F(LayoutTiles, FinishedTilesSurviveAnInterruption) {
    RunOptions o = options("stopped");
    std::atomic<bool> cancel = false;
    o.cancel_requested = &cancel;
    o.on_event = [&](const Event& e) {
        if (e.progress.phase == "tiles" && e.progress.done > 0.4) cancel = true;
    };
    EXPECT_EQ(run(recipe, o).exit, 130);
    cancel = false;
    o.resume = true;
    o.on_event = {};
    std::size_t computed = 0;
    const PartFunction worker = part_worker(recipe, "opc");
    o.on_parts = [&](const std::string&, const std::vector<io::Bytes>& asked) {
        std::vector<io::Bytes> results;
        for (const io::Bytes& part : asked) results.push_back(worker(part));
        computed += asked.size();
        return results;
    };
    const RunOutcome finished = run(recipe, o);
    EXPECT_EQ(finished.exit, 0);
    EXPECT_GE(computed, 1u);
    EXPECT_LE(computed, 5u);
    EXPECT_EQ(finished.result_sha256, run(recipe, options("whole")).result_sha256);
}

TEST_F(LayoutTiles, LargeWindowsAreForStepsThatWorkByTiles) {
    const std::string head =
        "damascene = \"1\"\n[layout]\nfile = \"x.gds\"\nwindow = [\"0 um\", \"0 um\", \"30 um\", "
        "\"30 um\"]\n[optics]\npreset = \"arf-immersion-1.35\"\n[[step]]\nmodel = ";
    EXPECT_NO_THROW(recipe_from_text(head + "\"layout-opc\"\n", "r.toml"));
    try {
        recipe_from_text(head + "\"edge-opc\"\n", "r.toml");
        FAIL();
    } catch (const InputError& error) {
        EXPECT_EQ(error.diagnostics().front().message, "the window is larger than 20 um");
        EXPECT_EQ(error.diagnostics().front().where.line, 4);
    }
}
