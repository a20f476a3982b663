#include "optics/band_limited.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <cstring>

#include "damascene/base/parallel.hpp"
#include "damascene/geometry/blur.hpp"
#include "damascene/numerics.hpp"
#include "damascene/optics.hpp"

namespace damascene::optics {
namespace {

constexpr int lane_width = lanes::width;

float* thread_scratch(int n) {
    thread_local AlignedFloats scratch;
    const std::size_t need = lanes::scratch_floats(n);
    if (scratch.size() < need) scratch.resize(need);
    return scratch.data();
}

/// A second buffer of n complex lane vectors, beside the scratch of the transform itself.
float* thread_values(int n) {
    thread_local AlignedFloats values;
    const std::size_t need = static_cast<std::size_t>(n) * lanes::complex_floats;
    if (values.size() < need) values.resize(need);
    return values.data();
}

int padded(int n) { return (n + lane_width - 1) / lane_width * lane_width; }

lanes::FieldPlan make_plan(const KernelSet& focus, const KernelSet& defocus, int max_kernels) {
    lanes::FieldPlan plan;
    plan.band = std::max({focus.band_x, focus.band_y, defocus.band_x, defocus.band_y});
    const KernelSet sets[] = {resized(focus, plan.band, plan.band), resized(defocus, plan.band, plan.band)};
    plan.grid = numerics::smooth_size(4 * plan.band + 1);
    plan.states = 2;
    plan.fft = lanes::make_fft_plan(plan.grid);
    struct Entry {
        int state, kernel;
    };
    std::vector<Entry> entries;
    for (int s = 0; s < 2; ++s)
        for (int k = 0; k < sets[s].count() && (max_kernels == 0 || k < max_kernels); ++k) entries.push_back({s, k});
    plan.batches = (static_cast<int>(entries.size()) + lane_width - 1) / lane_width;
    const std::size_t points =
        static_cast<std::size_t>(2 * plan.band + 1) * static_cast<std::size_t>(2 * plan.band + 1);
    plan.kernels.assign(static_cast<std::size_t>(plan.batches) * points * lanes::complex_floats, 0.0f);
    plan.weights.assign(static_cast<std::size_t>(2 * plan.batches) * lane_width, 0.0f);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto [state, k] = entries[i];
        const std::size_t batch = i / lane_width, lane = i % lane_width;
        for (std::size_t p = 0; p < points; ++p) {
            const auto value = sets[state].kernels[static_cast<std::size_t>(k) * points + p];
            float* out = plan.kernels.data() + (batch * points + p) * lanes::complex_floats + lane;
            out[0] = static_cast<float>(value.real());
            out[lane_width] = static_cast<float>(value.imag());
        }
        plan.weights[(static_cast<std::size_t>(state * plan.batches) + batch) * lane_width + lane] =
            static_cast<float>(sets[state].weights[static_cast<std::size_t>(k)]);
    }
    return plan;
}

/// (c(f) + conj c(-f)) / 2 for fy >= 0: the spectrum of the real part of the function.
AlignedFloats hermitian_half(const BandSpectrum& f) {
    const std::size_t points = f.values.size() / 2, centre = points / 2,
                      first = centre - static_cast<std::size_t>(f.band);
    AlignedFloats half(2 * (points - first));
    for (std::size_t i = first; i < points; ++i) {
        const float *c = &f.values[2 * i], *mirrored = &f.values[2 * (points - 1 - i)];
        half[2 * (i - first)] = 0.5f * (c[0] + mirrored[0]);
        half[2 * (i - first) + 1] = 0.5f * (c[1] - mirrored[1]);
    }
    return half;
}

/// exp(-2 pi^2 s^2 f^2) for |f| <= band, s in periods.
std::vector<float> diffusion_factors(int band, double s) {
    std::vector<float> factors;
    if (s == 0) return factors;
    for (int f = -band; f <= band; ++f) factors.push_back(static_cast<float>(std::exp(log_blur(s, f))));
    return factors;
}

}  // namespace

