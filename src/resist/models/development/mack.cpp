// Mack's rate: r = r_max (a + 1)(1 - m)^n/(a + (1 - m)^n) + r_min, a = (n + 1)/(n - 1) (1 - m_th)^n.  [Mack 1987]
// The inflection lies at m = m_th; a is a pure number.
#include "resist/models/development/rows.hpp"

namespace damascene::resist {
namespace {

double rate(const ParamValues& v, double m, double depth_nm) {
    const double n = v.real("n"), a = inflection(n, v.real("m_th")), p = std::pow(1 - m, n);
    return (nm_per_s(v, "r_max") * (a + 1) * p / (a + p) + nm_per_s(v, "r_min")) * surface_factor(v, depth_nm);
}

void check(const ParamValues& v) {
    check_rates(v);
    require(v.real("n") > 1, "n", v.real("n"), "> 1");
    require(v.real("m_th") > 0 && v.real("m_th") < 1, "m_th", v.real("m_th"), "between 0 and 1");
    check_surface(v);
}

}  // namespace

extern const DevelopmentModel model_mack;
const DevelopmentModel model_mack = {
    {.catalogue = "development",
     .name = "mack",
     .summary = "Dissolution limited by diffusion of developer and by reaction with n sites.",
     .equation = "r = r_max (a + 1)(1 - m)^n/(a + (1 - m)^n) + r_min;  a = (n + 1)/(n - 1) (1 - m_th)^n\n"
                 "times 1 - (1 - r0) exp(-z/delta)",
     .citation = "Mack1987,KimNeureuther1984",
     .params = {row_rate("r_max", "100 nm/s", "rate of fully deblocked resist"),
                row_rate("r_min", "0.1 nm/s", "rate of unexposed resist"), row_order, row_threshold_blocked,
                row_surface_rate, row_inhibition_depth}},
    rate,
    check};

}  // namespace damascene::resist
