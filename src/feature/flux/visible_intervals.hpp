// What one place of a planar section sees, direction by direction: the slow truth of the taut strings, and the way
// where solid islands stand in the gas.
#pragma once

#include <array>
#include <cmath>
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
    explicit Sight(const Section&, int images = 8);
    std::vector<VisibleInterval> visible(int piece, Vec2 from) const;
    /// Two Gauss points on the part of a piece between shares u0 and u1 of its length; weights add up to its length.
    std::array<SightPoint, 2> gauss_points(int piece, double u0 = 0, double u1 = 1) const;
    const Section& section() const { return section_; }

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

/// Integral over a piece of a vector-valued function of the place: halves are halved again until they agree with the
/// whole to `tolerance` of the piece's length in the sum of all components, `depth` times at most. values(point, out)
/// adds its values times the point's weight.
template <class Values>
std::vector<double> over_piece(const Sight& sight, int piece, std::size_t size, double tolerance, const Values& values,
                               double u0 = 0, double u1 = 1, int depth = 4, std::vector<double> whole = {}) {
    const auto part = [&](double v0, double v1) {
        std::vector<double> out(size, 0.0);
        for (const SightPoint& p : sight.gauss_points(piece, v0, v1)) values(p, out);
        return out;
    };
    if (whole.empty()) whole = part(u0, u1);
    const double middle = 0.5 * (u0 + u1);
    std::vector<double> first = part(u0, middle), second = part(middle, u1);
    double change = 0;
    for (std::size_t k = 0; k < size; ++k) change += std::abs(first[k] + second[k] - whole[k]);
    if (depth > 1 && change > tolerance * length_nm(sight.section().pieces[static_cast<std::size_t>(piece)])) {
        first = over_piece(sight, piece, size, tolerance, values, u0, middle, depth - 1, std::move(first));
        second = over_piece(sight, piece, size, tolerance, values, middle, u1, depth - 1, std::move(second));
    }
    for (std::size_t k = 0; k < size; ++k) first[k] += second[k];
    return first;
}

}  // namespace damascene::feature
