// The single-precision band-limited engine against the double-precision one, and its own identities: adjoint pairs,
// Taylor remainders, transforms of every length in use, the same bits at any thread count, one answer on every
// instruction set.
#include "optics/band_limited.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <numbers>
#include <string>

#include "damascene/base/parallel.hpp"
#include "damascene/base/random.hpp"
#include "damascene/optics.hpp"
#include "numerics/lanes.hpp"
#include "opc_score/iccad13.hpp"

namespace damascene::optics {
namespace {

using Complex = std::complex<double>;
constexpr double pi = std::numbers::pi;

// ------------------------------------------------------------------------------------------------------ small tools
Complex at(const BandSpectrum& f, int fx, int fy) {
    const auto i = 2 * static_cast<std::size_t>((fy + f.band) * f.width() + fx + f.band);
    return {f.values[i], f.values[i + 1]};
}

void put(BandSpectrum& f, int fx, int fy, Complex v) {
    const auto i = 2 * static_cast<std::size_t>((fy + f.band) * f.width() + fx + f.band);
    f.values[i] = static_cast<float>(v.real());
    f.values[i + 1] = static_cast<float>(v.imag());
}

BandSpectrum narrowed(const Spectrum2& f) {
    BandSpectrum out(f.band_x);
    for (int fy = -f.band_y; fy <= f.band_y; ++fy)
        for (int fx = -f.band_x; fx <= f.band_x; ++fx) put(out, fx, fy, f.at(fx, fy));
    return out;
}

/// a + i b
BandSpectrum joined(const Spectrum2& a, const Spectrum2& b) {
    BandSpectrum out(a.band_x);
    for (int fy = -a.band_y; fy <= a.band_y; ++fy)
        for (int fx = -a.band_x; fx <= a.band_x; ++fx) put(out, fx, fy, a.at(fx, fy) + Complex(0, 1) * b.at(fx, fy));
    return out;
}

double uniform(std::uint64_t entity, std::size_t i) { return 2 * KeyedRandom(13, entity).uniform(i) - 1; }

Spectrum2 random_spectrum(int band, Length period, std::uint64_t entity, bool hermitian) {
    Spectrum2 f;
    f.band_x = f.band_y = band;
    f.period_x = f.period_y = period;
    f.coefficients.resize(static_cast<std::size_t>(f.width()) * static_cast<std::size_t>(f.width()));
    for (std::size_t i = 0; i < f.coefficients.size(); ++i)
        f.coefficients[i] = {uniform(entity, 2 * i), uniform(entity, 2 * i + 1)};
    if (!hermitian) return f;
    const auto last = f.coefficients.size() - 1;
    for (std::size_t i = 0; i <= last / 2; ++i) f.coefficients[last - i] = std::conj(f.coefficients[i]);
    f.coefficients[last / 2] = f.coefficients[last / 2].real();
    return f;
}

KernelSet random_kernels(int band, int count, std::uint64_t entity) {
    KernelSet k;
    k.band_x = k.band_y = band;
    k.period_x = k.period_y = 1000 * nm;
    k.kernels.resize(static_cast<std::size_t>(count) * static_cast<std::size_t>((2 * band + 1) * (2 * band + 1)));
    for (std::size_t i = 0; i < k.kernels.size(); ++i)
        k.kernels[i] = {uniform(entity, 2 * i), uniform(entity, 2 * i + 1)};
    for (int i = 0; i < count; ++i) k.weights.push_back(1.0 / (1 + i));
    return k;
}

template <class Floats>
Floats random_floats(std::size_t n, std::uint64_t entity) {
    Floats v(n);
    for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(uniform(entity, i));
    return v;
}

template <class A, class B>
double dot(const A& a, const B& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
}

template <class A>
double norm(const A& a) {
    return std::sqrt(dot(a, a));
}

double worst_difference(const BandSpectrum& a, const Spectrum2& b) {
    double worst = 0;
    for (int fy = -a.band; fy <= a.band; ++fy)
        for (int fx = -a.band; fx <= a.band; ++fx) worst = std::max(worst, std::abs(at(a, fx, fy) - b.at(fx, fy)));
    return worst;
}

double largest(const Spectrum2& f) {
    double top = 0;
    for (Complex c : f.coefficients) top = std::max(top, std::abs(c));
    return top;
}

class ThreadCount {
  public:
    explicit ThreadCount(int n) : before_(thread_count()) { set_thread_count(n); }
    ~ThreadCount() { set_thread_count(before_); }

