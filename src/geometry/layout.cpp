// Layout hierarchy: cells, instances, flattening. No recursion on depth; cycles and overflows are InputErrors.
//
// A reference maps p -> origin + column i + row j + magnification R(angle) [mirror] p, mirror about the x axis first
// (GDSII STRANS). Points round to the nearest database unit, halves up, so equal widths stay equal.
#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "geometry/boolean.hpp"
#include "geometry/paths.hpp"

namespace damascene {
namespace {

constexpr std::size_t deepest = 1000;  // levels of hierarchy
constexpr double most_shapes = 2e7;    // flattened shapes of one call

std::string quoted(const std::string& name) { return "'" + escape_text(name) + "'"; }

Diagnostic in_cell(std::string code, std::string message, const std::string& cell, std::string help) {
    Diagnostic diagnostic;
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.where.cell = cell;
    diagnostic.help = std::move(help);
    return diagnostic;
}

/// Cells under `top`, every cell after the cells it refers to. Refuses cycles and depth > 1000.
std::vector<std::uint32_t> bottom_up(const Layout& layout, std::uint32_t top) {
    enum : char { unseen, open, done };
    struct Visit {
        std::uint32_t cell;
        std::size_t next;
    };
    std::vector<char> state(layout.cells.size(), unseen);
    std::vector<std::size_t> height(layout.cells.size(), 1);
    std::vector<std::uint32_t> order;
    std::vector<Visit> stack{{top, 0}};
    state.at(top) = open;
    while (!stack.empty()) {
        Visit& visit = stack.back();
        const Cell& cell = layout.cells[visit.cell];
        if (visit.next == cell.references.size()) {
            for (const Reference& reference : cell.references)
                height[visit.cell] = std::max(height[visit.cell], height[reference.cell] + 1);
            if (height[visit.cell] > deepest)
                throw InputError(in_cell("D0306", "the hierarchy is deeper than 1000 levels", cell.name,
                                         "flatten the layout before import"));
            state[visit.cell] = done;
            order.push_back(visit.cell);
            stack.pop_back();
            continue;
        }
        const std::uint32_t child = cell.references[visit.next++].cell;
        if (child >= layout.cells.size())
            throw InputError(in_cell("D0304", "a reference names no cell of the layout", cell.name, ""));
        if (state[child] == open)
            throw InputError(in_cell("D0306", "cell " + quoted(layout.cells[child].name) + " contains itself",
                                     cell.name, "remove the reference that closes the cycle"));
        if (state[child] == unseen) {
            state[child] = open;
            stack.push_back({child, 0});
        }
    }
    return order;
}

/// p -> (a p.x + b p.y + x, c p.x + d p.y + y); exact for right angles and integer magnification.
struct Placement {
    double a = 1, b = 0, c = 0, d = 1, x = 0, y = 0;
    DoublePoint operator()(DoublePoint p) const { return {a * p.x + b * p.y + x, c * p.x + d * p.y + y}; }
    double magnification() const { return std::sqrt(std::abs(a * d - b * c)); }
};

Placement compose(const Placement& outer, const Placement& inner) {
    const DoublePoint at = outer({inner.x, inner.y});
    return {outer.a * inner.a + outer.b * inner.c,
            outer.a * inner.b + outer.b * inner.d,
            outer.c * inner.a + outer.d * inner.c,
            outer.c * inner.b + outer.d * inner.d,
            at.x,
            at.y};
}

Placement placement_of(const Reference& reference) {
    double cosine = std::cos(reference.angle_deg * std::numbers::pi / 180),
           sine = std::sin(reference.angle_deg * std::numbers::pi / 180);
    if (const double quarter = reference.angle_deg / 90; quarter == std::round(quarter)) {
        const int turns = static_cast<int>(std::fmod(std::fmod(quarter, 4) + 4, 4));
        cosine = std::array{1, 0, -1, 0}[static_cast<std::size_t>(turns)];
        sine = std::array{0, 1, 0, -1}[static_cast<std::size_t>(turns)];
    }
    const double m = reference.magnification, flip = reference.mirror_x ? -1 : 1;
    return {m * cosine,
            -flip * m * sine,
            m * sine,
            flip * m * cosine,
            static_cast<double>(reference.origin.x),
            static_cast<double>(reference.origin.y)};
}

struct DoubleBox {
    double x0 = HUGE_VAL, y0 = HUGE_VAL, x1 = -HUGE_VAL, y1 = -HUGE_VAL;
    bool empty() const { return x1 < x0; }
    void add(DoublePoint p) {
        x0 = std::min(x0, p.x), y0 = std::min(y0, p.y), x1 = std::max(x1, p.x), y1 = std::max(y1, p.y);
    }
    void add(const DoubleBox& b) {
        if (!b.empty()) add(DoublePoint{b.x0, b.y0}), add(DoublePoint{b.x1, b.y1});
    }
    bool touches(const DoubleBox& b) const { return x0 <= b.x1 && b.x0 <= x1 && y0 <= b.y1 && b.y0 <= y1; }
};

DoubleBox placed(const DoubleBox& box, const Placement& at) {
    DoubleBox result;
    if (box.empty()) return result;
    for (const double x : {box.x0, box.x1})
        for (const double y : {box.y0, box.y1}) result.add(at({x, y}));
    return result;
}

DoubleBox moved(const DoubleBox& box, double dx, double dy) {
    return {box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy};
}

std::span<const Point> points_of(const Cell& cell, std::uint32_t first, std::uint32_t count) {
    return std::span(cell.points).subspan(first, count);
}

DoubleBox shape_box(std::span<const Point> points, double margin) {
    DoubleBox box;
    for (const Point p : points)
        box.add(DoublePoint{p.x - margin, p.y - margin}), box.add(DoublePoint{p.x + margin, p.y + margin});
    return box;
}

/// How far a path may reach beyond its points: a mitred corner sqrt(2) half widths, or its end extensions.
double reach(const Path& path) {
    const double half = std::abs(static_cast<double>(path.width)) / 2;
    return 2 * half +
           std::max({0.0, static_cast<double>(path.begin_extension), static_cast<double>(path.end_extension)});
}

double copies(const Reference& reference) {
    return static_cast<double>(reference.columns) * static_cast<double>(reference.rows);
}

/// Box and shape count of one layer in every cell under the top, references included. Fixed-width paths (negative
/// width) reach further when a cell is shrunk, so their margin is kept apart from the scaled box.
struct Extent {
    DoubleBox box;
    double shapes = 0;
    double fixed_reach = 0;
};

std::vector<Extent> extents(const Layout& layout, const std::vector<std::uint32_t>& order, LayerKey layer) {
    std::vector<Extent> result(layout.cells.size());
    for (const std::uint32_t index : order) {
        const Cell& cell = layout.cells[index];
        Extent& own = result[index];
        for (const Boundary& b : cell.boundaries)
            if (b.layer == layer) own.box.add(shape_box(points_of(cell, b.first, b.count), 0)), own.shapes += 1;
        for (const Path& p : cell.paths)
            if (p.layer == layer) {
                own.box.add(shape_box(points_of(cell, p.first, p.count), reach(p))), own.shapes += 1;
                if (p.width < 0) own.fixed_reach = std::max(own.fixed_reach, reach(p));
            }
        for (const Reference& r : cell.references) {
            const Extent& child = result[r.cell];
            if (child.shapes == 0 || r.columns < 1 || r.rows < 1) continue;
            const DoubleBox first = placed(child.box, placement_of(r));
            const double columns = r.columns - 1, rows = r.rows - 1;
            for (const double i : {0.0, columns})
                for (const double j : {0.0, rows})
                    own.box.add(
                        moved(first, i * r.column_step.x + j * r.row_step.x, i * r.column_step.y + j * r.row_step.y));
            own.shapes += copies(r) * child.shapes;
            own.fixed_reach = std::max(own.fixed_reach, child.fixed_reach);
        }
    }
    return result;
}

/// Indices i in [0, n) with low <= i step <= high, as a half-open range.
struct IndexRange {
    std::int64_t begin, end;
};
IndexRange indices_within(std::int32_t n, double step, double low, double high) {
    if (step == 0) return low <= 0 && 0 <= high ? IndexRange{0, n} : IndexRange{0, 0};
    double a = low / step, b = high / step;
    if (a > b) std::swap(a, b);
    const double begin = std::clamp(std::ceil(a - 1e-9), 0.0, static_cast<double>(n)),
                 end = std::clamp(std::floor(b + 1e-9) + 1, begin, static_cast<double>(n));
    return {static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)};
}

struct Flattener {
    const Layout& layout;
    LayerKey layer;
    std::vector<Extent> extent;
    DoubleBox window;  ///< everything if `windowed` is false
    bool windowed;
    std::vector<Ring> rings;

