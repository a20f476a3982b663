// Polish to a plane: everything above the height z is removed (emulation of CMP with an ideal stop).
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

Polyline slab(const Surface& s, double z_nm) {
    const double h = s.h_nm(), x0 = s.grid.x0.in(nm), x1 = x0 + h * (s.grid.nx - 1);
    const double z1 = s.grid.y0.in(nm) + h * (s.grid.ny - 1), margin = 20 * h;
    const double left = s.symmetry == Symmetry::axial ? -x1 - margin : x0 - margin;
    return {{left, z_nm}, {x1 + margin, z_nm}, {x1 + margin, z1 + margin}, {left, z1 + margin}};
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context&) {
    ProcessOutcome out;
    out.surface = on_grid(std::move(start), v);
    out.frames.push_back(frame_of(out.surface, 0));
    const double before = solid_volume(out.surface);
    remove_solid(out.surface, slab(out.surface, v.real("z") * 1e9));
    out.removed = before - solid_volume(out.surface);
    out.voids = voids(out.surface);
    out.frames.push_back(frame_of(out.surface, 1));
    return out;
}

}  // namespace

extern const SurfaceModel model_planarise;
const SurfaceModel model_planarise = {
    .info = {.catalogue = "step",
             .name = "planarise",
             .summary = "Ideal polish: removes everything above a height.",
             .equation = "solid <- solid where height <= z",
             .citation = "Preston1927",
             .params = joined({{.name = "z",
                                .unit = "nm",
                                .low = -1e6,
                                .high = 1e6,
                                .doc = "height of the plane; 0 = the original surface"}},
                              grid_rows())},
    .run = run,
    .transport = false};

}  // namespace damascene::feature