  private:
    int before_;
};

// --------------------------------------------------------------------------------- the engine against double precision
struct EngineError {
    double intensity = 0, gradient = 0;  ///< largest difference over largest value
};

/// Image on 128 (or more) points per side, and the gradient for a random derivative of the loss on those points.
EngineError engine_error(const KernelSet& focus, const KernelSet& defocus, const Spectrum2& mask) {
    const int band = focus.band_x, n = std::max(128, (4 * band + 32) / 32 * 32);
    BandLimitedImager imager(focus, defocus);
    BandSpectrum intensity(2 * band), gradient(band);
    imager.image(narrowed(mask), intensity);
    AlignedFloats first(static_cast<std::size_t>(n) * static_cast<std::size_t>(n)), second(first.size());
    GridSampler sampler(n, 2 * band);
    sampler.sample(intensity, first.data(), second.data());

    EngineError error;
    const KernelSet* sets[] = {&focus, &defocus};
    const AlignedFloats* samples[] = {&first, &second};
    Spectrum2 expected[2], derivative[2];
    for (int s = 0; s < 2; ++s) {
        const Field2<double> truth = sample_period(image(*sets[s], mask), n, n);
        double top = 0, worst = 0;
        for (std::size_t i = 0; i < truth.values.size(); ++i) {
            top = std::max(top, truth.values[i]);
            worst = std::max(worst, std::abs(truth.values[i] - static_cast<double>((*samples[s])[i])));
        }
        error.intensity = std::max(error.intensity, worst / top);
        Field2<double> d = truth;
        for (std::size_t i = 0; i < d.values.size(); ++i) d.values[i] = uniform(71 + static_cast<std::uint64_t>(s), i);
        derivative[s] = spectrum_of_samples(d, 2 * band, 2 * band);
        for (Complex& c : derivative[s].coefficients) c *= static_cast<double>(n) * n;
        derivative[s].period_x = mask.period_x, derivative[s].period_y = mask.period_y;
        expected[s] = image_adjoint(*sets[s], mask, derivative[s]);
    }
    imager.adjoint(joined(derivative[0], derivative[1]), gradient);
    for (std::size_t i = 0; i < expected[0].coefficients.size(); ++i)
        expected[0].coefficients[i] += expected[1].coefficients[i];
    error.gradient = worst_difference(gradient, expected[0]) / largest(expected[0]);
    return error;
}

Spectrum2 raster_spectrum(const Field2<std::uint8_t>& raster, int band, Length period) {
    Field2<double> values{raster.grid, std::vector<double>(raster.values.begin(), raster.values.end())};
    Spectrum2 f = spectrum_of_samples(values, band, band);
    f.period_x = f.period_y = period;
    return f;
}

TEST(BandLimitedImager, EqualsDoublePrecisionOnPublishedMasks) {
    const KernelSet focus = iccad13::kernels("focus"), defocus = iccad13::kernels("defocus");
    for (int k : {1, 4, 8}) {
        const EngineError e =
            engine_error(focus, defocus, raster_spectrum(iccad13::reference_mask(k), focus.band_x, focus.period_x));
        EXPECT_LT(e.intensity, 2e-6) << k;
        EXPECT_LT(e.gradient, 5e-6) << k;
    }
}

TEST(BandLimitedImager, EqualsDoublePrecisionOnRandomKernelsOfAnyBand) {
    for (int band : {1, 5, 17, 24}) {
        // 3 + 5 kernels leave lanes empty, 16 + 1 straddle two batches.
        for (const auto& [n0, n1] : {std::pair{3, 5}, std::pair{16, 1}}) {
            const KernelSet focus = random_kernels(band, n0, 1), defocus = random_kernels(band, n1, 2);
            const EngineError e = engine_error(focus, defocus, random_spectrum(band, focus.period_x, 3, false));
            EXPECT_LT(e.intensity, 2e-6) << band << " " << n0;
            EXPECT_LT(e.gradient, 5e-6) << band << " " << n0;
        }
    }
}

TEST(BandLimitedImager, FewerKernelsAreTheFirstOnes) {
    const KernelSet focus = random_kernels(5, 6, 1), defocus = random_kernels(5, 6, 2);
    auto cut = [](KernelSet k, std::size_t count) {
        k.kernels.resize(k.kernels.size() / k.weights.size() * count);
        k.weights.resize(count);
        return k;
    };
    const BandSpectrum mask = narrowed(random_spectrum(5, focus.period_x, 3, true));
    BandSpectrum some(10), same(10), all(10);
    BandLimitedImager(focus, defocus, 4).image(mask, some);
    BandLimitedImager(cut(focus, 4), cut(defocus, 4)).image(mask, same);
    BandLimitedImager(focus, defocus).image(mask, all);
    EXPECT_EQ(some.values, same.values);
    EXPECT_NE(some.values, all.values);
}

/// Diffused intensity = intensity times exp(-2 pi^2 sigma^2 f^2); its adjoint = the adjoint of that factor times D.
TEST(BandLimitedImager, DiffusionIsAGaussianOnBothWays) {
    const KernelSet kernels = random_kernels(6, 5, 1);
    const double period = kernels.period_x.in(nm), sigma = 0.04 * period;
    const BandSpectrum mask = narrowed(random_spectrum(6, kernels.period_x, 3, true)),
                       d = narrowed(random_spectrum(12, kernels.period_x, 5, true));
    BandLimitedImager sharp(kernels, kernels), blurred(kernels, kernels, 0, sigma * nm);
    BandSpectrum image(12), diffused(12), gradient(6), expected(6), weighted = d;
    sharp.image(mask, image);
    blurred.image(mask, diffused);
    double worst = 0, top = 0;
    for (int fy = -12; fy <= 12; ++fy)
        for (int fx = -12; fx <= 12; ++fx) {
            const double f2 = (fx * fx + fy * fy) / (period * period), pi = 3.14159265358979323846;
            const auto factor = static_cast<float>(std::exp(-2 * pi * pi * sigma * sigma * f2));
            for (int part : {0, 1}) {
                const auto i = static_cast<std::size_t>(2 * ((fy + 12) * 25 + fx + 12) + part);
                worst = std::max(worst, static_cast<double>(std::abs(diffused.values[i] - factor * image.values[i])));
                top = std::max(top, static_cast<double>(std::abs(image.values[i])));
                weighted.values[i] *= factor;
            }
        }
    EXPECT_LT(worst, 1e-6 * top);
    blurred.adjoint(d, gradient);
    sharp.adjoint(weighted, expected);
    worst = top = 0;
    for (std::size_t i = 0; i < gradient.values.size(); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(gradient.values[i] - expected.values[i])));
        top = std::max(top, static_cast<double>(std::abs(expected.values[i])));
    }
    EXPECT_LT(worst, 3e-6 * top);
    EXPECT_GT(top, 0);
}

