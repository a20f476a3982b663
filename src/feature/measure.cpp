// What is measured on a grown film: thickness along the starting normals, step coverage at named places; and the same
// surface on another grid.
//
//   step coverage = thickness at a named place / thickness on the open flat field
#include <algorithm>
#include <cmath>
#include <limits>

#include "damascene/feature/process.hpp"

namespace damascene::feature {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Bilinear value in the node lattice; beyond the ends the nearest node counts.
double sampled(const Field2<double>& f, double x_nm, double z_nm) {
    const Grid2& g = f.grid;
    const double u = std::clamp((x_nm - g.x0.in(nm)) / g.dx.in(nm), 0.0, g.nx - 1.0);
    const double v = std::clamp((z_nm - g.y0.in(nm)) / g.dy.in(nm), 0.0, g.ny - 1.0);
    const int i = std::min(static_cast<int>(u), g.nx - 2), j = std::min(static_cast<int>(v), g.ny - 2);
    const double s = u - i, t = v - j;
    return (1 - t) * ((1 - s) * f.at(i, j) + s * f.at(i + 1, j)) +
           t * ((1 - s) * f.at(i, j + 1) + s * f.at(i + 1, j + 1));
}

double distance_to(const Piece& p, Vec2 q) {
    const double ex = p.b.x - p.a.x, ez = p.b.z - p.a.z, l2 = ex * ex + ez * ez;
    const double t = l2 > 0 ? std::clamp(((q.x - p.a.x) * ex + (q.z - p.a.z) * ez) / l2, 0.0, 1.0) : 0.0;
    return std::hypot(q.x - p.a.x - t * ex, q.z - p.a.z - t * ez);
}

double distance_to(const Section& section, Vec2 q) {
    double least = std::numeric_limits<double>::infinity();
    for (const Piece& p : section.pieces) least = std::min(least, distance_to(p, q));
    return least;
}

Vec2 along(Vec2 from, Vec2 direction, double s) { return {from.x + s * direction.x, from.z + s * direction.z}; }

/// Distance from `from` along `direction` to the zero of phi, or to where another wall of the start is nearer.
double travel(const Field2<double>& phi, const Section& start, Vec2 from, Vec2 direction, double sign, double longest) {
    const double step = 0.5 * phi.grid.dx.in(nm);
    double before = sign * sampled(phi, from.x, from.z);
    if (before >= 0) return 0;
    for (double s = step; s < longest; s += step) {
        const Vec2 at = along(from, direction, s);
        const double value = sign * sampled(phi, at.x, at.z);
        if (value >= 0) return s - step * value / (value - before);
        if (sign > 0 && distance_to(start, at) < s - step) return s - 0.5 * step;
        before = value;
    }
    return longest;
}

double depth_extent(const Field2<double>& phi) {
    return std::hypot(phi.grid.dx.in(nm)*phi.grid.nx, phi.grid.dy.in(nm)*phi.grid.ny);
}

bool level(const WallPoint& p) { return p.normal.z > 0.9; }
bool upright(const WallPoint& p) { return std::abs(p.normal.z) < 0.5; }

/// Mean over every run of neighbouring bottom points of the thickness nearest the middle of the run.
double bottom_centre(const std::vector<WallPoint>& wall, double highest_bottom, Symmetry symmetry) {
    double sum = 0;
    int runs = 0;
    for (std::size_t i = 0; i < wall.size();) {
        std::size_t end = i;
        while (end < wall.size() && level(wall[end]) && wall[end].at.z < highest_bottom) ++end;
        if (end == i) {
            ++i;
            continue;
        }
        // A bottom at an end of the section is half of one: its middle stands on the axis or mirror.
        const double middle = i == 0               ? (symmetry == Symmetry::axial ? 0.0 : wall.front().at.x)
                              : end == wall.size() ? wall.back().at.x
                                                   : 0.5 * (wall[i].at.x + wall[end - 1].at.x);
        const auto nearer = [&](const WallPoint& a, const WallPoint& b) {
            return std::abs(a.at.x - middle) < std::abs(b.at.x - middle);
        };
        sum += std::min_element(wall.begin() + static_cast<std::ptrdiff_t>(i),
                                wall.begin() + static_cast<std::ptrdiff_t>(end), nearer)
                   ->thickness_nm;
        ++runs;
        i = end;
    }
    return runs > 0 ? sum / runs : nothing;
}

/// Area (planar) or volume of revolution of a ring, its centroid and extent.
Void void_of(const Ring& ring, double unit_nm, Symmetry symmetry) {
    Void v;
    double area = 0, moment_x = 0, moment_z = 0, second = 0, left = 1e300, right = -1e300;
    v.top.z = -1e300, v.bottom.z = 1e300;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i], b = ring[(i + 1) % ring.size()];
        const Vec2 p{a.x * unit_nm, a.y * unit_nm}, q{b.x * unit_nm, b.y * unit_nm};
        const double c = 0.5 * (p.x * q.z - q.x * p.z);
        area += c, moment_x += c * (p.x + q.x) / 3, moment_z += c * (p.z + q.z) / 3;
        second += c * (p.x + q.x) / 3;
        v.outline.push_back(p);
        if (p.z > v.top.z) v.top = p;
        if (p.z < v.bottom.z) v.bottom = p;
        left = std::min(left, p.x), right = std::max(right, p.x);
    }
    const bool axial = symmetry == Symmetry::axial;
    v.area = axial ? 2 * 3.14159265358979323846 * std::abs(second) : std::abs(area);
    if (area != 0) v.centroid = {moment_x / area, moment_z / area};
    v.width_nm = axial ? 2 * right : right - left;
    return v;
}

