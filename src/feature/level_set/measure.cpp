// Areas, volumes, outlines and voids of a surface.
#include <algorithm>
#include <limits>
#include <numbers>

#include "damascene/feature/level_set.hpp"
#include "damascene/geometry.hpp"
#include "feature/level_set/contour.hpp"
#include "feature/level_set/distance.hpp"

namespace damascene::feature {
namespace {

using namespace level_set;

// ---------------------------------------------------------------------------------------------------------- outlines
/// A lattice with one more node of gas all round: its contours are closed, clipped exactly at the domain.
struct Padded {
    Lattice lattice;
    std::vector<double> phi;
};

Padded padded(const Lattice& l, const std::vector<double>& phi) {
    Padded out{l, {}};
    out.lattice.nx += 2;
    out.lattice.nz += 2;
    out.lattice.x0 -= l.h;
    out.lattice.z0 -= l.h;
    out.phi.assign(out.lattice.size(), 1e200);
    for (int j = 0; j < l.nz; ++j)
        std::copy_n(phi.begin() + static_cast<std::ptrdiff_t>(l.index(0, j)), l.nx,
                    out.phi.begin() + static_cast<std::ptrdiff_t>(out.lattice.index(1, j + 1)));
    return out;
}

/// The solid of one field on a fine integer raster, counter-clockwise.
Region solid_region(const Lattice& l, const std::vector<double>& phi, double unit) {
    const Padded p = padded(l, phi);
    Region region{unit * nm, {}};
    for (const Chain& c : contour_chains(p.lattice, p.phi)) {
        Ring ring;
        for (auto q = c.points.rbegin(); q != c.points.rend(); ++q) {  // gas was on the left
            const Point point{static_cast<std::int32_t>(std::lround((q->x - l.x0) / unit)),
                              static_cast<std::int32_t>(std::lround((q->z - l.z0) / unit))};
            if (ring.empty() || !(ring.back() == point)) ring.push_back(point);
        }
        while (ring.size() > 1 && ring.back() == ring.front()) ring.pop_back();
        if (ring.size() >= 3) region.rings.push_back(std::move(ring));
    }
    return region;
}

Polyline polyline_of(const Ring& ring, const Lattice& l, double unit) {
    Polyline out;
    for (Point p : ring) out.push_back({l.x0 + p.x * unit, l.z0 + p.y * unit});
    return out;
}

// ------------------------------------------------------------------------------------------------------------- voids
bool same_side(const Lattice& l, Vec2 a, Vec2 b) { return std::abs(a.x - b.x) < 0.5 * (l.x1() - l.x0); }

double widest(const Polyline& outline) {
    double least = outline[0].x, most = outline[0].x;
    for (Vec2 p : outline) least = std::min(least, p.x), most = std::max(most, p.x);
    return most - least;
}

Vec2 centroid_of(const Polyline& outline) {
    const Vec2 origin = outline[0];
    double twice = 0;
    Vec2 sum;
    for (std::size_t k = 0; k < outline.size(); ++k) {
        const Vec2 a = outline[k] - origin, b = outline[(k + 1) % outline.size()] - origin;
        const double c = cross(a, b);
        twice += c;
        sum = sum + c * (a + b);
    }
    return twice != 0 ? origin + (1 / (3 * twice)) * sum : origin;
}

bool contains(const Polyline& polygon, Vec2 p) {
    bool inside = false;
    for (std::size_t k = 0; k < polygon.size(); ++k) {
        const Vec2 a = polygon[k], b = polygon[(k + 1) % polygon.size()];
        if ((a.z > p.z) != (b.z > p.z) && p.x < a.x + (p.z - a.z) / (b.z - a.z) * (b.x - a.x)) inside = !inside;
    }
    return inside;
}

/// Outlines of everything under the sky's surface: cavities counter-clockwise, solids adrift clockwise. Floors and
/// ceilings that lead from side to side are joined in pairs.
std::vector<Polyline> closed_outlines(const Lattice& l, const std::vector<Chain>& chains) {
    std::vector<Polyline> out;
    std::vector<const Chain*> floors, ceilings;
    for (std::size_t k = 1; k < chains.size(); ++k) {
        const Chain& c = chains[k];
        if (c.closed || same_side(l, c.points.front(), c.points.back()))
            out.push_back(c.points);
        else
            (c.points.front().x < c.points.back().x ? floors : ceilings).push_back(&c);
    }
    const auto by_height = [](const Chain* a, const Chain* b) { return a->points.front().z < b->points.front().z; };
    std::sort(floors.begin(), floors.end(), by_height);
    std::sort(ceilings.begin(), ceilings.end(), by_height);
    for (std::size_t k = 0; k < std::min(floors.size(), ceilings.size()); ++k) {
        Polyline both = floors[k]->points;
        both.insert(both.end(), ceilings[k]->points.begin(), ceilings[k]->points.end());
        out.push_back(std::move(both));
    }
    return out;
}

Void void_of(const Polyline& outline, Symmetry symmetry) {
    const auto by_z = [](Vec2 a, Vec2 b) { return a.z < b.z; };
    return {outline,
            enclosed(outline, symmetry),
            centroid_of(outline),
            *std::max_element(outline.begin(), outline.end(), by_z),
            *std::min_element(outline.begin(), outline.end(), by_z),
            widest(outline)};
}

}  // namespace

double volume(const Surface& s, std::size_t material) {
    const Lattice l = lattice_of(s);
    const double below = material > 0 ? solid_in_domain(l, s.phi[material - 1].values) : 0;
    return solid_in_domain(l, s.phi[material].values) - below;
}

double solid_above_datum(const Surface& s, const Contour& contour) {
    const auto under = [&](Vec2 a, Vec2 b) {
        const double dx = b.x - a.x, dz = b.z - a.z;
        return s.symmetry == Symmetry::planar
                   ? dx * (a.z + 0.5 * dz)
                   : 2 * std::numbers::pi * dx * (a.x * a.z + 0.5 * (a.x * dz + a.z * dx) + dx * dz / 3);
    };
    double sum = 0;
    for (const Chain& c : contour.chains())
        for (std::size_t k = 0; k + (c.closed ? 0 : 1) < c.points.size(); ++k)
            sum += under(c.points[k], c.points[(k + 1) % c.points.size()]);
    return sum;
}

double gas_volume(const Surface& s) {
    const Lattice l = lattice_of(s);
    const Polyline box = {{l.x0, l.z0}, {l.x1(), l.z0}, {l.x1(), l.z1()}, {l.x0, l.z1()}};
    return enclosed(box, l.symmetry) - solid_in_domain(l, s.phi.back().values);
}

std::vector<Polyline> outlines(const Surface& s, std::size_t material) {
    const Lattice l = lattice_of(s);
    const double unit = std::max(l.h / 65536, std::max(l.x1() - l.x0, l.z1() - l.z0) / 5e8);
    Region region = merged(solid_region(l, s.phi[material].values, unit));
    if (material > 0)
        region = combine(region, merged(solid_region(l, s.phi[material - 1].values, unit)), Boolean::subtract);
    std::vector<Polyline> out;
    for (const Ring& ring : region.rings) out.push_back(polyline_of(ring, l, unit));
    return out;
}

std::vector<Void> voids(const Surface& s, double least_area_nm2) {
    const Lattice l = lattice_of(s);
    const std::vector<Polyline> all = closed_outlines(l, surface_chains(l, s.phi.back().values));
    std::vector<Void> out;
    for (const Polyline& outline : all)
        if (enclosed(outline, Symmetry::planar) > 0) out.push_back(void_of(outline, l.symmetry));
    for (const Polyline& solid : all) {
        if (enclosed(solid, Symmetry::planar) > 0) continue;
        for (Void& v : out)
            if (contains(v.outline, solid[0])) v.area += enclosed(solid, l.symmetry);
    }
    std::erase_if(out, [&](const Void& v) {
        return enclosed(v.outline, Symmetry::planar) < std::max(least_area_nm2, 1e-12 * l.h * l.h);
    });
    std::sort(out.begin(), out.end(), [](const Void& a, const Void& b) { return a.centroid.z > b.centroid.z; });
    return out;
}

}  // namespace damascene::feature
