// Width and space of Manhattan polygons, exact in integers.
//
// Facing edges: in an upward sweep the open vertical edges, sorted by x, alternate left side - right side of solids;
// neighbours closer than the limit break the width (solid between) or the space rule (empty between) while both stay
// open. The same on the transposed region for horizontal edges. Corner to corner: two convex corners (space) or two
// reflex corners (width) whose quadrants open towards each other, Euclidean distance.
#include <map>
#include <set>

#include "geometry/mask_rules.hpp"

namespace damascene::mask_rules {
namespace {

/// A vertical edge; solid_east: the solid lies at larger x.
struct Side {
    std::int32_t x, y0, y1;
    bool solid_east;
};

std::vector<Side> vertical_sides(const Region& region) {
    std::vector<Side> sides;
    for (const Ring& ring : region.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Point a = ring[i], b = ring[(i + 1) % ring.size()];
            if (a.x == b.x && a.y != b.y) sides.push_back({a.x, std::min(a.y, b.y), std::max(a.y, b.y), b.y < a.y});
        }
    return sides;
}

/// Mirrored at the diagonal x = y, ring order reversed so that solids stay on the left.
Region transposed(const Region& region) {
    Region out = region;
    for (Ring& ring : out.rings) {
        std::reverse(ring.begin(), ring.end());
        for (Point& p : ring) std::swap(p.x, p.y);
    }
    return out;
}

class FacingSweep {
  public:
    FacingSweep(std::vector<Side> sides, double limit, bool solid_between)
        : sides_(std::move(sides)),
          limit_(limit),
          solid_between_(solid_between),
          since_(sides_.size()),
          partner_(sides_.size(), none) {}

    std::vector<Breach> breaches() {
        std::map<std::int32_t, std::vector<std::uint32_t>> opening, closing;
        for (std::uint32_t i = 0; i < sides_.size(); ++i) {
            opening[sides_[i].y0].push_back(i);
            closing[sides_[i].y1].push_back(i);
            opening[sides_[i].y1];
        }
        for (const auto& [y, starts] : opening) {
            dirty_.clear();
            if (const auto ends = closing.find(y); ends != closing.end())
                for (std::uint32_t i : ends->second) close(i, y);
            for (std::uint32_t i : starts) open(i, y);
            for (std::uint32_t i : dirty_) compare_with_next(i, y);
        }
        return breaches_;
    }

  private:
    using Key = std::pair<std::int32_t, std::uint32_t>;
    static constexpr std::uint32_t none = 0xffffffffU;
    Key key(std::uint32_t i) const { return {sides_[i].x, i}; }

    void open(std::uint32_t i, std::int32_t y) {
        const auto at = open_.insert(key(i)).first;
        touch_previous(at, y);
        dirty_.push_back(i);
    }

    void close(std::uint32_t i, std::int32_t y) {
        const auto at = open_.find(key(i));
        touch_previous(at, y);
        end_breach(i, y);
        open_.erase(at);
    }

    void touch_previous(std::set<Key>::iterator at, std::int32_t y) {
        if (at == open_.begin()) return;
        const std::uint32_t before = std::prev(at)->second;
        end_breach(before, y);
        dirty_.push_back(before);
    }

    void end_breach(std::uint32_t i, std::int32_t y) {
        if (partner_[i] == none) return;
        const double x0 = sides_[i].x, x1 = sides_[partner_[i]].x;
        if (since_[i] < y)
            breaches_.push_back({x1 - x0, x0, static_cast<double>(since_[i]), x1, static_cast<double>(y)});
        partner_[i] = none;
    }

    void compare_with_next(std::uint32_t i, std::int32_t y) {
        const auto at = open_.find(key(i));
        if (at == open_.end() || partner_[i] != none || sides_[i].solid_east != solid_between_) return;
        const auto next = std::next(at);
        if (next == open_.end() || sides_[next->second].solid_east == solid_between_) return;
        if (!below(static_cast<double>(next->first) - at->first, limit_)) return;
        partner_[i] = next->second;
        since_[i] = y;
    }

