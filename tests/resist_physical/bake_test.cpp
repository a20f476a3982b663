// Bake against closed forms: decay and time average of a sinusoid, neutralisation, evaporation; and against itself with
// many more steps.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "damascene/resist/physical.hpp"
#include "numerics/film_rows.hpp"

namespace damascene::resist {
namespace {

constexpr double pi = std::numbers::pi;

template <class T = double>
Field3<T> uniform(const Grid3& g, double value) {
    return {g, std::vector<T>(g.size(), T(value))};
}
template <class T, class F>
Field3<T> filled(const Grid3& g, const F& f) {
    Field3<T> field = uniform<T>(g, 0);
    for (int k = 0; k < g.nz; ++k)
        for (int j = 0; j < g.ny; ++j)
            for (int i = 0; i < g.nx; ++i)
                field.values[g.at(i, j, k)] = T(f(g.dx_nm * i, g.dy_nm * j, g.dz_nm * (k + 0.5)));
    return field;
}
template <class T>
double largest(const Field3<T>& a, const Field3<T>& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i)
        most = std::max(most, std::abs(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i])));
    return most;
}
Bake of_length(double sigma_nm) {  // sigma = sqrt(2 D t)
    Bake b;
    b.time_s = 60;
    b.acid_diffusivity_nm2_s = sigma_nm * sigma_nm / (2 * b.time_s);
    return b;
}

TEST(Bake, SinusoidDecaysAndAveragesAsTheHeatEquation) {
    struct Case {
        double pitch, sigma, decay, average;
    };
    for (const Case& c :
         {Case{64, 10, 0.617600001775371, 0.7935021147125201}, Case{90, 20, 0.37727695095445424, 0.638837243657935}}) {
        const Grid3 g{.nx = 30, .ny = 1, .nz = 3, .dx_nm = c.pitch / 30};
        Bake b = of_length(c.sigma);
        b.amplification_per_s = 0.03;
        b.steps = 8;
        const auto acid = [&](double x, double, double) { return 0.5 + 0.3 * std::cos(2 * pi * x / c.pitch); };
        const Baked<double> r = baked(filled<double>(g, acid), {}, b);
        for (int i = 0; i < g.nx; ++i) {
            const double wave = 0.3 * std::cos(2 * pi * i / 30.0);
            EXPECT_NEAR(r.acid.values[g.at(i, 0, 1)], 0.5 + c.decay * wave, 1e-12);
            EXPECT_NEAR(-std::log(r.blocked.values[g.at(i, 0, 1)]) / 1.8, 0.5 + c.average * wave, 1e-11);
        }
    }
}

TEST(Bake, LossScalesTheSinusoidByItsExponential) {
    const Grid3 g{.nx = 16, .ny = 12, .nz = 8, .dx_nm = 5, .dy_nm = 5, .dz_nm = 6};
    Bake b = of_length(10);
    b.loss_per_s = 0.02;
    b.steps = 6;
    const auto acid = [&](double x, double y, double z) {
        return 0.5 + 0.1 * std::cos(2 * pi * x / 80) * std::cos(2 * pi * y / 60) * std::cos(pi * z / 48);
    };
    const double decay = std::exp(-50 * (std::pow(2 * pi / 80, 2) + std::pow(2 * pi / 60, 2) + std::pow(pi / 48, 2)));
    const Baked<double> r = baked(filled<double>(g, acid), {}, b);
    const auto expected = [&](double x, double y, double z) {
        return std::exp(-1.2) * (0.5 + decay * (acid(x, y, z) - 0.5));
    };
    EXPECT_LT(largest(r.acid, filled<double>(g, expected)), 1e-12);
}

TEST(Bake, NeutralisationFollowsItsClosedForm) {
    EXPECT_NEAR(neutralised(1, 0.3, 2, 1.5), 0.7266966010566955, 1e-12);
    for (double q : {0.1, 0.5, 0.5 + 1e-9, 0.9}) {  // against u h/(h - q e^{-kut}), or h/(1 + k h t) when h = q
        const double u = 0.5 - q, kt = 0.7 * 3;
        const double exact = u == 0 ? 0.5 / (1 + kt * 0.5) : u * 0.5 / (0.5 - q * std::exp(-kt * u));
        EXPECT_NEAR(neutralised(0.5, q, 0.7, 3), exact, std::abs(u) < 1e-6 ? 1e-7 : 1e-13);
    }
    for (double x : {0.0999, 0.1, 0.1001})  // both forms of (1 - e^{-x})/x meet at k u t = 0.1
        EXPECT_NEAR(neutralised(1.5, 0.5, x, 1), 1.5 / (1.5 - 0.5 * std::exp(-x)), 1e-15);
    EXPECT_EQ(neutralised(0.4, 0, 5, 10), 0.4);
    EXPECT_EQ(neutralised(0.4, 0.2, 0, 10), 0.4);
    EXPECT_NEAR(neutralised(0.4, 0.4, 5, 10), 0.4 / 21, 1e-15);
}