Field2<double> resampled(const Field2<double>& f, const Grid2& grid) {
    Field2<double> out{grid, std::vector<double>(grid.size())};
    for (int j = 0; j < grid.ny; ++j)
        for (int i = 0; i < grid.nx; ++i)
            out.at(i, j) = sampled(f, grid.x0.in(nm) + i * grid.dx.in(nm), grid.y0.in(nm) + j * grid.dy.in(nm));
    return out;
}

/// Rows added below and above with phi continued at slope one: solid below, gas above.
Field2<double> extended(const Field2<double>& f, int below, int above) {
    const double h = f.grid.dy.in(nm);
    Field2<double> out;
    out.grid = f.grid;
    out.grid.ny += below + above;
    out.grid.y0 = f.grid.y0 - below * h * nm;
    out.values.resize(out.grid.size());
    for (int j = 0; j < out.grid.ny; ++j) {
        const int from = std::clamp(j - below, 0, f.grid.ny - 1);
        const double beyond = h * (j - below - from);
        for (int i = 0; i < f.grid.nx; ++i) out.at(i, j) = f.at(i, from) + beyond;
    }
    return out;
}

}  // namespace

Frame frame_of(const Surface& surface, double time_s) {
    Frame frame{time_s, {}, voids(surface)};
    for (std::size_t m = 0; m < surface.materials.size(); ++m) frame.outlines.push_back(outlines(surface, m));
    return frame;
}

double solid_volume(const Surface& surface) {
    double sum = 0;
    for (std::size_t m = 0; m < surface.materials.size(); ++m) sum += volume(surface, m);
    return sum;
}

std::vector<WallPoint> wall_of(const Section& start_section, const Surface& start, const Surface& end) {
    const Field2<double>& phi = end.phi.back();
    const double longest = depth_extent(start.phi.back());
    const std::size_t count =
        start_section.chain_begin.size() > 1 ? start_section.chain_begin[1] : start_section.size();
    std::vector<WallPoint> wall(count);
    double arc = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Piece& p = start_section.pieces[i];
        const double l = length_nm(p);
        wall[i].arc_nm = arc + 0.5 * l;
        wall[i].at = midpoint(p);
        wall[i].normal = normal(p);
        arc += l;
    }
    parallel_for(count, [&](std::size_t i) {
        const Vec2 at = wall[i].at, n = wall[i].normal;
        const bool grown = sampled(phi, at.x, at.z) < 0;
        wall[i].thickness_nm = grown ? travel(phi, start_section, at, n, 1, longest)
                                     : -travel(phi, start_section, at, {-n.x, -n.z}, -1, longest);
    });
    return wall;
}

