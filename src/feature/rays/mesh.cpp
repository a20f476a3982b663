// What a mesh must be before rays may enter: finite, of proper triangles, inside the box, every edge shared by two
// triangles that agree on the gas side unless it lies on a wall, and facing the sky:  sum_e A_e n_z = A_box.
#include "feature/rays/mesh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace damascene::feature {
namespace rays {
namespace {

Vec3 vec(const std::array<double, 3>& p) { return {p[0], p[1], p[2]}; }

[[noreturn]] void refuse(const TriangleMesh& mesh, std::size_t triangle, const std::string& fault,
                         const std::string& help) {
    const Vec3 at = centroid_of(mesh, static_cast<std::int32_t>(triangle));
    throw InputError(
        "D0430", fmt::format("triangle {} at ({:.6g}, {:.6g}, {:.6g}) nm {}", triangle, at.x, at.y, at.z, fault), help);
}

bool finite(const Vec3& p) { return std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z); }

void check_indices(const TriangleMesh& mesh) {
    const auto count = static_cast<std::int32_t>(mesh.points.size());
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        for (std::int32_t i : mesh.triangles[t])
            if (i < 0 || i >= count)
                throw InputError("D0430", fmt::format("triangle {} names point {} of {}", t, i, count),
                                 "points are counted from 0");
}

void check_triangles(const TriangleMesh& mesh, const RayDomain& box, double tolerance) {
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t) {
        const auto id = static_cast<std::int32_t>(t);
        const Vec3 a = point_of(mesh, id, 0), b = point_of(mesh, id, 1), c = point_of(mesh, id, 2);
        if (!finite(a) || !finite(b) || !finite(c)) refuse(mesh, t, "has a coordinate that is no finite number", "");
        const double longest = std::max({length(b - a), length(c - b), length(a - c)});
        if (length(cross(b - a, c - a)) <= 1e-12 * longest * longest)
            refuse(mesh, t, "has no area", "remove it, or merge its points");
        for (const Vec3& p : {a, b, c})
            if (p.x < box.x0_nm - tolerance || p.x > box.x1_nm + tolerance || p.y < box.y0_nm - tolerance ||
                p.y > box.y1_nm + tolerance)
                refuse(mesh, t, "leaves the box", "clip the mesh at the walls or widen the box");
    }
}

// Points that differ by rounding are one point.
std::vector<std::int32_t> welded(const TriangleMesh& mesh, double tolerance) {
    const std::size_t n = mesh.points.size();
    std::vector<std::array<std::int64_t, 3>> cell(n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < 3; ++k) {
            const double p = mesh.points[i][k];
            cell[i][k] = std::isfinite(p) ? std::llround(std::clamp(p / tolerance, -9e18, 9e18)) : 0;
        }
    std::vector<std::int32_t> order(n), first(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<std::int32_t>(i);
    const auto less = [&](std::int32_t a, std::int32_t b) {
        return std::tie(cell[static_cast<std::size_t>(a)], a) < std::tie(cell[static_cast<std::size_t>(b)], b);
    };
    std::sort(order.begin(), order.end(), less);
    for (std::size_t k = 0; k < n; ++k) {
        const auto i = static_cast<std::size_t>(order[k]);
        const bool same = k > 0 && cell[i] == cell[static_cast<std::size_t>(order[k - 1])];
        first[i] = same ? first[static_cast<std::size_t>(order[k - 1])] : order[k];
    }
    return first;
}

struct Edge {
    std::int32_t low, high, triangle;
    bool forward;
};

std::vector<Edge> edges_of(const TriangleMesh& mesh, const std::vector<std::int32_t>& point) {
    std::vector<Edge> edges;
    edges.reserve(3 * mesh.triangles.size());
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        for (std::size_t k = 0; k < 3; ++k) {
            const std::int32_t a = point[static_cast<std::size_t>(mesh.triangles[t][k])],
                               b = point[static_cast<std::size_t>(mesh.triangles[t][(k + 1) % 3])];
            edges.push_back({std::min(a, b), std::max(a, b), static_cast<std::int32_t>(t), a < b});
        }
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
        return std::tie(a.low, a.high, a.triangle) < std::tie(b.low, b.high, b.triangle);
    });
    return edges;
}

bool on_one_wall(const Vec3& a, const Vec3& b, const RayDomain& box, double tolerance) {
    const auto both = [&](double p, double q, double wall) {
        return std::abs(p - wall) <= tolerance && std::abs(q - wall) <= tolerance;
    };
    return both(a.x, b.x, box.x0_nm) || both(a.x, b.x, box.x1_nm) || both(a.y, b.y, box.y0_nm) ||
           both(a.y, b.y, box.y1_nm);
}

