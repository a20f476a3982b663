// Adjoint of the Abbe image I = sum_s w_s |E_s|^2 / C, C = sum_s w_s |P(f_s)|^2, E_s(x) = sum_f P(f + f_s) M_f e^{2 pi
// i f.x/L}.
//   g_s(f) = mean_x [D(x) E_s(x) e^{-2 pi i f.x/L}]                     (D = dL/dI, band 2B acts)
//   dL/dM:   G(f) = sum_s w_s/C P*(f + f_s) g_s(f),                      dL = 2 Re sum_f G*(f) dM_f
//   dL/dw_s = (mean_x D |E_s|^2 - mean_x D I |P(f_s)|^2) / C
//   dL/da   = sum_s w_s/C 2 Re sum_f g_s*(f) 2 pi i (dW/da)(f + f_s) P(f + f_s) M_f   for a phase parameter a, W in
//   waves
// Two transforms a source point: about twice the cost of the image.
#include <cmath>
#include <numbers>

#include "damascene/optics.hpp"
#include "optics/coherent_sum.hpp"
#include "optics/illumination.hpp"

namespace damascene::optics {
namespace {

/// dW/da in waves at one pupil point: defocus per nm first, then every Zernike term.
void phase_slopes(const Pupil& pupil, double px, double py, std::vector<double>& slopes) {
    const double rho = std::hypot(px, py), theta = std::atan2(py, px);
    slopes[0] = defocus_slope(pupil, rho * rho) / pupil.wavelength.in(nm);
    for (std::size_t j = 1; j < slopes.size(); ++j) slopes[j] = zernike_fringe(static_cast<int>(j), rho, theta);
}

struct Partial {
    std::vector<Complex> mask;
    std::vector<double> phase;
};

}  // namespace

OpticsGradient abbe_adjoint(const Spectrum2& mask, const Source& source, const Pupil& pupil,
                            const Spectrum2& dloss_dimage) {
    const int bx = mask_band(source, pupil, mask.period_x), by = mask_band(source, pupil, mask.period_y);
    const double ux = order_step(pupil, mask.period_x), uy = order_step(pupil, mask.period_y),
                 clear = clear_field(source, pupil);
    const Spectrum2 passed = band_limited(mask, bx, by);
    const BandGrid grid(bx, by);
    const Field2<double> d = sample_period(band_limited(dloss_dimage, 2 * bx, 2 * by), grid.grid_x, grid.grid_y);
    const std::size_t count = source.points.size(), size = grid.band_size(),
                      parameters = 1 + pupil.zernike_waves.size();
    const std::size_t block = work_block(count, 2 * size), blocks = (count + block - 1) / block;
    OpticsGradient gradient;
    gradient.source_weights.resize(count);
    std::vector<Partial> partial(blocks);
    parallel_blocks(count, block, [&](std::size_t begin, std::size_t end) {
        Partial sum{std::vector<Complex>(size, 0.0), std::vector<double>(parameters, 0.0)};
        std::vector<Complex> p(size), field(size), g(size), samples;
        std::vector<double> slopes(parameters);
        for (std::size_t s = begin; s < end; ++s) {
            const SourcePoint& point = source.points[s];
            const auto px = [&](std::size_t i) { return (static_cast<int>(i) % grid.width() - bx) * ux + point.sx; };
            const auto py = [&](std::size_t i) { return (static_cast<int>(i) / grid.width() - by) * uy + point.sy; };
            for (std::size_t i = 0; i < size; ++i)
                p[i] = pupil_value(pupil, px(i), py(i)), field[i] = p[i] * passed.coefficients[i];
            grid.synthesise(field.data(), samples);
            double mean = 0;
            for (std::size_t i = 0; i < samples.size(); ++i)
                mean += d.values[i] * std::norm(samples[i]), samples[i] *= d.values[i];
            gradient.source_weights[s] = mean / static_cast<double>(samples.size()) / clear;
            grid.analyse(samples, g.data());
            for (std::size_t i = 0; i < size; ++i) {
                if (p[i] == 0.0) continue;
                sum.mask[i] += point.weight / clear * std::conj(p[i]) * g[i];
                const double turn = -4 * std::numbers::pi * point.weight / clear * (std::conj(g[i]) * field[i]).imag();
                phase_slopes(pupil, px(i), py(i), slopes);
                for (std::size_t j = 0; j < parameters; ++j) sum.phase[j] += turn * slopes[j];
            }
        }
        partial[begin / block] = std::move(sum);
    });

    std::vector<double> phase(parameters, 0.0);
    Spectrum2 g = band_limited(mask, bx, by);
    std::fill(g.coefficients.begin(), g.coefficients.end(), 0.0);
    for (const Partial& part : partial) {
        for (std::size_t i = 0; i < size; ++i) g.coefficients[i] += part.mask[i];
        for (std::size_t j = 0; j < parameters; ++j) phase[j] += part.phase[j];
    }
    double mean_loss = 0;  // mean_x D I
    for (std::size_t s = 0; s < count; ++s) mean_loss += source.points[s].weight * gradient.source_weights[s];
    for (std::size_t s = 0; s < count; ++s)
        gradient.source_weights[s] -=
            mean_loss * std::norm(pupil_value(pupil, source.points[s].sx, source.points[s].sy)) / clear;
    gradient.mask = band_limited(g, mask.band_x, mask.band_y);
    gradient.defocus_per_nm = phase[0];
    gradient.zernike_waves.assign(phase.begin() + 1, phase.end());
    return gradient;
}

}  // namespace damascene::optics