    std::vector<Side> sides_;
    double limit_;
    bool solid_between_;
    std::vector<std::int32_t> since_;
    std::vector<std::uint32_t> partner_, dirty_;
    std::set<Key> open_;
    std::vector<Breach> breaches_;
};

void append_facing(const Region& region, double limit, bool solid_between, std::vector<Breach>& out) {
    for (const Breach& b : FacingSweep(vertical_sides(region), limit, solid_between).breaches()) out.push_back(b);
    for (const Breach& b : FacingSweep(vertical_sides(transposed(region)), limit, solid_between).breaches())
        out.push_back({b.value, b.y0, b.x0, b.y1, b.x1});
}

/// A corner with the quadrant (sx, sy) that its two edges enclose: solid for a convex corner, empty for a reflex one.
struct Corner {
    double x, y;
    int sx, sy;
};

std::vector<Corner> corners(const Region& region, bool reflex) {
    std::vector<Corner> out;
    for (const Ring& ring : region.rings)
        for (std::size_t i = 0, n = ring.size(); i < n; ++i) {
            const Point a = ring[(i + n - 1) % n], b = ring[i], c = ring[(i + 1) % n];
            const std::int64_t turn = (std::int64_t{b.x} - a.x) * (std::int64_t{c.y} - b.y) -
                                      (std::int64_t{b.y} - a.y) * (std::int64_t{c.x} - b.x);
            if (turn == 0 || (turn < 0) != reflex) continue;
            out.push_back({static_cast<double>(b.x), static_cast<double>(b.y), std::max(a.x, c.x) > b.x ? 1 : -1,
                           std::max(a.y, c.y) > b.y ? 1 : -1});
        }
    return out;
}

/// The quadrants point away from each other: q lies on the far side of p's open side, in both directions.
bool face(const Corner& p, const Corner& q) {
    return p.sx == -q.sx && p.sy == -q.sy && (q.x - p.x) * p.sx <= 0 && (q.y - p.y) * p.sy <= 0;
}

void append_corner_pairs(const Region& region, double limit, bool reflex, std::vector<Breach>& out) {
    const std::vector<Corner> all = corners(region, reflex);
    const Box box = bounding_box(region);
    CellGrid grid(static_cast<double>(box.x0), static_cast<double>(box.y0), static_cast<double>(box.x1),
                  static_cast<double>(box.y1), limit, 4 * all.size() + 16);
    grid.fill([&](const auto& put) {
        for (std::uint32_t i = 0; i < all.size(); ++i) put(grid.index(grid.column(all[i].x), grid.row(all[i].y)), i);
    });
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        const Corner& p = all[i];
        for (int r = grid.row(p.y - limit); r <= grid.row(p.y + limit); ++r)
            for (int c = grid.column(p.x - limit); c <= grid.column(p.x + limit); ++c)
                for (const auto* j = grid.begin(grid.index(c, r)); j != grid.end(grid.index(c, r)); ++j) {
                    const Corner& q = all[*j];
                    const double distance = std::hypot(q.x - p.x, q.y - p.y);
                    if (*j > i && face(p, q) && below(distance, limit))
                        out.push_back(
                            {distance, std::min(p.x, q.x), std::min(p.y, q.y), std::max(p.x, q.x), std::max(p.y, q.y)});
                }
    }
}

std::vector<Breach> closest(const Region& region, double limit, bool solid_between) {
    std::vector<Breach> out;
    if (region.rings.empty()) return out;
    append_facing(region, limit, solid_between, out);
    append_corner_pairs(region, limit, solid_between, out);
    return out;
}

}  // namespace

std::vector<Breach> manhattan_widths(const Region& region, double limit) { return closest(region, limit, true); }
std::vector<Breach> manhattan_spaces(const Region& region, double limit) { return closest(region, limit, false); }

}  // namespace damascene::mask_rules
