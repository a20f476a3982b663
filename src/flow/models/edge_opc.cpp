// Edge-based optical proximity correction: fragments of the target's edges move until the print falls on the target.
//
//   shift_j <- shift_j - step,  from sum_c |sigmoid(steepness (dose_c I_c - threshold)) - T|^2 and its exact gradient
//
// on Manhattan masks; mask rules hold at every step.
#include "flow/litho.hpp"
#include "flow/tables.hpp"

namespace damascene::flow {
namespace {

StepResult run_edge_opc(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const Clip clip = clip_of(in);
    const Optics optics = load_optics(in);
    context.progress({"kernels", 0.0, {}});
    const opc::ProcessCorners corners = corners_of(v, optics, clip.period_nm);
    context.check();
    opc::EdgeOpcOptions options;
    options.iterations = static_cast<int>(v.integer("iterations"));
    options.corner_length = Length::from_si(v.real("corner_length"));
    options.run_length = Length::from_si(v.real("run_length"));
    options.max_shift = Length::from_si(v.real("max_shift"));
    options.assist_features = v.boolean("assist_features");
    options.rules = mask_rules_of(v, "mrc");
    const opc::MaskResult mask =
        opc::optimize_edges(clip.target, clip.x0_nm * nm, clip.y0_nm * nm, corners, options, context);
    StepResult result = report_mask(mask, clip, corners, has_rules(options.rules), "edge-opc");
    if (!optics.blur.none()) result.warnings.push_back(correction_is_sharp);
    return result;
}

Cost estimate_edge_opc(const Inputs& in) {
    Cost cost = image_cost(in, 2);
    cost.seconds += static_cast<double>(in.params->values.integer("iterations")) * cost.bytes * 1e-10;
    return cost;
}

}  // namespace

extern const StepModel model_edge_opc;
const StepModel model_edge_opc = {
    .info = {.catalogue = "step",
             .name = "edge-opc",
             .summary = "Edge correction of a Manhattan target: fragments move along their normals, Manhattan mask.",
             .equation = "dM_f = shift_j l_j exp(-2 pi i f.c_j / L) sinc(f.e_j / L) / (Lx Ly)",
             .citation = "Cobb1998",
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
                                .high = 1000,
                                .doc = "correction steps; 0 = default schedule"},
                               {.name = "corner_length",
                                .unit = "nm",
                                .default_text = "30 nm",
                                .low = 5,
                                .high = 500,
                                .doc = "fragment length at corners",
                                .label = "recall"},
                               {.name = "run_length",
                                .unit = "nm",
                                .default_text = "50 nm",
                                .low = 5,
                                .high = 1000,
                                .doc = "fragment length along edges",
                                .label = "recall"},
                               {.name = "max_shift",
                                .unit = "nm",
                                .default_text = "40 nm",
                                .low = 1,
                                .high = 500,
                                .doc = "largest shift of a fragment"},
                               {.name = "assist_features",
                                .kind = ParamKind::boolean,
                                .default_text = "true",
                                .doc = "place sub-resolution assist features"}},
                              corner_rows())},
    .needs = {"layout", "optics"},
    .gives = {"mask"},
    .run = run_edge_opc,
    .estimate = estimate_edge_opc};

}  // namespace damascene::flow
