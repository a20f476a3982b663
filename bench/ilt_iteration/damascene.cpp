// Band-limited engine: the optics on 72 x 72 points, the loss on n x n.
#include <memory>

#include "ilt_iteration/problem.hpp"
#include "optics/band_limited.hpp"

namespace damascene::bench {
namespace {

using namespace optics;

struct Engine {
    explicit Engine(const IltProblem& p)
        : target(p.target),
          form{.threshold = static_cast<float>(p.corners.threshold),
               .steepness = static_cast<float>(p.corners.steepness),
               .dose_nominal = static_cast<float>(p.corners.dose_nominal),
               .dose_outer = static_cast<float>(p.corners.dose_outer),
               .dose_inner = static_cast<float>(p.corners.dose_inner)},
          imager(p.corners.focus, p.corners.defocus),
          transform(p.n, imager.band()),
          sampler(p.n, 2 * imager.band()),
          mask(imager.band()),
          gradient(imager.band()),
          intensity(2 * imager.band()),
          dloss(2 * imager.band()) {}

    double run(const AlignedFloats& field, AlignedFloats& derivative) {
        const float scale = 1.0f / (static_cast<float>(transform.n()) * static_cast<float>(transform.n()));
        transform.analyse(field.data(), mask);
        for (float& v : mask.values) v *= scale;
        imager.image(mask, intensity);
        const double loss = sampler.print_loss(form, intensity, target.data(), dloss);
        imager.adjoint(dloss, gradient);
        for (float& v : gradient.values) v *= 2 * scale;
        transform.synthesise(gradient, derivative.data());
        return loss;
    }

    AlignedFloats target;
    lanes::PrintLoss form;
    BandLimitedImager imager;
    RealTransform transform;
    GridSampler sampler;
    BandSpectrum mask, gradient, intensity, dloss;
};

}  // namespace

IltIteration damascene_iteration(const IltProblem& p) {
    const auto engine = std::make_shared<Engine>(p);
    return {
        .run = [engine](const AlignedFloats& mask, AlignedFloats& gradient) { return engine->run(mask, gradient); }};
}

}  // namespace damascene::bench
