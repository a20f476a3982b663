// What one place of a planar section sees, direction by direction: the slow truth of the taut strings, and the way
// where solid islands stand in the gas.
#pragma once

#include <vector>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// What is seen that is no piece: sky, or the level fields that go on beyond open ends.
inline constexpr int sky_seen = -1, left_field_seen = -2, right_field_seen = -3;

/// Directions between two angles psi from the piece's normal that end on one piece (or the above), by their sines.
struct VisibleInterval {
    int piece = sky_seen;
    double sine_begin = 0, sine_end = 0;
};
struct SightPoint {
    Vec2 at;
    double weight = 0;  ///< nm
};

class Sight {
  public:
    /// Images of mirrored and periodic sections up to `images` widths on each side; open ends are drawn level and long.
    explicit Sight(const Section&, int images = 24);
    std::vector<VisibleInterval> visible(int piece, Vec2 from) const;
    /// Two Gauss points of a piece.
    std::vector<SightPoint> gauss_points(int piece) const;

  private:
    struct Wall {
        Vec2 a, b;
        int piece;
        bool own;
    };
    const Section section_;
    std::vector<Wall> walls_;
    double size_ = 0;
};

}  // namespace damascene::feature
