// Books of a front: what pieces that meet have swept, and what a stretch lacks after a motion that lost some of it.
#include "feature/level_set/ledger.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace damascene::feature::level_set {
namespace {

Surface groove(const Hole& shape, Symmetry symmetry = Symmetry::planar, double h = 1) {
    Surface s = flat_surface({.symmetry = symmetry,
                              .left = Side::mirror,
                              .right = symmetry == Symmetry::axial ? Side::open : Side::mirror,
                              .x0_nm = 0,
                              .x1_nm = 40,
                              .z0_nm = -80,
                              .z1_nm = 20,
                              .h_nm = h},
                             "substrate");
    carve(s, shape);
    return s;
}

/// Films conformally and says by how much the books miss the volume, relative.
double miss(Surface s, double thickness, double step) {
    Contour contour(s);
    const double before = solid_above_datum(s, contour);
    double counted = 0;
    for (double t = 0; t < thickness - 1e-9; t += step) {
        const Section now = section_of(s, contour, 2 * s.h_nm());
        const std::vector<double> one(now.size(), 1.0), way(now.size(), step);
        move(s, now, {.isotropic = {one}}, step);
        contour = Contour(s);
        const Section then = section_of(s, contour, 2 * s.h_nm());
        const std::vector<double> way_then(then.size(), step);
        counted += booked({now, way}, {then, way_then}, s.h_nm());
    }
    const double grown = solid_above_datum(s, contour) - before;
    return std::abs(counted - grown) / grown;
}

// Walls 21 nm apart meet at the end of a step or in its middle. The trapezoidal sum alone would miss 5.0e-3 and 3.0e-3
// of the film; what is left comes from a floor one or two cells wide, whose corners are its pieces.
TEST(Ledger, WallsThatMeetFillTheirGapOnce) {
    EXPECT_LT(miss(groove({.width_nm = 21, .depth_nm = 60}), 14, 0.5), 2e-3);
    EXPECT_LT(miss(groove({.width_nm = 21, .depth_nm = 60}), 14, 0.4), 2e-3);
    EXPECT_LT(miss(groove({.width_nm = 21, .depth_nm = 60}, Symmetry::axial), 14, 0.4), 2e-3);
}

// Slanted walls zip up: the tip climbs 11 times as fast as the walls go.
TEST(Ledger, SlantedWallsZipUp) {
    EXPECT_LT(miss(groove({.width_nm = 31, .depth_nm = 60, .sidewall_deg = 85}), 16, 0.5), 1e-3);
}

TEST(Ledger, ExactMotionOwesNothing) {
    Surface s =
        groove({.width_nm = 40, .depth_nm = 60, .top_radius_nm = 8, .bottom_radius_nm = 8}, Symmetry::planar, 0.5);
    const Contour before(s);
    const Section now = section_of(s, before, 1);
    const std::vector<double> way(now.size(), 0.25), none(now.size(), 0.0);
    offset_surface(s, 0.25);
    const Contour after(s);
    const Section then = section_of(s, after, 1);
    const std::vector<double> way_then(then.size(), 0.25);
    const std::vector<double> lacking = owed(before, {now, way}, none, {then, way_then}, after, then, 0.5);
    for (const double nm : lacking) EXPECT_LT(std::abs(nm), 2e-3);  // of 0.25 nm; chords of the rounded edges
}

// Nothing moved though the field received 0.15 nm: it is owed there, and shift() pays it.
TEST(Ledger, OwesWhereItLacks) {
    Surface s = groove({.width_nm = 40, .depth_nm = 60});
    const Contour before(s);
    const Section now = section_of(s, before, 2);
    const double received = 0.15;
    std::vector<double> way(now.size()), none(now.size(), 0.0);
    for (std::size_t k = 0; k < now.size(); ++k) way[k] = midpoint(now.pieces[k]).z > -1e-6 ? received : 0.0;
    const std::vector<double> lacking = owed(before, {now, way}, none, {now, way}, before, now, 1);
    const std::vector<double> area = areas(now);
    double whole = 0;
    for (std::size_t k = 0; k < now.size(); ++k) {
        whole += area[k] * lacking[k];
        if (midpoint(now.pieces[k]).z < -30) EXPECT_EQ(lacking[k], 0) << k;
    }
    EXPECT_NEAR(whole, 20 * received, 1e-9);
    const double empty = solid_above_datum(s, before);
    shift(s, now, lacking);
    EXPECT_NEAR(solid_above_datum(s, Contour(s)) - empty, 20 * received, 0.1);  // the corner: 0.15 nm x half a cell
}

}  // namespace
}  // namespace damascene::feature::level_set
