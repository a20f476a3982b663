// Parameter rows shared by the development models, and surface inhibition [Kim & Neureuther 1984]:
//   r(m, z) = r_bulk(m) (1 - (1 - r0) exp(-z/delta)),  r0 = rate at the surface over rate in the bulk.
#pragma once

#include <cmath>

#include "damascene/resist/physical.hpp"
#include "resist/checks.hpp"

namespace damascene::resist {

inline ParamSpec row_rate(std::string_view name, std::string_view value, std::string_view doc) {
    return {.name = name,
            .unit = "nm/s",
            .default_text = value,
            .low = 0,
            .high = 1e6,
            .low_open = true,
            .doc = doc,
            .label = "recall"};
}
inline const ParamSpec row_surface_rate = {.name = "surface_rate",
                                           .default_text = "1",
                                           .low = 0,
                                           .high = 1,
                                           .low_open = true,
                                           .doc = "r0, rate at the surface over rate in the bulk; 1 = no inhibition",
                                           .citation = "KimNeureuther1984",
                                           .label = "recall"};
inline const ParamSpec row_inhibition_depth = {.name = "inhibition_depth",
                                               .unit = "nm",
                                               .default_text = "50 nm",
                                               .low = 0,
                                               .high = 10000,
                                               .low_open = true,
                                               .doc = "delta, depth over which inhibition fades",
                                               .citation = "KimNeureuther1984",
                                               .label = "recall"};
/// Inflection of (a + 1)(1 - m)^n/(a + (1 - m)^n) in m: its order and the blocked share where it lies.
inline ParamSpec row_steepness(std::string_view name, std::string_view value, double most, std::string_view doc,
                               std::string_view citation = "") {
    return {.name = name,
            .default_text = value,
            .low = 1,
            .high = most,
            .low_open = true,
            .doc = doc,
            .citation = citation,
            .label = "pub"};
}
inline ParamSpec row_blocked_share(std::string_view name, std::string_view value, std::string_view doc,
                                   std::string_view citation, std::string_view label) {
    return {.name = name,
            .default_text = value,
            .low = 0,
            .high = 1,
            .low_open = true,
            .high_open = true,
            .doc = doc,
            .citation = citation,
            .label = label};
}

inline double nm_per_s(const ParamValues& v, std::string_view name) { return v.real(name) * 1e9; }

inline double surface_factor(const ParamValues& v, double depth_nm) {
    return 1 - (1 - v.real("surface_rate")) * std::exp(-depth_nm / (v.real("inhibition_depth") * 1e9));
}
inline void check_surface(const ParamValues& v) {
    const double r0 = v.real("surface_rate"), delta = v.real("inhibition_depth") * 1e9;
    require(r0 > 0 && r0 <= 1, "surface_rate", r0, "above 0, at most 1", "at 0 the surface never dissolves");
    require(delta > 0, "inhibition_depth", delta, "> 0 nm");
}
inline void check_rates(const ParamValues& v) {
    const double most = nm_per_s(v, "r_max"), least = nm_per_s(v, "r_min");
    require(least > 0, "r_min", least, "> 0 nm/s");
    require(most > least, "r_max", most, "above r_min, nm/s");
}
/// (a + 1)(1 - m)^n/(a + (1 - m)^n), a = (n + 1)/(n - 1) (1 - m_at)^n: from 1 to 0, inflection at m_at. [Mack 1987]
inline double inflected(double n, double m_at, double m) {
    const double a = (n + 1) / (n - 1) * std::pow(1 - m_at, n), p = std::pow(1 - m, n);
    return (a + 1) * p / (a + p);
}
inline void check_inflection(const ParamValues& v, const char* order, const char* blocked) {
    require(v.real(order) > 1, order, v.real(order), "> 1");
    require(v.real(blocked) > 0 && v.real(blocked) < 1, blocked, v.real(blocked), "between 0 and 1");
}

}  // namespace damascene::resist
