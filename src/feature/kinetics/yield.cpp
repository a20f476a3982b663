// Sputter yield laws, yields per ion, energies eV, angles from the surface normal.
//
//   sqrt_sin2            Y = A (sqrt E - sqrt Eth)+ (1 + B sin^2) cos
//   yamamura_angle       Y = Y0(E) t^f exp(-Sigma (t - 1)), t = 1/cos, Sigma = f cos(theta_opt)   [Yamamura 1983]
//   yamamura_iaea        the same with cos -> cos[(pi theta / 2 theta_0)^c]                        [Eckstein 2003]
//   yamamura_tawara_1996 Y0 = 0.042 (Q alpha / Us) Sn / (1 + Gamma ke eps^0.3) (1 - sqrt(Eth/E))^s
//                                                                                       [Yamamura & Tawara 1996]
#include "damascene/feature/yield.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/feature/surface_kinetics.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double grazing_cos = 1.7453283658983088e-3;  ///< cos 89.9 deg

template <class... F>
struct overloaded : F... {
    using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

double clipped(double cos_theta) { return std::clamp(cos_theta, grazing_cos, 1.0); }

// ------------------------------------------------------------------------------------------ Yamamura-Tawara, parts
double energy_transfer(const YamamuraTawara& y) {
    return 4 * y.ion_mass * y.target_mass / std::pow(y.ion_mass + y.target_mass, 2);
}

double alpha_star(double r) {  // r = M2/M1
    return r >= 1 ? 0.249 * std::pow(r, 0.56) + 0.0035 * std::pow(r, 1.5) : 0.0875 * std::pow(r, -0.15) + 0.165 * r;
}

double threshold(const YamamuraTawara& y) {
    const double factor = y.ion_mass <= y.target_mass ? 1 + 5.7 * y.ion_mass / y.target_mass : 6.7;
    return y.surface_binding_eV * factor / energy_transfer(y);
}

double screening(const YamamuraTawara& y) {
    return std::sqrt(std::pow(y.ion_Z, 2.0 / 3) + std::pow(y.target_Z, 2.0 / 3));
}

double reduced_energy(const YamamuraTawara& y, double E) {
    return 0.03255 / (y.ion_Z * y.target_Z * screening(y)) * y.target_mass / (y.ion_mass + y.target_mass) * E;
}

double reduced_stopping(double e) {
    const double root = std::sqrt(e);
    return 3.441 * root * std::log(e + 2.718) / (1 + 6.355 * root + e * (6.882 * root - 1.708));
}

double nuclear_stopping(const YamamuraTawara& y, double e) {
    return 84.78 * y.ion_Z * y.target_Z / screening(y) * y.ion_mass / (y.ion_mass + y.target_mass) *
           reduced_stopping(e);
}

double electronic_factor(const YamamuraTawara& y) {  // k_e
    return 0.079 * std::pow(y.ion_mass + y.target_mass, 1.5) / (std::pow(y.ion_mass, 1.5) * std::sqrt(y.target_mass)) *
           std::pow(y.ion_Z, 2.0 / 3) * std::sqrt(y.target_Z) / std::pow(screening(y), 1.5);
}

double yield(const YamamuraTawara& y, double E) {
    const double Eth = threshold(y);
    if (E <= Eth) return 0;
    const double e = reduced_energy(y, E), gamma = y.W / (1 + std::pow(y.ion_mass / 7, 3));
    return 0.042 * y.Q * alpha_star(y.target_mass / y.ion_mass) / y.surface_binding_eV * nuclear_stopping(y, e) /
           (1 + gamma * electronic_factor(y) * std::pow(e, 0.3)) * std::pow(1 - std::sqrt(Eth / E), y.s);
}

// ---------------------------------------------------------------------------------------------------------- angle
double yamamura(double f, double theta_opt, double cos) {
    const double t = 1 / cos;
    return std::pow(t, f) * std::exp(-f * std::cos(theta_opt) * (t - 1));
}

double iaea(const IaeaAngle& law, double cos) {
    const double bent = std::pow(std::acos(cos) / law.theta_0_rad, law.c) * pi / 2;
    return bent >= pi / 2 ? 0 : yamamura(law.f, law.theta_opt_rad, std::max(std::cos(bent), 1e-12));
}

double tabulated(const YieldTable& table, double E, double cos) {
    if (E < table.energy_eV.front()) return 0;
    const std::size_t n = table.angle_rad.size();
    std::vector<double> at_energy(table.energy_eV.size());
    for (std::size_t e = 0; e < at_energy.size(); ++e) {
        const std::vector<double> row(table.yield.begin() + static_cast<std::ptrdiff_t>(e * n),
                                      table.yield.begin() + static_cast<std::ptrdiff_t>((e + 1) * n));
        at_energy[e] = monotone_cubic(table.angle_rad, row, std::acos(cos));
    }
    return monotone_cubic(table.energy_eV, at_energy, E);
}

// [Yamamura & Tawara 1996, table 1]: surface binding energy is the heat of sublimation (eV); masses in u.
struct Target {
    std::string_view name;
    double Z, mass, binding, Q, W, s;
};
constexpr Target targets[] = {
    {"C", 6, 12.01, 7.37, 1.7, 1.84, 2.5},     {"Al", 13, 26.98, 3.39, 1.0, 2.17, 2.5},
    {"Si", 14, 28.08, 4.63, 0.66, 2.32, 2.5},  {"Ti", 22, 47.9, 4.85, 0.54, 2.57, 2.5},
    {"Ni", 28, 58.7, 4.44, 0.94, 1.33, 2.5},   {"Cu", 29, 63.55, 3.49, 1.0, 0.73, 2.5},
    {"Ge", 32, 72.59, 3.85, 0.59, 2.08, 2.5},  {"Mo", 42, 95.94, 6.82, 0.85, 2.39, 2.8},
    {"Hf", 72, 178.49, 6.44, 0.65, 2.25, 2.5}, {"Ta", 73, 180.95, 8.1, 0.56, 2.84, 2.8},
    {"W", 74, 183.84, 8.9, 0.72, 2.14, 2.8},   {"Au", 79, 196.97, 3.81, 1.08, 1.64, 2.8},
};
struct Ion {
    std::string_view name;
    double Z, mass;
};
constexpr Ion ions[] = {{"He", 2, 4.002},   {"N", 7, 14.007},   {"O", 8, 15.999},  {"Ne", 10, 20.179},
                        {"Ar", 18, 39.949}, {"Kr", 36, 83.798}, {"Xe", 54, 131.29}};

template <class Table>
std::vector<std::string_view> names(const Table& table) {
    std::vector<std::string_view> result;
    for (const auto& row : table) result.push_back(row.name);
    return result;
}

[[noreturn]] void unknown(std::string_view what, std::string_view name, const std::vector<std::string_view>& known) {
    const std::string nearest = nearest_name(name, {known.begin(), known.end()});
    throw InputError("D0409", fmt::format("no {} is named '{}'", what, escape_text(name)),
                     nearest.empty() ? fmt::format("known: {}", fmt::join(known, ", "))
                                     : fmt::format("did you mean '{}'?", nearest));
}

template <class Table>
const auto& find(const Table& table, std::string_view what, std::string_view name) {
    for (const auto& row : table)
        if (row.name == name) return row;
    unknown(what, name, names(table));
}

}  // namespace

