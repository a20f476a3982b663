#include "opc/edge_descent.hpp"

#include <chrono>
#include <cmath>

#include "damascene/numerics.hpp"

namespace damascene::opc {
namespace {

using optics::BandSpectrum;

/// Multiple of 32 with prime factors 2, 3, 5 whose pixels are no larger than asked, and that carries the image's band.
int loss_points(double side_nm, double pixel_nm, int image_band) {
    const int least = std::max(static_cast<int>(std::ceil(side_nm / pixel_nm - 1e-9)), 2 * image_band + 1);
    return 32 * numerics::smooth_size((least + 31) / 32);
}

AlignedFloats coverage(const Region& target, const Cell2& cell, int n) {
    const double pixel = cell.side_nm / n;
    const Field2<double> covered = coverage_raster(
        target, {n, n, pixel * nm, pixel * nm, (cell.x0_nm + pixel / 2) * nm, (cell.y0_nm + pixel / 2) * nm});
    return AlignedFloats(covered.values.begin(), covered.values.end());
}

void to_single(const Spectrum2& m, BandSpectrum& out) {
    for (std::size_t i = 0; i < m.coefficients.size(); ++i) {
        out.values[2 * i] = static_cast<float>(m.coefficients[i].real());
        out.values[2 * i + 1] = static_cast<float>(m.coefficients[i].imag());
    }
}

Spectrum2 to_double(const BandSpectrum& g, double side_nm, double scale) {
    Spectrum2 out{g.band, g.band, side_nm * nm, side_nm * nm, 0 * nm, 0 * nm, {}};
    out.coefficients.resize(g.values.size() / 2);
    for (std::size_t i = 0; i < out.coefficients.size(); ++i)
        out.coefficients[i] = {scale * g.values[2 * i], scale * g.values[2 * i + 1]};
    return out;
}

double clock_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

EdgeDescent::EdgeDescent(const Region& target, const Cell2& cell, const ProcessCorners& corners, double loss_pixel_nm)
    : cell_(cell),
      corners_(corners),
      imager_(corners.focus, corners.defocus),
      loss_n_(loss_points(cell.side_nm, loss_pixel_nm, 2 * imager_.band())),
      sampler_(loss_n_, 2 * imager_.band()),
      target_(coverage(target, cell, loss_n_)),
      mask_(imager_.band()),
      gradient_(imager_.band()),
      intensity_(2 * imager_.band()),
      dloss_(2 * imager_.band()) {}

lanes::PrintLoss EdgeDescent::print_loss(const EdgeLoss& loss) const {
    return {static_cast<float>(corners_.threshold),    static_cast<float>(loss.steepness),
            static_cast<float>(corners_.dose_nominal), static_cast<float>(corners_.dose_outer),
            static_cast<float>(corners_.dose_inner),   loss.nominal,
            loss.outer,                                0.0f,
            loss.pv_band};
}

void EdgeDescent::image(const Fragments& fragments) {
    const Length side = cell_.side_nm * nm;
    const int band = imager_.band();
    to_single(polygon_spectrum(outline(fragments, cell_), 0 * nm, 0 * nm, side, side, band, band), mask_);
    imager_.image(mask_, intensity_);
    optics::shift(intensity_, 0.5 / loss_n_);
}

double EdgeDescent::loss(const Fragments& fragments, const EdgeLoss& loss, std::vector<double>& gradient) {
    image(fragments);
    const double pixel = cell_.side_nm / loss_n_, area = pixel * pixel;
    const double value = area * sampler_.print_loss(print_loss(loss), intensity_, target_.data(), dloss_);
    optics::shift(dloss_, -0.5 / loss_n_);
    imager_.adjoint(dloss_, gradient_);
    gradient = shift_gradient(fragments, cell_, to_double(gradient_, cell_.side_nm, area));
    return value;
}

std::array<double, 2> EdgeDescent::counts() {
    const auto pixels = sampler_.print_counts(print_loss({}), intensity_, target_.data());
    const double area = cell_.side_nm * cell_.side_nm / (static_cast<double>(loss_n_) * loss_n_);
    return {area * static_cast<double>(pixels[0]), area * static_cast<double>(pixels[1])};
}

void EdgeDescent::run(Fragments& f, const MaskRules& rules, double max_shift_nm, const DescentStage& stage,
                      std::vector<IterationRecord>& history, const Context& context) {
    constexpr double momentum = 0.8, longest_step_nm = 4;
    const double started = clock_seconds();
    const double seconds_before = history.empty() ? 0 : history.back().seconds;
    const int done = history.empty() ? 0 : history.back().iteration + 1;
    const std::vector<Spacing> pairs = spacings(f, rules, max_shift_nm);
    std::vector<double> gradient, velocity(f.all.size(), 0.0);
    for (int i = 0; i < stage.iterations; ++i) {
        context.check();
        const double fraction = static_cast<double>(i) / stage.iterations;
        const double steepness = stage.steepness_first * std::pow(stage.steepness_last / stage.steepness_first, fraction);
        const double value = loss(f, {.steepness = steepness}, gradient);
        double squared = 0;
        for (std::size_t k = 0; k < f.all.size(); ++k) {
            Fragment& me = f.all[k];
            if (!me.movable) continue;
            squared += gradient[k] * gradient[k];
            const double slope = gradient[k] / std::max(me.length_nm(), 1.0);
            velocity[k] = momentum * velocity[k] - std::clamp(stage.step * 60 / steepness * slope, -longest_step_nm, longest_step_nm);
            me.shift_nm += velocity[k];
        }
        gradient_norm_ = std::sqrt(squared);
        hold(f, pairs);
        if (i % 10 != 0 && i + 1 != stage.iterations) continue;
        const auto [l2, pvb] = counts();
        history.push_back({done + i, value, l2, pvb, gradient_norm_, seconds_before + clock_seconds() - started});
        context.progress({"edge correction", fraction, {{"loss", value}, {"l2", l2}, {"pvb", pvb}}});
    }
}

}  // namespace damascene::opc
