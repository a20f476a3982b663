// Which solid shows. Half a cell below a triangle the unions name it; a film thinner than that is seen by the gas
// corners of the triangle's cell: there the unions without it are farther away than all of them.
#include "feature/volume3/exposed.hpp"

#include <algorithm>
#include <cmath>

#include "feature/volume3/field.hpp"

namespace damascene::feature {
namespace volume3 {
namespace {

constexpr double bare_cells = 1e-6;  ///< a layer thinner than this covers nothing

/// The gas corner of a cell that is nearest to its triangle.
Index3 gas_corner(const Tiles& top, Index3 cube, Vec3 at) {
    Index3 best = cube;
    double least = 1e300;
    for (int c = 0; c < 8; ++c) {
        const Index3 i = {cube.x + (c & 1), cube.y + (c >> 1 & 1), cube.z + (c >> 2)};
        const double d = length(top.lattice.at(i) - at);
        if (top.value(i) > 0 && d < least) least = d, best = i;
    }
    return best;
}

}  // namespace

double interpolate(const Tiles& t, Vec3 at) {
    const Lattice3& l = t.lattice;
    const auto split = [&](double x, int nodes) {
        const double u = std::clamp(x / l.h, 0.0, nodes - 1.0);
        const int i = std::min(static_cast<int>(u), nodes - 2);
        return std::pair{i, u - i};
    };
    const auto [i, a] = split(at.x - l.origin.x, l.n[0]);
    const auto [j, b] = split(at.y - l.origin.y, l.n[1]);
    const auto [k, c] = split(at.z - l.origin.z, l.n[2]);
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner)
        sum += ((corner & 1) ? a : 1 - a) * ((corner >> 1 & 1) ? b : 1 - b) * ((corner >> 2) ? c : 1 - c) *
               t.value({i + (corner & 1), j + (corner >> 1 & 1), k + (corner >> 2)});
    return sum;
}

std::vector<int> exposed_materials(const Volume& v, const Tiles& top, const Contour3& c) {
    std::vector<int> out(c.cube.size(), 0);
    if (v.phi.size() < 2) return out;
    std::vector<Tiles> lower;
    for (std::size_t m = 0; m + 1 < v.phi.size(); ++m) lower.push_back(v.phi[m]->tiles());
    const rays::Facets facets = rays::facets_of(c.mesh);
    parallel_for(out.size(), [&](std::size_t t) {
        const Vec3 at = rays::centroid_of(c.mesh, static_cast<std::int32_t>(t));
        const Vec3 below = at - 0.5 * top.lattice.h * facets.normal[t];
        const Index3 gas = gas_corner(top, c.cube[t], at);
        const double surface = top.value(gas);
        std::size_t solid = 0, seen = 0;
        while (solid < lower.size() && interpolate(lower[solid], below) >= 0) ++solid;
        while (seen < lower.size() && lower[seen].value(gas) - surface > bare_cells * top.lattice.h) ++seen;
        out[t] = static_cast<int>(std::max(solid, seen));
    });
    return out;
}

}  // namespace volume3

using namespace volume3;

TriangleMesh surface_mesh(const Volume& v) {
    if (v.phi.empty()) throw InputError("D0402", "the volume has no material");
    const Tiles top = v.phi.back()->tiles();
    Contour3 c = contour(top);
    c.mesh.material = exposed_materials(v, top, c);
    return std::move(c.mesh);
}

RayDomain ray_domain(const Volume& v) {
    return {v.box.x0_nm, v.box.x1_nm, v.box.y0_nm, v.box.y1_nm, v.box.z1_nm, v.box.side};
}

double distance_nm(const Volume& v, std::size_t material, std::array<double, 3> at) {
    if (material >= v.phi.size()) throw InputError("D0402", "the volume has no such material");
    return interpolate(v.phi[material]->tiles(), {at[0], at[1], at[2]});
}

Surface section_at(const Volume& v, double y_nm) {
    const Lattice3 l = lattice_of(v.box);
    Surface s;
    s.left = s.right = v.box.side;
    s.grid = {l.n[0], l.n[2], l.h * nm, l.h * nm, l.origin.x * nm, l.origin.z * nm};
    s.materials = v.materials;
    for (const auto& phi : v.phi) {
        const Tiles t = phi->tiles();
        Field2<double> f{s.grid, std::vector<double>(s.grid.size())};
        for (int k = 0; k < l.n[2]; ++k)
            for (int i = 0; i < l.n[0]; ++i) {
                const Vec3 p = l.at({i, 0, k});
                f.at(i, k) = interpolate(t, {p.x, y_nm, p.z});
            }
        s.phi.push_back(std::move(f));
    }
    return s;
}

}  // namespace damascene::feature