struct Mixture {
    double acid, quencher, gathered;
};
/// dh/dt = s - k h q, dq/dt = -k h q, dS/dt = h by fourth-order Runge-Kutta in 20000 steps.
Mixture fed_by_small_steps(Mixture m, double k, double supply, double time) {
    const int n = 20000;
    const double dt = time / n;
    const auto rate = [&](const Mixture& x) {
        return Mixture{supply - k * x.acid * x.quencher, -k * x.acid * x.quencher, x.acid};
    };
    const auto plus = [](const Mixture& a, double c, const Mixture& b) {
        return Mixture{a.acid + c * b.acid, a.quencher + c * b.quencher, a.gathered + c * b.gathered};
    };
    for (int i = 0; i < n; ++i) {
        const Mixture a = rate(m), b = rate(plus(m, dt / 2, a)), c = rate(plus(m, dt / 2, b)), d = rate(plus(m, dt, c));
        m = plus(plus(plus(plus(m, dt / 6, a), dt / 3, b), dt / 3, c), dt / 6, d);
    }
    return m;
}
TEST(Bake, AcidThatIsFedNeutralisesAsItsRateEquations) {
    const double k = 5, time = 1.5;
    struct Case {
        double acid, quencher, supply;
    };
    for (const Case& c : {Case{0.01, 0.2, 0.05}, Case{0, 0.05, 0.06}, Case{0.3, 0.1, -0.05}, Case{0.2, 0, 0.1},
                          Case{0.02, 0.02, 0.03}}) {
        const double before = 2;
        double h = c.acid - c.supply * before / 2, q = c.quencher, sum = 0;
        const double spread = c.acid + c.supply * before / 2;
        lanes::film_rows<double>().react_fed(1, {time, k, 0, 1, 1}, before, 0, &spread, &h, &q, &sum);
        const Mixture exact = fed_by_small_steps({c.acid, c.quencher, 0}, k, c.supply, time);
        const double bound = std::abs(c.supply) * time * time / 16 + 1e-12;  // of int h dt: u held over half the time
        EXPECT_NEAR(sum, exact.gathered, bound) << c.quencher;
        EXPECT_NEAR(h - q, c.acid - c.quencher + c.supply * time, 1e-15);
        EXPECT_NEAR(q, exact.quencher, k * c.quencher * bound);  // q falls as exp(-k int h dt)
    }
}

TEST(Bake, AcidMinusQuencherIsConserved) {
    const Grid3 g{.nx = 24, .ny = 20, .nz = 10, .dx_nm = 4, .dy_nm = 4, .dz_nm = 4};
    Bake b = of_length(12);
    b.neutralisation_per_s = 10;
    b.quencher_diffusivity_nm2_s = 0.3;
    b.steps = 20;
    const auto acid = [](double x, double y, double z) {
        return 0.4 + 0.35 * std::cos(2 * pi * x / 96) * std::cos(2 * pi * y / 80) * std::cos(z / 9);
    };
    const Field3<double> h = filled<double>(g, acid), q = uniform(g, 0.2);
    const Baked<double> r = baked(h, q, b);
    double before = 0, after = 0;
    for (std::size_t i = 0; i < g.size(); ++i) {
        before += h.values[i] - q.values[i];
        after += r.acid.values[i] - r.quencher.values[i];
        EXPECT_GE(r.acid.values[i], -1e-15);
    }
    EXPECT_NEAR(after / before, 1, 1e-12);
    EXPECT_FALSE(r.fully_quenched);
}

TEST(Bake, SplittingIsOfSecondOrderWithQuencherAndVariableDiffusivity) {
    const Grid3 g{.nx = 12, .ny = 10, .nz = 8, .dx_nm = 8, .dy_nm = 8, .dz_nm = 6};
    Bake b = of_length(8);
    b.diffusivity_exponent = 1.5;
    b.neutralisation_per_s = 0.15;
    b.loss_per_s = 0.005;
    b.order = 1.5;
    b.evaporation_nm_s = 0.05;
    b.quencher_diffusivity_nm2_s = 0.2;
    const auto acid = [](double x, double y, double z) {
        return 0.45 + 0.25 * std::cos(2 * pi * x / 96) * std::cos(2 * pi * y / 80) + 0.1 * std::cos(pi * z / 48);
    };
    const auto run = [&](int steps) {
        Bake with = b;
        with.steps = steps;
        return baked(filled<double>(g, acid), uniform(g, 0.2), with);
    };
    const Baked<double> truth = run(48 * 64);
    double previous[3] = {};
    for (int steps : {48, 96, 192}) {
        const Baked<double> r = run(steps);
        const double error[3] = {largest(r.acid, truth.acid), largest(r.quencher, truth.quencher),
                                 largest(r.blocked, truth.blocked)};
        for (int species = 0; species < 3; ++species) {
            if (steps > 48) {
                EXPECT_NEAR(std::log2(previous[species] / error[species]), 2, 0.1) << steps << species;
            }
            previous[species] = error[species];
        }
    }
}