TEST(BandLimitedImager, NarrowerKernelsArePadded) {
    const KernelSet wide = random_kernels(7, 3, 1), narrow = random_kernels(4, 2, 2);
    const BandSpectrum mask = narrowed(random_spectrum(7, wide.period_x, 3, true));
    BandSpectrum mixed(14), padded(14);
    BandLimitedImager(wide, narrow).image(mask, mixed);
    BandLimitedImager(wide, resized(narrow, 7, 7)).image(mask, padded);
    EXPECT_EQ(mixed.values, padded.values);
}

// ------------------------------------------------------------------------------------------------- the chain of an ILT
/// loss(mask) as the optimiser runs it: cells -> spectrum -> two images -> printing loss on its own grid, and back.
class Chain {
  public:
    static constexpr int cells = 128, points = 256;

    Chain()
        : focus_(iccad13::kernels("focus")),
          defocus_(iccad13::kernels("defocus")),
          imager_(focus_, defocus_),
          transform_(cells, imager_.band()),
          sampler_(points, 2 * imager_.band()),
          target_(means(iccad13::target(4, RasterRule::exact), iccad13::canvas / points)),
          weight_(static_cast<std::size_t>(points) * points),
          start_(means(iccad13::reference_mask(4), iccad13::canvas / cells)),
          mask_(imager_.band()),
          gradient_(imager_.band()),
          intensity_(2 * imager_.band()),
          dloss_(2 * imager_.band()) {
        for (std::size_t i = 0; i < weight_.size(); ++i) weight_[i] = static_cast<float>(1 + 0.5 * uniform(9, i));
    }

