// Arrival times and seams.
//
//   T(node) = t + phi_before / V of the nearest piece of the front
//
// and not between phi before and after the step, because where two fronts have met phi is cut off. A gap below a cell
// may close within a step although its fronts would need longer: T may lie up to a step beyond.
//
// A seam crosses the grid edge between two nodes whose fronts met head on: normals a, b with a . b < -cos(widest),
// which approach along the edge, (a - b) . e > 0. Its place is where the two arrival times, continued with the slopes
// they have on their own side, agree; the closing angle is 180 deg - acos(a . b). Two walls that move in parallel close
// at 0 deg, the walls of a groove of half angle alpha at 2 alpha. Lengths nm, times s.
#include "damascene/feature/arrival_time.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "feature/level_set/closest.hpp"

namespace damascene::feature {
namespace {

constexpr double never = std::numeric_limits<double>::quiet_NaN();

double dot(Vec2 a, Vec2 b) { return a.x * b.x + a.z * b.z; }

/// From the nearest point of the front to the node; the piece's own normal where the node lies on it.
Vec2 front_normal(const Piece& piece, const level_set::Foot& foot, Vec2 node, double h) {
    const Vec2 n = normal(piece), d{node.x - foot.at.x, node.z - foot.at.z};
    const double length = std::hypot(d.x, d.z);
    return length > 1e-3 * h && dot(d, n) > 0 ? Vec2{d.x / length, d.z / length} : n;
}

/// The rows that were added above are gas.
void raise(ArrivalMap& map, const Grid2& grid) {
    map.time.grid = grid;
    map.time.values.resize(grid.size(), never);
    map.normal.resize(grid.size(), Vec2{});
}

// ------------------------------------------------------------------------------------------------------ seam points
struct Found {
    SeamPoint point;
    int component = 0;
};

class SeamSearch {
  public:
    SeamSearch(const ArrivalMap& map, const Surface& end, double gap_nm, double widest_deg)
        : phi_(end.phi.back()),
          gap_(gap_nm),
          farthest_(std::clamp(static_cast<int>(std::ceil(gap_nm / end.h_nm())) + 1, 3, 12)),
          map_(map),
          grid_(map.time.grid),
          h_(end.h_nm()),
          most_(-std::cos(widest_deg * std::numbers::pi / 180)) {
        for (int j = 0; j < grid_.ny; ++j) {
            for (int i = 0; i + 1 < grid_.nx; ++i)
                for (int apart = 1; apart <= farthest_; ++apart) pair(i, j, apart, 0);
            if (end.left == Side::mirror) wall(0, 1, j);
            if (end.right == Side::mirror) wall(grid_.nx - 1, -1, j);
        }
        for (int j = 0; j + 1 < grid_.ny; ++j)
            for (int i = 0; i < grid_.nx; ++i)
                for (int apart = 1; apart <= farthest_; ++apart) pair(i, j, 0, apart);
    }
    std::vector<SeamPoint> found;

  private:
    bool passed(int i, int j) const {
        return i >= 0 && j >= 0 && i < grid_.nx && j < grid_.ny && map_.time.at(i, j) > 0;
    }
    Vec2 front(int i, int j) const {
        return map_
            .normal[static_cast<std::size_t>(j) * static_cast<std::size_t>(grid_.nx) + static_cast<std::size_t>(i)];
    }
    Vec2 place(int i, int j) const { return {grid_.x0.in(nm) + i * h_, grid_.y0.in(nm) + j * h_}; }

    /// Slope of the arrival time towards node (i, j), coming from (i - di, j - dj); 0 where that was solid at the
    /// start.
    double slope(int i, int j, int di, int dj) const {
        return passed(i - di, j - dj) ? std::max(0.0, (map_.time.at(i, j) - map_.time.at(i - di, j - dj)) / h_) : 0.0;
    }

    /// Signed: the corner between the fronts moves along a + b; downwards is negative.
    static double closing_deg(Vec2 a, Vec2 b) {
        const Vec2 s{a.x + b.x, a.z + b.z};
        const double angle = 2 * std::asin(std::min(1.0, 0.5 * std::hypot(s.x, s.z))) * 180 / std::numbers::pi;
        return (std::abs(s.z) >= std::abs(s.x) ? s.z : s.x) < 0 ? -angle : angle;
    }

