// What a weighted Jacobian says about the parameters: covariance, correlation, directions that stay open.
#pragma once

#include <span>
#include <vector>

#include "damascene/opc/calibration.hpp"

namespace damascene::opc {

/// J of the weighted residuals [row x parameter], priors included, at the best parameters p. variance: of one weighted
/// residual (1 when sigmas are known). null: relative singular value below which J is taken as rank deficient.
struct WeightedJacobian {
    std::vector<double> rows;
    double variance = 1, null = 1e-10;
};
/// Fills values, covariance, correlation, singular_values, weak; needs quantile.
void judge_parameters(Fit& fit, std::span<const FitParameter> parameters, std::span<const double> p,
                      const WeightedJacobian& j);
/// psi = r rho'(r^2) and its derivative.
struct Influence {
    double psi = 0, slope = 1;
};
Influence influence(RobustLoss loss, double a, double r);

}  // namespace damascene::opc