    const AlignedFloats& start() const { return start_; }

    /// The loss; its derivative by each cell if asked for.
    double loss(const AlignedFloats& mask, AlignedFloats* derivative = nullptr) {
        const float scale = 1.0f / (cells * cells);
        transform_.analyse(mask.data(), mask_);
        for (float& v : mask_.values) v *= scale;
        shift(mask_, -cell_shift);
        imager_.image(mask_, intensity_);
        shift(intensity_, point_shift);
        const double value = sampler_.print_loss(form, intensity_, target_.data(), dloss_, weight_.data());
        if (!derivative) return value;
        shift(dloss_, -point_shift);
        imager_.adjoint(dloss_, gradient_);
        shift(gradient_, cell_shift);
        for (float& v : gradient_.values) v *= 2 * scale;
        derivative->resize(mask.size());
        transform_.synthesise(gradient_, derivative->data());
        return value;
    }

    /// The same in double precision by the public imaging functions.
    double slow_loss(const AlignedFloats& mask, std::vector<double>& derivative) const {
        Field2<double> field{{.nx = cells, .ny = cells}, std::vector<double>(mask.begin(), mask.end())};
        Spectrum2 m = spectrum_of_samples(field, focus_.band_x, focus_.band_y);
        m.period_x = focus_.period_x, m.period_y = focus_.period_y;
        turn(m, -cell_shift);
        Image i0 = image(focus_, m), i1 = image(defocus_, m);
        turn(i0, point_shift), turn(i1, point_shift);
        const Field2<double> s0 = sample_period(i0, points, points), s1 = sample_period(i1, points, points);
        Field2<double> d0 = s0, d1 = s1;
        double value = 0;
        for (std::size_t i = 0; i < s0.values.size(); ++i) {
            const double t = target_[i], w = weight_[i];
            const double zn = print(form.dose_nominal * s0.values[i]), zo = print(form.dose_outer * s0.values[i]),
                         zi = print(form.dose_inner * s1.values[i]);
            value += w * (form.nominal * (zn - t) * (zn - t) + form.outer * (zo - t) * (zo - t) +
                          form.inner * (zi - t) * (zi - t)) +
                     form.pv_band * (zo - zi) * (zo - zi);
            const double by_n = 2 * w * form.nominal * (zn - t),
                         by_o = 2 * w * form.outer * (zo - t) + 2 * form.pv_band * (zo - zi),
                         by_i = 2 * w * form.inner * (zi - t) - 2 * form.pv_band * (zo - zi);
            const double s = form.steepness;
            d0.values[i] = s * (form.dose_nominal * by_n * zn * (1 - zn) + form.dose_outer * by_o * zo * (1 - zo));
            d1.values[i] = s * form.dose_inner * by_i * zi * (1 - zi);
        }
        Spectrum2 g = adjoint(focus_, m, d0);
        const Spectrum2 g1 = adjoint(defocus_, m, d1);
        for (std::size_t i = 0; i < g.coefficients.size(); ++i) g.coefficients[i] += g1.coefficients[i];
        turn(g, cell_shift);
        derivative = sample_period(real_part(g), cells, cells).values;
        for (double& v : derivative) v *= 2.0 / (static_cast<double>(cells) * cells);
        return value;
    }

