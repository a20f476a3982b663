#include "opc/assist.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/numerics.hpp"

namespace damascene::opc {
namespace {

using optics::BandSpectrum, optics::RealTransform;

constexpr int iterations = 40;
constexpr float momentum = 0.8f, first_move = 0.1f, kept = 0.5f;
constexpr EdgeLoss seed_loss{.steepness = 40, .nominal = 1, .outer = 0.5f, .pv_band = 1};

/// Multiple of 32 with factors 2, 3, 5 whose cells are at least lattice_nm wide, but no fewer than the band needs.
int lattice_points(double side_nm, double lattice_nm, int band) {
    const int least = (2 * band + 1 + 31) / 32, most = static_cast<int>(side_nm / lattice_nm) / 32;
    for (int n = most; n > least; --n)
        if (numerics::smooth_size(n) == n) return 32 * n;
    return 32 * numerics::smooth_size(least);
}

/// Multiplies by scale sinc(fx/n) sinc(fy/n): the transform of one lattice cell.
void cell_factor(BandSpectrum& f, int n, double scale) {
    std::vector<double> sinc(static_cast<std::size_t>(f.width()));
    for (int k = -f.band; k <= f.band; ++k) {
        const double u = std::numbers::pi * k / n;
        sinc[static_cast<std::size_t>(k + f.band)] = k == 0 ? 1 : std::sin(u) / u;
    }
    std::size_t i = 0;
    for (double y : sinc)
        for (double x : sinc) {
            f.values[i++] *= static_cast<float>(scale * x * y);
            f.values[i++] *= static_cast<float>(scale * x * y);
        }
}

/// Cells without any target within keep_out, and not on the border of the clip.
std::vector<std::uint8_t> allowed_cells(const Region& target, const Cell2& cell, int n, double keep_out_nm) {
    const double pitch = cell.side_nm / n;
    const Region grown = offset(target, keep_out_nm * nm, false);
    const Field2<double> covered = coverage_raster(
        grown, {n, n, pitch * nm, pitch * nm, (cell.x0_nm + pitch / 2) * nm, (cell.y0_nm + pitch / 2) * nm});
    std::vector<std::uint8_t> allowed(covered.values.size());
    for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x) {
            const bool inside = x > 0 && y > 0 && x + 1 < n && y + 1 < n;
            allowed[static_cast<std::size_t>(y * n + x)] = inside && covered.at(x, y) < 1e-3;
        }
    return allowed;
}

/// Cells that touch only at a corner are joined by the stronger of the two empty neighbours.
void join_diagonals(Field2<std::uint8_t>& chosen, const AlignedFloats& a) {
    const int n = chosen.grid.nx;
    const auto strength = [&](int x, int y) { return a[static_cast<std::size_t>(y * n + x)]; };
    for (bool changed = true; changed;) {
        changed = false;
        for (int y = 0; y + 1 < n; ++y)
            for (int x = 0; x + 1 < n; ++x) {
                const bool sw = chosen.at(x, y), se = chosen.at(x + 1, y), nw = chosen.at(x, y + 1),
                           ne = chosen.at(x + 1, y + 1);
                if (sw != ne || se != nw || sw == se) continue;
                const bool rising = sw;  // the solid pair lies on the rising diagonal
                const float first = rising ? strength(x + 1, y) : strength(x, y),
                            second = rising ? strength(x, y + 1) : strength(x + 1, y + 1);
                if (first >= second)
                    chosen.at(rising ? x + 1 : x, y) = 1;
                else
                    chosen.at(rising ? x : x + 1, y + 1) = 1;
                changed = true;
            }
    }
}

Region lattice_polygons(Field2<std::uint8_t> chosen, const Cell2& cell) {
    const double pitch = cell.side_nm / chosen.grid.nx;
    Region region = region_of_raster(chosen, {0, 0});
    region.unit = 1 * nm;
    for (Ring& ring : region.rings)
        for (Point& p : ring) {
            p.x = static_cast<std::int32_t>(std::lround(cell.x0_nm + p.x * pitch));
            p.y = static_cast<std::int32_t>(std::lround(cell.y0_nm + p.y * pitch));
        }
    return region;
}

}  // namespace

Region assist_seeds(EdgeDescent& descent, const Fragments& main, const Region& target, const Cell2& cell,
                    double lattice_nm, double keep_out_nm, const Context& context) {
    const int band = descent.band(), n = lattice_points(cell.side_nm, lattice_nm, band);
    const std::size_t cells = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
    const std::vector<std::uint8_t> allowed = allowed_cells(target, cell, n, keep_out_nm);
    const BandSpectrum fixed = descent.mask_spectrum(main);
    BandSpectrum mask(band), gradient(band);
    RealTransform transform(n, band);
    AlignedFloats a(cells, 0.0f), slope(cells), velocity(cells, 0.0f);
    float step = 0;
    for (int i = 0; i < iterations; ++i) {
        context.check();
        transform.analyse(a.data(), mask);
        optics::shift(mask, -0.5 / n);
        cell_factor(mask, n, 1.0 / static_cast<double>(cells));
        for (std::size_t k = 0; k < mask.values.size(); ++k) mask.values[k] += fixed.values[k];
        descent.loss(mask, seed_loss, gradient);
        cell_factor(gradient, n, 2.0 / static_cast<double>(cells));
        optics::shift(gradient, 0.5 / n);
        transform.synthesise(gradient, slope.data());
        if (i == 0) {
            float steepest = 1e-30f;
            for (std::size_t k = 0; k < cells; ++k)
                if (allowed[k]) steepest = std::max(steepest, -slope[k]);
            step = first_move / steepest;
        }
        for (std::size_t k = 0; k < cells; ++k) {
            if (!allowed[k]) continue;
            velocity[k] = momentum * velocity[k] - step * slope[k];
            const float moved = std::clamp(a[k] + velocity[k], 0.0f, 1.0f);
            velocity[k] = moved - a[k];
            a[k] = moved;
        }
    }
    Field2<std::uint8_t> chosen{{n, n}, std::vector<std::uint8_t>(cells)};
    std::transform(a.begin(), a.end(), chosen.values.begin(), [](float v) { return v > kept; });
    join_diagonals(chosen, a);
    return lattice_polygons(std::move(chosen), cell);
}

}  // namespace damascene::opc
