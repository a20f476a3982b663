// Where straight flights first meet a set of triangles.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace damascene::feature::rays {

struct Vec3 {
    double x = 0, y = 0, z = 0;
};
inline Vec3 operator+(const Vec3& a, const Vec3& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(const Vec3& a, const Vec3& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator*(double s, const Vec3& a) { return {s * a.x, s * a.y, s * a.z}; }
inline double dot(const Vec3& a, const Vec3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 cross(const Vec3& a, const Vec3& b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double length(const Vec3& a) { return std::sqrt(dot(a, a)); }

/// nearest <= distance <= farthest along the unit vector `along`.
struct Flight {
    Vec3 from, along;
    double nearest = 0, farthest = 0;
};
/// The point is (1-u-v) p0 + u p1 + v p2 of the triangle; triangle < 0: none.
struct Meeting {
    std::int32_t triangle = -1;
    double distance = 0, u = 0, v = 0;
};
struct Triangles {
    std::vector<Vec3> points;
    std::vector<std::array<std::int32_t, 3>> corners;
};

class Intersector {
  public:
    virtual ~Intersector() = default;
    /// First meeting of every flight, from either side. Thread safe.
    virtual void meet(std::span<const Flight>, std::span<Meeting>) const = 0;
};
/// Embree, single precision about the centre of the triangles; watertight across shared edges.
std::unique_ptr<Intersector> embree_intersector(const Triangles&);
/// All triangles, double precision.
std::unique_ptr<Intersector> plain_intersector(const Triangles&);

}  // namespace damascene::feature::rays
