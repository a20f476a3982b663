// Motion of the surface: phi_t + V |grad phi| = 0 in the band, Godunov's Hamiltonian [Osher & Fedkiw 2003] with the
// one-sided derivatives of the planar schemes; V of the nearest triangle.
#include <algorithm>
#include <cmath>

#include "feature/level_set/derivatives.hpp"
#include "feature/volume3/exposed.hpp"
#include "feature/volume3/field.hpp"
#include "feature/volume3/front.hpp"

namespace damascene::feature {
namespace {

using namespace volume3;
using level_set::OneSided;
using level_set::square;

double upwind(double speed, OneSided d) {
    if (speed < 0) std::swap(d.minus, d.plus);
    return std::max(square(std::max(d.minus, 0.0)), square(std::min(d.plus, 0.0)));
}

template <SpaceOrder order>
OneSided derivative(const Halo<double>& f, int n, int dx, int dy, int dz, double inverse_h) {
    constexpr int reach = order == SpaceOrder::first ? 1 : order == SpaceOrder::weno3 ? 2 : 3;
    const int x = n >> 6, y = n >> 3 & 7, z = n & 7;
    double d[6];
    double before = f.at(x - reach * dx, y - reach * dy, z - reach * dz);
    for (int k = -reach; k < reach; ++k) {
        const double next = f.at(x + (k + 1) * dx, y + (k + 1) * dy, z + (k + 1) * dz);
        d[k + 3] = (next - before) * inverse_h;
        before = next;
    }
    return level_set::one_sided<order>(d);
}

// phi - dt V |grad phi|, in the band; elsewhere phi.
template <SpaceOrder order>
std::vector<double> advanced(const Tiles& t, const std::vector<double>& speed, double dt) {
    constexpr int reach = order == SpaceOrder::first ? 1 : order == SpaceOrder::weno3 ? 2 : 3;
    std::vector<double> out = t.phi;
    const double band = t.lattice.band(), inverse_h = 1 / t.lattice.h;
    parallel_for(t.blocks.size(), [&](std::size_t b) {
        Halo<double> f;
        gather_phi(t, t.blocks[b], reach, reach, f);
        for (int n = 0; n < block_nodes; ++n) {
            const std::size_t k = b * block_nodes + static_cast<std::size_t>(n);
            if (speed[k] == 0 || std::abs(t.phi[k]) >= band || !t.holds(t.blocks[b], n)) continue;
            const double slope = std::sqrt(upwind(speed[k], derivative<order>(f, n, 1, 0, 0, inverse_h)) +
                                           upwind(speed[k], derivative<order>(f, n, 0, 1, 0, inverse_h)) +
                                           upwind(speed[k], derivative<order>(f, n, 0, 0, 1, inverse_h)));
            out[k] = std::clamp(t.phi[k] - dt * speed[k] * slope, -band, band);
        }
    });
    return out;
}

std::vector<double> advanced(const Tiles& t, const std::vector<double>& speed, double dt, SpaceOrder order) {
    if (order == SpaceOrder::first) return advanced<SpaceOrder::first>(t, speed, dt);
    if (order == SpaceOrder::weno3) return advanced<SpaceOrder::weno3>(t, speed, dt);
    return advanced<SpaceOrder::weno5>(t, speed, dt);
}

std::vector<double> mixed(const std::vector<double>& a, const std::vector<double>& b, double w) {
    std::vector<double> out(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) out[i] = (1 - w) * a[i] + w * b[i];
    return out;
}

// Strong stability preserving Runge-Kutta [Gottlieb & Shu 1998].
void substep(Tiles& t, const std::vector<double>& speed, double dt, const MotionOptions& o) {
    const std::vector<double> start = t.phi;
    t.phi = advanced(t, speed, dt, o.space);
    if (o.time == TimeOrder::euler) return;
    std::vector<double> second = advanced(t, speed, dt, o.space);
    if (o.time == TimeOrder::rk2) {
        t.phi = mixed(start, second, 0.5);
        return;
    }
    t.phi = mixed(start, second, 0.25);
    t.phi = mixed(start, advanced(t, speed, dt, o.space), 2.0 / 3);
}

std::vector<double> extended(const Nearest& near, std::span<const double> speed) {
    std::vector<double> out(near.triangle.size(), 0.0);
    for (std::size_t k = 0; k < out.size(); ++k)
        if (near.triangle[k] >= 0) out[k] = speed[static_cast<std::size_t>(near.triangle[k])];
    return out;
}

// Of the corner of the triangle's cell that is nearest to it.
double carried(const Tiles& t, const std::vector<double>& rate, const Contour3& c, std::size_t triangle) {
    const Vec3 at = rays::centroid_of(c.mesh, static_cast<std::int32_t>(triangle));
    const auto nearest = [&](double x, double low, int lowest) {
        return lowest + (x - low > (lowest + 0.5) * t.lattice.h ? 1 : 0);
    };
    const Index3 cube = c.cube[triangle];
    const Index3 i = {nearest(at.x, t.lattice.origin.x, cube.x), nearest(at.y, t.lattice.origin.y, cube.y),
                      nearest(at.z, t.lattice.origin.z, cube.z)};
    const int s = t.slot[t.number({i.x / edge, i.y / edge, i.z / edge})];
    return s < 0 ? 0 : rate[static_cast<std::size_t>(s) * block_nodes + static_cast<std::size_t>(place_in_block(i))];
}

double swept_rate(const TriangleMesh& mesh, std::span<const double> speed) {
    const std::vector<double> area = front_areas(mesh, speed);
    double sum = 0;
    for (std::size_t t = 0; t < speed.size(); ++t) sum += speed[t] * area[t];
    return sum;
}

// The same on the surface that has moved: every triangle takes the speed carried to the corners of its cell.
double swept_rate(const Tiles& moved, const std::vector<double>& rate) {
    const Contour3 c = contour(moved);
    std::vector<double> speed(c.cube.size());
    parallel_for(speed.size(), [&](std::size_t t) { speed[t] = carried(moved, rate, c, t); });
    return swept_rate(c.mesh, speed);
}

// What the motion removed from the top is gone from all the unions below.
void confine(Volume& v) {
    for (std::size_t m = 0; m + 1 < v.phi.size(); ++m) {
        auto rest = std::make_shared<Field>(*v.phi[m]);
        rest->intersect(*v.phi.back());
        v.phi[m] = std::move(rest);
    }
}

void check_speeds(const TriangleMesh& mesh, const Contour3& c, std::span<const double> speed, double duration) {
    if (mesh.triangles.size() != c.mesh.triangles.size() || speed.size() != mesh.triangles.size())
        throw InputError("D0402", "the speeds do not belong to the volume's mesh", "one per triangle of surface_mesh");
    for (double s : speed)
        if (!std::isfinite(s)) throw InputError("D0402", "a speed is no finite number");
    if (!(duration >= 0) || !std::isfinite(duration)) throw InputError("D0402", "a duration below 0 or without end");
}

}  // namespace

VolumeMotion move(Volume& v, const TriangleMesh& mesh, std::span<const double> speed, double duration,
                  const MotionOptions& o) {
    if (v.phi.empty()) throw InputError("D0402", "the volume has no material");
    const Tiles before = v.phi.back()->tiles();
    Contour3 c = contour(before);
    check_speeds(mesh, c, speed, duration);
    VolumeMotion report;
    double fastest = 0, slowest = 0;
    for (double s : speed) fastest = std::max(fastest, s), slowest = std::min(slowest, s);
    const double largest = std::max(fastest, -slowest), h = before.lattice.h;
    if (largest * duration > 0) {
        if (!(largest * duration <= 1.5 * h * (1 + 1e-9)))
            throw InputError("D0402", "one move carries the surface more than 1.5 cells", "use shorter moves");
        Nearest near = nearest_triangles(before, c);
        const std::vector<double> rate = extended(near, speed);
        const double exact = std::ceil(std::sqrt(3.0) * largest * duration / (o.cfl * h) - 1e-9);
        report.substeps = std::max(1, static_cast<int>(exact));
        for (int k = 0; k < report.substeps; ++k) substep(near.tiles, rate, duration / report.substeps, o);
        report.swept = 0.5 * (swept_rate(c.mesh, speed) + swept_rate(near.tiles, rate)) * duration;
        v.phi.back() = field(trimmed(near.tiles));  // a distance again when the next move begins
        if (slowest < 0) confine(v);
        const double change = solid_volume(near.tiles) - solid_volume(before);
        (change > 0 ? report.added : report.removed) = std::abs(change);
    }
    return report;
}

void offset_surface(Volume& v, double distance_nm) {
    if (v.phi.empty()) throw InputError("D0402", "the volume has no material");
    if (!std::isfinite(distance_nm)) throw InputError("D0402", "the offset is no finite number");
    Tiles t = v.phi.back()->tiles();
    const double largest = 2.5 * t.lattice.h;
    const int moves = static_cast<int>(std::ceil(std::abs(distance_nm) / largest - 1e-9));
    for (int k = 0; k < moves; ++k) {
        for (double& f : t.phi) f = std::clamp(f - distance_nm / moves, -t.lattice.band(), t.lattice.band());
        t = trimmed(nearest_triangles(t, contour(t)).tiles);
    }
    v.phi.back() = field(t);
    if (distance_nm < 0) confine(v);
}

}  // namespace damascene::feature
