// Mask rules: what a mask writer can make. Width and space (mask_rules_manhattan.cpp, mask_rules_all_angle.cpp), area
// of shapes and holes, edge length, curvature radius, vertex count.
//
// Curvature at a vertex: the turning angles alpha_j of the contour in a window of half-width w, weighted so that a
// circle of any radius gives exactly its curvature in the limit of fine vertices,
//   kappa(s) = sum_j alpha_j (3 / 4w) (1 - ((s_j - s) / w)^2),   w = max(R/2, 3 sqrt(R unit)),
// R = the rule. Rounding vertices to the database unit moves kappa R by up to ~1.5 R unit / w^2 and coarse vertices by
// ~8 %, so only kappa R above 1 + both is a violation. Rings made of axis-parallel edges alone have corners by design
// and are exempt.
#include <cmath>
#include <numbers>

#include "geometry/mask_rules.hpp"

namespace damascene {
namespace {

using mask_rules::Breach;

// ------------------------------------------------------------------------------------------------------------- area
double signed_area(const Ring& ring) { return area({.unit = 1 * nm, .rings = {ring}}); }

bool encloses(const Ring& ring, Point p) {  // even-odd; boundary points do not occur between merged rings
    bool inside = false;
    const double x = p.x, y = p.y;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
        const double xi = ring[i].x, yi = ring[i].y, xj = ring[j].x, yj = ring[j].y;
        if ((yi > y) != (yj > y) && x < xi + (y - yi) * (xj - xi) / (yj - yi)) inside = !inside;
    }
    return inside;
}

Box box_of(const Ring& ring) { return bounding_box({.unit = 1 * nm, .rings = {ring}}); }

bool contains(const Box& outer, const Box& inner) {
    return outer.x0 <= inner.x0 && outer.y0 <= inner.y0 && outer.x1 >= inner.x1 && outer.y1 >= inner.y1;
}

Breach breach(double value, const Box& b) {
    return {value, static_cast<double>(b.x0), static_cast<double>(b.y0), static_cast<double>(b.x1),
            static_cast<double>(b.y1)};
}

/// Area of every shape, its own holes taken out. Only rings below the limit, or with holes, need a closer look.
std::vector<Breach> small_shapes(const Region& region, double limit) {
    std::vector<Breach> out;
    std::vector<std::pair<Box, const Ring*>> outer, holes;
    for (const Ring& ring : region.rings) (signed_area(ring) > 0 ? outer : holes).push_back({box_of(ring), &ring});
    std::vector<double> areas;
    for (const auto& [box, ring] : outer) areas.push_back(signed_area(*ring));
    for (const auto& [hole_box, hole] : holes) {
        std::size_t owner = outer.size();
        for (std::size_t i = 0; i < outer.size(); ++i)
            if (contains(outer[i].first, hole_box) && encloses(*outer[i].second, hole->front()) &&
                (owner == outer.size() || signed_area(*outer[i].second) < signed_area(*outer[owner].second)))
                owner = i;
        if (owner < outer.size()) areas[owner] += signed_area(*hole);
    }
    for (std::size_t i = 0; i < outer.size(); ++i)
        if (mask_rules::below(areas[i], limit)) out.push_back(breach(areas[i], outer[i].first));
    return out;
}

std::vector<Breach> small_holes(const Region& region, double limit) {
    std::vector<Breach> out;
    for (const Ring& ring : region.rings)
        if (const double a = signed_area(ring); a < 0 && mask_rules::below(-a, limit))
            out.push_back(breach(-a, box_of(ring)));
    return out;
}

// ------------------------------------------------------------------------------------------------- edges and vertices
std::vector<Breach> short_edges(const Region& region, double limit) {
    std::vector<Breach> out;
    for (const Ring& ring : region.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Point a = ring[i], b = ring[(i + 1) % ring.size()];
            const double length = std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y);
            if (mask_rules::below(length, limit)) out.push_back(breach(length, box_of({a, b})));
        }
    return out;
}

std::vector<Breach> long_rings(const Region& region, int limit) {
    std::vector<Breach> out;
    for (const Ring& ring : region.rings)
        if (ring.size() > static_cast<std::size_t>(limit))
            out.push_back(breach(static_cast<double>(ring.size()), box_of(ring)));
    return out;
}

// --------------------------------------------------------------------------------------------------------- curvature
struct Bend {
    double arc, angle;
    Point at;
};
struct Contoured {
    std::vector<Bend> bends;
    double perimeter = 0;
};

Contoured bends_of(const Ring& ring) {
    Contoured c;
    for (std::size_t i = 0, n = ring.size(); i < n; ++i) {
        const Point p = ring[(i + n - 1) % n], q = ring[i], r = ring[(i + 1) % n];
        const double ux = static_cast<double>(q.x) - p.x, uy = static_cast<double>(q.y) - p.y;
        const double vx = static_cast<double>(r.x) - q.x, vy = static_cast<double>(r.y) - q.y;
        c.bends.push_back({c.perimeter, std::atan2(ux * vy - uy * vx, ux * vx + uy * vy), q});
        c.perimeter += std::hypot(vx, vy);
    }
    return c;
}