    enum class Between { met, shut, no };
    /// Between two nodes every other was passed after both (met), or what gas is left counts as shut.
    Between between(int i, int j, int di, int dj) const {
        const int n = di + dj;
        const double ends = std::max(map_.time.at(i, j), map_.time.at(i + di, j + dj));
        bool open = false;
        for (int k = 1; k < n; ++k) {
            const double t = map_.time.at(i + k * di / n, j + k * dj / n);
            if (t < ends) return Between::no;
            open = open || std::isnan(t);
        }
        if (!open) return Between::met;
        return n * h_ + phi_.at(i, j) + phi_.at(i + di, j + dj) <= gap_ ? Between::shut : Between::no;
    }

    void pair(int i, int j, int di, int dj) {
        if (!passed(i, j) || !passed(i + di, j + dj)) return;
        const int n = di + dj, ux = di / n, uz = dj / n;
        const Vec2 a = front(i, j), b = front(i + di, j + dj);
        if (!(dot(a, b) < most_) || !((a.x - b.x) * ux + (a.z - b.z) * uz > 1)) return;
        const Between state = between(i, j, di, dj);
        if (state == Between::no) return;
        const double ta = map_.time.at(i, j), tb = map_.time.at(i + di, j + dj), gap = n * h_;
        const double pa = slope(i, j, ux, uz), pb = slope(i + di, j + dj, -ux, -uz);
        const double way = pa + pb > 0 ? std::clamp((tb - ta + pb * gap) / (pa + pb), 0.0, gap) : 0.5 * gap;
        const Vec2 from = place(i, j);
        const double time = state == Between::met ? ta + pa * way : std::max(ta, tb);
        found.push_back({{from.x + ux * way, from.z + uz * way}, time, closing_deg(a, b)});
    }

    /// A front that runs into its mirror image on a lateral side; the nodes beside the wall know it best.
    void wall(int i, int inward, int j) {
        for (int apart = 1; apart < farthest_; ++apart) {
            const int k = i + apart * inward;
            if (!passed(k, j)) continue;
            const bool met = map_.time.at(i, j) >= map_.time.at(k, j);
            if (!met && !(std::isnan(map_.time.at(i, j)) && apart * h_ + phi_.at(k, j) <= 0.5 * gap_)) return;
            const Vec2 a = front(k, j), b{-a.x, a.z};
            if (!(dot(a, b) < most_) || !(a.x * inward < 0)) continue;
            const double way = met ? apart * h_ * slope(k, j, -inward, 0) : 0;
            found.push_back({place(i, j), map_.time.at(k, j) + way, closing_deg(a, b)});
        }
    }

