// Diffuse exchange solved: Gamma = Gamma_dir + F R Gamma, R = diag(1 - s).
//
// With q_i = sqrt(r_i A_i) Gamma_i and reciprocity the system is symmetric and positive definite:
//   (1 - K) q = sqrt(r A) Gamma_dir,   K_ij = sqrt(r_i A_i) F_ij sqrt(r_j / A_j)
// so it is factorised by Cholesky or solved by conjugate gradients, whose number of steps does not grow as s -> 0 the
// way the Neumann series does. Without reciprocity: LU of 1 - F R.
#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "damascene/feature/transport.hpp"

extern "C" void openblas_set_num_threads(int);

namespace damascene::feature {

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// Threads belong to base/parallel; one thread of OpenBLAS gives the same bits everywhere.
void pin_blas() {
    static const bool done = (openblas_set_num_threads(1), true);
    static_cast<void>(done);
}

constexpr std::size_t row_block = 64;
constexpr std::size_t lanes = 8;

double dot(const double* a, const double* b, std::size_t n) {
    double part[lanes] = {};
    std::size_t j = 0;
    for (; j + lanes <= n; j += lanes)
        for (std::size_t l = 0; l < lanes; ++l) part[l] += a[j + l] * b[j + l];
    double sum = 0;
    for (double p : part) sum += p;
    for (; j < n; ++j) sum += a[j] * b[j];
    return sum;
}

/// y = F x.
void apply(const ViewFactors& f, const std::vector<double>& x, std::vector<double>& y) {
    const std::size_t n = at(f.n);
    parallel_blocks(n, row_block, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) y[i] = dot(f.factor.data() + i * n, x.data(), n);
    });
}

/// y = F^T x.
void apply_transposed(const ViewFactors& f, const std::vector<double>& x, std::vector<double>& y) {
    const std::size_t n = at(f.n);
    parallel_blocks(n, row_block, [&](std::size_t begin, std::size_t end) {
        std::fill(y.begin() + static_cast<std::ptrdiff_t>(begin), y.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = begin; j < end; ++j) y[j] += f.factor[i * n + j] * x[i];
    });
}

/// A_i F_ij = A_j F_ji to 1e-11 of the smaller area.
bool reciprocal(const ViewFactors& f) {
    if (!f.reciprocal) return false;
    const std::size_t n = at(f.n), tile = 32;
    for (std::size_t i0 = 0; i0 < n; i0 += tile)
        for (std::size_t j0 = 0; j0 <= i0; j0 += tile)
            for (std::size_t i = i0; i < std::min(n, i0 + tile); ++i)
                for (std::size_t j = j0; j < std::min(n, j0 + tile); ++j)
                    if (!(std::abs(f.area[i] * f.factor[i * n + j] - f.area[j] * f.factor[j * n + i]) <=
                          1e-11 * std::min(f.area[i], f.area[j])))
                        return false;
    return true;
}

/// Reflected shares r_i = 1 - s_i; 0 on the pieces of sealed voids where nothing sticks, so that their flux is 0.
std::vector<double> reflected(const ViewFactors& f, std::span<const double> sticking, std::vector<char>& dead) {
    const std::size_t n = at(f.n);
    std::vector<double> r(n);
    for (std::size_t i = 0; i < n; ++i) r[i] = 1 - sticking[i];
    dead.assign(n, 0);
    std::vector<char> reached(n);
    std::vector<std::size_t> next;
    auto reach = [&](std::size_t i) {
        if (reached[i]) return;
        reached[i] = 1;
        next.push_back(i);
    };
    for (std::size_t i = 0; i < n; ++i)
        if (f.sky[i] > 0 || sticking[i] > 0) reach(i);
    for (std::size_t left = n - next.size(); !next.empty() && left > 0;) {
        const double* row = f.factor.data() + next.back() * n;
        next.pop_back();
        for (std::size_t j = 0; j < n; ++j)
            if (row[j] > 0 && !reached[j]) reach(j), --left;
    }
    for (std::size_t i = 0; i < n; ++i)
        if (!reached[i]) dead[i] = 1, r[i] = 0;
    return r;
}

/// Sources without those on dead pieces.
std::vector<double> living(std::span<const double> direct, const std::vector<char>& dead) {
    std::vector<double> d(direct.begin(), direct.end());
    for (std::size_t i = 0; i < d.size(); ++i)
        if (dead[i]) d[i] = 0;
    return d;
}

