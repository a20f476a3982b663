// Static flux profiles of a closed trench or via: vertical walls, level field, thermal gas, constant sticking.
//
// Elements grow with the distance from the mouth; the last ones before the mouth and the bottom corner are split in
// halves six times. The solution holds mean values; point values are the slope of the polynomial through the cumulated
// flux at the nearest bounds. Everything is solved on a mesh and on the same mesh halved, and extrapolated for errors
// of order h^2 [Richardson 1911].
#include <algorithm>
#include <cmath>
#include <string>

#include "damascene/feature/transport.hpp"

namespace damascene::feature {

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

constexpr int splits = 6;

/// Splits the elements at the ends of sorted bounds in halves towards the end.
std::vector<double> split_ends(std::vector<double> b, bool low, bool high) {
    const double first = b[1] - b[0], last = b[b.size() - 1] - b[b.size() - 2], end = b.back();
    for (int k = 1; k <= splits; ++k) {
        if (low) b.push_back(std::ldexp(first, -k));
        if (high) b.push_back(end - std::ldexp(last, -k));
    }
    std::sort(b.begin(), b.end());
    return b;
}

std::vector<double> halved(const std::vector<double>& b) {
    std::vector<double> out{b[0]};
    for (std::size_t k = 1; k < b.size(); ++k) out.insert(out.end(), {0.5 * (b[k - 1] + b[k]), b[k]});
    return out;
}

/// `count` elements down a wall: 0.6 of them evenly, the others at a density 1 / (z + 1/2), z in openings.
std::vector<double> wall_bounds(double depth, int count) {
    const double whole = std::log1p(2 * depth);
    auto share = [&](double z) { return 0.6 * z / depth + 0.4 * std::log1p(2 * z) / whole; };
    std::vector<double> b{0};
    for (int k = 1; k < count; ++k) {
        double low = b.back(), high = depth;
        for (int step = 0; step < 60; ++step) {
            const double z = 0.5 * (low + high);
            (share(z) * count < k ? low : high) = z;
        }
        b.push_back(low);
    }
    b.push_back(depth);
    return b;
}

std::vector<double> even_bounds(double length, int count) {
    std::vector<double> b;
    for (int k = 0; k <= count; ++k) b.push_back(length * k / count);
    return b;
}

/// Bounds of the elements in lengths of the opening: from the axis across the bottom, down the wall.
struct Mesh {
    std::vector<double> radius, depth;
};

/// A trench has two of each element, a via one.
Mesh coarse_mesh(double aspect_ratio, int elements) {
    const int even = std::max(8, elements - 3 * splits);
    const int across = std::max(4, static_cast<int>(std::lround(even * 0.5 / (0.5 + aspect_ratio))));
    return {split_ends(even_bounds(0.5, across), false, true),
            split_ends(wall_bounds(aspect_ratio, std::max(4, even - across)), true, true)};
}

/// Bottom outwards, wall upwards, one level piece of the field.
Section half_section(Symmetry symmetry, const Mesh& m) {
    Section s{
        .symmetry = symmetry, .left = symmetry == Symmetry::planar ? Side::mirror : Side::open, .chain_begin = {0}};
    const double depth = m.depth.back(), wall = m.radius.back();
    for (std::size_t k = 0; k + 1 < m.radius.size(); ++k)
        s.pieces.push_back({{m.radius[k], -depth}, {m.radius[k + 1], -depth}});
    for (std::size_t k = m.depth.size() - 1; k > 0; --k)
        s.pieces.push_back({{wall, -m.depth[k]}, {wall, -m.depth[k - 1]}});
    s.pieces.push_back({{wall, 0}, {2 * wall, 0}});
    return s;
}

/// Slope at x of the polynomial through (b_k, sum_k) at the `nodes` bounds nearest to x.
double slope_at(const std::vector<double>& b, const std::vector<double>& sum, double x, int nodes) {
    const int n = static_cast<int>(b.size()), use = std::min(nodes, n);
    int first = static_cast<int>(std::lower_bound(b.begin(), b.end(), x) - b.begin()) - use / 2;
    first = std::clamp(first, 0, n - use);
    double slope = 0;
    for (int k = first; k < first + use; ++k) {
        double weight = 0;  // derivative of the cardinal polynomial of bound k
        for (int skip = first; skip < first + use; ++skip) {
            if (skip == k) continue;
            double product = 1 / (b[at(k)] - b[at(skip)]);
            for (int m = first; m < first + use; ++m)
                if (m != k && m != skip) product *= (x - b[at(m)]) / (b[at(k)] - b[at(m)]);
            weight += product;
        }
        slope += weight * (sum[at(k)] - sum[at(first)]);
    }
    return slope;
}

/// Flux as a function of place from mean values between bounds.
struct Profile1 {
    std::vector<double> bound, cumulated{0};
    void add(double mean) {
        const std::size_t k = cumulated.size();
        cumulated.push_back(cumulated.back() + mean * (bound[k] - bound[k - 1]));
    }
    double value(double x) const { return slope_at(bound, cumulated, x, 4); }
    double mean() const { return cumulated.back() / (bound.back() - bound.front()); }
};

/// Bounds of the bottom for the profile: r^2 in a via (means are over rings), x on both sides of the middle in a
/// trench.
std::vector<double> bottom_bounds(Symmetry symmetry, const Mesh& m) {
    std::vector<double> b;
    if (symmetry == Symmetry::planar)
        for (std::size_t k = m.radius.size() - 1; k > 0; --k) b.push_back(-m.radius[k]);
    for (double r : m.radius) b.push_back(symmetry == Symmetry::axial ? r * r : r);
    return b;
}

/// `places` gives the mesh at whose middles the profiles are wanted.
HoleFlux solve(Symmetry symmetry, const Mesh& m, const Mesh& places, double sticking, const Context& context) {
    const double aspect_ratio = m.depth.back();
    const Section section = half_section(symmetry, m);
    const ViewFactors f = view_factors(section, context);
    const std::vector<double> s(section.size(), sticking);
    const std::vector<double> flux = diffuse_flux(f, s, f.sky).incident;
    const int across = static_cast<int>(m.radius.size()) - 1, down = static_cast<int>(m.depth.size()) - 1;
    Profile1 bottom{.bound = bottom_bounds(symmetry, m)}, wall{.bound = m.depth};
    if (symmetry == Symmetry::planar)
        for (int k = across - 1; k >= 0; --k) bottom.add(flux[at(k)]);
    for (int k = 0; k < across; ++k) bottom.add(flux[at(k)]);
    for (int k = 0; k < down; ++k) wall.add(flux[at(across + down - 1 - k)]);
    HoleFlux h{.wall_top = wall.value(0),
               .wall_mid = wall.value(aspect_ratio / 2),
               .bottom_center = bottom.value(0),
               .bottom_mean = bottom.mean(),
               .wall_mean = wall.mean(),
               .elements = (symmetry == Symmetry::planar ? 2 : 1) * (across + down)};
    for (std::size_t k = 0; k + 1 < places.depth.size(); ++k) {
        const double z = 0.5 * (places.depth[k] + places.depth[k + 1]);
        h.depth.push_back(z / aspect_ratio), h.wall.push_back(wall.value(z));
    }
    for (std::size_t k = 0; k + 1 < places.radius.size(); ++k) {
        const double r = 0.5 * (places.radius[k] + places.radius[k + 1]);
        h.across.push_back(symmetry == Symmetry::axial ? 2 * r : r);
        h.bottom.push_back(bottom.value(symmetry == Symmetry::axial ? r * r : r));
    }
    double entering = 0, captured = 0;
    for (int k = 0; k < across + down; ++k) {
        entering += f.area[at(k)] * f.sky[at(k)];
        captured += f.area[at(k)] * sticking * flux[at(k)];
    }
    h.captured_fraction = captured / entering;
    return h;
}

constexpr double deepest = 1e5;           ///< aspect ratio; beyond, the mouth is below the rounding of the depth
constexpr int fewest = 16, most = 20000;  ///< elements

void check(double aspect_ratio, double sticking, int elements) {
    if (!(aspect_ratio > 0 && aspect_ratio <= deepest))
        throw InputError("D0201", "the aspect ratio of a hole must lie above 0 and up to 1e5");
    if (!(sticking > 0 && sticking <= 1)) throw InputError("D0201", "a sticking probability must lie in (0, 1]");
    if (elements < fewest || elements > most)
        throw InputError("D0201", "a hole is cut into 16 to 20000 elements, not " + std::to_string(elements));
}

}  // namespace

