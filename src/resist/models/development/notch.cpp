// Notch rate: r = r_max (1 - m)^n (b + 1)(1 - m)^N/(b + (1 - m)^N) + r_min, b = (N + 1)/(N - 1) (1 - m_N)^N.
// A sudden fall of the rate at blocked share m_N on top of a gentle power law.  [Mack 2007]
#include "resist/models/development/rows.hpp"

namespace damascene::resist {
namespace {

double rate(const ParamValues& v, double m, double depth_nm) {
    const double step = inflected(v.real("notch_order"), v.real("m_notch"), m);
    return (nm_per_s(v, "r_max") * std::pow(1 - m, v.real("n")) * step + nm_per_s(v, "r_min")) *
           surface_factor(v, depth_nm);
}

void check(const ParamValues& v) {
    check_rates(v);
    require(v.real("n") >= 0, "n", v.real("n"), ">= 0");
    check_inflection(v, "notch_order", "m_notch");
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
                row_blocked_share("m_notch", "0.7", "m_N, blocked share of the notch", "", "pub"),
                row_steepness("notch_order", "13.5", 200, "N, steepness of the notch"),
                row_surface_rate,
                row_inhibition_depth}},
    rate,
    check};

}  // namespace damascene::resist
