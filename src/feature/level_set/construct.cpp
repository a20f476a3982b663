// Surfaces at the start: flat fields, holes with tapered, bowed and rounded walls, polygons, films.
//
// A hole's wall is at most five primitives (floor, lower arc, wall or bow arc, upper arc, continuation), so its
// distance is exact, not that of a staircase.
#include <limits>
#include <numbers>

#include "damascene/feature/level_set.hpp"
#include "feature/level_set/distance.hpp"
#include "feature/level_set/lattice.hpp"

namespace damascene::feature {
namespace {

using namespace level_set;

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Value>
void fill(const Lattice& l, std::vector<double>& phi, const Value& value) {
    parallel_for(static_cast<std::size_t>(l.nz), [&](std::size_t j) {
        for (int i = 0; i < l.nx; ++i) {
            double& f = phi[l.index(i, static_cast<int>(j))];
            f = value(l.at(i, static_cast<int>(j)), f);
        }
        if (l.periodic()) phi[l.index(l.nx - 1, static_cast<int>(j))] = phi[l.index(0, static_cast<int>(j))];
    });
}

// ------------------------------------------------------------------------------------------------------------- holes
/// A straight piece, or an arc about `center` when `round`.
struct Primitive {
    Vec2 a, b, center;
    bool round = false;
};

double distance_to(const Primitive& p, Vec2 at) {
    return p.round ? distance_to_arc(at, p.center, p.a, p.b) : distance_to_segment(at, p.a, p.b);
}

/// The right half of a hole's boundary from its axis upwards; beyond the mouth it goes on straight to `top`.
std::vector<Primitive> wall_of(const Hole& hole, double top) {
    const double alpha = hole.sidewall_deg * std::numbers::pi / 180;
    const Vec2 up{std::cos(alpha), std::sin(alpha)}, mouth{0.5 * hole.width_nm, 0};
    double depth = hole.depth_nm;
    double foot = mouth.x - depth * up.x / up.z;
    if (foot < 0) {  // a V: the walls meet on the axis
        depth = mouth.x * up.z / up.x;
        foot = 0;
    }
    const double half_angle = 0.5 * (std::numbers::pi - alpha), wall = depth / up.z;
    const double t_top = std::min(hole.top_radius_nm / std::tan(half_angle), 0.5 * wall);
    const double t_low = std::min({hole.bottom_radius_nm / std::tan(half_angle), 0.5 * wall, foot});
    const Vec2 bottom{foot, -depth};
    std::vector<Primitive> out;
    const Vec2 floor_end = bottom + Vec2{-t_low, 0}, wall_low = bottom + t_low * up, wall_high = mouth - t_top * up;
    if (floor_end.x > 0) out.push_back({{0, -depth}, floor_end, {}});
    if (t_low > 0) out.push_back({floor_end, wall_low, floor_end + Vec2{0, t_low * std::tan(half_angle)}, true});
    const Vec2 chord = wall_high - wall_low;
    if (hole.bow_nm > 0) {
        const double c = norm(chord), radius = (0.25 * c * c + hole.bow_nm * hole.bow_nm) / (2 * hole.bow_nm);
        const Vec2 out_of_gas = (1 / c) * Vec2{chord.z, -chord.x};
        out.push_back({wall_low, wall_high, 0.5 * (wall_low + wall_high) - (radius - hole.bow_nm) * out_of_gas, true});
    } else {
        out.push_back({wall_low, wall_high, {}});
    }
    Vec2 end = wall_high;
    if (t_top > 0) {
        end = mouth + Vec2{t_top, 0};
        out.push_back({wall_high, end, end - Vec2{0, t_top * std::tan(half_angle)}, true});
    }
    if (top > 0) out.push_back({end, t_top > 0 ? Vec2{end.x, top} : end + (top / up.z) * up, {}});
    return out;
}

/// The x of a primitive at height z, where it crosses it.
double x_at(const Primitive& p, double z) {
    if (!p.round) return p.b.z == p.a.z ? p.b.x : p.a.x + (z - p.a.z) / (p.b.z - p.a.z) * (p.b.x - p.a.x);
    const double r2 = dot(p.a - p.center, p.a - p.center), dz = z - p.center.z;
    const double dx = std::sqrt(std::max(0.0, r2 - dz * dz));
    const double mid = 0.5 * (p.a.x + p.b.x);
    return std::abs(p.center.x + dx - mid) < std::abs(p.center.x - dx - mid) ? p.center.x + dx : p.center.x - dx;
}

/// The part below height z.
std::vector<Primitive> below(const std::vector<Primitive>& wall, double z) {
    std::vector<Primitive> out;
    for (Primitive p : wall) {
        if (p.a.z >= z) break;
        if (p.b.z > z) p.b = {x_at(p, z), z};
        out.push_back(p);
    }
    return out;
}

double half_width_at(const std::vector<Primitive>& wall, double z) {
    for (const Primitive& p : wall)
        if (z >= p.a.z && z <= p.b.z && p.b.z > p.a.z) return x_at(p, z);
    return wall.empty() || z < wall.front().a.z ? 0.0 : wall.back().b.x;
}

/// Signed distance to solid below the field at height z0, cut by the hole.
double carved_field(const std::vector<Primitive>& part, const std::vector<Primitive>& wall, double z0, Vec2 p) {
    p.x = std::abs(p.x);
    if (part.empty()) return p.z - z0;  // the hole ends above this boundary
    const Vec2 edge = part.back().b;
    double d = p.x > edge.x ? std::abs(p.z - z0) : norm(p - edge);
    for (const Primitive& q : part) d = std::min(d, distance_to(q, p));
    const bool gas = p.z > z0 || (p.z > part.front().a.z && p.x < half_width_at(wall, p.z));
    return gas ? d : -d;
}

/// Distance to the hole itself, < 0 inside it.
double hole_distance(const std::vector<Primitive>& wall, Vec2 p) {
    p.x = std::abs(p.x);
    double d = infinity;
    for (const Primitive& q : wall) d = std::min(d, distance_to(q, p));
    return p.z > wall.front().a.z && p.x < half_width_at(wall, p.z) ? -d : d;
}

/// Height of a level field, or NaN.
double level_of(const Lattice& l, const std::vector<double>& phi) {
    const double z = l.z0 - phi[0];
    for (int j = 0; j < l.nz; ++j)
        for (int i = 0; i < l.nx; ++i)
            if (std::abs(l.at(i, j).z - phi[l.index(i, j)] - z) > 1e-9 * l.h) return std::nan("");
    return z;
}

void require(bool holds, const char* message) {
    if (!holds) throw InputError("D0430", message);
}

// ---------------------------------------------------------------------------------------------------------- polygons
/// < 0 inside by the even-odd rule.
double polygon_distance(const Polyline& polygon, Vec2 p) {
    double d = infinity;
    bool inside = false;
    for (std::size_t k = 0; k < polygon.size(); ++k) {
        const Vec2 a = polygon[k], b = polygon[(k + 1) % polygon.size()];
        d = std::min(d, distance_to_segment(p, a, b));
        if ((a.z > p.z) != (b.z > p.z) && p.x < a.x + (p.z - a.z) / (b.z - a.z) * (b.x - a.x)) inside = !inside;
    }
    return inside ? -d : d;
}

std::vector<double> distances(const Lattice& l, const Polyline& polygon) {
    require(polygon.size() >= 3, "a polygon has at least three corners");
    const double period = l.x1() - l.x0;
    std::vector<double> d(l.size());
    fill(l, d, [&](Vec2 p, double) {
        double nearest = polygon_distance(polygon, p);
        for (int k : {-1, 1})
            if (l.periodic()) nearest = std::min(nearest, polygon_distance(polygon, {p.x + k * period, p.z}));
        return nearest;
    });
    return d;
}

}  // namespace

Surface flat_surface(const Domain& d, const std::string& material, double z_nm) {
    require(d.h_nm > 0 && d.x1_nm > d.x0_nm && d.z1_nm > d.z0_nm, "a domain wants x1 > x0, z1 > z0 and h > 0");
    require(z_nm > d.z0_nm && z_nm < d.z1_nm, "the surface must lie inside the domain");
    require((d.left == Side::periodic) == (d.right == Side::periodic), "periodic sides come in pairs");
    require(d.symmetry == Symmetry::planar || d.x0_nm >= 0, "an axial domain lies in r >= 0");
    const auto nodes = [&](double a, double b) { return static_cast<int>(std::lround((b - a) / d.h_nm)) + 1; };
    Surface s{d.symmetry, d.left, d.right, {}, {material}, {}};
    s.grid = {nodes(d.x0_nm, d.x1_nm), nodes(d.z0_nm, d.z1_nm), d.h_nm * nm, d.h_nm * nm, d.x0_nm * nm, d.z0_nm * nm};
    require(s.grid.nx >= 4 && s.grid.ny >= 4, "a domain has at least four nodes each way");
    s.phi.push_back({s.grid, std::vector<double>(s.grid.size())});
    fill(lattice_of(s), s.phi[0].values, [&](Vec2 p, double) { return p.z - z_nm; });
    return s;
}

void carve(Surface& s, const Hole& hole) {
    require(hole.width_nm > 0 && hole.depth_nm > 0, "a hole has a width and a depth");
    require(hole.sidewall_deg > 0 && hole.sidewall_deg < 180, "a sidewall stands between 0 and 180 deg");
    require(hole.top_radius_nm >= 0 && hole.bottom_radius_nm >= 0 && hole.bow_nm >= 0,
            "radii and bow are not negative");
    const Lattice l = lattice_of(s);
    const std::vector<Primitive> wall = wall_of(hole, l.z1() + 8 * l.h);
    const auto nearest = [&](Vec2 p) {  // of the hole and its periods
        const double period = l.x1() - l.x0;
        return l.periodic() ? Vec2{p.x - period * std::round(p.x / period), p.z} : p;
    };
    for (Field2<double>& phi : s.phi) {
        const double level = level_of(l, phi.values);
        if (std::isnan(level)) {
            fill(l, phi.values, [&](Vec2 p, double old) { return std::max(old, -hole_distance(wall, nearest(p))); });
        } else {
            const std::vector<Primitive> part = below(wall, level);
            fill(l, phi.values, [&](Vec2 p, double) { return carved_field(part, wall, level, nearest(p)); });
        }
    }
}

void add_solid(Surface& s, const Polyline& polygon) {
    const Lattice l = lattice_of(s);
    const std::vector<double> d = distances(l, polygon);
    std::vector<double>& top = s.phi.back().values;
    for (std::size_t k = 0; k < d.size(); ++k) top[k] = std::min(top[k], d[k]);
}

void remove_solid(Surface& s, const Polyline& polygon) {
    const std::vector<double> d = distances(lattice_of(s), polygon);
    for (Field2<double>& phi : s.phi)
        for (std::size_t k = 0; k < d.size(); ++k) phi.values[k] = std::max(phi.values[k], -d[k]);
}

void begin_film(Surface& s, const std::string& material) {
    s.materials.push_back(material);
    s.phi.push_back(s.phi.back());
}

Surface blend(const Surface& a, const Surface& b, double w) {
    require(a.phi.size() == b.phi.size() && a.grid.nx == b.grid.nx && a.grid.ny == b.grid.ny,
            "only surfaces of the same grid and materials are blended");
    Surface out = a;
    for (std::size_t m = 0; m < a.phi.size(); ++m)
        for (std::size_t k = 0; k < out.phi[m].values.size(); ++k)
            out.phi[m].values[k] = (1 - w) * a.phi[m].values[k] + w * b.phi[m].values[k];
    return out;
}

}  // namespace damascene::feature
