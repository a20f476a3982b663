#include "feature/level_set/redistance.hpp"

#include <array>

#include "feature/level_set/derivatives.hpp"
#include "feature/level_set/distance.hpp"
#include "feature/level_set/materials.hpp"

namespace damascene::feature {
namespace level_set {
namespace {

constexpr double band_cells = 8;

/// Catmull-Rom weights and their derivatives at a share t of the cell.
struct Cubic {
    std::array<double, 4> w, d;
};

Cubic cubic(double t) {
    const double t2 = t * t, t3 = t2 * t;
    return {
        {0.5 * (-t3 + 2 * t2 - t), 0.5 * (3 * t3 - 5 * t2 + 2), 0.5 * (-3 * t3 + 4 * t2 + t), 0.5 * (t3 - t2)},
        {0.5 * (-3 * t2 + 4 * t - 1), 0.5 * (9 * t2 - 10 * t), 0.5 * (-9 * t2 + 8 * t + 1), 0.5 * (3 * t2 - 2 * t)}};
}

struct ValueSlope {
    double value = 0;
    Vec2 slope;
};

ValueSlope bicubic(const Lattice& l, const std::vector<double>& phi, Vec2 p) {
    const double u = (p.x - l.x0) / l.h, v = (p.z - l.z0) / l.h;
    const int i = static_cast<int>(std::floor(u)), j = static_cast<int>(std::floor(v));
    const Cubic a = cubic(u - i), b = cubic(v - j);
    ValueSlope out;
    for (int q = 0; q < 4; ++q) {
        const std::size_t row = l.index(0, l.row(j + q - 1));
        double value = 0, slope = 0;
        for (int k = 0; k < 4; ++k) {
            const double f = phi[row + static_cast<std::size_t>(l.column(i + k - 1))];
            value += a.w[static_cast<std::size_t>(k)] * f;
            slope += a.d[static_cast<std::size_t>(k)] * f;
        }
        out.value += b.w[static_cast<std::size_t>(q)] * value;
        out.slope.x += b.w[static_cast<std::size_t>(q)] * slope / l.h;
        out.slope.z += b.d[static_cast<std::size_t>(q)] * value / l.h;
    }
    return out;
}

double smooth_step(double low, double high, double x) {
    const double t = std::clamp((x - low) / (high - low), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

}  // namespace

double smooth_distance(const Lattice& l, const std::vector<double>& phi, Vec2 p, const Foot& foot) {
    Vec2 y = foot.at;
    for (int step = 0; step < 12; ++step) {
        const ValueSlope f = bicubic(l, phi, y);
        const double g2 = dot(f.slope, f.slope);
        if (g2 < 0.1) return foot.distance_nm;
        const Vec2 away = p - y, along = away - (dot(away, f.slope) / g2) * f.slope;
        const Vec2 move = along - (f.value / g2) * f.slope;
        y = y + move;
        if (norm(y - foot.at) > 0.06 * l.h) return foot.distance_nm;
        if (norm(move) < 1e-7 * l.h) return norm(p - y);
    }
    return foot.distance_nm;
}

std::vector<Piece> pieces_of(const std::vector<Chain>& chains) {
    std::vector<Piece> pieces;
    for (const Chain& c : chains)
        for (std::size_t k = 0; k + (c.closed ? 0 : 1) < c.points.size(); ++k)
            pieces.push_back({c.points[k], c.points[(k + 1) % c.points.size()], 0});
    return pieces;
}

void set_top(Surface& s, std::size_t node, double value) {
    const std::size_t top = s.phi.size() - 1;
    const double old = s.phi[top].values[node], h = s.h_nm();
    for (std::size_t m = 0; m < top; ++m) {
        double& f = s.phi[m].values[node];
        const double above = f - old;
        if (above <= bare * h)
            f = value;
        else
            f = std::max(value, f + (1 - smooth_step(0.25 * h, h, above)) * (value - old));
    }
    s.phi[top].values[node] = value;
}

std::vector<double> signed_distance(const Lattice& l, const std::vector<double>& phi, double reach, double smooth) {
    const std::vector<Foot> feet = closest_pieces(l, pieces_of(surface_chains(l, phi)), reach);
    std::vector<double> out(phi.size());
    for (std::size_t k = 0; k < phi.size(); ++k) out[k] = std::copysign(std::max(std::abs(phi[k]), reach), phi[k]);
    parallel_blocks(feet.size(), 512, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            const Foot& f = feet[k];
            const auto n = static_cast<std::size_t>(f.node);
            const Vec2 p = l.at(static_cast<int>(n % static_cast<std::size_t>(l.nx)),
                                static_cast<int>(n / static_cast<std::size_t>(l.nx)));
            const double d = f.distance_nm < smooth ? smooth_distance(l, phi, p, f) : f.distance_nm;
            out[n] = phi[n] < 0 ? -std::max(d, 1e-12 * l.h) : d;
        }
    });
    return out;
}

}  // namespace level_set

void redistance(Surface& s) {
    const level_set::Lattice l = level_set::lattice_of(s);
    const std::vector<double> d =
        level_set::signed_distance(l, s.phi.back().values, level_set::band_cells * l.h, 3 * l.h);
    for (std::size_t k = 0; k < d.size(); ++k) level_set::set_top(s, k, d[k]);
}

void offset_surface(Surface& s, double distance) {
    const level_set::Lattice l = level_set::lattice_of(s);
    std::vector<double>& top = s.phi.back().values;
    const std::vector<double> d = level_set::signed_distance(l, top, std::abs(distance) + level_set::band_cells * l.h,
                                                             std::abs(distance) + 1.5 * l.h);
    for (std::size_t k = 0; k < d.size(); ++k) {
        const double near =
            std::abs(top[k]) < 1.5 * l.h ? top[k] : d[k];  // sub-cell shifts keep the contour's own values
        top[k] = near - distance;
    }
    for (std::size_t m = 0; m + 1 < s.phi.size(); ++m)
        for (std::size_t k = 0; k < d.size(); ++k) s.phi[m].values[k] = std::max(s.phi[m].values[k], top[k]);
}

}  // namespace damascene::feature
