// Illumination source: incoherent points s in units of NA/lambda with weights, sum w = 1.
//
// A shape (disc, annulus, pole sectors) is cut into n x n equal cells of the sigma plane; each cell gives one point at
// the centroid of cell intersected with shape, weight = that area, in closed form (clipped_disc.hpp).
#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/clipped_disc.hpp"

namespace damascene::optics {
namespace {

/// Sector of azimuths [centre - half, centre + half], half <= pi/2.
struct Sector { double centre = 0, half = 0; };

/// Every number below is chosen so that points come in exact (s, -s) pairs for point-symmetric shapes.
double cell_edge(int i, int n, double sigma) { return sigma * (2.0 * i - n) / n; }

std::vector<Vec2> cell_in_sector(std::vector<Vec2> cell, Sector sector) {
    const double first = sector.centre - sector.half, last = sector.centre + sector.half;
    cell = cut_half_plane(cell, -std::sin(first), std::cos(first));
    return cut_half_plane(cell, std::sin(last), -std::cos(last));
}

AreaMoment in_ring(const std::vector<Vec2>& polygon, double sigma_in, double sigma_out) {
    AreaMoment sum = polygon_in_disc(polygon, sigma_out);
    if (sigma_in > 0) sum -= polygon_in_disc(polygon, sigma_in);
    return sum;
}

void require_grid(int n) {
    if (n < 1 || n > 1001) throw InputError("D0204", fmt::format("source grid n = {} is out of range", n), "use 1 <= n <= 1001, e.g. 41");
}

void require_ring(double sigma_in, double sigma_out, bool allow_overfill) {
    if (!(sigma_out > 0) || !std::isfinite(sigma_out))
        throw InputError("D0204", fmt::format("source sigma = {} is out of range", sigma_out), "needs 0 < sigma <= 1");
    if (!(sigma_in >= 0)) throw InputError("D0204", fmt::format("source sigma_in = {} is out of range", sigma_in), "needs 0 <= sigma_in < sigma_out");
    if (sigma_in >= sigma_out)
        throw InputError("D0402", fmt::format("sigma_out = {} does not exceed sigma_in = {}", sigma_out, sigma_in),
                         "needs sigma_in < sigma_out; the two may be swapped");
    if (sigma_out > 1 && !allow_overfill)
        throw InputError("D0403", fmt::format("sigma = {} lies outside the pupil", sigma_out),
                         "needs sigma <= 1; allow_overfill = true keeps the light that misses the pupil");
}

void require_opening(Angle opening, Angle angle, double limit_deg) {
    const double value = opening.in(deg);
    if (!(value > 0) || value > limit_deg)
        throw InputError("D0204", fmt::format("pole opening = {} deg is out of range", value),
                         fmt::format("needs 0 < opening <= {} deg (full angle of one pole)", limit_deg));
    if (!std::isfinite(angle.si())) throw InputError("D0204", "pole angle is not a finite number", "needs an azimuth in degrees");
}

/// Half of the cells in row-major order, each mirrored through the origin: exact point symmetry.
Source sampled(double sigma_in, double sigma_out, const std::vector<Sector>& sectors, int n, std::string description) {
    std::vector<SourcePoint> half;
    const auto add = [&](const AreaMoment& part) {
        if (part.area > 1e-14 * sigma_out * sigma_out) half.push_back({part.mx / part.area, part.my / part.area, part.area});
    };
    const auto cell = [&](int ix, int iy) -> std::vector<Vec2> {
        const double x0 = cell_edge(ix, n, sigma_out), x1 = cell_edge(ix + 1, n, sigma_out);
        const double y0 = cell_edge(iy, n, sigma_out), y1 = cell_edge(iy + 1, n, sigma_out);
        return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
    };
    const auto sample = [&](const std::vector<Vec2>& polygon) {
        if (sectors.empty()) return in_ring(polygon, sigma_in, sigma_out);
        AreaMoment sum;
        for (const Sector& s : sectors) sum += in_ring(cell_in_sector(polygon, s), sigma_in, sigma_out);
        return sum;
    };
    const long cells = static_cast<long>(n) * n;
    for (long i = 0; i < cells / 2; ++i) add(sample(cell(static_cast<int>(i % n), static_cast<int>(i / n))));
    Source source;
    source.description = std::move(description);
    for (const SourcePoint& p : half) source.points.push_back(p);
    if (n % 2 == 1) {
        const AreaMoment centre = sample(cell(n / 2, n / 2));
        if (centre.area > 1e-14 * sigma_out * sigma_out) source.points.push_back({0, 0, centre.area});
    }
    for (auto p = half.rbegin(); p != half.rend(); ++p) source.points.push_back({-p->sx, -p->sy, p->weight});
    return normalised(std::move(source), true);
}

std::vector<Sector> poles(int count, Angle opening, Angle angle) {
    std::vector<Sector> sectors;
    for (int k = 0; k < count; ++k)
        sectors.push_back({angle.si() + 2 * std::numbers::pi * k / count, 0.5 * opening.si()});
    return sectors;
}

void require_point(const SourcePoint& p, std::size_t index, bool allow_overfill) {
    if (!std::isfinite(p.sx) || !std::isfinite(p.sy) || !std::isfinite(p.weight))
        throw InputError("D0204", fmt::format("source point {} is not a finite number", index), "remove the point");
    if (p.weight < 0)
        throw InputError("D0204", fmt::format("source point {} has negative weight {}", index, p.weight), "needs weight >= 0");
    if (!allow_overfill && p.weight > 0 && std::hypot(p.sx, p.sy) > 1 + 1e-9)
        throw InputError("D0403", fmt::format("source point {} at ({}, {}) lies outside the pupil", index, p.sx, p.sy),
                         "needs |s| <= 1 in units of NA/lambda");
}

}  // namespace

double Source::sigma_max() const {
    double largest = 0;
    for (const SourcePoint& p : points) largest = std::max(largest, std::hypot(p.sx, p.sy));
    return largest;
}

Source normalised(Source source, bool allow_overfill) {
    double sum = 0;
    for (std::size_t i = 0; i < source.points.size(); ++i) {
        require_point(source.points[i], i + 1, allow_overfill);
        sum += source.points[i].weight;
    }
    if (!(sum > 0) || !std::isfinite(sum))
        throw InputError("D0404", "the source emits no light: all weights are zero", "give at least one point a positive weight");
    std::erase_if(source.points, [](const SourcePoint& p) { return p.weight == 0; });
    for (SourcePoint& p : source.points) p.weight /= sum;
    return source;
}

Source conventional(double sigma, int n, bool allow_overfill) {
    require_grid(n);
    require_ring(0, sigma, allow_overfill);
    return sampled(0, sigma, {}, n, fmt::format("conventional sigma {}", sigma));
}

Source annular(double sigma_in, double sigma_out, int n, bool allow_overfill) {
    require_grid(n);
    require_ring(sigma_in, sigma_out, allow_overfill);
    return sampled(sigma_in, sigma_out, {}, n, fmt::format("annular {}-{}", sigma_in, sigma_out));
}

Source dipole(double sigma_in, double sigma_out, Angle opening, Angle angle, int n) {
    require_grid(n);
    require_ring(sigma_in, sigma_out, false);
    require_opening(opening, angle, 180);
    return sampled(sigma_in, sigma_out, poles(2, opening, angle), n,
                   fmt::format("dipole {}-{}, opening {:.6g} deg at {:.6g} deg", sigma_in, sigma_out, opening.in(deg), angle.in(deg)));
}

Source quasar(double sigma_in, double sigma_out, Angle opening, Angle angle, int n) {
    require_grid(n);
    require_ring(sigma_in, sigma_out, false);
    require_opening(opening, angle, 90);
    return sampled(sigma_in, sigma_out, poles(4, opening, angle), n,
                   fmt::format("quasar {}-{}, opening {:.6g} deg at {:.6g} deg", sigma_in, sigma_out, opening.in(deg), angle.in(deg)));
}

Source gaussian(double sigma, double sigma_out, int n) {
    if (!(sigma > 0) || !std::isfinite(sigma))
        throw InputError("D0204", fmt::format("gaussian source sigma = {} is out of range", sigma), "needs sigma > 0, the standard deviation in units of NA");
    Source source = conventional(sigma_out, n);
    for (SourcePoint& p : source.points) p.weight *= std::exp(-(p.sx * p.sx + p.sy * p.sy) / (2 * sigma * sigma));
    source.description = fmt::format("gaussian sigma {} cut at {}", sigma, sigma_out);
    return normalised(std::move(source));
}

Source point_source(double sx, double sy) { return normalised({{{sx, sy, 1.0}}, fmt::format("point ({}, {})", sx, sy)}); }

Source pixelated(const Field2<double>& weights) {
    const int n = weights.grid.nx;
    if (n < 1 || weights.grid.ny != n || weights.values.size() != weights.grid.size())
        throw InputError("D0204", fmt::format("source pixels form {} x {} values", weights.grid.nx, weights.grid.ny), "needs a square n x n table");
    Source source;
    source.description = fmt::format("{} x {} pixels", n, n);
    for (int iy = 0; iy < n; ++iy)
        for (int ix = 0; ix < n; ++ix) source.points.push_back({(2.0 * ix + 1 - n) / n, (2.0 * iy + 1 - n) / n, weights.at(ix, iy)});
    return normalised(std::move(source));
}

}  // namespace damascene::optics
