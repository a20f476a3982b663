// Linear theory of a fit at its best parameters.
//
//   J = U S V^T D, D = diag of column lengths;  cov p = v D^-1 V S^-2 V^T D^-1, v = variance of a weighted residual
// A right singular vector whose 95 % interval crosses the range of a parameter is open: only the others enter cov.
// [Bates & Watts 1988, ch. 2; Belsley, Kuh & Welsch 1980, ch. 3]
#include "opc/fit_statistics.hpp"

#include <Eigen/SVD>
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <string>

namespace damascene::opc {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double normal95 = 1.959963984540054;
constexpr double named_part = 0.1;  // smaller parts of a direction are left out of its name

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

double range_of(const FitParameter& p) { return p.high - p.low; }

/// A number that is not negative, to 0.01.
std::string two_digits(double value) {
    const std::string cents = std::to_string(100 + std::lround(100 * value) % 100);
    return std::to_string(std::lround(100 * value) / 100) + "." + cents.substr(1);
}

std::string joined_names(const std::vector<std::string>& names) {
    std::string text = names.front();
    for (std::size_t i = 1; i < names.size(); ++i) text += (i + 1 == names.size() ? " and " : ", ") + names[i];
    return text;
}

/// Largest part first, positive.
std::string direction_text(std::span<const FitParameter> parameters, Vector part, bool no_effect) {
    std::vector<int> order(static_cast<std::size_t>(part.size()));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return std::abs(part[a]) > std::abs(part[b]) + 1e-6; });
    if (part[order.front()] < 0) part = -part;
    std::vector<std::string> names;
    std::string sum;
    for (const int i : order) {
        if (std::abs(part[i]) < named_part) continue;
        const std::string& name = parameters[static_cast<std::size_t>(i)].name;
        sum += (sum.empty() ? "" : part[i] < 0 ? " - " : " + ") + two_digits(std::abs(part[i])) + " " + name;
        names.push_back(name);
    }
    if (names.size() == 1) return names.front() + (no_effect ? " changes no value" : " is not determined");
    return joined_names(names) + " trade off: " + sum;
}

/// Lengths of the columns; 0 where the parameter's whole range moves the values by less than `noise`, or by `null` of
/// what another parameter moves.
Vector column_lengths(const Matrix& j, std::span<const FitParameter> parameters, double noise, double null) {
    Vector length = j.colwise().norm();
    Vector effect = length;
    for (Eigen::Index k = 0; k < length.size(); ++k)
        if (const double range = range_of(parameters[static_cast<std::size_t>(k)]); std::isfinite(range))
            effect[k] *= range;
    for (Eigen::Index k = 0; k < length.size(); ++k) {
        const bool finite = std::isfinite(range_of(parameters[static_cast<std::size_t>(k)]));
        if (effect[k] <= null * effect.maxCoeff() || (finite && effect[k] < noise)) length[k] = 0;
    }
    return length;
}

}  // namespace

double quantile95(int degrees_of_freedom) {
    if (degrees_of_freedom <= 0) return normal95;
    return boost::math::quantile(boost::math::students_t(degrees_of_freedom), 0.975);
}

Influence influence(RobustLoss loss, double a, double r) {
    if (loss == RobustLoss::huber && std::abs(r) > a) return {std::copysign(a, r), 0};
    if (loss == RobustLoss::cauchy) {
        const double q = 1 + r * r / (a * a);
        return {r / q, (2 - q) / (q * q)};
    }
    return {r, 1};
}

void judge_parameters(Fit& fit, std::span<const FitParameter> parameters, std::span<const double> p,
                      const WeightedJacobian& j) {
    const auto m = static_cast<Eigen::Index>(parameters.size()),
               n = static_cast<Eigen::Index>(j.rows.size()) / std::max<Eigen::Index>(m, 1);
    Matrix unit = Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(j.rows.data(), n, m);
    const double sigma = std::sqrt(j.variance);
    const Vector length = column_lengths(unit, parameters, fit.quantile * sigma, j.null);
    for (Eigen::Index k = 0; k < m; ++k) unit.col(k) *= length[k] > 0 ? 1 / length[k] : 0;
    const Eigen::JacobiSVD<Matrix> svd(unit, Eigen::ComputeFullV);
    Vector s = Vector::Zero(m);
    s.head(svd.singularValues().size()) = svd.singularValues();
    const Matrix& v = svd.matrixV();
    fit.singular_values.assign(s.data(), s.data() + m);

    Matrix covariance = Matrix::Zero(m, m);
    Vector open = Vector::Zero(m);  // share of a parameter that lies in open directions
    for (Eigen::Index k = 0; k < m; ++k) {
        bool weak = !(s[k] > j.null * s[0]);
        for (Eigen::Index i = 0; i < m && !weak; ++i) {
            const double range = range_of(parameters[static_cast<std::size_t>(i)]);
            weak = std::isfinite(range) && fit.quantile * sigma * std::abs(v(i, k)) > s[k] * length[i] * range;
        }
        if (!weak) {
            Vector step = Vector::Zero(m);
            for (Eigen::Index i = 0; i < m; ++i) step[i] = length[i] > 0 ? v(i, k) / length[i] : 0;
            covariance += j.variance / (s[k] * s[k]) * step * step.transpose();
            continue;
        }
        const Vector part = v.col(k);
        Eigen::Index largest = 0;
        part.cwiseAbs().maxCoeff(&largest);
        open += part.cwiseAbs2();
        fit.weak.push_back(
            {{part.data(), part.data() + m}, s[k], direction_text(parameters, part, length[largest] == 0)});
    }
    fit.values.clear();
    fit.covariance.assign(static_cast<std::size_t>(m * m), 0);
    fit.correlation.assign(static_cast<std::size_t>(m * m), 0);
    for (Eigen::Index i = 0; i < m; ++i) {
        const FitParameter& f = parameters[static_cast<std::size_t>(i)];
        const double value = p[static_cast<std::size_t>(i)];
        FitValue out{f.name, value};
        out.identified = open[i] < named_part * named_part;
        out.standard_error = out.identified ? std::sqrt(covariance(i, i)) : inf;
        out.low95 = value - fit.quantile * out.standard_error;
        out.high95 = value + fit.quantile * out.standard_error;
        const double reach = 1e-9 * (std::isfinite(range_of(f)) ? range_of(f) : 1 + std::abs(value));
        out.at_bound = value <= f.low + reach || value >= f.high - reach;
        fit.values.push_back(std::move(out));
        for (Eigen::Index k = 0; k < m; ++k) {
            const double scale = std::sqrt(covariance(i, i) * covariance(k, k));
            fit.covariance[static_cast<std::size_t>(i * m + k)] = covariance(i, k);
            fit.correlation[static_cast<std::size_t>(i * m + k)] = scale > 0 ? covariance(i, k) / scale : i == k;
        }
    }
}

}  // namespace damascene::opc
