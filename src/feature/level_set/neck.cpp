// The narrowest gap between facing walls that closes off gas at least as wide below it.
//
// For every piece the nearest piece that faces it (normals more than 120 deg apart, each within 53 deg of the line
// between them) gives a gap. A gap is a neck when the part of the surface between its two pieces holds another gap, at
// least half the gap further down, that is as wide: so parallel walls have a neck, a groove that only narrows has none.
// Mirror images and periods of the surface count as walls.
#include <algorithm>
#include <limits>

#include "damascene/feature/level_set.hpp"
#include "feature/level_set/distance.hpp"
#include "feature/level_set/lattice.hpp"

namespace damascene::feature {
namespace {

using namespace level_set;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Wall {
    Vec2 a, b, mid, n;
    double s = 0;  ///< arc length of its middle along the extended surface
};

Piece reflected(const Piece& p, double x) { return {{2 * x - p.b.x, p.b.z}, {2 * x - p.a.x, p.a.z}, p.material}; }

Piece shifted(Piece p, double dx) {
    p.a.x += dx;
    p.b.x += dx;
    return p;
}

/// The sky's surface with its images at both sides, in walking order; own pieces at [first, first + count).
struct Extended {
    std::vector<Wall> walls;
    std::size_t first = 0, count = 0;
};

void append_image(const std::vector<Piece>& own, Side side, double plane, double shift, std::vector<Piece>& out) {
    if (side == Side::mirror)
        for (auto p = own.rbegin(); p != own.rend(); ++p) out.push_back(reflected(*p, plane));
    if (side == Side::periodic)
        for (const Piece& p : own) out.push_back(shifted(p, shift));
}

Extended extended(const Section& section) {
    const std::size_t end = section.chain_begin.size() > 1 ? section.chain_begin[1] : section.size();
    const std::vector<Piece> own(section.pieces.begin(), section.pieces.begin() + static_cast<std::ptrdiff_t>(end));
    const double x0 = own.front().a.x, x1 = own.back().b.x;
    std::vector<Piece> all;
    append_image(own, section.left, x0, x0 - x1, all);
    Extended out{{}, all.size(), own.size()};
    all.insert(all.end(), own.begin(), own.end());
    append_image(own, section.right, x1, x1 - x0, all);
    double s = 0;
    for (const Piece& p : all) {
        const double length = length_nm(p);
        out.walls.push_back({p.a, p.b, midpoint(p), normal(p), s + 0.5 * length});
        s += length;
    }
    return out;
}

bool faces(const Wall& p, const Wall& q) {
    if (dot(p.n, q.n) > -0.5) return false;
    const Vec2 d = q.mid - p.mid;
    const double across = dot(d, p.n), back = -dot(d, q.n), l = norm(d);
    return across > 0.6 * l && back > 0.6 * l;
}

double gap_between(const Wall& p, const Wall& q) {
    return std::min({distance_to_segment(p.a, q.a, q.b), distance_to_segment(p.b, q.a, q.b),
                     distance_to_segment(q.a, p.a, p.b), distance_to_segment(q.b, p.a, p.b)});
}

struct Gap {
    double width = infinity;
    std::size_t other = 0;
};

/// Walls sorted into square cells by their middles, to look for the nearest from a place outwards.
class Cells {
  public:
    explicit Cells(const std::vector<Wall>& walls) {
        Vec2 high = low_ = walls[0].mid;
        double length = 0;
        for (const Wall& w : walls) {
            low_ = {std::min(low_.x, w.mid.x), std::min(low_.z, w.mid.z)};
            high = {std::max(high.x, w.mid.x), std::max(high.z, w.mid.z)};
            length = std::max(length, norm(w.b - w.a));
        }
        size_ = std::max({4 * length, 1e-3 * (high.x - low_.x), 1e-3 * (high.z - low_.z)});
        nx_ = column(high.x) + 1, nz_ = row(high.z) + 1;
        begin_.assign(static_cast<std::size_t>(nx_) * static_cast<std::size_t>(nz_) + 1, 0);
        for (const Wall& w : walls) ++begin_[cell(w.mid) + 1];
        for (std::size_t k = 1; k < begin_.size(); ++k) begin_[k] += begin_[k - 1];
        walls_.resize(walls.size());
        std::vector<std::size_t> next = begin_;
        for (std::size_t k = 0; k < walls.size(); ++k) walls_[next[cell(walls[k].mid)]++] = k;
    }
    /// visit(wall) ring by ring about a place, until all walls nearer than reach() in front of it have been met.
    template <class Visit, class Reach>
    void ahead(Vec2 p, Vec2 n, const Visit& visit, const Reach& reach) const {
        const int i = column(p.x), j = row(p.z), most = std::max({i, nx_ - 1 - i, j, nz_ - 1 - j});
        for (int r = 0; r <= most && (r - 1) * size_ <= reach(); ++r)
            for (int dj = std::max(-r, -j); dj <= std::min(r, nz_ - 1 - j); ++dj) {
                const int step = std::abs(dj) == r ? 1 : std::max(1, 2 * r);
                for (int di = -r; di <= r; di += step) {
                    if (i + di < 0 || i + di >= nx_) continue;
                    const Vec2 center = low_ + size_ * Vec2{i + di + 0.5, j + dj + 0.5};
                    if (dot(center - p, n) + 0.5 * size_ * (std::abs(n.x) + std::abs(n.z)) < 0) continue;
                    const std::size_t c = index(i + di, j + dj);
                    for (std::size_t k = begin_[c]; k < begin_[c + 1]; ++k) visit(walls_[k]);
                }
            }
    }

