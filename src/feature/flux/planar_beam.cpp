// Arrival of a directional species on the pieces of a planar section.
//
//   Gamma_i = 1/L_i int f(phi) W(n . e) (min_w (w x e) - max_u (u x e))_+ dphi,   e = (cos phi, sin phi)
//
// phi is the in-plane direction the particles come from. A line of direction e that meets piece a -> b reaches the sky
// exactly if it leaves the taut string from b to the right end of the sky (corners w) on its right and that from a to
// the left end (corners u) on its left; the bracket is the width of all such lines. Both minimum and maximum belong to
// one corner between two breaks, so the integrand is smooth there. f and W hold the source:
//   cos^n:    f = (n + 1)/(2 pi) sin^(n-1) phi,  W(c) = int cos^(n+1) eta weight(c cos eta) deta
//   Gaussian: f = N(phi - pi/2; tilt, spread) / sin phi,  W(c) = int N(b; 0, spread) weight(c cos eta) db
// with eta the elevation out of the plane, and tan eta = tan b sin phi: b is the angle against the vertical in the
// plane across. A tilted cos^n law is (n + 1)/(2 pi) cos^n of the angle to its axis, and f has cos^n(phi - axis) / sin
// phi.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/feature/transport.hpp"
#include "feature/flux/gas_region.hpp"
#include "feature/flux/gauss.hpp"
#include "feature/flux/shortest_paths.hpp"
#include "feature/flux/turn.hpp"
#include "feature/flux/visible_intervals.hpp"

