#include "opc/edge_descent.hpp"

#include <algorithm>
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

/// A loss pixel is 4 x 4 parts; the loss takes one part of every pixel per iteration and all of them in turn. A fixed
/// part would let a steep print hide its edges between the samples.
constexpr int parts = 4;
struct Part {
    int x, y;
};
Part part_of(int i) {
    constexpr int order[parts] = {0, 2, 1, 3};
    return {order[i % parts], order[(i + i / parts) % parts]};
}

/// Exact coverage of part i of every loss pixel, i = 0..15.
std::vector<AlignedFloats> coverage(const Region& target, const Cell2& cell, int n) {
    const int fine = parts * n;
    const double pitch = cell.side_nm / fine;
    const Field2<double> covered = coverage_raster(
        target, {fine, fine, pitch * nm, pitch * nm, (cell.x0_nm + pitch / 2) * nm, (cell.y0_nm + pitch / 2) * nm});
    std::vector<AlignedFloats> targets(parts * parts);
    parallel_for(targets.size(), [&](std::size_t i) {
        const Part part = part_of(static_cast<int>(i));
        targets[i].reserve(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
        for (int y = 0; y < n; ++y)
            for (int x = 0; x < n; ++x)
                targets[i].push_back(static_cast<float>(covered.at(parts * x + part.x, parts * y + part.y)));
    });
    return targets;
}

void to_single(const Spectrum2& m, BandSpectrum& out) {
    for (std::size_t i = 0; i < m.coefficients.size(); ++i) {
        out.values[2 * i] = static_cast<float>(m.coefficients[i].real());
        out.values[2 * i + 1] = static_cast<float>(m.coefficients[i].imag());
    }
}

Spectrum2 to_double(const BandSpectrum& g, double side_nm) {
    Spectrum2 out{g.band, g.band, side_nm * nm, side_nm * nm, 0 * nm, 0 * nm, {}};
    out.coefficients.resize(g.values.size() / 2);
    for (std::size_t i = 0; i < out.coefficients.size(); ++i)
        out.coefficients[i] = {g.values[2 * i], g.values[2 * i + 1]};
    return out;
}

/// Step per unit slope at steepness 1; the curvature of the loss grows in proportion to the steepness.
constexpr double step_nm = 120, momentum = 0.8, longest_step_nm = 4;

/// One heavy-ball step of every movable fragment, scaled by its length; returns |gradient|^2.
double descend(Fragments& f, const std::vector<double>& gradient, double step, std::vector<double>& velocity) {
    double squared = 0;
    for (std::size_t k = 0; k < f.all.size(); ++k) {
        Fragment& me = f.all[k];
        if (!me.movable) continue;
        const double slope = gradient[k] / std::max(me.length_nm(), 1.0);
        velocity[k] = momentum * velocity[k] - std::clamp(step * slope, -longest_step_nm, longest_step_nm);
        me.shift_nm += velocity[k];
        squared += gradient[k] * gradient[k];
    }
    return squared;
}

}  // namespace

double clock_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

EdgeDescent::EdgeDescent(const Region& target, const Cell2& cell, const ProcessCorners& corners, double loss_pixel_nm)
    : cell_(cell),
      corners_(corners),
      imager_(corners.focus, corners.defocus, 0, corners.diffusion_length),
      loss_n_(loss_points(cell.side_nm, loss_pixel_nm, 2 * imager_.band())),
      sampler_(loss_n_, 2 * imager_.band()),
      targets_(coverage(target, cell, loss_n_)),
      gradient_(imager_.band()),
      intensity_(2 * imager_.band()),
      dloss_(2 * imager_.band()) {}

lanes::PrintLoss EdgeDescent::print_loss(const EdgeLoss& loss) const {
    lanes::PrintLoss p;
    p.threshold = static_cast<float>(corners_.threshold);
    p.steepness = static_cast<float>(loss.steepness);
    p.dose_nominal = static_cast<float>(corners_.dose_nominal);
    p.dose_outer = static_cast<float>(corners_.dose_outer);
    p.dose_inner = static_cast<float>(corners_.dose_inner);
    p.nominal = loss.nominal, p.outer = loss.outer, p.inner = 0, p.pv_band = loss.pv_band;
    return p;
}

BandSpectrum EdgeDescent::mask_spectrum(const Fragments& fragments, Rings rings) const {
    const Length side = cell_.side_nm * nm;
    BandSpectrum mask(band());
    to_single(polygon_spectrum(outline(fragments, cell_, rings), 0 * nm, 0 * nm, side, side, band(), band()), mask);
    return mask;
}