StepCoverage step_coverage(const std::vector<WallPoint>& wall, Symmetry symmetry, double field_thickness_nm) {
    StepCoverage c{nothing, nothing, nothing, nothing};
    double top = -std::numeric_limits<double>::infinity(), bottom = -top;
    for (const WallPoint& p : wall)
        if (level(p)) top = std::max(top, p.at.z), bottom = std::min(bottom, p.at.z);
    const double depth = top - bottom;
    if (!(depth > 0) || field_thickness_nm == 0) return c;
    const double floor = bottom_centre(wall, bottom + 0.1 * depth, symmetry);
    // Lower down the wall grows into the film on the bottom, not along its own normal.
    const double lowest = bottom + std::max(0.02 * depth, std::isfinite(floor) ? 1.1 * floor : 0.0);
    double least = std::numeric_limits<double>::infinity(), middle = 0, corner = 0;
    int at_middle = 0, walls = 0;
    for (const WallPoint& p : wall) {
        if (!upright(p)) continue;
        const double down = (top - p.at.z) / depth;
        if (down > 0.02 && p.at.z > lowest) least = std::min(least, p.thickness_nm), ++walls;
        if (std::abs(down - 0.5) < 0.03) middle += p.thickness_nm, ++at_middle;
        if (down < 0.1) corner = std::max(corner, p.thickness_nm);
    }
    c.bottom = floor / field_thickness_nm;
    if (walls > 0) c.sidewall_min = least / field_thickness_nm, c.overhang = corner / field_thickness_nm;
    if (at_middle > 0) c.sidewall_mid = middle / at_middle / field_thickness_nm;
    return c;
}

std::vector<Void> shut_in(const Surface& surface, double gap_nm) {
    Surface closed = surface;
    offset_surface(closed, 0.5 * gap_nm);
    constexpr double unit_nm = 1e-3;
    const double least = surface.h_nm() * surface.h_nm();
    std::vector<Void> out;
    for (const Void& v : voids(closed, 0.25 * least)) {
        Region ring{unit_nm * nm, {{}}};
        for (const Vec2 p : v.outline)
            ring.rings[0].push_back({static_cast<std::int32_t>(std::lround(p.x / unit_nm)),
                                     static_cast<std::int32_t>(std::lround(p.z / unit_nm))});
        for (const Ring& r : offset(normalised(ring), 0.5 * gap_nm * nm, true).rings)
            out.push_back(void_of(r, unit_nm, surface.symmetry));
    }
    return out;
}

Surface regridded(const Surface& s, double h_nm) {
    Surface out = s;
    const Grid2& g = s.grid;
    const double w = g.dx.in(nm) * (g.nx - 1), d = g.dy.in(nm) * (g.ny - 1);
    const int nx = std::max(2, static_cast<int>(std::lround(w / h_nm)) + 1);
    const double h = w / (nx - 1);  // the lateral ends stay where they are
    out.grid = {nx, static_cast<int>(std::floor(d / h)) + 1, h * nm, h * nm, g.x0, g.y0};
    for (Field2<double>& phi : out.phi) phi = resampled(phi, out.grid);
    redistance(out);
    return out;
}

Surface with_room(Surface s, double z_low_nm, double z_high_nm) {
    const double h = s.h_nm(), z0 = s.grid.y0.in(nm), z1 = z0 + h * (s.grid.ny - 1);
    const int below = std::max(0, static_cast<int>(std::ceil((z0 - z_low_nm) / h - 1e-9)));
    const int above = std::max(0, static_cast<int>(std::ceil((z_high_nm - z1) / h - 1e-9)));
    if (below == 0 && above == 0) return s;
    for (Field2<double>& phi : s.phi) phi = extended(phi, below, above);
    s.grid = s.phi.front().grid;
    return s;
}

}  // namespace damascene::feature
