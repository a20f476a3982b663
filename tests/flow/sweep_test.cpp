// Sweeps: how cases are drawn, what they share, and that they are the runs they stand for.
#include "damascene/flow/sweep.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

using namespace damascene;
using namespace damascene::flow;

namespace {

const char* const trench = R"(damascene = "1"
[structure]
kind = "trench"
width = "80 nm"
depth = "120 nm"
grid = "8 nm"
substrate = "Si"
stack = ["SiO2 200 nm"]
[[step]]
name = "liner"
model = "conformal"
film = "Si3N4"
thickness = "4 nm"
[[step]]
name = "fill"
model = "deposit-flux"
film = "SiO2"
sticking = 0.3
thickness = "12 nm"
)";

/// Of the first axis over all cases.
std::pair<double, double> mean_and_deviation(const SweepPlan& p) {
    const double n = static_cast<double>(p.cases.size());
    double mean = 0, square = 0;
    for (const SweepCase& c : p.cases) mean += c.values[0] / n;
    for (const SweepCase& c : p.cases) square += (c.values[0] - mean) * (c.values[0] - mean) / n;
    return {mean, std::sqrt(square)};
}

class Sweep : public ::testing::Test {
  protected:
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("damascene-sweep-" + std::to_string(::getpid()));
    void SetUp() override { std::filesystem::create_directories(path); }
    void TearDown() override {
        set_thread_count(2);
        std::filesystem::remove_all(path);
    }
    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
        return (path / name).string();
    }
    SweepPlan plan(const std::string& table) const {
        return *load_sweep(file("sweep.toml", std::string(trench) + "[sweep]\n" + table));
    }
    RunOptions options(const std::string& name) const {
        RunOptions o;
        o.folder = (path / name).string();
        o.store = (path / (name + ".store")).string();
        return o;
    }
    std::string fault(const std::string& table) const {
        try {
            plan(table);
        } catch (const InputError& error) {
            const Diagnostic& d = error.diagnostics().front();
            return d.code + " line " + std::to_string(d.where.line - 20) + ": " + d.message;
        }
        return "";
    }
};

nlohmann::json record(const RunOutcome& outcome) {
    return nlohmann::json::parse(read_text_file(outcome.folder + "/run.json"));
}

double scalar(const RunOutcome& outcome, const std::string& id) {
    for (const Scalar& s : outcome.scalars)
        if (s.id == id) return s.value;
    return std::nan("");
}

}  // namespace

TEST_F(Sweep, AGridHoldsEveryCombinationOnceTheLastAxisFastest) {
    const SweepPlan p = plan(R"("step.fill.sticking" = [0.1, 0.5]
structure.width = ["80 nm", "0.1 um", "120 nm"])");
    ASSERT_EQ(p.cases.size(), 6u);
    EXPECT_EQ(p.axes[1].unit, "nm");
    EXPECT_EQ(p.cases[1].values, (std::vector<double>{0.1, 100}));
    EXPECT_EQ(p.cases[3].values, (std::vector<double>{0.5, 80}));
    EXPECT_EQ(sweep_recipe(p, 1).structure->values.real("width"), 100e-9);
}

TEST_F(Sweep, RangesAreSpacedEvenlyOrByRatios) {
    const SweepPlan p = plan(R"(vary = [ { key = "step.fill.sticking", from = 0.01, to = 1, points = 3, scale = "log" },
  { key = "structure.depth", from = "100 nm", to = "0.12 um", points = 2 } ])");
    ASSERT_EQ(p.cases.size(), 6u);
    EXPECT_EQ(p.cases[2].values, (std::vector<double>{0.1, 100}));
    EXPECT_EQ(p.cases[5].values, (std::vector<double>{1, 120}));
}

TEST_F(Sweep, ALatinHypercubeHasOneCaseInEverySlice) {
    const SweepPlan p = plan(R"(method = "lhs"
cases = 20
vary = [ { key = "step.fill.sticking", from = 0.2, to = 0.4 }, { key = "structure.depth", from = "100 nm", to = "120 nm" } ])");
    for (std::size_t axis = 0; axis < 2; ++axis) {
        std::set<int> slices;
        for (const SweepCase& c : p.cases) slices.insert(static_cast<int>(20 * c.positions[axis]));
        EXPECT_EQ(slices.size(), 20u);
    }
}

