// Edge placement and critical dimensions on the exact image.
//
// Along a line r(t) the image is a sum of exponentials; crossings I(r(t)) = threshold are bracketed by steps well below
// its shortest wave and solved by safeguarded Newton steps to rounding, so nothing depends on a raster.
//   contrast = (Imax - Imin) / (Imax + Imin);   ILS = d ln I / dx [1/nm];   NILS = CD |ILS|   (Mack 2007, ch. 5)
// Printed means I >= threshold. Edge placement error: signed distance along the outward normal, + = printed outside.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "damascene/opc.hpp"

namespace damascene::opc {
namespace {

struct Sample {
    double value = 0, slope = 0;
};  ///< slope per nm along the line

/// The image along r(t) = (x, y) + t (ux, uy), t in nm. Along an axis only 2 band + 1 coefficients remain; at other
/// angles every value costs O(band^2).
class ImageLine {
  public:
    ImageLine(const Image& image, double x_nm, double y_nm, double ux, double uy)
        : image_(image), x_(x_nm), y_(y_nm), ux_(ux), uy_(uy) {
        if (uy == 0)
            reduce(image.band_x, image.band_y, image.period_x.in(nm), image.period_y.in(nm), ux);
        else if (ux == 0)
            reduce(image.band_y, image.band_x, image.period_y.in(nm), image.period_x.in(nm), uy);
    }

    Sample operator()(double t) const {
        if (reduced_.empty()) return general(t);
        const std::complex<double> wave = std::polar(1.0, wavenumber_ * t);
        std::complex<double> power = 1, value = 0, slope = 0;
        for (std::size_t f = 1; f < reduced_.size(); ++f) {
            power *= wave;
            const std::complex<double> term = reduced_[f] * power;
            value += term;
            slope += static_cast<double>(f) * term;
        }
        return {reduced_[0].real() + 2 * value.real(), -2 * wavenumber_ * slope.imag()};
    }

    /// An eighth of the shortest wave of the image.
    double step() const {
        const double fx = image_.band_x / image_.period_x.in(nm), fy = image_.band_y / image_.period_y.in(nm);
        const double highest = std::max(std::abs(ux_) * fx + std::abs(uy_) * fy, 1e-12);
        return 1 / (8 * highest);
    }

  private:
    /// Sums the coefficients over the frequencies across the line: c_f(line), f >= 0 (the image is real).
    void reduce(int along_band, int across_band, double along_period, double across_period, double direction) {
        const bool along_x = uy_ == 0;
        const double along0 = along_x ? x_ - image_.x0.in(nm) : y_ - image_.y0.in(nm);
        const double across0 = along_x ? y_ - image_.y0.in(nm) : x_ - image_.x0.in(nm);
        const double k_along = 2 * std::numbers::pi / along_period, k_across = 2 * std::numbers::pi / across_period;
        wavenumber_ = k_along * direction;
        reduced_.assign(static_cast<std::size_t>(along_band) + 1, 0.0);
        for (int g = -across_band; g <= across_band; ++g) {
            const auto phase = std::polar(1.0, k_across * across0 * g);
            for (int f = 0; f <= along_band; ++f)
                reduced_[static_cast<std::size_t>(f)] += phase * (along_x ? image_.at(f, g) : image_.at(g, f));
        }
        for (int f = 0; f <= along_band; ++f)
            reduced_[static_cast<std::size_t>(f)] *= std::polar(1.0, k_along * along0 * f);
    }

    Sample general(double t) const {
        const ValueGradient g = value_gradient_at(image_, (x_ + t * ux_) * nm, (y_ + t * uy_) * nm);
        return {g.value, g.d_dx * ux_ + g.d_dy * uy_};
    }