    struct Frame {
        std::uint32_t cell;
        Placement at;
    };
    std::vector<Frame> stack;

    std::int32_t coordinate(double v, const Cell& cell) const {
        const double rounded = std::floor(v + 0.5);
        if (std::abs(rounded) <= 2147483647.0 || rounded == -2147483648.0) return static_cast<std::int32_t>(rounded);
        throw InputError(in_cell("D0309", "a placement leaves the 32-bit range of coordinates", cell.name,
                                 "reduce the magnification or the array"));
    }

    void keep(std::span<const DoublePoint> outline, const Frame& frame) {
        Ring ring;
        DoubleBox box;
        for (const DoublePoint p : outline) {
            const DoublePoint q = frame.at(p);
            box.add(q);
            ring.push_back({coordinate(q.x, layout.cells[frame.cell]), coordinate(q.y, layout.cells[frame.cell])});
        }
        if (windowed && !box.touches(window)) return;
        if (rings.size() >= static_cast<std::size_t>(most_shapes)) throw too_many();
        for (Ring& solid : detail::even_odd(ring)) rings.push_back(std::move(solid));
    }

    static ResourceError too_many() {
        return ResourceError("D0601", "flattening this layer would make more than 20 million shapes",
                             "choose a smaller window or cell");
    }

    void add_shapes(const Frame& frame) {
        const Cell& cell = layout.cells[frame.cell];
        std::vector<DoublePoint> outline;
        for (const Boundary& b : cell.boundaries) {
            if (b.layer != layer) continue;
            outline.clear();
            for (const Point p : points_of(cell, b.first, b.count))
                outline.push_back({static_cast<double>(p.x), static_cast<double>(p.y)});
            keep(outline, frame);
        }
        for (const Path& p : cell.paths)
            if (p.layer == layer)
                for (const auto& piece : path_pieces(points_of(cell, p.first, p.count), p, frame.at.magnification()))
                    keep(piece, frame);
    }

