// Printed rasters of a mask at the three process corners, in double precision, without storing the image.
//
// Both images (focus, defocus) travel as one complex function C = F + i D of band b. Columns are expanded to every
// pixel row by a transform; a row is sampled at every s-th pixel only. Between samples Bernstein's inequality for
// trigonometric polynomials, |p''| <= (2 pi b / L)^2 max|p - mid|, bounds the distance from linear interpolation by
// h^2/8 max|p''|, so most pixels are decided without being evaluated; the rest is halved until it is (a pixel next to
// a contour costs 2b multiply-adds). Bound to sampling the whole image in tests/opc_score.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "damascene/numerics.hpp"
#include "damascene/opc.hpp"
#include "damascene/resist.hpp"

namespace damascene::opc {
namespace {

using Complex = std::complex<double>;
using Raster = Field2<std::uint8_t>;
constexpr double two_pi = 2 * std::numbers::pi;

/// exp(sign 2 pi i k / n) for k = 0..n-1.
std::vector<Complex> unit_circle(int n, double sign) {
    std::vector<Complex> w(static_cast<std::size_t>(n));
    for (int k = 0; k < n; ++k) w[static_cast<std::size_t>(k)] = std::polar(1.0, sign * two_pi * k / n);
    return w;
}

std::size_t power(std::int64_t f, std::int64_t x, int n) {
    const std::int64_t k = f * x % n;
    return static_cast<std::size_t>(k < 0 ? k + n : k);
}

// -------------------------------------------------------------------------------------------------- mask spectrum
/// Fourier coefficients |f| <= band of a binary raster, DFT / (nx ny), by runs: a row adds P(end) - P(begin) with
/// P(x) = sum_{x' < x} exp(-2 pi i f x' / nx); equal rows are computed once. Cost O(rows x runs x band + ny band^2).
class RasterSpectrum {
  public:
    RasterSpectrum(const Raster& raster, int band)
        : raster_(raster),
          nx_(raster.grid.nx),
          ny_(raster.grid.ny),
          band_(band),
          wave_x_(unit_circle(nx_, -1)),
          wave_y_(unit_circle(ny_, -1)) {
        prefix_.resize((static_cast<std::size_t>(nx_) + 1) * static_cast<std::size_t>(band_ + 1));
        for (int x = 0; x < nx_; ++x)
            for (int f = 0; f <= band_; ++f) prefix(x + 1)[f] = prefix(x)[f] + wave_x_[power(f, x, nx_)];
    }

    Spectrum2 spectrum() {
        Spectrum2 out{band_, band_, raster_.grid.dx * nx_, raster_.grid.dy * ny_, raster_.grid.x0, raster_.grid.y0, {}};
        out.coefficients.assign(static_cast<std::size_t>(out.width()) * static_cast<std::size_t>(out.height()), 0.0);
        std::vector<Complex> row(static_cast<std::size_t>(band_ + 1));
        for (int y = 0; y < ny_;) {
            int end = y + 1;
            while (end < ny_ && std::equal(pixels(y), pixels(y) + nx_, pixels(end))) ++end;
            transform_row(y, row);
            if (row[0] != 0.0) add_rows(row, y, end, out);
            y = end;
        }
        complete(out, 1.0 / (static_cast<double>(nx_) * ny_));
        return out;
    }

  private:
    Complex* prefix(int x) {
        return prefix_.data() + static_cast<std::size_t>(x) * static_cast<std::size_t>(band_ + 1);
    }
    const std::uint8_t* pixels(int y) const { return &raster_.at(0, y); }

    void transform_row(int y, std::vector<Complex>& row) {
        std::fill(row.begin(), row.end(), 0.0);
        const std::uint8_t *first = pixels(y), *last = first + nx_;
        for (const std::uint8_t* end = first; end != last;) {
            const std::uint8_t* begin = std::find_if(end, last, [](std::uint8_t v) { return v != 0; });
            end = std::find(begin, last, std::uint8_t{0});
            if (begin != end) add_run(static_cast<int>(begin - first), static_cast<int>(end - first), row);
        }
    }