namespace damascene::feature {

namespace {

using std::numbers::pi;

std::size_t at(int k) { return static_cast<std::size_t>(k); }
double cross(Vec2 a, Vec2 b) { return a.x * b.z - a.z * b.x; }
Vec2 minus(Vec2 a, Vec2 b) { return {a.x - b.x, a.z - b.z}; }
double dot(Vec2 a, Vec2 b) { return a.x * b.x + a.z * b.z; }

/// The source seen in the plane: density over phi, panels on which Gauss is exact, and the share out of the plane.
struct Fan {
    std::vector<double> panels;             ///< bounds in phi, increasing; one value: a ray
    std::function<double(double)> density;  ///< f(phi)
    struct Node {
        double angle, weight;  ///< weights sum to 1
    };
    std::vector<Node> out_of_plane;
    bool projected = false;  ///< the angle is b, else eta
    const std::function<double(double)>* weight = nullptr;
    double share(Vec2 n, Vec2 e) const {  ///< W
        if (!*weight) return 1;
        double sum = 0;
        for (const Node& node : out_of_plane) {
            const double across = projected ? std::tan(node.angle) * e.z : 0;
            const double cosine = projected ? 1 / std::sqrt(1 + across * across) : std::cos(node.angle);
            sum += node.weight * (*weight)(std::clamp(dot(n, e) * cosine, 0.0, 1.0));
        }
        return sum;
    }
};

/// Nodes of the mean over |angle| <= limit of an even function with an even density.
template <class Density>
std::vector<Fan::Node> out_of_plane(double limit, const Density& density) {
    std::vector<Fan::Node> nodes;
    double sum = 0;
    for (int part = 0; part < 2; ++part)
        for (const GaussNode& g : gauss<16>()) {
            const double eta = 0.5 * limit * (part + g.at);
            nodes.push_back({eta, g.weight * density(eta)});
            sum += nodes.back().weight;
        }
    for (Fan::Node& node : nodes) node.weight /= sum;
    return nodes;
}

constexpr double steepest_tilt = 1.5;  ///< rad: tilted and Gaussian beams are cut there, 1/sin phi has no integral

/// int cos^(n+1) eta deta: what the plane sees of a cos^n law.
double out_of_plane_share(double n) {
    return std::sqrt(pi) * std::exp(std::lgamma(n / 2 + 1) - std::lgamma(n / 2 + 1.5));
}

/// Panels of equal width about `center`, and towards the horizon, where sin^(n-1) is not smooth, ever narrower ones.
std::vector<double> panels_about(double center, double low, double high, double width, bool graded) {
    std::vector<double> panels;
    const int count = std::max(2, static_cast<int>(std::ceil((high - low) / width)));
    for (int k = 0; k <= count; ++k) panels.push_back(center + low + (high - low) * k / count);
    if (graded)
        for (double left = (high - low) / count; left > 1e-14; left /= 2)
            panels.insert(panels.end(), {panels[0] + left / 2, center + high - left / 2});
    std::sort(panels.begin(), panels.end());
    return panels;
}

Fan cosine_fan(double n, double tilt) {
    Fan fan;
    const double norm = (n + 1) / (2 * pi) * out_of_plane_share(n), width = 1 / std::sqrt(n + 1), reach = 9 * width;
    if (tilt == 0) {
        const double limit = std::min(pi / 2, reach);
        fan.density = [=](double phi) { return norm * std::pow(std::sin(phi), n - 1); };
        fan.panels = panels_about(pi / 2, -limit, limit, 0.5 * width, limit == pi / 2 && n != std::floor(n));
    } else {
        fan.density = [=](double phi) { return norm * std::pow(std::cos(phi - pi / 2 - tilt), n) / std::sin(phi); };
        const double low = std::max({-steepest_tilt, tilt - reach, tilt - pi / 2});
        fan.panels =
            panels_about(pi / 2, low, std::min({steepest_tilt, tilt + reach, tilt + pi / 2}), 0.3 * width, false);
    }
    fan.out_of_plane =
        out_of_plane(std::min(pi / 2, reach), [n](double eta) { return std::pow(std::cos(eta), n + 1); });
    return fan;
}

Fan gaussian_fan(double spread, double tilt) {
    Fan fan;
    const double low = std::max(-steepest_tilt, tilt - 8 * spread), high = std::min(steepest_tilt, tilt + 8 * spread);
    const double root = spread * std::numbers::sqrt2;
    const double mass = 0.5 * (std::erf((high - tilt) / root) - std::erf((low - tilt) / root));
    const double norm = 1 / (mass * spread * std::sqrt(2 * pi));
    fan.density = [=](double phi) {
        const double z = (phi - pi / 2 - tilt) / spread;
        return norm * std::exp(-0.5 * z * z) / std::sin(phi);
    };
    fan.out_of_plane = out_of_plane(std::min(steepest_tilt, 8 * spread),
                                    [spread](double eta) { return std::exp(-0.5 * eta * eta / (spread * spread)); });
    fan.projected = true;
    fan.panels = panels_about(pi / 2, low, high, std::min(0.25, 0.75 * spread), false);
    return fan;
}

Fan ray_fan(double tilt) {
    Fan fan;
    fan.density = [](double phi) { return 1 / std::sin(phi); };
    fan.out_of_plane = {{0, 1}};
    fan.panels = {pi / 2 + tilt};
    return fan;
}

Fan fan_of(const Beam& beam, const std::function<double(double)>& weight) {
    Fan fan = beam.cosine_power > 0 ? cosine_fan(beam.cosine_power, beam.tilt_rad)
              : beam.spread_rad > 0 ? gaussian_fan(beam.spread_rad, beam.tilt_rad)
                                    : ray_fan(beam.tilt_rad);
    fan.weight = &weight;
    return fan;
}

/// Corners that limit the lines of each direction in turn as phi grows from 0 to pi, and where one hands over.
struct Limit {
    std::vector<Vec2> corner;
    std::vector<double> until;  ///< phi at which corner[k] hands over to corner[k + 1]
    std::size_t now = 0;
    void seek(double phi) {
        while (now < until.size() && until[now] <= phi) ++now;
    }
    double next() const { return now < until.size() ? until[now] : 2 * pi; }
    Vec2 at() const { return corner[now]; }
};

/// Hull of the string on the side of the lines. side = -1: obstacles on the right, walked from the top down (their left
/// side); +1: obstacles on the left, from the bottom up (their right side).
Limit limit_of(std::vector<Vec2> string, int side) {
    std::sort(string.begin(), string.end(),
              [side](Vec2 p, Vec2 q) { return p.z != q.z ? (p.z < q.z) == (side > 0) : (p.x > q.x) == (side < 0); });
    Limit limit;
    for (const Vec2& p : string) {
        if (!limit.corner.empty() && limit.corner.back() == p) continue;
        while (limit.corner.size() >= 2 && turn(limit.corner[limit.corner.size() - 2], limit.corner.back(), p) <= 0)
            limit.corner.pop_back();
        limit.corner.push_back(p);
    }
    for (std::size_t k = 0; k + 1 < limit.corner.size(); ++k) {
        const Vec2 up =
            side > 0 ? minus(limit.corner[k + 1], limit.corner[k]) : minus(limit.corner[k], limit.corner[k + 1]);
        limit.until.push_back(std::atan2(up.z, up.x));
    }
    return limit;
}

/// int over [from, to] of f W (w - u) x e: one pair of corners, so smooth.
double smooth_part(const Fan& fan, Vec2 n, Vec2 span, double from, double to) {
    double sum = 0;
    for (const GaussNode& g : gauss<8>()) {
        const double phi = from + (to - from) * g.at;
        const Vec2 e{std::cos(phi), std::sin(phi)};
        sum += g.weight * fan.density(phi) * fan.share(n, e) * cross(span, e);
    }
    return sum * (to - from);
}

/// The part of [from, to] where lines fit between the two corners.
double open_part(const Fan& fan, Vec2 n, Vec2 span, double from, double to) {
    auto width = [span](double phi) { return cross(span, {std::cos(phi), std::sin(phi)}); };
    const double first = width(from), last = width(to);
    if (first <= 0 && last <= 0) return 0;
    if (first < 0 || last < 0) {
        const double along = std::atan2(span.z, span.x), zero = along < 0 ? along + pi : along;
        (first < 0 ? from : to) = std::clamp(zero, from, to);
    }
    return smooth_part(fan, n, span, from, to);
}

double arrival(const Fan& fan, const Piece& piece, Limit right, Limit left) {
    const Vec2 n = normal(piece);
    if (fan.panels.size() == 1) {
        const double phi = fan.panels[0];
        const Vec2 e{std::cos(phi), std::sin(phi)};
        right.seek(phi), left.seek(phi);
        const double width = cross(minus(right.at(), left.at()), e);
        return width > 0 ? fan.density(phi) * fan.share(n, e) * width / length_nm(piece) : 0.0;
    }
    double sum = 0, phi = fan.panels.front();
    for (std::size_t k = 1; k < fan.panels.size();) {
        right.seek(phi), left.seek(phi);
        const double to = std::min({fan.panels[k], right.next(), left.next()});
        if (to > phi) sum += open_part(fan, n, minus(right.at(), left.at()), phi, to);
        phi = to;
        if (to >= fan.panels[k]) ++k;
    }
    return sum / length_nm(piece);
}

/// Corners of the taut string from `corner` to the root of the tree.
std::vector<Vec2> string_from(const GasRegion& r, const std::vector<int>& last, int corner, int root) {
    std::vector<Vec2> string{r.corner[at(corner)]};
    while (corner != root) string.push_back(r.corner[at(corner = last[at(corner)])]);
    return string;
}

void add_region(const GasRegion& r, const Fan& fan, std::vector<double>& flux) {
    if (!r.open_to_sky) return;
    std::vector<int> to_right(r.corner.size(), 1), to_left(r.corner.size(), 0);
    if (r.corners() > 2) {
        const ShortestPaths paths(r.corner);
        ShortestPaths::Funnel funnel = paths.funnel();
        std::vector<double> distance;
        paths.from(r.sky_begin, funnel, distance, to_right);
        paths.from(r.sky_end, funnel, distance, to_left);
    }
    parallel_for(at(r.end_own - r.first_own), [&](std::size_t m) {
        const int k = r.first_own + static_cast<int>(m);
        flux[at(r.piece[at(k)])] = arrival(fan, {r.corner[at(k)], r.corner[at(k + 1)]},
                                           limit_of(string_from(r, to_right, k + 1, r.sky_begin), -1),
                                           limit_of(string_from(r, to_left, k, r.sky_end), 1));
    });
}

/// int f W t x e over the directions of an interval of sight, per length.
double arrival_within(const Fan& fan, Vec2 n, const VisibleInterval& v) {
    const Vec2 t{n.z, -n.x};
    if (fan.panels.size() == 1) {
        const double phi = fan.panels[0];
        const Vec2 e{std::cos(phi), std::sin(phi)};
        const bool within = dot(n, e) > 0 && dot(t, e) > v.sine_begin && dot(t, e) <= v.sine_end;
        return within ? fan.density(phi) * fan.share(n, e) * dot(n, e) : 0.0;
    }
    const double up = std::atan2(n.z, n.x), from = up - std::asin(v.sine_end), to = up - std::asin(v.sine_begin);
    double sum = 0;
    for (std::size_t k = 0; k + 1 < fan.panels.size(); ++k)
        for (double round : {0.0, 2 * pi}) {
            const double a = std::max(fan.panels[k], from + round), b = std::min(fan.panels[k + 1], to + round);
            if (b > a) sum += smooth_part(fan, n, t, a, b);
        }
    return sum;
}

/// Where strings do not apply: open intervals of direction. At one point the lines have the width n . e.
double arrival_by_sight(const Fan& fan, const Section& section, const Sight& sight, int i, bool is_short) {
    const Piece& piece = section.pieces[at(i)];
    const Vec2 n = normal(piece);
    const auto values = [&](const SightPoint& p, std::vector<double>& sum) {
        for (const VisibleInterval& v : sight.visible(i, p.at))
            if (v.piece == sky_seen) sum[0] += p.weight * arrival_within(fan, n, v);
    };
    std::vector<double> sum(1, 0.0);
    if (is_short)
        values({midpoint(piece), length_nm(piece)}, sum);
    else
        sum = over_piece(sight, i, 1, 1e-4, values);
    return sum[0] / length_nm(piece);
}

}  // namespace

std::vector<double> beam_flux(const Section& section, const Beam& beam, const std::function<double(double)>& weight) {
    if (section.symmetry == Symmetry::axial) return axial_beam_flux(section, beam, weight);
    const Fan fan = fan_of(beam, weight);
    const Gas gas = gas_of(section);
    std::vector<double> flux(section.size(), 0.0);
    for (const GasRegion& region : gas.region) add_region(region, fan, flux);
    double whole = 0;
    for (const double length : gas.length) whole += length;
    std::vector<int> by_sight = gas.tangled;
    for (const GasRegion& r : gas.region)
        for (int k = r.first_own; k < r.end_own && r.open_to_sky; ++k)
            if (gas.length[at(r.piece[at(k)])] < short_piece * whole) by_sight.push_back(r.piece[at(k)]);
    if (!by_sight.empty()) {
        const Sight sight(section);
        parallel_for(by_sight.size(), [&](std::size_t k) {
            const int i = by_sight[k];
            flux[at(i)] = arrival_by_sight(fan, section, sight, i, gas.length[at(i)] < short_piece * whole);
        });
    }
    for (int i = 0; i < static_cast<int>(section.size()); ++i)
        if (!(gas.length[at(i)] > 0)) flux[at(i)] = flux[at(nearest_with_length(section, gas.length, i))];
    return flux;
}

}  // namespace damascene::feature
