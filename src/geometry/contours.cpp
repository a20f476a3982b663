// Level sets {f = level} as polylines, and closed ones as polygons.
//
// Cells of a sampled field are cut where f crosses the level (marching squares, linear along cell edges; in cells with
// two diagonal highs the bilinear saddle value decides, so the curves never cross). On a band-limited function every
// point is then moved onto the exact level along the gradient, r <- r - (f - level) grad f / |grad f|^2, with f the
// trigonometric polynomial itself: no raster remains in the result. High side (f >= level) on the left.
#include <algorithm>
#include <cmath>

#include "damascene/geometry.hpp"

namespace damascene {
namespace {

using Point2 = std::array<double, 2>;

double distance(Point2 a, Point2 b) { return std::hypot(b[0] - a[0], b[1] - a[1]); }

/// A sampled field and how it continues: `periodic` joins the last column and row to the first.
struct Lattice {
    const Field2<double>& f;
    double level;
    bool periodic;
    double dx_nm, dy_nm, x0_nm, y0_nm;

    Lattice(const Field2<double>& field, double value, bool wraps)
        : f(field),
          level(value),
          periodic(wraps),
          dx_nm(field.grid.dx.in(nm)),
          dy_nm(field.grid.dy.in(nm)),
          x0_nm(field.grid.x0.in(nm)),
          y0_nm(field.grid.y0.in(nm)) {}

    int nx() const { return f.grid.nx; }
    int ny() const { return f.grid.ny; }
    int cells_x() const { return periodic ? nx() : nx() - 1; }
    int cells_y() const { return periodic ? ny() : ny() - 1; }
    double value(int ix, int iy) const { return f.at(ix % nx(), iy % ny()) - level; }
    bool high(int ix, int iy) const { return value(ix, iy) >= 0; }
};

/// The four sides of a cell counter-clockwise: 0 south, 1 east, 2 north, 3 west. `exit_of[entry]` is where the curve
/// that enters through a side leaves, or -1. A side is an entry when, seen from inside, the high end is on the curve's
/// left.
struct CellPaths {
    int exit_of[4] = {-1, -1, -1, -1};
};

/// Walking counter-clockwise around the cell, low -> high is an exit and high -> low an entry (high stays on the left).
CellPaths paths_of(const Lattice& g, int ix, int iy) {
    const double v[4] = {g.value(ix, iy), g.value(ix + 1, iy), g.value(ix + 1, iy + 1), g.value(ix, iy + 1)};
    const bool h[4] = {v[0] >= 0, v[1] >= 0, v[2] >= 0, v[3] >= 0};
    CellPaths paths;
    const bool saddle = h[0] == h[2] && h[1] == h[3] && h[0] != h[1];
    const bool centre_high = saddle && (v[0] * v[2] - v[1] * v[3]) / (v[0] + v[2] - v[1] - v[3]) >= 0;
    for (int side = 0; side < 4; ++side) {
        if (!(h[side] && !h[(side + 1) % 4])) continue;   // entry
        const int next = saddle && !centre_high ? 3 : 1;  // back around the high corner, or on around the low one
        int exit = (side + next) % 4;
        while (!(!h[exit] && h[(exit + 1) % 4])) exit = (exit + 1) % 4;
        paths.exit_of[side] = exit;
    }
    return paths;
}

/// A walk through cells; `shift` counts periods crossed.
struct Walker {
    int ix, iy, entry;
    int shift_x = 0, shift_y = 0;
};

class MarchingSquares {
  public:
    explicit MarchingSquares(const Lattice& lattice)
        : g_(lattice),
          visited_(static_cast<std::size_t>(lattice.cells_x()) * static_cast<std::size_t>(lattice.cells_y()), 0) {}

    std::vector<Contour> curves() {
        if (!g_.periodic) start_at_border();
        for (int iy = 0; iy < g_.cells_y(); ++iy)
            for (int ix = 0; ix < g_.cells_x(); ++ix) start_in_cell(ix, iy);
        return curves_;
    }

  private:
    std::uint8_t& visited(int ix, int iy) {
        return visited_[static_cast<std::size_t>(iy) * static_cast<std::size_t>(g_.cells_x()) +
                        static_cast<std::size_t>(ix)];
    }

