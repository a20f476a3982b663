// Arrival through a gas by rays in three dimensions: sections made solid, triangles gathered back to their pieces.
//
//   free path -lambda ln U, then a direction evenly over the sphere; Kn = lambda / opening
#include "damascene/feature/gas_arrival.hpp"

#include <algorithm>
#include <cmath>

namespace damascene::feature {
namespace {

constexpr int facets = 32;

Section with_piece_numbers(Section section) {
    for (std::size_t k = 0; k < section.size(); ++k) section.pieces[k].material = static_cast<int>(k);
    return section;
}

std::vector<std::vector<std::int32_t>> triangles_of(const TriangleMesh& mesh, std::size_t pieces) {
    std::vector<std::vector<std::int32_t>> list(pieces);
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        list[static_cast<std::size_t>(mesh.material[t])].push_back(static_cast<std::int32_t>(t));
    return list;
}

double width_of(const Section& section) {
    double left = section.pieces.front().a.x, right = left;
    for (const Piece& p : section.pieces)
        left = std::min({left, p.a.x, p.b.x}), right = std::max({right, p.a.x, p.b.x});
    return right - left;
}

}  // namespace

GasArrival gas_arrival(const Section& section, std::span<const double> sticking, const Beam& beam,
                       double mean_free_path_nm, const RayOptions& options, const Context& context) {
    const Section numbered = with_piece_numbers(section);
    const bool axial = section.symmetry == Symmetry::axial;
    const TriangleMesh mesh = axial ? revolved(numbered, facets) : extruded(numbered, 0.25 * width_of(section), 1);
    RaySpecies species{.beam = beam, .mean_free_path_nm = mean_free_path_nm};
    for (const int piece : mesh.material) species.sticking.push_back(sticking[static_cast<std::size_t>(piece)]);
    RayOptions rays = options;  // the triangles of a piece are as many samples of its mean
    rays.rel_error = std::min(0.5, options.rel_error * std::sqrt(static_cast<double>(mesh.triangles.size()) /
                                                                 static_cast<double>(section.size())));
    const RayFlux flux = ray_flux(mesh, box_of(mesh), species, rays, context);
    const auto triangles = triangles_of(mesh, section.size());
    GasArrival out;
    for (const auto& list : triangles) {
        const MeanFlux mean = list.empty() ? MeanFlux{} : mean_flux(mesh, flux, list);
        out.incident.push_back(mean.value), out.standard_error.push_back(mean.standard_error);
        out.missed += mean.standard_error > 1.5 * options.rel_error * std::max(mean.value, 0.01);
    }
    out.rays = flux.rays;
    out.balance_error =
        std::abs(flux.entering - flux.captured - flux.escaped - flux.roulette - flux.lost) / flux.entering;
    return out;
}

}  // namespace damascene::feature
