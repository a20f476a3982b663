// Exposure -> bake -> development of a resist film under given light.
//
//   M = exp(-C E I(r, z));  amplified: h = 1 - M, bake, blocked m;  conventional: m = M after diffusion
//   |grad t| r(m, z) = 1;  resist stands where t > development time            [Mack 2007, ch. 5 to 7]
#include "damascene/opc/physical_print.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "optics/coherent_sum.hpp"

namespace damascene::opc {
namespace {

void require(bool fine, const std::string& message, const std::string& allowed) {
    if (!fine) throw InputError("D0402", message, allowed);
}

/// True when no image varies along x (or y).
bool uniform(const ImageInDepth& light, bool along_x) {
    for (const Image& image : light.images) {
        double most = 0;
        for (int fy = -image.band_y; fy <= image.band_y; ++fy)
            for (int fx = -image.band_x; fx <= image.band_x; ++fx)
                if ((along_x ? fx : fy) != 0) most = std::max(most, std::abs(image.at(fx, fy)));
        if (most > 1e-12) return false;
    }
    return true;
}

int samples(double period_nm, int band, double spacing_nm) {
    return std::max(2 * band + 1, static_cast<int>(std::ceil(period_nm / spacing_nm - 1e-9)));
}

/// Without the outer orders that the mask does not have: lines along y keep one row.
Spectrum2 trimmed(const Spectrum2& mask) {
    constexpr double none = 1e-14;  // of the largest order: rounding of the polygon's spectrum
    double most = 0;
    for (const auto& c : mask.coefficients) most = std::max(most, std::abs(c));
    int band_x = 0, band_y = 0;
    for (int fy = -mask.band_y; fy <= mask.band_y; ++fy)
        for (int fx = -mask.band_x; fx <= mask.band_x; ++fx)
            if (std::abs(mask.at(fx, fy)) > none * most)
                band_x = std::max(band_x, std::abs(fx)), band_y = std::max(band_y, std::abs(fy));
    return optics::band_limited(mask, band_x, band_y);
}

ImageInDepth light_in_film(const Spectrum2& mask, const optics::Source& source, const optics::Pupil& pupil,
                           const ResistProcess& p, const numerics::FilmStack& stack, std::size_t film,
                           std::span<const double> depths) {
    return p.vector ? optics::vector_abbe(mask, source, pupil, p.light, stack, film, depths)
                    : optics::scalar_images(mask, source, pupil, stack, film, depths);
}

/// On the top of the stack, without what the films send back.
ImageInDepth incident_light(const Spectrum2& mask, const optics::Source& source, const optics::Pupil& pupil,
                            const ResistProcess& p) {
    const std::vector<double> top = {0};
    return light_in_film(mask, source, pupil, p, numerics::uniform_medium(p.stack.ambient, 1), 0, top);
}

Field3<float> remaining_compound(const ImageInDepth& light, const Grid3& grid, const ResistProcess& p,
                                 Length wavelength, double dose) {
    if (!p.bleaching) return resist::exposed<float>(light, grid, p.dill, dose);
    return resist::exposed_bleaching<float>(light.images.front(), grid, p.dill, dose, {p.stack, p.film, wavelength});
}

/// Empty: none.
Field3<float> uniform_quencher(const Grid3& grid, double concentration) {
    return {grid, std::vector<float>(concentration > 0 ? grid.size() : 0, static_cast<float>(concentration))};
}

}  // namespace

void validate(const ResistProcess& p) {
    numerics::validate(p.stack);
    require(p.film < p.stack.films.size(), "the stack has no film for the image", "name the resist film");
    const double thickness = p.stack.films[p.film].thickness_nm;
    require(thickness >= 1 && thickness <= 10000, "the resist is " + std::to_string(thickness) + " nm thick",
            "1 nm .. 10 um");
    require(p.dose_mj_cm2 > 0, "the dose is not positive", "more than 0 mJ/cm^2");
    require(p.dill.a_per_um >= 0 && p.dill.b_per_um >= 0 && p.dill.c_cm2_per_mj > 0, "Dill parameters out of range",
            "A, B >= 0, C > 0");
    require(p.quencher >= 0, "the quencher is negative", "0 or more, relative to the photo-acid generator");
    require(p.development != nullptr, "no dissolution model", "one of the catalogue 'development'");
    require(p.development_s > 0, "the development time is not positive", "more than 0 s");
    require(p.lateral_nm > 0 && p.slice_nm > 0, "the grid spacing is not positive", "more than 0 nm");
    if (p.development->check) p.development->check(p.rate);
}

ImageInDepth light_in_resist(const Spectrum2& mask, const optics::Source& source, const optics::Pupil& pupil,
                             const ResistProcess& p) {
    const Spectrum2 orders = trimmed(mask);
    ImageInDepth light = p.bleaching ? incident_light(orders, source, pupil, p)
                                     : light_in_film(orders, source, pupil, p, p.stack, p.film,
                                                     optics::depths_for(p.stack, p.film, pupil.wavelength));
    // Dose is power through the plane of the wafer: cos(theta) of what the image counts.
    const double per_dose = 1 / optics::incident_cosine(source, pupil, p.light);
    for (Image& image : light.images)
        for (auto& c : image.coefficients) c *= per_dose;
    return light;
}

Grid3 resist_grid(const ImageInDepth& light, const ResistProcess& p) {
    const Image& image = light.images.front();
    const double thickness = p.stack.films[p.film].thickness_nm, period_x = image.period_x.in(nm),
                 period_y = image.period_y.in(nm);
    Grid3 grid;
    grid.nx = uniform(light, true) ? 1 : samples(period_x, image.band_x, p.lateral_nm);
    grid.ny = uniform(light, false) ? 1 : samples(period_y, image.band_y, p.lateral_nm);
    grid.nz = std::max(4, static_cast<int>(std::ceil(thickness / p.slice_nm - 1e-9)));
    grid.dx_nm = period_x / grid.nx, grid.dy_nm = period_y / grid.ny, grid.dz_nm = thickness / grid.nz;
    grid.x0_nm = image.x0.in(nm), grid.y0_nm = image.y0.in(nm);
    return grid;
}

PhysicalPrint physical_print(const ImageInDepth& light, const Grid3& grid, const ResistProcess& p, Length wavelength,
                             double relative_dose) {
    Field3<float> m = remaining_compound(light, grid, p, wavelength, p.dose_mj_cm2 * relative_dose);
    PhysicalPrint out;
    if (p.chemistry == Chemistry::amplified) {
        for (float& v : m.values) v = 1 - v;
        resist::Baked<float> baked = resist::baked(std::move(m), uniform_quencher(grid, p.quencher), p.bake);
        out.bake_steps = baked.steps, out.bake_error = baked.error, out.fully_quenched = baked.fully_quenched;
        out.blocked = std::move(baked.blocked);
    } else {
        resist::Bake diffusion = p.bake;
        diffusion.amplification_per_s = 0, diffusion.loss_per_s = 0, diffusion.neutralisation_per_s = 0;
        diffusion.evaporation_nm_s = 0, diffusion.surface_loss = 0, diffusion.diffusivity_exponent = 0;
        out.blocked = resist::baked(std::move(m), uniform_quencher(grid, 0), diffusion).acid;
    }
    const Field3<float> rate = resist::dissolution_rate(out.blocked, *p.development, p.rate, p.tone);
    // Walls lie between samples: what comes just after the end must be known, not infinite.
    out.arrival = resist::arrival_by_sweeping(rate, 3 * p.development_s);
    return out;
}

resist::ResistSection printed_section(const PhysicalPrint& print, const ResistProcess& p,
                                      std::array<double, 4> cut_nm) {
    const resist::ResistSection section = resist::resist_section(print.arrival, p.development_s, cut_nm);
    return p.shrink_vertical > 0 || p.shrink_lateral > 0 ? resist::shrunk(section, p.shrink_vertical, p.shrink_lateral)
                                                         : section;
}

double printed_cd(const PhysicalPrint& print, const ResistProcess& p, std::array<double, 4> cut_nm, double height,
                  bool line) {
    const resist::ResistSection section = printed_section(print, p, cut_nm);
    const resist::ResistFeature feature = resist::measure(section);
    if (!feature.found || feature.line != line) return std::numeric_limits<double>::quiet_NaN();
    const double width = resist::width_at(section, height * section.thickness_nm);
    return width < section.length_nm * (1 - 1e-9) ? width : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace damascene::opc
