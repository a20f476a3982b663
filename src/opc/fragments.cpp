#include "opc/fragments.hpp"

#include <algorithm>
#include <cmath>

namespace damascene::opc {
namespace {

constexpr double fine_unit_nm = 1e-5;

std::size_t next_in_ring(const Fragments& f, std::size_t ring, std::size_t i) {
    return i + 1 == f.ring_begin[ring + 1] ? f.ring_begin[ring] : i + 1;
}

std::size_t previous_in_ring(const Fragments& f, std::size_t ring, std::size_t i) {
    return i == f.ring_begin[ring] ? f.ring_begin[ring + 1] - 1 : i - 1;
}

/// Where an edge of the given length is cut, from its start; whole nm between the ends.
std::vector<double> cuts(double length, double corner_nm, double run_nm) {
    if (length < 2 * corner_nm) return {0, length};
    const double inner = length - 2 * corner_nm;
    const int runs = static_cast<int>(std::lround(inner / run_nm));
    if (runs == 0) return {0, std::round(length / 2), length};
    std::vector<double> at{0};
    for (int k = 0; k <= runs; ++k) at.push_back(std::round(corner_nm + inner * k / runs));
    at.push_back(length);
    return at;
}

void append_edge(Point a, Point b, double unit, double corner_nm, double run_nm, std::vector<Fragment>& ring) {
    const bool vertical = a.x == b.x;
    const double from = (vertical ? a.y : a.x) * unit, to = (vertical ? b.y : b.x) * unit;
    const int direction = to > from ? 1 : -1;
    Fragment f;
    f.vertical = vertical;
    f.line_nm = (vertical ? a.x : a.y) * unit;
    f.outward = vertical ? direction : -direction;
    const std::vector<double> at = cuts(std::abs(to - from), corner_nm, run_nm);
    for (std::size_t k = 0; k + 1 < at.size(); ++k) {
        f.from_nm = k == 0 ? from : std::round(from + direction * at[k]);
        f.to_nm = k + 2 == at.size() ? to : std::round(from + direction * at[k + 1]);
        f.corner_after = k + 2 == at.size();
        ring.push_back(f);
    }
}

struct Vertex {
    double x, y;
};

/// Mask corners between fragment a and its successor b: one at a drawn corner, two at a cut.
template <class Put>
void join(const Fragment& a, const Fragment& b, Put&& put) {
    const double p = a.position_nm(), q = b.position_nm();
    if (a.corner_after && a.vertical != b.vertical) {
        put(a.vertical ? Vertex{p, q} : Vertex{q, p});
        return;
    }
    put(a.vertical ? Vertex{p, a.to_nm} : Vertex{a.to_nm, p});
    put(a.vertical ? Vertex{q, a.to_nm} : Vertex{a.to_nm, q});
}

/// Mask corners of a ring in order.
template <class Put>
void walk(const Fragments& f, std::size_t ring, Put&& put) {
    for (std::size_t i = f.ring_begin[ring]; i < f.ring_begin[ring + 1]; ++i)
        join(f.all[i], f.all[next_in_ring(f, ring, i)], put);
}

/// Ends of fragment i along its line as the mask has them.
struct Extent {
    double from, to;
};
Extent extent(const Fragments& f, std::size_t ring, std::size_t i) {
    const Fragment &me = f.all[i], &before = f.all[previous_in_ring(f, ring, i)],
                   &after = f.all[next_in_ring(f, ring, i)];
    const bool corner_before = before.corner_after && before.vertical != me.vertical;
    const bool corner_here = me.corner_after && after.vertical != me.vertical;
    return {corner_before ? before.position_nm() : me.from_nm, corner_here ? after.position_nm() : me.to_nm};
}

bool convex(const Fragment& a, const Fragment& b) {
    // Left turn from a to b; directions follow from the outward normals.
    const int ax = a.vertical ? 0 : -a.outward, ay = a.vertical ? a.outward : 0;
    const int bx = b.vertical ? 0 : -b.outward, by = b.vertical ? b.outward : 0;
    return ax * by - ay * bx > 0;
}

}  // namespace

void Fragments::append_ring(const std::vector<Fragment>& ring) {
    all.insert(all.end(), ring.begin(), ring.end());
    ring_begin.push_back(all.size());
}

void Fragments::erase_ring(std::size_t ring) {
    const std::size_t first = ring_begin[ring], end = ring_begin[ring + 1];
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(end));
    ring_begin.erase(ring_begin.begin() + static_cast<std::ptrdiff_t>(ring) + 1);
    for (std::size_t r = ring + 1; r < ring_begin.size(); ++r) ring_begin[r] -= end - first;
}