    void push(const Reference& r, const Placement& outer, double i, double j) {
        Placement inner = placement_of(r);
        inner.x += i * r.column_step.x + j * r.row_step.x;
        inner.y += i * r.column_step.y + j * r.row_step.y;
        const Placement at = compose(outer, inner);
        DoubleBox box = placed(extent[r.cell].box, at);
        const double margin = extent[r.cell].fixed_reach;
        box.x0 -= margin, box.y0 -= margin, box.x1 += margin, box.y1 += margin;
        if (windowed && !box.touches(window)) return;
        if (static_cast<double>(stack.size()) >= most_shapes) throw too_many();
        stack.push_back({r.cell, at});
    }

    /// Rows and columns are pushed in reverse so that shapes come out in file order. In a window, an array whose steps
    /// stay axis-parallel is restricted to the indices that can touch it.
    void push_array(const Reference& r, const Placement& outer) {
        IndexRange columns{0, r.columns}, rows{0, r.rows};
        const Placement linear{outer.a, outer.b, outer.c, outer.d, 0, 0};
        const DoublePoint u = linear({static_cast<double>(r.column_step.x), static_cast<double>(r.column_step.y)}),
                          v = linear({static_cast<double>(r.row_step.x), static_cast<double>(r.row_step.y)});
        if (windowed) {
            const DoubleBox first = placed(extent[r.cell].box, compose(outer, placement_of(r)));
            const double margin = extent[r.cell].fixed_reach;
            const double x_low = window.x0 - first.x1 - margin, x_high = window.x1 - first.x0 + margin,
                         y_low = window.y0 - first.y1 - margin, y_high = window.y1 - first.y0 + margin;
            if (u.y == 0 && v.x == 0)
                columns = indices_within(r.columns, u.x, x_low, x_high),
                rows = indices_within(r.rows, v.y, y_low, y_high);
            else if (u.x == 0 && v.y == 0)
                columns = indices_within(r.columns, u.y, y_low, y_high),
                rows = indices_within(r.rows, v.x, x_low, x_high);
        }
        if (static_cast<double>(columns.end - columns.begin) * static_cast<double>(rows.end - rows.begin) > most_shapes)
            throw too_many();
        for (std::int64_t j = rows.end; j-- > rows.begin;)
            for (std::int64_t i = columns.end; i-- > columns.begin;)
                push(r, outer, static_cast<double>(i), static_cast<double>(j));
    }

