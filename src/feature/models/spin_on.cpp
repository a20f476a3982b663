// Spin-on film: a liquid film of given mean thickness levels over the topography, then cures.
//
//   dh/dt + d/dx [h^3/(3 eta) gamma d^3(h + z)/dx^3] = 0,  planar section between mirrors        [Orchard 1962]
//   cured thickness = shrinkage x liquid thickness;  degree of planarisation = 1 - step of top / step of base
//
// The film starts level (or, where the topography stands above the liquid, as thin as `wetting` asks) and fills what it
// can see from above. Lubrication: slopes of the liquid surface well below 1; trench walls enter as steps of the base.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "damascene/feature/film_flow.hpp"
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

/// Height of the open surface per column, nm: the highest solid.
std::vector<double> heights(const Surface& s) {
    const Field2<double>& phi = s.phi.back();
    const double h = s.h_nm(), z0 = s.grid.y0.in(nm);
    std::vector<double> z(static_cast<std::size_t>(s.grid.nx), z0);
    for (int i = 0; i < s.grid.nx; ++i)
        for (int j = s.grid.ny - 2; j >= 0; --j) {
            const double low = phi.at(i, j), high = phi.at(i, j + 1);
            if (low > 0) continue;
            z[static_cast<std::size_t>(i)] = z0 + h * (j + low / (low - high));
            break;
        }
    return z;
}

/// Cells of the flow: the nodes' columns; the end nodes stand on the mirrors and weigh half, so they are joined to
/// cells between nodes.
std::vector<double> cells_of(const std::vector<double>& node) {
    std::vector<double> cell(node.size() - 1);
    for (std::size_t i = 0; i < cell.size(); ++i) cell[i] = 0.5 * (node[i] + node[i + 1]);
    return cell;
}

/// Film of mean thickness `mean` with a level top, at least `least` everywhere.
std::vector<double> level_film(const std::vector<double>& base, double mean, double least) {
    const auto film = [&](double level) {
        std::vector<double> h(base.size());
        for (std::size_t i = 0; i < h.size(); ++i) h[i] = std::max(least, level - base[i]);
        return h;
    };
    const auto [lowest, highest] = std::minmax_element(base.begin(), base.end());
    double low = *lowest, high = *highest + mean;
    for (int k = 0; k < 80; ++k) {
        const double middle = 0.5 * (low + high);
        const std::vector<double> h = film(middle);
        const double now = std::accumulate(h.begin(), h.end(), 0.0) / static_cast<double>(h.size());
        (now < mean ? low : high) = middle;
    }
    return film(0.5 * (low + high));
}

/// Conformal in volume: the same thickness over every column.
std::vector<double> even_film(const std::vector<double>& base, double mean) {
    return std::vector<double>(base.size(), mean);
}

Polyline under(const std::vector<double>& cell_top, double x0, double h, double floor) {
    Polyline p;
    p.push_back({x0 - 20 * h, floor});
    p.push_back({x0 + h * (static_cast<double>(cell_top.size()) + 20), floor});
    p.push_back({x0 + h * (static_cast<double>(cell_top.size()) + 20), cell_top.back()});
    for (std::size_t i = cell_top.size(); i-- > 0;) p.push_back({x0 + h * (static_cast<double>(i) + 0.5), cell_top[i]});
    p.push_back({x0 - 20 * h, cell_top.front()});
    return p;
}

