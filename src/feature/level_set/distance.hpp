// Distances from points to straight pieces and circular arcs.
#pragma once

#include <algorithm>
#include <cmath>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature::level_set {

inline double dot(Vec2 a, Vec2 b) { return a.x * b.x + a.z * b.z; }
inline double cross(Vec2 a, Vec2 b) { return a.x * b.z - a.z * b.x; }
inline Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.z + b.z}; }
inline Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.z - b.z}; }
inline Vec2 operator*(double s, Vec2 a) { return {s * a.x, s * a.z}; }
inline double norm(Vec2 a) { return std::sqrt(dot(a, a)); }

/// Angle from direction a to direction b, (-pi, pi], > 0 to the left.
inline double turn(Vec2 a, Vec2 b) { return std::atan2(cross(a, b), dot(a, b)); }

/// Share of the way from a to b at which the segment is nearest to p.
inline double nearest_share(Vec2 p, Vec2 a, Vec2 b) {
    const Vec2 d = b - a;
    const double l2 = dot(d, d);
    return l2 > 0 ? std::clamp(dot(p - a, d) / l2, 0.0, 1.0) : 0.0;
}

inline double distance_to_segment(Vec2 p, Vec2 a, Vec2 b) { return norm(p - (a + nearest_share(p, a, b) * (b - a))); }

/// Arc about `center` from a to b, the shorter way round.
inline double distance_to_arc(Vec2 p, Vec2 center, Vec2 a, Vec2 b) {
    const Vec2 u = a - center, v = b - center, w = p - center;
    const bool left = cross(u, v) > 0;
    const bool within = left ? cross(u, w) >= 0 && cross(w, v) >= 0 : cross(u, w) <= 0 && cross(w, v) <= 0;
    return within && dot(w, u + v) > 0 ? std::abs(norm(w) - norm(u)) : std::min(norm(p - a), norm(p - b));
}

}  // namespace damascene::feature::level_set