double normal_yield(const NormalYield& law, double E) {
    return std::visit(overloaded{[&](const RootEnergy& l) {
                                     return l.amplitude *
                                            std::max(0.0, std::sqrt(std::max(E, 0.0)) - std::sqrt(l.threshold_eV));
                                 },
                                 [&](const YamamuraTawara& l) { return yield(l, E); }},
                      law);
}

double threshold_eV(const NormalYield& law) {
    return std::visit(overloaded{[](const RootEnergy& l) { return l.threshold_eV; },
                                 [](const YamamuraTawara& l) { return threshold(l); }},
                      law);
}

double angular_factor(const AngularYield& law, double cos_theta) {
    if (cos_theta <= 0) return 0;
    const double cos = clipped(cos_theta);
    return std::visit(overloaded{[](FlatAngle) { return 1.0; },
                                 [&](const SineSquared& l) { return (1 + l.B * (1 - cos * cos)) * cos; },
                                 [&](const YamamuraAngle& l) { return yamamura(l.f, l.theta_opt_rad, cos); },
                                 [&](const IaeaAngle& l) { return iaea(l, cos); }},
                      law);
}

double sputter_yield(const YieldLaw& law, double energy_eV, double cos_theta) {
    if (cos_theta <= 0) return 0;
    return std::visit(overloaded{[&](const SeparableYield& l) {
                                     return normal_yield(l.normal, energy_eV) * angular_factor(l.angular, cos_theta);
                                 },
                                 [&](const YieldTable& l) { return tabulated(l, energy_eV, clipped(cos_theta)); }},
                      law);
}

YieldLaw yield_law(std::string_view name) {
    if (name == "sqrt_sin2") return SeparableYield{RootEnergy{}, SineSquared{}};
    if (name == "yamamura_angle") return SeparableYield{RootEnergy{}, YamamuraAngle{}};
    if (name == "yamamura_iaea") return SeparableYield{RootEnergy{}, IaeaAngle{}};
    unknown("yield law without further data", name, {"sqrt_sin2", "yamamura_angle", "yamamura_iaea"});
}

YamamuraTawara yamamura_tawara(std::string_view ion, std::string_view target) {
    const Ion& i = find(ions, "ion of the 1996 table", ion);
    const Target& t = find(targets, "target of the 1996 table", target);
    return {i.Z, i.mass, t.Z, t.mass, t.binding, t.Q, t.W, t.s};
}

std::vector<std::string_view> sputter_ions() { return names(ions); }
std::vector<std::string_view> sputter_targets() { return names(targets); }

void check(const YieldTable& table) {
    auto fail = [](const char* what, std::size_t row) {
        throw InputError("D0703", fmt::format("yield table, row {}: {}", row + 1, what));
    };
    if (table.energy_eV.size() < 2 || table.angle_rad.size() < 2 ||
        table.yield.size() != table.energy_eV.size() * table.angle_rad.size())
        fail("at least two energies and two angles, and one yield for each pair", 0);
    for (std::size_t i = 0; i < table.energy_eV.size(); ++i)
        if (!(table.energy_eV[i] >= 0) || (i > 0 && !(table.energy_eV[i] > table.energy_eV[i - 1])))
            fail("energies must be positive and increase", i);
    for (std::size_t i = 1; i < table.angle_rad.size(); ++i)
        if (!(table.angle_rad[i] > table.angle_rad[i - 1])) fail("angles must increase", i);
    for (std::size_t i = 0; i < table.yield.size(); ++i)
        if (!(table.yield[i] >= 0 && std::isfinite(table.yield[i])))
            fail("yields must be zero or positive", i / table.angle_rad.size());
}

}  // namespace damascene::feature
