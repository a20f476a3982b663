// GDSII paths: a centre line of given width becomes polygons.
//
// Ends: type 0 flush, 1 half disc, 2 half a width further, 4 by its own extensions (GDSII stream format 6.0, PATHTYPE).
// Bends up to 90 degrees are mitred; sharper ones are cut off half a width beyond the corner along both segments, which
// is continuous at 90 degrees. Arcs keep a sagitta <= 0.1 database unit.
#include "geometry/paths.hpp"

#include <cmath>
#include <numbers>

#include "geometry/boolean.hpp"

namespace damascene {
namespace {

using Outline = std::vector<DoublePoint>;

DoublePoint operator+(DoublePoint a, DoublePoint b) { return {a.x + b.x, a.y + b.y}; }
DoublePoint operator-(DoublePoint a, DoublePoint b) { return {a.x - b.x, a.y - b.y}; }
DoublePoint operator*(double s, DoublePoint a) { return {s * a.x, s * a.y}; }
double dot(DoublePoint a, DoublePoint b) { return a.x * b.x + a.y * b.y; }
double cross(DoublePoint a, DoublePoint b) { return a.x * b.y - a.y * b.x; }
DoublePoint left_of(DoublePoint direction) { return {-direction.y, direction.x}; }

Outline centre_line(std::span<const Point> points) {
    Outline line;
    for (const Point p : points) {
        const DoublePoint q{static_cast<double>(p.x), static_cast<double>(p.y)};
        if (line.empty() || line.back().x != q.x || line.back().y != q.y) line.push_back(q);
    }
    return line;
}

DoublePoint direction(DoublePoint from, DoublePoint to) {
    const DoublePoint d = to - from;
    return (1 / std::hypot(d.x, d.y)) * d;
}

/// The outer corner between segments of directions d1, d2 meeting at p.
Outline wedge(DoublePoint p, DoublePoint d1, DoublePoint d2, double half) {
    const double turn = cross(d1, d2), side = turn > 0 ? -half : half;  // outer side: right of a left turn
    const DoublePoint a = p + side * left_of(d1), b = p + side * left_of(d2);
    if (dot(d1, d2) >= 0) {
        const double reach = std::abs(turn) / (1 + dot(d1, d2)) * half;  // half tan(angle/2)
        return {p, a, a + reach * d1, b};
    }
    return {p, a, a + half * d1, b - half * d2, b};
}

/// Half disc (or whole disc) around p, starting at its right side and bulging along d.
Outline arc(DoublePoint p, DoublePoint d, double half, double angle) {
    constexpr double sagitta = 0.1;
    const double step = half > sagitta ? 2 * std::acos(1 - sagitta / half) : std::numbers::pi / 2;
    const int n = std::max(4, static_cast<int>(std::ceil(angle / step)));
    Outline outline;
    for (int k = 0; k <= n; ++k) {
        const double t = angle * k / n;
        outline.push_back(p + half * (std::sin(t) * d - std::cos(t) * left_of(d)));
    }
    return outline;
}

struct Extensions {
    double begin, end;
};

Extensions extensions_of(const Path& path, double half) {
    if (path.type == 2) return {half, half};
    if (path.type == 4) return {static_cast<double>(path.begin_extension), static_cast<double>(path.end_extension)};
    return {0, 0};
}

std::vector<Outline> lone_point(DoublePoint p, const Path& path, double half, Extensions extension) {
    if (path.type == 1) return {arc(p, {1, 0}, half, 2 * std::numbers::pi)};
    if (extension.begin + extension.end <= 0) return {};
    return {{{p.x - extension.begin, p.y - half},
             {p.x + extension.end, p.y - half},
             {p.x + extension.end, p.y + half},
             {p.x - extension.begin, p.y + half}}};
}

}  // namespace

std::vector<std::vector<DoublePoint>> path_pieces(std::span<const Point> points, const Path& path,
                                                  double magnification) {
    const double half =
        path.width < 0 ? -static_cast<double>(path.width) / 2 / magnification : static_cast<double>(path.width) / 2;
    const Outline line = centre_line(points);
    if (line.empty() || !(half > 0)) return {};
    const Extensions extension = extensions_of(path, half);
    if (line.size() == 1) return lone_point(line[0], path, half, extension);
    std::vector<Outline> pieces;
    for (std::size_t k = 0; k + 1 < line.size(); ++k) {
        const DoublePoint d = direction(line[k], line[k + 1]), n = half * left_of(d);
        const bool first = k == 0, last = k + 2 == line.size();
        const DoublePoint from = first ? line[k] - extension.begin * d : line[k],
                          to = last ? line[k + 1] + extension.end * d : line[k + 1];
        if (dot(to - from, d) > 0) pieces.push_back({from - n, to - n, to + n, from + n});
        if (first && path.type == 1) pieces.push_back(arc(line[k], -1 * d, half, std::numbers::pi));
        if (last && path.type == 1) pieces.push_back(arc(line[k + 1], d, half, std::numbers::pi));
        if (!last) {
            const DoublePoint next = direction(line[k + 1], line[k + 2]);
            if (cross(d, next) != 0 || dot(d, next) < 0) pieces.push_back(wedge(line[k + 1], d, next, half));
        }
    }
    return pieces;
}

Region path_outline(const Cell& cell, const Path& path, Length unit) {
    Region raw{unit, {}};
    for (const Outline& piece : path_pieces(std::span(cell.points).subspan(path.first, path.count), path, 1)) {
        Ring ring;
        for (const DoublePoint p : piece)
            ring.push_back(
                {detail::checked_coordinate(std::floor(p.x + 0.5)), detail::checked_coordinate(std::floor(p.y + 0.5))});
        raw.rings.push_back(std::move(ring));
    }
    return merged(normalised(raw));
}

}  // namespace damascene
