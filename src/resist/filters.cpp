// Filters that advance diffusion over one step, see resist/filters.hpp.
//   periodic: g_k = (1/n) sum_j exp(-2 pi^2 sigma^2 f_j^2) cos(2 pi j k/n)
//   mirrors:  E_kl = (1/n) sum_j (2 - [j = 0]) exp(-D t (pi j/H)^2) cos(pi j (k + 1/2)/n) cos(pi j (l + 1/2)/n)
#include "resist/filters.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <numbers>

namespace damascene::resist {
namespace {

constexpr double pi = std::numbers::pi;

/// Series of (2 pi f)^2 in s^2, s = sin(pi f), f in cycles per cell: 2 sum_{n=1}^{terms} (2 s)^{2n}/(n^2 C(2n, n)).
double wavenumber_squared(double f, int terms) {
    const double s2 = std::pow(2 * std::sin(pi * f), 2);
    double sum = 0, power = 1, binomial = 1;
    for (int n = 1; n <= terms; ++n) {
        power *= s2;
        binomial *= 2.0 * (2 * n - 1) / n;
        sum += 2 * power / (n * n * binomial);
    }
    return sum;
}

/// Inverse transform of exp(-sigma^2 kappa^2/2), kappa = 2 pi f exactly or, `terms` > 0, by the series: then the taps
/// of a narrow Gaussian end soon, and waves of ten cells and more still decay to a share of 1e-5 as they should.
std::vector<double> gaussian_taps(int n, double sigma_in_cells, int terms) {
    std::vector<double> wave(static_cast<std::size_t>(n)), g(static_cast<std::size_t>(n / 2 + 1));
    for (int j = 0; j < n; ++j) wave[static_cast<std::size_t>(j)] = std::cos(2 * pi * j / n);
    for (int j = 0; j < n; ++j) {
        const double f = static_cast<double>(std::min(j, n - j)) / n;
        const double kappa2 = terms > 0 ? wavenumber_squared(f, terms) : 4 * pi * pi * f * f;
        const double response = std::exp(-0.5 * sigma_in_cells * sigma_in_cells * kappa2) / n;
        if (response < 1e-20) continue;
        for (std::size_t k = 0; k < g.size(); ++k)
            g[k] += response * wave[static_cast<std::size_t>(j) * k % static_cast<std::size_t>(n)];
    }
    if (n % 2 == 0 && n > 1) g.back() /= 2;  // +n/2 and -n/2 are the same sample
    return g;
}

Eigen::MatrixXd mirrored(int n, double exponent_unit) {
    Eigen::MatrixXd modes(n, n);
    for (int j = 0; j < n; ++j)
        for (int k = 0; k < n; ++k)
            modes(k, j) = std::sqrt((j == 0 ? 1.0 : 2.0) / n) * std::cos(pi * j * (k + 0.5) / n);
    Eigen::VectorXd decay(n);
    for (int j = 0; j < n; ++j) decay(j) = std::exp(-exponent_unit * j * j);
    return modes * decay.asDiagonal() * modes.transpose();
}

/// Finite volumes: the surface value lies half a cell above the first sample.
Eigen::MatrixXd evaporating(int n, double dz, double diffusivity, double evaporation, double time) {
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(n, n);
    const double rate = diffusivity / (dz * dz);
    for (int k = 0; k + 1 < n; ++k) {
        a(k, k) -= rate;
        a(k + 1, k + 1) -= rate;
        a(k, k + 1) = a(k + 1, k) = rate;
    }
    a(0, 0) -= diffusivity > 0 ? 1 / (dz * (1 / evaporation + 0.5 * dz / diffusivity)) : 0;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> modes(a);
    const Eigen::VectorXd decay = (time * modes.eigenvalues().array()).exp();
    return modes.eigenvectors() * decay.asDiagonal() * modes.eigenvectors().transpose();
}

template <class T>
DepthFilter<T> banded(const Eigen::MatrixXd& full, double negligible) {
    DepthFilter<T> filter;
    const auto n = static_cast<int>(full.rows());
    for (int top = 0; top < n; top += 4) {
        const int rows = std::min(4, n - top);
        const auto matters = [&](int l) { return full.block(top, l, rows, 1).cwiseAbs().maxCoeff() >= negligible / n; };
        int first = 0, last = n - 1;
        while (first < top && !matters(first)) ++first;
        while (last > top + rows - 1 && !matters(last)) --last;
        filter.fours.push_back({first, {}});
        for (int l = first; l <= last; ++l) {
            for (int r = 0; r < 4; ++r) filter.fours.back().weight.push_back(r < rows ? T(full(top + r, l)) : T(0));
        }
    }
    return filter;
}

}  // namespace

template <class T>
PeriodicFilter<T> periodic_gaussian(int n, double dx_nm, double variance_nm2, double negligible) {
    if (n == 1 || variance_nm2 == 0) return {};
    std::vector<double> g = gaussian_taps(n, std::sqrt(variance_nm2) / dx_nm, std::is_same_v<T, float> ? 5 : 0);
    std::size_t keep = g.size();
    double dropped = 0;
    while (keep > 1 && dropped + 2 * std::abs(g[keep - 1]) < negligible) dropped += 2 * std::abs(g[--keep]);
    double sum = g[0];
    for (std::size_t k = 1; k < keep; ++k) sum += 2 * g[k];
    for (double& tap : g) tap /= sum;  // nothing is lost with the tail
    return {std::vector<T>(g.begin(), g.begin() + static_cast<std::ptrdiff_t>(keep))};
}

template <class T>
DepthFilter<T> depth_diffusion(int n, double dz_nm, double diffusivity, double evaporation, double time_s,
                               double negligible) {
    const double unit = diffusivity * time_s * std::pow(pi / (n * dz_nm), 2);
    return banded<T>(evaporation > 0 ? evaporating(n, dz_nm, diffusivity, evaporation, time_s) : mirrored(n, unit),
                     negligible);
}

template PeriodicFilter<float> periodic_gaussian(int, double, double, double);
template PeriodicFilter<double> periodic_gaussian(int, double, double, double);
template DepthFilter<float> depth_diffusion(int, double, double, double, double, double);
template DepthFilter<double> depth_diffusion(int, double, double, double, double, double);

}  // namespace damascene::resist
