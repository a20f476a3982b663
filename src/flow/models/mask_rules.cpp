// Mask rule check: width, space, edge, radius, area of merged mask polygons, each violation with value, limit and
// place.
#include "flow/litho.hpp"
#include "flow/tables.hpp"

namespace damascene::flow {
namespace {

StepResult run_mask_rules(const Inputs& in, const Context& context) {
    context.progress({"check", 0.0, {}});
    const Mask& mask = *mask_of(in);
    const std::vector<RuleViolation> violations = check_mask_rules(mask.shapes, mask_rules_of(in.params->values, ""));
    StepResult result;
    result.scalars = {{"violations", "mask rule violations", static_cast<double>(violations.size()), ""},
                      {"polygons", "rings of the mask", static_cast<double>(mask.shapes.rings.size()), ""}};
    if (!violations.empty()) {
        result.failed_limits.push_back(std::to_string(violations.size()) + " mask rule violations");
        result.files["mask_rules.lyrdb"] = markers_of(violations, "MASK");
    }
    io::Table table{{"rule", "value", "limit", "x0", "y0", "x1", "y1"}, {"", "", "", "nm", "nm", "nm", "nm"}, {}};
    for (const RuleViolation& v : violations)
        table.rows.push_back({v.rule, format_quantity(v.value, ""), format_quantity(v.limit, ""),
                              format_quantity(v.x0_nm, ""), format_quantity(v.y0_nm, ""), format_quantity(v.x1_nm, ""),
                              format_quantity(v.y1_nm, "")});
    result.files["violations.csv"] = io::write_csv(table);
    return result;
}

Cost estimate_mask_rules(const Inputs&) { return {0.05, 64e6, "edge pairs of the mask"}; }

}  // namespace

extern const StepModel model_mask_rules;
const StepModel model_mask_rules = {
    .info = {.catalogue = "step",
             .name = "mask-rules",
             .summary = "Independent mask rule check; a violation fails the run (exit 1).",
             .equation = "",
             .citation = "",
             .params = rules_table().params},
    .needs = {"mask"},
    .gives = {},
    .run = run_mask_rules,
    .estimate = estimate_mask_rules};

}  // namespace damascene::flow
