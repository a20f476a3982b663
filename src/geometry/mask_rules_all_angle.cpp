// Width and space of all-angle polygons.
//
// For every pair of boundary segments within the limit (found on a uniform grid) the smallest distance |p - q| over
// points whose distance t along a common contour is at least c = (pi/2) limit: a convex quadratic in the two arc
// lengths on a box cut by c <= t <= perimeter - c, solved exactly on its boundary. On a circle of diameter >= limit no
// such pair is closer than the limit, so smooth clean contours raise nothing. p and q must face each other: the
// direction between them leaves both through the solid (width) or both through the empty side (space), at no more than
// ~72 degrees from an edge normal. Contours shorter than 2c = pi limit have no such pair; their mean width, perimeter /
// pi (Cauchy), is below the limit, so they break it as a whole. Neighbouring pairs of one breach are reported once.
#include <limits>
#include <numbers>
#include <unordered_map>

#include "geometry/mask_rules.hpp"

namespace damascene::mask_rules {
namespace {

constexpr double facing_cosine = 0.3;

struct Vec {
    double x, y;
};
Vec operator-(Vec a, Vec b) { return {a.x - b.x, a.y - b.y}; }
double dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y; }
double cross(Vec a, Vec b) { return a.x * b.y - a.y * b.x; }

/// A directed boundary piece, solid on its left. `arc` = contour length from the ring's first vertex to its start.
struct Segment {
    Vec start, tangent;
    double length, arc;
    std::uint32_t ring, previous, next;
    Vec at(double a) const { return {start.x + a * tangent.x, start.y + a * tangent.y}; }
    Vec normal() const { return {tangent.y, -tangent.x}; }  // outward
};

struct Outline {
    std::vector<Segment> segments;
    std::vector<double> perimeter;  ///< per ring
};

void append_ring(const Ring& ring, std::uint32_t index, Outline& outline) {
    const auto first = static_cast<std::uint32_t>(outline.segments.size());
    double arc = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Vec a{static_cast<double>(ring[i].x), static_cast<double>(ring[i].y)};
        const Point next = ring[(i + 1) % ring.size()];
        const Vec d = Vec{static_cast<double>(next.x), static_cast<double>(next.y)} - a;
        const double length = std::hypot(d.x, d.y);
        if (length == 0) continue;
        outline.segments.push_back({a, {d.x / length, d.y / length}, length, arc, index, 0, 0});
        arc += length;
    }
    outline.perimeter.push_back(arc);
    const auto end = static_cast<std::uint32_t>(outline.segments.size());
    for (std::uint32_t i = first; i < end; ++i) {
        outline.segments[i].previous = i == first ? end - 1 : i - 1;
        outline.segments[i].next = i + 1 == end ? first : i + 1;
    }
}

Outline outline_of(const Region& region) {
    Outline outline;
    for (std::uint32_t i = 0; i < region.rings.size(); ++i) append_ring(region.rings[i], i, outline);
    return outline;
}

// ------------------------------------------------------------------------------------------- constrained distance
struct Interval {
    double low, high;
    bool empty() const { return low > high; }
    double nearest(double v) const { return std::clamp(v, low, high); }
};

struct Approach {
    double a = 0, b = 0, distance2 = 1e300;
};  ///< arc lengths on both segments

/// Smallest distance of e(a), f(b) with low <= offset + b - a <= high (offset = arc between the starts).
class PairDistance {
  public:
    PairDistance(const Segment& e, const Segment& f, double offset, double low, double high)
        : e_(e), f_(f), low_(low - offset), high_(high - offset) {}

    Approach minimum() {
        for (double a : {0.0, e_.length}) fixed_a(a);
        for (double b : {0.0, f_.length}) fixed_b(b);
        if (std::isfinite(low_)) on_line(low_);
        if (std::isfinite(high_)) on_line(high_);
        return best_;
    }