// The lowest triangle id with a fault is the one named.
struct Fault {
    std::int32_t triangle = -1;
    const char *what = "", *help = "";
    void note(std::int32_t t, const char* fault, const char* fix) {
        if (triangle < 0 || t < triangle) *this = {t, fault, fix};
    }
};

void check_edge(const TriangleMesh& mesh, const RayDomain& box, double tolerance, std::span<const Edge> same,
                Fault& fault) {
    const auto forward = std::count_if(same.begin(), same.end(), [](const Edge& e) { return e.forward; });
    const auto backward = static_cast<std::ptrdiff_t>(same.size()) - forward;
    if (forward == backward) return;
    const Edge& e = same.front();
    const Vec3 a = vec(mesh.points[static_cast<std::size_t>(e.low)]),
               b = vec(mesh.points[static_cast<std::size_t>(e.high)]);
    if (same.size() == 1) {
        if (!on_one_wall(a, b, box, tolerance))
            fault.note(e.triangle, "has an open edge", "close the hole in the mesh");
    } else if (!on_one_wall(a, b, box, tolerance)) {
        fault.note(e.triangle, "faces the other way than its neighbour",
                   "order corners counter-clockwise seen from the gas");
    }
}

void check_edges(const TriangleMesh& mesh, const RayDomain& box, double tolerance) {
    const auto edges = edges_of(mesh, welded(mesh, tolerance));
    Fault fault;
    for (std::size_t begin = 0; begin < edges.size();) {
        std::size_t end = begin + 1;
        while (end < edges.size() && edges[end].low == edges[begin].low && edges[end].high == edges[begin].high) ++end;
        check_edge(mesh, box, tolerance, std::span(edges).subspan(begin, end - begin), fault);
        begin = end;
    }
    if (fault.triangle >= 0) refuse(mesh, static_cast<std::size_t>(fault.triangle), fault.what, fault.help);
}

void check_facing(const TriangleMesh& mesh, const RayDomain& box) {
    const Facets facets = facets_of(mesh);
    double seen = 0;
    for (std::size_t t = 0; t < facets.area.size(); ++t) seen += facets.area[t] * facets.normal[t].z;
    const double wanted = (box.x1_nm - box.x0_nm) * (box.y1_nm - box.y0_nm);
    if (std::abs(seen - wanted) <= 1e-6 * wanted) return;
    std::size_t highest = 0;
    for (std::size_t t = 0; t < facets.area.size(); ++t)
        if (centroid_of(mesh, static_cast<std::int32_t>(t)).z > centroid_of(mesh, static_cast<std::int32_t>(highest)).z)
            highest = t;
    if (std::abs(seen + wanted) <= 1e-6 * wanted)
        refuse(mesh, 0, "faces away from the gas", "order corners counter-clockwise seen from the gas");
    refuse(mesh, highest, fmt::format("belongs to a mesh that covers {:.6g} of {:.6g} nm^2 of the box", seen, wanted),
           "the surface must reach all four walls");
}

// Periodic walls: every point on one has a partner on the other.
void check_partners(const TriangleMesh& mesh, double tolerance, std::size_t axis, double low, double high) {
    using Key = std::array<std::int64_t, 2>;
    std::vector<Key> on_low, on_high;
    std::vector<std::pair<Key, std::int32_t>> named;
    const double coarse = 16 * tolerance;
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        for (std::int32_t i : mesh.triangles[t]) {
            const auto& p = mesh.points[static_cast<std::size_t>(i)];
            const bool at_low = std::abs(p[axis] - low) <= tolerance, at_high = std::abs(p[axis] - high) <= tolerance;
            if (!at_low && !at_high) continue;
            const Key key = {std::llround(p[1 - axis] / coarse), std::llround(p[2] / coarse)};
            (at_low ? on_low : on_high).push_back(key);
            named.emplace_back(key, static_cast<std::int32_t>(t));
        }
    std::sort(on_low.begin(), on_low.end());
    std::sort(on_high.begin(), on_high.end());
    const auto near = [](const std::vector<Key>& keys, const Key& k) {
        for (std::int64_t i = -1; i <= 1; ++i)
            for (std::int64_t j = -1; j <= 1; ++j)
                if (std::binary_search(keys.begin(), keys.end(), Key{k[0] + i, k[1] + j})) return true;
        return false;
    };
    for (const auto& [key, triangle] : named)
        if (!near(on_low, key) || !near(on_high, key))
            refuse(mesh, static_cast<std::size_t>(triangle), "has no partner on the opposite periodic wall",
                   "periodic walls must carry the same outline; or use mirror walls");
}

