// Oxidation by diffusion in the oxide against the plane's closed form and the cylinder's equation.
#include <gtest/gtest.h>

#include <numbers>

#include "damascene/feature/oxidation.hpp"
#include "run.hpp"

namespace damascene::feature {
namespace {

/// Half a silicon rod of radius a (nm), free above an inert floor; its centre is the origin.
Surface rod(double a, double h) {
    const double half = h * std::ceil(2 * a / h), floor = 2 * a;
    Surface s =
        flat_surface({.x0_nm = 0, .x1_nm = half, .z0_nm = -half - 20 * h, .z1_nm = half, .h_nm = h}, "base", -floor);
    begin_film(s, "Si");
    for (int j = 0; j < s.grid.ny; ++j)
        for (int i = 0; i < s.grid.nx; ++i) {
            const double x = i * h, z = s.grid.y0.in(nm) + j * h;
            s.phi[1].at(i, j) = std::min(s.phi[0].at(i, j), std::hypot(x, z) - a);
        }
    return s;
}

struct Radii {
    double silicon, oxide;
};
Radii rod_radii(const Surface& s) {
    const double si = volume(s, 1), ox = volume(s, 2);
    return {std::sqrt(2 * si / std::numbers::pi), std::sqrt(2 * (si + ox) / std::numbers::pi)};
}

const Given steam = {{"ambient", std::string("H2O")}, {"temperature", 1273.15}, {"duration", 900.0}};

TEST(Oxidise, PlaneFollowsTheLinearParabolicLaw) {
    const double um_per_nm = 1e-3;
    for (const auto& [ambient, hours] : {std::pair{"H2O", 0.5}, {"dry-O2", 2.0}}) {
        const Surface flat = flat_surface({.x0_nm = 0, .x1_nm = 40, .z0_nm = -100, .z1_nm = 60, .h_nm = 4}, "Si");
        const ProcessOutcome out = run_model(
            "oxidise", flat, {{"ambient", std::string(ambient)}, {"temperature", 1273.15}, {"duration", hours * 3600}});
        OxidationConditions c{.ambient = std::string(ambient) == "H2O" ? Ambient::h2o : Ambient::dry_o2};
        const double expected = oxide_thickness(oxidation_rates(c), hours) / um_per_nm;
        EXPECT_NEAR(volume(out.surface, 1) / 40, expected, 0.005 * expected) << ambient;
        EXPECT_NEAR(height_between(out.surface, 0, 40), 0.56 * expected, 0.005 * expected) << ambient;
        EXPECT_LT(out.mass_balance_error, 5e-3) << ambient;
    }
}

/// Slope of log(error) over log(h), least squares.
double order_of(const std::vector<double>& h, const std::vector<double>& error) {
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (std::size_t k = 0; k < h.size(); ++k) {
        const double x = std::log(h[k]), y = std::log(error[k]);
        sx += x, sy += y, sxx += x * x, sxy += x * y;
    }
    const auto n = static_cast<double>(h.size());
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

// Steam, 1000 degC, 15 min: the radii of the cylinder equation, and convergence to them.
TEST(Oxidise, RodMeetsTheCylinderEquationInSecondOrder) {
    const std::vector<double> spacing = {10, 7, 5, 3.5};
    std::vector<double> error;
    for (double h : spacing) {
        const ProcessOutcome out = run_model("oxidise", rod(200, h), steam);
        const Radii r = rod_radii(out.surface);
        EXPECT_NEAR(r.silicon, 134.474350, 0.001 * 134.5) << h;
        EXPECT_NEAR(r.oxide, 260.564612, 0.001 * 260.6) << h;
        EXPECT_LT(out.mass_balance_error, 1e-3) << h;
        error.push_back(std::abs(r.silicon - 134.474350));
    }
    EXPECT_GE(order_of(spacing, error), 1.8);
}

// A deep round hole, read at half depth, where floor and mouth are out of sight of the thin oxide.
TEST(Oxidise, HoleMeetsTheCylinderEquation) {
    const double h = 12;
    for (const auto& [seconds, silicon, oxide] :
         {std::tuple{900.0, 559.634473, 411.795359}, {1800.0, 597.201475, 338.029797}}) {
        const Surface hole = half_hole(Symmetry::axial, 1000, 1800, 400, h, "Si");
        Given given = steam;
        given.back().second = seconds;
        const ProcessOutcome out = run_model("oxidise", hole, given);
        const auto radius_at = [&](std::size_t m, double z) {
            const Field2<double>& phi = out.surface.phi[m];
            const int j = static_cast<int>(std::lround((z - phi.grid.y0.in(nm)) / h));
            for (int i = 1; i < phi.grid.nx; ++i)
                if (phi.at(i, j) < 0) return h * (i - 1 + phi.at(i - 1, j) / (phi.at(i - 1, j) - phi.at(i, j)));
            return 0.0;
        };
        EXPECT_NEAR(radius_at(0, -900), silicon, 0.003 * silicon) << seconds;
        EXPECT_NEAR(radius_at(1, -900), oxide, 0.003 * oxide) << seconds;
    }
}

// Nitride on a pad oxide to the left of x = 300: the field oxidises as a plane, silicon far under the nitride stays,
// and between them the oxide thins out over about its own thickness.
TEST(Oxidise, MaskLeavesABirdsBeak) {
    const double h = 6;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 900, .z0_nm = -200, .z1_nm = 200, .h_nm = h}, "Si");
    begin_film(s, "SiO2");
    offset_surface(s, 30);
    begin_film(s, "Si3N4");
    add_solid(s, {{-50, 0}, {300, 0}, {300, 120}, {-50, 120}});
    const double nitride = volume(s, 2);
    const ProcessOutcome out = run_model("oxidise", s, steam);
    const OxidationRates rates = oxidation_rates({.ambient = Ambient::h2o});
    const double field = 1e3 * oxide_thickness(rates, 0.25, 0.030);
    const auto lost = [&](double x) {
        const Field2<double>& phi = out.surface.phi[0];
        const int i = static_cast<int>(std::lround(x / h));
        for (int j = 1; j < phi.grid.ny; ++j)
            if (phi.at(i, j) > 0)
                return -(phi.grid.y0.in(nm) + h * (j - 1 + phi.at(i, j - 1) / (phi.at(i, j - 1) - phi.at(i, j))));
        return 0.0;
    };
    EXPECT_NEAR(lost(890), 0.44 * (field - 30), 0.01 * field);
    EXPECT_LT(lost(10), 0.05 * field);
    for (double x = 20; x < 500; x += 20) EXPECT_GE(lost(x), lost(x - 20) - 0.02 * h) << x;
    EXPECT_GT(lost(300), 0.2 * lost(890));
    EXPECT_LT(lost(300), 0.8 * lost(890));
    EXPECT_NEAR(volume(out.surface, 2), nitride, 0.01 * nitride);
    EXPECT_NEAR(0.44 * out.added, out.removed, 0.02 * out.removed);
    EXPECT_LT(out.mass_balance_error, 0.03);
}

TEST(Oxidise, SealedGasIsSpent) {
    const double h = 5;
    Surface s = flat_surface({.x0_nm = 0, .x1_nm = 200, .z0_nm = -300, .z1_nm = 60, .h_nm = h}, "Si");
    remove_solid(s, {{-60, -160}, {60, -160}, {60, -240}, {-60, -240}});
    const double before = voids(s).at(0).area;
    const ProcessOutcome out = run_model("oxidise", s, steam);
    ASSERT_EQ(out.voids.size(), 1u);
    EXPECT_NEAR(out.voids[0].area, before, 0.01 * before);
}

TEST(Oxidise, NativeOxideShortensTheRest) {
    const Surface flat = flat_surface({.x0_nm = 0, .x1_nm = 20, .z0_nm = -40, .z1_nm = 40, .h_nm = 2}, "Si");
    const ProcessOutcome out = run_model(
        "oxidise", flat, {{"temperature", 1173.15}, {"native", 1e-9}, {"thin_regime", true}, {"duration", 1800.0}});
    OxidationConditions c{.temperature_K = 1173.15, .thin_regime = true};
    const double expected = 1e3 * oxide_thickness(oxidation_rates(c), 0.5, 1e-3);
    EXPECT_NEAR(volume(out.surface, 1) / 20, expected, 0.005 * expected);
}

TEST(Oxidise, WantsSiliconAndOneEnd) {
    const Surface flat = flat_surface({.x0_nm = 0, .x1_nm = 40, .z0_nm = -40, .z1_nm = 40, .h_nm = 4}, "SiO2");
    const auto text = [&](const Given& g) {
        try {
            run_model("oxidise", flat, g);
        } catch (const InputError& e) {
            return e.diagnostics().front().message;
        }
        return std::string();
    };
    EXPECT_EQ(text({{"duration", 60.0}}), "no material 'Si' to oxidise");
    EXPECT_EQ(text({}), "an oxidation wants either 'duration' or 'thickness'");
    EXPECT_EQ(text({{"duration", 60.0}, {"thickness", 1e-8}}), "an oxidation wants either 'duration' or 'thickness'");
}

}  // namespace
}  // namespace damascene::feature
