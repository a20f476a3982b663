// What the report draws of a calibration: the sizes that were measured and those of the model, gauge by gauge.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "flow/archive.hpp"

namespace damascene::flow {
namespace {

nlohmann::json manifest_of(const StepResult& result) {
    const std::string page = report_html("t", 0, {{"fit", result}}, {}, {}, "", "{}", "{}", "", {});
    const std::string head = "id=\"damascene-manifest\">";
    const std::size_t begin = page.find(head) + head.size();
    return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("damascene_parity_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

/// Openings of lines whose sizes scatter by half a nanometre about a smooth curve of the dose.
StepResult calibration(const Folder& folder) {
    std::ofstream gauges(folder.file("g.csv"));
    gauges << "name,kind,pitch [nm],width [nm],dose [%],measured [nm],weight\n";
    for (int i = 0; i < 8; ++i)
        gauges << "L" << i << ",lines," << (i % 2 ? 300 : 400) << ",150," << 92 + 2 * i << ","
               << 150 + 1.2 * i + 0.5 * std::sin(5.0 * i) << "," << 1 + i % 3 << "\n";
    gauges.close();
    const Recipe recipe = recipe_from_text(
        "damascene = \"1\"\n[optics]\nwavelength = \"193 nm\"\nna = 0.85\nsource = { kind = \"conventional\", sigma = "
        "0.5, n = 5 }\n[fit]\ngauges = \"g.csv\"\nfree = [\"resist.threshold\"]\nhold_out "
        "= "
        "\"25 %\"\n",
        folder.file("fit.toml"));
    Inputs in;
    in.folder = recipe.folder, in.optics = &*recipe.optics, in.params = &recipe.steps.front().params;
    return recipe.steps.front().model->run(in, {});
}

TEST(Parity, HoldsTheModelsSizesBesideTheMeasuredOnesAndTheirWeightedRms) {
    const Folder folder;
    const StepResult result = calibration(folder);
    ASSERT_TRUE(result.parity);
    const Parity& p = *result.parity;
    ASSERT_EQ(p.points.size(), 8u);
    double fitted = 0, fitted_weight = 0, held = 0, held_weight = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        const double weight = 1 + static_cast<double>(i % 3), residual = p.points[i].model_nm - p.points[i].measured_nm;
        const bool out = p.points[i].role == "held out";
        (out ? held : fitted) += weight * residual * residual;
        (out ? held_weight : fitted_weight) += weight;
        EXPECT_EQ(p.points[i].name, "L" + std::to_string(i));
        EXPECT_EQ(p.points[i].pattern, i % 2 ? "lines 150/300" : "lines 150/400");
        EXPECT_NEAR(residual, result.gauges->rows[i][6], 1e-12);
    }
    EXPECT_NEAR(p.rms_nm, std::sqrt(fitted / fitted_weight), 1e-12);
    EXPECT_NEAR(p.hold_out_rms_nm, std::sqrt(held / held_weight), 1e-12);
    const io::Bytes bytes = to_bytes(result);
    EXPECT_EQ(to_bytes(step_result_of(bytes)), bytes);
}

TEST(Parity, StandsInThePageWithTheNamesOfItsGauges) {
    StepResult result;
    result.parity = Parity{
        {{"</script>A", "lines 45/90", "fitted", 50, 50.5}, {"B", "contacts 60/120", "held out", 61, std::nan("")}},
        0.5};
    result.gauges = NumberTable{{{"gauge", ""}, {"measured", "nm"}}, {{1, 50}, {2, 61}}};
    const auto manifest = manifest_of(result);
    const auto& p = manifest["parity"][0];
    EXPECT_EQ(p["step"], "fit");
    EXPECT_EQ(p["name"], (nlohmann::json{"</script>A", "B"}));
    EXPECT_EQ(p["pattern"][1], "contacts 60/120");
    EXPECT_EQ(p["role"], (nlohmann::json{"fitted", "held out"}));
    EXPECT_EQ(p["measured_nm"], (nlohmann::json{50.0, 61.0}));
    EXPECT_EQ(p["model_nm"][0], 50.5);
    EXPECT_TRUE(p["model_nm"][1].is_null());
    EXPECT_EQ(p["rms_nm"], 0.5);
    EXPECT_EQ(manifest["gauges"]["step"], "fit");
    EXPECT_EQ(manifest["gauges"]["rows"][1], (nlohmann::json{"B", 61.0}));
}

TEST(Parity, IsAbsentFromStepsThatFitNothing) {
    StepResult result;
    result.gauges = NumberTable{{{"gauge", ""}}, {{1}}};
    const auto manifest = manifest_of(result);
    EXPECT_FALSE(manifest.contains("parity"));
    EXPECT_EQ(manifest["gauges"]["rows"][0][0], 1);
}

}  // namespace
}  // namespace damascene::flow
