// Minimum number of rectangles that partition a Manhattan region (variable-shaped-beam shots).
//
//   shots = reflex vertices - L - holes + components,   L = largest set of non-crossing good chords,
//
// a good chord being an axis-parallel segment through the interior between two reflex vertices; chords that share an
// end point cross. Crossings join only horizontal to vertical chords, so by Konig's theorem L = chords - maximum
// matching (Hopcroft-Karp, O(E sqrt V)). Each ring turns by +-4 quarter turns, hence
// components - holes = (convex - reflex) / 4. Ohtsuki 1982; Ferrari, Sankar and Sklansky 1984; Imai and Asano 1986.
// Vertices where two solids touch at a corner count as two convex corners (the solids stay separate).
#include <algorithm>
#include <map>
#include <set>

#include "damascene/geometry.hpp"

namespace damascene {
namespace {

/// A vertex of a Manhattan ring: the sides its two edges lie on.
struct Turn {
    Point at;
    bool east = false, north = false, reflex = false;
};
struct VerticalEdge {
    std::int32_t x, y0, y1;
};
struct Chord {
    std::int32_t line, from, to;
};  ///< y, x0, x1 (horizontal) or x, y0, y1 (vertical)

Point transposed(Point p) { return {p.y, p.x}; }
Turn transposed(const Turn& t) { return {transposed(t.at), t.north, t.east, t.reflex}; }

bool collinear(Point a, Point b, Point c) { return (a.x == b.x && b.x == c.x) || (a.y == b.y && b.y == c.y); }

Ring without_collinear(const Ring& ring) {
    Ring out;
    for (std::size_t i = 0, n = ring.size(); i < n; ++i) {
        const Point b = ring[i], c = ring[(i + 1) % n];
        const Point a = out.empty() ? ring[(i + n - 1) % n] : out.back();
        if (!(b == a) && !collinear(a, b, c)) out.push_back(b);
    }
    return out;
}

bool turns_right(Point a, Point b, Point c) {
    const std::int64_t ux = b.x - std::int64_t{a.x}, uy = b.y - std::int64_t{a.y};
    const std::int64_t vx = c.x - std::int64_t{b.x}, vy = c.y - std::int64_t{b.y};
    return ux * vy - uy * vx < 0;
}

void append_turns(const Ring& ring, std::vector<Turn>& turns) {
    for (std::size_t i = 0, n = ring.size(); i < n; ++i) {
        const Point a = ring[(i + n - 1) % n], b = ring[i], c = ring[(i + 1) % n];
        turns.push_back({b, std::max(a.x, c.x) > b.x, std::max(a.y, c.y) > b.y, turns_right(a, b, c)});
    }
}

bool scan_order(const Turn& a, const Turn& b) {
    return a.at.y != b.at.y ? a.at.y < b.at.y : a.at.x != b.at.x ? a.at.x < b.at.x : a.east < b.east;
}

/// Two reflex turns at one place are a corner contact of two solids: the same edges read as two convex turns.
void separate_contacts(std::vector<Turn>& sorted) {
    for (std::size_t i = 0; i + 1 < sorted.size(); ++i)
        if (sorted[i].at == sorted[i + 1].at) sorted[i].reflex = sorted[i + 1].reflex = false;
}

void append_vertical_edges(const Ring& ring, std::vector<VerticalEdge>& edges) {
    for (std::size_t i = 0, n = ring.size(); i < n; ++i) {
        const Point a = ring[i], b = ring[(i + 1) % n];
        if (a.x == b.x) edges.push_back({a.x, std::min(a.y, b.y), std::max(a.y, b.y)});
    }
}

/// Horizontal good chords: neighbours in a row of vertices, both reflex, the left one's edge to its west and the right
/// one's to its east, with no boundary between. One upward sweep over the open vertical edges.
std::vector<Chord> horizontal_chords(const std::vector<Turn>& sorted, std::vector<VerticalEdge> edges) {
    std::vector<VerticalEdge> closing = edges;
    std::sort(edges.begin(), edges.end(), [](auto& a, auto& b) { return a.y0 < b.y0; });
    std::sort(closing.begin(), closing.end(), [](auto& a, auto& b) { return a.y1 < b.y1; });
    std::multiset<std::int32_t> open;
    std::vector<Chord> chords;
    std::size_t next_open = 0, next_close = 0;
    for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
        const Turn &left = sorted[i], &right = sorted[i + 1];
        const std::int32_t y = left.at.y;
        for (; next_open < edges.size() && edges[next_open].y0 < y; ++next_open) open.insert(edges[next_open].x);
        for (; next_close < closing.size() && closing[next_close].y1 <= y; ++next_close)
            open.erase(open.find(closing[next_close].x));
        if (!left.reflex || !right.reflex || right.at.y != y || left.east || !right.east) continue;
        const auto crossing = open.upper_bound(left.at.x);
        if (crossing == open.end() || *crossing >= right.at.x) chords.push_back({y, left.at.x, right.at.x});
    }
    return chords;
}

/// Bipartite crossing graph: for each vertical chord the horizontal chords it meets (end points included).
std::vector<std::vector<int>> crossings(const std::vector<Chord>& vertical, const std::vector<Chord>& horizontal) {
    struct Event {
        std::int32_t x;
        int kind, index;
    };  // kind 0 horizontal begins, 1 vertical, 2 horizontal ends
    std::vector<Event> events;
    for (int i = 0; i < static_cast<int>(horizontal.size()); ++i) {
        events.push_back({horizontal[static_cast<std::size_t>(i)].from, 0, i});
        events.push_back({horizontal[static_cast<std::size_t>(i)].to, 2, i});
    }
    for (int i = 0; i < static_cast<int>(vertical.size()); ++i)
        events.push_back({vertical[static_cast<std::size_t>(i)].line, 1, i});
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.x != b.x ? a.x < b.x : a.kind < b.kind; });
    std::set<std::pair<std::int32_t, int>> open;
    std::vector<std::vector<int>> meets(vertical.size());
    for (const Event& e : events) {
        if (e.kind == 0) open.insert({horizontal[static_cast<std::size_t>(e.index)].line, e.index});
        if (e.kind == 2) open.erase({horizontal[static_cast<std::size_t>(e.index)].line, e.index});
        if (e.kind != 1) continue;
        const Chord& v = vertical[static_cast<std::size_t>(e.index)];
        for (auto h = open.lower_bound({v.from, 0}); h != open.end() && h->first <= v.to; ++h)
            meets[static_cast<std::size_t>(e.index)].push_back(h->second);
    }
    return meets;
}

