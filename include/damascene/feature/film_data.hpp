// Numbers a user can take and replace: films, precursors, etch and deposition sets. label: pub = published in the named
// source, ver = computed independently, recall = remembered literature value, never a hard fact.
#pragma once

#include <span>
#include <string_view>

#include "damascene/feature/ald.hpp"

namespace damascene::feature {

struct FilmPreset {
    std::string_view name;
    FilmData data;
    std::string_view label, source;
};
struct PrecursorPreset {
    std::string_view name, film;
    double molar_mass, molar_mass_coreactant;  ///< kg/mol
    double gpc_low, gpc_high;                  ///< m
    double temperature_low, temperature_high;  ///< K
    double sticking_low, sticking_high;        ///< of the precursor; 0 = unknown
    std::string_view label, source;
};
struct ProcessNumber {
    std::string_view process, quantity;
    double value;
    std::string_view unit, label, source;
};

std::span<const FilmPreset> film_presets();
std::span<const PrecursorPreset> precursor_presets();
std::span<const ProcessNumber> process_numbers();
/// Throw InputError (D0409) with the nearest name.
const FilmPreset& film_preset(std::string_view name);
const PrecursorPreset& precursor_preset(std::string_view name);

}  // namespace damascene::feature