TEST(Bake, LinesAndFiltersAgreeForTheSameDiffusivity) {  // a tiny exponent sends the same problem through the lines
    const Grid3 g{.nx = 48, .ny = 32, .nz = 24, .dx_nm = 2, .dy_nm = 3, .dz_nm = 2};
    Bake b = of_length(9);
    b.neutralisation_per_s = 0.5;
    b.steps = 64;
    const auto acid = [](double x, double y, double z) {
        return 0.45 + 0.25 * std::cos(2 * pi * x / 96) * std::cos(2 * pi * y / 96) + 0.1 * std::cos(pi * z / 48);
    };
    const Baked<double> filters = baked(filled<double>(g, acid), uniform(g, 0.2), b);
    b.diffusivity_exponent = 1e-12;
    const Baked<double> lines = baked(filled<double>(g, acid), uniform(g, 0.2), b);
    EXPECT_LT(largest(filters.blocked, lines.blocked), 1e-3);  // (kappa dx)^2/12 of the lines: 3e-3 of the decay
    EXPECT_GT(largest(filters.blocked, lines.blocked), 1e-9);
}

// Robin condition: h = cos(kappa (H - z)) exp(-D kappa^2 t) with D kappa tan(kappa H) = k_evap.
TEST(Bake, EvaporationFollowsItsEigenmode) {
    const double depth = 60, kappa = 0.8 / depth;
    for (bool lines : {false, true}) {
        double previous = 0;
        for (int nz : {15, 30, 60}) {
            const Grid3 g{.nz = nz, .dz_nm = depth / nz};
            Bake b = of_length(30);
            b.evaporation_nm_s = b.acid_diffusivity_nm2_s * kappa * std::tan(0.8);
            b.steps = lines ? 400 : 4;
            b.diffusivity_exponent = lines ? 1e-12 : 0;
            const auto mode = [&](double, double, double z) { return std::cos(kappa * (depth - z)); };
            const double decay = std::exp(-450 * kappa * kappa);
            const Baked<double> r = baked(filled<double>(g, mode), {}, b);
            const double error =
                largest(r.acid, filled<double>(g, [&](double, double, double z) { return decay * mode(0, 0, z); }));
            EXPECT_LT(error, 2e-3);
            if (nz > 15) {
                EXPECT_NEAR(std::log2(previous / error), 2, 0.2) << nz;
            }
            previous = error;
        }
    }
}

TEST(Bake, SurfaceLossTakesItsShareAtTheTop) {
    const Grid3 g{.nz = 40, .dz_nm = 2};
    Bake b;
    b.surface_loss = 0.4;
    b.surface_depth_nm = 10;
    b.time_s = 0;
    const Baked<double> r = baked(uniform(g, 0.5), {}, b);
    for (int k = 0; k < g.nz; ++k)
        EXPECT_NEAR(r.acid.values[g.at(0, 0, k)], 0.5 * (1 - 0.4 * std::exp(-(2 * k + 1) / 10.0)), 1e-15);
}

template <class T>
Baked<T> quenched_lines(const Grid3& g, const Bake& b) {
    const auto acid = [](double x, double y, double z) {
        return 0.35 + 0.34 * std::tanh(3 * std::cos(2 * pi * x / 256)) * (0.8 + 0.2 * std::cos(2 * pi * y / 192)) *
                          (1 + 0.2 * std::cos(z / 9)) / 1.2;
    };
    return baked(filled<T>(g, acid), uniform<T>(g, 0.2), b);
}

TEST(Bake, ChosenStepsKeepTheToleranceOnAWholeFilm) {
    const Grid3 g{.nx = 64, .ny = 48, .nz = 30, .dx_nm = 4, .dy_nm = 4, .dz_nm = 2};
    Bake b = of_length(15);
    b.amplification_per_s = 0.08;
    b.neutralisation_per_s = 10;
    const Baked<float> chosen = quenched_lines<float>(g, b);
    b.steps = 12 * chosen.steps;
    const Baked<double> truth = quenched_lines<double>(g, b);
    double error = 0;
    for (std::size_t i = 0; i < g.size(); ++i)
        error = std::max(error, std::abs(static_cast<double>(chosen.blocked.values[i]) - truth.blocked.values[i]));
    EXPECT_LT(error, 1e-3);
    EXPECT_GT(error, 5e-5);  // not by waste
    EXPECT_LE(chosen.error, 1e-3);
    EXPECT_GT(chosen.error, 0);
}

