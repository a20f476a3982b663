// Cross-sections of deposition and etch steps: kept in the store, and put into the report.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "flow/archive.hpp"
#include "page_blob.hpp"

namespace damascene::flow {
namespace {

using Ring = std::vector<std::array<double, 2>>;

/// A trench of 40 nm with 10 nm of film and a void shut in between z = -30 and -10.
Topography filled_trench() {
    Topography t;
    t.window_nm = {-60, -100, 60, 40};
    t.materials = {"Si", "W"};
    t.colors = {"", "#56b4e9"};
    const Ring silicon = {{-60, -100}, {60, -100}, {60, 0}, {20, 0}, {20, -80}, {-20, -80}, {-20, 0}, {-60, 0}};
    const Ring film = {{-20, -80}, {20, -80}, {20, 0}, {60, 0}, {60, 10}, {-60, 10}, {-60, 0}, {-20, 0}};
    const Ring hole = {{-3, -30}, {3, -30}, {3, -10}, {-3, -10}};
    t.frames = {{0, "start", {{silicon}, {}}, {}}, {12.5, "end", {{silicon}, {film, hole}}, {hole}}};
    t.species = {"WF6"};
    t.wall = {{0, -60, 0, 10, {1}}, {40, -20, 0, 9, {0.8}}, {80, -20, -40, 6, {0.3}}};
    t.coverage = {{"bottom", "0.42", "bottom over field thickness"}};
    t.seams = {{{0, -10, 9.1}, {0, 4, 11}}};
    t.notes = {"closed at 9.1 s"};
    t.closure_time_s = 9.1;
    t.closure_z_nm = -10;
    t.history.x = {0, 12.5};
    t.history.y["gap [nm]"] = {40, std::nan("")};
    t.mesh = {{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, {{0, 1, 2}}, {1}};
    return t;
}

TEST(Archive, ACrossSectionReadsBackByteForByte) {
    StepResult result;
    result.topography = filled_trench();
    const io::Bytes bytes = to_bytes(result);
    const StepResult again = step_result_of(bytes);
    EXPECT_EQ(to_bytes(again), bytes);
    ASSERT_TRUE(again.topography);
    EXPECT_EQ(again.topography->frames[1].outlines_nm, result.topography->frames[1].outlines_nm);
    EXPECT_EQ(again.topography->seams, result.topography->seams);
    EXPECT_EQ(again.topography->coverage, result.topography->coverage);
    EXPECT_EQ(again.topography->mesh.triangles, result.topography->mesh.triangles);
    for (std::size_t cut = 0; cut < bytes.size(); cut += 7)
        EXPECT_THROW(step_result_of(io::ByteView(bytes).first(cut)), InputError) << cut;
}

TEST(Report, ACrossSectionStandsInThePageAsItWasGiven) {
    StepResult result;
    result.topography = filled_trench();
    const std::string page = report_html("t", 0, {{"</script>fill", result}}, {}, {}, "", "{}", "{}", "", {});
    EXPECT_EQ(page.find("</script>fill"), std::string::npos);
    const auto manifest = nlohmann::json::parse(between(page, "id=\"damascene-manifest\">", "</script>"));
    ASSERT_EQ(manifest["topography"].size(), 1u);
    const auto& t = manifest["topography"][0];
    EXPECT_EQ(t["name"], "</script>fill");
    EXPECT_EQ(t["materials"][1], (nlohmann::json{{"name", "W"}, {"color", "#56b4e9"}}));
    EXPECT_EQ(t["frames"][0]["rings"], (nlohmann::json{1, 0}));
    EXPECT_EQ(t["frames"][1]["rings"], (nlohmann::json{1, 2}));
    EXPECT_EQ(t["frames"][1]["voids"], 1);
    EXPECT_EQ(blob<std::int32_t>(page, t["counts"]), (std::vector<std::int32_t>{8, 8, 8, 4, 4}));
    const auto points = blob<float>(page, t["points"]);
    ASSERT_EQ(points.size(), 2u * 32);
    EXPECT_EQ(std::vector<float>(points.end() - 8, points.end()),
              (std::vector<float>{-3, -30, 3, -30, 3, -10, -3, -10}));
    const auto wall = blob<float>(page, t["wall"]["values"]);
    EXPECT_EQ(std::vector<float>(wall.begin() + 10, wall.end()), (std::vector<float>{80, -20, -40, 6, 0.3f}));
    EXPECT_TRUE(t["history"]["series"]["gap [nm]"][1].is_null());
    EXPECT_EQ(t["closure"]["time_s"], 9.1);
    EXPECT_EQ(t["seams"][0][1], (std::vector<double>{0, 4, 11}));
    EXPECT_EQ(blob<std::int32_t>(page, t["mesh"]["triangles"]), (std::vector<std::int32_t>{0, 1, 2}));
}

TEST(Animation, OfASectionIsAPngOfItsShapeThatMovesWithItsFrames) {
    Topography t = filled_trench();
    const io::Bytes file = animation_png(t, 240, 280);
    const auto byte = [&](std::size_t i) { return std::to_integer<int>(file.at(i)); };
    EXPECT_EQ(byte(1), 'P');
    EXPECT_EQ(byte(18) * 256 + byte(19), 240);  // 120 nm x 140 nm at 2 px / nm
    EXPECT_EQ(byte(22) * 256 + byte(23), 280);
    EXPECT_EQ(byte(44), 2);  // frames, in acTL
    t.axial = true;
    t.window_nm[0] = 0;
    const io::Bytes round = animation_png(t, 240, 280);
    EXPECT_EQ(std::to_integer<int>(round.at(19)), 240);
    t.window_nm[2] = 0;
    EXPECT_THROW(animation_png(t), InputError);
}

}  // namespace
}  // namespace damascene::flow