  private:
    static constexpr lanes::PrintLoss form{
        .steepness = 20, .nominal = 1, .outer = 0.3f, .inner = 0.2f, .pv_band = 0.7f};
    static constexpr double cell_shift = 0.5 / cells, point_shift = 0.5 / points;

    static double print(double intensity) {
        return 1 /
               (1 + std::exp(-static_cast<double>(form.steepness) * (intensity - static_cast<double>(form.threshold))));
    }

    static void turn(Spectrum2& f, double periods) {
        for (int fy = -f.band_y; fy <= f.band_y; ++fy)
            for (int fx = -f.band_x; fx <= f.band_x; ++fx)
                f.at(fx, fy) *= std::polar(1.0, 2 * pi * (fx + fy) * periods);
    }

    /// The spectrum of the real part: (c(f) + conj c(-f)) / 2.
    static Spectrum2 real_part(Spectrum2 f) {
        const Spectrum2 whole = f;
        for (int fy = -f.band_y; fy <= f.band_y; ++fy)
            for (int fx = -f.band_x; fx <= f.band_x; ++fx)
                f.at(fx, fy) = 0.5 * (whole.at(fx, fy) + std::conj(whole.at(-fx, -fy)));
        return f;
    }

    static Spectrum2 adjoint(const KernelSet& kernels, const Spectrum2& mask, const Field2<double>& d) {
        Spectrum2 f = spectrum_of_samples(d, 2 * kernels.band_x, 2 * kernels.band_y);
        f.period_x = kernels.period_x, f.period_y = kernels.period_y;
        for (Complex& c : f.coefficients) c *= static_cast<double>(points) * points;
        turn(f, -point_shift);
        return image_adjoint(kernels, mask, f);
    }

    static AlignedFloats means(const Field2<std::uint8_t>& raster, int pixels) {
        const int n = raster.grid.nx / pixels;
        AlignedFloats out(static_cast<std::size_t>(n) * static_cast<std::size_t>(n), 0.0f);
        for (int y = 0; y < raster.grid.ny; ++y)
            for (int x = 0; x < raster.grid.nx; ++x)
                out[static_cast<std::size_t>(y / pixels * n + x / pixels)] +=
                    static_cast<float>(raster.at(x, y)) / static_cast<float>(pixels * pixels);
        return out;
    }

    KernelSet focus_, defocus_;
    BandLimitedImager imager_;
    RealTransform transform_;
    GridSampler sampler_;
    AlignedFloats target_, weight_, start_;
    BandSpectrum mask_, gradient_, intensity_, dloss_;
};

AlignedFloats moved(const AlignedFloats& mask, double step, const AlignedFloats& direction) {
    AlignedFloats out = mask;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += static_cast<float>(step) * direction[i];
    return out;
}

TEST(PrintingLoss, ValueAndGradientEqualDoublePrecision) {
    Chain chain;
    AlignedFloats fast;
    std::vector<double> slow;
    const double value = chain.loss(chain.start(), &fast), truth = chain.slow_loss(chain.start(), slow);
    EXPECT_NEAR(value, truth, 1e-5 * truth);
    double worst = 0, top = 0;
    for (std::size_t i = 0; i < slow.size(); ++i) {
        worst = std::max(worst, std::abs(slow[i] - static_cast<double>(fast[i])));
        top = std::max(top, std::abs(slow[i]));
    }
    EXPECT_LT(worst, 2e-5 * top);
}

TEST(PrintingLoss, TaylorRemainderOfTheWholeChainIsOfSecondOrder) {
    Chain chain;
    AlignedFloats derivative;
    const double value = chain.loss(chain.start(), &derivative);
    // Along the gradient, where the remainder rises above the rounding of the loss (1e-6 of it).
    AlignedFloats direction = derivative;
    const double length = norm(direction);
    for (float& v : direction) v *= static_cast<float>(1 / length);
    const double slope = dot(derivative, direction);
    auto remainder = [&](double step) {
        return chain.loss(moved(chain.start(), step, direction)) - value - step * slope;
    };
    const double coarse = remainder(0.8), middle = remainder(0.4), fine = remainder(0.2);
    EXPECT_GT(std::abs(fine), 2e-5 * value);  // not rounding
    EXPECT_NEAR(std::log2(coarse / middle), 2, 0.1);
    EXPECT_NEAR(std::log2(middle / fine), 2, 0.1);
}

