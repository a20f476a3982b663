// Arrival at a section through a gas that scatters: the transition regime, 0.1 < Kn < 10.
#pragma once

#include <span>
#include <vector>

#include "damascene/feature/rays.hpp"

namespace damascene::feature {

struct GasArrival {
    std::vector<double> incident, standard_error;  ///< per piece; on the open field without a feature: 1
    double balance_error = 0;                      ///< |entering - captured - escaped - roulette - lost| / entering
    std::int64_t rays = 0;
    int missed = 0;  ///< pieces above the wanted error
};
/// Rays in the extruded (planar) or revolved (axial) section, isotropic redirection after a free path of mean
/// `mean_free_path_nm` (a heavy cold partner), everywhere below the highest point. Lateral sides are mirrors. Errors
/// are wanted per piece. Walls of voids receive nothing.
GasArrival gas_arrival(const Section&, std::span<const double> sticking, const Beam&, double mean_free_path_nm,
                       const RayOptions& = {.rel_error = 0.05}, const Context& = {});

}  // namespace damascene::feature