BandLimitedImager::BandLimitedImager(const KernelSet& focus, const KernelSet& defocus, int max_kernels,
                                     Length diffusion_length)
    : plan_(make_plan(focus, defocus, max_kernels)),
      diffusion_(diffusion_factors(2 * plan_.band, diffusion_length / focus.period_x)) {
    const auto g = static_cast<std::size_t>(plan_.grid), w = static_cast<std::size_t>(2 * plan_.band + 1),
               batches = static_cast<std::size_t>(plan_.batches);
    columns_.resize(batches * g * w * lanes::complex_floats);
    fields_.resize(batches * g * g * lanes::complex_floats);
    intensity_.resize(2 * g * g);
}

void BandLimitedImager::image(const BandSpectrum& mask, BandSpectrum& intensity) {
    assert(mask.band == plan_.band && intensity.band == 2 * plan_.band);
    const auto& k = lanes::kernels();
    const int g = plan_.grid, w = 2 * plan_.band + 1;
    parallel_blocks(static_cast<std::size_t>(w), 6, [&](std::size_t begin, std::size_t end) {
        for (auto fx = begin; fx < end; ++fx)
            k.field_column(plan_, static_cast<int>(fx), mask.values.data(), columns_.data(), thread_scratch(g));
    });
    parallel_blocks(static_cast<std::size_t>(g), 9, [&](std::size_t begin, std::size_t end) {
        for (auto y = begin; y < end; ++y)
            k.field_row(plan_, static_cast<int>(y), columns_.data(), fields_.data(), intensity_.data(),
                        thread_scratch(g));
    });
    GridSampler(g, intensity.band)
        .project(intensity_.data(), intensity_.data() + static_cast<std::size_t>(g) * static_cast<std::size_t>(g),
                 intensity);
    const float scale = 1.0f / static_cast<float>(g * g);
    for (float& v : intensity.values) v *= scale;
    diffuse(intensity);
}

void BandLimitedImager::diffuse(BandSpectrum& f) const {
    if (diffusion_.empty()) return;
    const std::size_t width = diffusion_.size();
    for (std::size_t y = 0; y < width; ++y)
        for (std::size_t x = 0; x < width; ++x)
            for (std::size_t part : {0, 1}) f.values[2 * (y * width + x) + part] *= diffusion_[y] * diffusion_[x];
}

void BandLimitedImager::adjoint(const BandSpectrum& d_intensity, BandSpectrum& gradient) {
    assert(gradient.band == plan_.band && d_intensity.band == 2 * plan_.band);
    const auto& k = lanes::kernels();
    const int g = plan_.grid, w = 2 * plan_.band + 1;
    const std::size_t points = static_cast<std::size_t>(g) * static_cast<std::size_t>(g);
    BandSpectrum diffused = d_intensity;
    diffuse(diffused);
    GridSampler(g, diffused.band).sample(diffused, intensity_.data(), intensity_.data() + points);
    const float scale = 1.0f / static_cast<float>(g * g);
    for (float& v : intensity_) v *= scale;
    parallel_blocks(static_cast<std::size_t>(g), 9, [&](std::size_t begin, std::size_t end) {
        for (auto y = begin; y < end; ++y)
            k.adjoint_row(plan_, static_cast<int>(y), fields_.data(), intensity_.data(), columns_.data(),
                          thread_scratch(g));
    });
    parallel_blocks(static_cast<std::size_t>(w), 6, [&](std::size_t begin, std::size_t end) {
        for (auto fx = begin; fx < end; ++fx)
            k.adjoint_column(plan_, static_cast<int>(fx), columns_.data(), gradient.values.data(), thread_scratch(g));
    });
}

GridSampler::GridSampler(int n, int band) : plan_(lanes::make_fft_plan(n)), band_(band) {
    assert(n >= 2 * band + 1);
    strip_.assign(2 * static_cast<std::size_t>(padded(n)) * static_cast<std::size_t>(padded(2 * band + 1)), 0.0f);
}