/// Weights of the symmetric form: sqrt(r A) and sqrt(r / A).
struct Balance {
    std::vector<double> with_area, over_area;
    Balance(const ViewFactors& f, const std::vector<double>& r) : with_area(r.size()), over_area(r.size()) {
        for (std::size_t i = 0; i < r.size(); ++i) {
            with_area[i] = std::sqrt(r[i] * f.area[i]);
            over_area[i] = f.area[i] > 0 ? std::sqrt(r[i] / f.area[i]) : 0.0;
        }
    }
};

std::vector<double> times(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> c(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) c[i] = a[i] * b[i];
    return c;
}

std::vector<double> plus(std::vector<double> a, const std::vector<double>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
    return a;
}

double norm(const std::vector<double>& a) { return std::sqrt(dot(a.data(), a.data(), a.size())); }

/// Residual of Gamma = direct + F R Gamma in the largest component, and the particle balance. What goes to a field
/// without end escapes, what comes from there enters.
void report(const ViewFactors& f, std::span<const double> sticking, const std::vector<double>& r,
            const std::vector<double>& direct, FluxSolution& s) {
    const std::size_t n = at(f.n);
    std::vector<double> arriving(n);
    apply(f, times(r, s.incident), arriving);
    double size = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double g = s.incident[i];
        if (!std::isfinite(g)) throw NumericalError("radiosity has no finite solution");
        size = std::max(size, std::abs(g));
        s.residual = std::max(s.residual, std::abs(direct[i] + arriving[i] - g));
        s.entering += f.area[i] * direct[i];
        s.captured += f.area[i] * sticking[i] * g;
        s.escaped += f.area[i] * r[i] * f.sky[i] * g;
        for (std::size_t side = 0; side < f.field.size(); ++side) {
            if (f.field[side].empty()) continue;
            const std::size_t end = at(f.field_piece[side]);
            s.escaped += f.area[i] * f.field[side][i] * r[i] * g;
            s.entering += f.area[i] * f.field[side][i] * r[end] * s.incident[end];
        }
    }
    if (size > 0) s.residual /= size;
    if (s.entering > 0) s.balance_error = std::abs(s.captured + s.escaped - s.entering) / s.entering;
}

/// Conjugate gradients on (1 - K) q = b. False when `limit` steps do not reach `tolerance`.
bool conjugate_gradients(const ViewFactors& f, const Balance& w, const std::vector<double>& b, std::vector<double>& q,
                         int limit, double tolerance, int& steps) {
    const std::size_t n = b.size();
    std::vector<double> residual = b, direction = b, image(n), inverse(n);
    for (std::size_t i = 0; i < n; ++i) {
        inverse[i] = 1 / std::max(1e-3, 1 - w.with_area[i] * f.factor[i * n + i] * w.over_area[i]);
        direction[i] = inverse[i] * residual[i];
    }
    q.assign(n, 0.0);
    double size = dot(residual.data(), direction.data(), n);
    const double wanted = tolerance * norm(b);
    for (steps = 0; steps < limit; ++steps) {
        if (norm(residual) <= wanted) return true;
        apply(f, times(w.over_area, direction), image);
        for (std::size_t i = 0; i < n; ++i) image[i] = direction[i] - w.with_area[i] * image[i];
        const double step = size / dot(direction.data(), image.data(), n);
        for (std::size_t i = 0; i < n; ++i) q[i] += step * direction[i], residual[i] -= step * image[i];
        double next = 0;
        for (std::size_t i = 0; i < n; ++i) next += inverse[i] * residual[i] * residual[i];
        for (std::size_t i = 0; i < n; ++i) direction[i] = inverse[i] * residual[i] + next / size * direction[i];
        size = next;
    }
    return norm(residual) <= wanted;
}

}  // namespace

struct Radiosity::State {
    ViewFactors factors;
    std::vector<double> sticking, r;
    std::vector<char> dead;
    Balance balance{factors, {}};
    bool symmetric = true;
    std::vector<double> matrix;
    std::vector<lapack_int> pivots;

