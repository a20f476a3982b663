#include "feature/level_set/closest.hpp"

#include "damascene/base.hpp"
#include "feature/level_set/distance.hpp"

namespace damascene::feature::level_set {
namespace {

constexpr int rows_per_block = 24;

/// A piece with what its distances need; images across periodic sides keep the index of their piece.
struct Stamp {
    Vec2 a, along;       ///< b - a
    double inverse = 0;  ///< 1 / |b - a|^2
    double x0 = 0, x1 = 0, z0 = 0, z1 = 0;
    std::int32_t piece = 0;
};

Stamp stamp_of(const Piece& p, std::int32_t index, double shift) {
    const Vec2 a{p.a.x + shift, p.a.z}, b{p.b.x + shift, p.b.z}, d = b - a;
    const double l2 = dot(d, d);
    return {
        a,    d, l2 > 0 ? 1 / l2 : 0.0, std::min(a.x, b.x), std::max(a.x, b.x), std::min(a.z, b.z), std::max(a.z, b.z),
        index};
}

std::vector<Stamp> stamps_of(const Lattice& l, std::span<const Piece> pieces, double reach) {
    std::vector<Stamp> out;
    const double period = l.x1() - l.x0;
    for (std::size_t k = 0; k < pieces.size(); ++k) {
        const auto index = static_cast<std::int32_t>(k);
        out.push_back(stamp_of(pieces[k], index, 0));
        if (!l.periodic()) continue;
        if (out.back().x1 > l.x1() - reach) out.push_back(stamp_of(pieces[k], index, -period));
        if (std::min(pieces[k].a.x, pieces[k].b.x) < l.x0 + reach) out.push_back(stamp_of(pieces[k], index, period));
    }
    return out;
}

struct Nearest {
    double d2;
    double share;
    std::int32_t stamp;
};

void stamp_rows(const Lattice& l, const std::vector<Stamp>& stamps, double reach, std::span<const double> weight,
                int row0, int row1, std::vector<Foot>& feet) {
    const auto width = static_cast<std::size_t>(l.nx);
    std::vector<Nearest> best(width * static_cast<std::size_t>(row1 - row0), Nearest{reach * reach, 0, -1});
    const auto weight_of = [&](std::int32_t s) {
        return weight.empty() ? 0.0 : weight[static_cast<std::size_t>(stamps[static_cast<std::size_t>(s)].piece)];
    };
    for (std::size_t k = 0; k < stamps.size(); ++k) {
        const Stamp& s = stamps[k];
        const int j0 = std::max(row0, static_cast<int>(std::ceil((s.z0 - reach - l.z0) / l.h)));
        const int j1 = std::min(row1 - 1, static_cast<int>(std::floor((s.z1 + reach - l.z0) / l.h)));
        for (int j = j0; j <= j1; ++j) {
            const double z = l.z0 + j * l.h;
            const double up = std::max({0.0, s.z0 - z, z - s.z1});
            const double side = std::sqrt(std::max(0.0, reach * reach - up * up));
            const int i0 = std::max(0, static_cast<int>(std::ceil((s.x0 - side - l.x0) / l.h)));
            const int i1 = std::min(l.nx - 1, static_cast<int>(std::floor((s.x1 + side - l.x0) / l.h)));
            Nearest* row = best.data() + static_cast<std::size_t>(j - row0) * width;
            const double wz = z - s.a.z, wz_along = wz * s.along.z;
            for (int i = i0; i <= i1; ++i) {
                const double wx = l.x0 + i * l.h - s.a.x;
                const double t = std::min(1.0, std::max(0.0, (wx * s.along.x + wz_along) * s.inverse));
                const double dx = wx - t * s.along.x, dz = wz - t * s.along.z;
                const double d2 = dx * dx + dz * dz;
                Nearest& n = row[i];
                if (d2 > n.d2 * (1 + 1e-9)) continue;
                const auto self = static_cast<std::int32_t>(k);
                if (n.stamp < 0 || d2 < n.d2 * (1 - 1e-9) || weight_of(self) < weight_of(n.stamp)) n = {d2, t, self};
            }
        }
    }
    for (std::size_t q = 0; q < best.size(); ++q) {
        if (best[q].stamp < 0) continue;
        const Stamp& s = stamps[static_cast<std::size_t>(best[q].stamp)];
        feet.push_back({static_cast<std::int32_t>(q + static_cast<std::size_t>(row0) * width), s.piece, best[q].share,
                        std::sqrt(best[q].d2), s.a + best[q].share * s.along});
    }
}

}  // namespace

std::vector<Foot> closest_pieces(const Lattice& l, std::span<const Piece> pieces, double reach,
                                 std::span<const double> weight) {
    const std::vector<Stamp> stamps = stamps_of(l, pieces, reach);
    const int blocks = (l.nz + rows_per_block - 1) / rows_per_block;
    std::vector<std::vector<Foot>> parts(static_cast<std::size_t>(blocks));
    parallel_for(parts.size(), [&](std::size_t b) {
        const int row0 = static_cast<int>(b) * rows_per_block;
        stamp_rows(l, stamps, reach, weight, row0, std::min(row0 + rows_per_block, l.nz), parts[b]);
    });
    std::vector<Foot> feet;
    for (const auto& part : parts) feet.insert(feet.end(), part.begin(), part.end());
    return feet;
}

}  // namespace damascene::feature::level_set