template <class Body>
void GridSampler::columns(const BandSpectrum& f, Body&& body) {
    assert(f.band == band_);
    const auto& k = lanes::kernels();
    const int n = plan_.n;
    const auto blocks = static_cast<std::size_t>(padded(2 * band_ + 1) / lane_width);
    parallel_for(blocks, [&](std::size_t b) {
        k.expand_rows(plan_, band_, static_cast<int>(b), f.values.data(), strip_.data(), thread_scratch(n));
    });
    parallel_for(static_cast<std::size_t>(padded(n) / lane_width), [&](std::size_t b) {
        const int x0 = static_cast<int>(b) * lane_width;
        float* values = thread_values(n);
        k.expand_columns(plan_, band_, x0, strip_.data(), values, thread_scratch(n));
        body(b, x0, values);
    });
}

double GridSampler::print_loss(const lanes::PrintLoss& loss, const BandSpectrum& intensity, const float* target,
                               BandSpectrum& dloss, const float* weight) {
    const auto& k = lanes::kernels();
    const int n = plan_.n;
    assert(n % lane_width == 0 && dloss.band == band_);
    std::vector<double> partial(static_cast<std::size_t>(n / lane_width));
    columns(intensity, [&](std::size_t b, int x0, float* values) {
        partial[b] =
            k.print_loss(loss, n, values, target + x0, weight ? weight + x0 : nullptr, static_cast<std::size_t>(n));
        k.project_columns(plan_, band_, x0, values, strip_.data(), thread_scratch(n));
    });
    parallel_for(static_cast<std::size_t>(padded(2 * band_ + 1) / lane_width), [&](std::size_t b) {
        k.project_rows(plan_, band_, static_cast<int>(b), strip_.data(), dloss.values.data(), thread_scratch(n));
    });
    double total = 0;
    for (double p : partial) total += p;
    return total;
}

std::array<std::int64_t, 2> GridSampler::print_counts(const lanes::PrintLoss& loss, const BandSpectrum& intensity,
                                                      const float* target) {
    const auto& k = lanes::kernels();
    const int n = plan_.n;
    std::vector<std::array<std::int64_t, 2>> partial(static_cast<std::size_t>(n / lane_width), {0, 0});
    columns(intensity, [&](std::size_t b, int x0, float* values) {
        k.print_counts(loss, n, values, target + x0, static_cast<std::size_t>(n), partial[b].data());
    });
    std::array<std::int64_t, 2> total{0, 0};
    for (const auto& p : partial) total = {total[0] + p[0], total[1] + p[1]};
    return total;
}

void GridSampler::sample(const BandSpectrum& f, float* first, float* second) {
    const int n = plan_.n;
    columns(f, [&](std::size_t, int x0, float* values) {
        const int count = std::min(lane_width, n - x0);
        for (int y = 0; y < n; ++y) {
            const float* v = values + static_cast<std::ptrdiff_t>(y) * lanes::complex_floats;
            std::memcpy(first + static_cast<std::ptrdiff_t>(y) * n + x0, v,
                        sizeof(float) * static_cast<std::size_t>(count));
            if (second)
                std::memcpy(second + static_cast<std::ptrdiff_t>(y) * n + x0, v + lane_width,
                            sizeof(float) * static_cast<std::size_t>(count));
        }
    });
}

void GridSampler::project(const float* first, const float* second, BandSpectrum& f) {
    const auto& k = lanes::kernels();
    const int n = plan_.n;
    assert(f.band == band_);
    parallel_for(static_cast<std::size_t>(padded(n) / lane_width), [&](std::size_t b) {
        const int x0 = static_cast<int>(b) * lane_width, count = std::min(lane_width, n - x0);
        float* values = thread_values(n);
        std::memset(values, 0, sizeof(float) * static_cast<std::size_t>(n) * lanes::complex_floats);
        for (int y = 0; y < n; ++y) {
            float* v = values + static_cast<std::ptrdiff_t>(y) * lanes::complex_floats;
            std::memcpy(v, first + static_cast<std::ptrdiff_t>(y) * n + x0,
                        sizeof(float) * static_cast<std::size_t>(count));
            std::memcpy(v + lane_width, second + static_cast<std::ptrdiff_t>(y) * n + x0,
                        sizeof(float) * static_cast<std::size_t>(count));
        }
        k.project_columns(plan_, band_, x0, values, strip_.data(), thread_scratch(n));
    });
    parallel_for(static_cast<std::size_t>(padded(2 * band_ + 1) / lane_width), [&](std::size_t b) {
        k.project_rows(plan_, band_, static_cast<int>(b), strip_.data(), f.values.data(), thread_scratch(n));
    });
}