Fragments fragmented(const Region& drawn, double corner_nm, double run_nm) {
    Fragments fragments;
    std::vector<Fragment> pieces;
    for (const Ring& ring : drawn.rings) {
        pieces.clear();
        for (std::size_t i = 0; i < ring.size(); ++i)
            append_edge(ring[i], ring[(i + 1) % ring.size()], drawn.unit.in(nm), corner_nm, run_nm, pieces);
        fragments.append_ring(pieces);
    }
    return fragments;
}

void limit_shifts(Fragments& f, double max_shift_nm, double shortest_nm) {
    for (Fragment& me : f.all) me.low_nm = -max_shift_nm, me.high_nm = max_shift_nm;
    // A shift of `mover` at a convex corner inward, at a reflex corner outward, shortens `eaten`.
    const auto limit = [&](Fragment& mover, const Fragment& eaten, bool is_convex) {
        const double room = std::max(0.0, eaten.length_nm() - shortest_nm);
        if (is_convex)
            mover.low_nm = std::max(mover.low_nm, -room);
        else
            mover.high_nm = std::min(mover.high_nm, room);
    };
    for (std::size_t r = 0; r < f.rings(); ++r)
        for (std::size_t i = f.ring_begin[r]; i < f.ring_begin[r + 1]; ++i) {
            Fragment &a = f.all[i], &b = f.all[next_in_ring(f, r, i)];
            if (!a.corner_after || a.vertical == b.vertical) continue;
            const bool is_convex = convex(a, b);
            limit(a, b, is_convex);
            limit(b, a, is_convex);
        }
}

namespace {

bool can_move(const Fragments& f, std::size_t ring) {
    const auto first = f.all.begin() + static_cast<std::ptrdiff_t>(f.ring_begin[ring]);
    const auto end = f.all.begin() + static_cast<std::ptrdiff_t>(f.ring_begin[ring + 1]);
    return std::any_of(first, end, [](const Fragment& me) { return me.movable; });
}

}  // namespace

Region outline(const Fragments& f, const Cell2& cell, Rings rings) {
    Region region{fine_unit_nm * nm, {}};
    const auto fine = [&](double v, double origin) {
        return static_cast<std::int32_t>(std::lround(std::clamp(v - origin, 0.0, cell.side_nm) / fine_unit_nm));
    };
    for (std::size_t r = 0; r < f.rings(); ++r) {
        if (rings != Rings::all && can_move(f, r) != (rings == Rings::moving)) continue;
        Ring ring;
        walk(f, r, [&](Vertex v) {
            const Point p{fine(v.x, cell.x0_nm), fine(v.y, cell.y0_nm)};
            if (ring.empty() || !(ring.back() == p)) ring.push_back(p);
        });
        region.rings.push_back(std::move(ring));
    }
    return region;
}

namespace {

Ring whole_ring(const Fragments& f, std::size_t r) {
    const auto whole = [](double v) { return static_cast<std::int32_t>(std::lround(v)); };
    Ring ring;
    walk(f, r, [&](Vertex v) { ring.push_back({whole(v.x), whole(v.y)}); });
    return ring;
}

}  // namespace

Region ring_region(const Fragments& f, std::size_t ring) { return merged({1 * nm, {whole_ring(f, ring)}}); }

Region mask_region(const Fragments& f) {
    Region region{1 * nm, {}};
    for (std::size_t r = 0; r < f.rings(); ++r) region.rings.push_back(whole_ring(f, r));
    return merged(region);
}

void round_shifts(Fragments& f) {
    for (Fragment& me : f.all)
        if (me.movable) me.shift_nm = me.outward * (std::round(me.position_nm()) - me.line_nm);
}

