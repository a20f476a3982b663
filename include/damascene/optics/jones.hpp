// Polarisation errors of a lens: the same all over its pupil, or sampled at points of it.
//
//   J = R(-r) diag(exp(-i d/2), exp(i d/2)) R(r)  R(-a) diag(sqrt(1 + D), sqrt(1 - D)) R(a)      [Chipman 2018, ch. 5]
//
// A diattenuator passes 1 + D along its axis a and 1 - D across it (D = (T1 - T2)/(T1 + T2), unpolarised light keeps
// its power); then a retarder delays light across its fast axis r by the phase d (time factor exp(-i w t)). Angles from
// the x axis of the wafer.
#pragma once

#include <string>

#include "damascene/optics/vector_image.hpp"

namespace damascene::optics {

struct PolarisationError {
    double diattenuation = 0;  ///< D, 0 to 1
    Angle diattenuation_axis;
    Angle retardance;  ///< d
    Angle retardance_axis;
};
/// Empty (identity) where both errors are zero.
JonesPupil uniform_jones(const PolarisationError&);
/// Sampled over the pupil, linear between the points of a rectangular grid, in any order, that covers -1 to 1 both
/// ways: lines `px py xx xy yx yy`, each matrix element as real and imaginary part, p in units of NA/lambda; `#` begins
/// a comment. Error second order in the spacing; a map of one point is uniform. \throws InputError D0341 with line and
/// column
JonesPupil jones_from_text(const std::string& text, const std::string& file);
/// Light passes `first`, then `second`; either may be empty.
JonesPupil in_turn(JonesPupil first, JonesPupil second);

}  // namespace damascene::optics