/// Hopcroft-Karp: phases of breadth-first layering and vertex-disjoint shortest augmenting paths.
class Matching {
  public:
    Matching(const std::vector<std::vector<int>>& neighbours, std::size_t right_count)
        : neighbours_(neighbours),
          right_of_(neighbours.size(), -1),
          left_of_(right_count, -1),
          layer_(neighbours.size()),
          cursor_(neighbours.size()) {}

    int size() {
        int matched = 0;
        while (find_layers()) {
            std::fill(cursor_.begin(), cursor_.end(), 0);
            for (std::size_t left = 0; left < neighbours_.size(); ++left)
                if (right_of_[left] < 0 && augment(static_cast<int>(left))) ++matched;
        }
        return matched;
    }

  private:
    static std::size_t at(int i) { return static_cast<std::size_t>(i); }

    bool find_layers() {
        std::vector<int> queue;
        for (std::size_t left = 0; left < neighbours_.size(); ++left) {
            layer_[left] = right_of_[left] < 0 ? 0 : -1;
            if (layer_[left] == 0) queue.push_back(static_cast<int>(left));
        }
        bool free_right = false;
        for (std::size_t head = 0; head < queue.size(); ++head)
            for (int right : neighbours_[at(queue[head])]) {
                const int next = left_of_[at(right)];
                free_right |= next < 0;
                if (next < 0 || layer_[at(next)] >= 0) continue;
                layer_[at(next)] = layer_[at(queue[head])] + 1;
                queue.push_back(next);
            }
        return free_right;
    }

    /// Depth-first along the layers with an explicit stack (paths can be as long as the graph).
    bool augment(int root) {
        std::vector<int> path{root};
        while (!path.empty()) {
            const int left = path.back();
            std::size_t& c = cursor_[at(left)];
            if (c == neighbours_[at(left)].size()) {
                layer_[at(left)] = -1;
                path.pop_back();
                continue;
            }
            const int next = left_of_[at(neighbours_[at(left)][c])];
            if (next < 0) return flip(path);
            if (layer_[at(next)] == layer_[at(left)] + 1)
                path.push_back(next);
            else
                ++c;
        }
        return false;
    }

    bool flip(const std::vector<int>& path) {
        for (int left : path) {
            const int right = neighbours_[at(left)][cursor_[at(left)]];
            right_of_[at(left)] = right;
            left_of_[at(right)] = left;
            layer_[at(left)] = -1;  // vertex-disjoint within a phase
        }
        return true;
    }

    const std::vector<std::vector<int>>& neighbours_;
    std::vector<int> right_of_, left_of_, layer_;
    std::vector<std::size_t> cursor_;
};

int most_independent(const std::vector<Chord>& horizontal, const std::vector<Chord>& vertical) {
    const auto meets = crossings(vertical, horizontal);
    return static_cast<int>(horizontal.size() + vertical.size()) - Matching(meets, horizontal.size()).size();
}

Region transposed(const Region& region) {
    Region out = region;
    for (Ring& ring : out.rings)
        for (Point& p : ring) p = transposed(p);
    return out;
}

std::vector<VerticalEdge> vertical_edges(const Region& region) {
    std::vector<VerticalEdge> edges;
    for (const Ring& ring : region.rings) append_vertical_edges(ring, edges);
    return edges;
}

}  // namespace

int rectangle_shots(const Region& region) {
    if (!is_manhattan(region))
        throw InputError("D0410", "rectangular shots need a Manhattan region",
                         "rasterise the mask (region_of_raster) or keep only axis-parallel edges");
    Region clean{.unit = region.unit, .rings = {}};
    for (const Ring& ring : region.rings) clean.rings.push_back(without_collinear(ring));
    std::vector<Turn> turns;
    for (const Ring& ring : clean.rings) append_turns(ring, turns);
    std::sort(turns.begin(), turns.end(), scan_order);
    separate_contacts(turns);
    const auto reflex = static_cast<int>(std::count_if(turns.begin(), turns.end(), [](auto& t) { return t.reflex; }));
    const int convex = static_cast<int>(turns.size()) - reflex;

    const auto horizontal = horizontal_chords(turns, vertical_edges(clean));
    for (Turn& t : turns) t = transposed(t);
    std::sort(turns.begin(), turns.end(), scan_order);
    const auto vertical = horizontal_chords(turns, vertical_edges(transposed(clean)));
    return reflex - most_independent(horizontal, vertical) + (convex - reflex) / 4;
}

}  // namespace damascene
