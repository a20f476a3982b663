// The calibration side of a recipe: free parameters by their recipe path, gauges as cuts on exact images, what a fit
// reports.
#pragma once

#include "damascene/flow.hpp"
#include "damascene/io/measured_sizes.hpp"
#include "damascene/opc/calibration.hpp"

namespace damascene::flow {

/// One name of `free`, in its display unit.
struct FreeTerm {
    std::string name, unit;
    opc::FitParameter parameter;
    opc::CompactTerm term;
    double factor = 1;  ///< value of the term = factor x displayed value
};
/// Every faulty name, start, bound and prior at once.
std::vector<FreeTerm> free_terms(const Inputs& in);

/// Sizes of the gauges as a function of the displayed values.
opc::FitModel sizes_model(const Inputs& in, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                          const Context& context);

/// Scalars, warnings, table, pictures and files of a finished fit.
StepResult report_fit(const opc::Fit& fit, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                      const Inputs& in);

/// Recipe text of the calibrated model: [optics], aerial-image, print.
std::string fitted_recipe(const opc::Fit& fit, const std::vector<FreeTerm>& free, const Inputs& in);
/// Measured against model, and residuals by pattern.
std::string parity_svg(const opc::Fit& fit, const io::MeasuredSizes& gauges);

}  // namespace damascene::flow
