// Blur of [optics] as the library's functions:
//   I = (1 - F) G_vibration * sum_i w_i I_sharp(z + slope delta_i) + F rho          [Mack 2007]
// rho: light of the whole field. Its adjoint in M: the same filter and sum, and F d_0 / 2 at f = 0, since rho follows
// M_0.
#include "flow/image_blur.hpp"

#include "damascene/optics/vector_image.hpp"

namespace damascene::flow {
namespace {

bool vibrates(const Blur& b) { return b.vibration_x > 0 * nm || b.vibration_y > 0 * nm; }

Image over_laser(const Blur& b, const std::function<Image(Length)>& at) {
    return b.bandwidth_pm > 0
               ? optics::over_bandwidth(optics::gaussian_spectrum(b.bandwidth_pm), b.focus_slope_nm_per_pm, at)
               : at(0 * nm);
}

}  // namespace

Image blurred(const Blur& b, const std::function<double()>& clear_light, const std::function<Image(Length)>& sharp_at) {
    Image image = over_laser(b, sharp_at);
    if (vibrates(b)) image = optics::vibrated(image, b.vibration_x, b.vibration_y);
    return b.flare > 0 ? optics::with_flare(image, b.flare, clear_light()) : image;
}

Spectrum2 adjoint_of_blurred(const Blur& b, const Spectrum2& dloss_dimage,
                             const std::function<Spectrum2(Length, const Spectrum2&)>& sharp_adjoint) {
    Spectrum2 d = vibrates(b) ? optics::vibrated(dloss_dimage, b.vibration_x, b.vibration_y) : dloss_dimage;
    if (b.flare > 0)
        for (auto& c : d.coefficients) c *= 1 - b.flare;
    Spectrum2 g = over_laser(b, [&](Length shift) { return sharp_adjoint(shift, d); });
    if (b.flare > 0) g.at(0, 0) += 0.5 * b.flare * dloss_dimage.at(0, 0).real();
    return g;
}

}  // namespace damascene::flow