    void add_run(int begin, int end, std::vector<Complex>& row) {
        for (int f = 0; f <= band_; ++f) row[static_cast<std::size_t>(f)] += prefix(end)[f] - prefix(begin)[f];
    }

    /// Adds equal rows y..end-1: sum over y of exp(-2 pi i fy y / ny) for every fy, fx >= 0.
    void add_rows(const std::vector<Complex>& row, int y, int end, Spectrum2& out) const {
        for (int fy = -band_; fy <= band_; ++fy) {
            Complex column = 0;
            for (int k = y; k < end; ++k) column += wave_y_[power(fy, k, ny_)];
            for (int fx = 0; fx <= band_; ++fx) out.at(fx, fy) += column * row[static_cast<std::size_t>(fx)];
        }
    }

    /// Negative fx by conjugation; the zero column is already whole.
    void complete(Spectrum2& s, double scale) const {
        for (Complex& c : s.coefficients) c *= scale;
        for (int fy = -band_; fy <= band_; ++fy)
            for (int fx = 1; fx <= band_; ++fx) s.at(-fx, -fy) = std::conj(s.at(fx, fy));
    }

    const Raster& raster_;
    int nx_, ny_, band_;
    std::vector<Complex> wave_x_, wave_y_, prefix_;
};

// ---------------------------------------------------------------------------------------------------- pixel decision
/// One row of a real image: c0 + sum_k coefficient[k] table[x][k], the table holding cos and sin of every frequency.
class RowFunction {
  public:
    RowFunction(const std::vector<double>& table, int band, int nx)
        : table_(table),
          terms_(2 * static_cast<std::size_t>(band)),
          coefficients_(terms_),
          known_(static_cast<std::size_t>(nx) + 1) {}

    /// c(f), f = 0..band, and the samples at every `stride`-th pixel.
    void reset(const std::vector<Complex>& c, const std::vector<double>& samples, int stride, double curvature_scale) {
        std::fill(known_.begin(), known_.end(), std::numeric_limits<double>::quiet_NaN());
        c0_ = c[0].real();
        for (std::size_t f = 1; f < c.size(); ++f)
            coefficients_[2 * f - 2] = 2 * c[f].real(), coefficients_[2 * f - 1] = -2 * c[f].imag();
        for (std::size_t i = 0; i <= samples.size(); ++i)
            known_[i * static_cast<std::size_t>(stride)] = samples[i % samples.size()];
        const auto [low, high] = std::minmax_element(samples.begin(), samples.end());
        bend_ = curvature_scale * 0.5 * (*high - *low) / 8;
    }

    double value(int x) {
        double& v = known_[static_cast<std::size_t>(x)];
        if (std::isnan(v)) v = evaluate(x);
        return v;
    }

    /// Largest distance of the row from linear interpolation over h pixels.
    double sag(int h) const { return bend_ * h * h; }

  private:
    double evaluate(int x) const {
        const double* t = table_.data() + static_cast<std::size_t>(x) * terms_;
        double sum[4] = {0, 0, 0, 0};
        std::size_t k = 0;
        for (; k + 4 <= terms_; k += 4)
            for (std::size_t lane = 0; lane < 4; ++lane) sum[lane] += coefficients_[k + lane] * t[k + lane];
        for (; k < terms_; ++k) sum[0] += coefficients_[k] * t[k];
        return c0_ + ((sum[0] + sum[1]) + (sum[2] + sum[3]));
    }

