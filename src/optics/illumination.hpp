// What source and pupil fix together: the step between diffraction orders and the clear-field intensity.
#pragma once

#include <vector>

#include "damascene/optics.hpp"

namespace damascene::optics {

/// One cycle per period in pupil units: lambda/(L NA).
inline double order_step(const Pupil& pupil, Length period) { return pupil.wavelength / period / pupil.na; }

/// Optical path per unit of defocus, dW_z/dz: sqrt(n^2 - NA^2 rho^2) - n, or its paraxial form.
double defocus_slope(const Pupil& pupil, double rho2);

/// sum_s w_s |P(f_s)|^2; InputError if no light passes the pupil without a mask.
double clear_field(const Source& source, const Pupil& pupil);

/// Orders (fx, fy) that reach the wafer for at least one source point, in row-major order.
struct Order {
    int fx = 0, fy = 0;
};
std::vector<Order> passed_orders(const Source& source, const Pupil& pupil, Length period_x, Length period_y);

/// ResourceError if a matrix of `bytes` exceeds 4 GB.
void require_memory(std::size_t bytes, const char* what);

}  // namespace damascene::optics