TEST(PrintingLoss, DirectionalDifferenceEqualsTheGradient) {
    Chain chain;
    AlignedFloats derivative;
    chain.loss(chain.start(), &derivative);
    for (std::uint64_t entity : {31u, 32u, 33u}) {
        // A direction with a fair share of the gradient: random cells weighed by it.
        AlignedFloats direction = random_floats<AlignedFloats>(derivative.size(), entity);
        for (std::size_t i = 0; i < direction.size(); ++i) direction[i] = (1 + direction[i]) * derivative[i];
        const double length = norm(direction), h = 0.1;
        for (float& v : direction) v *= static_cast<float>(1 / length);
        const double difference =
            (chain.loss(moved(chain.start(), h, direction)) - chain.loss(moved(chain.start(), -h, direction))) /
            (2 * h);
        EXPECT_NEAR(difference, dot(derivative, direction), 1e-3 * std::abs(difference)) << entity;
    }
}

TEST(PrintingLoss, SameBitsAtOneTwoAndThreeThreads) {
    Chain chain;
    AlignedFloats one, other;
    double value = 0;
    {
        const ThreadCount threads(1);
        value = chain.loss(chain.start(), &one);
    }
    for (int n : {2, 3}) {
        const ThreadCount threads(n);
        EXPECT_EQ(chain.loss(chain.start(), &other), value) << n;
        EXPECT_EQ(other, one) << n;
    }
}

class InstructionSet {
  public:
    ~InstructionSet() { lanes::select("native"); }
};

TEST(PrintingLoss, SameOnEveryInstructionSetOfThisMachine) {
    const InstructionSet restore;
    ASSERT_TRUE(lanes::select("sse2"));
    EXPECT_STREQ(lanes::kernels().name, "sse2");
    Chain chain;
    AlignedFloats base, other;
    const double value = chain.loss(chain.start(), &base);
    for (const std::string isa : {"avx2", "avx512"}) {
        if (!lanes::select(isa)) continue;
        EXPECT_EQ(lanes::kernels().name, isa);
        EXPECT_NEAR(chain.loss(chain.start(), &other), value, 1e-5 * value) << isa;
        double worst = 0, top = 0;
        for (std::size_t i = 0; i < base.size(); ++i) {
            worst = std::max(worst, static_cast<double>(std::abs(base[i] - other[i])));
            top = std::max(top, static_cast<double>(std::abs(base[i])));
        }
        EXPECT_LT(worst, 1e-5 * top) << isa;
    }
    EXPECT_FALSE(lanes::select("mmx"));
}

TEST(PrintCounts, EqualCountingTheSamples) {
    const int n = 256, band = 10;
    const BandSpectrum f = joined(random_spectrum(band, 1 * um, 5, true), random_spectrum(band, 1 * um, 6, true));
    GridSampler sampler(n, band);
    AlignedFloats first(static_cast<std::size_t>(n) * n), second(first.size()), target(first.size());
    sampler.sample(f, first.data(), second.data());
    for (std::size_t i = 0; i < target.size(); ++i) target[i] = uniform(7, i) > 0 ? 1.0f : 0.0f;
    const lanes::PrintLoss form{.threshold = 0.5f, .dose_nominal = 1.1f};
    std::int64_t l2 = 0, pvb = 0;
    for (std::size_t i = 0; i < target.size(); ++i) {
        l2 += (form.dose_nominal * first[i] >= form.threshold) != (target[i] > 0.5f);
        pvb += (form.dose_outer * first[i] >= form.threshold) != (form.dose_inner * second[i] >= form.threshold);
    }
    const auto counts = sampler.print_counts(form, f, target.data());
    EXPECT_EQ(counts[0], l2);
    EXPECT_EQ(counts[1], pvb);
    EXPECT_GT(pvb, 100);
}

