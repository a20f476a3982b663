// Dissolution rates against closed forms, arrival times against rays, marching against sweeping.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/resist/physical.hpp"
#include "digits.hpp"

namespace damascene::resist {
namespace {

constexpr double pi = std::numbers::pi;

const DevelopmentModel& model(std::string_view name) {
    for (const DevelopmentModel* m : development_models())
        if (m->info.name == name) return *m;
    throw std::invalid_argument("no such development model");
}
ParamValues mack_values() {
    ParamValues v = default_values(model("mack").info);
    v.set("r_max", 100e-9);
    v.set("r_min", 0.1e-9);
    v.set("n", 5.0);
    v.set("m_th", 0.5);
    return v;
}

TEST(DissolutionRate, MackMatchesItsDigits) {
    const double m[] = {0, 0.25, 0.5, 0.75, 1};
    const double r[] = {100.1, 87.51945876288659, 41.975, 2.236479591836735, 0.1};
    for (int i = 0; i < 5; ++i)
        expect_digit("Mack rate in nm/s, m = " + std::to_string(m[i]), "[Mack 1987]",
                     model("mack").rate(mack_values(), m[i], 0), r[i], 1e-9);
}

TEST(DissolutionRate, MackInflectsAtItsThreshold) {
    ParamValues v = mack_values();
    v.set("m_th", 0.35);
    const auto curvature = [&](double m) {
        const auto r = [&](double at) { return model("mack").rate(v, at, 0); };
        return (r(m + 1e-4) - 2 * r(m) + r(m - 1e-4)) * 1e8;
    };
    EXPECT_LT(curvature(0.34) * curvature(0.36), 0);
    EXPECT_NEAR(curvature(0.35), 0, 0.02 * std::abs(curvature(0.30)));
}

TEST(DissolutionRate, EnhancedMackEndsAtItsEnhancedAndInhibitedResin) {
    const ParamValues v = default_values(model("enhanced-mack").info);  // 15 nm/s, 8, 3.5, 300, 7.5
    EXPECT_NEAR(model("enhanced-mack").rate(v, 0, 0), 15 * 9, 1e-9);
    EXPECT_NEAR(model("enhanced-mack").rate(v, 1, 0), 15.0 / 301, 1e-12);
    EXPECT_NEAR(model("enhanced-mack").rate(v, 0.5, 0),
                15 * (1 + 8 * std::pow(0.5, 3.5)) / (1 + 300 * std::pow(0.5, 7.5)), 1e-9);
}

TEST(DissolutionRate, NotchFallsAtItsShare) {
    const ParamValues v = default_values(model("notch").info);  // 105, .025, 1.5, .7, 13.5
    EXPECT_NEAR(model("notch").rate(v, 0, 0), 105.025, 1e-9);
    EXPECT_NEAR(model("notch").rate(v, 1, 0), 0.025, 1e-12);
    const double b = 14.5 / 12.5 * std::pow(0.3, 13.5), p = std::pow(0.3, 13.5);
    EXPECT_NEAR(model("notch").rate(v, 0.7, 0), 105 * std::pow(0.3, 1.5) * (b + 1) * p / (b + p) + 0.025, 1e-9);
    const auto drop = [&](double m) {
        return model("notch").rate(v, m - 0.05, 0) / model("notch").rate(v, m + 0.05, 0);
    };
    EXPECT_GT(drop(0.75), 3 * drop(0.4));
}

TEST(DissolutionRate, SurfaceInhibitionFadesWithDepthInEveryModel) {
    for (const DevelopmentModel* d : development_models()) {
        ParamValues v = default_values(d->info);
        const double bulk = d->rate(v, 0.3, 1e9);
        EXPECT_DOUBLE_EQ(d->rate(v, 0.3, 0), bulk) << d->info.name;  // 1 = no inhibition
        v.set("surface_rate", 0.2);
        v.set("inhibition_depth", 40e-9);
        EXPECT_NEAR(d->rate(v, 0.3, 0) / bulk, 0.2, 1e-12);
        EXPECT_NEAR(d->rate(v, 0.3, 40) / bulk, 1 - 0.8 * std::exp(-1), 1e-12);
    }
}

TEST(DissolutionRate, TableOfAFilmMatchesTheModel) {
    const Grid3 g{.nx = 101, .nz = 5, .dz_nm = 10};
    ParamValues v = mack_values();
    v.set("surface_rate", 0.5);
    Field3<double> m{g, std::vector<double>(g.size())};
    for (int k = 0; k < g.nz; ++k)
        for (int i = 0; i < g.nx; ++i) m.values[g.at(i, 0, k)] = i / 100.0;
    const Field3<double> r = dissolution_rate(m, model("mack"), v, Tone::positive);
    const Field3<double> n = dissolution_rate(m, model("mack"), v, Tone::negative);
    for (int k = 0; k < g.nz; ++k)
        for (int i = 0; i < g.nx; ++i) {
            const double z = 10 * (k + 0.5);
            EXPECT_NEAR(r.values[g.at(i, 0, k)], model("mack").rate(v, i / 100.0, z), 2e-5);
            EXPECT_NEAR(n.values[g.at(i, 0, k)], model("mack").rate(v, 1 - i / 100.0, z), 2e-5);
        }
}

TEST(DissolutionRate, RefusesWhatHasNoMeaning) {
    const Field3<double> m{{}, {0.5}};
    const auto refuses = [&](const char* name, const char* key, double value) {
        ParamValues v = default_values(model(name).info);
        v.set(key, value);
        EXPECT_THROW(dissolution_rate(m, model(name), v, Tone::positive), InputError) << name << key << value;
    };
    refuses("mack", "n", 1.0);
    refuses("mack", "m_th", 0.0);
    refuses("mack", "m_th", 1.0);
    refuses("mack", "r_min", 200e-9);
    refuses("mack", "r_max", 0.0);
    refuses("notch", "notch_order", 1.0);
    refuses("notch", "r_min", 0.0);
    refuses("enhanced-mack", "r_resin", 0.0);
    for (const DevelopmentModel* d : development_models()) {
        refuses(d->info.name.data(), "surface_rate", 0.0);
        refuses(d->info.name.data(), "inhibition_depth", 0.0);
    }
}

// -------------------------------------------------------------------------------------------------------------- fronts
template <class T = double, class F>
Field3<T> rate_field(const Grid3& g, const F& f) {
    Field3<T> r{g, std::vector<T>(g.size())};
    for (int k = 0; k < g.nz; ++k)
        for (int j = 0; j < g.ny; ++j)
            for (int i = 0; i < g.nx; ++i)
                r.values[g.at(i, j, k)] = T(f(g.x0_nm + g.dx_nm * i, g.y0_nm + g.dy_nm * j, g.dz_nm * (k + 0.5)));
    return r;
}
using Front = Field3<double> (*)(const Field3<double>&, double);
constexpr Front fronts[] = {arrival_by_marching<double>, arrival_by_sweeping<double>};
constexpr double ever = 1e300;

TEST(DevelopmentFront, StandingWaveTakesTheHarmonicMeanOfTheRate) {  // t = H/(r0 sqrt(1 - b^2)), b = 0.8
    for (Front front : fronts) {
        double previous = 0;
        for (int per_period : {60, 120, 240}) {
            const double h = 60.0 / per_period;
            const auto rate = [](double, double, double z) { return 20 * (1 + 0.8 * std::cos(2 * pi * z / 60)); };
            const Grid3 g{.nz = 5 * per_period, .dz_nm = h};
            const Field3<double> t = front(rate_field(g, rate), ever);
            const double bottom = t.values.back() + 0.5 * h / rate(0, 0, 300 - h / 4), exact = 300 / (0.6 * 20);
            const double error = std::abs(bottom - exact) / exact;
            EXPECT_LT(error, per_period == 60 ? 0.01 : 0.003);
            if (per_period > 60) {
                EXPECT_GT(std::log2(previous / error), 1.8);
            }
            previous = error;
        }
    }
}

// Plane start, rate a + b x: with v = a + b x the arrival is asinh(b z/v)/b (distance to a geodesic of the half plane).
TEST(DevelopmentFront, LateralGradientBendsTheFrontInSecondOrder) {
    for (Front front : fronts) {
        double previous = 0;
        for (int n : {1, 2, 4}) {
            const Grid3 g{.nx = 400 * n, .nz = 40 * n, .dx_nm = 1.0 / n, .dz_nm = 1.0 / n};
            const auto rate = [](double x, double, double) { return 1 + 0.05 * std::abs(x - 200); };
            const Field3<double> t = front(rate_field(g, rate), ever);
            double error = 0;
            for (int k = 0; k < g.nz; ++k)
                for (int i = 260 * n; i <= 320 * n; ++i) {
                    const double x = i * g.dx_nm, z = (k + 0.5) * g.dz_nm, v = 1 + 0.05 * (x - 200);
                    error = std::max(error, std::abs(t.values[g.at(i, 0, k)] - std::asinh(0.05 * z / v) / 0.05));
                }
            EXPECT_LT(error, 0.03);
            if (n > 1) {
                EXPECT_GT(std::log2(previous / error), 1.8) << n;
            }
            previous = error;
        }
    }
}

// From a pinhole at the top: t = acosh(1 + g^2 s^2/(2 v0 v))/g, rate v = 1 + 0.05 z, at (30, 40): 26.81373663626.
TEST(DevelopmentFront, PinholeOpensCirclesInALinearRate) {
    EXPECT_NEAR(std::acosh(1 + 0.0025 * 2500 / (2 * 3.0)) / 0.05, 26.81373663626, 1e-9);
    const Grid3 g{.nx = 801, .nz = 400, .dx_nm = 0.25, .dz_nm = 0.25, .x0_nm = -100};
    const auto rate = [](double x, double, double z) {
        const bool skin = z < 0.25;
        return !skin ? 1 + 0.05 * z : std::abs(x) < 0.1 ? 1e3 : 1e-9;
    };
    for (Front front : fronts) {
        const Field3<double> t = front(rate_field(g, rate), 100);
        const std::size_t above = g.at(520, 0, 159), below = g.at(520, 0, 160);  // depths 39.875 and 40.125
        expect_digit("development time, linear rate, from a pinhole", "acosh(1 + g^2 s^2/(2 v0 v))/g, grid of 0.25 nm",
                     0.5 * (t.values[above] + t.values[below]), 26.81373663626, 0.01 * 26.8);
    }
}

// Fast half space (4), slow half space (1): along the border the front runs ahead and enters the slow side as a head
// wave, t = z/4 + x sqrt(1 - 1/16). The border lies midway between the last fast and the first slow sample.
TEST(DevelopmentFront, HeadWaveEntersTheSlowSide) {
    for (Front front : fronts) {
        const Grid3 g{.nx = 400, .nz = 120, .x0_nm = -199};
        const Field3<double> t = front(rate_field(g, [](double x, double, double) { return x <= 0 ? 4 : 1; }), ever);
        double at = 0;  // 10 nm from x = 1/2, depth 100
        for (int i : {209, 210})
            for (int k : {99, 100}) at += 0.25 * t.values[g.at(i, 0, k)];
        expect_digit("development time, head wave", "z/4 + x sqrt(1 - 1/16), grid of 1 nm", at, 34.68245836552,
                     0.01 * 34.7);
    }
}

// Definitions in the manner of development test problems: bright peaks, notching over a defect, outriggers.
double gaussian_peaks(double x, double y, double z) {
    const double a = std::exp(-(std::pow(x - 40, 2) + std::pow(y - 36, 2)) / 400);
    const double b = std::exp(-(std::pow(x - 90, 2) + std::pow(y - 80, 2)) / 250);
    return 0.5 + 40 * (a + 0.7 * b) * (1 + 0.3 * std::cos(z / 5));
}
double notching_defect(double x, double y, double z) {
    const double line = 1 / (1 + std::exp(-(std::abs(x - 64) - 24) / 3));
    const double glare = std::exp(-(std::pow(x - 50, 2) + std::pow(y - 64, 2) + std::pow(z - 40, 2)) / 150);
    return 0.3 + 30 * line + 18 * glare;
}
double outriggers(double x, double y, double) {
    const auto hole = [&](double cx, double cy, double s) {
        return std::exp(-(std::pow(x - cx, 2) + std::pow(y - cy, 2)) / (2 * s * s));
    };
    const double field =
        hole(64, 64, 14) - 0.35 * (hole(64, 20, 8) + hole(64, 108, 8) + hole(20, 64, 8) + hole(108, 64, 8));
    return 0.2 + 50 * field * field;
}

TEST(DevelopmentFront, SweepingEqualsMarchingOnThreeFilms) {
    for (auto rate : {gaussian_peaks, notching_defect, outriggers})
        for (int n : {32, 64}) {
            const double d = 128.0 / n;
            const Grid3 g{.nx = n, .ny = n, .nz = n * 3 / 8, .dx_nm = d, .dy_nm = d, .dz_nm = d};
            const Field3<double> r = rate_field(g, rate), a = arrival_by_marching(r), b = arrival_by_sweeping(r);
            double worst = 0, mean = 0;
            for (std::size_t i = 0; i < g.size(); ++i) {
                const double relative = std::abs(a.values[i] / b.values[i] - 1);
                worst = std::max(worst, relative);
                mean += relative / static_cast<double>(g.size());
            }

            EXPECT_LT(worst, 1e-9) << n;  // both solve the same equations: the sweeps stop at 1e-11
            EXPECT_LT(mean, 1e-12) << n;
        }
}

TEST(DevelopmentFront, SinglePrecisionSweepsToTheSameTimes) {
    const Grid3 g{.nx = 70, .ny = 50, .nz = 40, .dx_nm = 2, .dy_nm = 2.5, .dz_nm = 1.2};
    const Field3<double> a = arrival_by_sweeping(rate_field(g, gaussian_peaks));
    const Field3<float> b = arrival_by_sweeping(rate_field<float>(g, gaussian_peaks));
    for (std::size_t i = 0; i < g.size(); ++i) EXPECT_NEAR(b.values[i] / a.values[i], 1, 1e-3);
}

TEST(DevelopmentFront, NothingIsVisitedAfterTheTimeLimit) {
    const Grid3 g{.nx = 64, .ny = 64, .nz = 48, .dx_nm = 2, .dy_nm = 2};
    const Field3<double> r = rate_field(g, outriggers), whole = arrival_by_sweeping(r);
    for (Front front : fronts) {
        const Field3<double> part = front(r, 10);
        std::size_t open = 0;
        for (std::size_t i = 0; i < g.size(); ++i) {
            if (part.values[i] <= 10) {
                EXPECT_NEAR(part.values[i], whole.values[i], 1e-2 * whole.values[i]);
                ++open;
            } else {
                EXPECT_TRUE(std::isinf(part.values[i]));
                EXPECT_GT(whole.values[i], 9.9);
            }
        }
        EXPECT_GT(open, g.size() / 100);
        EXPECT_LT(open, g.size() / 2);
    }
}

TEST(DevelopmentFront, ZeroRateIsNeverReached) {
    const Grid3 g{.nx = 8, .ny = 6, .nz = 10};
    for (Front front : fronts)
        for (double t : front(rate_field(g, [](double, double, double z) { return z < 5 ? 2.0 : 0.0; }), ever).values)
            EXPECT_TRUE(t < 3 || std::isinf(t));
}

TEST(DevelopmentFront, SameBitsAtAnyThreadCount) {
    const Grid3 g{.nx = 200, .ny = 90, .nz = 40, .dx_nm = 0.7, .dy_nm = 1.4};
    const Field3<float> r = rate_field<float>(g, gaussian_peaks);
    set_thread_count(1);
    const auto one = arrival_by_sweeping(r, 60).values;
    for (int threads : {2, 3}) {
        set_thread_count(threads);
        EXPECT_EQ(arrival_by_sweeping(r, 60).values, one);
    }
    set_thread_count(1);
}

}  // namespace
}  // namespace damascene::resist
