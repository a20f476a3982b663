#include <memory>

#include "aerial_image/problem.hpp"
#include "optics/band_limited.hpp"

namespace damascene::bench {

Imager damascene_imager(const KernelSet& kernels, int n) {
    struct Engine {
        optics::BandLimitedImager imager;
        optics::RealTransform transform;
        optics::GridSampler sampler;
        optics::BandSpectrum mask, intensity;
    };
    KernelSet none = kernels;  // the engine images two focus states; the second is dark here
    none.kernels.clear(), none.weights.clear();
    const int band = kernels.band_x;
    const auto e = std::make_shared<Engine>(Engine{optics::BandLimitedImager(kernels, none),
                                                   optics::RealTransform(n, band), optics::GridSampler(n, 2 * band),
                                                   optics::BandSpectrum(band), optics::BandSpectrum(2 * band)});
    return [e, n](const AlignedFloats& mask, AlignedFloats& image) {
        e->transform.analyse(mask.data(), e->mask);
        for (float& v : e->mask.values) v /= static_cast<float>(n) * static_cast<float>(n);
        e->imager.image(e->mask, e->intensity);
        e->sampler.sample(e->intensity, image.data(), nullptr);
    };
}

}  // namespace damascene::bench