std::vector<double> shift_gradient(const Fragments& f, const Cell2& cell, const Spectrum2& adjoint) {
    std::vector<EdgeSegment> segments;
    std::vector<std::size_t> owner;
    std::vector<double> sign, gradient(f.all.size(), 0.0);
    for (std::size_t r = 0; r < f.rings(); ++r)
        for (std::size_t i = f.ring_begin[r]; i < f.ring_begin[r + 1]; ++i) {
            const Fragment& me = f.all[i];
            if (!me.movable) continue;
            const double across0 = me.vertical ? cell.x0_nm : cell.y0_nm,
                         along0 = me.vertical ? cell.y0_nm : cell.x0_nm;
            const double line = me.position_nm() - across0;
            if (line <= 0 || line >= cell.side_nm) continue;
            const Extent e = extent(f, r, i);
            const double from = std::clamp(e.from - along0, 0.0, cell.side_nm);
            const double to = std::clamp(e.to - along0, 0.0, cell.side_nm);
            if (from == to) continue;
            segments.push_back(me.vertical ? EdgeSegment{line, from, line, to} : EdgeSegment{from, line, to, line});
            owner.push_back(i);
            sign.push_back((to > from) == (me.to_nm > me.from_nm) ? 1 : -1);
        }
    const std::vector<double> values = edge_gradient(segments, adjoint);
    for (std::size_t k = 0; k < owner.size(); ++k) gradient[owner[k]] = sign[k] * values[k];
    return gradient;
}

std::vector<Spacing> spacings(const Fragments& f, const MaskRules& rules, double max_shift_nm) {
    const double space = rules.min_space.in(nm), width = std::max(rules.min_width.in(nm), 1.0);
    const double reach = std::max(space, width) + 2 * max_shift_nm;
    struct Entry {
        double line;
        std::size_t index;
    };
    std::vector<Spacing> pairs;
    for (const bool vertical : {true, false}) {
        std::vector<Entry> sorted;
        for (std::size_t i = 0; i < f.all.size(); ++i)
            if (f.all[i].vertical == vertical) sorted.push_back({f.all[i].line_nm, i});
        std::sort(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) {
            return a.line < b.line || (a.line == b.line && a.index < b.index);
        });
        for (std::size_t i = 0; i < sorted.size(); ++i)
            for (std::size_t j = i + 1; j < sorted.size() && sorted[j].line - sorted[i].line < reach; ++j) {
                const Fragment &low = f.all[sorted[i].index], &high = f.all[sorted[j].index];
                if (low.outward == high.outward || !(low.movable || high.movable)) continue;
                const bool empty_between = low.outward > 0;
                const double rule = empty_between ? space : width;
                const double margin = empty_between ? space : 0;  // corner to corner
                const double overlap = std::min(std::max(low.from_nm, low.to_nm), std::max(high.from_nm, high.to_nm)) -
                                       std::max(std::min(low.from_nm, low.to_nm), std::min(high.from_nm, high.to_nm));
                if (overlap <= -margin || (!empty_between && overlap <= 0)) continue;
                const double gap = high.line_nm - low.line_nm;
                if (gap <= 0) continue;
                pairs.push_back({sorted[i].index, sorted[j].index, empty_between ? 1 : -1, std::max(0.0, gap - rule)});
            }
    }
    return pairs;
}

