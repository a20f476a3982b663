// Named optics. Wavelengths and the refractive index of water at 193 nm are customary values; numerical apertures are
// those of scanner classes; the sources are usual choices a user replaces. `iccad13-like` is a fit to the published
// contest kernels (diagonal T(f,f)/T(0,0): RMS deviation 0.011), not the contest's own optics, which were never
// published.
#include <fmt/format.h>

#include "damascene/optics.hpp"

namespace damascene::optics {
namespace {

Pupil lens(double na, Length wavelength, double n_medium) {
    Pupil pupil;
    pupil.na = na, pupil.wavelength = wavelength, pupil.n_medium = n_medium;
    return pupil;
}

constexpr Length contest_period = 2048 * nm, argon_fluoride = 193 * nm;
constexpr double contest_orders = 8.5;  ///< NA L/lambda

Pupil contest_pupil() { return lens(contest_orders * (argon_fluoride / contest_period), argon_fluoride, 1.0); }

const OpticsPreset& find_preset(std::string_view name) {
    std::vector<std::string> names;
    for (const OpticsPreset& preset : optics_presets()) {
        if (preset.name == name) return preset;
        names.emplace_back(preset.name);
    }
    const std::string nearest = nearest_name(name, names);
    throw InputError("D0409", fmt::format("no optics preset is named '{}'", escape_text(name)),
                     nearest.empty() ? fmt::format("presets: {}", fmt::join(names, ", "))
                                     : fmt::format("did you mean '{}'?", nearest));
}

}  // namespace

const std::vector<OpticsPreset>& optics_presets() {
    static const std::vector<OpticsPreset> presets = {
        {"arf-immersion-1.35", lens(1.35, 193.368 * nm, 1.4366),
         R"({ kind = "annular", sigma_in = 0.6, sigma_out = 0.9 })", [] { return annular(0.6, 0.9); }},
        {"arf-dry-0.93", lens(0.93, 193.368 * nm, 1.0), R"({ kind = "annular", sigma_in = 0.6, sigma_out = 0.9 })",
         [] { return annular(0.6, 0.9); }},
        {"krf-0.80", lens(0.80, 248.3 * nm, 1.0), R"({ kind = "annular", sigma_in = 0.5, sigma_out = 0.8 })",
         [] { return annular(0.5, 0.8); }},
        {"krf-0.68", lens(0.68, 248.3 * nm, 1.0), R"({ kind = "conventional", sigma = 0.7 })",
         [] { return conventional(0.7); }},
        {"i-line-0.60", lens(0.60, 365.0 * nm, 1.0), R"({ kind = "conventional", sigma = 0.6 })",
         [] { return conventional(0.6); }},
        {"iccad13-like", contest_pupil(),
         R"({ kind = "quasar", sigma_in = 0.6, sigma_out = 0.84, opening = "32 deg", angle = "0 deg", n = 81 })",
         [] { return quasar(0.60, 0.84, 32 * deg, 0 * deg, 81); }},
    };
    return presets;
}

Pupil preset_pupil(std::string_view name) { return find_preset(name).pupil; }
Source preset_source(std::string_view name) { return find_preset(name).source(); }

void iccad13_like(Source& source, Pupil& pupil) {
    source = preset_source("iccad13-like");
    pupil = preset_pupil("iccad13-like");
}

}  // namespace damascene::optics