/// kappa at bend i; the window must be shorter than the contour.
double curvature(const Contoured& c, std::size_t i, double w) {
    const std::size_t n = c.bends.size();
    double sum = c.bends[i].angle;
    for (const int way : {+1, -1})
        for (std::size_t k = 1; k < n; ++k) {
            const Bend& b = c.bends[(i + (way > 0 ? k : n - k)) % n];
            double d = way * (b.arc - c.bends[i].arc);
            if (d < 0) d += c.perimeter;
            if (d >= w) break;
            sum += b.angle * (1 - d * d / (w * w));
        }
    return 0.75 * sum / w;
}

/// Tight bends of one ring; bends that follow each other within the window are one.
void append_tight_bends(const Ring& ring, double limit, std::vector<Breach>& out) {
    const Contoured c = bends_of(ring);
    const double w = std::max(0.5 * limit, 3 * std::sqrt(limit)), margin = 1.08 + 1.5 * limit / (w * w);
    if (c.perimeter <= 2 * w) {
        if (const double radius = c.perimeter / (2 * std::numbers::pi); radius * margin < limit)
            out.push_back(breach(radius, box_of(ring)));
        return;
    }
    double last_arc = -1e300;
    for (std::size_t i = 0; i < c.bends.size(); ++i) {
        const double kappa = std::abs(curvature(c, i, w));
        if (kappa * limit <= margin) continue;
        const Bend& b = c.bends[i];
        if (b.arc - last_arc > w) out.push_back(breach(1 / kappa, box_of({b.at})));
        Breach& run = out.back();
        run.value = std::min(run.value, 1 / kappa);
        run.x0 = std::min(run.x0, static_cast<double>(b.at.x)), run.x1 = std::max(run.x1, static_cast<double>(b.at.x));
        run.y0 = std::min(run.y0, static_cast<double>(b.at.y)), run.y1 = std::max(run.y1, static_cast<double>(b.at.y));
        last_arc = b.arc;
    }
}

std::vector<Breach> tight_bends(const Region& region, double limit) {
    std::vector<Breach> out;
    for (const Ring& ring : region.rings)
        if (!is_manhattan({.unit = region.unit, .rings = {ring}})) append_tight_bends(ring, limit, out);
    return out;
}

// -------------------------------------------------------------------------------------------------------------- report
void append(const std::vector<Breach>& breaches, const char* rule, double limit, double value_scale, double unit_nm,
            std::vector<RuleViolation>& out) {
    for (const Breach& b : breaches)
        out.push_back(
            {rule, b.value * value_scale, limit, b.x0 * unit_nm, b.y0 * unit_nm, b.x1 * unit_nm, b.y1 * unit_nm});
}

void validate(const MaskRules& rules, double unit_nm) {
    const auto check = [&](const char* name, Length rule) {
        const double value = rule.in(nm);
        if (value == 0) return;
        if (!(value > 0) || !std::isfinite(value))
            throw InputError(
                "D0418", std::string("the mask rule ") + name + " must be a positive length, or 0 to switch it off");
        if (value < unit_nm * (1 - 1e-9))
            throw InputError("D0419", std::string("the mask rule ") + name + " is smaller than the database unit",
                             "no shape on this grid can break it; raise the rule or use a finer unit");
    };
    check("min_width", rules.min_width);
    check("min_space", rules.min_space);
    check("min_edge", rules.min_edge);
    check("min_radius", rules.min_radius);
    if (!(rules.min_area.si() >= 0) || !(rules.min_hole_area.si() >= 0) || rules.max_vertices < 0)
        throw InputError("D0418", "mask rules for area and vertex count must not be negative");
}

}  // namespace

bool has_rules(const MaskRules& r) {
    const Length none{};
    return r.min_width > none || r.min_space > none || r.min_edge > none || r.min_radius > none ||
           r.min_area.si() > 0 || r.min_hole_area.si() > 0 || r.max_vertices > 0;
}

std::vector<RuleViolation> check_mask_rules(const Region& region, const MaskRules& rules) {
    const double unit = region.unit.in(nm);
    validate(rules, unit);
    const bool manhattan = is_manhattan(region);
    const double width = rules.min_width.in(nm), space = rules.min_space.in(nm), edge = rules.min_edge.in(nm);
    const double radius = rules.min_radius.in(nm), solid = rules.min_area.in(nm2), hole = rules.min_hole_area.in(nm2);
    std::vector<RuleViolation> out;
    using namespace mask_rules;
    if (width > 0)
        append(manhattan ? manhattan_widths(region, width / unit) : all_angle_widths(region, width / unit), "width",
               width, unit, unit, out);
    if (space > 0)
        append(manhattan ? manhattan_spaces(region, space / unit) : all_angle_spaces(region, space / unit), "space",
               space, unit, unit, out);
    if (solid > 0) append(small_shapes(region, solid / (unit * unit)), "area", solid, unit * unit, unit, out);
    if (hole > 0) append(small_holes(region, hole / (unit * unit)), "hole_area", hole, unit * unit, unit, out);
    if (edge > 0) append(short_edges(region, edge / unit), "edge", edge, unit, unit, out);
    if (radius > 0) append(tight_bends(region, radius / unit), "radius", radius, unit, unit, out);
    if (rules.max_vertices > 0)
        append(long_rings(region, rules.max_vertices), "vertices", rules.max_vertices, 1, unit, out);
    return out;
}

}  // namespace damascene
