// Bossung curves as a polynomial: size against focus for each dose, and the dose at which focus matters least.
//
//   CD(F, E) = sum_ij a_ij x^i u^j,   x = 1 - E_s/E [Mack & Byers 2003] or ln(E/E_s),   u = F/F_s
//   best focus: dCD/dF = 0;   isofocal: d2CD/dF2 = 0 there [Bossung 1977]
// Least squares by Householder QR with column pivots. Focus nm, dose relative, CD nm.
#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <set>

#include "damascene/opc/process_window.hpp"

namespace damascene::opc {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double dose_variable(const BossungFit& fit, double dose) {
    return fit.variable == DoseVariable::reciprocal ? 1 - fit.dose_scale / dose : std::log(dose / fit.dose_scale);
}

/// d^k/du^k of u^j.
double power_derivative(int j, int k, double u) {
    double factor = 1;
    for (int i = 0; i < k; ++i) factor *= j - i;
    return factor == 0 ? 0 : factor * std::pow(u, j - k);
}

/// d^k CD / dF^k.
double derivative(const BossungFit& fit, int k, double focus_nm, double dose) {
    const double x = dose_variable(fit, dose), u = focus_nm / fit.focus_scale_nm;
    double sum = 0;
    for (int i = fit.dose_order; i >= 0; --i) {
        double row = 0;
        for (int j = k; j <= fit.focus_order; ++j)
            row += fit.a[static_cast<std::size_t>(i * (fit.focus_order + 1) + j)] * power_derivative(j, k, u);
        sum = sum * x + row;
    }
    return sum / std::pow(fit.focus_scale_nm, k);
}

struct Entry {
    double focus_nm, dose, cd_nm;
};

std::vector<Entry> printed(const FocusExposure& m) {
    std::vector<Entry> entries;
    for (std::size_t f = 0; f < m.focus_nm.size(); ++f)
        for (std::size_t e = 0; e < m.dose.size(); ++e)
            if (std::isfinite(m.cd_nm[f][e])) entries.push_back({m.focus_nm[f], m.dose[e], m.cd_nm[f][e]});
    return entries;
}

/// Frame of the fit: ranges, scales, orders that distinct foci and doses support.
BossungFit frame(const std::vector<Entry>& entries, int dose_order, int focus_order, DoseVariable variable) {
    std::set<double> foci, doses;
    for (const Entry& e : entries) foci.insert(e.focus_nm), doses.insert(e.dose);
    if (foci.size() < 3)
        throw InputError("D0428", "a Bossung fit needs sizes at three foci at least", "give more foci, or other doses");
    BossungFit fit;
    fit.variable = variable;
    fit.dose_order = std::min(dose_order, static_cast<int>(doses.size()) - 1);
    fit.focus_order = std::min(focus_order, static_cast<int>(foci.size()) - 1);
    fit.focus_low_nm = *foci.begin(), fit.focus_high_nm = *foci.rbegin();
    fit.dose_low = *doses.begin(), fit.dose_high = *doses.rbegin();
    fit.focus_scale_nm = std::max(std::abs(fit.focus_low_nm), std::abs(fit.focus_high_nm));
    fit.dose_scale = std::sqrt(fit.dose_low * fit.dose_high);
    return fit;
}

/// Root of f in [a, b] by bisection, f(a) and f(b) of opposite sign.
template <class Function>
double bisected(const Function& f, double a, double b) {
    const bool negative = f(a) < 0;
    for (int i = 0; i < 80; ++i) {
        const double middle = 0.5 * (a + b);
        ((f(middle) < 0) == negative ? a : b) = middle;
    }
    return 0.5 * (a + b);
}

/// The root of f in [low, high] nearest to `near`, brackets by equal steps; NaN if none.
template <class Function>
double nearest_root(const Function& f, double low, double high, double near) {
    constexpr int steps = 400;
    double best = nan;
    for (int i = 0; i < steps; ++i) {
        const double a = low + (high - low) * i / steps, b = low + (high - low) * (i + 1) / steps;
        if ((f(a) < 0) == (f(b) < 0)) continue;
        const double root = bisected(f, a, b);
        if (!(std::abs(root - near) >= std::abs(best - near))) best = root;
    }
    return best;
}

}  // namespace

double BossungFit::operator()(double focus_nm, double dose) const { return derivative(*this, 0, focus_nm, dose); }
double BossungFit::slope(double focus_nm, double dose) const { return derivative(*this, 1, focus_nm, dose); }
double BossungFit::curvature(double focus_nm, double dose) const { return derivative(*this, 2, focus_nm, dose); }

BossungFit fit_bossung(const FocusExposure& matrix, int dose_order, int focus_order, DoseVariable variable) {
    const std::vector<Entry> entries = printed(matrix);
    BossungFit fit = frame(entries, dose_order, focus_order, variable);
    const int columns = (fit.dose_order + 1) * (fit.focus_order + 1), rows = static_cast<int>(entries.size());
    Eigen::MatrixXd powers(rows, columns);
    Eigen::VectorXd sizes(rows);
    for (int r = 0; r < rows; ++r) {
        const Entry& e = entries[static_cast<std::size_t>(r)];
        const double x = dose_variable(fit, e.dose), u = e.focus_nm / fit.focus_scale_nm;
        for (int i = 0; i <= fit.dose_order; ++i)
            for (int j = 0; j <= fit.focus_order; ++j)
                powers(r, i * (fit.focus_order + 1) + j) = std::pow(x, i) * std::pow(u, j);
        sizes(r) = e.cd_nm;
    }
    const Eigen::VectorXd a = powers.completeOrthogonalDecomposition().solve(sizes), residual = sizes - powers * a;
    fit.a.assign(a.data(), a.data() + columns);
    fit.rms_nm = std::sqrt(residual.squaredNorm() / rows);
    fit.largest_residual_nm = residual.cwiseAbs().maxCoeff();
    return fit;
}

double best_focus(const BossungFit& fit, double dose) {
    return nearest_root([&](double f) { return fit.slope(f, dose); }, fit.focus_low_nm, fit.focus_high_nm,
                        0.5 * (fit.focus_low_nm + fit.focus_high_nm));
}

Isofocal isofocal(const BossungFit& fit, double focus_nm) {
    const double dose =
        nearest_root([&](double e) { return fit.curvature(focus_nm, e); }, fit.dose_low, fit.dose_high, fit.dose_scale);
    return {dose, std::isfinite(dose) ? fit(focus_nm, dose) : nan};
}

}  // namespace damascene::opc
