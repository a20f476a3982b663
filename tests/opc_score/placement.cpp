// Edge placement and cuts against images known in closed form.
#include "damascene/opc.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

using namespace damascene;

namespace {

constexpr double pi = std::numbers::pi;

/// |a0 + 2 a1 cos(2 pi x / p)|^2 with a0 = 1/2, a1 = 1/pi: coherent 1:1 lines and spaces. Edge at x = p/4.
Image coherent_lines(double pitch_nm, double y_period_nm = 100) {
    const double a0 = 0.5, a1 = 1 / pi;
    Image image{2,
                0,
                pitch_nm * nm,
                y_period_nm * nm,
                0 * nm,
                0 * nm,
                {a1 * a1, 2 * a0 * a1, a0 * a0 + 2 * a1 * a1, 2 * a0 * a1, a1 * a1}};
    return image;
}

/// 0.4 + 0.3 (cos kx + cos ky) around (13.7, -5.2) nm.
Image egg_crate(double period_nm) {
    Image image{1, 1, period_nm * nm, period_nm * nm, 13.7 * nm, -5.2 * nm, std::vector<std::complex<double>>(9, 0.0)};
    image.at(0, 0) = 0.4;
    image.at(1, 0) = image.at(-1, 0) = image.at(0, 1) = image.at(0, -1) = 0.15;
    return image;
}

Region rectangle(std::int32_t x0, std::int32_t y0, std::int32_t x1, std::int32_t y1) {
    return {.unit = 1 * nm, .rings = {{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}};
}

}  // namespace

TEST(Cut, CoherentLinesHaveClosedFormContrastAndSlope) {
    const auto cut = opc::measure_cut(coherent_lines(200), 0.25, -100 * nm, 30 * nm, 100 * nm, 30 * nm);
    ASSERT_TRUE(cut.found);
    EXPECT_TRUE(cut.bright);
    EXPECT_NEAR(cut.cd_nm, 100, 1e-9);
    EXPECT_NEAR(cut.left_nm, 50, 1e-9);
    EXPECT_NEAR(cut.right_nm, 150, 1e-9);
    EXPECT_NEAR(cut.i_max, 1.2919045069, 1e-9);
    EXPECT_NEAR(cut.i_min, 0, 1e-9);  // the field changes sign between x = 0 and x = p/2
    EXPECT_NEAR(cut.nils_left, 8, 1e-8);
    EXPECT_NEAR(cut.nils_right, 8, 1e-8);
}

TEST(Cut, DarkSpaceIsMeasuredBetweenItsBrightNeighbours) {
    const auto cut = opc::measure_cut(coherent_lines(200), 0.25, 0 * nm, 0 * nm, 200 * nm, 0 * nm);
    ASSERT_TRUE(cut.found);
    EXPECT_FALSE(cut.bright);
    EXPECT_NEAR(cut.cd_nm, 100, 1e-9);
}

TEST(Cut, SlantedCutStretchesByItsCosine) {
    const auto cut = opc::measure_cut(coherent_lines(200), 0.25, -90 * nm, -90 * nm, 90 * nm, 90 * nm);
    EXPECT_NEAR(cut.cd_nm, 100 * std::numbers::sqrt2, 1e-9);
    EXPECT_NEAR(cut.nils_left, 8, 1e-8);
}

TEST(Cut, AboveTheBrightestPointNothingIsFound) {
    EXPECT_FALSE(opc::measure_cut(coherent_lines(200), 1.3, -100 * nm, 0 * nm, 100 * nm, 0 * nm).found);
}

TEST(Cut, AxisAndGeneralEvaluationAgree) {
    const Image image = egg_crate(180);
    const auto axis = opc::measure_cut(image, 0.45, -72 * nm, 3 * nm, 99 * nm, 3 * nm);
    const auto general = opc::measure_cut(image, 0.45, -72 * nm, 3 * nm, 99 * nm, 3.0000000001 * nm);
    ASSERT_TRUE(axis.found && general.found);
    EXPECT_NEAR(axis.cd_nm, general.cd_nm, 1e-8);
    EXPECT_NEAR(axis.nils_right, general.nils_right, 1e-8);
}

TEST(EdgePlacement, SignIsPositiveWhenPrintedOutside) {
    const double pitch = 200;
    for (const std::int32_t half : {45, 50, 58}) {
        const auto sites =
            opc::edge_placement(coherent_lines(pitch), 0.25, rectangle(-half, 0, half, 400), 40 * nm, 30 * nm);
        for (const auto& s : sites)
            if (std::abs(s.nx) == 1) {
                EXPECT_TRUE(s.found);
                EXPECT_NEAR(s.epe_nm, 50 - half, 1e-9);
            }
    }
}

/// The same lines seen as the dark half: bright at +-pitch/2, so the dark line is the bright one moved by half a pitch.
TEST(EdgePlacement, DarkLinesOfAClearFieldKeepTheSign) {
    const double pitch = 200;
    for (const std::int32_t half : {45, 50, 58})
        for (const auto& s : opc::edge_placement(coherent_lines(pitch), 0.25, rectangle(100 - half, 0, 100 + half, 400),
                                                 40 * nm, 30 * nm, true))
            if (std::abs(s.nx) == 1) {
                EXPECT_TRUE(s.found);
                EXPECT_NEAR(s.epe_nm, 50 - half, 1e-9);
            }
}

TEST(EdgePlacement, HoleEdgesPointIntoTheHole) {
    Region frame = rectangle(-150, 0, 250, 400);
    frame.rings.push_back({{54, 50}, {54, 350}, {146, 350}, {146, 50}});  // clockwise: the dark space is 50..150
    for (const auto& s : opc::edge_placement(coherent_lines(200), 0.25, frame, 60 * nm, 30 * nm))
        if (std::abs(s.nx) == 1 && s.x_nm > 0 && s.x_nm < 200) {
            EXPECT_NEAR(s.epe_nm, -4, 1e-9);
        }
}

TEST(EdgePlacement, MissingContourIsReportedAtTheReach) {
    for (const auto& s : opc::edge_placement(coherent_lines(200), 1.5, rectangle(-50, 0, 50, 400), 40 * nm, 20 * nm)) {
        EXPECT_FALSE(s.found);
        EXPECT_EQ(s.epe_nm, -20);
    }
}

TEST(EdgePlacement, ContourPointsOfASlantedTargetAreOnTheThreshold) {
    const Image image = egg_crate(300);
    const Region diamond{.unit = 1 * nm, .rings = {{{54, -5}, {13, 36}, {-28, -5}, {13, -46}}}};
    const auto sites = opc::edge_placement(image, 0.5, diamond, 15 * nm, 90 * nm);
    EXPECT_EQ(sites.size(), 16U);
    for (const auto& s : sites) {
        ASSERT_TRUE(s.found);
        EXPECT_NEAR(value_at(image, (s.x_nm + s.epe_nm * s.nx) * nm, (s.y_nm + s.epe_nm * s.ny) * nm), 0.5, 1e-12);
    }
}
