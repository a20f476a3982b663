// A process window as steps report it: limits, windows, fits of several features, their scalars and tables.
#pragma once

#include <string>
#include <vector>

#include "damascene/flow.hpp"

namespace damascene::flow {

struct MeasuredFeature {
    std::string name;
    opc::SizeAt size;
    double target_nm = 0;
};
struct WindowSettings {
    std::vector<double> focus_nm, dose;  ///< of the Bossung points, rising
    double tolerance = 0.1;              ///< of the target
    double latitude = 0.05;              ///< at which depth is stated
    double limit_error = 1e-3;           ///< of the limits between foci, relative dose
    int most_foci = 0;                   ///< imaged to reach it; 0: the given ones only
};
ProcessWindow process_window_of(const std::vector<MeasuredFeature>&, const WindowSettings&, const Context&);

/// The window at the stated latitude: common to all features when there are several.
const opc::DoseBand& common_band(const ProcessWindow&);
/// Latitude at the focus of a window's centre, (E_hi - E_lo) / E_c there.
double latitude_in_focus(const opc::DoseBand&, double focus_nm);
/// "depth_of_focus", "best_dose", ... of the common window, and "NAME.depth_of_focus", ... when there are several.
std::vector<Scalar> window_scalars(const ProcessWindow&);
/// bossung.csv, window.csv, latitude.csv.
void add_window_tables(const ProcessWindow&, std::map<std::string, io::Bytes>& files);
/// What a reader must know: windows that end where the scan ends, features that never print.
std::vector<std::string> window_warnings(const ProcessWindow&);

std::vector<double> rising(std::vector<double> values);  ///< sorted, each once
/// Length of the target along a cut around its centre: the drawn critical dimension; 0 if the centre misses it.
double drawn_size(const Clip&, const std::array<double, 4>& cut_nm);
/// Printed size on a cut, NaN where the cut crosses no feature of the right tone.
double printed_size(const Image&, double level, const std::array<double, 4>& cut_nm, bool bright);

}  // namespace damascene::flow
