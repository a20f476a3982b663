// Parameter rows that surface models share, and what they mean.
#pragma once

#include <string>
#include <vector>

#include "damascene/feature.hpp"

namespace damascene::feature {

inline std::vector<ParamSpec> joined(std::vector<ParamSpec> a, const std::vector<ParamSpec>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// Name of the material a step adds.
inline ParamSpec film_row(std::string_view name) {
    return {.name = "film", .kind = ParamKind::text, .default_text = name, .doc = "name of the material that is added"};
}

inline std::vector<ParamSpec> grid_rows() {
    return {{.name = "grid",
             .unit = "nm",
             .low = 0.01,
             .high = 1e5,
             .doc = "grid spacing of the surface; absent: as the surface comes",
             .optional = true},
            {.name = "element",
             .unit = "nm",
             .low = 0.01,
             .high = 1e5,
             .doc = "length of a surface element; absent: twice the grid spacing",
             .optional = true}};
}

/// When a step ends.
inline std::vector<ParamSpec> stop_rows(std::string_view thickness_doc) {
    return joined({{.name = "thickness",
                    .unit = "nm",
                    .low = 0,
                    .high = 1e6,
                    .low_open = true,
                    .doc = thickness_doc,
                    .optional = true},
                   {.name = "duration",
                    .unit = "s",
                    .low = 0,
                    .high = 1e7,
                    .low_open = true,
                    .doc = "process time",
                    .optional = true},
                   {.name = "until",
                    .kind = ParamKind::choice,
                    .doc = "closed: ends when the mouth has closed",
                    .choices = {"closed"},
                    .optional = true},
                   {.name = "gap_cutoff",
                    .unit = "nm",
                    .low = 0,
                    .high = 1e4,
                    .low_open = true,
                    .doc = "gap that counts as closed; absent: the larger of two grid spacings and 0.5 nm",
                    .optional = true}},
                  grid_rows());
}

inline double nm_of(const ParamValues& v, std::string_view name) { return v.has(name) ? v.real(name) * 1e9 : 0.0; }

inline StepOptions step_options(const ParamValues& v) {
    StepOptions o;
    o.stop.thickness_nm = nm_of(v, "thickness");
    o.stop.duration_s = v.has("duration") ? v.real("duration") : 0.0;
    o.stop.until_closed = v.has("until");
    o.stop.gap_cutoff_nm = nm_of(v, "gap_cutoff");
    o.piece_nm = nm_of(v, "element");
    return o;
}

inline Surface on_grid(Surface s, const ParamValues& v) {
    const double h = nm_of(v, "grid");
    return h > 0 && std::abs(h - s.h_nm()) > 1e-6 * h ? regridded(s, h) : s;
}

/// Row of a per-material table such as rates = { SiO2 = "2 nm/s" }; `other` for materials that are not named.
inline double of_material(const std::map<std::string, std::string>& table, const std::string& material, double other) {
    const auto found = table.find(material);
    if (found == table.end()) return other;
    const QuantityParse parsed = parse_quantity(found->second);
    if (!parsed.value)
        throw InputError("D0202", "'" + found->second + "' of material '" + material + "' is not a number: " + parsed.error,
                         "a number, or a quantity with its unit");
    return parsed.value->si;
}

}  // namespace damascene::feature
