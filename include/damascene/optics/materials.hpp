// Refractive indices n + i k (time factor exp(-i w t)) of what wafers and masks are made of, each with its source.
//
// Labels: pub = published value, ver = computed from published tables by two codes, recall = usual value that a user
// should replace by a measurement of the film at hand.
#pragma once

#include <complex>
#include <string>
#include <string_view>
#include <vector>

#include "damascene/base.hpp"

namespace damascene::optics {

struct MaterialIndex {
    std::string_view name;
    double wavelength_nm = 0;  ///< 0: any wavelength
    std::complex<double> index;
    std::string_view citation, label;
};
/// One row per material and wavelength, by name.
const std::vector<MaterialIndex>& materials();
std::vector<std::string> material_names();
/// The row within 0.5 % of the wavelength. InputError D0106 with the nearest name, or D0204 naming the wavelengths the
/// table has: nothing is extrapolated.
const MaterialIndex& find_material(std::string_view name, Length wavelength);

}  // namespace damascene::optics