void check_box(const RayDomain& box) {
    const bool good = std::isfinite(box.x0_nm) && std::isfinite(box.x1_nm) && std::isfinite(box.y0_nm) &&
                      std::isfinite(box.y1_nm) && std::isfinite(box.source_z_nm) && box.x0_nm < box.x1_nm &&
                      box.y0_nm < box.y1_nm;
    if (!good) throw InputError("D0431", "the box of a ray computation has no extent", "needs x0 < x1 and y0 < y1");
    if (box.side == Side::open)
        throw InputError("D0431", "the walls of a ray computation cannot be open", "use mirror or periodic walls");
}

// Images of triangles that touch wall `at` along one axis; existing images are imaged too (edges of the box).
void add_images(ImagedMesh& mesh, std::size_t axis, double at, double other, Side side, double tolerance) {
    const auto coordinate = [axis](const Vec3& p) { return axis == 0 ? p.x : p.y; };
    const auto image = [&](Vec3 p) {
        double& c = axis == 0 ? p.x : p.y;
        c = side == Side::mirror ? 2 * at - c : c + other - at;
        return p;
    };
    const std::size_t count = mesh.triangles.corners.size();
    for (std::size_t t = 0; t < count; ++t) {
        std::array<Vec3, 3> corner;
        for (std::size_t k = 0; k < 3; ++k)
            corner[k] = mesh.triangles.points[static_cast<std::size_t>(mesh.triangles.corners[t][k])];
        if (std::none_of(corner.begin(), corner.end(),
                         [&](const Vec3& p) { return std::abs(coordinate(p) - at) <= tolerance; }))
            continue;
        const auto first = static_cast<std::int32_t>(mesh.triangles.points.size());
        for (const Vec3& p : corner) mesh.triangles.points.push_back(image(p));
        mesh.triangles.corners.push_back({first, first + 1, first + 2});
        mesh.parent.push_back(mesh.parent[t]);
        const std::uint8_t flip = side == Side::mirror ? static_cast<std::uint8_t>(1u << axis) : std::uint8_t{0};
        mesh.mirrored.push_back(static_cast<std::uint8_t>(mesh.mirrored[t] ^ flip));
    }
}

}  // namespace

Vec3 point_of(const TriangleMesh& mesh, std::int32_t triangle, int corner) {
    const std::int32_t i = mesh.triangles[static_cast<std::size_t>(triangle)][static_cast<std::size_t>(corner)];
    return vec(mesh.points[static_cast<std::size_t>(i)]);
}

Vec3 centroid_of(const TriangleMesh& mesh, std::int32_t t) {
    return (1.0 / 3) * (point_of(mesh, t, 0) + point_of(mesh, t, 1) + point_of(mesh, t, 2));
}

double size_of(const RayDomain& box, const TriangleMesh& mesh) {
    double low = 0, high = 0;
    if (!mesh.points.empty()) low = high = mesh.points.front()[2];
    for (const auto& p : mesh.points) low = std::min(low, p[2]), high = std::max(high, p[2]);
    return std::max({box.x1_nm - box.x0_nm, box.y1_nm - box.y0_nm, high - low});
}

Facets facets_of(const TriangleMesh& mesh) {
    Facets out;
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t) {
        const auto id = static_cast<std::int32_t>(t);
        const Vec3 a = point_of(mesh, id, 0);
        const Vec3 twice = cross(point_of(mesh, id, 1) - a, point_of(mesh, id, 2) - a);
        out.area.push_back(0.5 * length(twice));
        out.normal.push_back((1 / length(twice)) * twice);
    }
    return out;
}