    const Image& image_;
    double x_, y_, ux_, uy_, wavenumber_ = 0;
    std::vector<std::complex<double>> reduced_;
};

/// Root of f in [a, b] where f(a), f(b) differ in sign: Newton steps that stay in the bracket, else bisection.
template <class Function>
double root_between(const Function& f, double a, double b) {
    const bool low_at_a = f(a).value < 0;
    double t = 0.5 * (a + b);
    for (int i = 0; i < 100 && std::abs(b - a) > 1e-13 * (1 + std::abs(t)); ++i) {
        const Sample s = f(t);
        if (s.value == 0) return t;
        ((s.value < 0) == low_at_a ? a : b) = t;
        const double newton = t - s.value / s.slope;
        const bool inside = newton > std::min(a, b) && newton < std::max(a, b);
        const double next = inside ? newton : 0.5 * (a + b);
        if (std::abs(next - t) <= 1e-13 * (1 + std::abs(t))) return next;
        t = next;
    }
    return t;
}

/// The first crossing of the threshold from t = 0 towards `limit` (either sign).
std::optional<double> first_crossing(const ImageLine& line, double threshold, double limit) {
    const auto excess = [&](double t) {
        const Sample s = line(t);
        return Sample{s.value - threshold, s.slope};
    };
    const int steps = std::max(1, static_cast<int>(std::ceil(std::abs(limit) / line.step())));
    const bool printed = excess(0).value >= 0;
    for (int i = 1; i <= steps; ++i) {
        const double t = limit * i / steps;
        if ((excess(t).value >= 0) != printed) return root_between(excess, limit * (i - 1) / steps, t);
    }
    return std::nullopt;
}

EdgePlacement place(const Image& image, double threshold, double x, double y, double nx, double ny, double reach,
                    bool dark_prints) {
    const ImageLine line(image, x, y, nx, ny);
    const double direction = (line(0).value >= threshold) != dark_prints ? 1 : -1;
    const auto crossing = first_crossing(line, threshold, direction * reach);
    return {x, y, nx, ny, crossing.value_or(direction * reach), crossing.has_value()};
}

struct Site {
    double x, y, nx, ny;
};

/// Sites of an edge: equal spans of about one pitch, a site in the middle of each.
void append_sites(Point a, Point b, double unit_nm, double pitch_nm, std::vector<Site>& sites) {
    const double dx = (static_cast<double>(b.x) - a.x) * unit_nm, dy = (static_cast<double>(b.y) - a.y) * unit_nm;
    const double length = std::hypot(dx, dy);
    if (length == 0) return;
    const int count = std::max(1, static_cast<int>(std::lround(length / pitch_nm)));
    for (int i = 0; i < count; ++i) {
        const double s = (i + 0.5) / count;
        sites.push_back({a.x * unit_nm + s * dx, a.y * unit_nm + s * dy, dy / length, -dx / length});
    }
}

// --------------------------------------------------------------------------------------------------------------- cuts
/// Extreme of the image (sign = +1 maximum, -1 minimum) over t in [0, length]: best sample, then the root of the slope.
double extreme(const ImageLine& line, double length, double sign) {
    const int steps = std::max(2, static_cast<int>(std::ceil(length / line.step())));
    int best = 0;
    double value = sign * line(0).value;
    for (int i = 1; i <= steps; ++i)
        if (const double v = sign * line(length * i / steps).value; v > value) value = v, best = i;
    const double a = length * std::max(0, best - 1) / steps, b = length * std::min(steps, best + 1) / steps;
    double low = a, high = b;  // slope * sign > 0 at low, < 0 at high when the extreme is inside
    if (sign * line(a).slope <= 0 || sign * line(b).slope >= 0) return sign * value;
    for (int i = 0; i < 60 && high - low > 1e-9 * (1 + length); ++i) {
        const double t = 0.5 * (low + high);
        (sign * line(t).slope > 0 ? low : high) = t;
    }
    return sign * std::max(value, sign * line(0.5 * (low + high)).value);
}

double log_slope(const ImageLine& line, double t) {
    const Sample s = line(t);
    return std::abs(s.slope / s.value);
}

}  // namespace

std::vector<EdgePlacement> edge_placement(const Image& image, double threshold, const Region& target, Length site_pitch,
                                          Length reach, bool dark_prints) {
    if (!(site_pitch > 0 * nm) || !(reach > 0 * nm))
        throw InputError("D0416", "site pitch and reach of an edge placement must be positive lengths");
    std::vector<Site> sites;
    for (const Ring& ring : target.rings)
        for (std::size_t i = 0; i < ring.size(); ++i)
            append_sites(ring[i], ring[(i + 1) % ring.size()], target.unit.in(nm), site_pitch.in(nm), sites);
    std::vector<EdgePlacement> placements(sites.size());
    parallel_blocks(sites.size(), 32, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            placements[i] =
                place(image, threshold, sites[i].x, sites[i].y, sites[i].nx, sites[i].ny, reach.in(nm), dark_prints);
    });
    return placements;
}

CutMetrics measure_cut(const Image& image, double threshold, Length x0, Length y0, Length x1, Length y1) {
    const double dx = (x1 - x0).in(nm), dy = (y1 - y0).in(nm), length = std::hypot(dx, dy);
    if (!(length > 0)) throw InputError("D0417", "a cut needs two different end points");
    const ImageLine from_start(image, x0.in(nm), y0.in(nm), dx / length, dy / length);
    const ImageLine from_centre(image, x0.in(nm) + dx / 2, y0.in(nm) + dy / 2, dx / length, dy / length);
    CutMetrics cut;
    cut.bright = from_centre(0).value >= threshold;
    cut.i_min = extreme(from_start, length, -1);
    cut.i_max = extreme(from_start, length, +1);
    cut.contrast = (cut.i_max - cut.i_min) / (cut.i_max + cut.i_min);
    const auto left = first_crossing(from_centre, threshold, -length / 2),
               right = first_crossing(from_centre, threshold, length / 2);
    if (!left || !right) return cut;
    cut.found = true;
    cut.left_nm = length / 2 + *left;
    cut.right_nm = length / 2 + *right;
    cut.cd_nm = *right - *left;
    cut.nils_left = cut.cd_nm * log_slope(from_centre, *left);
    cut.nils_right = cut.cd_nm * log_slope(from_centre, *right);
    return cut;
}

}  // namespace damascene::opc
