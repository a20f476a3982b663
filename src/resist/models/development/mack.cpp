// Mack's rate: r = r_max (a + 1)(1 - m)^n/(a + (1 - m)^n) + r_min, a = (n + 1)/(n - 1) (1 - m_th)^n.  [Mack 1987]
// The inflection lies at m = m_th; a is a pure number.
#include "resist/models/development/rows.hpp"

namespace damascene::resist {
namespace {

double rate(const ParamValues& v, double m, double depth_nm) {
    return (nm_per_s(v, "r_max") * inflected(v.real("n"), v.real("m_th"), m) + nm_per_s(v, "r_min")) *
           surface_factor(v, depth_nm);
}

void check(const ParamValues& v) {
    check_rates(v);
    check_inflection(v, "n", "m_th");
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
                row_rate("r_min", "0.1 nm/s", "rate of unexposed resist"),
                row_steepness("n", "5", 100, "dissolution selectivity", "Mack1987"),
                row_blocked_share("m_th", "0.5", "blocked share at the inflection of the rate", "Mack1987", "recall"),
                row_surface_rate, row_inhibition_depth}},
    rate,
    check};

}  // namespace damascene::resist