  private:
    int column(double x) const { return static_cast<int>((x - low_.x) / size_); }
    int row(double z) const { return static_cast<int>((z - low_.z) / size_); }
    std::size_t index(int i, int j) const {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(nx_) + static_cast<std::size_t>(i);
    }
    std::size_t cell(Vec2 p) const { return index(column(p.x), row(p.z)); }
    Vec2 low_;
    double size_ = 1;
    int nx_ = 1, nz_ = 1;
    std::vector<std::size_t> begin_, walls_;
};

Gap gap_of(const std::vector<Wall>& walls, const Cells& cells, std::size_t k) {
    const Wall& p = walls[k];
    Gap best;
    double near2 = infinity;
    const auto visit = [&](std::size_t q) {
        const Vec2 d = walls[q].mid - p.mid;
        const double d2 = dot(d, d);
        if (q == k || d2 > near2 || (d2 == near2 && q > best.other) || !faces(p, walls[q])) return;
        near2 = d2;
        best.other = q;
    };
    cells.ahead(p.mid, p.n, visit, [&] { return std::sqrt(near2); });
    if (near2 < infinity) best.width = gap_between(p, walls[best.other]);
    return best;
}

/// Some gap inside the pocket, at least half the gap down, is as wide.
bool holds_as_wide(const std::vector<Wall>& walls, const std::vector<Gap>& gaps, std::size_t from, std::size_t to,
                   double width) {
    for (std::size_t k = from; k <= to; ++k) {
        if (!(gaps[k].width < infinity) || gaps[k].other < from || gaps[k].other > to) continue;
        const bool deep = walls[k].s - walls[from].s > 0.5 * width && walls[to].s - walls[k].s > 0.5 * width;
        if (deep && gaps[k].width >= 0.98 * width) return true;
    }
    return false;
}

}  // namespace

Neck neck(const Surface& surface) { return neck(surface, Contour(surface)); }

Neck neck(const Surface& surface, const Contour& contour) {
    const Extended e = extended(section_of(surface, contour, 1.5 * surface.h_nm()));
    const Cells cells(e.walls);
    std::vector<Gap> gaps(e.walls.size());
    parallel_blocks(gaps.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) gaps[k] = gap_of(e.walls, cells, k);
    });
    Neck best{infinity, 0};
    for (std::size_t k = e.first; k < e.first + e.count; ++k) {
        const Gap& g = gaps[k];
        if (!(g.width < infinity)) continue;
        const double z = 0.5 * (e.walls[k].mid.z + e.walls[g.other].mid.z);
        const bool narrower = g.width < best.gap_nm * (1 - 1e-3),
                   higher = g.width < best.gap_nm * (1 + 1e-3) && z > best.z_nm;
        if (!narrower && !higher) continue;
        if (holds_as_wide(e.walls, gaps, std::min(k, g.other), std::max(k, g.other), g.width))
            best = {std::min(best.gap_nm, g.width), z};
    }
    return best;
}

}  // namespace damascene::feature