    const Field2<double>& phi_;
    double gap_;
    int farthest_;  ///< nodes apart: the last of a groove is filled from its blunt tip
    const ArrivalMap& map_;
    const Grid2& grid_;
    double h_, most_;
};

// ------------------------------------------------------------------------------------------------------------ seams
/// Points nearer than `reach` belong together.
std::vector<std::vector<SeamPoint>> connected(const std::vector<SeamPoint>& points, double reach) {
    std::vector<std::size_t> order(points.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return points[a].at.z < points[b].at.z; });
    std::vector<std::size_t> root(points.size());
    std::iota(root.begin(), root.end(), std::size_t{0});
    const auto find = [&](std::size_t k) {
        while (root[k] != k) k = root[k] = root[root[k]];
        return k;
    };
    for (std::size_t a = 0; a < order.size(); ++a)
        for (std::size_t b = a + 1; b < order.size(); ++b) {
            const Vec2 p = points[order[a]].at, q = points[order[b]].at;
            if (q.z - p.z > reach) break;
            if (std::hypot(q.x - p.x, q.z - p.z) <= reach) root[find(order[b])] = find(order[a]);
        }
    std::vector<std::vector<SeamPoint>> groups(points.size());
    for (const std::size_t k : order) groups[find(k)].push_back(points[k]);
    std::erase_if(groups, [](const auto& g) { return g.empty(); });
    return groups;
}

/// Points of one grid spacing along the seam become their mean.
std::vector<SeamPoint> averaged(std::vector<SeamPoint> points, bool upright, double h) {
    const auto along = [&](const SeamPoint& p) { return upright ? p.at.z : p.at.x; };
    std::stable_sort(points.begin(), points.end(),
                     [&](const SeamPoint& a, const SeamPoint& b) { return along(a) < along(b); });
    std::vector<SeamPoint> out;
    for (std::size_t k = 0; k < points.size();) {
        SeamPoint sum{{0, 0}, 0, 0};
        const double from = along(points[k]);
        double n = 0;
        for (; k < points.size() && along(points[k]) < from + 0.75 * h; ++k, ++n) {
            sum.at.x += points[k].at.x, sum.at.z += points[k].at.z;
            sum.time_s += points[k].time_s, sum.angle_deg += points[k].angle_deg;
        }
        out.push_back({{sum.at.x / n, sum.at.z / n}, sum.time_s / n, sum.angle_deg / n});
    }
    return out;
}

double step_nm(const SeamPoint& a, const SeamPoint& b) { return std::hypot(b.at.x - a.at.x, b.at.z - a.at.z); }

Seam seam_along(const std::vector<SeamPoint>& points, double h) {
    const auto [left, right] = std::minmax_element(
        points.begin(), points.end(), [](const SeamPoint& a, const SeamPoint& b) { return a.at.x < b.at.x; });
    Seam seam;
    seam.points = averaged(points, points.back().at.z - points.front().at.z >= right->at.x - left->at.x, h);
    for (std::size_t k = 0; k + 1 < seam.points.size(); ++k) {
        const double l = step_nm(seam.points[k], seam.points[k + 1]);
        seam.length_nm += l;
        seam.angle_deg += l * 0.5 * (seam.points[k].angle_deg + seam.points[k + 1].angle_deg);
    }
    if (seam.length_nm > 0) seam.angle_deg /= seam.length_nm;
    return seam;
}

}  // namespace

ArrivalMap arrival_map(const Surface& start) {
    ArrivalMap map{start.phi.back(), std::vector<Vec2>(start.grid.size())};
    for (double& t : map.time.values) t = t <= 0 ? 0 : never;
    return map;
}

void record_passage(ArrivalMap& map, const Field2<double>& before, const Section& front,
                    std::span<const double> speed_nm_s, const Surface& after, double start_s, double duration_s) {
    const Field2<double>& phi = after.phi.back();
    if (before.values.size() != phi.values.size())
        throw NumericalError("arrival times want one grid before and after a step");
    raise(map, phi.grid);
    for (std::size_t k = 0; k < phi.values.size(); ++k) {
        if ((before.values[k] > 0) == (phi.values[k] > 0)) continue;
        map.time.values[k] = phi.values[k] > 0 ? never : start_s + 0.5 * duration_s;
        map.normal[k] = {};
    }
    const double h = after.h_nm();
    const level_set::Lattice lattice = level_set::lattice_of(after);
    for (const level_set::Foot& foot : level_set::closest_pieces(lattice, front.pieces, 2.5 * h)) {
        const auto k = static_cast<std::size_t>(foot.node);
        if (!(before.values[k] > 0) || !(phi.values[k] <= 0)) continue;
        const Vec2 node{phi.grid.x0.in(nm) + h * (foot.node % phi.grid.nx),
                        phi.grid.y0.in(nm) + h * (foot.node / phi.grid.nx)};
        const auto piece = static_cast<std::size_t>(foot.piece);
        const double speed = speed_nm_s[piece];
        if (speed > 0) map.time.values[k] = start_s + std::min(before.values[k] / speed, 2 * duration_s);
        map.normal[k] = front_normal(front.pieces[piece], foot, node, h);
    }
}

std::vector<Seam> seams_of(const ArrivalMap& map, const Surface& end, double gap_nm, double widest_deg,
                           double least_nm) {
    const double h = end.h_nm(), least = least_nm > 0 ? least_nm : 4 * h;
    const SeamSearch search(map, end, gap_nm, widest_deg);
    std::vector<Seam> seams;
    for (const auto& group : connected(search.found, 2.2 * h)) {
        Seam seam = seam_along(group, h);
        if (seam.length_nm >= least) seams.push_back(std::move(seam));
    }
    std::stable_sort(seams.begin(), seams.end(),
                     [](const Seam& a, const Seam& b) { return a.length_nm > b.length_nm; });
    return seams;
}

}  // namespace damascene::feature