  private:
    void consider(double a, double b) {
        const Vec d = f_.at(b) - e_.at(a);
        if (const double d2 = dot(d, d); d2 < best_.distance2) best_ = {a, b, d2};
    }
    void fixed_a(double a) {
        const Interval b{std::max(0.0, a + low_), std::min(f_.length, a + high_)};
        if (!b.empty()) consider(a, b.nearest(dot(e_.at(a) - f_.start, f_.tangent)));
    }
    void fixed_b(double b) {
        const Interval a{std::max(0.0, b - high_), std::min(e_.length, b - low_)};
        if (!a.empty()) consider(a.nearest(dot(f_.at(b) - e_.start, e_.tangent)), b);
    }
    /// b = a + k: |w + a (tf - te)|^2 with w = f(k) - e(0).
    void on_line(double k) {
        const Interval a{std::max(0.0, -k), std::min(e_.length, f_.length - k)};
        if (a.empty()) return;
        const Vec w = f_.at(k) - e_.start, v = f_.tangent - e_.tangent;
        const double v2 = dot(v, v);
        const double best = a.nearest(v2 > 0 ? -dot(w, v) / v2 : a.low);
        consider(best, best + k);
    }

    const Segment &e_, &f_;
    double low_, high_;
    Approach best_;
};

// ------------------------------------------------------------------------------------------------------------ facing
/// Does direction u leave the boundary at arc `a` of segment s into the solid (sign = -1) or into the empty side (+1)?
bool leaves(const Outline& outline, const Segment& s, double a, Vec u, double sign) {
    const double tiny = 1e-9 * (1 + s.length);
    const bool at_start = a <= tiny, at_end = a >= s.length - tiny;
    const double here = sign * dot(s.normal(), u);
    if (!at_start && !at_end) return here > facing_cosine;
    const Segment& other = outline.segments[at_start ? s.previous : s.next];
    const double there = sign * dot(other.normal(), u);
    const double turn = at_start ? cross(other.tangent, s.tangent) : cross(s.tangent, other.tangent);
    const bool wedge = turn * sign > 0;  // this side of the corner opens wider than a half plane
    return wedge ? here > facing_cosine || there > facing_cosine : here > facing_cosine && there > facing_cosine;
}

// ------------------------------------------------------------------------------------------------------- pair search
/// Two segments that break the limit and the box of their parts that do.
struct ClosePair {
    std::uint32_t e, f;
    Breach breach;
};

double distance_to(const Segment& f, Vec p) {
    const Vec d = p - f.at(std::clamp(dot(p - f.start, f.tangent), 0.0, f.length));
    return std::sqrt(dot(d, d));
}

/// Where s(inside), closer to f than the limit, stops being so on the way to s(end). The distance is convex along s.
double last_close(const Segment& s, const Segment& f, double inside, double end, double limit) {
    if (distance_to(f, s.at(end)) < limit) return end;
    for (int i = 0; i < 30; ++i) {
        const double middle = 0.5 * (inside + end);
        (distance_to(f, s.at(middle)) < limit ? inside : end) = middle;
    }
    return inside;
}

void extend(Breach& b, Vec p) {
    b.x0 = std::min(b.x0, p.x), b.x1 = std::max(b.x1, p.x);
    b.y0 = std::min(b.y0, p.y), b.y1 = std::max(b.y1, p.y);
}

Breach close_parts(const Segment& e, const Segment& f, const Approach& near, double limit) {
    const Vec p = e.at(near.a);
    Breach b{std::sqrt(near.distance2), p.x, p.y, p.x, p.y};
    for (const double end : {0.0, e.length}) extend(b, e.at(last_close(e, f, near.a, end, limit)));
    for (const double end : {0.0, f.length}) extend(b, f.at(last_close(f, e, near.b, end, limit)));
    return b;
}

class PairSearch {
  public:
    PairSearch(const Outline& outline, const Box& box, double limit, bool solid_between)
        : outline_(outline),
          limit_(limit),
          sign_(solid_between ? -1 : 1),
          grid_(static_cast<double>(box.x0), static_cast<double>(box.y0), static_cast<double>(box.x1),
                static_cast<double>(box.y1), limit, 4 * outline.segments.size() + 16),
          seen_(outline.segments.size(), 0xffffffffU) {
        grid_.fill([&](const auto& put) {
            for (std::uint32_t i = 0; i < outline_.segments.size(); ++i)
                for_each_cell(outline_.segments[i], 0, [&](std::size_t cell) { put(cell, i); });
        });
    }

    std::vector<ClosePair> pairs() {
        for (std::uint32_t e = 0; e < outline_.segments.size(); ++e)
            for_each_cell(outline_.segments[e], limit_, [&](std::size_t cell) {
                for (const auto* f = grid_.begin(cell); f != grid_.end(cell); ++f)
                    if (*f > e && seen_[*f] != e) {
                        seen_[*f] = e;
                        compare(e, *f);
                    }
            });
        return pairs_;
    }

