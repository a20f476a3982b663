// Volumes at the start: flat stacks, solids, extruded polygons, openings etched through polygons, resist.
//
//   wall of an opening:  f = (D(x, y) + bias + depth / tan(alpha)) sin(alpha),  D = distance to the polygons, < 0
//   inside
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "feature/volume3/field.hpp"
#include "feature/volume3/plan.hpp"

namespace damascene::feature {
namespace {

using namespace volume3;

void require(bool good, const std::string& message, const std::string& help = {}) {
    if (!good) throw InputError("D0402", message, help);
}

void unite_with(Volume& v, std::size_t m, const Field& solid) {
    auto sum = std::make_shared<Field>(*v.phi[m]);
    sum->unite(solid);
    v.phi[m] = std::move(sum);
}

void add_field(Volume& v, const Field& solid, const std::string& material) {
    if (v.materials.empty() || v.materials.back() != material) begin_film(v, material);
    unite_with(v, v.phi.size() - 1, solid);
}

Vec3 slope(const Tiles& t, Index3 i) {
    const Lattice3& l = t.lattice;
    const auto along = [&](Index3 low, Index3 high) {
        const auto at = [&](Index3 n) { return t.value({l.fold(0, n.x), l.fold(1, n.y), l.fold(2, n.z)}); };
        return (at(high) - at(low)) / (2 * l.h);
    };
    return {along({i.x - 1, i.y, i.z}, {i.x + 1, i.y, i.z}), along({i.x, i.y - 1, i.z}, {i.x, i.y + 1, i.z}),
            along({i.x, i.y, i.z - 1}, {i.x, i.y, i.z + 1})};
}

/// Distance to the edge of two planes at distances a, b > 0 with these normals, where the edge is nearer than either
/// plane's own foot; else the larger of both.
double to_edge(double a, double b, const Vec3& na, const Vec3& nb) {
    const double c = dot(na, nb) / (length(na) * length(nb)), s2 = 1 - c * c;
    if (!(s2 > 1e-3) || a - c * b <= 0 || b - c * a <= 0) return std::max(a, b);
    return std::sqrt((a * a + b * b - 2 * a * b * c) / s2);
}

/// max(a, -b) is no distance in the gas beside a ridge that b cuts into a.
Tiles with_ridges(Tiles rest, const Tiles& a, const Tiles& b) {
    parallel_for(rest.blocks.size(), [&](std::size_t k) {
        for (int n = 0; n < block_nodes; ++n) {
            if (!rest.holds(rest.blocks[k], n)) continue;
            const Index3 i = node_of(rest.blocks[k], n);
            const double to_a = a.value(i), to_b = -b.value(i), band = rest.lattice.band();
            if (!(to_a > 0 && to_b > 0 && std::max(to_a, to_b) < band)) continue;
            rest.phi[k * block_nodes + static_cast<std::size_t>(n)] =
                std::min(band, to_edge(to_a, to_b, slope(a, i), -1.0 * slope(b, i)));
        }
    });
    return trimmed(rest);
}

void remove_field(Volume& v, const Field& solid) {
    const Tiles removed = solid.tiles();
    for (auto& phi : v.phi) {
        Field rest(*phi);
        rest.subtract(solid);
        phi = field(with_ridges(rest.tiles(), phi->tiles(), removed));
    }
}

Solid half_space(double z) {
    return [z](double, double, double at) { return at - z; };
}

// Values farther than the reach of a plan must still be beyond the band where blocks are sampled at their centres.
double reach_for(const Lattice3& l, double offset, double least_sine) {
    return offset + (l.band() + 8 * l.h) / least_sine;
}

struct Slope {
    double top, bottom, offset, tangent, sine;  ///< offset at the top; inverse tangent of the wall's angle
};

std::vector<Slope> slopes_of(double z, std::span<const EtchLayer> layers, double& widest, double& least_sine) {
    std::vector<Slope> out;
    double offset = 0;
    for (const EtchLayer& layer : layers) {
        require(layer.depth_nm > 0 && std::isfinite(layer.depth_nm), "an etched layer has no depth", "use a depth > 0");
        require(layer.sidewall_deg >= 30 && layer.sidewall_deg <= 150,
                fmt::format("a sidewall of {:.6g} deg is out of range", layer.sidewall_deg),
                "30 to 150 deg, 90 = upright");
        require(std::isfinite(layer.bias_nm), "the bias is no finite number");
        const double angle = layer.sidewall_deg * std::numbers::pi / 180;
        offset += layer.bias_nm;
        const double inverse = layer.sidewall_deg == 90 ? 0.0 : 1 / std::tan(angle);
        out.push_back({z, z - layer.depth_nm, offset, inverse, std::sin(angle)});
        widest = std::max({widest, std::abs(offset), std::abs(offset + layer.depth_nm * inverse)});
        least_sine = std::min(least_sine, std::sin(angle));
        offset += layer.depth_nm * inverse;
        z -= layer.depth_nm;
    }
    return out;
}

// An opening: below its floor f rises with depth; a wall's line goes on above the first layer upright.
double opening(const std::vector<Slope>& slopes, double plan, double z) {
    double f = 1e300;
    for (std::size_t k = 0; k < slopes.size(); ++k) {
        const Slope& s = slopes[k];
        const double wall =
            (plan + s.offset + std::max(0.0, s.top - z) * s.tangent) * (z > s.top && k == 0 ? 1.0 : s.sine);
        const double cap = k == 0 ? -1e300 : z - s.top;
        f = std::min(f, std::max({wall, s.bottom - z, cap}));
    }
    return f;
}

}  // namespace

VolumeBox box_around(double x0, double y0, double x1, double y1, double z0, double z1, double h, Side side) {
    require(h > 0 && x1 > x0 && y1 > y0 && z1 > z0, "the box has no extent", "needs low < high and h > 0");
    const auto cells = [h](double length) { return h * std::ceil(length / h - 1e-6); };
    return {x0, x0 + cells(x1 - x0), y0, y0 + cells(y1 - y0), z0, z0 + cells(z1 - z0), h, side};
}

Volume flat_volume(const VolumeBox& box, const std::string& substrate, double z, std::span<const Layer> stack) {
    const Lattice3 l = lattice_of(box);
    Volume v{box, {substrate}, {field(sampled(l, half_space(z)))}};
    for (const Layer& layer : stack) {
        require(layer.thickness_nm > 0, "layer '" + layer.material + "' has no thickness", "use a thickness > 0");
        z += layer.thickness_nm;
        v.materials.push_back(layer.material);
        v.phi.push_back(field(sampled(l, half_space(z))));
    }
    require(z < box.z1_nm, "the stack reaches the top of the box", fmt::format("its top is at {:.6g} nm: raise z1", z));
    return v;
}

Solid sphere_solid(std::array<double, 3> c, double r) {
    return [=](double x, double y, double z) {
        return std::sqrt((x - c[0]) * (x - c[0]) + (y - c[1]) * (y - c[1]) + (z - c[2]) * (z - c[2])) - r;
    };
}

Solid box_solid(std::array<double, 3> low, std::array<double, 3> high) {
    return [=](double x, double y, double z) {
        const double dx = std::max(low[0] - x, x - high[0]), dy = std::max(low[1] - y, y - high[1]),
                     dz = std::max(low[2] - z, z - high[2]);
        const auto beyond = [](double d) { return std::max(d, 0.0); };
        const double out = std::sqrt(beyond(dx) * beyond(dx) + beyond(dy) * beyond(dy) + beyond(dz) * beyond(dz));
        return out > 0 ? out : std::max({dx, dy, dz});
    };
}

void begin_film(Volume& v, const std::string& material) {
    const auto below = v.phi.empty() ? field(all_gas(lattice_of(v.box))) : v.phi.back();
    v.materials.push_back(material);
    v.phi.push_back(below);
}

void add_solid(Volume& v, const Solid& solid, const std::string& material) {
    add_field(v, Field(sampled(lattice_of(v.box), solid)), material);
}

void remove_solid(Volume& v, const Solid& solid) { remove_field(v, Field(sampled(lattice_of(v.box), solid))); }

void add_extrusion(Volume& v, const Region& region, double z0, double z1, const std::string& material) {
    require(z1 > z0, "an extrusion has no height", "needs z0 < z1");
    const Lattice3 l = lattice_of(v.box);
    const Plan plan = plan_of(region, l, reach_for(l, 0, 1));
    add_solid(
        v,
        [&](double x, double y, double z) {
            return std::max({value_at(plan, l, x, y), z - z1, z0 - z});
        },
        material);
}

void etch(Volume& v, const Region& openings, double z, std::span<const EtchLayer> layers) {
    require(!layers.empty(), "an etch has no layer", "give at least one depth");
    double widest = 0, least_sine = 1;
    const std::vector<Slope> slopes = slopes_of(z, layers, widest, least_sine);
    const Lattice3 l = lattice_of(v.box);
    const Plan plan = plan_of(openings, l, reach_for(l, widest, least_sine));
    remove_solid(v, [&](double x, double y, double at) { return opening(slopes, value_at(plan, l, x, y), at); });
}

void add_resist(Volume& v, const Profile& profile, double z0, const std::string& material) {
    require(profile.thickness_nm > 0 && !profile.levels.empty(), "the profile has no resist",
            "needs a thickness and at least one level");
    const Lattice3 l = lattice_of(v.box);
    std::vector<Plan> plans;
    for (std::size_t k = 0; k < profile.levels.size(); ++k) {
        require(k == 0 || profile.levels[k].z_nm > profile.levels[k - 1].z_nm, "the levels of the profile do not rise");
        plans.push_back(plan_of(profile.levels[k].opening, l, reach_for(l, 0, 0.25)));
    }
    add_solid(
        v,
        [&](double x, double y, double z) {
            const auto& levels = profile.levels;
            std::size_t k = 0;
            while (k + 2 < levels.size() && levels[k + 1].z_nm < z - z0) ++k;
            double open = value_at(plans[k], l, x, y), slope = 0;
            if (levels.size() > 1) {
                const double next = value_at(plans[k + 1], l, x, y), step = levels[k + 1].z_nm - levels[k].z_nm;
                const double u = (z - z0 - levels[k].z_nm) / step;
                slope = u > 0 && u < 1 ? (next - open) / step : 0;
                open += std::clamp(u, 0.0, 1.0) * (next - open);
            }
            return std::max({-open / std::sqrt(1 + slope * slope), z - z0 - profile.thickness_nm, z0 - z});
        },
        material);
}

}  // namespace damascene::feature
