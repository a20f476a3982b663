// Profiles and sections of resists whose shape is known: trapezoids, columns; collapse against its formula.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "damascene/resist/physical.hpp"

namespace damascene::resist {
namespace {

constexpr double pi = std::numbers::pi;

ResistSection trapezoid(double top, double bottom, double height, double film, double length) {
    const double c = length / 2;
    return {{{{c - bottom / 2, 0}, {c + bottom / 2, 0}, {c + top / 2, height}, {c - top / 2, height}}}, length, film};
}

TEST(ResistFeature, TrapezoidalLineReadsExactly) {
    const ResistFeature f = measure(trapezoid(40, 60, 90, 100, 200));
    EXPECT_TRUE(f.found && f.line);
    EXPECT_NEAR(f.cd_middle_nm, 50, 1e-9);
    EXPECT_NEAR(f.cd_top_nm, 42, 1e-9);
    EXPECT_NEAR(f.cd_bottom_nm, 58, 1e-9);
    EXPECT_NEAR(f.sidewall_deg, std::atan2(90, 10) * 180 / pi, 1e-9);
    EXPECT_NEAR(f.height_nm, 90, 1e-12);
    EXPECT_NEAR(f.top_loss_nm, 10, 1e-12);
    EXPECT_NEAR(f.footing_nm, 0, 1e-3);
}

TEST(ResistFeature, SpaceBetweenTaperedLinesReadsExactly) {
    const ResistSection s{{{{0, 0}, {80, 0}, {70, 90}, {0, 90}}, {{120, 0}, {200, 0}, {200, 90}, {130, 90}}}, 200, 90};
    const ResistFeature f = measure(s);
    EXPECT_TRUE(f.found && !f.line);
    EXPECT_NEAR(f.cd_middle_nm, 50, 1e-9);
    EXPECT_NEAR(f.cd_bottom_nm, 42, 1e-9);
    EXPECT_NEAR(f.sidewall_deg, std::atan2(90, 10) * 180 / pi, 1e-9);
    EXPECT_NEAR(width_at(s, 45), 50, 1e-9);
}

TEST(ResistFeature, FootIsTheWidthBeyondTheStraightWall) {
    const ResistSection s{{{{70, 0}, {130, 0}, {120, 10}, {120, 100}, {80, 100}, {80, 10}}}, 200, 100};
    EXPECT_NEAR(measure(s).footing_nm, 20, 1e-3);
    EXPECT_NEAR(measure(s).sidewall_deg, 90, 1e-9);
}

TEST(ResistFeature, NothingStandsOrNothingOpens) {
    EXPECT_FALSE(measure({{}, 200, 100}).found);
    EXPECT_TRUE(std::isnan(width_at({{}, 200, 100}, 50)));
    const ResistFeature film = measure({{{{0, 0}, {200, 0}, {200, 90}, {0, 90}}}, 200, 100});
    EXPECT_TRUE(film.found && film.line);
    EXPECT_NEAR(film.top_loss_nm, 10, 1e-12);
}

TEST(NegativeTone, ShrinkScalesHeightsAndWidths) {
    const ResistFeature f = measure(shrunk(trapezoid(40, 60, 90, 100, 200), 0.15, 0.04));
    EXPECT_NEAR(f.height_nm, 90 * 0.85, 1e-9);
    EXPECT_NEAR(f.cd_middle_nm, 50 * 0.96, 1e-4);
    const ResistSection s{{{{0, 0}, {80, 0}, {80, 90}, {0, 90}}, {{120, 0}, {200, 0}, {200, 90}, {120, 90}}}, 200, 90};
    EXPECT_NEAR(measure(shrunk(s, 0, 0.05)).cd_middle_nm, 40 + 2 * 4, 1e-4);  // halves of 80 wide lines keep their ends
    EXPECT_THROW(shrunk(s, 1, 0), InputError);
}

/// Arrival whose level t = 10 s is a line of width w0 + 2 z tan(taper) (z down) from depth `top` on, centred at x =
/// 100.
template <class T>
Field3<T> tapered(double d, double width, double slope, double top) {
    const Grid3 g{.nx = static_cast<int>(200 / d),
                  .ny = static_cast<int>(120 / d),
                  .nz = static_cast<int>(100 / d),
                  .dx_nm = d,
                  .dy_nm = d,
                  .dz_nm = d};
    Field3<T> t{g, std::vector<T>(g.size())};
    for (int k = 0; k < g.nz; ++k)
        for (int j = 0; j < g.ny; ++j)
            for (int i = 0; i < g.nx; ++i) {
                const double z = (k + 0.5) * d, x = std::abs(i * d - 100);
                const double inside = std::min(width / 2 + slope * z - x, z - top);  // distance-like, > 0 stands
                t.values[g.at(i, j, k)] = T(10 * std::exp(inside / 30));
            }
    return t;
}

TEST(ResistSection, CutThroughATaperedLineConvergesInSecondOrder) {
    double previous = 0;
    for (double d : {4.0, 2.0, 1.0}) {
        const Field3<double> t = tapered<double>(d, 40, 0.1, 10);
        const ResistFeature f = measure(resist_section(t, 10, {0, 60, 200, 60}));
        const double error = std::abs(f.cd_middle_nm - (40 + 2 * 0.1 * 55)) +
                             std::abs(f.sidewall_deg - 84.289406862500) + std::abs(f.height_nm - 90);
        EXPECT_TRUE(f.line);
        EXPECT_LT(error, 0.06 * d * d);
        EXPECT_NEAR(f.footing_nm, 0, 0.1);
        previous = error;
    }
    EXPECT_LT(previous, 0.06);
}

TEST(ResistSection, CutMayRunAcrossThePeriodAndAtAnAngle) {
    const Field3<double> t = tapered<double>(2, 40, 0, 10);
    const ResistSection wrapped = resist_section(t, 10, {200, 30, 400, 30});
    EXPECT_NEAR(measure(wrapped).cd_middle_nm, 40, 0.1);
    const ResistSection oblique = resist_section(t, 10, {20, 0, 180, 120});  // cos = 0.8
    EXPECT_NEAR(measure(oblique).cd_middle_nm, 40 / 0.8, 0.2);
    const ResistSection space = resist_section(t, 10, {100, 30, 300, 30});
    EXPECT_FALSE(measure(space).line);
    EXPECT_NEAR(measure(space).cd_middle_nm, 160, 0.1);
}

TEST(DevelopedProfile, OpeningsFillTheCellBesideTheLine) {
    const Field3<float> t = tapered<float>(2, 40, 0.1, 10);
    const Profile p = developed_profile(t, 10);
    ASSERT_EQ(p.levels.size(), 50u);
    EXPECT_NEAR(p.thickness_nm, 100, 1e-12);
    for (const ProfileLevel& level : p.levels) {
        const double depth = 100 - level.z_nm, line = depth < 10 ? 0 : 40 + 0.2 * depth;
        const double unit = level.opening.unit.in(nm);
        EXPECT_NEAR(area(level.opening) * unit * unit, (200 - line) * 120, 0.4 * 120) << level.z_nm;
    }
    EXPECT_LT(p.levels.front().z_nm, p.levels.back().z_nm);
}

TEST(DevelopedProfile, UnreachedFilmHasNoOpening) {
    const Grid3 g{.nx = 10, .ny = 10, .nz = 3};
    const Field3<float> t{g, std::vector<float>(g.size(), std::numeric_limits<float>::infinity())};
    for (const ProfileLevel& level : developed_profile(t, 10).levels) EXPECT_TRUE(level.opening.rings.empty());
    EXPECT_THROW(developed_profile(t, 0), InputError);
}

TEST(Collapse, StressAndCriticalAspectFollowFromBeamBending) {  // 3 P (H/W)^2, P = 2 gamma cos / D
    const Collapse c = collapse(50, 150, 50, 0.072, 60, 3e9, 30e6);
    EXPECT_NEAR(c.stress_ratio, 3 * 2 * 0.072 * 0.5 / 50e-9 * 9 / 30e6, 1e-12);
    const Collapse at = collapse(50, 50 * c.critical_aspect, 50, 0.072, 60, 3e9, 30e6);
    EXPECT_NEAR(std::max(at.stress_ratio, at.deflection_ratio), 1, 1e-12);
    const Collapse soft = collapse(50, 150, 50, 0.072, 60, 3e7, 1e12);  // fails by touching
    EXPECT_NEAR(collapse(50, 50 * soft.critical_aspect, 50, 0.072, 60, 3e7, 1e12).deflection_ratio, 1, 1e-12);
    EXPECT_EQ(collapse(50, 150, 50, 0, 60, 3e9, 30e6).stress_ratio, 0);
    EXPECT_THROW(collapse(0, 150, 50, 0.072, 60, 3e9, 30e6), InputError);
    EXPECT_THROW(collapse(50, 150, 50, 0.072, 95, 3e9, 30e6), InputError);
}

}  // namespace
}  // namespace damascene::resist