    void start_at_border() {
        for (int ix = 0; ix < g_.cells_x(); ++ix) start(ix, 0, 0), start(ix, g_.cells_y() - 1, 2);
        for (int iy = 0; iy < g_.cells_y(); ++iy) start(0, iy, 3), start(g_.cells_x() - 1, iy, 1);
    }

    void start_in_cell(int ix, int iy) {
        const bool a = g_.high(ix, iy);
        if (a == g_.high(ix + 1, iy) && a == g_.high(ix, iy + 1) && a == g_.high(ix + 1, iy + 1)) return;
        for (int side = 0; side < 4; ++side) start(ix, iy, side);
    }

    void start(int ix, int iy, int side) {
        if ((visited(ix, iy) >> side) & 1) return;
        if (paths_of(g_, ix, iy).exit_of[side] >= 0) curves_.push_back(follow({ix, iy, side}));
    }

    Contour follow(Walker w) {
        Contour curve{.points_nm = {}, .closed = false};
        for (;;) {
            curve.points_nm.push_back(crossing(w, w.entry));
            if ((visited(w.ix, w.iy) >> w.entry) & 1) break;
            visited(w.ix, w.iy) |= static_cast<std::uint8_t>(1 << w.entry);
            const int exit = paths_of(g_, w.ix, w.iy).exit_of[w.entry];
            const Walker here = w;
            if (!step(w, exit)) {
                curve.points_nm.push_back(crossing(here, exit));
                return curve;
            }
        }
        curve.closed = w.shift_x == 0 && w.shift_y == 0;  // else it winds around the period: the last point is kept
        if (curve.closed) curve.points_nm.pop_back();
        return curve;
    }

    /// Into the neighbour across `side`; false at the border of an open lattice.
    bool step(Walker& w, int side) const {
        w.entry = (side + 2) % 4;
        w.ix += side == 1 ? 1 : side == 3 ? -1 : 0;
        w.iy += side == 2 ? 1 : side == 0 ? -1 : 0;
        if (!g_.periodic) return w.ix >= 0 && w.iy >= 0 && w.ix < g_.cells_x() && w.iy < g_.cells_y();
        if (w.ix < 0) w.ix += g_.nx(), --w.shift_x;
        if (w.iy < 0) w.iy += g_.ny(), --w.shift_y;
        if (w.ix == g_.nx()) w.ix = 0, ++w.shift_x;
        if (w.iy == g_.ny()) w.iy = 0, ++w.shift_y;
        return true;
    }

    Point2 crossing(const Walker& w, int side) const {
        const int ax = w.ix + (side == 1), ay = w.iy + (side == 2);  // lower or left end of the side
        const bool along_x = side % 2 == 0;
        const double a = g_.value(ax, ay), b = g_.value(ax + along_x, ay + !along_x);
        const double t = a == b ? 0.5 : std::clamp(a / (a - b), 0.0, 1.0);
        return {g_.x0_nm + g_.dx_nm * (ax + w.shift_x * g_.nx() + (along_x ? t : 0)),
                g_.y0_nm + g_.dy_nm * (ay + w.shift_y * g_.ny() + (along_x ? 0 : t))};
    }

    Lattice g_;
    std::vector<std::uint8_t> visited_;
    std::vector<Contour> curves_;
};

/// Newton along the gradient onto f = level; a step is at most `reach`, so a point stays with its own curve.
Point2 onto_level(const Spectrum2& f, double level, Point2 p, double reach) {
    for (int iteration = 0; iteration < 20; ++iteration) {
        const ValueGradient g = value_gradient_at(f, p[0] * nm, p[1] * nm);
        const double residual = g.value - level, slope2 = g.d_dx * g.d_dx + g.d_dy * g.d_dy;
        if (std::abs(residual) <= 1e-12 || slope2 == 0) break;
        double scale = residual / slope2;
        const double length = std::abs(scale) * std::sqrt(slope2);
        if (length > reach) scale *= reach / length;
        p = {p[0] - scale * g.d_dx, p[1] - scale * g.d_dy};
    }
    return p;
}

/// Drops points closer than `spacing` to the one before; ends of an open curve stay.
std::vector<Point2> thinned(const std::vector<Point2>& points, double spacing, bool closed) {
    std::vector<Point2> out;
    for (const Point2& p : points)
        if (out.empty() || distance(out.back(), p) >= spacing) out.push_back(p);
    if (!closed && distance(out.back(), points.back()) > 0) {
        if (out.size() > 1) out.pop_back();
        out.push_back(points.back());
    }
    while (closed && out.size() > 3 && distance(out.back(), out.front()) < spacing) out.pop_back();
    return out;
}

/// Fills the chord a-b with points of the level until neighbours are at most `step` apart, b not included.
void append_between(const Spectrum2& f, double level, Point2 a, Point2 b, double step, double reach, int depth,
                    std::vector<Point2>& out) {
    if (depth == 0 || distance(a, b) <= step) return;
    const Point2 middle = onto_level(f, level, {0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])}, reach);
    append_between(f, level, a, middle, step, reach, depth - 1, out);
    out.push_back(middle);
    append_between(f, level, middle, b, step, reach, depth - 1, out);
}