namespace {

/// A fragment that bounds the box of a violation.
struct Touch {
    std::size_t index, ring;
};

/// Facing edges are named by the axis of the distance; a distance along neither axis lies between two corners.
std::vector<Touch> touching(const Fragments& f, const RuleViolation& v) {
    constexpr double near_nm = 0.6;
    const bool spacing = v.rule == "width" || v.rule == "space";
    const bool along_x = spacing && std::abs(v.x1_nm - v.x0_nm - v.value) < near_nm;
    const bool along_y = spacing && !along_x && std::abs(v.y1_nm - v.y0_nm - v.value) < near_nm;
    std::vector<Touch> touches;
    for (std::size_t r = 0; r < f.rings(); ++r)
        for (std::size_t i = f.ring_begin[r]; i < f.ring_begin[r + 1]; ++i) {
            const Fragment& me = f.all[i];
            if (!me.movable || (along_x && !me.vertical) || (along_y && me.vertical)) continue;
            const Extent e = extent(f, r, i);
            const double low = std::min(e.from, e.to), high = std::max(e.from, e.to), line = me.position_nm();
            const double across0 = me.vertical ? v.x0_nm : v.y0_nm, across1 = me.vertical ? v.x1_nm : v.y1_nm;
            const double along0 = me.vertical ? v.y0_nm : v.x0_nm, along1 = me.vertical ? v.y1_nm : v.x1_nm;
            const bool on_line = std::abs(line - across0) < near_nm || std::abs(line - across1) < near_nm;
            if (on_line && high > along0 - near_nm && low < along1 + near_nm) touches.push_back({i, r});
        }
    return touches;
}

/// Equal shifts on both sides of every cut between two touched fragments.
void level_cuts(Fragments& f, const std::vector<Touch>& touches) {
    for (const Touch& t : touches) {
        const std::size_t j = next_in_ring(f, t.ring, t.index);
        Fragment &a = f.all[t.index], &b = f.all[j];
        if (a.corner_after || !b.movable) continue;
        const double mean = (a.shift_nm * a.length_nm() + b.shift_nm * b.length_nm()) / (a.length_nm() + b.length_nm());
        a.shift_nm = b.shift_nm = mean;
    }
}

constexpr int moving_rounds = 16, giving_up = 30, most_rounds = 60;

/// One answer to one violation; returns the ring to remove, or rings() for none.
std::size_t answer(Fragments& f, const RuleViolation& v, int round) {
    const std::vector<Touch> touches = touching(f, v);
    if (v.rule == "edge" && round < moving_rounds) {
        level_cuts(f, touches);
        return f.rings();
    }
    const bool spacing = v.rule == "width" || v.rule == "space";
    if (spacing && round < moving_rounds) {
        const double step = std::ceil((v.limit - v.value) / 2) * (v.rule == "width" ? 1 : -1);
        for (const Touch& t : touches) f.all[t.index].shift_nm += step;
        return f.rings();
    }
    for (const Touch& t : touches)
        if (f.all[t.index].assist) return t.ring;
    for (const Touch& t : touches) f.all[t.index].shift_nm *= round < giving_up ? 0.5 : 0;
    return f.rings();
}

}  // namespace

std::vector<RuleViolation> mend(Fragments& f, const MaskRules& rules, Region& mask) {
    for (int round = 0;; ++round) {
        round_shifts(f);
        mask = mask_region(f);
        const std::vector<RuleViolation> violations = check_mask_rules(mask, rules);
        if (violations.empty() || round == most_rounds) return violations;
        std::vector<std::size_t> removed;
        for (const RuleViolation& v : violations)
            if (const std::size_t ring = answer(f, v, round); ring < f.rings()) removed.push_back(ring);
        std::sort(removed.begin(), removed.end());
        removed.erase(std::unique(removed.begin(), removed.end()), removed.end());
        for (std::size_t k = removed.size(); k-- > 0;) f.erase_ring(removed[k]);
    }
}

void hold(Fragments& f, const std::vector<Spacing>& pairs) {
    const auto clamp = [](Fragment& me) {
        if (me.movable) me.shift_nm = std::clamp(me.shift_nm, me.low_nm, me.high_nm);
    };
    for (Fragment& me : f.all) clamp(me);
    for (int sweep = 0; sweep < 4; ++sweep) {
        bool moved = false;
        for (const Spacing& p : pairs) {
            Fragment &a = f.all[p.a], &b = f.all[p.b];
            const double excess = p.sign * (a.shift_nm + b.shift_nm) - p.slack_nm;
            if (excess <= 1e-9) continue;
            const double share = a.movable && b.movable ? 0.5 : 1;
            if (a.movable) a.shift_nm -= p.sign * share * excess;
            if (b.movable) b.shift_nm -= p.sign * share * excess;
            clamp(a);
            clamp(b);
            moved = true;
        }
        if (!moved) break;
    }
}

}  // namespace damascene::opc