    void factorise_symmetric() {
        const std::size_t n = at(factors.n);
        balance = Balance(factors, r);
        for (std::size_t i = 0; i < n; ++i)  // row i up to the diagonal: the upper triangle in column-major order
            for (std::size_t j = 0; j <= i; ++j)
                matrix[i * n + j] = (i == j) - balance.with_area[i] * factors.factor[i * n + j] * balance.over_area[j];
        if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', factors.n, matrix.data(), std::max(1, factors.n)) != 0)
            throw NumericalError("radiosity matrix is not positive definite");
    }
    void factorise_general() {
        const std::size_t n = at(factors.n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) matrix[i * n + j] = (i == j) - factors.factor[i * n + j] * r[j];
        pivots.resize(n);
        if (LAPACKE_dgetrf(LAPACK_COL_MAJOR, factors.n, factors.n, matrix.data(), std::max(1, factors.n),
                           pivots.data()) != 0)
            throw NumericalError("radiosity matrix is singular");
    }
    std::vector<double> solve_symmetric(std::vector<double> b) const {
        LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'U', factors.n, 1, matrix.data(), std::max(1, factors.n), b.data(),
                       std::max(1, factors.n));
        return b;
    }
    /// The stored columns are rows of 1 - F R, so LAPACK's transpose is the plain system.
    std::vector<double> solve_general(std::vector<double> b, bool adjoint) const {
        LAPACKE_dgetrs(LAPACK_COL_MAJOR, adjoint ? 'N' : 'T', factors.n, 1, matrix.data(), std::max(1, factors.n),
                       pivots.data(), b.data(), std::max(1, factors.n));
        return b;
    }
};

Radiosity::Radiosity(const ViewFactors& f, std::span<const double> sticking) : state_(std::make_unique<State>()) {
    pin_blas();
    State& s = *state_;
    s.factors = f;
    s.sticking.assign(sticking.begin(), sticking.end());
    s.r = reflected(f, sticking, s.dead);
    s.symmetric = reciprocal(f);
    s.matrix.resize(at(f.n) * at(f.n));
    if (s.symmetric)
        s.factorise_symmetric();
    else
        s.factorise_general();
}
Radiosity::~Radiosity() = default;
Radiosity::Radiosity(Radiosity&&) noexcept = default;
Radiosity& Radiosity::operator=(Radiosity&&) noexcept = default;

FluxSolution Radiosity::solve(std::span<const double> given) const {
    const State& s = *state_;
    const std::vector<double> direct = living(given, s.dead);
    FluxSolution out;
    if (s.symmetric) {
        const std::vector<double> q = s.solve_symmetric(times(s.balance.with_area, direct));
        std::vector<double> arriving(direct.size());
        apply(s.factors, times(s.balance.over_area, q), arriving);
        out.incident = plus(direct, arriving);
    } else {
        out.incident = s.solve_general(direct, false);
    }
    for (std::size_t i = 0; i < direct.size(); ++i)
        if (s.dead[i]) out.incident[i] = 0;
    report(s.factors, s.sticking, s.r, direct, out);
    return out;
}

std::vector<double> Radiosity::adjoint(std::span<const double> given) const {
    const State& s = *state_;
    const std::vector<double> g = living(given, s.dead);
    if (!s.symmetric) return s.solve_general(g, true);
    // mu = g + R F^T mu = g + sqrt(r A) q with (1 - K) q = sqrt(r / A) F^T g.
    std::vector<double> seen(g.size());
    apply_transposed(s.factors, g, seen);
    return plus(g, times(s.balance.with_area, s.solve_symmetric(times(s.balance.over_area, seen))));
}

std::vector<double> Radiosity::sticking_gradient(std::span<const double> mu, const FluxSolution& solution) const {
    const State& s = *state_;
    std::vector<double> gradient(mu.size());
    apply_transposed(s.factors, std::vector<double>(mu.begin(), mu.end()), gradient);
    for (std::size_t i = 0; i < gradient.size(); ++i)
        gradient[i] = s.dead[i] ? 0.0 : -gradient[i] * solution.incident[i];
    return gradient;
}

FluxSolution diffuse_flux(const ViewFactors& f, std::span<const double> sticking, std::span<const double> given) {
    if (!reciprocal(f)) return Radiosity(f, sticking).solve(given);
    std::vector<char> dead;
    const std::vector<double> r = reflected(f, sticking, dead), direct = living(given, dead);
    const Balance balance(f, r);
    std::vector<double> q;
    FluxSolution out;
    // A step costs 2 n^2 operations at the speed of memory, Cholesky n^3 / 3 at that of the arithmetic unit.
    const int limit = std::max(20, f.n / 5);
    if (!conjugate_gradients(f, balance, times(balance.with_area, direct), q, limit, 1e-13, out.iterations))
        return Radiosity(f, sticking).solve(given);
    std::vector<double> arriving(direct.size());
    apply(f, times(balance.over_area, q), arriving);
    out.incident = plus(direct, arriving);
    for (std::size_t i = 0; i < direct.size(); ++i)
        if (dead[i]) out.incident[i] = 0;
    report(f, sticking, r, direct, out);
    return out;
}

}  // namespace damascene::feature
