// Inverse lithography: the mask whose prints at all corners are nearest to the target.
//
//   minimise sum_c w_c |Z_c - T|^2 over mask functions;  Z_c = sigmoid(steepness (dose_c I_c - threshold))
//
// I_c by the kernels of focus c. Gradient: exact adjoint. Result: polygons on the wafer scale.
#include "flow/litho.hpp"
#include "flow/tables.hpp"

namespace damascene::flow {
namespace {

StepResult run_ilt(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const Clip clip = clip_of(in);
    const Optics optics = load_optics(in);
    context.progress({"kernels", 0.0, {}});
    const opc::ProcessCorners corners = corners_of(v, optics, clip.period_nm);
    context.check();
    opc::IltOptions options;
    options.iterations = static_cast<int>(v.integer("iterations"));
    options.rules = mask_rules_of(v, "mrc");
    const opc::MaskResult mask = opc::optimize_ilt(clip_raster(clip.target, clip), corners, options, context);
    StepResult result = report_mask(mask, clip, corners, has_rules(options.rules), "ilt");
    if (!optics.blur.none()) result.warnings.push_back(correction_is_sharp);
    return result;
}

Cost estimate_ilt(const Inputs& in) {
    Cost cost = image_cost(in, 2);
    const double iterations = in.params->values.integer("iterations") > 0
                                  ? static_cast<double>(in.params->values.integer("iterations"))
                                  : 100;
    cost.seconds += iterations * cost.bytes * 1e-10;
    return cost;
}

}  // namespace

extern const StepModel model_ilt;
const StepModel model_ilt = {
    .info = {.catalogue = "step",
             .name = "ilt",
             .summary = "Inverse lithography: free-form mask from the target, exact gradients, mask rules held.",
             .equation = "minimise sum_c |sigmoid(s (dose_c I_c - t)) - T|^2 over masks",
             .citation = "Banerjee2013",
             .params = joined({layer_row(),
                               {.name = "polarity",
                                .kind = ParamKind::choice,
                                .default_text = "dark-field",
                                .doc = "drawn shapes are openings in an opaque mask",
                                .choices = {"dark-field"}},
                               {.name = "iterations",
                                .kind = ParamKind::integer,
                                .default_text = "0",
                                .low = 0,
                                .high = 10000,
                                .doc = "0 = the default schedule"}},
                              corner_rows())},
    .needs = {"layout", "optics"},
    .gives = {"mask"},
    .run = run_ilt,
    .estimate = estimate_ilt};

}  // namespace damascene::flow
