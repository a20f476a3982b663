// Main effects from samples and from full grids; see variance_shares.hpp.
#include "damascene/numerics/variance_shares.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace damascene::numerics {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr int highest_degree = 10;

/// sqrt(2k + 1) P_k(2u - 1), k = 1 .. degree: orthonormal for u uniform on [0, 1].
std::vector<double> legendre(double u, int degree) {
    const double t = 2 * u - 1;
    std::vector<double> p = {1, t};
    for (int k = 2; k <= degree; ++k) {
        const double n = k;
        p.push_back(((2 * n - 1) * t * p[p.size() - 1] - (n - 1) * p[p.size() - 2]) / n);
    }
    for (int k = 0; k <= degree; ++k) p[static_cast<std::size_t>(k)] *= std::sqrt(2.0 * k + 1);
    return {p.begin() + 1, p.begin() + 1 + degree};
}

Eigen::MatrixXd basis(const std::vector<std::vector<double>>& positions, int degree) {
    const auto n = static_cast<Eigen::Index>(positions.size()), d = static_cast<Eigen::Index>(positions.front().size());
    Eigen::MatrixXd a(n, 1 + d * degree);
    for (Eigen::Index i = 0; i < n; ++i) {
        a(i, 0) = 1;
        for (Eigen::Index j = 0; j < d; ++j) {
            const auto p = legendre(positions[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)], degree);
            for (int k = 0; k < degree; ++k) a(i, 1 + j * degree + k) = p[static_cast<std::size_t>(k)];
        }
    }
    return a;
}

struct Fit {
    int degree = 0;
    double left_out = std::numeric_limits<double>::infinity();  ///< mean square of leave-one-out errors
    double residual = 0;                                        ///< variance of what is left
    Eigen::VectorXd coefficients;
};

Fit fitted(const std::vector<std::vector<double>>& positions, const Eigen::VectorXd& y, int degree) {
    const Eigen::MatrixXd a = basis(positions, degree);
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(a);
    Fit fit;
    fit.degree = degree;
    if (qr.rank() < a.cols()) return fit;
    fit.coefficients = qr.solve(y);
    const Eigen::VectorXd rest = y - a * fit.coefficients;
    const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(a.rows(), a.cols());
    const Eigen::ArrayXd leverage = q.rowwise().squaredNorm().array();
    fit.left_out = (rest.array() / (1 - leverage).max(1e-12)).square().mean();
    fit.residual = rest.squaredNorm() / static_cast<double>(std::max<Eigen::Index>(a.rows() - a.cols(), 1));
    return fit;
}

double variance(std::span<const double> y) {
    const auto n = static_cast<double>(y.size());
    const double mean = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double sum = 0;
    for (const double v : y) sum += (v - mean) * (v - mean);
    return sum / n;
}

bool flat(std::span<const double> y) {
    const auto [low, high] = std::minmax_element(y.begin(), y.end());
    return !(*high - *low > 1e-13 * std::max(std::abs(*low), std::abs(*high)));
}

}  // namespace

VarianceShares sampled_shares(const std::vector<std::vector<double>>& positions, std::span<const double> y) {
    const std::size_t n = y.size(), d = n == 0 ? 0 : positions.front().size();
    VarianceShares shares{std::vector<double>(d, unknown), unknown};
    if (d == 0 || n < 2 * d + 2 || flat(y)) return shares;
    const Eigen::VectorXd values = Eigen::Map<const Eigen::VectorXd>(y.data(), static_cast<Eigen::Index>(n));
    Fit best;
    for (int degree = 1; degree <= highest_degree && 2 * d * static_cast<std::size_t>(degree) + 1 < n; ++degree)
        if (const Fit fit = fitted(positions, values, degree); fit.left_out < best.left_out) best = fit;
    if (best.degree == 0) return shares;
    const double spread = variance(y), noise = best.degree * best.residual / static_cast<double>(n);
    for (std::size_t j = 0; j < d; ++j) {
        const auto first = static_cast<Eigen::Index>(1 + j * static_cast<std::size_t>(best.degree));
        const double part = best.coefficients.segment(first, best.degree).squaredNorm();
        shares.main[j] = std::max(0.0, (part - noise) / spread);
    }
    shares.explained = 1 - best.left_out / spread;
    return shares;
}

VarianceShares grid_shares(const std::vector<std::size_t>& levels, std::span<const double> y) {
    VarianceShares shares{std::vector<double>(levels.size(), unknown), unknown};
    if (y.empty() || flat(y)) return shares;
    const double spread = variance(y);
    std::size_t stride = y.size();
    shares.explained = 0;
    for (std::size_t j = 0; j < levels.size(); ++j) {
        stride /= levels[j];
        std::vector<double> mean(levels[j]);
        for (std::size_t i = 0; i < y.size(); ++i)
            mean[i / stride % levels[j]] += y[i] * static_cast<double>(levels[j]) / static_cast<double>(y.size());
        shares.main[j] = variance(mean) / spread;
        shares.explained += shares.main[j];
    }
    return shares;
}

}  // namespace damascene::numerics