TEST_F(Sweep, ALongerNetContainsTheShorterOne) {
    const std::string axes = R"(
method = "sobol"
vary = [ { key = "step.fill.sticking", from = 0.2, to = 0.4 } ])";
    const SweepPlan few = plan("cases = 8" + axes), many = plan("cases = 16" + axes);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(few.cases[i].values, many.cases[i].values);
}

// Mean and deviation of a normal axis: a net of 256 points knows them to better than 1/256 of sigma.
TEST_F(Sweep, ANormalAxisHasItsMeanAndDeviation) {
    const SweepPlan p = plan(R"(method = "sobol"
cases = 256
vary = [ { key = "structure.width", mean = "80 nm", sigma = "0.002 um" } ])");
    const auto [mean, deviation] = mean_and_deviation(p);
    EXPECT_NEAR(mean, 80, 2.0 / 256);
    EXPECT_NEAR(deviation, 2, 0.02);
}

// 250 degC with a sigma of 5 K: degrees have the spacing of kelvins, not their zero.
TEST_F(Sweep, ATemperatureScattersByKelvins) {
    const SweepPlan p = plan(R"(method = "sobol"
cases = 256
vary = [ { key = "step.fill.temperature", mean = "250 degC", sigma = "5 K" } ])");
    const auto [mean, deviation] = mean_and_deviation(p);
    EXPECT_NEAR(mean, 250, 5.0 / 256);
    EXPECT_NEAR(deviation, 5, 0.05);
    EXPECT_THROW(sweep_recipe(p, 256), InputError);
}

TEST_F(Sweep, ACaseHasTheBitsOfTheRunItStandsFor) {
    const SweepPlan p = plan("\"step.fill.sticking\" = [0.1, 0.5]\noutputs = [\"fill.step_coverage.bottom\"]");
    const RunOutcome swept = run_sweep(p, options("swept"));
    EXPECT_EQ(swept.exit, 0);
    const RunOutcome alone = run(sweep_recipe(p, 1), options("alone"));
    const double value = scalar(alone, "fill.step_coverage.bottom");
    const std::string text = read_text_file(swept.folder + "/sweep.csv");
    EXPECT_NE(text.find("\n1,0.5," + nlohmann::json(value).dump() + ",,done,,\n"), std::string::npos) << text;
    EXPECT_EQ(scalar(swept, "fill.step_coverage.bottom.share.step.fill.sticking"), 1);
}

TEST_F(Sweep, StepsInCommonAreComputedOnceAndKept) {
    const std::string axis = "\"step.fill.sticking\" = [0.1, 0.3, 0.5";
    RunOptions o = options("first");
    const RunOutcome first = run_sweep(plan(axis + "]"), o);
    EXPECT_EQ(record(first)["executor"]["tasks"], 1 + 3);
    o.folder = (path / "second").string();
    const RunOutcome second = run_sweep(plan(axis + ", 0.7]"), o);
    EXPECT_EQ(second.steps_reused, 1 + 3);
    EXPECT_EQ(record(second)["executor"]["tasks"], 1 + 4);
}

TEST_F(Sweep, ThreadsDoNotChangeTheResult) {
    const SweepPlan p =
        plan("method = \"lhs\"\ncases = 5\nvary = [ { key = \"step.fill.sticking\", from = 0.1, to = 0.9 } ]");
    std::set<std::string> hashes;
    for (const int threads : {1, 2, 3}) {
        set_thread_count(threads);
        hashes.insert(run_sweep(p, options("threads" + std::to_string(threads))).result_sha256);
    }
    EXPECT_EQ(hashes.size(), 1u);
}

// One task from the outside puts into the store what the sweep would have computed.
TEST_F(Sweep, TasksMayBeComputedElsewhere) {
    const SweepPlan p = plan("\"step.fill.sticking\" = [0.1, 0.5]");
    const RunOutcome here = run_sweep(p, options("here"));
    SweepTasks tasks(p, options("there"));
    std::size_t computed = 0;
    do
        for (const SweepTask& task : tasks.wave()) {
            EXPECT_EQ(run_sweep_task(p, task.index, task.step, tasks.store(), {}), task.key);
            ++computed;
        }
    while (tasks.advance());
    EXPECT_EQ(tasks.finish().result_sha256, here.result_sha256);
    EXPECT_EQ(computed, 3u);
}