// ------------------------------------------------------------------------------------------------------- adjoint pairs
TEST(GridSampler, ProjectIsTheTransposeOfSample) {
    for (const auto& [n, band] : {std::pair{72, 17}, std::pair{96, 47}, std::pair{100, 34}, std::pair{256, 34}}) {
        const std::size_t points = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
        const BandSpectrum f = narrowed(random_spectrum(band, 1 * um, 41, false));
        const auto a = random_floats<AlignedFloats>(points, 42), b = random_floats<AlignedFloats>(points, 43);
        AlignedFloats first(points), second(points);
        BandSpectrum projected(band);
        GridSampler sampler(n, band);
        sampler.sample(f, first.data(), second.data());
        sampler.project(a.data(), b.data(), projected);
        EXPECT_NEAR(dot(first, a) + dot(second, b), dot(f.values, projected.values),
                    1e-5 * norm(f.values) * norm(projected.values))
            << n;
    }
}

TEST(RealTransform, AnalyseIsTheTransposeOfSynthesise) {
    for (const auto& [n, band] : {std::pair{96, 17}, std::pair{128, 63}, std::pair{256, 15}, std::pair{480, 34}}) {
        const auto field = random_floats<AlignedFloats>(static_cast<std::size_t>(n) * static_cast<std::size_t>(n), 51);
        const BandSpectrum f = narrowed(random_spectrum(band, 1 * um, 52, false));
        AlignedFloats synthesised(field.size());
        BandSpectrum analysed(band);
        RealTransform transform(n, band);
        transform.analyse(field.data(), analysed);
        transform.synthesise(f, synthesised.data());
        EXPECT_NEAR(dot(field, synthesised), dot(f.values, analysed.values),
                    1e-5 * norm(f.values) * norm(analysed.values))
            << n;
    }
}

TEST(BandShift, MovesSamplesByWholePoints) {
    const int n = 96, band = 20;
    BandSpectrum f = narrowed(random_spectrum(band, 1 * um, 61, true));
    AlignedFloats before(static_cast<std::size_t>(n) * n), after(before.size()), unused(before.size());
    GridSampler sampler(n, band);
    sampler.sample(f, before.data(), unused.data());
    shift(f, 3.0 / n);
    sampler.sample(f, after.data(), unused.data());
    double worst = 0;
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x)
            worst = std::max(
                worst, static_cast<double>(std::abs(after[static_cast<std::size_t>(y * n + x)] -
                                                    before[static_cast<std::size_t>((y + 3) % n * n + (x + 3) % n)])));
    EXPECT_LT(worst, 1e-5 * norm(f.values));
}

// ------------------------------------------------------------------------------------- transforms against their
// definition
/// Indices spread over [0, n), the ends included.
std::vector<int> spread(int n, int count, std::uint64_t entity) {
    std::vector<int> out{0, n - 1, n / 2};
    for (int i = 0; i < count; ++i)
        out.push_back(static_cast<int>(KeyedRandom(17, entity).uniform(static_cast<std::uint64_t>(i)) * n));
    return out;
}

Complex wave(long f, long x, int n) { return std::polar(1.0, 2 * pi * static_cast<double>(f * x % n) / n); }

class Transform : public testing::TestWithParam<int> {};

struct Term {
    int fx, fy;
    Complex value;
};

TEST_P(Transform, SynthesisEqualsTheSum) {
    const int n = GetParam(), band = (n - 1) / 2, width = 2 * band + 1;
    BandSpectrum f(band);
    const auto fx = spread(width, 60, 1), fy = spread(width, 60, 2);
    for (std::size_t i = 0; i < fx.size(); ++i)
        put(f, fx[i] - band, fy[i] - band, {uniform(3, 2 * i), uniform(3, 2 * i + 1)});
    std::vector<Term> terms;
    for (int y = -band; y <= band; ++y)
        for (int x = -band; x <= band; ++x)
            if (at(f, x, y) != 0.0) terms.push_back({x, y, at(f, x, y)});
    AlignedFloats first(static_cast<std::size_t>(n) * static_cast<std::size_t>(n)), second(first.size());
    GridSampler(n, band).sample(f, first.data(), second.data());
    const auto xs = spread(n, 500, 4), ys = spread(n, 500, 5);
    for (std::size_t i = 0; i < xs.size(); ++i) {
        Complex sum = 0;
        for (const Term& t : terms) sum += t.value * wave(t.fx, xs[i], n) * wave(t.fy, ys[i], n);
        const auto j = static_cast<std::size_t>(ys[i]) * static_cast<std::size_t>(n) + static_cast<std::size_t>(xs[i]);
        ASSERT_NEAR(first[j], sum.real(), 1e-6 * norm(f.values)) << xs[i] << " " << ys[i];
        ASSERT_NEAR(second[j], sum.imag(), 1e-6 * norm(f.values)) << xs[i] << " " << ys[i];
    }
}