RealTransform::RealTransform(int n, int band) : plan_(lanes::make_fft_plan(n)), band_(band) {
    assert(n % 32 == 0 && n >= 2 * band + 1);
    strip_.assign(2 * static_cast<std::size_t>(n) * static_cast<std::size_t>(band + 1), 0.0f);
}

void RealTransform::analyse(const float* field, BandSpectrum& spectrum) {
    assert(spectrum.band == band_);
    const auto& k = lanes::kernels();
    const int n = plan_.n, w = 2 * band_ + 1;
    parallel_for(static_cast<std::size_t>(n / 32), [&](std::size_t b) {
        k.real_columns(plan_, band_, static_cast<int>(b) * 32, field, strip_.data(), thread_scratch(n));
    });
    float* upper = spectrum.values.data() + 2 * static_cast<std::ptrdiff_t>(band_) * w;  // row fy = 0
    parallel_for(static_cast<std::size_t>(band_ / lane_width + 1), [&](std::size_t b) {
        k.real_rows(plan_, band_, static_cast<int>(b), strip_.data(), upper, thread_scratch(n));
    });
    for (int fy = 1; fy <= band_; ++fy)
        for (int fx = -band_; fx <= band_; ++fx) {
            const float* from = upper + 2 * (static_cast<std::ptrdiff_t>(fy) * w + fx + band_);
            float* to = upper + 2 * (-static_cast<std::ptrdiff_t>(fy) * w - fx + band_);
            to[0] = from[0];
            to[1] = -from[1];
        }
}

void RealTransform::synthesise(const BandSpectrum& spectrum, float* field) {
    assert(spectrum.band == band_);
    const auto& k = lanes::kernels();
    const int n = plan_.n;
    const AlignedFloats upper = hermitian_half(spectrum);
    parallel_for(static_cast<std::size_t>(band_ / lane_width + 1), [&](std::size_t b) {
        k.synth_rows(plan_, band_, static_cast<int>(b), upper.data(), strip_.data(), thread_scratch(n));
    });
    parallel_for(static_cast<std::size_t>(n / 32), [&](std::size_t b) {
        k.synth_columns(plan_, band_, static_cast<int>(b) * 32, strip_.data(), field, thread_scratch(n));
    });
}

void shift(BandSpectrum& f, double x_periods, double y_periods) {
    const int b = f.band, w = f.width();
    std::vector<std::complex<float>> along_x(static_cast<std::size_t>(w)), along_y = along_x;
    for (int k = -b; k <= b; ++k) {
        along_x[static_cast<std::size_t>(k + b)] = std::polar(1.0, 2 * std::numbers::pi * k * x_periods);
        along_y[static_cast<std::size_t>(k + b)] = std::polar(1.0, 2 * std::numbers::pi * k * y_periods);
    }
    for (int fy = 0; fy < w; ++fy)
        for (int fx = 0; fx < w; ++fx) {
            float* c = f.values.data() + 2 * (static_cast<std::ptrdiff_t>(fy) * w + fx);
            const std::complex<float> v = std::complex<float>(c[0], c[1]) * along_y[static_cast<std::size_t>(fy)] *
                                          along_x[static_cast<std::size_t>(fx)];
            c[0] = v.real();
            c[1] = v.imag();
        }
}

}  // namespace damascene::optics
