// Illumination source: incoherent points s in units of NA/lambda with weights, sum w = 1.
//
// A shape (disc, annulus, pole sectors) is cut into n x n equal cells of the sigma plane; each cell gives one point at
// the centroid of cell intersected with shape, weight = that area, in closed form (clipped_disc.hpp). Cells cut by a
// pupil edge |f + s| = 1 are the leading error of an image; refined() splits them.
#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/clipped_disc.hpp"
#include "optics/illumination.hpp"

namespace damascene::optics {
namespace {

struct Cell {
    double x0, y0, x1, y1;
};

std::vector<Vec2> corners(const Cell& c) { return {{c.x0, c.y0}, {c.x1, c.y0}, {c.x1, c.y1}, {c.x0, c.y1}}; }

std::vector<Cell> quarters(const Cell& c) {
    const double x = 0.5 * (c.x0 + c.x1), y = 0.5 * (c.y0 + c.y1);
    return {{c.x0, c.y0, x, y}, {x, c.y0, c.x1, y}, {c.x0, y, x, c.y1}, {x, y, c.x1, c.y1}};
}

/// Cell ix, iy of the grid; edges are exactly antisymmetric about the centre.
Cell grid_cell(int ix, int iy, int n, double sigma) {
    const auto edge = [&](int i) { return sigma * (2.0 * i - n) / n; };
    return {edge(ix), edge(iy), edge(ix + 1), edge(iy + 1)};
}

/// The part of a convex polygon within half <= pi/2 of the azimuth `centre`.
std::vector<Vec2> in_sector(std::vector<Vec2> polygon, double centre, double half) {
    polygon = cut_half_plane(polygon, -std::sin(centre - half), std::cos(centre - half));
    return cut_half_plane(polygon, std::sin(centre + half), -std::cos(centre + half));
}

AreaMoment in_ring(const std::vector<Vec2>& polygon, double sigma_in, double sigma_out) {
    AreaMoment sum = polygon_in_disc(polygon, sigma_out);
    if (sigma_in > 0) sum -= polygon_in_disc(polygon, sigma_in);
    return sum;
}

void require_grid(int n) {
    if (n < 1 || n > 1001)
        throw InputError("D0204", fmt::format("source grid n = {} is out of range", n), "use 1 <= n <= 1001, e.g. 41");
}

void require_ring(double sigma_in, double sigma_out, bool allow_overfill) {
    if (!(sigma_out > 0) || !std::isfinite(sigma_out))
        throw InputError("D0204", fmt::format("source sigma = {} is out of range", sigma_out),
                         "needs 0 <= sigma <= 1 (0 = one axial point, fully coherent)");
    if (!(sigma_in >= 0))
        throw InputError("D0204", fmt::format("source sigma_in = {} is out of range", sigma_in),
                         "needs 0 <= sigma_in < sigma_out");
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
    if (!std::isfinite(angle.si()))
        throw InputError("D0204", "pole angle is not a finite number", "needs an azimuth in degrees");
}

AreaMoment shape_in(const Cell& cell, const SourceShape& shape) {
    if (shape.sectors.empty()) return in_ring(corners(cell), shape.sigma_in, shape.sigma_out);
    AreaMoment sum;
    for (const auto& [centre, half] : shape.sectors)
        sum += in_ring(in_sector(corners(cell), centre, half), shape.sigma_in, shape.sigma_out);
    return sum;
}

void add_point(const Cell& cell, const SourceShape& shape, std::vector<SourcePoint>& points) {
    const AreaMoment part = shape_in(cell, shape);
    if (part.area <= 1e-14 * shape.sigma_out * shape.sigma_out) return;
    const double x = part.mx / part.area, y = part.my / part.area;
    points.push_back(
        {x, y,
         part.area * (shape.gaussian > 0 ? std::exp(-(x * x + y * y) / (2 * shape.gaussian * shape.gaussian)) : 1.0)});
}

/// The cells before the centre in row-major order; the others are their mirror images through the origin.
std::vector<Cell> half_grid(const SourceShape& shape) {
    std::vector<Cell> cells;
    for (int i = 0; i < shape.n * shape.n / 2; ++i)
        cells.push_back(grid_cell(i % shape.n, i / shape.n, shape.n, shape.sigma_out));
    return cells;
}

/// Every shape here is even, so points come in exact (s, -s) pairs about an optional centre.
Source mirrored(std::vector<SourcePoint> points, const std::vector<SourcePoint>& centre, SourceShape shape,
                std::string description) {
    const std::size_t half = points.size();
    points.insert(points.end(), centre.begin(), centre.end());
    for (std::size_t i = half; i-- > 0;) points.push_back({-points[i].sx, -points[i].sy, points[i].weight});
    return normalised({std::move(points), std::move(description), std::move(shape)}, true);
}

Source sampled(SourceShape shape, std::string description) {
    std::vector<SourcePoint> half, centre;
    for (const Cell& cell : half_grid(shape)) add_point(cell, shape, half);
    if (shape.n % 2 == 1) add_point(grid_cell(shape.n / 2, shape.n / 2, shape.n, shape.sigma_out), shape, centre);
    for (SourcePoint& p : centre) p.sx = p.sy = 0;
    return mirrored(std::move(half), centre, std::move(shape), std::move(description));
}

std::vector<std::array<double, 2>> poles(int count, Angle opening, Angle angle) {
    std::vector<std::array<double, 2>> sectors;
    for (int k = 0; k < count; ++k)
        sectors.push_back({angle.si() + 2 * std::numbers::pi * k / count, 0.5 * opening.si()});
    return sectors;
}

/// Does the circle of `radius` about (x, y) pass through the cell?
bool cuts(const Cell& c, double x, double y, double radius) {
    const double near_x = std::max({c.x0 - x, 0.0, x - c.x1}), near_y = std::max({c.y0 - y, 0.0, y - c.y1});
    const double far_x = std::max(x - c.x0, c.x1 - x), far_y = std::max(y - c.y0, c.y1 - y);
    return std::hypot(near_x, near_y) < radius && std::hypot(far_x, far_y) > radius;
}

void require_point(const SourcePoint& p, std::size_t index, bool allow_overfill) {
    if (!std::isfinite(p.sx) || !std::isfinite(p.sy) || !std::isfinite(p.weight))
        throw InputError("D0204", fmt::format("source point {} is not a finite number", index), "remove the point");
    if (p.weight < 0)
        throw InputError("D0204", fmt::format("source point {} has negative weight {}", index, p.weight),
                         "needs weight >= 0");
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
        throw InputError("D0404", "the source emits no light: all weights are zero",
                         "give at least one point a positive weight");
    std::erase_if(source.points, [](const SourcePoint& p) { return p.weight == 0; });
    for (SourcePoint& p : source.points) p.weight /= sum;
    return source;
}

Source conventional(double sigma, int n, bool allow_overfill) {
    require_grid(n);
    if (sigma == 0) return point_source();
    require_ring(0, sigma, allow_overfill);
    return sampled({0, sigma, 0, {}, n}, fmt::format("conventional sigma {}", sigma));
}

Source annular(double sigma_in, double sigma_out, int n, bool allow_overfill) {
    require_grid(n);
    require_ring(sigma_in, sigma_out, allow_overfill);
    return sampled({sigma_in, sigma_out, 0, {}, n}, fmt::format("annular {}-{}", sigma_in, sigma_out));
}

Source dipole(double sigma_in, double sigma_out, Angle opening, Angle angle, int n) {
    require_grid(n);
    require_ring(sigma_in, sigma_out, false);
    require_opening(opening, angle, 180);
    return sampled({sigma_in, sigma_out, 0, poles(2, opening, angle), n},
                   fmt::format("dipole {}-{}, opening {:.6g} deg at {:.6g} deg", sigma_in, sigma_out, opening.in(deg),
                               angle.in(deg)));
}

Source quasar(double sigma_in, double sigma_out, Angle opening, Angle angle, int n) {
    require_grid(n);
    require_ring(sigma_in, sigma_out, false);
    require_opening(opening, angle, 90);
    return sampled({sigma_in, sigma_out, 0, poles(4, opening, angle), n},
                   fmt::format("quasar {}-{}, opening {:.6g} deg at {:.6g} deg", sigma_in, sigma_out, opening.in(deg),
                               angle.in(deg)));
}

Source gaussian(double sigma, double sigma_out, int n) {
    if (!(sigma > 0) || !std::isfinite(sigma))
        throw InputError("D0204", fmt::format("gaussian source sigma = {} is out of range", sigma),
                         "needs sigma > 0, the standard deviation in units of NA");
    require_grid(n);
    require_ring(0, sigma_out, false);
    return sampled({0, sigma_out, sigma, {}, n}, fmt::format("gaussian sigma {} cut at {}", sigma, sigma_out));
}

Source point_source(double sx, double sy) {
    return normalised({{{sx, sy, 1.0}}, fmt::format("point ({}, {})", sx, sy), {}});
}

Source pixelated(const Field2<double>& weights) {
    const int n = weights.grid.nx;
    if (n < 1 || weights.grid.ny != n || weights.values.size() != weights.grid.size())
        throw InputError("D0204", fmt::format("source pixels form {} x {} values", weights.grid.nx, weights.grid.ny),
                         "needs a square n x n table");
    Source source;
    source.description = fmt::format("{} x {} pixels", n, n);
    for (int iy = 0; iy < n; ++iy)
        for (int ix = 0; ix < n; ++ix)
            source.points.push_back({(2.0 * ix + 1 - n) / n, (2.0 * iy + 1 - n) / n, weights.at(ix, iy)});
    return normalised(std::move(source));
}

Source refined(const Source& source, const Pupil& pupil, Length period_x, Length period_y, std::size_t max_points) {
    const SourceShape& shape = source.shape;
    if (shape.n == 0) return source;
    const auto orders = passed_orders(source, pupil, period_x, period_y);
    const double ux = order_step(pupil, period_x), uy = order_step(pupil, period_y);
    const auto is_cut = [&](const Cell& cell) {
        return shape_in(cell, shape).area > 0 && std::any_of(orders.begin(), orders.end(), [&](const Order& f) {
                   const double x = -f.fx * ux, y = -f.fy * uy;
                   return cuts(cell, x, y, 1) || (pupil.obscuration > 0 && cuts(cell, x, y, pupil.obscuration));
               });
    };
    std::vector<Cell> cells = half_grid(shape), whole;
    if (shape.n % 2 == 1) {  // the lower half of the centre cell
        const auto parts = quarters(grid_cell(shape.n / 2, shape.n / 2, shape.n, shape.sigma_out));
        cells.insert(cells.end(), parts.begin(), parts.begin() + 2);
    }
    for (int level = 0; level < 8; ++level) {
        std::vector<Cell> cut, split;
        for (const Cell& cell : cells) (is_cut(cell) ? cut : whole).push_back(cell);
        cells = std::move(cut);
        if (2 * (whole.size() + 4 * cells.size()) > max_points) break;
        for (const Cell& cell : cells)
            for (const Cell& part : quarters(cell)) split.push_back(part);
        cells = std::move(split);
    }
    whole.insert(whole.end(), cells.begin(), cells.end());
    std::vector<SourcePoint> half;
    for (const Cell& cell : whole) add_point(cell, shape, half);
    return mirrored(std::move(half), {}, shape, source.description);
}

}  // namespace damascene::optics
