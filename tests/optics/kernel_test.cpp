// Kernel sets: truncation bound, parity, contest convention, exact grid, adjoint.
#include "damascene/optics.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "damascene/numerics.hpp"
#include "optics/coherent_sum.hpp"
#include "optics/gratings.hpp"

namespace damascene::optics {
namespace {

using namespace test;

KernelSet random_kernels(int band, int count, Length period, int seed) {
    KernelSet set;
    set.band_x = set.band_y = band, set.period_x = set.period_y = period;
    const int size = (2 * band + 1) * (2 * band + 1);
    for (int i = 0; i < size * count; ++i)
        set.kernels.push_back(Complex(shuffle(seed + 2 * i), shuffle(seed + 2 * i + 1)) / std::sqrt(size));
    for (int k = 0; k < count; ++k) set.weights.push_back(1.0 / (k + 1));
    return set;
}

Spectrum2 random_spectrum(int band, Length period, int seed) {
    Spectrum2 m;
    m.band_x = m.band_y = band, m.period_x = m.period_y = period;
    for (int i = 0; i < m.width() * m.height(); ++i)
        m.coefficients.push_back(0.1 * Complex(shuffle(seed + 2 * i), shuffle(seed + 2 * i + 1)));
    return m;
}

/// A real function's spectrum: c(-f) = conj c(f).
Spectrum2 random_real(int band, Length period, int seed) {
    Spectrum2 d = random_spectrum(band, period, seed);
    const std::size_t n = d.coefficients.size();
    for (std::size_t i = 0; i < n / 2; ++i) d.coefficients[i] = std::conj(d.coefficients[n - 1 - i]);
    d.coefficients[n / 2] = d.coefficients[n / 2].real();
    return d;
}

/// Intensity samples on n x n points by n x n transforms of the zero-padded fields.
std::vector<double> full_grid_intensity(const KernelSet& set, const Spectrum2& mask, int n) {
    const int b = set.band_x, w = 2 * b + 1;
    std::vector<double> intensity(static_cast<std::size_t>(n) * n, 0.0);
    for (int k = 0; k < set.count(); ++k) {
        std::vector<Complex> field(intensity.size(), 0.0);
        for (int fy = -b; fy <= b; ++fy)
            for (int fx = -b; fx <= b; ++fx)
                field[static_cast<std::size_t>((fy + n) % n * n + (fx + n) % n)] =
                    set.kernels[static_cast<std::size_t>((k * w + fy + b) * w + fx + b)] * mask.at(fx, fy);
        numerics::fft2(field, n, n, +1);
        for (std::size_t i = 0; i < field.size(); ++i)
            intensity[i] += set.weights[static_cast<std::size_t>(k)] * std::norm(field[i]);
    }
    return intensity;
}

TEST(BandGrid, CoarsestExactGridEqualsTheFullGrid) {  // V-10 (B = 17, g = 72 against n = 512)
    const KernelSet set = random_kernels(17, 3, 2048 * nm, 11);
    const Spectrum2 mask = random_spectrum(17, 2048 * nm, 5);
    const int n = 512;
    const auto full = full_grid_intensity(set, mask, n);
    const auto fine = sample_period(image(set, mask), n, n);
    double worst = 0, peak = 0;
    for (std::size_t i = 0; i < full.size(); ++i)
        worst = std::max(worst, std::abs(full[i] - fine.values[i])), peak = std::max(peak, full[i]);
    EXPECT_LT(worst / peak, 5e-15);
}

TEST(BandGrid, SixtyNinePointsAreExactSixtyEightAlias) {  // V-11
    const KernelSet set = random_kernels(17, 2, 2048 * nm, 3);
    const Spectrum2 mask = random_spectrum(17, 2048 * nm, 8);
    const auto on = [&](int g) {
        const BandGrid grid(17, 17, g, g);
        return coherent_intensity(
            grid, 2, [&](std::size_t k) { return set.weights[k]; },
            [&](std::size_t k, Complex* c) {
                for (std::size_t i = 0; i < grid.band_size(); ++i)
                    c[i] = set.kernels[k * grid.band_size() + i] * mask.coefficients[i];
            });
    };
    const Image reference = image(set, mask);
    double peak = 0;
    for (const Complex& c : reference.coefficients) peak = std::max(peak, std::abs(c));
    EXPECT_LT(largest_difference(image_of_samples(BandGrid(17, 17, 69, 69), on(69), mask), reference) / peak, 1e-14);
    // 68 points cannot even carry the band; compare the mean-square of the samples, exact for g >= 8B + 1 only through
    // the spectrum: the coefficient at 2B = 34 wraps onto -34.
    std::vector<Complex> samples;
    for (double v : on(68)) samples.push_back(v);
    numerics::fft2(samples, 68, 68, -1);
    const Complex wrapped = samples[34] / (68.0 * 68.0);
    EXPECT_GT(std::abs(wrapped - reference.at(34, 0)) / peak, 1e-6);
}

TEST(BandGrid, AdjointEqualsTheFullGridAdjoint) {  // V-10
    const int n = 256, b = 17, w = 2 * b + 1;
    const KernelSet set = random_kernels(b, 2, 2048 * nm, 21);
    const Spectrum2 mask = random_spectrum(b, 2048 * nm, 31);
    Field2<double> d;
    d.grid = {n, n, 8 * nm, 8 * nm, 0 * nm, 0 * nm};
    for (int i = 0; i < n * n; ++i) d.values.push_back(shuffle(i + 17));
    Spectrum2 g = image_adjoint(set, mask, spectrum_of_samples(d, 2 * b, 2 * b));
    std::vector<Complex> expected(static_cast<std::size_t>(w * w), 0.0);
    for (int k = 0; k < 2; ++k) {
        std::vector<Complex> field(static_cast<std::size_t>(n * n), 0.0);
        const auto at = [&](int fx, int fy) { return static_cast<std::size_t>((fy + n) % n * n + (fx + n) % n); };
        const auto kernel = [&](int fx, int fy) {
            return set.kernels[static_cast<std::size_t>((k * w + fy + b) * w + fx + b)];
        };
        for (int fy = -b; fy <= b; ++fy)
            for (int fx = -b; fx <= b; ++fx) field[at(fx, fy)] = kernel(fx, fy) * mask.at(fx, fy);
        numerics::fft2(field, n, n, +1);
        for (std::size_t i = 0; i < field.size(); ++i) field[i] *= d.values[i] / (n * n);
        numerics::fft2(field, n, n, -1);
        for (int fy = -b; fy <= b; ++fy)
            for (int fx = -b; fx <= b; ++fx)
                expected[static_cast<std::size_t>((fy + b) * w + fx + b)] +=
                    set.weights[static_cast<std::size_t>(k)] * std::conj(kernel(fx, fy)) * field[at(fx, fy)];
    }
    double worst = 0, peak = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        worst = std::max(worst, std::abs(expected[i] - g.coefficients[i])),
        peak = std::max(peak, std::abs(expected[i]));
    EXPECT_LT(worst / peak, 1e-13);
}

/// L = mean over the period of u(x) I(x) + v I(x)^2 / 2.
double loss(const Spectrum2& u, double v, const Image& image) {
    double sum = 0;
    for (std::size_t i = 0; i < image.coefficients.size(); ++i)
        sum +=
            (std::conj(u.coefficients[i]) * image.coefficients[i]).real() + 0.5 * v * std::norm(image.coefficients[i]);
    return sum;
}
Spectrum2 loss_derivative(const Spectrum2& u, double v, const Image& image) {
    Spectrum2 d = u;
    for (std::size_t i = 0; i < d.coefficients.size(); ++i) d.coefficients[i] += v * image.coefficients[i];
    return d;
}

Spectrum2 moved(const Spectrum2& m, const Spectrum2& direction, double step) {
    Spectrum2 out = m;
    for (std::size_t i = 0; i < m.coefficients.size(); ++i) out.coefficients[i] += step * direction.coefficients[i];
    return out;
}

TEST(ImageAdjoint, TaylorRemainderIsOfSecondOrder) {  // V-12
    Pupil pupil = immersion();
    pupil.defocus = 40 * nm;
    const KernelSet set = socs(annular(0.6, 0.9, 15), pupil, 450 * nm, 450 * nm, 1e-2);
    for (int direction = 0; direction < 20; ++direction) {
        const Spectrum2 mask = random_squares(450 * nm, 9, set.band_x + 2, 100 + direction),
                        dm = random_spectrum(set.band_x + 2, 450 * nm, 1000 * direction);
        const Spectrum2 u = random_real(2 * set.band_x, 450 * nm, 77 + direction);
        const double v = 3;
        const Image now = image(set, mask);
        const Spectrum2 g = image_adjoint(set, mask, loss_derivative(u, v, now));
        ASSERT_EQ(g.coefficients.size(), mask.coefficients.size());
        double slope = 0;
        for (std::size_t i = 0; i < g.coefficients.size(); ++i)
            slope += 2 * (std::conj(g.coefficients[i]) * dm.coefficients[i]).real();
        const auto at = [&](double h) { return loss(u, v, image(set, moved(mask, dm, h))); };
        const double l0 = loss(u, v, now), h = 1e-2;
        const double r1 = std::abs(at(h) - l0 - h * slope), r2 = std::abs(at(h / 4) - l0 - h / 4 * slope);
        EXPECT_NEAR(std::log(r1 / r2) / std::log(4.0), 2.0, 0.1);
        const double e = 1e-4;  // central difference: truncation ~ e^2 = 1e-8, rounding ~ 1e-12
        EXPECT_NEAR((at(e) - at(-e)) / (2 * e), slope, 1e-6 * std::abs(slope) + 1e-10);
    }
}

/// order of |L(h) - L(0) - h slope| between h and h/4, and the central difference at e.
void expect_derivative(const std::function<double(double)>& loss_at, double slope, double h, double e) {
    const double l0 = loss_at(0), r1 = std::abs(loss_at(h) - l0 - h * slope),
                 r2 = std::abs(loss_at(h / 4) - l0 - h / 4 * slope);
    EXPECT_NEAR(std::log(r1 / r2) / std::log(4.0), 2.0, 0.1);
    EXPECT_NEAR((loss_at(e) - loss_at(-e)) / (2 * e), slope, 1e-6 * std::abs(slope) + 1e-10);
}

TEST(AbbeAdjoint, SourceDefocusZernikeAndMaskDerivativesAreExact) {  // V-12
    Source source = dipole(0.5, 0.9, 50 * deg, 20 * deg, 7);
    Pupil pupil = immersion();
    pupil.defocus = 35 * nm, pupil.obliquity = true;
    pupil.zernike_waves = {0, 0.01, 0, 0.02, -0.03, 0, 0.04, 0, 0.015};
    const Spectrum2 mask = random_squares(420 * nm, 9, 12, 4);
    const int band = mask_band(source, pupil, 420 * nm);
    const Spectrum2 u = random_real(2 * band, 420 * nm, 5);
    const double v = 3;
    const auto loss_of = [&](const Source& s, const Pupil& p, const Spectrum2& m) { return loss(u, v, abbe(m, s, p)); };
    const OpticsGradient g = abbe_adjoint(mask, source, pupil, loss_derivative(u, v, abbe(mask, source, pupil)));
    ASSERT_EQ(g.zernike_waves.size(), pupil.zernike_waves.size());
    for (std::size_t j : {1u, 3u, 4u, 6u, 8u})
        expect_derivative(
            [&](double h) {
                Pupil p = pupil;
                p.zernike_waves[j] += h;
                return loss_of(source, p, mask);
            },
            g.zernike_waves[j], 4e-3, 1e-5);
    expect_derivative(
        [&](double h) {
            Pupil p = pupil;
            p.defocus = p.defocus + h * nm;
            return loss_of(source, p, mask);
        },
        g.defocus_per_nm, 1, 3e-3);
    double along = 0;
    for (std::size_t s = 0; s < source.points.size(); ++s)
        along += g.source_weights[s] * source.points[s].weight * shuffle(static_cast<int>(s));
    expect_derivative(
        [&](double h) {
            Source moved = source;
            for (std::size_t s = 0; s < moved.points.size(); ++s)
                moved.points[s].weight *= 1 + h * shuffle(static_cast<int>(s));
            return loss_of(moved, pupil, mask);
        },
        along, 0.1, 1e-4);
    const Spectrum2 dm = random_spectrum(12, 420 * nm, 9);
    double slope = 0;
    for (std::size_t i = 0; i < dm.coefficients.size(); ++i)
        slope += 2 * (std::conj(g.mask.coefficients[i]) * dm.coefficients[i]).real();
    expect_derivative([&](double h) { return loss_of(source, pupil, moved(mask, dm, h)); }, slope, 1e-2, 1e-4);
}

TEST(AbbeAdjoint, EqualsTheKernelAdjoint) {
    Pupil pupil = immersion();
    pupil.defocus = 35 * nm;
    const Source source = annular(0.6, 0.9, 11);
    const Spectrum2 mask = random_squares(420 * nm, 9, 12, 4);
    const KernelSet set = socs(source, pupil, 420 * nm, 420 * nm, 0);
    const Spectrum2 d = random_real(2 * set.band_x, 420 * nm, 5);
    EXPECT_LT(largest_difference(abbe_adjoint(mask, source, pupil, d).mask, image_adjoint(set, mask, d)), 1e-13);
}

TEST(ImageAdjoint, OnlyTheImageBandOfTheDerivativeActs) {
    const KernelSet set = random_kernels(5, 2, 500 * nm, 3);
    const Spectrum2 mask = random_spectrum(5, 500 * nm, 4), wide = random_real(16, 500 * nm, 9);
    const Spectrum2 a = image_adjoint(set, mask, wide), b = image_adjoint(set, mask, band_limited(wide, 10, 10));
    EXPECT_EQ(a.coefficients, b.coefficients);
}

TEST(Socs, TruncationBoundHoldsAndIsOneSided) {  // V-23: |t| <= 1 masks
    Pupil focus = immersion(), blurred = immersion();
    blurred.defocus = 60 * nm;
    const std::vector<std::pair<Source, Pupil>> optics = {{conventional(0.3, 15), focus},
                                                          {conventional(0.7, 15), focus},
                                                          {annular(0.6, 0.9, 15), focus},
                                                          {quasar(0.7, 0.9, 30 * deg, 45 * deg, 21), focus},
                                                          {dipole(0.7, 0.9, 40 * deg, 0 * deg, 21), focus},
                                                          {annular(0.6, 0.9, 15), blurred}};
    for (const auto& [source, pupil] : optics)
        for (int count : {8, 24, 60}) {
            const KernelSet set = socs(source, pupil, 480 * nm, 480 * nm, 0, count);
            ASSERT_TRUE(set.count() == count || set.truncation_bound < 1e-12);  // fewer only when the rank is exhausted
            for (int seed = 0; seed < 20; ++seed) {
                const Spectrum2 mask = random_squares(480 * nm, 12, set.band_x, seed);
                const auto exact = sample_period(hopkins(mask, source, pupil), 64, 64),
                           kept = sample_period(image(set, mask), 64, 64);
                for (std::size_t i = 0; i < exact.values.size(); ++i) {
                    ASSERT_GE(exact.values[i] - kept.values[i], -1e-12);
                    ASSERT_LE(exact.values[i] - kept.values[i], set.truncation_bound + 1e-12);
                }
            }
        }
}

TEST(Socs, KernelsAreOrthonormalWithTraceOfTheTransmission) {
    Pupil blurred = immersion();
    blurred.defocus = 60 * nm;
    for (const Pupil& pupil : {immersion(), blurred}) {
        const Source source = annular(0.6, 0.9, 15);
        const KernelSet set = socs(source, pupil, 480 * nm, 480 * nm, 0);
        const std::size_t size =
            static_cast<std::size_t>(2 * set.band_x + 1) * static_cast<std::size_t>(2 * set.band_y + 1);
        for (int j = 0; j < std::min(20, set.count()); ++j)
            for (int k = 0; k <= j; ++k) {
                Complex dot = 0;
                for (std::size_t i = 0; i < size; ++i)
                    dot += std::conj(set.kernels[static_cast<std::size_t>(j) * size + i]) *
                           set.kernels[static_cast<std::size_t>(k) * size + i];
                EXPECT_NEAR(std::abs(dot), j == k ? 1 : 0, 1e-10);
            }
        double trace = 0, expected = 0;
        for (double w : set.weights) trace += w;
        const double unit = 193.368 / (1.35 * 480);
        for (int fy = -set.band_y; fy <= set.band_y; ++fy)
            for (int fx = -set.band_x; fx <= set.band_x; ++fx)
                for (const SourcePoint& s : source.points)
                    expected += s.weight * std::norm(pupil_value(pupil, fx * unit + s.sx, fy * unit + s.sy));
        EXPECT_NEAR(trace, expected, 1e-11 * expected);
        EXPECT_TRUE(std::is_sorted(set.weights.rbegin(), set.weights.rend()));
    }
}

TEST(Socs, ToleranceDecidesTheCountAndIsMet) {
    const KernelSet coarse = socs(annular(0.6, 0.9), immersion(), 480 * nm, 480 * nm, 1e-2),
                    fine = socs(annular(0.6, 0.9), immersion(), 480 * nm, 480 * nm, 1e-3);
    EXPECT_LT(coarse.count(), fine.count());
    EXPECT_LE(coarse.truncation_bound, 1e-2);
    EXPECT_LE(fine.truncation_bound, 1e-3);
    EXPECT_GT(fine.weights.back(), 1e-3);
}

TEST(Socs, SymmetricSourceGivesKernelsOfExactParity) {
    const KernelSet set = socs(annular(0.6, 0.9, 15), immersion(), 480 * nm, 480 * nm, 1e-2);
    const std::size_t size =
        static_cast<std::size_t>(2 * set.band_x + 1) * static_cast<std::size_t>(2 * set.band_y + 1);
    for (std::size_t k = 0; k < set.weights.size(); ++k) {
        bool even = true, odd = true;
        for (std::size_t i = 0; i < size; ++i) {
            const Complex a = set.kernels[k * size + i], b = set.kernels[k * size + size - 1 - i];
            even = even && a == b, odd = odd && a == -b;
        }
        EXPECT_TRUE(even || odd);
    }
}

TEST(Socs, ScaledSetHasTheRequestedOpenFrame) {
    const KernelSet set = socs(annular(0.6, 0.9, 15), immersion(), 480 * nm, 480 * nm, 0, 24);
    const KernelSet scaled = scaled_to_open_frame(set, 0.95);
    EXPECT_NEAR(open_frame_intensity(scaled), 0.95, 1e-14);
    EXPECT_NEAR(scaled.truncation_bound / set.truncation_bound, scaled.weights[0] / set.weights[0], 1e-14);
    EXPECT_THROW(scaled_to_open_frame(set, 0), InputError);
}

TEST(Socs, ResizingPadsAndNeverCuts) {
    const KernelSet set = socs(conventional(0.3, 11), immersion(), 300 * nm, 300 * nm, 1e-2);
    const KernelSet wide = resized(set, set.band_x + 3, set.band_y + 2), back = resized(wide, set.band_x, set.band_y);
    EXPECT_EQ(back.kernels, set.kernels);
    const Spectrum2 mask = random_squares(300 * nm, 6, set.band_x, 1);
    const Image a = image(set, mask), b = image(wide, mask);
    for (int f = -2 * set.band_x; f <= 2 * set.band_x; ++f) EXPECT_NEAR(std::abs(a.at(f, 1) - b.at(f, 1)), 0, 1e-14);
    EXPECT_THROW(resized(set, 0, 0), InputError);
}

TEST(KernelImage, RefusesAnotherPeriodAndBrokenSets) {
    KernelSet set = random_kernels(3, 2, 500 * nm, 1);
    EXPECT_THROW(image(set, random_spectrum(3, 501 * nm, 1)), InputError);
    set.kernels.pop_back();
    EXPECT_THROW(image(set, random_spectrum(3, 500 * nm, 1)), InputError);
    EXPECT_THROW(socs(annular(0.6, 0.9), immersion(), 500 * nm, 500 * nm, -1), InputError);
    EXPECT_THROW(socs(annular(0.6, 0.9), immersion(), 500 * nm, 500 * nm, 1e-3, -1), InputError);
    EXPECT_THROW(socs(annular(0.6, 0.9), immersion(), 100 * um, 100 * um), ResourceError);
}

TEST(KernelImage, ContestForwardModelGivesTheSameImage) {
    // The published model, transcribed: FFT of the n x n raster / n^2, shifted to the centre, cut to the kernel
    // support, times the kernel, inverse FFT (synthesis) on the n x n grid, sum of weight x |field|^2.
    const int n = 256;
    Source source;
    Pupil pupil;
    iccad13_like(source, pupil);
    const Length period = 2048 * nm;
    const KernelSet set = resized(scaled_to_open_frame(socs(source, pupil, period, period, 0, 24), 0.951537), 17, 17);
    std::vector<float> raster(static_cast<std::size_t>(n * n));
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x) raster[static_cast<std::size_t>(y * n + x)] = (x / 9 + y / 14) % 3 == 0 ? 1.f : 0.f;
    std::vector<Complex> spectrum(raster.begin(), raster.end());
    numerics::fft2(spectrum, n, n, -1);
    std::vector<double> expected(raster.size(), 0.0);
    for (int k = 0; k < 24; ++k) {
        std::vector<Complex> field(raster.size(), 0.0);
        for (int row = 0; row < 35; ++row)
            for (int column = 0; column < 35; ++column) {
                const std::size_t wrapped = static_cast<std::size_t>((row - 17 + n) % n * n + (column - 17 + n) % n);
                const std::complex<float> kernel(
                    set.kernels[static_cast<std::size_t>((k * 35 + row) * 35 + column)]);  // as stored in a file
                field[wrapped] = Complex(kernel) * spectrum[wrapped] / static_cast<double>(n * n);
            }
        numerics::fft2(field, n, n, +1);
        for (std::size_t i = 0; i < field.size(); ++i)
            expected[i] += static_cast<float>(set.weights[static_cast<std::size_t>(k)]) * std::norm(field[i]);
    }
    Field2<double> samples;
    samples.grid = {n, n, period / n, period / n, 0 * nm, 0 * nm};
    samples.values.assign(raster.begin(), raster.end());
    const auto ours = sample_period(image(set, spectrum_of_samples(samples, 17, 17)), n, n);
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(ours.values[i], expected[i], 1e-6);
}

TEST(OpticsPreset, Iccad13LikeReproducesTheContestDiagonal) {  // V-24
    const std::string folder = std::string(DAMASCENE_TEST_DATA) + "/iccad13/kernels/";
    const auto floats = [&](const std::string& name) {
        std::ifstream in(folder + name, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        std::vector<float> v(bytes.size() / 4);
        std::memcpy(v.data(), bytes.data(), v.size() * 4);
        return v;
    };
    const auto kernels = floats("kernels_focus.c64le"), weights = floats("weights_focus.f32le");
    ASSERT_EQ(kernels.size(), 24u * 35 * 35 * 2);
    std::vector<double> contest(35 * 35, 0.0);
    for (std::size_t k = 0; k < 24; ++k)
        for (std::size_t i = 0; i < contest.size(); ++i)
            contest[i] +=
                weights[k] * (std::pow(kernels[2 * (k * 1225 + i)], 2) + std::pow(kernels[2 * (k * 1225 + i) + 1], 2));
    Source source;
    Pupil pupil;
    iccad13_like(source, pupil);
    const double unit = 1 / 8.5;
    double worst = 0, sum = 0;
    for (int fy = -17; fy <= 17; ++fy)
        for (int fx = -17; fx <= 17; ++fx) {
            double diagonal = 0;
            for (const SourcePoint& s : source.points)
                diagonal += s.weight * std::norm(pupil_value(pupil, fx * unit + s.sx, fy * unit + s.sy));
            const double d = diagonal - contest[static_cast<std::size_t>((fy + 17) * 35 + fx + 17)] / contest[612];
            worst = std::max(worst, std::abs(d)), sum += d * d;
        }
    RecordProperty("max", std::to_string(worst));
    RecordProperty("rms", std::to_string(std::sqrt(sum / 1225)));
    EXPECT_LT(worst, 0.035);
    EXPECT_LT(std::sqrt(sum / 1225), 0.012);
}

}  // namespace
}  // namespace damascene::optics
