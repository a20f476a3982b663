// Vector and scalar images in a film by Abbe's sum, the slow truth: one set of coherent fields per source point.
//   I(r, z) = sum_s w_s / clear sum_states sum_c |sum_f sqrt(n/n_0) P [T(z) V J e]_c M_f e^{2 pi i f.r}|^2
// Cost per source point, depth, state and component: one transform of the band. Reference: [Flagello 1996].
#include <cmath>

#include "optics/coherent_sum.hpp"
#include "optics/illumination.hpp"
#include "optics/vector_light.hpp"

namespace damascene::optics {
namespace {

/// Mean of the s and p amplitudes of a wave, whole fields: the tangential p field over q/n of the film.
std::vector<Complex> scalar_transfer(const numerics::FilmStack& stack, std::size_t film, const Pupil& pupil,
                                     double kappa, std::span<const double> depth_nm) {
    const Complex n = stack.films[film].index, q = std::sqrt(n * n - kappa * kappa);
    const auto s = field_in_film(stack, film, depth_nm, pupil.wavelength, kappa, numerics::PlaneWave::s),
               p = field_in_film(stack, film, depth_nm, pupil.wavelength, kappa, numerics::PlaneWave::p);
    std::vector<Complex> out;
    for (std::size_t d = 0; d < depth_nm.size(); ++d)
        out.push_back(0.5 * (s[d].lateral + n / q * p[d].lateral) * std::sqrt(n.real() / stack.ambient));
    return out;
}

struct Band {
    int bx, by;
    double ux, uy;
    Spectrum2 passed;
    Band(const Spectrum2& mask, const Source& source, const Pupil& pupil)
        : bx(std::min(mask.band_x, mask_band(source, pupil, mask.period_x))),
          by(std::min(mask.band_y, mask_band(source, pupil, mask.period_y))),
          ux(order_step(pupil, mask.period_x)),
          uy(order_step(pupil, mask.period_y)),
          passed(band_limited(mask, bx, by)) {}
    /// visit(index, px, py, M_f) for every order with light.
    template <class Visit>
    void each(const SourcePoint& s, const Visit& visit) const {
        std::size_t i = 0;
        for (int fy = -by; fy <= by; ++fy)
            for (int fx = -bx; fx <= bx; ++fx, ++i)
                if (passed.coefficients[i] != 0.0) visit(i, fx * ux + s.sx, fy * uy + s.sy, passed.coefficients[i]);
    }
    std::size_t size() const { return passed.coefficients.size(); }
};

}  // namespace

ImageInDepth images_of_systems(const Spectrum2& mask, int band_x, int band_y, std::size_t source_points,
                               std::span<const double> depth_nm, std::size_t max_systems,
                               const std::function<std::size_t(std::size_t, std::vector<Complex>&)>& fill) {
    const BandGrid grid(band_x, band_y);
    const std::size_t depths = depth_nm.size(), points = grid.points(), total = depths * points,
                      block = work_block(source_points, total), blocks = (source_points + block - 1) / block;
    std::vector<std::vector<double>> partial(blocks);
    parallel_blocks(source_points, block, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> columns, field;
        std::vector<double> sum(total, 0.0);
        for (std::size_t s = begin; s < end; ++s) {
            columns.assign(depths * max_systems * grid.band_size(), 0.0);
            const std::size_t systems = fill(s, columns);
            for (std::size_t k = 0; k < depths * systems; ++k) {
                grid.synthesise(columns.data() + k * grid.band_size(), field);
                double* at = sum.data() + k / systems * points;
                for (std::size_t i = 0; i < points; ++i) at[i] += std::norm(field[i]);
            }
        }
        partial[begin / block] = std::move(sum);
    });
    ImageInDepth out;
    out.depth_nm.assign(depth_nm.begin(), depth_nm.end());
    for (std::size_t d = 0; d < depths; ++d) {
        std::vector<double> intensity(points, 0.0);
        for (const auto& part : partial)
            for (std::size_t i = 0; i < points; ++i) intensity[i] += part[d * points + i];
        out.images.push_back(image_of_samples(grid, std::move(intensity), mask));
    }
    return out;
}

ImageInDepth vector_abbe(const Spectrum2& mask, const Source& source, const Pupil& pupil, const VectorLight& light,
                         const numerics::FilmStack& stack, std::size_t film, std::span<const double> depth_nm) {
    require_depths(pupil, stack, film, depth_nm);
    const VectorOptics optics(source, pupil, light, stack, film);
    const Band band(mask, source, optics.pupil);
    return images_of_systems(mask, band.bx, band.by, source.points.size(), depth_nm, 6,
                             [&](std::size_t s, std::vector<Complex>& out) {
                                 const SourcePoint& point = source.points[s];
                                 const auto states = polarisation_states(light, point.sx, point.sy);
                                 const std::size_t systems = 3 * states.size();
                                 band.each(point, [&](std::size_t i, double px, double py, Complex m) {
                                     const auto transfer = optics.transfer(px, py, depth_nm);
                                     for (std::size_t d = 0; d < transfer.size(); ++d)
                                         for (std::size_t k = 0; k < systems; ++k) {
                                             const PolarisationState& state = states[k / 3];
                                             out[(d * systems + k) * band.size() + i] =
                                                 std::sqrt(point.weight * state.weight / optics.clear) * m *
                                                 component(transfer[d], k % 3, state.field);
                                         }
                                 });
                                 return systems;
                             });
}

ImageInDepth scalar_images(const Spectrum2& mask, const Source& source, const Pupil& pupil,
                           const numerics::FilmStack& stack, std::size_t film, std::span<const double> depth_nm) {
    require_depths(pupil, stack, film, depth_nm);
    const Band band(mask, source, pupil);
    const double clear = clear_field(source, pupil);
    return images_of_systems(
        mask, band.bx, band.by, source.points.size(), depth_nm, 1, [&](std::size_t s, std::vector<Complex>& out) {
            const SourcePoint& point = source.points[s];
            band.each(point, [&](std::size_t i, double px, double py, Complex m) {
                const Complex p = pupil_value(pupil, px, py);
                if (p == 0.0) return;
                const auto t = scalar_transfer(stack, film, pupil, pupil.na * std::hypot(px, py), depth_nm);
                for (std::size_t d = 0; d < t.size(); ++d)
                    out[d * band.size() + i] = std::sqrt(point.weight / clear) * m * p * t[d];
            });
            return std::size_t{1};
        });
}

}  // namespace damascene::optics
