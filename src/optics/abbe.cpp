// Abbe imaging, the slow truth: one coherent image per source point.
//   I(x) = sum_s w_s |sum_f P(f + f_s) M_f e^{2 pi i f.x/L}|^2 / sum_s w_s |P(f_s)|^2
// f + f_s in units of NA/lambda: f lambda/(L NA) + s. The divisor is the clear-field intensity, 1 for a source inside
// an unobstructed pupil. Reference: Abbe 1873; Born & Wolf 10.6. Cost O(N_s n_f^1.5).
#include "damascene/optics.hpp"
#include "optics/coherent_sum.hpp"
#include "optics/illumination.hpp"

namespace damascene::optics {

Image abbe(const Spectrum2& mask, const Source& source, const Pupil& pupil) {
    const int bx = mask_band(source, pupil, mask.period_x), by = mask_band(source, pupil, mask.period_y);
    const Spectrum2 passed = band_limited(mask, bx, by);
    const double ux = order_step(pupil, mask.period_x), uy = order_step(pupil, mask.period_y);
    const double clear = clear_field(source, pupil);
    const BandGrid grid(bx, by);
    auto intensity = coherent_intensity(
        grid, source.points.size(), [&](std::size_t s) { return source.points[s].weight / clear; },
        [&](std::size_t s, Complex* c) {
            for (int fy = -by; fy <= by; ++fy)
                for (int fx = -bx; fx <= bx; ++fx)
                    *c++ = passed.at(fx, fy) *
                           pupil_value(pupil, fx * ux + source.points[s].sx, fy * uy + source.points[s].sy);
        });
    return image_of_samples(grid, std::move(intensity), mask);
}

}  // namespace damascene::optics