HoleFlux hole_flux(Symmetry symmetry, double aspect_ratio, double sticking, int elements, const Context& context) {
    check(aspect_ratio, sticking, elements);
    const Mesh coarse = coarse_mesh(aspect_ratio, symmetry == Symmetry::planar ? elements / 4 : elements / 2);
    const Mesh fine{halved(coarse.radius), halved(coarse.depth)};
    HoleFlux h = solve(symmetry, fine, fine, sticking, context);
    const HoleFlux half = solve(symmetry, coarse, fine, sticking, context);
    auto extrapolate = [](double& value, double before) {
        const double change = (value - before) / 3;
        value += change;
        return std::abs(change);
    };
    for (double HoleFlux::*value : {&HoleFlux::wall_top, &HoleFlux::wall_mid, &HoleFlux::bottom_center,
                                    &HoleFlux::bottom_mean, &HoleFlux::wall_mean, &HoleFlux::captured_fraction})
        h.error_estimate = std::max(h.error_estimate, extrapolate(h.*value, half.*value));
    for (std::size_t k = 0; k < h.wall.size(); ++k) extrapolate(h.wall[k], half.wall[k]);
    for (std::size_t k = 0; k < h.bottom.size(); ++k) extrapolate(h.bottom[k], half.bottom[k]);
    return h;
}

}  // namespace damascene::feature
