// Intersections with every triangle, double precision [Moeller 1997]: the slow truth of embree.cpp.
//
//   o + t d = (1-u-v) p0 + u p1 + v p2,   u, v, 1-u-v >= 0
#include <limits>

#include "feature/rays/intersect.hpp"

namespace damascene::feature::rays {
namespace {

class Plain final : public Intersector {
  public:
    explicit Plain(const Triangles& triangles) : triangles_(triangles) {}

    void meet(std::span<const Flight> flights, std::span<Meeting> meetings) const override {
        for (std::size_t i = 0; i < flights.size(); ++i) meetings[i] = first(flights[i]);
    }

  private:
    Meeting first(const Flight& f) const {
        Meeting best;
        best.distance = f.farthest;
        for (std::size_t t = 0; t < triangles_.corners.size(); ++t) try_triangle(f, static_cast<std::int32_t>(t), best);
        return best;
    }

    void try_triangle(const Flight& f, std::int32_t t, Meeting& best) const {
        const auto& c = triangles_.corners[static_cast<std::size_t>(t)];
        const Vec3 p0 = triangles_.points[static_cast<std::size_t>(c[0])];
        const Vec3 e1 = triangles_.points[static_cast<std::size_t>(c[1])] - p0;
        const Vec3 e2 = triangles_.points[static_cast<std::size_t>(c[2])] - p0;
        const Vec3 p = cross(f.along, e2), q = cross(f.from - p0, e1);
        const double determinant = dot(e1, p);
        if (determinant == 0) return;
        const double u = dot(f.from - p0, p) / determinant, v = dot(f.along, q) / determinant;
        const double distance = dot(e2, q) / determinant;
        if (u < 0 || v < 0 || u + v > 1 || distance < f.nearest || distance > best.distance) return;
        best = {t, distance, u, v};
    }

    Triangles triangles_;
};

}  // namespace

std::unique_ptr<Intersector> plain_intersector(const Triangles& triangles) {
    return std::make_unique<Plain>(triangles);
}

}  // namespace damascene::feature::rays