  private:
    /// Cells within `margin` of a segment, row by row.
    template <class Body>
    void for_each_cell(const Segment& s, double margin, const Body& body) const {
        const Vec a = s.start, b = s.at(s.length);
        const double y0 = std::min(a.y, b.y), y1 = std::max(a.y, b.y);
        for (int row = grid_.row(y0 - margin); row <= grid_.row(y1 + margin); ++row) {
            const double bottom = std::max(y0, grid_.row_bottom(row) - margin - 1e-6);
            const double top = std::min(y1, grid_.row_bottom(row) + grid_.cell() + margin + 1e-6);
            const double xa = x_at(s, a, b, std::min(bottom, y1)), xb = x_at(s, a, b, std::max(top, y0));
            const double low = s.tangent.y == 0 ? std::min(a.x, b.x) : std::min(xa, xb);
            const double high = s.tangent.y == 0 ? std::max(a.x, b.x) : std::max(xa, xb);
            for (int column = grid_.column(low - margin - 1e-6); column <= grid_.column(high + margin + 1e-6); ++column)
                body(grid_.index(column, row));
        }
    }

    static double x_at(const Segment& s, Vec a, Vec b, double y) {
        if (s.tangent.y == 0) return a.x;
        const double x = a.x + (y - a.y) * s.tangent.x / s.tangent.y;
        return std::clamp(x, std::min(a.x, b.x), std::max(a.x, b.x));
    }

    bool boxes_apart(const Segment& e, const Segment& f) const {
        const Vec a = e.start, b = e.at(e.length), c = f.start, d = f.at(f.length);
        return std::min(a.x, b.x) - std::max(c.x, d.x) >= limit_ || std::min(c.x, d.x) - std::max(a.x, b.x) >= limit_ ||
               std::min(a.y, b.y) - std::max(c.y, d.y) >= limit_ || std::min(c.y, d.y) - std::max(a.y, b.y) >= limit_;
    }

    void compare(std::uint32_t ie, std::uint32_t jf) {
        const Segment &e = outline_.segments[ie], &f = outline_.segments[jf];
        const double c = 0.5 * std::numbers::pi * limit_, infinity = std::numeric_limits<double>::infinity();
        const bool same = e.ring == f.ring;
        const double offset = f.arc - e.arc, low = same ? c : -infinity,
                     high = same ? outline_.perimeter[e.ring] - c : infinity;
        if (low > high || offset + f.length < low || offset - e.length > high || boxes_apart(e, f)) return;
        const Approach near = PairDistance(e, f, offset, low, high).minimum();
        const double distance = std::sqrt(near.distance2);
        if (!below(distance, limit_)) return;
        const Vec p = e.at(near.a), q = f.at(near.b);
        if (distance > 1e-9 && !faces(e, f, near, {(q.x - p.x) / distance, (q.y - p.y) / distance})) return;
        if (distance <= 1e-9 && sign_ < 0) return;  // a touching point counts as a space
        pairs_.push_back({ie, jf, close_parts(e, f, near, limit_)});
    }

    bool faces(const Segment& e, const Segment& f, const Approach& near, Vec u) const {
        return leaves(outline_, e, near.a, u, sign_) && leaves(outline_, f, near.b, {-u.x, -u.y}, sign_);
    }

    const Outline& outline_;
    double limit_, sign_;
    CellGrid grid_;
    std::vector<std::uint32_t> seen_;
    std::vector<ClosePair> pairs_;
};

