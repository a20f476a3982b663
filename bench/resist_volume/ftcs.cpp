#include "resist_volume/ftcs.hpp"

#include <cmath>

#include "numerics/film_rows.hpp"

namespace damascene::bench {
namespace {

struct Weights {
    float x, y, z;
};

void row(int nx, Weights w, const float* h, const float* south, const float* north, const float* above,
         const float* below, float* out) {
    const auto cell = [&](int left, int i, int right) {
        return h[i] + w.x * (h[left] - 2 * h[i] + h[right]) + w.y * (south[i] - 2 * h[i] + north[i]) +
               w.z * (above[i] - 2 * h[i] + below[i]);
    };
    out[0] = cell(nx - 1, 0, 1);
    for (int i = 1; i + 1 < nx; ++i) out[i] = cell(i - 1, i, i + 1);
    out[nx - 1] = cell(nx - 2, nx - 1, 0);
}

void laplace_step(const Grid3& g, Weights w, const std::vector<float>& h, std::vector<float>& out) {
    const auto at = [&](int j, int k) { return &h[g.at(0, (j + g.ny) % g.ny, k < 0 ? 0 : k >= g.nz ? g.nz - 1 : k)]; };
    parallel_for(static_cast<std::size_t>(g.nz), [&](std::size_t slice) {
        const int k = static_cast<int>(slice);
        for (int j = 0; j < g.ny; ++j)
            row(g.nx, w, at(j, k), at(j - 1, k), at(j + 1, k), at(j, k - 1), at(j, k + 1), &out[g.at(0, j, k)]);
    });
}

}  // namespace

resist::Baked<float> ftcs_baked(Field3<float> acid, Field3<float> quencher, const resist::Bake& b) {
    const Grid3 g = acid.grid;
    const double curvature = 1 / (g.dx_nm * g.dx_nm) + 1 / (g.dy_nm * g.dy_nm) + 1 / (g.dz_nm * g.dz_nm);
    const int steps = static_cast<int>(std::ceil(b.time_s * 2 * b.acid_diffusivity_nm2_s * curvature));
    const double dt = b.time_s / steps, d = b.acid_diffusivity_nm2_s * dt;
    const Weights w{static_cast<float>(d / (g.dx_nm * g.dx_nm)), static_cast<float>(d / (g.dy_nm * g.dy_nm)),
                    static_cast<float>(d / (g.dz_nm * g.dz_nm))};
    std::vector<float> next(acid.values.size()), sum(acid.values.size(), 0.0f);
    const lanes::AcidReaction reaction{dt, b.neutralisation_per_s, 0, b.amplification_per_s, 1};
    for (int i = 0; i < steps; ++i) {
        laplace_step(g, w, acid.values, next);
        acid.values.swap(next);
        parallel_blocks(sum.size(), 65536, [&](std::size_t begin, std::size_t end) {
            lanes::film_rows<float>().react(end - begin, reaction, &acid.values[begin], &quencher.values[begin],
                                            &sum[begin]);
        });
    }
    for (float& v : sum) v = std::exp(-v);
    return {std::move(acid), std::move(quencher), {g, std::move(sum)}, steps, -1, false};
}

}  // namespace damascene::bench
