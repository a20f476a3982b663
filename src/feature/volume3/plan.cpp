// Exact distance of nodes to merged polygons; the sign by winding.
#include "feature/volume3/plan.hpp"

#include <algorithm>
#include <cmath>

namespace damascene::feature::volume3 {
namespace {

/// The region on a unit of at most 0.01 nm, so that walls fall on points.
Region refined(const Region& given, std::int32_t& factor) {
    const Box extent = bounding_box(given);
    const double farthest = 1.0 + static_cast<double>(std::max({std::abs(extent.x0), std::abs(extent.x1),
                                                                std::abs(extent.y0), std::abs(extent.y1)}));
    const double wanted = std::ceil(given.unit.in(0.01 * nm) - 1e-9), room = std::floor(0.2 * 2147483647.0 / farthest);
    factor = static_cast<std::int32_t>(std::max(1.0, std::min(wanted, room)));
    Region out{given.unit * (1.0 / factor), given.rings};
    for (Ring& ring : out.rings)
        for (Point& p : ring) p = {p.x * factor, p.y * factor};
    return out;
}

Box box_in(const Lattice3& l, Length unit, double margin_nm) {
    const double u = unit.in(nm);
    const auto units = [&](double v) { return static_cast<std::int64_t>(std::llround(v / u)); };
    return {units(l.origin.x - margin_nm), units(l.origin.y - margin_nm),
            units(l.origin.x + (l.n[0] - 1) * l.h + margin_nm), units(l.origin.y + (l.n[1] - 1) * l.h + margin_nm)};
}

struct Placement {
    bool flip = false;
    std::int64_t shift = 0;  ///< x -> shift -+ x
    std::int32_t operator()(std::int32_t v) const { return static_cast<std::int32_t>(flip ? shift - v : shift + v); }
};
std::array<Placement, 3> placements(Side side, std::int64_t low, std::int64_t high) {
    if (side == Side::mirror) return {{{}, {true, 2 * low}, {true, 2 * high}}};
    return {{{}, {false, low - high}, {false, high - low}}};
}

void add_copy(const Region& from, const Placement& x, const Placement& y, Region& to) {
    for (Ring ring : from.rings) {
        for (Point& p : ring) p = {x(p.x), y(p.y)};
        if (x.flip != y.flip) std::reverse(ring.begin(), ring.end());
        to.rings.push_back(std::move(ring));
    }
}

// The polygons in the box and their images within the reach.
Region continued(const Region& given, const Lattice3& l, double reach) {
    std::int32_t factor = 1;
    const double u = given.unit.in(nm);
    const auto cells = [&](double v) { return static_cast<std::int64_t>(v / u); };
    const Box roughly = {cells(l.origin.x) - 2, cells(l.origin.y) - 2, cells(l.origin.x + (l.n[0] - 1) * l.h) + 2,
                         cells(l.origin.y + (l.n[1] - 1) * l.h) + 2};
    const Region fine = refined(clipped(merged(given), roughly), factor);
    const Box box = box_in(l, fine.unit, 0);
    const Region inside = clipped(fine, box);
    const Box wider = box_in(l, fine.unit, reach + l.h);
    Region all{fine.unit, {}};
    for (const Placement& x : placements(l.side, box.x0, box.x1))
        for (const Placement& y : placements(l.side, box.y0, box.y1)) add_copy(inside, x, y, all);
    return clipped(merged(all), wider);
}

struct Segment {
    double ax, ay, bx, by;
};
std::vector<Segment> segments_of(const Region& r) {
    const double u = r.unit.in(nm);
    std::vector<Segment> out;
    for (const Ring& ring : r.rings)
        for (std::size_t k = 0; k < ring.size(); ++k) {
            const Point a = ring[k], b = ring[(k + 1) % ring.size()];
            out.push_back({a.x * u, a.y * u, b.x * u, b.y * u});
        }
    return out;
}

double squared_to(const Segment& s, double x, double y) {
    const double dx = s.bx - s.ax, dy = s.by - s.ay;
    const double u = std::clamp(((x - s.ax) * dx + (y - s.ay) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
    const double ex = x - s.ax - u * dx, ey = y - s.ay - u * dy;
    return ex * ex + ey * ey;
}

int winding(const Segment& s, double x, double y) {
    if ((s.ax <= x) == (s.bx <= x)) return 0;
    const double at = s.ay + (x - s.ax) / (s.bx - s.ax) * (s.by - s.ay);
    return at > y ? (s.bx > s.ax ? -1 : 1) : 0;
}

}  // namespace

Plan plan_of(const Region& region, const Lattice3& l, double reach) {
    if (!(region.unit.in(nm) > 0)) throw InputError("D0402", "the region has no database unit");
    // Polygons drawn to the wall's image leave the window; its own edges lie beyond the reach.
    const std::vector<Segment> segments = segments_of(continued(region, l, reach));
    Plan plan{l.n[0], l.n[1], reach, {}};
    plan.distance.assign(static_cast<std::size_t>(plan.nx) * static_cast<std::size_t>(plan.ny), 0);
    parallel_for(static_cast<std::size_t>(plan.nx), [&](std::size_t ix) {
        const double x = l.origin.x + static_cast<double>(ix) * l.h;
        std::vector<const Segment*> near;
        for (const Segment& s : segments)
            if (std::min(s.ax, s.bx) <= x + reach && std::max(s.ax, s.bx) >= x - reach) near.push_back(&s);
        double* column = &plan.distance[ix * static_cast<std::size_t>(plan.ny)];
        for (int iy = 0; iy < plan.ny; ++iy) {
            const double y = l.origin.y + iy * l.h;
            double least = reach * reach;
            int turns = 0;
            for (const Segment* s : near) {
                turns += winding(*s, x, y);
                if (std::min(s->ay, s->by) <= y + reach && std::max(s->ay, s->by) >= y - reach)
                    least = std::min(least, squared_to(*s, x, y));
            }
            column[iy] = turns != 0 ? -std::sqrt(least) : std::sqrt(least);
        }
    });
    return plan;
}

double value_at(const Plan& p, const Lattice3& l, double x, double y) {
    const double u = std::clamp((x - l.origin.x) / l.h, 0.0, p.nx - 1.0),
                 v = std::clamp((y - l.origin.y) / l.h, 0.0, p.ny - 1.0);
    const int i = std::min(static_cast<int>(u), p.nx - 2), j = std::min(static_cast<int>(v), p.ny - 2);
    const auto at = [&](int a, int b) {
        return p.distance[static_cast<std::size_t>(a) * static_cast<std::size_t>(p.ny) + static_cast<std::size_t>(b)];
    };
    const double a = u - i, b = v - j;
    return (1 - a) * ((1 - b) * at(i, j) + b * at(i, j + 1)) + a * ((1 - b) * at(i + 1, j) + b * at(i + 1, j + 1));
}

}  // namespace damascene::feature::volume3
