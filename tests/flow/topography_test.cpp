// Cross-sections of deposition and etch steps: kept in the store, and put into the report.
#include <gtest/gtest.h>

#include "flow/archive.hpp"

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
    EXPECT_EQ(again.topography->coverage, result.topography->coverage);
    EXPECT_EQ(again.topography->mesh.triangles, result.topography->mesh.triangles);
    for (std::size_t cut = 0; cut < bytes.size(); cut += 7)
        EXPECT_THROW(step_result_of(io::ByteView(bytes).first(cut)), InputError) << cut;
}

}  // namespace
}  // namespace damascene::flow
