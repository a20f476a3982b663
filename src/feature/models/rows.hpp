// Parameter rows that surface models share, and what they mean.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "damascene/base/units.hpp"
#include "damascene/feature.hpp"
#include "damascene/feature/gas.hpp"
#include "damascene/feature/yield.hpp"

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

/// When an etch ends: `depth` is what an open field of unit selectivity loses.
inline std::vector<ParamSpec> etch_stop_rows() {
    return joined({{.name = "depth",
                    .unit = "nm",
                    .low = 0,
                    .high = 1e6,
                    .low_open = true,
                    .doc = "loss of an open flat field of selectivity 1",
                    .optional = true},
                   {.name = "duration",
                    .unit = "s",
                    .low = 0,
                    .high = 1e7,
                    .low_open = true,
                    .doc = "process time",
                    .optional = true}},
                  grid_rows());
}

/// Where ions come from and how they are spread.
inline std::vector<ParamSpec> ion_rows() {
    return {{.name = "ion.spread",
             .unit = "deg",
             .default_text = "2 deg",
             .low = 0,
             .high = 30,
             .doc = "standard deviation of the ion angle per component",
             .label = "recall"},
            {.name = "ion.tilt",
             .unit = "deg",
             .default_text = "0 deg",
             .low = -80,
             .high = 80,
             .doc = "of the beam against the vertical, towards +x"}};
}
inline Beam ion_beam(const ParamValues& v) {
    return {.cosine_power = 0, .spread_rad = v.real("ion.spread"), .tilt_rad = v.real("ion.tilt")};
}

inline std::vector<ParamSpec> yield_rows() {
    return {{.name = "yield_law",
             .kind = ParamKind::choice,
             .default_text = "sqrt_sin2",
             .doc = "sputter yield against the angle of incidence",
             .choices = {"sqrt_sin2", "yamamura_angle", "yamamura_iaea"},
             .citation = "Yamamura1983"},
            {.name = "ion.energy",
             .unit = "eV",
             .default_text = "300 eV",
             .low = 0,
             .high = 1e5,
             .low_open = true,
             .doc = "mean ion energy",
             .label = "recall"}};
}

/// What an open flat field receives of a beam with this weight by angle of incidence: rates there are given including
/// it.
inline double flat_arrival(const Beam& beam, const std::function<double(double)>& weight) {
    const Section field{Symmetry::planar, Side::open, Side::open, {{{0, 0}, {1, 0}, 0}}, {0}};
    return beam_flux(field, beam, weight).front();
}

/// What the sky's beam brings to a level place there: visible share of the straight beam.
inline double visible_share(double straight, double n_z) { return n_z > 0.02 ? std::min(1.0, straight / n_z) : 0.0; }

/// The part of `total` that a straight beam brings by `law` of the orientation, and what is left, which depends on the
/// place alone. Corners then keep their facets: see SurfaceSpeed.
inline SurfaceSpeed with_beam(const Section& section, std::vector<double> total, std::span<const double> straight,
                              const std::function<double(double)>& law) {
    std::vector<double> beam(total.size());
    for (std::size_t i = 0; i < total.size(); ++i) {
        const double n_z = normal(section.pieces[i]).z;
        beam[i] = visible_share(straight[i], n_z);
        total[i] -= beam[i] * law(n_z);
    }
    return {{std::move(total)}, {std::move(beam)}, {law}};
}

/// Growth by a straight beam per its growth of the open field.
inline double falling(double n_z) { return std::max(0.0, n_z); }

inline double eV_of(const ParamValues& v, std::string_view name) { return v.real(name) / elementary_charge_C; }

inline double nm_of(const ParamValues& v, std::string_view name) { return v.has(name) ? v.real(name) * 1e9 : 0.0; }

inline StepOptions step_options(const ParamValues& v) {
    StepOptions o;
    o.stop.thickness_nm = v.has("depth") ? nm_of(v, "depth") : nm_of(v, "thickness");
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

/// The gas above, for the Knudsen number.
inline std::vector<ParamSpec> gas_rows() {
    return {
        {.name = "pressure",
         .unit = "Torr",
         .low = 0,
         .high = 825,
         .low_open = true,
         .doc = "total pressure; with temperature it gives the Knudsen number; absent: free molecular is assumed",
         .optional = true},
        {.name = "temperature", .unit = "degC", .low = -223, .high = 1727, .doc = "of gas and wafer", .optional = true},
        {.name = "mean_free_path",
         .unit = "nm",
         .low = 0,
         .high = 1e12,
         .low_open = true,
         .doc = "of the gas, instead of pressure, temperature and molecule_diameter",
         .optional = true},
        {.name = "ray_error",
         .unit = "%",
         .default_text = "5 %",
         .low = 0.2,
         .high = 30,
         .doc = "standard error of every arrival where 0.1 < Kn < 10: neutrals of order 1 are then followed by rays"},
        {.name = "molecule_diameter",
         .unit = "nm",
         .default_text = "0.4 nm",
         .low = 0.1,
         .high = 5,
         .doc = "hard-sphere diameter",
         .label = "recall"},
        {.name = "assume_ballistic",
         .kind = ParamKind::boolean,
         .default_text = "false",
         .doc = "free molecular transport although the Knudsen number is below 10"}};
}

/// Narrowest opening of a surface and its Knudsen number. Refuses a ballistic model below Kn = 10 (InputError D0410)
/// unless told otherwise.
struct Opening {
    double width_nm = 0, knudsen = 0;
};
Opening opening_of(const Surface&, double mean_free_path_nm, bool assume_ballistic);
void report_kn(const Opening&, ProcessOutcome&);
void report_opening(const Opening&, ProcessOutcome&);  ///< warns below Kn = 10
/// run_process with the rows of gas_rows. 0.1 < Kn < 10: diffuse species of order 1 meet the gas (rays, with errors).
ProcessOutcome run_in_gas(const Surface&, const ParamValues&, Process, std::uint64_t seed, const Context&);

/// Row of a per-material table such as rates = { SiO2 = "2 nm/s" }; `other` for materials that are not named.
inline double of_material(const std::map<std::string, std::string>& table, const std::string& material, double other) {
    const auto found = table.find(material);
    if (found == table.end()) return other;
    const QuantityParse parsed = parse_quantity(found->second);
    if (!parsed.value)
        throw InputError("D0202",
                         "'" + found->second + "' of material '" + material + "' is not a number: " + parsed.error,
                         "a number, or a quantity with its unit");
    return parsed.value->si;
}

}  // namespace damascene::feature