double range(const std::vector<double>& v) {
    const auto [low, high] = std::minmax_element(v.begin(), v.end());
    return *high - *low;
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    Surface s = on_grid(std::move(start), v);
    if (s.symmetry != Symmetry::planar)
        throw InputError("D0402", "spin-on wants a planar section", "structure.kind = \"trench\" or \"line\"");
    const double h = s.h_nm(), mean = v.real("thickness") * 1e9, shrinkage = v.real("shrinkage");
    const double z0 = s.grid.y0.in(nm), z1 = z0 + h * (s.grid.ny - 1);
    const std::vector<double> base = cells_of(heights(s));
    const double step = range(base);
    s = with_room(std::move(s), z0, std::max(z1, *std::max_element(base.begin(), base.end()) + mean + 10 * h));
    const Liquid liquid{v.real("viscosity"), v.real("surface_tension"), v.real("density")};
    const bool level = v.text("start") == "level";
    const std::vector<double> wet = level ? level_film(base, mean, std::min(0.02 * mean, h)) : even_film(base, mean);

    std::vector<double> film = wet;
    ProcessOutcome out;
    if (v.real("levelling_time") > 0 && step > 0) {
        std::vector<double> si(film), floor(base);
        for (double& t : si) t *= 1e-9;
        for (double& z : floor) z *= 1e-9;
        const Levelled result = levelled(si, floor, h * 1e-9, liquid, v.real("levelling_time"), 0, 1e-4, context);
        for (std::size_t i = 0; i < film.size(); ++i) film[i] = 1e9 * result.thickness[i];
        out.steps = result.steps;
        if (result.steepest > 0.6)
            out.warnings.push_back("slopes of " + std::to_string(result.steepest).substr(0, 4) +
                                   " on the liquid: beyond lubrication theory");
    }
    std::vector<double> top(film), liquid_top(film);
    for (std::size_t i = 0; i < film.size(); ++i) liquid_top[i] += base[i], top[i] = base[i] + shrinkage * film[i];

    out.frames.push_back(frame_of(s, 0));
    double solid = 0;
    for (std::size_t m = 0; m < s.materials.size(); ++m) solid += volume(s, m);
    begin_film(s, v.text("film"));
    add_solid(s, under(top, s.grid.x0.in(nm), h, z0 - 20 * h));
    redistance(s);
    out.added = volume(s, s.materials.size() - 1);
    const double asked = shrinkage * h * std::accumulate(film.begin(), film.end(), 0.0);
    out.mass_balance_error = std::abs(out.added - asked) / asked;
    out.voids = voids(s);
    out.frames.push_back(frame_of(s, v.real("levelling_time")));
    out.duration_s = v.real("levelling_time");
    out.field_thickness_nm = shrinkage * mean;
    if (step > 0) {
        out.extra.push_back(
            {"planarisation", "1 - step of the cured top / step of the base", 1 - range(top) / step, ""});
        out.extra.push_back({"planarisation_liquid", "the same before cure", 1 - range(liquid_top) / step, ""});
    }
    out.surface = std::move(s);
    return out;
}

}  // namespace

extern const SurfaceModel model_spin_on;
const SurfaceModel model_spin_on = {
    .info = {.catalogue = "step",
             .name = "spin-on",
             .summary = "Spin-on film: levels over topography, then shrinks on cure.",
             .equation = "dh/dt + d/dx [h^3/(3 eta) gamma d^3(h + z)/dx^3] = 0;  cured = shrinkage h",
             .citation = "Orchard1962",
             .params = joined({film_row("SOG"),
                               {.name = "thickness",
                                .unit = "nm",
                                .low = 0,
                                .high = 1e5,
                                .low_open = true,
                                .doc = "mean thickness of the liquid film over the section"},
                               {.name = "start",
                                .kind = ParamKind::choice,
                                .default_text = "conformal",
                                .doc = "the film before levelling: equal over every column, or level on top",
                                .choices = {"conformal", "level"}},
                               {.name = "levelling_time",
                                .unit = "s",
                                .default_text = "1e-3 s",
                                .low = 0,
                                .high = 1e5,
                                .doc = "time in which surface tension levels the liquid"},
                               {.name = "viscosity",
                                .unit = "Pa*s",
                                .default_text = "0.01 Pa*s",
                                .low = 0,
                                .high = 1e6,
                                .low_open = true,
                                .doc = "of the liquid"},
                               {.name = "surface_tension",
                                .unit = "N/m",
                                .default_text = "0.03 N/m",
                                .low = 0,
                                .high = 2,
                                .low_open = true,
                                .doc = "of the liquid against air",
                                .label = "recall"},
                               {.name = "density",
                                .unit = "kg/m^3",
                                .default_text = "1000 kg/m^3",
                                .low = 1,
                                .high = 2e4,
                                .doc = "of the liquid"},
                               {.name = "shrinkage",
                                .default_text = "0.85",
                                .low = 0,
                                .high = 1,
                                .low_open = true,
                                .doc = "cured over liquid thickness",
                                .label = "recall"}},
                              grid_rows())},
    .run = run,
    .transport = false};

}  // namespace damascene::feature
