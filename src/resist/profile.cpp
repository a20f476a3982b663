// What stands after development: where the developer has not arrived by the given time.
//   profile: openings per slice; section: the level set t = time on a cut, closed at the substrate and at its ends.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "damascene/resist/physical.hpp"
#include "resist/checks.hpp"

namespace damascene::resist {
namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();
constexpr int fit_points = 61;  ///< heights of the sidewall fit

/// Signed lateness of the developer: > 0 stands. Cells it never reaches count as twice the time.
double lateness(double arrival, double time) { return std::isfinite(arrival) ? arrival - time : time; }

// ------------------------------------------------------------------------------------------------------------- profile
/// Lateness < 0 in one slice as polygons: the periodic cell with one column beyond it and a closed frame, then clipped.
template <class T>
Region opening(const Field3<T>& t, int k, double time, Length unit) {
    const Grid3& g = t.grid;
    const auto x0 = g.x0_nm - g.dx_nm, y0 = g.y0_nm - g.dy_nm;
    Field2<double> early{{g.nx + 3, g.ny + 3, g.dx_nm * nm, g.dy_nm * nm, x0 * nm, y0 * nm}, {}};
    early.values.assign(early.grid.size(), -time);
    for (int j = 0; j <= g.ny; ++j)
        for (int i = 0; i <= g.nx; ++i)
            early.at(i + 1, j + 1) = -lateness(static_cast<double>(t.values[g.at(i % g.nx, j % g.ny, k)]), time);
    const Region open = curvilinear_region(contours(early, 0), unit, unit);
    const auto in_units = [&](double v_nm) { return static_cast<std::int64_t>(std::llround(v_nm / unit.in(nm))); };
    const Box cell{in_units(g.x0_nm), in_units(g.y0_nm), in_units(g.x0_nm + g.nx * g.dx_nm),
                   in_units(g.y0_nm + g.ny * g.dy_nm)};
    return merged(clipped(open, cell));
}

// ------------------------------------------------------------------------------------------------------------- section
/// Arrival at a plan position by bilinear interpolation, slice k.
template <class T>
double lateness_at(const Field3<T>& t, double x, double y, int k, double time) {
    const Grid3& g = t.grid;
    const double u = g.nx > 1 ? (x - g.x0_nm) / g.dx_nm : 0, v = g.ny > 1 ? (y - g.y0_nm) / g.dy_nm : 0;
    const double fu = u - std::floor(u), fv = v - std::floor(v);
    const auto sample = [&](int di, int dj) {
        const int i = static_cast<int>(std::floor(u)) + di, j = static_cast<int>(std::floor(v)) + dj;
        return lateness(static_cast<double>(t.values[g.at(((i % g.nx) + g.nx) % g.nx, ((j % g.ny) + g.ny) % g.ny, k)]),
                        time);
    };
    const double low = sample(0, 0) * (1 - fu) + sample(1, 0) * fu;
    return fv == 0 ? low : low * (1 - fv) + (sample(0, 1) * (1 - fu) + sample(1, 1) * fu) * fv;
}

/// Rows from below the substrate (frame) over slices to above the top (frame), columns along the cut with a frame.
/// The row above the top mirrors the first slice so that the developer is there at time 0; the row below the substrate
/// continues the last two slices.
template <class T>
Field2<double> cut_field(const Field3<T>& t, double time, const std::array<double, 4>& cut, int columns, double step) {
    const Grid3& g = t.grid;
    const double length = std::hypot(cut[2] - cut[0], cut[3] - cut[1]);
    Field2<double> f{{columns + 2, g.nz + 4, step * nm, g.dz_nm * nm, -step * nm, -1.5 * g.dz_nm * nm}, {}};
    f.values.assign(f.grid.size(), -time);
    for (int i = 0; i < columns; ++i) {
        const double s = i * step / length, x = cut[0] + s * (cut[2] - cut[0]), y = cut[1] + s * (cut[3] - cut[1]);
        for (int k = 0; k < g.nz; ++k) f.at(i + 1, g.nz + 1 - k) = lateness_at(t, x, y, k, time);
        f.at(i + 1, g.nz + 2) = std::min(-time, -2 * time - f.at(i + 1, g.nz + 1));
        f.at(i + 1, 1) = g.nz > 1 ? 2 * f.at(i + 1, 2) - f.at(i + 1, 3) : f.at(i + 1, 2);
    }
    return f;
}

/// The part of a ring where `inside` >= 0, a linear function of the point: Sutherland and Hodgman.
template <class Inside>
std::vector<Vec2> kept(const std::vector<Vec2>& ring, const Inside& inside) {
    std::vector<Vec2> out;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Vec2 a = ring[i], b = ring[(i + 1) % ring.size()];
        const double fa = inside(a), fb = inside(b);
        if (fa >= 0) out.push_back(a);
        if ((fa >= 0) != (fb >= 0)) {
            const double u = fa / (fa - fb);
            out.push_back({a.x + u * (b.x - a.x), a.z + u * (b.z - a.z)});
        }
    }
    return out;
}

