#include "feature/level_set/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "feature/level_set/closest.hpp"
#include "feature/level_set/contour.hpp"
#include "feature/level_set/distance.hpp"
#include "feature/level_set/places.hpp"

namespace damascene::feature::level_set {
namespace {

constexpr double shortest_cells = 10;    // of a stretch
constexpr double level_rad = 0.15;       // turn of two pieces at the end of a stretch
constexpr double most_owed_cells = 0.3;  // beyond, the stretch has met itself
constexpr double least_left = 0.7;       // of its length, else the same
constexpr double corner_cells = 4;       // of line to each side by which a sharp corner is known (contour.hpp)
constexpr double least_straight = 0.2;   // of a stretch whose corners stay

/// Pieces, and those that a mirror (or the axis) or a period shows within `reach` of the sides.
struct Seen {
    std::vector<Piece> pieces;
    std::vector<std::size_t> origin;  ///< index in the section
};

Seen seen_of(const Section& s, double reach) {
    double x0 = std::numeric_limits<double>::infinity(), x1 = -x0;
    for (const Piece& p : s.pieces) x0 = std::min({x0, p.a.x, p.b.x}), x1 = std::max({x1, p.a.x, p.b.x});
    Seen out{s.pieces, std::vector<std::size_t>(s.size())};
    std::iota(out.origin.begin(), out.origin.end(), std::size_t{0});
    const auto add = [&](std::size_t k, Vec2 a, Vec2 b) {
        out.pieces.push_back({a, b, s.pieces[k].material});
        out.origin.push_back(k);
    };
    const auto mirrored = [](Vec2 p, double x) { return Vec2{2 * x - p.x, p.z}; };
    for (std::size_t k = 0; k < s.size(); ++k) {
        const Piece p = s.pieces[k];
        const bool left = midpoint(p).x - x0 < reach, right = x1 - midpoint(p).x < reach;
        const Vec2 period{x1 - x0, 0};
        if (left && (s.left == Side::mirror || s.symmetry == Symmetry::axial))
            add(k, mirrored(p.b, x0), mirrored(p.a, x0));
        if (right && s.right == Side::mirror) add(k, mirrored(p.b, x1), mirrored(p.a, x1));
        if (left && s.left == Side::periodic) add(k, p.a + period, p.b + period);
        if (right && s.left == Side::periodic) add(k, p.a - period, p.b - period);
    }
    return out;
}

/// The first chain of a section as a line of points.
std::vector<Vec2> line_of(const Section& s) {
    const std::size_t end = s.chain_begin.size() > 1 ? s.chain_begin[1] : s.size();
    std::vector<Vec2> out;
    for (std::size_t k = 0; k < end; ++k) out.push_back(s.pieces[k].a);
    out.push_back(s.pieces[end - 1].b);
    return out;
}

std::vector<double> arc_lengths(const std::vector<Vec2>& line) {
    std::vector<double> s{0};
    for (std::size_t k = 1; k < line.size(); ++k) s.push_back(s.back() + norm(line[k] - line[k - 1]));
    return s;
}

/// A place on a line: whole steps and the share of the next one.
struct Place {
    std::size_t step = 0;
    double share = 0;
    double along() const { return static_cast<double>(step) + share; }
};

Vec2 at(const std::vector<Vec2>& line, Place p) {
    return p.share > 0 ? line[p.step] + p.share * (line[p.step + 1] - line[p.step]) : line[p.step];
}

/// The nearest place of a line that runs as `direction` does, within reach of p and at most `way` beyond `from`.
std::optional<Place> place_near(const std::vector<Vec2>& line, std::size_t from, double way, Vec2 p, Vec2 direction,
                                double reach) {
    std::optional<Place> best;
    for (std::size_t k = from; k + 1 < line.size() && way > 0; ++k) {
        const Vec2 d = line[k + 1] - line[k];
        way -= norm(d);
        if (dot(d, direction) < 0.9 * norm(d)) continue;
        const double share = nearest_share(p, line[k], line[k + 1]);
        const double away = norm(p - (line[k] + share * d));
        if (away < reach) reach = away, best = Place{k, share};
    }
    return best;
}

/// Sum of way dA from the start of a section to each of its joints.
std::vector<double> running_sum(const Section& s, std::span<const double> way, std::size_t count) {
    const std::vector<double> area = areas(s);
    std::vector<double> out{0};
    for (std::size_t k = 0; k < count; ++k) out.push_back(out.back() + area[k] * way[k]);
    return out;
}

double sum_to(const std::vector<double>& running, Place p) {
    if (p.step + 1 >= running.size()) return running.back();
    return running[p.step] + p.share * (running[p.step + 1] - running[p.step]);
}

/// Where a stretch ends, on every line of a step.
struct Joint {
    std::size_t now = 0;
    Place before, then, after, next;
};

/// Area or volume between two lines from one joint to another; > 0 where the second lies in the gas.
double between(const std::vector<Vec2>& old_line, const std::vector<Vec2>& new_line, const Joint& a, const Joint& b,
               Symmetry symmetry) {
    std::vector<Vec2> ring;
    const auto walk = [&](const std::vector<Vec2>& line, Place from, Place to, bool back) {
        std::vector<Vec2> part{at(line, from)};
        for (std::size_t k = from.step + 1; k <= to.step; ++k) part.push_back(line[k]);
        part.push_back(at(line, to));
        if (back) std::reverse(part.begin(), part.end());
        ring.insert(ring.end(), part.begin(), part.end());
    };
    walk(old_line, a.before, b.before, false);
    walk(new_line, a.after, b.after, true);
    return enclosed(ring, symmetry);
}

/// Steps of a line whose middles are within `reach` of a turn.
std::vector<bool> near_turns(const std::vector<Vec2>& line, const std::vector<double>& s, double reach) {
    std::vector<bool> near(line.size() - 1, false);
    for (std::size_t j = 1; j + 1 < line.size(); ++j) {
        if (std::abs(turn(line[j] - line[j - 1], line[j + 1] - line[j])) < level_rad) continue;
        for (std::size_t k = 0; k < near.size(); ++k)
            if (std::abs(0.5 * (s[k] + s[k + 1]) - s[j]) < reach) near[k] = true;
    }
    return near;
}

/// Between pieces j - 1 and j, and beside both, the line hardly turns.
bool is_level(const std::vector<Vec2>& line, std::size_t j) {
    if (j < 2 || j + 2 >= line.size()) return false;
    double turned = 0;
    for (std::size_t k = j - 1; k <= j + 1; ++k) turned += std::abs(turn(line[k] - line[k - 1], line[k + 1] - line[k]));
    return turned < level_rad;
}

}  // namespace

namespace {

/// Share of the step after which each piece meets another that runs into it, at most one; 2 where none is that near.
std::vector<double> meeting(Going g) {
    const std::size_t n = g.section.size();
    std::vector<double> share(n, 2.0);
    double farthest = 0, longest = 0;
    for (std::size_t k = 0; k < n; ++k) {
        farthest = std::max(farthest, g.way_nm[k]);
        longest = std::max(longest, length_nm(g.section.pieces[k]));
    }
    const double reach = 2.1 * farthest + longest;
    const auto [pieces, origin] = seen_of(g.section, reach);
    std::vector<Vec2> middles;
    for (const Piece& p : pieces) middles.push_back(midpoint(p));
    const Places places(middles, reach);
    for (std::size_t k = 0; k < n; ++k) {
        if (!(g.way_nm[k] > 0)) continue;
        const Vec2 p = middles[k], up = normal(pieces[k]);
        const auto meet = [&, &pieces = pieces, &origin = origin](std::size_t q) {
            const double facing = -dot(up, normal(pieces[q])), gap = dot(middles[q] - p, up);
            const double closing = g.way_nm[k] + facing * g.way_nm[origin[q]];
            if (facing < 0.8 || gap < 0 || gap >= 1.02 * closing) return;
            if (std::abs(cross(up, middles[q] - p)) < 0.5 * length_nm(pieces[q]) + 1e-9)
                share[k] = std::min({share[k], gap / closing, 1.0});
        };
        places.around(p, meet, [&] { return reach; });
    }
    return share;
}

/// No piece of a section that looks up as `up` does is as near to p as h.
bool gone(const Section& s, Vec2 p, Vec2 up, double h) {
    return std::none_of(s.pieces.begin(), s.pieces.end(), [&](const Piece& q) {
        return dot(normal(q), up) > 0.5 && distance_to_segment(p, q.a, q.b) < h;
    });
}

}  // namespace

double booked(Going now, Going then, double h) {
    const std::vector<double> share = meeting(now), at_now = areas(now.section), at_then = areas(then.section);
    double sum = 0;
    for (std::size_t k = 0; k < share.size(); ++k) {
        const Piece& p = now.section.pieces[k];
        const Vec2 middle = midpoint(p), up = normal(p);
        sum += 0.5 * at_now[k] * now.way_nm[k];
        if (share[k] > 1) continue;
        const double way = share[k] * now.way_nm[k];  // a tie is decided by what is left
        if (share[k] > 0.98 && !gone(then.section, middle + way * up, up, h)) continue;
        const bool axial = now.section.symmetry == Symmetry::axial && middle.x > 0;
        const double narrows = axial ? 1 + 0.5 * up.x * way / middle.x : 1;
        sum += at_now[k] * (narrows * way - 0.5 * now.way_nm[k]);
    }
    for (std::size_t k = 0; k < at_then.size(); ++k) sum += 0.5 * at_then[k] * then.way_nm[k];
    return sum;
}

std::vector<double> owed(const Contour& before, Going now, std::span<const double> owed_nm, Going then,
                         const Contour& after, const Section& next, double h, Kinks kinks) {
    const std::vector<Vec2>&old_line = before.chains().front().points, &new_line = after.chains().front().points;
    const std::vector<Vec2> line = line_of(now.section), then_line = line_of(then.section), next_line = line_of(next);
    const std::size_t n = line.size() - 1;
    const std::vector<double> s_of = arc_lengths(line), next_s = arc_lengths(next_line);
    const std::vector<double> from = running_sum(now.section, now.way_nm, n),
                              told = running_sum(now.section, owed_nm, n),
                              to = running_sum(then.section, then.way_nm, then_line.size() - 1);
    const auto joint_at = [&](std::size_t j, const Joint& previous) -> std::optional<Joint> {
        const Vec2 along = line[j + 1] - line[j - 1], direction = (1 / norm(along)) * along;
        const Vec2 normal{-direction.z, direction.x};
        const double start = 0.5 * (now.way_nm[j - 1] + now.way_nm[j]), due = 0.5 * (owed_nm[j - 1] + owed_nm[j]);
        const double way = 8 * h + 1.5 * (s_of[j] - s_of[previous.now]);
        const auto on_before = place_near(old_line, previous.before.step, way, line[j], direction, 0.5 * h);
        const auto on_then =
            place_near(then_line, previous.then.step, way, line[j] + (start + due) * normal, direction, 0.5 * h);
        if (!on_before || !on_then) return {};
        const Vec2 end = line[j] + (0.5 * (start + then.way_nm[on_then->step]) + due) * normal;
        const auto on_after = place_near(new_line, previous.after.step, way, end, direction, 0.5 * h);
        const auto on_next = place_near(next_line, previous.next.step, way, end, direction, 0.5 * h);
        if (!on_after || !on_next) return {};
        return Joint{j, *on_before, *on_then, *on_after, *on_next};
    };
    const auto follows = [](const Joint& a, const Joint& b) {
        return a.before.along() < b.before.along() && a.then.along() < b.then.along() &&
               a.after.along() < b.after.along() && a.next.along() + 1 < b.next.along();
    };
    const Joint last{n, {old_line.size() - 1}, {then_line.size() - 1}, {new_line.size() - 1}, {next_line.size() - 1}};
    std::vector<Joint> joints{Joint{}};
    for (std::size_t j = 1; j < n; ++j) {
        const double before_it = s_of[j] - s_of[joints.back().now], behind = s_of[n] - s_of[j];
        if (std::min(before_it, behind) < shortest_cells * h || !is_level(line, j)) continue;
        const std::optional<Joint> joint = joint_at(j, joints.back());
        if (joint && follows(joints.back(), *joint) && follows(*joint, last)) joints.push_back(*joint);
    }
    joints.push_back(last);

    const std::vector<double> area = areas(next);
    const std::vector<bool> near_corner = near_turns(next_line, next_s, corner_cells * h);
    std::vector<double> out(next.size(), 0.0);
    for (std::size_t q = 0; q + 1 < joints.size(); ++q) {
        const Joint &a = joints[q], &b = joints[q + 1];
        const double received =
            0.5 * (from[b.now] - from[a.now] + sum_to(to, b.then) - sum_to(to, a.then)) + told[b.now] - told[a.now];
        const double lacking = received - between(old_line, new_line, a, b, next.symmetry);
        const std::size_t end = std::min(b.next.step + 1, next_line.size() - 1);
        const auto weight = [&](std::size_t k, bool stay) {  // none at the ends of a stretch: no step is left there
            const double t = (static_cast<double>(k) + 0.5 - a.next.along()) / (b.next.along() - a.next.along());
            if (t <= 0 || t >= 1 || (stay && near_corner[k])) return 0.0;
            return std::min({1.0, q == 0 ? 1.0 : 3 * t, q + 2 == joints.size() ? 1.0 : 3 * (1 - t)});
        };
        const auto sum = [&](bool stay) {
            double whole = 0;
            for (std::size_t k = a.next.step; k < end; ++k) whole += area[k] * weight(k, stay);
            return whole;
        };
        const bool stay = kinks == Kinks::stay && sum(true) > least_straight * sum(false);
        const double whole = sum(stay);
        const bool shrunk = next_s[b.next.step] - next_s[a.next.step] < least_left * (s_of[b.now] - s_of[a.now]);
        if (shrunk || !(std::abs(lacking) < most_owed_cells * h * whole)) continue;
        for (std::size_t k = a.next.step; k < end; ++k) out[k] += lacking / whole * weight(k, stay);
    }
    return out;
}

void shift(Surface& s, const Section& section, std::span<const double> way) {
    constexpr double reach_cells = 3.5;
    const Lattice l = lattice_of(s);
    for (const Foot& f : closest_pieces(l, section.pieces, reach_cells * l.h)) {
        const auto n = static_cast<std::size_t>(f.node);
        double& top = s.phi.back().values[n];
        top -= way[static_cast<std::size_t>(f.piece)];
        for (Field2<double>& below : s.phi) below.values[n] = std::max(below.values[n], top);
    }
}

}  // namespace damascene::feature::level_set