/// Lines of acid in a quencher, fronts between them.
Baked<double> quenched_fronts(double step_nm, int cells, const Bake& b) {
    const Grid3 g{.nx = cells, .ny = 1, .nz = 4, .dx_nm = step_nm, .dz_nm = 4};
    const double pitch = step_nm * cells;
    const auto acid = [&](double x, double, double) {
        return 0.35 + 0.34 * std::tanh(3 * std::cos(2 * pi * x / pitch));
    };
    return baked(filled<double>(g, acid), uniform(g, 0.2), b);
}
struct Estimate {
    double claimed, actual;
};
Estimate estimate_of(double sigma_nm, double step_nm, int cells) {
    Bake b = of_length(sigma_nm);
    b.amplification_per_s = 0.08;
    b.neutralisation_per_s = 10;
    const Baked<double> chosen = quenched_fronts(step_nm, cells, b);
    b.steps = 2048;
    return {chosen.error, largest(chosen.blocked, quenched_fronts(step_nm, cells, b).blocked)};
}

// 2048 steps are within 1e-6 of 4096. Between two numbers of steps the error need not fall as its mean order says: a
// factor of 2; an order taken wrong by one is a factor of 3.
TEST(Bake, ChosenStepsOfAFrontKeepTheToleranceAndKnowTheirError) {
    for (const double sigma : {8.0, 30.0}) {
        const Estimate e = estimate_of(sigma, 4, 64);
        EXPECT_LE(e.actual, 1e-3) << sigma;
        EXPECT_LE(e.claimed, 1e-3) << sigma;
        EXPECT_LT(e.claimed / e.actual, 2) << sigma;
        EXPECT_GT(e.claimed / e.actual, 0.5) << sigma;
    }
}

// Films wider than the piece on which the steps are chosen, diffusion lengths of 12 to 20 cells.
TEST(Bake, StepsChosenOnAPieceKeepTheToleranceOfTheWholeFilm) {
    struct Case {
        double sigma_nm, step_nm;
        int cells;
    };
    for (const Case& c : {Case{12, 1, 500}, Case{20, 1, 500}, Case{30, 2, 128}}) {
        const Estimate e = estimate_of(c.sigma_nm, c.step_nm, c.cells);
        EXPECT_LE(e.actual, 1e-3) << c.sigma_nm;
        EXPECT_GT(e.claimed / e.actual, 0.5) << c.sigma_nm;
        EXPECT_LT(e.claimed / e.actual, 2) << c.sigma_nm;
    }
}

TEST(Bake, SameBitsAtAnyThreadCount) {
    const Grid3 g{.nx = 40, .ny = 36, .nz = 12, .dx_nm = 4, .dy_nm = 4, .dz_nm = 3};
    for (double exponent : {0.0, 1.0}) {
        Bake b = of_length(10);
        b.neutralisation_per_s = 2;
        b.diffusivity_exponent = exponent;
        set_thread_count(1);
        const auto one = quenched_lines<float>(g, b).blocked.values;
        for (int threads : {2, 3}) {
            set_thread_count(threads);
            EXPECT_EQ(quenched_lines<float>(g, b).blocked.values, one);
        }
    }
    set_thread_count(1);
}

TEST(Bake, AFullyQuenchedFilmSaysSoAndStaysBlocked) {
    const Grid3 g{.nx = 8, .nz = 4};
    Bake b = of_length(5);
    b.neutralisation_per_s = 50;
    const Baked<double> r = baked(uniform(g, 0.2), uniform(g, 0.3), b);
    EXPECT_TRUE(r.fully_quenched);
    for (double m : r.blocked.values) EXPECT_GT(m, 0.99);
}

TEST(Bake, RefusesWhatHasNoMeaning) {
    const Grid3 g{.nx = 8, .nz = 4};
    const auto refuses = [&](auto change) {
        Bake b = of_length(5);
        change(b);
        EXPECT_THROW(baked(uniform(g, 0.5), {}, b), InputError);
    };
    refuses([](Bake& b) { b.acid_diffusivity_nm2_s = -1; });
    refuses([](Bake& b) { b.quencher_diffusivity_nm2_s = -1; });
    refuses([](Bake& b) { b.time_s = -1; });
    refuses([](Bake& b) { b.time_s = std::nan(""); });
    refuses([](Bake& b) { b.amplification_per_s = -1; });
    refuses([](Bake& b) { b.order = 0; });
    refuses([](Bake& b) { b.surface_loss = 1.5; });
    refuses([](Bake& b) { b.tolerance = 0; });
    EXPECT_THROW(baked(uniform(g, -0.5), {}, {}), InputError);
    EXPECT_THROW(baked(uniform(g, 0.5), uniform({.nx = 4, .nz = 4}, 0.1), {}), InputError);
}

}  // namespace
}  // namespace damascene::resist