std::vector<Vec2> within(std::vector<Vec2> ring, double length, double thickness) {
    ring = kept(ring, [](Vec2 p) { return p.z; });
    ring = kept(ring, [=](Vec2 p) { return thickness - p.z; });
    ring = kept(ring, [](Vec2 p) { return p.x; });
    return kept(ring, [=](Vec2 p) { return length - p.x; });
}

// ------------------------------------------------------------------------------------------------------------ measures
struct Interval {
    double low, high;
    double width() const { return high - low; }
};

/// Resist along the horizontal line at this height: even-odd over all rings.
std::vector<Interval> chords(const ResistSection& s, double z) {
    std::vector<double> x;
    for (const auto& ring : s.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Vec2 a = ring[i], b = ring[(i + 1) % ring.size()];
            if ((a.z <= z) != (b.z <= z)) x.push_back(a.x + (z - a.z) / (b.z - a.z) * (b.x - a.x));
        }
    std::sort(x.begin(), x.end());
    std::vector<Interval> found;
    for (std::size_t i = 0; i + 1 < x.size(); i += 2) found.push_back({x[i], x[i + 1]});
    return found;
}

/// The line or the space that holds position x at this height; width NaN: none.
Interval around(const ResistSection& s, double z, double x, bool line) {
    const std::vector<Interval> resist = chords(s, z);
    double low = absent, high = absent;
    for (const Interval& r : resist) {
        if (line && r.low <= x && x <= r.high) return r;
        if (r.high < x) low = r.high;
        if (r.low > x && std::isnan(high)) high = r.low;
        if (!line && r.low <= x && x <= r.high) return {absent, absent};
    }
    return line ? Interval{absent, absent} : Interval{low, high};
}

double highest(const ResistSection& s) {
    double z = 0;
    for (const auto& ring : s.rings)
        for (const Vec2& p : ring) z = std::max(z, p.z);
    return z;
}
bool is_line(const ResistSection& s, double z) { return !std::isnan(around(s, z, s.length_nm / 2, true).low); }

/// Highest point of the ring over the middle (line) or of all rings (space).
double standing_height(const ResistSection& s, bool line) {
    if (!line) return highest(s);
    double z = 0;
    for (const auto& ring : s.rings) {
        const auto [low, high] =
            std::minmax_element(ring.begin(), ring.end(), [](Vec2 a, Vec2 b) { return a.x < b.x; });
        if (ring.empty() || low->x > s.length_nm / 2 || high->x < s.length_nm / 2) continue;
        for (const Vec2& p : ring) z = std::max(z, p.z);
    }
    return z;
}

struct Straight {
    double at_zero = absent, slope = absent;
};
/// Least squares x = at_zero + slope z.
Straight fitted(const std::vector<Vec2>& points) {
    double n = 0, z = 0, x = 0, zz = 0, zx = 0;
    for (const Vec2& p : points) n += 1, z += p.z, x += p.x, zz += p.z * p.z, zx += p.z * p.x;
    const double slope = (n * zx - z * x) / (n * zz - z * z);
    return {(x - slope * z) / n, slope};
}
/// Left and right wall over 20..80 % of the height.
std::array<Straight, 2> walls(const ResistSection& s, double height, bool line) {
    std::vector<Vec2> left, right;
    for (int i = 0; i < fit_points; ++i) {
        const double z = height * (0.2 + 0.6 * i / (fit_points - 1));
        const Interval at = around(s, z, s.length_nm / 2, line);
        if (std::isnan(at.width())) continue;
        left.push_back({at.low, z});
        right.push_back({at.high, z});
    }
    if (left.size() < 2) return {};
    return {fitted(left), fitted(right)};
}
double degrees(double inward_slope) { return std::atan2(1, inward_slope) * 180 / std::numbers::pi; }

}  // namespace

