// Sections made three-dimensional: (x, z) endless along y, or (r, z) about z.
//
// A circle of radius r becomes a regular polygon of n corners with the circle's area: corner radius
//   r sqrt((2 pi / n) / sin(2 pi / n))
#include <cmath>
#include <numbers>

#include "damascene/feature/rays.hpp"

namespace damascene::feature {
namespace {

std::int32_t add_point(TriangleMesh& mesh, double x, double y, double z) {
    mesh.points.push_back({x, y, z});
    return static_cast<std::int32_t>(mesh.points.size() - 1);
}

void add_triangle(TriangleMesh& mesh, std::int32_t a, std::int32_t b, std::int32_t c, int material) {
    mesh.triangles.push_back({a, b, c});
    mesh.material.push_back(material);
}

using Ring = std::vector<std::int32_t>;

std::size_t chain_end(const Section& section, std::size_t chain) {
    return chain + 1 < section.chain_begin.size() ? section.chain_begin[chain + 1] : section.size();
}

// Walks every chain; place(point) makes the row of mesh points of one point of the section, strip(a, b, piece) fills.
template <class Place, class Strip>
void sweep(const Section& section, const Place& place, const Strip& strip) {
    for (std::size_t c = 0; c < section.chain_begin.size(); ++c) {
        const std::size_t begin = section.chain_begin[c], end = chain_end(section, c);
        if (begin == end) continue;
        const Ring first = place(section.pieces[begin].a);
        Ring a = first;
        for (std::size_t i = begin; i < end; ++i) {
            const bool closes = c > 0 && i + 1 == end;
            const Ring b = closes ? first : place(section.pieces[i].b);
            strip(a, b, section.pieces[i]);
            a = b;
        }
    }
}

void require(bool good, const char* message, const char* help) {
    if (!good) throw InputError("D0432", message, help);
}

// The corner on the square |x|, |y| <= half in the direction of (x, y).
std::array<double, 2> on_square(double x, double y, double half) {
    const double scale = half / std::max(std::abs(x), std::abs(y));
    const auto snapped = [half](double c) {
        return std::abs(std::abs(c) - half) < 1e-9 * half ? std::copysign(half, c) : c;
    };
    return {snapped(x * scale), snapped(y * scale)};
}

}  // namespace

TriangleMesh extruded(const Section& section, double depth_nm, int pieces_along) {
    require(section.symmetry == Symmetry::planar, "only planar sections are extruded", "use revolved");
    require(depth_nm > 0 && pieces_along > 0, "an extrusion needs a depth and pieces", "use positive values");
    TriangleMesh mesh;
    const auto place = [&](const Vec2& p) {
        Ring row;
        for (int k = 0; k <= pieces_along; ++k) row.push_back(add_point(mesh, p.x, depth_nm * k / pieces_along, p.z));
        return row;
    };
    const auto strip = [&](const Ring& a, const Ring& b, const Piece& piece) {
        for (std::size_t k = 0; k + 1 < a.size(); ++k) {
            add_triangle(mesh, a[k], b[k], b[k + 1], piece.material);
            add_triangle(mesh, a[k], b[k + 1], a[k + 1], piece.material);
        }
    };
    sweep(section, place, strip);
    return mesh;
}

TriangleMesh revolved(const Section& section, int around) {
    require(section.symmetry == Symmetry::axial, "only axial sections are revolved", "use extruded");
    require(around >= 8 && around % 8 == 0, "a revolution needs 8, 16, 24, ... facets", "use e.g. 64");
    require(section.size() > 0 && section.chain_begin.size() > 0, "the section is empty", "");
    require(section.pieces[section.chain_begin[0]].a.x == 0, "the section does not begin at its axis", "");
    const double angle = 2 * std::numbers::pi / around, scale = std::sqrt(angle / std::sin(angle));
    TriangleMesh mesh;
    Ring outer;
    const auto place = [&](const Vec2& p) {
        if (p.x == 0) return Ring(1, add_point(mesh, 0, 0, p.z));
        Ring ring;
        for (int k = 0; k < around; ++k)
            ring.push_back(add_point(mesh, scale * p.x * std::cos(k * angle), scale * p.x * std::sin(k * angle), p.z));
        return ring;
    };
    const auto strip = [&](const Ring& a, const Ring& b, const Piece& piece) {
        const auto n = static_cast<std::size_t>(around);
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t next = (k + 1) % n;
            if (b.size() > 1) add_triangle(mesh, a[a.size() > 1 ? k : 0], b[k], b[next], piece.material);
            if (a.size() > 1) add_triangle(mesh, a[k], b[b.size() > 1 ? next : 0], a[next], piece.material);
        }
        if (&piece == &section.pieces[chain_end(section, 0) - 1]) outer = b;
    };
    sweep(section, place, strip);
    const Piece last = section.pieces[chain_end(section, 0) - 1];
    const double half = 1.25 * scale * last.b.x;
    Ring frame;
    for (std::int32_t i : outer) {
        const auto p = mesh.points[static_cast<std::size_t>(i)];
        const auto corner = on_square(p[0], p[1], half);
        frame.push_back(add_point(mesh, corner[0], corner[1], p[2]));
    }
    strip(outer, frame, {last.a, last.b, last.material});
    return mesh;
}

}  // namespace damascene::feature
