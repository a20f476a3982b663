// Area-selective atomic layer deposition: full growth on some materials, islands on the others.
//
//   growth materials  gpc per cycle;   others  mean thickness of hemispherical islands that nucleate at random
//   h(n) = int_0^{G n} [1 - exp(-X(z))] dz,  X = pi N (G^2 n^2 - z^2) + pi N' int (G^2 (n - i)^2 - z^2) di
//                                                                              [Kolmogorov 1937]
// The film grows sideways over the boundary by gpc per cycle (mushroom). On other materials the islands are a film of
// their mean thickness. The same distance counts round corners and past thin walls.
#include <algorithm>
#include <cmath>

#include "damascene/feature/ald.hpp"
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Nucleation nucleation(const ParamValues& v) {
    return {.start = v.real("nuclei"),
            .per_cycle = v.real("nuclei_per_cycle"),
            .growth = v.real("gpc"),
            .inhibitor = v.real("inhibitor")};
}

bool named(const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

void check_materials(const Surface& s, const std::vector<std::string>& growth) {
    for (const std::string& name : growth)
        if (!named(s.materials, name)) {
            const std::string near = nearest_name(name, s.materials);
            throw InputError("D0409", "no material '" + name + "' to grow on",
                             near.empty() ? "one of the materials that are there" : "did you mean '" + near + "'?");
        }
}

double distance_to(const std::vector<Piece>& pieces, Vec2 p) {
    double least = 1e300;
    for (const Piece& q : pieces) {
        const Vec2 e{q.b.x - q.a.x, q.b.z - q.a.z};
        const double l2 = e.x * e.x + e.z * e.z;
        const double t = l2 > 0 ? std::clamp(((p.x - q.a.x) * e.x + (p.z - q.a.z) * e.z) / l2, 0.0, 1.0) : 0.0;
        least = std::min(least, std::hypot(p.x - q.a.x - t * e.x, p.z - q.a.z - t * e.z));
    }
    return least;
}

/// The film: every place nearer than `thickness` to the growth pieces or than `islands` to any piece. From the edge of
/// a growth area it passes over the boundary as a disc.
class Growth {
  public:
    Growth(const Surface& s, const std::vector<std::string>& growth) : start_(s) {
        all_ = section_of(s, 2 * s.h_nm()).pieces;
        for (const Piece& p : all_)
            if (named(growth, s.materials[static_cast<std::size_t>(p.material)])) seeds_.push_back(p);
    }
    Surface after(const std::string& film, double thickness, double islands) const {
        Surface s = start_;
        begin_film(s, film);
        const Grid2& g = s.grid;
        const double h = s.h_nm(), reach = std::max(thickness, islands) + 6 * h;
        parallel_for(static_cast<std::size_t>(g.ny), [&](std::size_t j) {
            for (int i = 0; i < g.nx; ++i) {
                double& phi = s.phi.back().at(i, static_cast<int>(j));
                if (std::abs(phi) > 4 * reach) continue;
                const Vec2 p{g.x0.in(nm) + i * h, g.y0.in(nm) + h * static_cast<double>(j)};
                phi = std::min({phi, distance_to(seeds_, p) - thickness, distance_to(all_, p) - islands});
            }
        });
        redistance(s);
        return s;
    }

  private:
    Surface start_;
    std::vector<Piece> all_, seeds_;
};

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    Surface s = on_grid(std::move(start), v);
    const std::vector<std::string> growth = v.texts("growth");
    check_materials(s, growth);
    const auto cycles = static_cast<double>(v.integer("cycles"));
    const Nucleation n = nucleation(v);
    const double thickness = 1e9 * n.growth * cycles, z0 = s.grid.y0.in(nm), h = s.h_nm();
    s = with_room(std::move(s), z0, z0 + h * (s.grid.ny - 1) + thickness + 10 * h);
    const Growth model(s, growth);
    ProcessOutcome out;
    out.surface = s;
    out.frames.push_back(frame_of(s, 0));
    constexpr int pictures = 12;
    for (int k = 1; k <= pictures; ++k) {
        context.check();
        const double now = cycles * k / pictures;
        const NonGrowth there = non_growth(n, now);
        out.surface = model.after(v.text("film"), 1e9 * n.growth * now, 1e9 * there.mean_thickness);
        out.frames.push_back(frame_of(out.surface, now));
        out.history.push_back({now, 1e9 * n.growth * now, neck(out.surface).gap_nm,
                               volume(out.surface, out.surface.materials.size() - 1), 0});
        context.progress(
            {"film", static_cast<double>(k) / pictures, {{"selectivity", selectivity(1, there.coverage)}}});
    }
    const NonGrowth end = non_growth(n, cycles);
    out.duration_s = cycles;
    out.field_thickness_nm = thickness;
    out.added = out.history.back().deposited;
    out.voids = voids(out.surface);
    out.extra = {
        {"thickness_growth", "film on the growth materials", thickness, "nm"},
        {"coverage_non_growth", "share of the other materials under islands", end.coverage, ""},
        {"thickness_non_growth", "mean thickness of the islands", 1e9 * end.mean_thickness, "nm"},
        {"selectivity_coverage", "(g - n)/(g + n) by coverage", selectivity(1, end.coverage), ""},
        {"selectivity_thickness", "the same by thickness", selectivity(thickness, 1e9 * end.mean_thickness), ""}};
    if (const double usable = usable_thickness(n, 0.9); std::isfinite(usable))
        out.extra.push_back(
            {"usable_90", "growth thickness up to which selectivity by coverage stays above 0.9", 1e9 * usable, "nm"});
    return out;
}

}  // namespace

extern const SurfaceModel model_area_selective;
const SurfaceModel model_area_selective = {
    .info = {.catalogue = "step",
             .name = "area-selective",
             .summary = "Area-selective ALD: grows on named materials, nucleates islands on the others.",
             .equation = "growth: gpc n;  others: int_0^{Gn} [1 - exp(-X(z))] dz of random hemispheres",
             .citation = "Kolmogorov1937",
             .params = joined({film_row("ASD film"),
                               {.name = "growth",
                                .kind = ParamKind::text_list,
                                .doc = "materials that grow from the first cycle, [\"Cu\"]"},
                               {.name = "cycles",
                                .kind = ParamKind::integer,
                                .default_text = "100",
                                .low = 1,
                                .high = 1e6,
                                .doc = "number of cycles"},
                               {.name = "gpc",
                                .unit = "nm",
                                .default_text = "0.1 nm",
                                .low = 0,
                                .high = 10,
                                .low_open = true,
                                .doc = "film per cycle",
                                .label = "recall"},
                               {.name = "nuclei",
                                .unit = "1/nm^2",
                                .default_text = "0 1/nm^2",
                                .low = 0,
                                .high = 10,
                                .doc = "on the other materials before the first cycle",
                                .label = "user"},
                               {.name = "nuclei_per_cycle",
                                .unit = "1/nm^2",
                                .default_text = "1e-6 1/nm^2",
                                .low = 0,
                                .high = 1,
                                .doc = "new ones in every cycle",
                                .label = "user"},
                               {.name = "inhibitor",
                                .default_text = "0",
                                .low = 0,
                                .high = 1,
                                .doc = "coverage by an inhibitor: scales both densities by one less it"}},
                              grid_rows())},
    .run = run,
    .transport = false};

}  // namespace damascene::feature