    const std::vector<double>& table_;
    std::size_t terms_;
    std::vector<double> coefficients_, known_;
    double c0_ = 0, bend_ = 0;
};

/// Decides pixels [x0, x1): the row is at or above the threshold, or below.
void decide(RowFunction& row, int x0, int x1, double threshold, std::uint8_t* out) {
    const double a = row.value(x0) - threshold;
    if (x1 - x0 == 1) {
        out[x0] = a >= 0;
        return;
    }
    const double b = row.value(x1) - threshold, sag = row.sag(x1 - x0);
    if ((a > sag && b > sag) || (a < -sag && b < -sag)) {
        std::fill(out + x0, out + x1, static_cast<std::uint8_t>(a > 0));
        return;
    }
    const int middle = (x0 + x1) / 2;
    decide(row, x0, middle, threshold, out);
    decide(row, middle, x1, threshold, out);
}

struct Print {
    Raster* raster;
    double threshold;
    bool defocus;
};

class CornerPrinter {
  public:
    CornerPrinter(const Image& focus, const Image& defocus, const Grid2& grid)
        : nx_(grid.nx),
          ny_(grid.ny),
          band_x_(std::max(focus.band_x, defocus.band_x)),
          stride_(sample_stride(nx_, band_x_)) {
        require_resolution(focus, defocus);
        expand_columns(focus, defocus);
        const std::vector<Complex> wave = unit_circle(nx_, +1);
        table_.reserve(static_cast<std::size_t>(nx_) * 2 * static_cast<std::size_t>(band_x_));
        for (int x = 0; x < nx_; ++x)
            for (int f = 1; f <= band_x_; ++f)
                table_.push_back(wave[power(f, x, nx_)].real()), table_.push_back(wave[power(f, x, nx_)].imag());
        const double step = two_pi * band_x_ / nx_;
        curvature_scale_ = step * step / std::cos(std::min(1.5, 0.5 * step * stride_));
    }

    void print(const std::vector<Print>& prints) const {
        parallel_blocks(static_cast<std::size_t>(ny_), 32, [&](std::size_t begin, std::size_t end) {
            RowFunction row(table_, band_x_, nx_);
            for (std::size_t y = begin; y < end; ++y) print_row(static_cast<int>(y), prints, row);
        });
    }

  private:
    /// Largest power of two up to 8 that divides nx and leaves at least 6 samples per shortest wave.
    static int sample_stride(int nx, int band) {
        int stride = 1;
        while (stride < 8 && nx % (2 * stride) == 0 && nx / (2 * stride) >= 6 * band) stride *= 2;
        return stride;
    }

    void require_resolution(const Image& focus, const Image& defocus) const {
        const int needed = 2 * std::max({band_x_, focus.band_y, defocus.band_y}) + 1;
        if (nx_ >= needed && ny_ >= needed) return;
        throw InputError("D0414", "the mask raster is coarser than the image it prints",
                         "use at least " + std::to_string(needed) + " pixels per period");
    }

    static Complex both(const Image& focus, const Image& defocus, int fx, int fy) {
        const auto within = [&](const Image& i) { return std::abs(fx) <= i.band_x && std::abs(fy) <= i.band_y; };
        return (within(focus) ? focus.at(fx, fy) : 0.0) + Complex(0, 1) * (within(defocus) ? defocus.at(fx, fy) : 0.0);
    }

    /// columns_[y][fx + band]: the combined function at pixel row y.
    void expand_columns(const Image& focus, const Image& defocus) {
        const auto width = static_cast<std::size_t>(2 * band_x_ + 1);
        columns_.resize(width * static_cast<std::size_t>(ny_));
        const int band_y = std::max(focus.band_y, defocus.band_y);
        parallel_for(width, [&](std::size_t column) {
            std::vector<Complex> values(static_cast<std::size_t>(ny_), 0.0);
            for (int fy = -band_y; fy <= band_y; ++fy)
                values[static_cast<std::size_t>(fy < 0 ? fy + ny_ : fy)] =
                    both(focus, defocus, static_cast<int>(column) - band_x_, fy);
            numerics::fft(values, +1);
            for (std::size_t y = 0; y < values.size(); ++y) columns_[y * width + column] = values[y];
        });
    }