    void run(std::uint32_t top) {
        stack.push_back({top, {}});
        while (!stack.empty()) {
            const Frame frame = stack.back();
            stack.pop_back();
            add_shapes(frame);
            const auto& references = layout.cells[frame.cell].references;
            for (auto r = references.rbegin(); r != references.rend(); ++r)
                if (extent[r->cell].shapes > 0) push_array(*r, frame.at);
        }
    }
};

std::vector<std::uint32_t> top_cells(const Layout& layout) {
    std::vector<bool> used(layout.cells.size());
    for (const Cell& cell : layout.cells)
        for (const Reference& reference : cell.references)
            if (reference.cell < used.size()) used[reference.cell] = true;
    std::vector<std::uint32_t> tops;
    for (std::uint32_t k = 0; k < used.size(); ++k)
        if (!used[k]) tops.push_back(k);
    return tops;
}

std::string names(const Layout& layout, std::span<const std::uint32_t> cells) {
    std::string list;
    for (std::size_t k = 0; k < std::min<std::size_t>(cells.size(), 10); ++k)
        list += (k ? ", " : "") + quoted(layout.cells[cells[k]].name);
    return list + (cells.size() > 10 ? ", ..." : "");
}

std::uint32_t only_top_cell(const Layout& layout) {
    const auto tops = top_cells(layout);
    if (tops.size() == 1) return tops[0];
    if (layout.cells.empty()) throw InputError("D0304", "the layout has no cell");
    if (tops.empty()) throw InputError("D0306", "every cell is referenced by another: the hierarchy is a cycle");
    throw InputError("D0304", "the layout has " + std::to_string(tops.size()) + " top cells: " + names(layout, tops),
                     "name one, for example cell = \"" + escape_text(layout.cells[tops[0]].name) + "\"");
}

}  // namespace

std::uint32_t find_cell(const Layout& layout, const std::string& name) {
    if (name.empty()) return only_top_cell(layout);
    std::vector<std::string> known;
    for (std::uint32_t k = 0; k < layout.cells.size(); ++k) {
        if (layout.cells[k].name == name) return k;
        known.push_back(layout.cells[k].name);
    }
    const std::string near = nearest_name(name, known);
    throw InputError(
        "D0304", "the layout has no cell " + quoted(name),
        !near.empty() ? "did you mean " + quoted(near) + "?" : "its top cells are " + names(layout, top_cells(layout)));
}

Region flatten(const Layout& layout, std::uint32_t cell, LayerKey layer, Box window) {
    auto extent = extents(layout, bottom_up(layout, cell), layer);
    if (window.empty() && extent[cell].shapes > most_shapes) throw Flattener::too_many();
    const DoubleBox box{static_cast<double>(window.x0), static_cast<double>(window.y0), static_cast<double>(window.x1),
                        static_cast<double>(window.y1)};
    Flattener flattener{layout, layer, std::move(extent), box, !window.empty(), {}, {}};
    flattener.run(cell);
    return {layout.unit, std::move(flattener.rings)};
}

std::vector<LayerCount> layers(const Layout& layout, std::uint32_t cell) {
    std::vector<std::map<LayerKey, double>> counts(layout.cells.size());
    for (const std::uint32_t index : bottom_up(layout, cell)) {
        auto& own = counts[index];
        for (const Boundary& b : layout.cells[index].boundaries) own[b.layer] += 1;
        for (const Path& p : layout.cells[index].paths) own[p.layer] += 1;
        for (const Reference& r : layout.cells[index].references)
            for (const auto& [layer, n] : counts[r.cell]) own[layer] += copies(r) * n;
    }
    std::vector<LayerCount> result;
    constexpr double most = 9.0e18;
    for (const auto& [layer, n] : counts[cell]) result.push_back({layer, static_cast<std::size_t>(std::min(n, most))});
    return result;
}

}  // namespace damascene
