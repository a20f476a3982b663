// Default numbers of films, precursors and processes, each with its source. Molar masses from standard atomic weights.
#include "damascene/feature/film_data.hpp"

#include <fmt/format.h>

namespace damascene::feature {
namespace {

constexpr std::string_view recall = "recall", pub = "pub", ver = "ver";
constexpr double A = 1e-10;  ///< angstrom, m

constexpr FilmPreset films[] = {
    {"SiO2", {2200, 0.060084, 1}, recall, "amorphous, thermal or PECVD"},
    {"HfO2", {9680, 0.21049, 1}, recall, "crystal density"},
    {"Al2O3", {3100, 0.10196, 2}, recall, "ALD films 3100 to 3900 kg/m^3, denser when grown hotter"},
    {"Si3N4", {3000, 0.14028, 3}, recall, "LPCVD; PECVD nitride is lighter"},
};

constexpr PrecursorPreset precursors[] = {
    {"TDMAHf", "HfO2", 0.35478, 0.018015, 0.9 * A, 1.3 * A, 473.15, 573.15, 1e-2, 1e-1, recall, "with H2O"},
    {"TEMAHf", "HfO2", 0.41089, 0.018015, 0.8 * A, 1.0 * A, 473.15, 553.15, 0, 0, recall, "with H2O"},
    {"HfCl4", "HfO2", 0.32030, 0.018015, 0.5 * A, 1.0 * A, 498.15, 673.15, 0, 0, recall,
     "with H2O; 1.0 angstrom at 225 degC, 0.5 to 0.6 at 300 to 400 degC"},
    {"TMA", "Al2O3", 0.072086, 0.018015, 0.8 * A, 1.2 * A, 373.15, 623.15, 0.5e-3, 6e-3, recall,
     "with H2O, whose sticking is 1e-5 (150 degC) to 1e-4 (310 degC)"},
};

constexpr ProcessNumber numbers[] = {
    {"teos", "sticking_1", 0.1, "1", pub, "ViennaPS demonstration, 70 um trench"},
    {"teos", "sticking_2", 1e-4, "1", pub, "ViennaPS demonstration, 70 um trench"},
    {"teos", "rate_1", 0.05, "um/min", pub, "ViennaPS demonstration, 350 min"},
    {"teos", "rate_2", 0.05, "um/min", pub, "ViennaPS demonstration, 350 min"},
    {"teos", "activation_energy", 1.95, "eV", recall, "thermal LPCVD, 650 to 750 degC"},
    {"pecvd", "order_teos", 0.5, "1", recall, "user default"},
    {"pecvd", "order_o2", 0.3, "1", recall, "user default"},
    {"pecvd", "activation_energy", 10, "kJ/mol", pub, "remote-plasma TEOS/O, 323 to 623 K"},
    {"silane oxide", "sticking", 0.3, "1", recall, "SiH4-based oxide"},
    {"lto", "activation_energy", 7.7, "kcal/mol", pub, "abstract"},
    {"nitride lpcvd", "sticking_low", 1e-4, "1", recall, "SiH2Cl2 + NH3"},
    {"nitride lpcvd", "sticking_high", 1e-3, "1", recall, "SiH2Cl2 + NH3"},
    {"hdp", "deposition_over_sputter_low", 3, "1", recall, "customary"},
    {"hdp", "deposition_over_sputter_high", 10, "1", recall, "customary"},
    {"hdp", "sticking_neutral", 0.3, "1", recall, "customary"},
    {"hdp", "sticking_redeposit", 1, "1", recall, "customary"},
    {"ald h2o demo", "gap", 0.5, "um", pub, "ViennaPS"},
    {"ald h2o demo", "length", 800, "um", pub, "ViennaPS"},
    {"ald h2o demo", "temperature", 220, "degC", pub, "ViennaPS"},
    {"ald h2o demo", "pressure", 0.1, "Torr", pub, "ViennaPS"},
    {"ald h2o demo", "sticking", 5e-5, "1", pub, "ViennaPS"},
    {"ald h2o demo", "gpc", 0.112, "nm", pub, "ViennaPS"},
    {"peald", "recombination_SiO2", 4e-4, "1", pub, "APL 123 182902"},
    {"peald", "recombination_TiO2", 6e-5, "1", pub, "APL 123 182902"},
    {"sf6 o2 etch", "sputter_amplitude", 0.0337, "1/sqrt(eV)", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "sputter_threshold", 20, "eV", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "sputter_B", 9.3, "1", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "enhanced_amplitude", 7, "1/sqrt(eV)", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "enhanced_threshold", 15, "eV", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "silicon_density", 5.02e22, "1/cm^3", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "ion_flux", 12e15, "1/(cm^2 s)", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "fluorine_flux", 1.8e18, "1/(cm^2 s)", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "oxygen_flux", 1e17, "1/(cm^2 s)", pub, "ViennaPS parameter file"},
    {"sf6 o2 etch", "ion_energy", 100, "eV", pub, "ViennaPS parameter file, deviation 10 eV"},
    {"sf6 o2 etch", "ion_cosine_power", 500, "1", pub, "ViennaPS parameter file"},
    {"fluorocarbon etch", "mask_amplitude", 0.0139, "1/sqrt(eV)", pub, "ViennaPS parameter file"},
    {"fluorocarbon etch", "polymer_amplitude", 0.02, "1/sqrt(eV)", pub, "ViennaPS parameter file"},
    {"fluorocarbon etch", "polymer_threshold", 15, "eV", pub, "ViennaPS parameter file"},
    {"fluorocarbon etch", "polymer_B", 8.5, "1", pub, "ViennaPS parameter file"},
    {"ion reflection", "threshold_angle", 70, "deg", recall, "specular above it"},
    {"oxidation", "silicon_consumed", 0.44, "1", ver, "molar volumes of Si and SiO2"},
    {"oxidation", "linear_exponent_o2", 0.75, "1", recall, "pressure exponent of B/A"},
    {"spin-on", "shrink", 0.85, "1", recall, "cured over spun thickness"},
    {"cmp", "planarisation_length", 2, "mm", recall, "customary 1 to 3 mm"},
};

template <class Row>
const Row& named(std::span<const Row> rows, std::string_view what, std::string_view name) {
    std::vector<std::string> known;
    for (const Row& row : rows) {
        if (row.name == name) return row;
        known.emplace_back(row.name);
    }
    const std::string nearest = nearest_name(name, known);
    throw InputError("D0409", fmt::format("no {} is named '{}'", what, escape_text(name)),
                     nearest.empty() ? fmt::format("known: {}", fmt::join(known, ", "))
                                     : fmt::format("did you mean '{}'?", nearest));
}

}  // namespace

std::span<const FilmPreset> film_presets() { return films; }
std::span<const PrecursorPreset> precursor_presets() { return precursors; }
std::span<const ProcessNumber> process_numbers() { return numbers; }
const FilmPreset& film_preset(std::string_view name) { return named(film_presets(), "film", name); }
const PrecursorPreset& precursor_preset(std::string_view name) { return named(precursor_presets(), "precursor", name); }

}  // namespace damascene::feature
