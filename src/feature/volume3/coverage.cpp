// Film thickness along the normals of the starting surface, and its means over floors and walls.
//
// From the middle of every triangle the normal is walked to the new surface (a root of phi). Where it comes nearer to
// another place of the starting surface than it has walked, two films have met and each is half of the way.
#include <algorithm>
#include <cmath>
#include <limits>

#include "feature/volume3/exposed.hpp"
#include "feature/volume3/field.hpp"

namespace damascene::feature {
namespace {

using namespace volume3;

constexpr double level = 0.9, upright = 0.35;  ///< of n_z

/// Walls mirror or continue the way of a point that leaves the box.
Vec3 folded(const Lattice3& l, Vec3 p) {
    const auto fold = [&](double x, double low, double length) {
        const double period = l.side == Side::mirror ? 2 * length : length;
        double u = std::fmod(x - low, period);
        if (u < 0) u += period;
        return low + (u > length ? period - u : u);
    };
    p.x = fold(p.x, l.origin.x, (l.n[0] - 1) * l.h);
    p.y = fold(p.y, l.origin.y, (l.n[1] - 1) * l.h);
    return p;
}

FilmPlace along(const Tiles& before, const Tiles& after, Vec3 from, Vec3 normal, double most) {
    const Lattice3& l = after.lattice;
    double way = 0, was = interpolate(after, from);
    if (was >= 0) return {0, false};
    while (way < most) {
        const double next = way + l.h * std::clamp(-0.7 * was / l.h, 0.25, 1.0);
        const Vec3 p = folded(l, from + next * normal);
        const double phi = interpolate(after, p), apart = interpolate(before, p);
        if (phi >= 0) return {way + (next - way) * was / (was - phi), false};
        if (apart < std::min(next - l.h, l.band() * (1 - 1e-9))) return {0.5 * (next + apart), true};
        way = next, was = phi;
    }
    return {most, true};
}

/// Mean by area, of free places if there are any, else of those where films met.
struct Average {
    double sum[2] = {0, 0}, area[2] = {0, 0};
    void add(const FilmPlace& f, double a) { sum[f.met] += f.thickness_nm * a, area[f.met] += a; }
    double mean() const {
        const int which = area[0] > 0 ? 0 : 1;
        return area[which] > 0 ? sum[which] / area[which] : std::numeric_limits<double>::quiet_NaN();
    }
};

}  // namespace

std::vector<FilmPlace> film_places(const TriangleMesh& mesh, const Volume& start, const Volume& end, double most) {
    const Volume room = with_room(start, end.box.z0_nm, end.box.z1_nm);
    const Tiles before = room.phi.back()->tiles(), after = end.phi.back()->tiles();
    const rays::Facets facets = rays::facets_of(mesh);
    std::vector<FilmPlace> out(mesh.triangles.size());
    parallel_for(out.size(), [&](std::size_t t) {
        out[t] = along(before, after, rays::centroid_of(mesh, static_cast<std::int32_t>(t)), facets.normal[t], most);
    });
    return out;
}

VolumeCoverage volume_coverage(const TriangleMesh& mesh, std::span<const FilmPlace> film, double h) {
    constexpr std::size_t slices = 20;
    const rays::Facets facets = rays::facets_of(mesh);
    double low = std::numeric_limits<double>::max(), high = -low;
    std::vector<double> z(mesh.triangles.size());
    for (std::size_t t = 0; t < z.size(); ++t) {
        z[t] = rays::centroid_of(mesh, static_cast<std::int32_t>(t)).z;
        if (facets.normal[t].z > level) low = std::min(low, z[t]), high = std::max(high, z[t]);
    }
    Average floor, field, middle;
    std::vector<Average> wall(slices);
    for (std::size_t t = 0; t < z.size(); ++t) {
        const double area = facets.area[t], n = facets.normal[t].z, share = (high - z[t]) / (high - low);
        if (n > level && z[t] > high - h) field.add(film[t], area);
        if (n > level && z[t] < low + h && low < high - 2 * h) floor.add(film[t], area);
        if (std::abs(n) > upright || !(share >= 0.1 && share <= 0.9)) continue;
        wall[std::min(slices - 1, static_cast<std::size_t>(share * slices))].add(film[t], area);
        if (std::abs(share - 0.5) <= 0.05) middle.add(film[t], area);
    }
    VolumeCoverage out{floor.mean(), std::numeric_limits<double>::quiet_NaN(), middle.mean(), field.mean()};
    for (const Average& w : wall)
        if (const double mean = w.mean(); std::isfinite(mean))
            out.sidewall_min = std::isnan(out.sidewall_min) ? mean : std::min(out.sidewall_min, mean);
    return out;
}

}  // namespace damascene::feature
