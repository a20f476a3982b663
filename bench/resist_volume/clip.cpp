#include "resist_volume/clip.hpp"

#include <cmath>
#include <numbers>

namespace damascene::bench {
namespace {

constexpr double na_per_nm = 1.35 / 193.368;

/// Dense lines, isolated line, contact holes of 60 to 100 nm in a cell of 2 um, clear = open.
Region pattern() {
    Region r;
    const auto box = [&](int x0, int y0, int x1, int y1) {
        r.rings.push_back({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
    };
    for (int i = 0; i < 5; ++i) box(100 + 160 * i, 150, 180 + 160 * i, 950);
    box(1200, 150, 1280, 950);
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) box(150 + 200 * i, 1150 + 200 * j, 250 + 200 * i, 1250 + 200 * j);
    for (int i = 0; i < 4; ++i) box(1150, 1150 + 220 * i, 1850, 1240 + 220 * i);
    box(1500, 200, 1800, 900);
    return r;
}

/// |coherent field|^2 of the pattern repeated `repeats` times per side.
Image image_of(int repeats, double period_nm) {
    const int band = static_cast<int>(na_per_nm * 2000);
    const Spectrum2 mask = polygon_spectrum(pattern(), 0 * nm, 0 * nm, 2000 * nm, 2000 * nm, band, band);
    Image image{2 * band * repeats, 2 * band * repeats, period_nm * nm, period_nm * nm, 0 * nm, 0 * nm, {}};
    image.coefficients.resize(static_cast<std::size_t>(image.width() * image.height()));
    const auto field = [&](int fx, int fy) {
        const double rho2 = (fx * fx + fy * fy) / std::pow(na_per_nm * 2000, 2);
        return rho2 <= 1 ? mask.at(fx, fy) * std::exp(-0.7 * rho2) : 0;
    };
    for (int ay = -band; ay <= band; ++ay)
        for (int ax = -band; ax <= band; ++ax)
            for (int by = -band; by <= band; ++by)
                for (int bx = -band; bx <= band; ++bx)
                    image.at((ax - bx) * repeats, (ay - by) * repeats) += field(ax, ay) * std::conj(field(bx, by));
    return image;
}

}  // namespace

Clip resist_clip(int cells, double cell_nm, int slices) {
    const double period = cells * cell_nm, thickness = slices;
    Clip clip{{.nx = cells, .ny = cells, .nz = slices, .dx_nm = cell_nm, .dy_nm = cell_nm}, {}};
    const Image top = image_of(std::max(1, static_cast<int>(period / 2000 + 0.5)), period);
    for (int i = 0; i < 16; ++i) {
        const double z = thickness * 0.5 * (1 - std::cos(std::numbers::pi * (i + 0.5) / 16));
        const double wave = 1 + 0.3 * std::cos(4 * std::numbers::pi * 1.7 * (thickness - z) / 193.368);
        Image at = top;
        for (auto& c : at.coefficients) c *= wave * std::exp(-1.2e-3 * z);
        clip.light.depth_nm.push_back(z);
        clip.light.images.push_back(at);
    }
    return clip;
}

}  // namespace damascene::bench
