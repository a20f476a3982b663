// Points sorted into square cells, to look for the nearest from a place outwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "feature/level_set/distance.hpp"

namespace damascene::feature::level_set {

class Places {
  public:
    /// Cells of `size_nm`, or larger where there would be more than a thousand along a side.
    Places(const std::vector<Vec2>& points, double size_nm) {
        if (points.empty()) return;
        Vec2 high = low_ = points[0];
        for (Vec2 p : points) {
            low_ = {std::min(low_.x, p.x), std::min(low_.z, p.z)};
            high = {std::max(high.x, p.x), std::max(high.z, p.z)};
        }
        size_ = std::max({size_nm, 1e-3 * (high.x - low_.x), 1e-3 * (high.z - low_.z)});
        nx_ = column(high.x) + 1, nz_ = row(high.z) + 1;
        begin_.assign(static_cast<std::size_t>(nx_) * static_cast<std::size_t>(nz_) + 1, 0);
        for (Vec2 p : points) ++begin_[cell(p) + 1];
        for (std::size_t k = 1; k < begin_.size(); ++k) begin_[k] += begin_[k - 1];
        point_.resize(points.size());
        std::vector<std::size_t> next = begin_;
        for (std::size_t k = 0; k < points.size(); ++k) point_[next[cell(points[k])]++] = k;
    }

    /// visit(point) ring by ring about p, until all points within reach() have been met; those behind p, against the
    /// direction n, may be left out.
    template <class Visit, class Reach>
    void ahead(Vec2 p, Vec2 n, const Visit& visit, const Reach& reach) const {
        if (point_.empty()) return;
        const int i = column(p.x), j = row(p.z);
        const int most = std::max({std::abs(i), std::abs(nx_ - 1 - i), std::abs(j), std::abs(nz_ - 1 - j)});
        for (int r = 0; r <= most && (r - 1) * size_ <= reach(); ++r)
            for (int dj = std::max(-r, -j); dj <= std::min(r, nz_ - 1 - j); ++dj) {
                const int step = std::abs(dj) == r ? 1 : 2 * r;
                for (int di = -r; di <= r; di += step) {
                    if (i + di < 0 || i + di >= nx_) continue;
                    const Vec2 center = low_ + size_ * Vec2{i + di + 0.5, j + dj + 0.5};
                    if (dot(center - p, n) + 0.5 * size_ * (std::abs(n.x) + std::abs(n.z)) < 0) continue;
                    const std::size_t c = index(i + di, j + dj);
                    for (std::size_t k = begin_[c]; k < begin_[c + 1]; ++k) visit(point_[k]);
                }
            }
    }
    template <class Visit, class Reach>
    void around(Vec2 p, const Visit& visit, const Reach& reach) const {
        ahead(p, {0, 0}, visit, reach);
    }

  private:
    int column(double x) const { return static_cast<int>(std::floor((x - low_.x) / size_)); }
    int row(double z) const { return static_cast<int>(std::floor((z - low_.z) / size_)); }
    std::size_t index(int i, int j) const {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(nx_) + static_cast<std::size_t>(i);
    }
    std::size_t cell(Vec2 p) const { return index(column(p.x), row(p.z)); }

    Vec2 low_;
    double size_ = 1;
    int nx_ = 0, nz_ = 0;
    std::vector<std::size_t> begin_, point_;
};

}  // namespace damascene::feature::level_set
