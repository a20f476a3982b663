// What the report draws of a calibration: the sizes that were measured and those of the model, gauge by gauge; and of a
// resist in section: the latent image on the cut.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "flow/archive.hpp"
#include "flow/litho.hpp"
#include "flow/resist_series.hpp"
#include "flow/resist_side.hpp"
#include "page_blob.hpp"

namespace damascene::flow {
namespace {

std::string page_of(const StepResult& result) {
    return report_html("t", 0, {{"fit", result}}, {}, {}, "", "{}", "{}", "", {});
}

nlohmann::json manifest_of(const std::string& page) {
    return nlohmann::json::parse(between(page, "id=\"damascene-manifest\">", "</script>"));
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
    const auto manifest = manifest_of(page_of(result));
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
    const auto manifest = manifest_of(page_of(result));
    EXPECT_FALSE(manifest.contains("parity"));
    EXPECT_EQ(manifest["gauges"]["rows"][0][0], 1);
}

/// A resist step in 150 nm of film; `layout` and `resist` complete their tables.
struct ResistStep {
    Recipe recipe;
    Inputs in;
    ResistStep(const std::string& layout, const std::string& resist)
        : recipe(recipe_from_text(
              "damascene = \"1\"\n[layout]\n" + layout +
                  "[stack]\nambient = \"air\"\nfilms = [\"resist 1.76+0.0116i 150 nm\"]\n[optics]\nwavelength = \"248 "
                  "nm\"\nna = 0.7\nmedium = \"air\"\nsource = { kind = \"conventional\", sigma = 0.5, n = 5 "
                  "}\n[resist]\nlight = \"scalar\"\ndose = \"12 mJ/cm^2\"\n" +
                  resist + "[[step]]\nname = \"profile\"\nmodel = \"resist-profile\"\n",
              "r.toml")) {
        in.layout = &*recipe.layout, in.optics = &*recipe.optics, in.stack = &*recipe.stack,
        in.resist = &*recipe.resist, in.params = &recipe.steps.front().params;
    }
    SectionMap map() const { return *recipe.steps.front().model->run(in, {}).topography->map; }
    opc::PhysicalPrint print() const {
        ResistSeries series(projection_of(in), resist_process_of(in), 0.5);
        return series.at(0, 1);
    }
};

/// Share of the blocked sites at (x, y) of a periodic volume, linear between its columns, in slice k.
double column_value(const Field3<float>& f, double x_nm, double y_nm, int k) {
    const auto along = [](double position, int count) {
        const double floor = std::floor(position);
        const int a = ((static_cast<int>(floor) % count) + count) % count;
        return std::array<double, 3>{static_cast<double>(a), static_cast<double>((a + 1) % count), position - floor};
    };
    const Grid3& g = f.grid;
    const auto x = along((x_nm - g.x0_nm) / g.dx_nm, g.nx), y = along((y_nm - g.y0_nm) / g.dy_nm, g.ny);
    double sum = 0;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j)
            sum += (i == 1 ? x[2] : 1 - x[2]) * (j == 1 ? y[2] : 1 - y[2]) *
                   f.values[g.at(static_cast<int>(x[i]), static_cast<int>(y[j]), k)];
    return sum;
}

/// Largest difference between the map and the volume that was baked, over all samples of the map.
double difference(const SectionMap& map, const opc::PhysicalPrint& print, const std::array<double, 4>& cut) {
    const Grid3& g = print.blocked.grid;
    const Grid2& m = map.samples.grid;
    double most = 0;
    for (int j = 0; j < m.ny; ++j)
        for (int i = 0; i < m.nx; ++i) {
            const double x = (m.x0 + i * m.dx).in(nm), z = (m.y0 + j * m.dy).in(nm);
            const double below_top = (g.nz * g.dz_nm - z) / g.dz_nm - 0.5;  // slices count from the top
            EXPECT_NEAR(below_top, std::round(below_top), 1e-9);
            const double share = x / std::hypot(cut[2] - cut[0], cut[3] - cut[1]);
            const double value =
                column_value(print.blocked, cut[0] + share * (cut[2] - cut[0]), cut[1] + share * (cut[3] - cut[1]),
                             static_cast<int>(std::lround(below_top)));
            most = std::max(most, std::abs(value - map.samples.values[static_cast<std::size_t>(j * m.nx + i)]));
        }
    return most;
}

TEST(LatentImage, OnTheCutIsTheResistVolume) {
    const ResistStep step("pattern = \"contacts\"\npitch = \"420 nm\"\nwidth = \"240 nm\"\n",
                          "grid = \"20 nm\"\nslice = \"10 nm\"\n");
    const SectionMap map = step.map();
    const opc::PhysicalPrint print = step.print();
    EXPECT_EQ(map.samples.grid.ny, print.blocked.grid.nz);
    for (const int k : {0, 1, 2, 3}) EXPECT_NEAR(map.box_nm[k], (std::array<double, 4>{0, 0, 420, 150})[k], 1e-9);
    EXPECT_NEAR((map.samples.grid.nx - 1) * map.samples.grid.dx.in(nm), 420, 1e-9);
    EXPECT_LT(difference(map, print, *load_clip(step.in).cut_nm), 1e-12);
    const auto [low, high] = std::minmax_element(map.samples.values.begin(), map.samples.values.end());
    EXPECT_GT(*high - *low, 0.3);
}

TEST(LatentImage, OfAFineVolumeKeepsItsValuesOnFewerSlicesAndColumns) {
    const ResistStep step("pattern = \"lines\"\npitch = \"420 nm\"\nwidth = \"200 nm\"\n",
                          "grid = \"1 nm\"\nslice = \"0.5 nm\"\nchemistry = \"conventional\"\n");
    const SectionMap map = step.map();
    EXPECT_EQ(map.quantity, "inhibitor share after bake");
    EXPECT_EQ(map.samples.grid.nx, 256);
    EXPECT_EQ(map.samples.grid.ny, 100);  // every third of 300
    EXPECT_NEAR(map.samples.grid.y0.in(nm), 0.75, 1e-12);
    EXPECT_LT(difference(map, step.print(), *load_clip(step.in).cut_nm), 1e-12);
}

TEST(LatentImage, StandsInThePageToASixteenBitStep) {
    StepResult result;
    result.topography = Topography{};
    result.topography->materials = {"resist"}, result.topography->frames = {{0, "end", {{}}, {}}};
    SectionMap map{"blocked </script>share", "", {}, {0, 0, 30, 20}};
    map.samples.grid = {4, 2, 10 * nm, 10 * nm, 0 * nm, 5 * nm};
    for (int k = 0; k < 8; ++k) map.samples.values.push_back(0.1 + 0.7 * std::sin(0.2 * k));
    result.topography->map = map;
    const io::Bytes bytes = to_bytes(result);
    EXPECT_EQ(to_bytes(step_result_of(bytes)), bytes);
    const std::string page = page_of(result);
    const auto json = manifest_of(page)["topography"][0]["map"];
    EXPECT_EQ(json["quantity"], map.quantity);
    EXPECT_EQ(json["box_nm"], (nlohmann::json{0.0, 0.0, 30.0, 20.0}));
    EXPECT_EQ(json["grid"]["nx"], 4);
    EXPECT_NEAR(json["grid"]["y0_nm"].get<double>(), 5, 1e-12);
    const auto stored = blob<std::uint16_t>(page, json["data"]);
    const double scale = json["scale"], offset = json["offset"];
    for (std::size_t k = 0; k < 8; ++k)
        EXPECT_NEAR(offset + scale * stored[k], map.samples.values[k], 0.5 * scale * (1 + 1e-9));
    EXPECT_LT(scale, 0.7 / 65534);
}

TEST(LatentImage, OfOneValueEverywhereIsThatValue) {
    StepResult result;
    result.topography = Topography{};
    result.topography->materials = {"resist"}, result.topography->frames = {{0, "end", {{}}, {}}};
    SectionMap map{"m", "", {}, {0, 0, 30, 20}};
    map.samples.grid = {2, 2, 10 * nm, 10 * nm, 0 * nm, 5 * nm}, map.samples.values = {1, 1, 1, 1};
    result.topography->map = map;
    const std::string page = page_of(result);
    const auto json = manifest_of(page)["topography"][0]["map"];
    EXPECT_EQ(json["offset"], 1);
    EXPECT_EQ(blob<std::uint16_t>(page, json["data"]), (std::vector<std::uint16_t>{0, 0, 0, 0}));
}

}  // namespace
}  // namespace damascene::flow