// Walls of 70 degrees meet above a depth of 110 nm when the trench is 80 nm wide: a refused row, and the other cases go
// on.
TEST_F(Sweep, ValuesThatDoNotGoTogetherMakeARefusedRow) {
    const SweepPlan p = plan(
        "\"structure.depth\" = [\"120 nm\", \"60 nm\"]\n\"structure.sidewall_angle\" = [\"90 deg\", \"70 "
        "deg\"]\n\"structure.width\" = [\"80 nm\", \"100 nm\"]");
    const RunOutcome outcome = run_sweep(p, options("refused"));
    EXPECT_EQ(outcome.exit, 0);
    EXPECT_EQ(scalar(outcome, "sweep.cases"), 8);
    EXPECT_EQ(scalar(outcome, "sweep.refused"), 1) << read_text_file(outcome.folder + "/sweep.csv");
}

TEST_F(Sweep, AListTakesItsCasesFromAFile) {
    file("cases.csv", "step.fill.sticking,structure.width [nm],step.liner.film\n0.2,90,HfO2\n0.4,70,Si3N4\n");
    const SweepPlan p = plan("method = \"list\"\nfile = \"cases.csv\"");
    ASSERT_EQ(p.cases.size(), 2u);
    EXPECT_EQ(p.axes[2].words, (std::vector<std::string>{"HfO2", "Si3N4"}));
    EXPECT_EQ(sweep_recipe(p, 1).structure->values.real("width"), 70e-9);
}

TEST_F(Sweep, EveryFaultIsPlacedAtTheAxis) {
    EXPECT_EQ(fault("method = \"sobl\""), "D0106 line 1: 'method' does not know \"sobl\"");
    EXPECT_EQ(fault("method = \"grid\""), "D0107 line 0: the sweep varies nothing");
    EXPECT_EQ(fault("\"step.fil.sticking\" = [0.1]"), "D0104 line 1: no step is named 'fil'");
    EXPECT_EQ(fault("\"step.fill.stiking\" = [0.1]"),
              "D0102 line 1: unknown key 'stiking' in step 'fill' (model deposit-flux)");
    EXPECT_EQ(fault("\"step.fill.sticking\" = [0.1, 1.5]"), "D0204 line 1: 'sticking' is out of range");
    EXPECT_EQ(fault("\"structure.width\" = [\"80 nm\", \"80 s\"]"),
              "D0203 line 1: the values of 'structure.width' are not of one kind");
    EXPECT_EQ(fault("\"step.fill.sticking\" = [0.1]\noutputs = [\"fil.x\"]"),
              "D0112 line 2: 'fil.x' names no step of this recipe");
    EXPECT_EQ(fault("method = \"lhs\"\nvary = [ { key = \"step.fill.sticking\", from = 0, to = 1, scale = \"log\" } ]"),
              "D0402 line 2: a logarithmic axis needs two positive ends");
    EXPECT_EQ(fault("vary = [ { key = \"step.fill.sticking\", from = 0.1, to = 1 } ]"),
              "D0107 line 1: 'step.fill.sticking' has no points on a grid");
    EXPECT_EQ(fault("method = \"lhs\"\nvary = [ { key = \"step.fill.temperature\", mean = \"250 degC\", sigma = \"5 "
                    "degC\" } ]"),
              "D0402 line 2: 'step.fill.temperature' counts from a zero of degC that means nothing");
    EXPECT_EQ(fault("cases = 8\n\"step.fill.sticking\" = [0.1]"),
              "D0402 line 1: 'cases' does not go with method = \"grid\"");
    EXPECT_EQ(fault("method = \"list\""), "D0107 line 0: missing key 'file' in [sweep]");
    EXPECT_EQ(fault("keep = \"all\"\nvary = [ { key = \"a.b\", form = 1 } ]"),
              "D0102 line 2: unknown key 'form' in vary");
}
