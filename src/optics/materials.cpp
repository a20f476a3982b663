// Refractive indices; see materials.hpp. A table: one row per material and wavelength.
//
// water: Sellmeier form at 21.5 degC [Daimon & Masumura 2007]. silicon 248 and 365 nm: ellipsometry [Aspnes & Studna
// 1983]. fused_silica: Sellmeier form [Malitson 1965], made for 210 nm and above. silicon_nitride: [Philipp 1973], k
// below 0.01 not given. aluminium: evaporated film, rows of 5 nm interpolated [McPeak et al. 2015]. 13.5 nm:
// n = 1 - r_e lambda^2 N (f1 - i f2)/(2 pi) from atomic scattering factors at bulk density [Henke 1993];
// euv_resist: C10H12O2, 1.2 g/cm^3; tantalum_boron_nitride: Ta2BN, 13 g/cm^3.
#include "damascene/optics/materials.hpp"

#include <cmath>

#include <fmt/format.h>

namespace damascene::optics {

const std::vector<MaterialIndex>& materials() {
    static const std::vector<MaterialIndex> rows = {
        {"air", 0, {1, 0}, "", "recall"},
        {"aluminium", 13.5, {1.002846, 0.029672}, "Henke1993", "ver"},
        {"aluminium", 193.368, {0.11, 1.833}, "McPeak2015", "pub"},
        {"aluminium", 248.3, {0.141, 2.496}, "McPeak2015", "pub"},
        {"aluminium", 365, {0.309, 3.832}, "McPeak2015", "pub"},
        {"aluminium_oxide", 13.5, {0.967877, 0.038989}, "Henke1993", "ver"},
        {"arf_barc", 193.368, {1.82, 0.34}, "", "recall"},
        {"arf_resist", 193.368, {1.7, 0.03}, "", "recall"},
        {"arf_topcoat", 193.368, {1.55, 0}, "", "recall"},
        {"boron_carbide", 13.5, {0.963768, 0.005146}, "Henke1993", "ver"},
        {"carbon", 13.5, {0.961574, 0.006905}, "Henke1993", "ver"},
        {"chromium", 13.5, {0.932451, 0.038884}, "Henke1993", "ver"},
        {"chromium_nitride", 13.5, {0.930375, 0.033242}, "Henke1993", "ver"},
        {"euv_resist", 13.5, {0.975897, 0.004887}, "Henke1993", "ver"},
        {"fused_silica", 13.5, {0.978032, 0.010774}, "Henke1993", "ver"},
        {"fused_silica", 193.368, {1.5602, 0}, "Malitson1965", "recall"},
        {"fused_silica", 248.3, {1.5084, 0}, "Malitson1965", "pub"},
        {"fused_silica", 365, {1.4745, 0}, "Malitson1965", "pub"},
        {"hafnium", 13.5, {0.961122, 0.034518}, "Henke1993", "ver"},
        {"hsq", 13.5, {0.986709, 0.006007}, "Henke1993", "ver"},
        {"iline_resist", 365, {1.69, 0.0278}, "", "recall"},
        {"krf_resist", 248.3, {1.76, 0.0116}, "", "recall"},
        {"molybdenum", 13.5, {0.9238, 0.006435}, "Henke1993", "ver"},
        {"molybdenum_disilicide", 13.5, {0.969327, 0.004333}, "Henke1993", "ver"},
        {"nickel", 13.5, {0.948188, 0.072772}, "Henke1993", "ver"},
        {"niobium", 13.5, {0.933748, 0.005196}, "Henke1993", "ver"},
        {"palladium", 13.5, {0.876118, 0.046401}, "Henke1993", "ver"},
        {"platinum", 13.5, {0.890662, 0.060038}, "Henke1993", "ver"},
        {"pmma", 13.5, {0.975691, 0.00563}, "Henke1993", "ver"},
        {"polyhydroxystyrene", 13.5, {0.976225, 0.004501}, "Henke1993", "ver"},
        {"rhodium", 13.5, {0.875047, 0.03118}, "Henke1993", "ver"},
        {"ruthenium", 13.5, {0.886357, 0.017066}, "Henke1993", "ver"},
        {"ruthenium_dioxide", 13.5, {0.920726, 0.021539}, "Henke1993", "ver"},
        {"silicon", 13.5, {0.999002, 0.001826}, "Henke1993", "ver"},
        {"silicon", 193.368, {0.883, 2.778}, "", "recall"},
        {"silicon", 248.3, {1.57, 3.565}, "AspnesStudna1983", "pub"},
        {"silicon", 365, {6.522, 2.705}, "AspnesStudna1983", "pub"},
        {"silicon_nitride", 248.3, {2.288, 0}, "Philipp1973", "pub"},
        {"silicon_nitride", 365, {2.095, 0}, "Philipp1973", "pub"},
        {"tantalum", 13.5, {0.942918, 0.040799}, "Henke1993", "ver"},
        {"tantalum_boron_nitride", 13.5, {0.945384, 0.033347}, "Henke1993", "ver"},
        {"tantalum_boron_oxide", 13.5, {0.948924, 0.030504}, "Henke1993", "ver"},
        {"tantalum_nitride", 13.5, {0.935069, 0.03828}, "Henke1993", "ver"},
        {"tellurium", 13.5, {0.972847, 0.074922}, "Henke1993", "ver"},
        {"tin", 13.5, {0.941464, 0.072659}, "Henke1993", "ver"},
        {"tin_dioxide", 13.5, {0.92905, 0.066967}, "Henke1993", "ver"},
        {"titanium", 13.5, {0.952276, 0.014077}, "Henke1993", "ver"},
        {"tungsten", 13.5, {0.932877, 0.032949}, "Henke1993", "ver"},
        {"vacuum", 0, {1, 0}, "", "ver"},
        {"water", 193.368, {1.4366, 0}, "DaimonMasumura2007", "pub"},
        {"water", 248.3, {1.3784, 0}, "DaimonMasumura2007", "pub"},
        {"water", 365, {1.3473, 0}, "DaimonMasumura2007", "pub"},
        {"zirconium", 13.5, {0.958876, 0.003765}, "Henke1993", "ver"},
    };
    return rows;
}

std::vector<std::string> material_names() {
    std::vector<std::string> names;
    for (const MaterialIndex& row : materials())
        if (names.empty() || names.back() != row.name) names.emplace_back(row.name);
    return names;
}

const MaterialIndex& find_material(std::string_view name, Length wavelength) {
    std::string known;
    for (const MaterialIndex& row : materials()) {
        if (row.name != name) continue;
        if (row.wavelength_nm == 0 || std::abs(wavelength.in(nm) / row.wavelength_nm - 1) <= 5e-3) return row;
        known += fmt::format("{}{:.9g}", known.empty() ? "" : ", ", row.wavelength_nm);
    }
    if (!known.empty())
        throw InputError("D0204", fmt::format("material '{}' has no index at {:.9g} nm", name, wavelength.in(nm)),
                         fmt::format("the table has {} nm; write the index as a number, n+ki", known));
    const std::string near = nearest_name(name, material_names());
    throw InputError("D0106", fmt::format("unknown material '{}'", name),
                     near.empty()
                         ? fmt::format("materials: {}; or write a number, n+ki", fmt::join(material_names(), ", "))
                         : fmt::format("did you mean '{}'?", near));
}

}  // namespace damascene::optics
