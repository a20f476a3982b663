// Calibration of the physical resist: a known chemistry in a known film is found again from sizes with noise.
#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "damascene/base.hpp"
#include "flow/fit_side.hpp"
#include "flow/text.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

constexpr double noise_nm = 0.3;
int runs_ = 0;

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("damascene_physical_fit_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

/// Lines of a dry KrF process on a matched coating; scalar light and a coarse grid keep it small.
std::string recipe(const std::string& resist, const std::string& stack, const std::string& free) {
    return "damascene = \"1\"\n[optics]\npreset = \"krf-0.68\"\nsource = { kind = \"conventional\", sigma = 0.6, n = 7 "
           "}\n[stack]\nambient = \"air\"\n"
           "films = [\"resist 1.76+0.0116i 300 nm\", \"barc 1.72+0.4i 80 nm\"]\n" +
           stack +
           "[resist]\ndose = \"7 mJ/cm^2\"\nlight = \"scalar\"\ngrid = \"10 nm\"\nslice = \"10 nm\"\nquencher = 0\n" +
           resist + "[fit]\nprint = \"physical\"\npolarity = \"clear-field\"\ngauges = \"gauges.csv\"\nfree = [" +
           free + "]\n";
}

const char* const columns = "name,kind,pitch [nm],width [nm],dose [%],focus [nm],measured [nm],sigma [nm]\n";

struct Gauge {
    int pitch, width, dose, focus;
};
std::vector<Gauge> design() {
    std::vector<Gauge> list;
    for (const int pitch : {360, 600})
        for (const int dose : {90, 110})
            for (const int focus : {-220, -80, 60}) list.push_back({pitch, 180, dose, focus});
    return list;
}

void write_gauges(const std::string& path, const std::vector<double>& sizes) {
    std::ofstream out(path);
    out << columns;
    const std::vector<Gauge> list = design();
    for (std::size_t i = 0; i < list.size(); ++i)
        out << "g" << i << ",lines," << list[i].pitch << "," << list[i].width << "," << list[i].dose << ","
            << list[i].focus << "," << shortest(sizes.empty() ? 180 : sizes[i]) << "," << noise_nm << "\n";
}

/// Sizes that the recipe's own values print.
std::vector<double> printed(const Folder& folder, const std::string& text) {
    const Recipe r = recipe_from_text(text, folder.file("truth.toml"));
    Inputs in;
    in.folder = r.folder, in.optics = &*r.optics, in.stack = &*r.stack, in.resist = &*r.resist,
    in.params = &r.steps.front().params;
    const io::MeasuredSizes gauges = io::read_measured_sizes(read_file(folder.file("gauges.csv")), {});
    const std::vector<FreeTerm> free = free_terms(in);
    std::vector<double> p;
    for (const FreeTerm& t : free) p.push_back(t.parameter.start);
    return physical_sizes_model(in, free, gauges, {}).values(p);
}

std::map<std::string, double> fitted(const Folder& folder, const std::string& text) {
    const RunOutcome outcome =
        run(recipe_from_text(text, folder.file("fit.toml")), {.folder = folder.file("out" + std::to_string(runs_++))});
    EXPECT_EQ(outcome.exit, 0);
    std::map<std::string, double> values;
    for (const Scalar& s : outcome.scalars) values[s.id] = s.value;
    return values;
}

std::string code_of(const Folder& folder, const std::string& text) {
    try {
        fitted(folder, text);
    } catch (const InputError& e) {
        return e.diagnostics().front().code;
    }
    return "accepted";
}

}  // namespace

TEST(PhysicalFit, RefusesNamesOfTheCompactModelAndMissingTables) {
    const Folder folder;
    write_gauges(folder.file("gauges.csv"), {});
    EXPECT_EQ(code_of(folder, recipe("", "", "\"resist.threshold\"")), "D0456");
    EXPECT_EQ(code_of(folder, recipe("", "", "\"stack.resist_thicknes\"")), "D0456");
    const std::string whole = recipe("", "", "\"resist.c\"");
    EXPECT_EQ(code_of(folder, whole.substr(0, whole.find("[stack]")) + whole.substr(whole.find("[resist]"))), "D0110");
}

TEST(PhysicalFit, FindsBakeDevelopmentAndFilmWithinItsOwnIntervals) {
    const Folder folder;
    const std::string free = "\"resist.bake.diffusion_length\", \"resist.development.n\", \"stack.resist_thickness\"";
    write_gauges(folder.file("gauges.csv"), {});
    const std::map<std::string, double> truth = {
        {"fit.resist.bake.diffusion_length", 34}, {"fit.resist.development.n", 8}, {"fit.stack.resist_thickness", 300}};
    std::vector<double> sizes = printed(folder, recipe("c = \"0.05 cm^2/mJ\"\nbake = { diffusion_length = \"34 nm\" }\n"
                                                       "development = { kind = \"mack\", n = 8, m_th = 0.6 }\n",
                                                       "", free));
    const KeyedRandom random(2026, 1);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        ASSERT_TRUE(std::isfinite(sizes[i])) << i;
        sizes[i] += noise_nm * random.normal(i);
    }
    write_gauges(folder.file("gauges.csv"), sizes);
    const auto found = fitted(folder, recipe("c = \"0.05 cm^2/mJ\"\nbake = { diffusion_length = \"25 nm\" }\n"
                                             "development = { kind = \"mack\", n = 6, m_th = 0.6 }\n",
                                             "resist_thickness = \"306 nm\"\n", free));
    for (const auto& [name, value] : truth) {
        const double half = found.at(name + ".interval");
        EXPECT_LT(std::abs(found.at(name) - value), half) << name;  // 95 %: fixed draws, holds for these
        EXPECT_LT(half, 0.25 * value) << name;                      // and the sizes do tell
    }
    EXPECT_NEAR(found.at("fit.chi2"), 1, 0.9);  // 9 degrees of freedom: sigma 0.3
}
