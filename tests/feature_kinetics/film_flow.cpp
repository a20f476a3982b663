// Spin-on, levelling, polishing, and the table of defaults.
#include "damascene/feature/film_flow.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "damascene/base/error.hpp"
#include "damascene/feature/film_data.hpp"

namespace damascene::feature {
namespace {

constexpr double five_um = 2 * M_PI / 5e-6;

TEST(SpinOn, ThinningAtThreeThousandTurns) {
    EXPECT_NEAR(spun_thickness(10e-6, {.viscosity = 0.01}, 50, 10) * 1e9, 2657.519515, 1e-6);
    EXPECT_DOUBLE_EQ(spun_thickness(1e-6, {}, 50, 0), 1e-6);
}

TEST(SpinOn, LongTimesForgetTheBeginning) {
    EXPECT_NEAR(spun_thickness(10e-6, {}, 50, 1e4) / spun_thickness(20e-6, {}, 50, 1e4), 1, 1e-3);
}

TEST(Levelling, OrchardsDecayRates) {
    EXPECT_NEAR(levelling_rate({}, five_um, 500e-9) / 1.828664e5, 1, 1e-6);
    EXPECT_NEAR(levelling_rate({}, five_um, 50e-9) / 3.095099e2, 1, 1e-6);
    EXPECT_NEAR(lubrication_levelling_rate({}, five_um, 50e-9) / 3.117091e2, 1, 1e-6);
}

TEST(Levelling, DeepFilmsLevelAsAHalfSpace) {
    EXPECT_NEAR(levelling_rate({}, five_um, 1) / (0.03 * five_um / 0.02), 1, 1e-12);
    EXPECT_NEAR(levelling_rate({}, five_um, 1.0001e-3 / five_um) / levelling_rate({}, five_um, 0.9999e-3 / five_um),
                std::pow(1.0001 / 0.9999, 3), 1e-5);
}

Levelled ripple(int cells, double amplitude, double time, double tolerance) {
    std::vector<double> h, base(static_cast<std::size_t>(cells), 0.0);
    for (int i = 0; i < cells; ++i) h.push_back(50e-9 * (1 + amplitude * std::cos(M_PI * (i + 0.5) / cells)));
    return levelled(h, base, 2.5e-6 / cells, {}, time, 0, tolerance);
}

double amplitude_of(const Levelled& l) {
    double sum = 0;
    const auto n = static_cast<double>(l.thickness.size());
    for (std::size_t i = 0; i < l.thickness.size(); ++i)
        sum += 2 / n * l.thickness[i] / 50e-9 * std::cos(M_PI * (static_cast<double>(i) + 0.5) / n);
    return sum;
}

TEST(Levelling, SmallRippleDecaysAtTheLubricationRate) {
    const double time = 2e-3;
    const Levelled l = ripple(64, 1e-3, time, 1e-8);
    EXPECT_NEAR(-std::log(amplitude_of(l) / 1e-3) / time / 3.117091e2, 1, 0.01);
    EXPECT_LT(l.volume_error, 1e-12);
}

TEST(Levelling, SecondOrderInSpace) {
    auto rate = [](int cells) { return -std::log(amplitude_of(ripple(cells, 1e-4, 1e-3, 1e-10)) / 1e-4) / 1e-3; };
    const double exact = lubrication_levelling_rate({}, five_um, 50e-9);
    EXPECT_NEAR(std::log2((rate(8) - exact) / (rate(16) - exact)), 2, 0.15);
}

TEST(Levelling, FilmOverAStepBecomesFlat) {
    const int n = 60;
    std::vector<double> h(n, 500e-9), base(n, 0.0);
    for (int i = 0; i < n / 2; ++i) base[static_cast<std::size_t>(i)] = 100e-9;
    EXPECT_NEAR(planarisation_degree(h, base), 0, 1e-12);
    const Levelled early = levelled(h, base, 1e-7, {}, 1e-6), middle = levelled(h, base, 1e-7, {}, 3e-4);
    const Levelled late = levelled(h, base, 1e-7, {}, 1.0);
    EXPECT_LT(planarisation_degree(early.thickness, base), 0);  // a capillary ridge rises beside a sharp step first
    EXPECT_GT(planarisation_degree(middle.thickness, base), 0);
    EXPECT_LT(planarisation_degree(middle.thickness, base), planarisation_degree(late.thickness, base));
    EXPECT_NEAR(planarisation_degree(late.thickness, base), 1, 1e-3);
    EXPECT_LT(late.volume_error, 1e-9);
    EXPECT_LT(late.steepest, 1e-3);
}

TEST(Levelling, SpinningPushesLiquidOutward) {
    const std::vector<double> h(40, 1e-6), base(40, 0.0);
    const Levelled l = levelled(h, base, 1e-6, {}, 1e-3, 1e6);
    EXPECT_GT(l.thickness.back(), 1e-6);
    EXPECT_LT(l.thickness.front(), 1e-6);
}

TEST(Polish, StepClearsWhenItsVolumeIsGone) {
    const double K = 100e-9 / 60;
    EXPECT_NEAR(step_clear_time(0.4, 500e-9, K), 120, 1e-9);
    const PolishedStep half = polished(0.4, 500e-9, K, 60), over = polished(0.4, 500e-9, K, 180);
    EXPECT_NEAR(half.step_left, 250e-9, 1e-18);
    EXPECT_NEAR(over.up_removed, 600e-9, 1e-18);
    EXPECT_NEAR(over.down_removed, 100e-9, 1e-18);
    // volume: density x up + (1 - density) x down = K t
    EXPECT_NEAR(0.4 * half.up_removed, K * 60, 1e-18);
    EXPECT_NEAR(0.4 * over.up_removed + 0.6 * over.down_removed, K * 180, 1e-18);
}

TEST(Polish, DensityIsAveragedOverThePlanarisationLength) {
    const int nx = 64, ny = 8;
    std::vector<double> density;
    for (int i = 0; i < nx * ny; ++i) density.push_back(0.5 + 0.5 * std::cos(2 * M_PI * (i % nx) / nx));
    const double pitch = 50e-6, length = 1e-3, k = 2 * M_PI / (nx * pitch);
    const auto smooth = effective_density(density, nx, ny, pitch, length);
    const double damped = std::exp(-0.5 * k * k * length * length / 4);
    for (int i = 0; i < nx * ny; ++i)
        EXPECT_NEAR(smooth[static_cast<std::size_t>(i)], 0.5 + 0.5 * damped * std::cos(2 * M_PI * (i % nx) / nx),
                    1e-12);
}

TEST(Defaults, EveryNumberNamesItsSourceAndLabel) {
    const std::set<std::string_view> labels = {"pub", "ver", "recall"};
    std::set<std::string> keys;
    for (const ProcessNumber& n : process_numbers()) {
        EXPECT_TRUE(labels.contains(n.label)) << n.quantity;
        EXPECT_FALSE(n.source.empty());
        EXPECT_TRUE(keys.insert(std::string(n.process) + '.' + std::string(n.quantity)).second) << n.quantity;
    }
    for (const FilmPreset& f : film_presets()) EXPECT_TRUE(labels.contains(f.label));
    for (const PrecursorPreset& p : precursor_presets()) EXPECT_TRUE(labels.contains(p.label));
}

TEST(Defaults, FilmMolarMassesFollowTheirFormulas) {
    const std::map<std::string, double> weight = {
        {"Si", 28.085}, {"O", 15.999}, {"N", 14.007}, {"Al", 26.9815}, {"Hf", 178.486}};
    for (const FilmPreset& f : film_presets()) {
        double mass = 0;
        for (const auto& [element, count] : composition_of(f.name)) mass += count * weight.at(element);
        EXPECT_NEAR(f.data.molar_mass, mass * 1e-3, 2e-5) << f.name;
    }
    EXPECT_THROW(film_preset("SiO3"), InputError);
    EXPECT_EQ(precursor_preset("TMA").film, "Al2O3");
}

TEST(Defaults, PrecursorGrowthNeedsFewerMetalsThanTheStericLimit) {
    for (const PrecursorPreset& p : precursor_presets())
        EXPECT_LT(metals_per_cycle(p.gpc_high, film_preset(p.film).data), steric_limit(0.2e-9));
}

}  // namespace
}  // namespace damascene::feature
