// Exposure of a resist film. M photo-active compound, I intensity relative to the incident one, E dose mJ/cm^2:
//   dM/dE = -C I M;  alpha = A M + B;  without reflection dI/dz = -alpha I.                     [Dill 1975]
// No bleaching: M = exp(-C E I). Without reflection, any A and B: M(0) = exp(-C E),
//   dM/dz = M (A (1 - M) - B ln M).                                                  [Babu & Barouch 1986]
#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/resist/physical.hpp"
#include "numerics/film_rows.hpp"
#include "resist/checks.hpp"

namespace damascene::resist {
namespace {

constexpr double lebesgue_limit = 20;
constexpr std::size_t pixels_per_block = 4096;

void check(const Dill& d, double dose) {
    require(d.a_per_um >= 0, "A", d.a_per_um, ">= 0 1/um");
    require(d.b_per_um >= 0, "B", d.b_per_um, ">= 0 1/um");
    require(d.c_cm2_per_mj >= 0, "C", d.c_cm2_per_mj, ">= 0 cm^2/mJ");
    require(dose > 0, "dose", dose, "> 0 mJ/cm^2");
}

void check(const Grid3& g) {
    require(g.nx >= 1 && g.ny >= 1 && g.nz >= 1, "cells", std::min({g.nx, g.ny, g.nz}), ">= 1 along each axis");
    const double least = std::min({g.dx_nm, g.dy_nm, g.dz_nm});
    require(least > 0, "cell", least, "> 0 nm");
}

void check_period(int n, double step_nm, double period_nm, const char* name) {
    require(n == 1 || std::abs(n * step_nm - period_nm) <= 1e-6 * period_nm, name, n * step_nm,
            fmt::format("the period of the image, {:g} nm", period_nm));
}

// ------------------------------------------------------------------------------------------------- images on the grid
/// Rows 2 cos(2 pi f x / L), -2 sin(...) for f = 1.., after a row of ones for f = 0.
template <class T>
std::vector<std::vector<T>> harmonics_along_x(const Image& image, const Grid3& g) {
    const auto n = static_cast<std::size_t>(g.nx);
    std::vector<std::vector<T>> rows(static_cast<std::size_t>(2 * image.band_x + 1), std::vector<T>(n, T(1)));
    for (int f = 1; f <= image.band_x; ++f)
        for (int i = 0; i < g.nx; ++i) {
            const double turns = f * (g.x0_nm + i * g.dx_nm - image.x0.in(nm)) / image.period_x.in(nm);
            const double angle = 2 * std::numbers::pi * (turns - std::floor(turns));
            rows[static_cast<std::size_t>(2 * f - 1)][static_cast<std::size_t>(i)] = T(2 * std::cos(angle));
            rows[static_cast<std::size_t>(2 * f)][static_cast<std::size_t>(i)] = T(-2 * std::sin(angle));
        }
    return rows;
}

/// Coefficients of those rows at height y: sums over fy.
template <class T>
std::vector<T> row_spectrum(const Image& image, double y_nm) {
    std::vector<T> w(static_cast<std::size_t>(2 * image.band_x + 1));
    std::vector<std::complex<double>> turn;
    for (int fy = -image.band_y; fy <= image.band_y; ++fy)
        turn.push_back(std::polar(1.0, 2 * std::numbers::pi * fy * (y_nm - image.y0.in(nm)) / image.period_y.in(nm)));
    for (int fx = 0; fx <= image.band_x; ++fx) {
        std::complex<double> sum = 0;
        for (int fy = -image.band_y; fy <= image.band_y; ++fy)
            sum += image.at(fx, fy) * turn[static_cast<std::size_t>(fy + image.band_y)];
        w[static_cast<std::size_t>(std::max(0, 2 * fx - 1))] = T(sum.real());
        if (fx > 0) w[static_cast<std::size_t>(2 * fx)] = T(sum.imag());
    }
    return w;
}

/// Exact samples of a band-limited image on the plan of the grid.
template <class T>
std::vector<T> sampled(const Image& image, const Grid3& g) {
    check_period(g.nx, g.dx_nm, image.period_x.in(nm), "width of the grid");
    check_period(g.ny, g.dy_nm, image.period_y.in(nm), "height of the grid");
    const auto rows = harmonics_along_x<T>(image, g);
    std::vector<const T*> row_of;
    for (const auto& r : rows) row_of.push_back(r.data());
    const auto nx = static_cast<std::size_t>(g.nx);
    std::vector<T> values(nx * static_cast<std::size_t>(g.ny));
    parallel_for(static_cast<std::size_t>(g.ny), [&](std::size_t j) {
        const std::vector<T> w = row_spectrum<T>(image, g.y0_nm + static_cast<double>(j) * g.dy_nm);
        lanes::film_rows<T>().combine(nx, static_cast<int>(w.size()), w.data(), row_of.data(), &values[j * nx]);
    });
    return values;
}

// ----------------------------------------------------------------------------------------------------------- in depth
struct DepthWeight {
    std::size_t node;
    double weight;
};
/// Lagrange weights of nodes [first, last) at depth z.
std::vector<DepthWeight> lagrange(std::span<const double> node, std::size_t first, std::size_t last, double z) {
    std::vector<DepthWeight> weights;
    for (std::size_t i = first; i < last; ++i) {
        double w = 1;
        for (std::size_t j = first; j < last; ++j)
            if (j != i) w *= (z - node[j]) / (node[i] - node[j]);
        weights.push_back({i, w});
    }
    return weights;
}
double absolute_sum(const std::vector<DepthWeight>& weights) {
    double sum = 0;
    for (const DepthWeight& w : weights) sum += std::abs(w.weight);
    return sum;
}
/// All nodes where they interpolate stably (Chebyshev-like), the nearest four otherwise.
std::vector<DepthWeight> depth_weights(std::span<const double> node, double z) {
    const std::vector<DepthWeight> global = lagrange(node, 0, node.size(), z);
    if (node.size() <= 4 || absolute_sum(global) <= lebesgue_limit) return global;
    const auto above = static_cast<std::size_t>(std::upper_bound(node.begin(), node.end(), z) - node.begin());
    const std::size_t first = std::min(above < 2 ? 0 : above - 2, node.size() - 4);
    return lagrange(node, first, first + 4, z);
}

}  // namespace

template <class T>
Field3<T> exposed(const ImageInDepth& light, const Grid3& g, const Dill& dill, double dose) {
    check(dill, dose);
    check(g);
    const auto& depth = light.depth_nm;
    require(!light.images.empty() && depth.size() == light.images.size(), "number of depths",
            static_cast<double>(depth.size()), "one per image, at least one");
    require(std::is_sorted(depth.begin(), depth.end(), std::less_equal<>()), "first depth", depth[0],
            "increasing depths");
    std::vector<std::vector<T>> plan;
    for (const Image& image : light.images) plan.push_back(sampled<T>(image, g));
    const std::size_t pixels = plan[0].size();
    Field3<T> m{g, std::vector<T>(g.size())};
    parallel_blocks(pixels, pixels_per_block, [&](std::size_t begin, std::size_t end) {
        std::vector<T> weight;
        std::vector<const T*> image;
        for (int k = 0; k < g.nz; ++k) {
            weight.clear();
            image.clear();
            for (const auto& [node, w] : depth_weights(depth, (k + 0.5) * g.dz_nm)) {
                weight.push_back(T(dill.c_cm2_per_mj * dose * w));
                image.push_back(plan[node].data() + begin);
            }
            lanes::film_rows<T>().decay(end - begin, static_cast<int>(weight.size()), weight.data(), image.data(),
                                        &m.values[g.at(0, 0, k) + begin]);
        }
    });
    return m;
}

// ---------------------------------------------------------------------------------------------------------- bleaching
namespace {

using Column = std::vector<double>;

/// Intensity in the middle of the slices of a column with compound exp(log_m).
Column column_light(const Dill& d, const Bleaching& b, const Column& log_m) {
    const double n = b.stack.films[b.film].index.real();
    const double k_per_alpha = b.wavelength.in(um) / (4 * std::numbers::pi);
    std::vector<std::complex<double>> index;
    for (double l : log_m) index.push_back({n, k_per_alpha * (d.a_per_um * std::exp(l) + d.b_per_um)});
    return numerics::intensity_in_slices(b.stack, b.film, index, b.wavelength);
}

Column advanced(const Column& log_m, const Column& light, double c_dose) {
    Column next = log_m;
    for (std::size_t k = 0; k < next.size(); ++k) next[k] -= c_dose * light[k];
    return next;
}

/// ln M and its slope against dose at equal doses 0..dose of one column: midpoint rule.
struct BleachTable {
    double dose_step = 0;
    std::vector<Column> log_m, light;
};
BleachTable bleach_table(const Dill& d, double dose, int slices, const Bleaching& b) {
    require(b.film < b.stack.films.size(), "film", static_cast<double>(b.film), "a film of the stack");
    require(b.dose_steps >= 1, "dose_steps", b.dose_steps, ">= 1");
    const double step = dose / b.dose_steps, c = d.c_cm2_per_mj * step;
    BleachTable table{step, {Column(static_cast<std::size_t>(slices), 0.0)}, {}};
    for (int i = 0; i < b.dose_steps; ++i) {
        const Column& log_m = table.log_m.back();
        table.light.push_back(column_light(d, b, log_m));
        const Column middle = column_light(d, b, advanced(log_m, table.light.back(), c / 2));
        table.log_m.push_back(advanced(log_m, middle, c));
    }
    table.light.push_back(column_light(d, b, table.log_m.back()));
    return table;
}

/// Cubic Hermite of ln M in dose, from values and slopes -C I.
double log_m_at(const BleachTable& t, double c, double dose, std::size_t slice) {
    const double u = std::clamp(dose / t.dose_step, 0.0, static_cast<double>(t.log_m.size() - 1));
    const std::size_t i = std::min(static_cast<std::size_t>(u), t.log_m.size() - 2);
    const double s = u - static_cast<double>(i), r = 1 - s, h = -c * t.dose_step;
    return r * r * (1 + 2 * s) * t.log_m[i][slice] + s * s * (3 - 2 * s) * t.log_m[i + 1][slice] +
           s * r * h * (r * t.light[i][slice] - s * t.light[i + 1][slice]);
}

double log_slope(const Dill& d, double log_m) { return d.a_per_um * (1 - std::exp(log_m)) - d.b_per_um * log_m; }

/// Classical fourth-order steps of d ln M / dz.
double integrated(const Dill& d, double log_m, double dz_um) {
    const int steps = static_cast<int>(std::ceil(dz_um * (d.a_per_um + d.b_per_um) / 0.005)) + 1;
    const double h = dz_um / steps;
    for (int i = 0; i < steps; ++i) {
        const double k1 = log_slope(d, log_m), k2 = log_slope(d, log_m + h / 2 * k1);
        const double k3 = log_slope(d, log_m + h / 2 * k2), k4 = log_slope(d, log_m + h * k3);
        log_m += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
    return log_m;
}

}  // namespace

std::vector<double> babu_barouch(const Dill& d, double dose, std::span<const double> depth_um) {
    check(d, dose);
    std::vector<double> m;
    double z = 0, log_m = -d.c_cm2_per_mj * dose;
    for (double next : depth_um) {
        require(next >= z, "depth", next, "increasing, >= 0 um");
        log_m = integrated(d, log_m, next - z);
        z = next;
        m.push_back(std::exp(log_m));
    }
    return m;
}

std::vector<double> bleached_column(const Dill& d, double dose, int slices, const Bleaching& b) {
    check(d, dose);
    require(slices >= 1, "slices", slices, ">= 1");
    Column m = bleach_table(d, dose, slices, b).log_m.back();
    for (double& v : m) v = std::exp(v);
    return m;
}

template <class T>
Field3<T> exposed_bleaching(const Image& at_top, const Grid3& g, const Dill& d, double dose, const Bleaching& b) {
    check(d, dose);
    check(g);
    const std::vector<double> light = sampled<double>(at_top, g);
    const double brightest = std::max(1e-12, *std::max_element(light.begin(), light.end()));
    const BleachTable table = bleach_table(d, dose * brightest, g.nz, b);
    Field3<T> m{g, std::vector<T>(g.size())};
    parallel_for(static_cast<std::size_t>(g.nz), [&](std::size_t k) {
        T* slice = &m.values[k * light.size()];
        for (std::size_t i = 0; i < light.size(); ++i)
            slice[i] = T(std::exp(log_m_at(table, d.c_cm2_per_mj, dose * light[i], k)));
    });
    return m;
}

template Field3<float> exposed(const ImageInDepth&, const Grid3&, const Dill&, double);
template Field3<double> exposed(const ImageInDepth&, const Grid3&, const Dill&, double);
template Field3<float> exposed_bleaching(const Image&, const Grid3&, const Dill&, double, const Bleaching&);
template Field3<double> exposed_bleaching(const Image&, const Grid3&, const Dill&, double, const Bleaching&);

}  // namespace damascene::resist