// -------------------------------------------------------------------------------------------------- grouped breaches
std::uint32_t root(std::vector<std::uint32_t>& parent, std::uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

bool touch(const Breach& a, const Breach& b) {
    constexpr double slack = 1e-3;
    return a.x0 <= b.x1 + slack && b.x0 <= a.x1 + slack && a.y0 <= b.y1 + slack && b.y0 <= a.y1 + slack;
}

/// Pairs whose segments are neighbours on both contours and whose boxes touch belong to one breach.
std::vector<Breach> grouped(const Outline& outline, const std::vector<ClosePair>& pairs) {
    const auto key = [](std::uint32_t e, std::uint32_t f) {
        return (std::uint64_t{std::min(e, f)} << 32) | std::max(e, f);
    };
    std::unordered_map<std::uint64_t, std::uint32_t> index;
    for (std::uint32_t i = 0; i < pairs.size(); ++i) index[key(pairs[i].e, pairs[i].f)] = i;
    std::vector<std::uint32_t> parent(pairs.size());
    for (std::uint32_t i = 0; i < parent.size(); ++i) parent[i] = i;
    for (std::uint32_t i = 0; i < pairs.size(); ++i) {
        const Segment &e = outline.segments[pairs[i].e], &f = outline.segments[pairs[i].f];
        for (std::uint32_t ne : {pairs[i].e, e.next, e.previous})
            for (std::uint32_t nf : {pairs[i].f, f.next, f.previous})
                if (const auto other = index.find(key(ne, nf));
                    other != index.end() && touch(pairs[i].breach, pairs[other->second].breach))
                    parent[root(parent, i)] = root(parent, other->second);
    }
    std::vector<Breach> breaches;
    std::vector<std::uint32_t> place(pairs.size(), 0xffffffffU);
    for (std::uint32_t i = 0; i < pairs.size(); ++i) {
        std::uint32_t& at = place[root(parent, i)];
        const Breach& part = pairs[i].breach;
        if (at == 0xffffffffU) at = static_cast<std::uint32_t>(breaches.size()), breaches.push_back(part);
        breaches[at].value = std::min(breaches[at].value, part.value);
        extend(breaches[at], {part.x0, part.y0});
        extend(breaches[at], {part.x1, part.y1});
    }
    return breaches;
}

// ------------------------------------------------------------------------------------------------------ short contours
/// Convex hull, counter-clockwise (monotone chain, Andrew 1979).
std::vector<Vec> hull_of(const Ring& ring) {
    std::vector<Vec> points;
    for (const Point& p : ring) points.push_back({static_cast<double>(p.x), static_cast<double>(p.y)});
    std::sort(points.begin(), points.end(), [](Vec a, Vec b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
    std::vector<Vec> hull;
    for (const bool upper : {false, true}) {
        const std::size_t base = hull.size();
        for (std::size_t i = 0; i < points.size(); ++i) {
            const Vec p = upper ? points[points.size() - 1 - i] : points[i];
            while (hull.size() >= base + 2 && cross(hull.back() - hull[hull.size() - 2], p - hull.back()) <= 0)
                hull.pop_back();
            hull.push_back(p);
        }
        hull.pop_back();
    }
    return hull;
}

/// Smallest extent over all directions; it is reached normal to an edge of the hull.
double least_width(const Ring& ring) {
    const std::vector<Vec> hull = hull_of(ring);
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < hull.size(); ++i) {
        const Vec d = hull[(i + 1) % hull.size()] - hull[i];
        double height = 0;
        for (const Vec& p : hull) height = std::max(height, cross(d, p - hull[i]) / std::sqrt(dot(d, d)));
        least = std::min(least, height);
    }
    return least;
}

bool counter_clockwise(const Ring& ring) { return area({.unit = 1 * nm, .rings = {ring}}) > 0; }

void append_short_contours(const Region& region, const Outline& outline, double limit, bool solid,
                           std::vector<Breach>& out) {
    for (std::size_t i = 0; i < region.rings.size(); ++i) {
        if (outline.perimeter[i] >= std::numbers::pi * limit || counter_clockwise(region.rings[i]) != solid) continue;
        const Box b = bounding_box({.unit = region.unit, .rings = {region.rings[i]}});
        out.push_back({least_width(region.rings[i]), static_cast<double>(b.x0), static_cast<double>(b.y0),
                       static_cast<double>(b.x1), static_cast<double>(b.y1)});
    }
}

std::vector<Breach> closest(const Region& region, double limit, bool solid_between) {
    const Outline outline = outline_of(region);
    if (outline.segments.empty()) return {};
    std::vector<Breach> out = grouped(outline, PairSearch(outline, bounding_box(region), limit, solid_between).pairs());
    append_short_contours(region, outline, limit, solid_between, out);
    return out;
}

}  // namespace

std::vector<Breach> all_angle_widths(const Region& region, double limit) { return closest(region, limit, true); }
std::vector<Breach> all_angle_spaces(const Region& region, double limit) { return closest(region, limit, false); }

}  // namespace damascene::mask_rules
