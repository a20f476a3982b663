// Notch rate: r = r_max (1 - m)^n (b + 1)(1 - m)^N/(b + (1 - m)^N) + r_min, b = (N + 1)/(N - 1) (1 - m_N)^N.
// A sudden fall of the rate at blocked share m_N on top of a gentle power law.  [Mack 2007]
#include "resist/models/development/rows.hpp"

namespace damascene::resist {
namespace {

double rate(const ParamValues& v, double m, double depth_nm) {
    const double order = v.real("notch_order"), b = inflection(order, v.real("m_notch"));
    const double p = std::pow(1 - m, order), step = (b + 1) * p / (b + p);
    return (nm_per_s(v, "r_max") * std::pow(1 - m, v.real("n")) * step + nm_per_s(v, "r_min")) *
           surface_factor(v, depth_nm);
}

void check(const ParamValues& v) {
    check_rates(v);
    require(v.real("n") >= 0, "n", v.real("n"), ">= 0");
    require(v.real("notch_order") > 1, "notch_order", v.real("notch_order"), "> 1");
    require(v.real("m_notch") > 0 && v.real("m_notch") < 1, "m_notch", v.real("m_notch"), "between 0 and 1");
    check_surface(v);
}

}  // namespace

extern const DevelopmentModel model_notch;
const DevelopmentModel model_notch = {
    {.catalogue = "development",
     .name = "notch",
     .summary = "Power law of the deblocked share with a sudden fall at one blocked share.",
     .equation = "r = r_max (1 - m)^n (b + 1)(1 - m)^N/(b + (1 - m)^N) + r_min;  b = (N + 1)/(N - 1) (1 - m_N)^N\n"
                 "times 1 - (1 - r0) exp(-z/delta)",
     .citation = "Mack2007,KimNeureuther1984",
     .params = {row_rate("r_max", "105 nm/s", "rate of fully deblocked resist"),
                row_rate("r_min", "0.025 nm/s", "rate of unexposed resist"),
                {.name = "n",
                 .default_text = "1.5",
                 .low = 0,
                 .high = 100,
                 .doc = "power of the deblocked share above the notch",
                 .label = "pub"},
                {.name = "m_notch",
                 .default_text = "0.7",
                 .low = 0,
                 .high = 1,
                 .low_open = true,
                 .high_open = true,
                 .doc = "m_N, blocked share of the notch",
                 .label = "pub"},
                {.name = "notch_order",
                 .default_text = "13.5",
                 .low = 1,
                 .high = 200,
                 .low_open = true,
                 .doc = "N, steepness of the notch",
                 .label = "pub"},
                row_surface_rate,
                row_inhibition_depth}},
    rate,
    check};

}  // namespace damascene::resist
