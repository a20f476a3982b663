// Thermal oxidation of silicon: linear-parabolic growth, the thin regime, rods and holes. Lengths um, times h.
#pragma once

#include <string_view>

namespace damascene::feature {

enum class Ambient { dry_o2, wet_o2, h2o };
enum class SiliconFace { face_100, face_111 };

/// B (um^2/h), B/A (um/h); thin-regime surplus C exp(-x/L), C in um/h, L in um.
struct OxidationRates {
    double parabolic = 0, linear = 0, surplus = 0, surplus_length_um = 0.007;
    double A() const { return parabolic / linear; }
};
/// Tabulated Arrhenius laws, 700..1200 degC, rates proportional to pressure (B/A to its power `linear_exponent`). The
/// surplus is that of dry oxygen.
struct OxidationConditions {
    Ambient ambient = Ambient::dry_o2;
    SiliconFace face = SiliconFace::face_100;
    double temperature_K = 1273.15, pressure_atm = 1, linear_exponent = 1;
    bool thin_regime = false;  ///< dry oxygen only; begin at the native oxide then
};
OxidationRates oxidation_rates(const OxidationConditions&);
std::string_view oxidation_warning(const OxidationConditions&);  ///< "" inside 973..1523 K

inline constexpr double silicon_consumed = 0.44;  ///< um of silicon per um of oxide

/// Oxide thickness (um) after `hours` from `initial_um`.
double oxide_thickness(const OxidationRates&, double hours, double initial_um = 0);
/// Time (h) to grow from `initial_um` to `thickness_um`.
double oxidation_time(const OxidationRates&, double thickness_um, double initial_um = 0);

enum class Cylinder { rod, hole };
/// Radius a of the silicon and b of the oxide's free surface, um. Gas-side transfer is fast.
struct OxidisedCylinder {
    double silicon_um = 0, oxide_um = 0;
    bool ended = false;  ///< rod consumed or hole closed before the time was over
    double hours = 0;
};
OxidisedCylinder oxidise(Cylinder, const OxidationRates&, double radius_um, double hours,
                         double consumed = silicon_consumed);

}  // namespace damascene::feature
