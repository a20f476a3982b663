// What the report draws of a calibration and of a film in section.
#pragma once

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene::flow {

struct ParityPoint {
    std::string name, pattern, role;       ///< role: "fitted", "anchor", "held out"
    double measured_nm = 0, model_nm = 0;  ///< model NaN: does not print
};
/// Sizes of a calibrated model against the measured ones; rms of model - measurement, weighted, NaN: no such gauges.
struct Parity {
    std::vector<ParityPoint> points;  ///< in the order of the gauges
    double rms_nm = std::numeric_limits<double>::quiet_NaN(), hold_out_rms_nm = rms_nm;
};

/// A quantity over a cross-section: x along it, z up, bilinear between the samples, level beyond the outer ones.
struct SectionMap {
    std::string quantity, unit;
    Field2<double> samples;
    std::array<double, 4> box_nm = {0, 0, 0, 0};  ///< x0 z0 x1 z1: where the film lies
};

}  // namespace damascene::flow
