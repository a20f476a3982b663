// Visible azimuth between a point of a surface of revolution and a ring, or a polar direction of the sky.
//
// All rays from (r0, z0) to the points of one ring (or all directions of one polar angle) differ only in c =
// cos(azimuth). At a height w above the start they have
//   r^2(w) = (1 - kappa w)^2 r0^2 + rho^2 w^2 + 2 c rho w (1 - kappa w) r0
// with kappa = 1/D, rho = r1/D for a ring of radius r1 at height D, and kappa = 0, rho = tan(polar angle) for the sky.
// r^2 is linear in c, so a straight piece of wall blocks one interval of c whose ends are closed forms; what is visible
// is the rest of [-1, 1]. Lengths nm.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

/// Disjoint intervals of c. More than `most` are merged into their neighbours where the lost gap is smallest.
class CosineSet {
  public:
    struct Interval {
        double lo, hi;
    };
    CosineSet(double lo, double hi) {
        if (hi > lo) item_[count_++] = {lo, hi};
    }
    void remove(double lo, double hi) {
        for (int k = count_ - 1; k >= 0; --k) {
            Interval& v = item_[static_cast<std::size_t>(k)];
            if (hi <= v.lo || lo >= v.hi) continue;
            const bool below = lo - v.lo > least, above = v.hi - hi > least;
            if (below && above)
                split(k, lo, hi);
            else if (below)
                v.hi = lo;
            else if (above)
                v.lo = hi;
            else
                erase(k);
        }
    }
    bool overlaps(double lo, double hi) const {
        for (int k = 0; k < count_; ++k)
            if (hi > item_[static_cast<std::size_t>(k)].lo && lo < item_[static_cast<std::size_t>(k)].hi) return true;
        return false;
    }
    bool empty() const { return count_ == 0; }
    const Interval* begin() const { return item_.data(); }
    const Interval* end() const { return item_.data() + count_; }

  private:
    static constexpr double least = 1e-15;  ///< slivers left by rounding where pieces meet
    static constexpr int most = 16;
    void erase(int k) {
        for (int m = k; m + 1 < count_; ++m)
            item_[static_cast<std::size_t>(m)] = item_[static_cast<std::size_t>(m + 1)];
        --count_;
    }
    void split(int k, double lo, double hi) {
        Interval& v = item_[static_cast<std::size_t>(k)];
        const Interval upper{hi, v.hi};
        v.hi = lo;
        if (count_ == most) {
            if (upper.hi - upper.lo > v.hi - v.lo) v = upper;
            return;
        }
        for (int m = count_; m > k + 1; --m)
            item_[static_cast<std::size_t>(m)] = item_[static_cast<std::size_t>(m - 1)];
        item_[static_cast<std::size_t>(k + 1)] = upper;
        ++count_;
    }
    std::array<Interval, most> item_;
    int count_ = 0;
};

/// See the head of this file. `up` = +1 or -1: w = up (z - z0); walls count for 0 < w < reach.
struct RayFamily {
    double r0, z0, up, kappa, rho, reach;
    int from = -1, to = -1;  ///< pieces that hold the ends, -1: none
};
RayFamily rays_to_ring(Vec2 from, int from_piece, Vec2 to, int to_piece);
RayFamily rays_to_sky(Vec2 from, int from_piece, double tan_polar);
/// Downwards, to the level z1 < from.z.
RayFamily rays_to_level(Vec2 from, int from_piece, double tan_polar, double z1);

/// The walls of an axial section under a tree of bounding boxes. Pieces in one line are one wall.
class AxialWalls {
  public:
    explicit AxialWalls(const Section&);
    /// Takes what the walls block out of `seen`. A connected stretch of wall blocks all between the cosines of its
    /// ends, so that mostly O(log N) pieces are looked at.
    void block(const RayFamily&, CosineSet& seen) const;
    /// The same without the tree: the slow truth.
    void block_plain(const RayFamily&, CosineSet& seen) const;

  private:
    struct Box {
        double r0, r1, z0, z1;
        Vec2 first, last;  ///< ends of this stretch of wall
        int begin, end;    ///< walls
        int next;          ///< the box after this one's subtree
    };
    void add_box(int begin, int end);
    std::vector<Piece> wall_;
    std::vector<int> wall_of_;  ///< per piece
    std::vector<Box> box_;
};

}  // namespace damascene::feature