// A connected piece, perhaps closed by the walls, is sealed when sum A n_z = 0 and its normals point inwards: its
// volume sum z A n_z < 0 (the walls are upright and add nothing).
std::vector<bool> sealed_triangles(const TriangleMesh& mesh) {
    const RayDomain box = box_of(mesh);
    auto root = welded(mesh, 1e-9 * size_of(box, mesh));
    const auto find = [&](std::int32_t i) {
        while (root[static_cast<std::size_t>(i)] != i) {
            root[static_cast<std::size_t>(i)] = root[static_cast<std::size_t>(root[static_cast<std::size_t>(i)])];
            i = root[static_cast<std::size_t>(i)];
        }
        return i;
    };
    for (const auto& t : mesh.triangles)
        for (std::size_t k = 1; k < 3; ++k) root[static_cast<std::size_t>(find(t[k]))] = find(t[0]);
    const Facets facets = facets_of(mesh);
    std::vector<double> level(mesh.points.size()), moment(mesh.points.size()), area(mesh.points.size());
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t) {
        const auto piece = static_cast<std::size_t>(find(mesh.triangles[t][0]));
        const double up = facets.area[t] * facets.normal[t].z;
        level[piece] += up, area[piece] += std::abs(up);
        moment[piece] += up * (centroid_of(mesh, static_cast<std::int32_t>(t)).z - box.source_z_nm);
    }
    std::vector<bool> sealed(mesh.triangles.size());
    for (std::size_t t = 0; t < sealed.size(); ++t) {
        const auto piece = static_cast<std::size_t>(find(mesh.triangles[t][0]));
        sealed[t] = std::abs(level[piece]) <= 1e-6 * area[piece] && moment[piece] < 0;
    }
    return sealed;
}

ImagedMesh with_images(const TriangleMesh& mesh, const RayDomain& box) {
    ImagedMesh out;
    for (const auto& p : mesh.points) out.triangles.points.push_back(vec(p));
    out.triangles.corners = mesh.triangles;
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t) out.parent.push_back(static_cast<std::int32_t>(t));
    out.mirrored.assign(mesh.triangles.size(), 0);
    const double tolerance = 1e-6 * size_of(box, mesh);
    const std::array<std::array<double, 2>, 2> walls = {{{box.x0_nm, box.x1_nm}, {box.y0_nm, box.y1_nm}}};
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const ImagedMesh before = out;
        for (std::size_t end = 0; end < 2; ++end) {
            ImagedMesh one = before;
            add_images(one, axis, walls[axis][end], walls[axis][1 - end], box.side, tolerance);
            const auto shift = static_cast<std::int32_t>(out.triangles.points.size() - before.triangles.points.size());
            out.triangles.points.insert(
                out.triangles.points.end(),
                one.triangles.points.begin() + static_cast<std::ptrdiff_t>(before.triangles.points.size()),
                one.triangles.points.end());
            for (std::size_t t = before.parent.size(); t < one.parent.size(); ++t) {
                auto corner = one.triangles.corners[t];
                for (auto& i : corner) i += shift;
                out.triangles.corners.push_back(corner);
                out.parent.push_back(one.parent[t]);
                out.mirrored.push_back(one.mirrored[t]);
            }
        }
    }
    return out;
}

}  // namespace rays

void check_mesh(const TriangleMesh& mesh, const RayDomain& box) {
    rays::check_box(box);
    if (mesh.triangles.empty()) throw InputError("D0430", "the mesh has no triangles");
    rays::check_indices(mesh);
    const double tolerance = 1e-9 * rays::size_of(box, mesh);
    rays::check_triangles(mesh, box, tolerance);
    rays::check_edges(mesh, box, tolerance);
    if (box.side == Side::periodic) {
        rays::check_partners(mesh, tolerance, 0, box.x0_nm, box.x1_nm);
        rays::check_partners(mesh, tolerance, 1, box.y0_nm, box.y1_nm);
    }
    rays::check_facing(mesh, box);
    double top = mesh.points[static_cast<std::size_t>(mesh.triangles[0][0])][2];
    for (const auto& t : mesh.triangles)
        for (std::int32_t i : t) top = std::max(top, mesh.points[static_cast<std::size_t>(i)][2]);
    if (box.source_z_nm < top - tolerance)
        throw InputError("D0431",
                         fmt::format("the source plane at z = {:.6g} nm lies below the highest point, {:.6g} nm",
                                     box.source_z_nm, top),
                         "raise source_z_nm");
}

RayDomain box_of(const TriangleMesh& mesh, Side side) {
    if (mesh.points.empty()) throw InputError("D0430", "the mesh has no points");
    const auto& first = mesh.points.front();
    RayDomain box = {first[0], first[0], first[1], first[1], first[2], side};
    for (const auto& p : mesh.points) {
        box.x0_nm = std::min(box.x0_nm, p[0]), box.x1_nm = std::max(box.x1_nm, p[0]);
        box.y0_nm = std::min(box.y0_nm, p[1]), box.y1_nm = std::max(box.y1_nm, p[1]);
        box.source_z_nm = std::max(box.source_z_nm, p[2]);
    }
    return box;
}

}  // namespace damascene::feature
