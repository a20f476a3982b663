// Measured sizes for a calibration: a CSV table, one gauge a row.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "damascene/io.hpp"

namespace damascene::io {

/// Columns: name, measured [nm]; the place as x0 y0 x1 y1 [nm] of a cut on the layout, or a periodic pattern as kind
/// (lines, contacts), pitch [nm], width [nm], length [nm]; and optionally target [nm], sigma [nm], weight, dose [%],
/// focus [nm], anchor, hold_out (yes or no). Empty optional cells take the defaults below.
struct MeasuredSize {
    std::string name, kind;
    std::optional<std::array<double, 4>> cut_nm;
    double pitch_nm = 0, width_nm = 0, length_nm = 0;  ///< 0: none
    double target_nm = 0, measured_nm = 0;
    double sigma_nm = 0;  ///< 0: not given
    double weight = 1, dose = 1, focus_nm = 0;
    bool anchor = false, hold_out = false;
};
struct MeasuredSizes {
    std::vector<MeasuredSize> rows;
    bool has_sigma = false, has_anchor = false;  ///< columns present
};
MeasuredSizes read_measured_sizes(ByteView, const ReadOptions& = {});

}  // namespace damascene::io
