// Static flux of a trench or via by rays in three dimensions: the independent check of the exchange factors.
//
// Values are means over elements, not points; every one carries its standard error.
#include <algorithm>
#include <cmath>

#include "damascene/feature/rays.hpp"

namespace damascene::feature {
namespace {

/// Half of the section when axial, the whole when planar; piece.material = index of the piece.
Section even_section(Symmetry symmetry, double aspect_ratio, int across, int down) {
    const bool axial = symmetry == Symmetry::axial;
    const double r = 0.5, left = axial ? 0 : -r, field = 0.25;
    std::vector<Vec2> points;
    if (!axial) {
        points.push_back({-r - field, 0});
        for (int k = 0; k < down; ++k) points.push_back({-r, -aspect_ratio * k / down});
    }
    for (int k = 0; k <= across; ++k) points.push_back({left + (r - left) * k / across, -aspect_ratio});
    for (int k = down - 1; k >= 0; --k) points.push_back({r, -aspect_ratio * k / down});
    points.push_back({r + field, 0});
    Section s{
        .symmetry = symmetry, .left = axial ? Side::open : Side::mirror, .right = Side::mirror, .chain_begin = {0}};
    if (axial) s.right = Side::open;
    for (std::size_t k = 0; k + 1 < points.size(); ++k)
        s.pieces.push_back({points[k], points[k + 1], static_cast<int>(k)});
    return s;
}

std::vector<std::vector<std::int32_t>> triangles_of_pieces(const TriangleMesh& mesh, std::size_t pieces) {
    std::vector<std::vector<std::int32_t>> list(pieces);
    for (std::size_t t = 0; t < mesh.material.size(); ++t) {
        const auto piece = static_cast<std::size_t>(mesh.material[t]);
        if (piece < pieces) list[piece].push_back(static_cast<std::int32_t>(t));
    }
    return list;
}

}  // namespace

HoleFlux hole_flux_by_rays(Symmetry symmetry, double aspect_ratio, double sticking, int elements, double rel_error,
                           const Context& context) {
    const bool axial = symmetry == Symmetry::axial;
    const double length = axial ? 0.5 + aspect_ratio : 1 + 2 * aspect_ratio;
    const int across =
        std::max(axial ? 2 : 3, static_cast<int>(std::lround(elements * (axial ? 0.5 : 1) / length))) | 1;
    const int down = std::max(4, static_cast<int>(std::lround(elements * aspect_ratio / length)));
    const Section section = even_section(symmetry, aspect_ratio, across, down);
    const TriangleMesh mesh = axial ? revolved(section, 64) : extruded(section, 1, 1);
    // The error is wanted of the mean over a piece; its triangles are as many independent samples.
    const double share = std::sqrt(static_cast<double>(mesh.triangles.size()) / static_cast<double>(section.size()));
    const RayFlux rays = ray_flux(mesh, box_of(mesh), {.sticking = {sticking}},
                                  {.rel_error = std::min(0.5, rel_error * share)}, context);
    const auto triangles = triangles_of_pieces(mesh, section.size());
    const auto mean_of = [&](std::size_t first, std::size_t end) {
        std::vector<std::int32_t> all;
        for (std::size_t p = first; p < end; ++p) all.insert(all.end(), triangles[p].begin(), triangles[p].end());
        return mean_flux(mesh, rays, all);
    };
    const auto d = static_cast<std::size_t>(down), a = static_cast<std::size_t>(across);
    const std::size_t bottom = axial ? 0 : 1 + d, wall = bottom + a;  // the wall is walked upwards
    HoleFlux h;
    h.elements = static_cast<int>(section.size());
    for (std::size_t k = 0; k < d; ++k) {
        const MeanFlux f = mean_of(wall + d - 1 - k, wall + d - k);
        h.depth.push_back((static_cast<double>(k) + 0.5) / down);
        h.wall.push_back(f.value), h.wall_error.push_back(f.standard_error);
    }
    for (std::size_t k = 0; k < a; ++k) {
        const MeanFlux f = mean_of(bottom + k, bottom + k + 1);
        const double centre = (static_cast<double>(k) + 0.5) / across;
        h.across.push_back(axial ? centre : centre - 0.5);
        h.bottom.push_back(f.value), h.bottom_error.push_back(f.standard_error);
    }
    const MeanFlux bottom_mean = mean_of(bottom, bottom + a), wall_mean = mean_of(wall, wall + d);
    h.wall_top = h.wall.front();
    h.wall_mid = d % 2 == 1 ? h.wall[d / 2] : 0.5 * (h.wall[d / 2 - 1] + h.wall[d / 2]);
    h.bottom_center = axial ? h.bottom.front() : h.bottom[a / 2];
    h.bottom_mean = bottom_mean.value, h.wall_mean = wall_mean.value;
    const double wall_area = axial ? 4 * aspect_ratio : 2 * aspect_ratio;  // over the area of the mouth
    h.captured_fraction = sticking * (h.bottom_mean + wall_area * h.wall_mean);
    h.error_estimate = 2 * std::max(*std::max_element(h.wall_error.begin(), h.wall_error.end()),
                                    *std::max_element(h.bottom_error.begin(), h.bottom_error.end()));
    return h;
}

}  // namespace damascene::feature