std::vector<Point2> refined(const Spectrum2& f, double level, const std::vector<Point2>& points, bool closed,
                            double step, double reach) {
    std::vector<Point2> out;
    const std::size_t n = points.size(), chords = closed ? n : n - 1;
    for (std::size_t i = 0; i < chords; ++i) {
        out.push_back(points[i]);
        append_between(f, level, points[i], points[(i + 1) % n], step, reach, 20, out);
    }
    if (!closed) out.push_back(points.back());
    return out;
}

constexpr int oversample = 4;  ///< samples per (2 band + 1): 8 or more per shortest wave

// ------------------------------------------------------------------------------------------------ polygons of curves
double distance_to_chord(Point2 p, Point2 a, Point2 b) {
    const double ux = b[0] - a[0], uy = b[1] - a[1], length2 = ux * ux + uy * uy;
    const double t = length2 > 0 ? std::clamp(((p[0] - a[0]) * ux + (p[1] - a[1]) * uy) / length2, 0.0, 1.0) : 0.0;
    return std::hypot(p[0] - a[0] - t * ux, p[1] - a[1] - t * uy);
}

/// Marks the points of p[from..to] that Douglas and Peucker (1973) keep; indices beyond the end wrap around.
void mark_kept(const std::vector<Point2>& p, std::size_t from, std::size_t to, double tolerance,
               std::vector<bool>& kept) {
    std::vector<std::pair<std::size_t, std::size_t>> spans{{from, to}};
    const std::size_t n = p.size();
    while (!spans.empty()) {
        const auto [a, b] = spans.back();
        spans.pop_back();
        std::size_t farthest = a;
        double worst = tolerance;
        for (std::size_t i = a + 1; i < b; ++i) {
            const double d = distance_to_chord(p[i % n], p[a % n], p[b % n]);
            if (d > worst) worst = d, farthest = i;
        }
        if (farthest == a) continue;
        kept[farthest % n] = true;
        spans.push_back({a, farthest});
        spans.push_back({farthest, b});
    }
}

std::size_t farthest_from(const std::vector<Point2>& p, std::size_t from) {
    std::size_t best = from;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (distance(p[i], p[from]) > distance(p[best], p[from])) best = i;
    return best;
}

std::vector<Point2> simplified(const std::vector<Point2>& p, double tolerance) {
    const std::size_t a = farthest_from(p, 0), b = farthest_from(p, a);
    const std::size_t first = std::min(a, b), second = std::max(a, b);
    std::vector<bool> kept(p.size(), false);
    kept[first] = kept[second] = true;
    mark_kept(p, first, second, tolerance, kept);
    mark_kept(p, second, first + p.size(), tolerance, kept);
    std::vector<Point2> out;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (kept[i]) out.push_back(p[i]);
    return out;
}

std::int64_t turn(Point a, Point b, Point c) {
    return (std::int64_t{b.x} - a.x) * (std::int64_t{c.y} - b.y) -
           (std::int64_t{b.y} - a.y) * (std::int64_t{c.x} - b.x);
}

std::int32_t rounded(double nanometres, double unit_nm) {
    const double value = std::nearbyint(nanometres / unit_nm);
    if (!(std::abs(value) <= 2147483647.0))
        throw InputError("D0411", "a contour point does not fit 32-bit database units", "use a coarser database unit");
    return static_cast<std::int32_t>(value);
}

