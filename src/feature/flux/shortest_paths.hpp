// Taut strings inside a simple polygon: shortest paths from one corner to all, O(n log n) per corner after one
// triangulation. [GuibasHershberger 1987; LeePreparata 1984]
#pragma once

#include <array>
#include <vector>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// A triangle of polygon corners, counter-clockwise; across[k] is the triangle beyond the edge corner[k], corner[k +
/// 1], or -1 at the polygon's own edges.
struct PolygonTriangle {
    std::array<int, 3> corner{}, across{-1, -1, -1};
};
/// Counter-clockwise, and no two edges touch but neighbours at their corner; corners may lie in line.
bool is_simple(const std::vector<Vec2>& polygon);
/// Ear clipping of a simple polygon; nothing when that fails, which only others do.
std::vector<PolygonTriangle> triangulate(const std::vector<Vec2>& polygon);

class ShortestPaths {
  public:
    /// Throws NumericalError when the polygon is not simple.
    explicit ShortestPaths(std::vector<Vec2> polygon);
    /// Room for one thread's work.
    struct Funnel {
        struct Entry {
            double x, z, distance;
            int corner;
        };
        struct Change {
            int slot;
            Entry before;
        };
        std::vector<Entry> entry;
        std::vector<Change> changes;
    };
    Funnel funnel() const;
    /// Length of the shortest path from `source` to every corner; last[v] = the corner before v on it.
    void from(int source, Funnel&, std::vector<double>& distance, std::vector<int>& last) const;
    const std::vector<Vec2>& corners() const { return corners_; }

  private:
    struct Walk;
    void cross(Walk&, int triangle, int edge, int low, int high, int apex) const;
    std::vector<Vec2> corners_;
    std::vector<PolygonTriangle> triangles_;
    std::vector<int> fan_begin_, fan_;  ///< triangles around each corner
};

}  // namespace damascene::feature
