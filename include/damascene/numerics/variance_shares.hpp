// How much of the spread of a result each varied quantity explains alone.
//
//   S_i = Var( E[y | x_i] ) / Var(y)                              [Sobol 2001, eq. 15]
//
// The rest, 1 - sum S_i, belongs to what they do together, to what is not resolved, and to noise.
#pragma once

#include <span>
#include <vector>

namespace damascene::numerics {

struct VarianceShares {
    std::vector<double> main;  ///< per factor, >= 0; NaN where there are too few samples or y does not vary
    double explained = 0;      ///< of the variance by all factors one by one, foreseen for new samples, <= 1
};

/// Samples of independent factors. `positions`: [sample][factor] in [0, 1], the probability below the factor's value,
/// so that logarithmic and normal factors count as they are drawn. Least squares on Legendre polynomials, degree chosen
/// by leave-one-out error [Sudret 2008]; biased by noise / samples at most.
VarianceShares sampled_shares(const std::vector<std::vector<double>>& positions, std::span<const double> y);

/// Every combination of `levels` once, the last factor fastest: conditional means, exact for the grid.
VarianceShares grid_shares(const std::vector<std::size_t>& levels, std::span<const double> y);

}  // namespace damascene::numerics