    void print_row(int y, const std::vector<Print>& prints, RowFunction& row) const {
        const Complex* c =
            columns_.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(2 * band_x_ + 1) + band_x_;
        double ceiling = 0;
        for (int f = -band_x_; f <= band_x_; ++f) ceiling += std::abs(c[f]);  // bounds both images
        if (std::all_of(prints.begin(), prints.end(), [&](const Print& p) { return ceiling < p.threshold; })) {
            for (const Print& p : prints) std::fill_n(&p.raster->at(0, y), nx_, std::uint8_t{0});
            return;
        }
        const std::vector<Complex> samples = sampled(c);
        for (const bool defocus : {false, true}) {
            load(row, c, samples, defocus);
            for (const Print& p : prints)
                if (p.defocus == defocus)
                    for (int x = 0; x < nx_; x += stride_)
                        decide(row, x, x + stride_, p.threshold, &p.raster->at(0, y));
        }
    }

    std::vector<Complex> sampled(const Complex* c) const {
        const int count = nx_ / stride_;
        std::vector<Complex> samples(static_cast<std::size_t>(count), 0.0);
        for (int f = -band_x_; f <= band_x_; ++f) samples[static_cast<std::size_t>(f < 0 ? f + count : f)] = c[f];
        numerics::fft(samples, +1);
        return samples;
    }

    /// Real part F = (C(f) + conj C(-f)) / 2, imaginary part D = (C(f) - conj C(-f)) / 2i.
    void load(RowFunction& row, const Complex* c, const std::vector<Complex>& samples, bool defocus) const {
        std::vector<Complex> half(static_cast<std::size_t>(band_x_) + 1);
        for (int f = 0; f <= band_x_; ++f)
            half[static_cast<std::size_t>(f)] =
                defocus ? (c[f] - std::conj(c[-f])) / Complex(0, 2) : 0.5 * (c[f] + std::conj(c[-f]));
        std::vector<double> values(samples.size());
        std::transform(samples.begin(), samples.end(), values.begin(),
                       [&](Complex v) { return defocus ? v.imag() : v.real(); });
        row.reset(half, values, stride_, curvature_scale_);
    }

    int nx_, ny_, band_x_, stride_;
    double curvature_scale_ = 0;  ///< (2 pi b / nx)^2 / cos(pi b stride / nx): sup over pixels from sup over samples
    std::vector<Complex> columns_;
    std::vector<double> table_;
};

Raster like(const Raster& mask) { return {mask.grid, std::vector<std::uint8_t>(mask.values.size())}; }

void require_period(const Raster& mask, const KernelSet& kernels) {
    const double width_nm = (mask.grid.dx * mask.grid.nx).in(nm), height_nm = (mask.grid.dy * mask.grid.ny).in(nm);
    if (std::abs(width_nm - kernels.period_x.in(nm)) < 1e-6 && std::abs(height_nm - kernels.period_y.in(nm)) < 1e-6)
        return;
    throw InputError("D0414", "the mask raster does not span the period of the optical kernels",
                     "use a raster of " + std::to_string(std::lround(kernels.period_x.in(nm))) + " x " +
                         std::to_string(std::lround(kernels.period_y.in(nm))) + " nm");
}

Image latent_image(const KernelSet& kernels, const Spectrum2& spectrum, const ProcessCorners& corners) {
    const Image image = optics::image(kernels, spectrum);
    return corners.diffusion_length > 0 * nm ? resist::diffused(image, corners.diffusion_length) : image;
}

}  // namespace

Printed print_corners(const Raster& mask, const ProcessCorners& corners) {
    require_period(mask, corners.focus);
    require_period(mask, corners.defocus);
    const int band =
        std::max({corners.focus.band_x, corners.focus.band_y, corners.defocus.band_x, corners.defocus.band_y});
    const Spectrum2 spectrum = RasterSpectrum(mask, band).spectrum();
    Printed out{like(mask), like(mask), like(mask), latent_image(corners.focus, spectrum, corners),
                latent_image(corners.defocus, spectrum, corners)};
    CornerPrinter(out.focus, out.defocus, mask.grid)
        .print({{&out.nominal, corners.threshold / corners.dose_nominal, false},
                {&out.outer, corners.threshold / corners.dose_outer, false},
                {&out.inner, corners.threshold / corners.dose_inner, true}});
    return out;
}

}  // namespace damascene::opc