TEST_P(Transform, AnalysisEqualsTheSum) {
    const int n = GetParam(), band = (n - 1) / 2;
    const auto points = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
    AlignedFloats first(points, 0.0f), second(points, 0.0f);
    const auto xs = spread(n, 60, 6), ys = spread(n, 60, 7);
    for (std::size_t i = 0; i < xs.size(); ++i) {
        const auto j = static_cast<std::size_t>(ys[i]) * static_cast<std::size_t>(n) + static_cast<std::size_t>(xs[i]);
        first[j] = static_cast<float>(uniform(8, i));
        second[j] = static_cast<float>(uniform(9, i));
    }
    std::vector<Term> terms;  // here at positions
    for (std::size_t j = 0; j < points; ++j)
        if (first[j] != 0)
            terms.push_back({static_cast<int>(j % static_cast<std::size_t>(n)),
                             static_cast<int>(j / static_cast<std::size_t>(n)),
                             {first[j], second[j]}});
    BandSpectrum both(band), real(band);
    GridSampler(n, band).project(first.data(), second.data(), both);
    if (n % 32 == 0) RealTransform(n, band).analyse(first.data(), real);
    const double size = std::sqrt(dot(first, first) + dot(second, second));
    const auto fx = spread(2 * band + 1, 500, 10), fy = spread(2 * band + 1, 500, 11);
    for (std::size_t i = 0; i < fx.size(); ++i) {
        const int x = fx[i] - band, y = fy[i] - band;
        Complex sum = 0, sum_first = 0;
        for (const Term& t : terms) {
            const Complex turn = std::conj(wave(t.fx, x, n) * wave(t.fy, y, n));
            sum += t.value * turn;
            sum_first += t.value.real() * turn;
        }
        ASSERT_LT(std::abs(at(both, x, y) - sum), 1e-6 * size) << x << " " << y;
        if (n % 32 == 0) {
            ASSERT_LT(std::abs(at(real, x, y) - sum_first), 1e-6 * size) << x << " " << y;
        }
    }
}

TEST(RealTransform, SynthesisIsTheRealPartOfTheComplexOne) {
    for (int n : {96, 128, 256, 480, 512, 1024, 2048}) {
        const int band = 34;
        const BandSpectrum f = narrowed(random_spectrum(band, 1 * um, 81, false));
        AlignedFloats real(static_cast<std::size_t>(n) * static_cast<std::size_t>(n)), first(real.size()),
            second(real.size());
        RealTransform(n, band).synthesise(f, real.data());
        GridSampler(n, band).sample(f, first.data(), second.data());
        double worst = 0;
        for (std::size_t i = 0; i < real.size(); ++i)
            worst = std::max(worst, static_cast<double>(std::abs(real[i] - first[i])));
        EXPECT_LT(worst, 1e-6 * norm(f.values)) << n;
    }
}

INSTANTIATE_TEST_SUITE_P(Lengths, Transform,
                         testing::Values(48, 60, 72, 80, 90, 96, 100, 120, 128, 240, 256, 400, 512, 1000, 1024, 2048),
                         [](const auto& info) { return std::to_string(info.param); });

TEST(FftPlan, RefusesLengthsWithOtherPrimes) {
    for (int n : {7, 11, 14, 77, 2049}) EXPECT_THROW(lanes::make_fft_plan(n), std::invalid_argument) << n;
}

}  // namespace
}  // namespace damascene::optics