/// Rounded to the unit, without repeated or collinear points (spikes of zero width go as well).
Ring rounded_ring(const std::vector<Point2>& points, double unit_nm) {
    Ring ring;
    for (const Point2& p : points) {
        const Point q{rounded(p[0], unit_nm), rounded(p[1], unit_nm)};
        if (ring.empty() || !(ring.back() == q)) ring.push_back(q);
    }
    for (bool changed = true; changed && ring.size() >= 3;) {
        changed = false;
        for (std::size_t i = 0; i < ring.size() && ring.size() >= 3;) {
            const std::size_t n = ring.size();
            if (turn(ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]) != 0)
                ++i;
            else
                ring.erase(ring.begin() + static_cast<std::ptrdiff_t>(i)), changed = true;
        }
    }
    return ring;
}

double signed_area(const Ring& ring) {
    double twice = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i], b = ring[(i + 1) % ring.size()];
        twice += static_cast<double>(a.x) * b.y - static_cast<double>(b.x) * a.y;
    }
    return 0.5 * twice;
}

/// Even-odd test of a point that is not on the ring.
bool encloses(const Ring& ring, double x, double y) {
    bool inside = false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
        if ((ring[i].y > y) != (ring[j].y > y) && x < ring[j].x + (y - ring[j].y) *
                                                                      (static_cast<double>(ring[i].x) - ring[j].x) /
                                                                      (static_cast<double>(ring[i].y) - ring[j].y))
            inside = !inside;
    return inside;
}

/// Solid at even nesting depth (counter-clockwise), hole at odd depth.
void orient_by_nesting(std::vector<Ring>& rings) {
    std::vector<Box> boxes;
    for (const Ring& ring : rings) boxes.push_back(bounding_box({.unit = 1 * nm, .rings = {ring}}));
    for (std::size_t i = 0; i < rings.size(); ++i) {
        const Point p = rings[i].front();
        int depth = 0;
        for (std::size_t j = 0; j < rings.size(); ++j)
            if (j != i && boxes[j].x0 <= boxes[i].x0 && boxes[j].x1 >= boxes[i].x1 && boxes[j].y0 <= boxes[i].y0 &&
                boxes[j].y1 >= boxes[i].y1 && encloses(rings[j], p.x, p.y))
                ++depth;
        if ((signed_area(rings[i]) > 0) != (depth % 2 == 0)) std::reverse(rings[i].begin(), rings[i].end());
    }
}

}  // namespace

std::vector<Contour> contours(const Field2<double>& f, double level) {
    if (f.grid.nx < 2 || f.grid.ny < 2) return {};
    std::vector<Contour> curves = MarchingSquares(Lattice(f, level, false)).curves();
    const double repeated = 1e-9 * f.grid.dx.in(nm);  // a curve through a sample meets it on two cell sides
    for (Contour& c : curves) c.points_nm = thinned(c.points_nm, repeated, c.closed);
    return curves;
}

std::vector<Contour> contours(const Spectrum2& f, double level, Length step) {
    if (!(step > 0 * nm)) throw InputError("D0412", "the contour step must be a positive length");
    const Field2<double> samples = sample_period(f, oversample * f.width(), oversample * f.height());
    std::vector<Contour> curves = MarchingSquares(Lattice(samples, level, true)).curves();
    const double spacing = std::min(samples.grid.dx.in(nm), samples.grid.dy.in(nm));
    parallel_for(curves.size(), [&](std::size_t i) {
        Contour& c = curves[i];
        for (Point2& p : c.points_nm) p = onto_level(f, level, p, spacing);
        c.points_nm = thinned(c.points_nm, 0.2 * std::min(spacing, step.in(nm)), c.closed);
        c.points_nm = refined(f, level, c.points_nm, c.closed, step.in(nm), spacing);
    });
    return curves;
}

Region curvilinear_region(const std::vector<Contour>& curves, Length unit, Length tolerance) {
    Region region{.unit = unit, .rings = {}};
    for (const Contour& c : curves) {
        if (!c.closed)
            throw InputError("D0413", "an open contour has no inside", "close the pattern inside its window");
        if (c.points_nm.size() < 3) continue;
        Ring ring = rounded_ring(simplified(c.points_nm, tolerance.in(nm)), unit.in(nm));
        if (ring.size() >= 3) region.rings.push_back(std::move(ring));
    }
    orient_by_nesting(region.rings);
    return region;
}

}  // namespace damascene