double EdgeDescent::loss(const BandSpectrum& mask, const EdgeLoss& loss, BandSpectrum& gradient, int iteration) {
    const double area = pixel_area();
    const int i = iteration % (parts * parts);
    const double x = (part_of(i).x + 0.5) / (parts * loss_n_), y = (part_of(i).y + 0.5) / (parts * loss_n_);
    imager_.image(mask, intensity_);
    BandSpectrum at_part = intensity_;
    optics::shift(at_part, x, y);
    const double value =
        area * sampler_.print_loss(print_loss(loss), at_part, targets_[static_cast<std::size_t>(i)].data(), dloss_);
    optics::shift(dloss_, -x, -y);
    imager_.adjoint(dloss_, gradient);
    for (float& v : gradient.values) v *= static_cast<float>(area);
    return value;
}

double EdgeDescent::loss(const Fragments& fragments, const EdgeLoss& options, std::vector<double>& gradient) {
    const double value = loss(mask_spectrum(fragments), options, gradient_);
    gradient = shift_gradient(fragments, cell_, to_double(gradient_, cell_.side_nm));
    return value;
}

std::array<double, 2> EdgeDescent::counts() {
    const double area = pixel_area() / parts;
    std::array<double, 2> total{0, 0};
    for (int i = 0; i < parts; ++i) {  // these meet every row and column of parts once
        BandSpectrum at_part = intensity_;
        optics::shift(at_part, (part_of(i).x + 0.5) / (parts * loss_n_), (part_of(i).y + 0.5) / (parts * loss_n_));
        const auto pixels =
            sampler_.print_counts(print_loss({}), at_part, targets_[static_cast<std::size_t>(i)].data());
        total = {total[0] + area * static_cast<double>(pixels[0]), total[1] + area * static_cast<double>(pixels[1])};
    }
    return total;
}

std::vector<double> EdgeDescent::assist_peaks(const Fragments& f) {
    std::vector<double> peaks(f.rings(), 0.0);
    const auto n = static_cast<std::size_t>(loss_n_);
    AlignedFloats focus(n * n), defocus(n * n);
    BandSpectrum centred = intensity_;
    optics::shift(centred, 0.5 / loss_n_);
    sampler_.sample(centred, focus.data(), defocus.data());
    const double pixel = cell_.side_nm / loss_n_;
    const Grid2 grid{
        loss_n_, loss_n_, pixel * nm, pixel * nm, (cell_.x0_nm + pixel / 2) * nm, (cell_.y0_nm + pixel / 2) * nm};
    for (std::size_t r = 0; r < f.rings(); ++r) {
        if (!f.all[f.ring_begin[r]].assist) continue;
        const Field2<double> covered = coverage_raster(ring_region(f, r), grid);
        for (std::size_t i = 0; i < covered.values.size(); ++i)
            if (covered.values[i] > 0)
                peaks[r] = std::max(peaks[r], corners_.dose_outer * static_cast<double>(focus[i]));
    }
    return peaks;
}

void EdgeDescent::run(Fragments& f, const MaskRules& rules, double max_shift_nm, const DescentStage& stage,
                      DescentLog& log, const Context& context) {
    const std::vector<Spacing> pairs = spacings(f, rules, max_shift_nm);
    const BandSpectrum still = mask_spectrum(f, Rings::still);
    std::vector<double> gradient, velocity(f.all.size(), 0.0);
    for (int i = 0; i < stage.iterations; ++i, ++log.done) {
        context.check();
        const double ratio = stage.steepness_last / stage.steepness_first;
        const double steepness = stage.steepness_first * std::pow(ratio, static_cast<double>(i) / stage.iterations);
        BandSpectrum mask = mask_spectrum(f, Rings::moving);
        for (std::size_t k = 0; k < mask.values.size(); ++k) mask.values[k] += still.values[k];
        const double value = loss(mask, {.steepness = steepness}, gradient_, i);
        gradient = shift_gradient(f, cell_, to_double(gradient_, cell_.side_nm));
        const double squared = descend(f, gradient, step_nm / steepness, velocity);
        hold(f, pairs);
        if (log.done % 10 != 0 && i + 1 != stage.iterations) continue;
        const auto [l2, pvb] = counts();
        log.history.push_back({log.done, value, l2, pvb, std::sqrt(squared), clock_seconds() - log.started});
        context.progress({"edge correction",
                          std::min(1.0, static_cast<double>(log.done + 1) / log.total),
                          {{"loss", value}, {"l2", l2}, {"pvb", pvb}}});
    }
}

}  // namespace damascene::opc
