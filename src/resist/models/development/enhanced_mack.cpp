// Enhanced Mack rate: r = r_resin (1 + k_enh (1 - m)^n)/(1 + k_inh m^l).  [Mack 1992]
// The exposed compound enhances, the unexposed one inhibits the dissolution of the resin.
#include "resist/models/development/rows.hpp"

namespace damascene::resist {
namespace {

double rate(const ParamValues& v, double m, double depth_nm) {
    const double enhanced = 1 + v.real("k_enhance") * std::pow(1 - m, v.real("n"));
    const double inhibited = 1 + v.real("k_inhibit") * std::pow(m, v.real("l"));
    return nm_per_s(v, "r_resin") * enhanced / inhibited * surface_factor(v, depth_nm);
}

void check(const ParamValues& v) {
    require(v.real("r_resin") > 0, "r_resin", nm_per_s(v, "r_resin"), "> 0 nm/s");
    for (const char* name : {"n", "l"}) require(v.real(name) > 0, name, v.real(name), "> 0");
    for (const char* name : {"k_enhance", "k_inhibit"}) require(v.real(name) >= 0, name, v.real(name), ">= 0");
    check_surface(v);
}

ParamSpec row(std::string_view name, std::string_view value, std::string_view doc, bool open) {
    return {.name = name,
            .default_text = value,
            .low = 0,
            .high = 1e9,
            .low_open = open,
            .doc = doc,
            .citation = "Mack1992",
            .label = "recall"};
}

}  // namespace

extern const DevelopmentModel model_enhanced_mack;
const DevelopmentModel model_enhanced_mack = {
    {.catalogue = "development",
     .name = "enhanced-mack",
     .summary = "Resin whose dissolution is enhanced by exposed and inhibited by unexposed compound.",
     .equation = "r = r_resin (1 + k_enhance (1 - m)^n)/(1 + k_inhibit m^l), times 1 - (1 - r0) exp(-z/delta)",
     .citation = "Mack1992,KimNeureuther1984",
     .params = {row_rate("r_resin", "15 nm/s", "rate of the resin alone"),
                row("k_enhance", "8", "enhancement at m = 0", false), row("n", "3.5", "order of the enhancement", true),
                row("k_inhibit", "300", "inhibition at m = 1", false), row("l", "7.5", "order of the inhibition", true),
                row_surface_rate, row_inhibition_depth}},
    rate,
    check};

}  // namespace damascene::resist
