// The calibration side of a recipe: free parameters by their recipe path, gauges as cuts on exact images, what a fit
// reports.
#pragma once

#include <functional>
#include <optional>
#include <tuple>

#include "damascene/flow.hpp"
#include "damascene/io/measured_sizes.hpp"
#include "damascene/opc/calibration.hpp"

namespace damascene::flow {

/// What the free parameters of a physical resist change: tables of the recipe, dose and focus.
struct PhysicalState {
    Resolved stack, resist;
    double dose = 1, defocus_nm = 0;
};
/// One name of `free`, in its display unit.
struct FreeTerm {
    std::string name, unit;
    opc::FitParameter parameter;
    opc::CompactTerm term;
    double factor = 1;                                        ///< value of the term = factor x displayed value
    std::function<void(double si, PhysicalState&)> set = {};  ///< physical resist only
};
bool is_physical(const Inputs& in);
double in_si(double value, std::string_view unit);  ///< of a value in its display unit; "" = pure number
double displayed(double si, std::string_view unit);
const ParamSpec* real_spec(const ModelInfo& model, std::string_view name);  ///< nullptr: no real parameter
/// Every faulty name, start, bound and prior at once.
std::vector<FreeTerm> free_terms(const Inputs& in);

/// Sizes of the gauges as a function of the displayed values.
opc::FitModel sizes_model(const Inputs& in, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                          const Context& context);

/// The same by the chain of [stack] and [resist]; the bake keeps the time steps of the start, so that sizes are smooth.
opc::FitModel physical_sizes_model(const Inputs& in, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                                   const Context& context);
/// A free name of the physical resist: dose, optics.defocus, resist.KEY, resist.development.KEY, stack.KEY.
std::optional<FreeTerm> physical_term(const Inputs& in, const std::string& name);
std::vector<std::string> physical_names(const Inputs& in);
/// Tables [stack] and [resist] with the fitted values.
PhysicalState fitted_state(const opc::Fit& fit, const std::vector<FreeTerm>& free, const Inputs& in);

/// Which mask a gauge lies on, and that mask's cell.
using GaugeKey = std::tuple<std::string, double, double, double>;  ///< kind, pitch, width, length; "": the layout
GaugeKey gauge_key(const io::MeasuredSize& g);
Clip gauge_clip(const Inputs& in, const io::MeasuredSize& g);

/// key = value of every parameter that has one, in recipe text.
std::vector<std::string> toml_rows(const ModelInfo& model, const ParamValues& values);

/// Scalars, warnings, table, pictures and files of a finished fit.
StepResult report_fit(const opc::Fit& fit, const std::vector<FreeTerm>& free, const io::MeasuredSizes& gauges,
                      const Inputs& in);

/// Recipe text of the calibrated model: [optics], aerial-image, print.
std::string fitted_recipe(const opc::Fit& fit, const std::vector<FreeTerm>& free, const Inputs& in);
/// Measured against model, and residuals by pattern.
std::string parity_svg(const opc::Fit& fit, const io::MeasuredSizes& gauges);

}  // namespace damascene::flow