template <class T>
Profile developed_profile(const Field3<T>& arrival, double time) {
    require(time > 0, "development time", time, "> 0 s");
    const Grid3& g = arrival.grid;
    Profile profile{g.thickness_nm(), std::vector<ProfileLevel>(static_cast<std::size_t>(g.nz))};
    parallel_for(static_cast<std::size_t>(g.nz), [&](std::size_t level) {
        const int k = g.nz - 1 - static_cast<int>(level);
        profile.levels[level] = {g.thickness_nm() - (k + 0.5) * g.dz_nm, opening(arrival, k, time, 0.1 * nm)};
    });
    return profile;
}

template <class T>
ResistSection resist_section(const Field3<T>& arrival, double time, std::array<double, 4> cut) {
    require(time > 0, "development time", time, "> 0 s");
    const double length = std::hypot(cut[2] - cut[0], cut[3] - cut[1]), thickness = arrival.grid.thickness_nm();
    require(length > 0, "length of the cut", length, "> 0 nm");
    const double cell = arrival.grid.nx > 1 ? arrival.grid.dx_nm : arrival.grid.dy_nm;
    const int steps = std::max(1, static_cast<int>(std::ceil(length / cell - 1e-9)));
    const Field2<double> field = cut_field(arrival, time, cut, steps + 1, length / steps);
    ResistSection section{{}, length, thickness};
    for (const Contour& c : contours(field, 0)) {
        std::vector<Vec2> ring;
        for (const auto& p : c.points_nm) ring.push_back({p[0], p[1]});
        ring = within(std::move(ring), length, thickness);
        if (ring.size() >= 3) section.rings.push_back(std::move(ring));
    }
    return section;
}

double width_at(const ResistSection& s, double height) {
    return around(s, height, s.length_nm / 2, is_line(s, highest(s) / 2)).width();
}

ResistFeature measure(const ResistSection& s) {
    ResistFeature f;
    if (s.rings.empty()) return f;
    f.line = is_line(s, highest(s) / 2);
    f.height_nm = standing_height(s, f.line);
    f.top_loss_nm = s.thickness_nm - f.height_nm;
    const auto width = [&](double share) { return around(s, share * f.height_nm, s.length_nm / 2, f.line).width(); };
    f.cd_top_nm = width(0.9);
    f.cd_middle_nm = width(0.5);
    f.cd_bottom_nm = width(0.1);
    f.found = !std::isnan(f.cd_middle_nm);
    const auto [left, right] = walls(s, f.height_nm, f.line);
    const double sign = f.line ? 1 : -1;  // resist lies inside a line, outside a space
    f.sidewall_deg = 0.5 * (degrees(sign * left.slope) + degrees(-sign * right.slope));
    f.footing_nm = sign * (width(1e-6) - (right.at_zero - left.at_zero));
    return f;
}

ResistSection shrunk(const ResistSection& s, double vertical, double lateral) {
    require(vertical >= 0 && vertical < 1, "vertical shrink", vertical, "0 to below 1");
    require(lateral >= 0 && lateral < 1, "lateral shrink", lateral, "0 to below 1");
    const double top = highest(s), end = s.length_nm, near = 1e-9 * std::max(1.0, end);
    const auto anchor = [&](const Interval& r) {  // a wall that the cut ends in belongs to a line that goes on
        return r.low <= near ? 0.0 : r.high >= end - near ? end : 0.5 * (r.low + r.high);
    };
    const auto moved = [&](Vec2 p) {
        const double z = std::clamp(p.z, 1e-6 * top, (1 - 1e-6) * top);
        Interval nearest{absent, absent};
        double least = std::numeric_limits<double>::infinity();
        for (const Interval& r : chords(s, z)) {
            const double away = std::max({r.low - p.x, p.x - r.high, 0.0});
            if (away < least) least = away, nearest = r;
        }
        const bool film = nearest.low <= near && nearest.high >= end - near;
        const double c = std::isnan(nearest.low) || film ? p.x : anchor(nearest);
        return Vec2{c + (p.x - c) * (1 - lateral), p.z * (1 - vertical)};
    };
    ResistSection out = s;
    for (auto& ring : out.rings) std::transform(ring.begin(), ring.end(), ring.begin(), moved);
    return out;
}

template Profile developed_profile(const Field3<float>&, double);
template Profile developed_profile(const Field3<double>&, double);
template ResistSection resist_section(const Field3<float>&, double, std::array<double, 4>);
template ResistSection resist_section(const Field3<double>&, double, std::array<double, 4>);

}  // namespace damascene::resist
