// Polygon-disc and disc-disc intersection areas by Green's theorem; see clipped_disc.hpp.
#include "optics/clipped_disc.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace damascene::optics {
namespace {

double cross(Vec2 a, Vec2 b) { return a[0] * b[1] - a[1] * b[0]; }
double dot(Vec2 a, Vec2 b) { return a[0] * b[0] + a[1] * b[1]; }
Vec2 between(Vec2 a, Vec2 b, double t) { return {a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])}; }

/// Triangle (0, a, b): signed area, centroid (a + b)/3.
AreaMoment triangle(Vec2 a, Vec2 b) {
    const double area = 0.5 * cross(a, b);
    return {area, area * (a[0] + b[0]) / 3, area * (a[1] + b[1]) / 3};
}

/// Sector of the disc from direction a to direction b, the short way.
AreaMoment sector(Vec2 a, Vec2 b, double radius) {
    const double turn = std::atan2(cross(a, b), dot(a, b)), cube = radius * radius * radius / 3;
    const double la = std::hypot(a[0], a[1]), lb = std::hypot(b[0], b[1]);
    if (la == 0 || lb == 0) return {};
    return {0.5 * radius * radius * turn, cube * (b[1] / lb - a[1] / la), cube * (a[0] / la - b[0] / lb)};
}

/// Contribution of the directed edge a -> b.
AreaMoment edge_in_disc(Vec2 a, Vec2 b, double radius) {
    const Vec2 d = {b[0] - a[0], b[1] - a[1]};
    const double dd = dot(d, d), half = dot(a, d), c = dot(a, a) - radius * radius;
    const double discriminant = half * half - dd * c;
    if (dd == 0) return {};
    if (discriminant <= 0) return sector(a, b, radius);
    const double root = std::sqrt(discriminant);
    const double enter = (-half - root) / dd, leave = (-half + root) / dd;
    if (leave <= 0 || enter >= 1) return sector(a, b, radius);
    const Vec2 p = between(a, b, std::max(enter, 0.0)), q = between(a, b, std::min(leave, 1.0));
    AreaMoment sum = triangle(p, q);
    if (enter > 0) sum += sector(a, p, radius);
    if (leave < 1) sum += sector(q, b, radius);
    return sum;
}

double wrap(double angle) {
    const double turn = 2 * std::numbers::pi;
    angle = std::fmod(angle, turn);
    return angle < 0 ? angle + turn : angle;
}

/// Angles on circle `a` where it meets circle `b`.
void meetings(const Disc& a, const Disc& b, std::vector<double>& angles) {
    const double dx = b.x - a.x, dy = b.y - a.y, d = std::hypot(dx, dy);
    if (d == 0) return;
    const double c = (d * d + a.radius * a.radius - b.radius * b.radius) / (2 * d * a.radius);
    if (std::abs(c) > 1) return;
    const double towards = std::atan2(dy, dx), half = std::acos(c);
    angles.push_back(wrap(towards - half));
    angles.push_back(wrap(towards + half));
}

bool inside(const Disc& d, double x, double y) { return std::hypot(x - d.x, y - d.y) <= d.radius; }

/// 1/2 \oint (x dy - y dx) along the arc from angle `from` to `to`.
double arc_area(const Disc& d, double from, double to) {
    const double r = d.radius;
    return 0.5 *
           (r * r * (to - from) + r * (d.x * (std::sin(to) - std::sin(from)) - d.y * (std::cos(to) - std::cos(from))));
}

bool same(const Disc& a, const Disc& b) { return a.x == b.x && a.y == b.y && a.radius == b.radius; }

}  // namespace

AreaMoment polygon_in_disc(const std::vector<Vec2>& polygon, double radius) {
    AreaMoment sum;
    for (std::size_t i = 0; i < polygon.size(); ++i)
        sum += edge_in_disc(polygon[i], polygon[(i + 1) % polygon.size()], radius);
    return sum;
}

std::vector<Vec2> cut_half_plane(const std::vector<Vec2>& polygon, double nx, double ny) {
    std::vector<Vec2> kept;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Vec2 a = polygon[i], b = polygon[(i + 1) % polygon.size()];
        const double ha = nx * a[0] + ny * a[1], hb = nx * b[0] + ny * b[1];
        if (ha >= 0) kept.push_back(a);
        if ((ha > 0 && hb < 0) || (ha < 0 && hb > 0)) kept.push_back(between(a, b, ha / (ha - hb)));
    }
    return kept;
}

double common_area(std::vector<Disc> discs) {
    std::vector<Disc> distinct;
    for (const Disc& d : discs)
        if (std::none_of(distinct.begin(), distinct.end(), [&](const Disc& e) { return same(d, e); }))
            distinct.push_back(d);
    double area = 0;
    for (const Disc& d : distinct) {
        std::vector<double> angles = {0.0, 2 * std::numbers::pi};
        for (const Disc& e : distinct)
            if (!same(d, e)) meetings(d, e, angles);
        std::sort(angles.begin(), angles.end());
        for (std::size_t i = 0; i + 1 < angles.size(); ++i) {
            const double middle = 0.5 * (angles[i] + angles[i + 1]);
            const double x = d.x + d.radius * std::cos(middle), y = d.y + d.radius * std::sin(middle);
            const bool bounds = std::all_of(distinct.begin(), distinct.end(),
                                            [&](const Disc& e) { return same(d, e) || inside(e, x, y); });
            if (bounds) area += arc_area(d, angles[i], angles[i + 1]);
        }
    }
    return area;
}

}  // namespace damascene::optics
