// Diffuse exchange between the pieces of a planar section, occlusion included, without quadrature.
//
// The lines that join pieces i and j are counted by taut strings between their ends [HottelSarofim 1967]:
//   L_i F_ij = (d(a_i, a_j) + d(b_i, b_j) - d(b_i, a_j) - d(a_i, b_j)) / 2
// with d the shortest path inside the gas and both pieces run along with the gas on the left. In a simply connected gas
// this is exact with any obstructions: where none sees the other the strings cancel. Sums over j telescope to L_i.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "damascene/feature/transport.hpp"
#include "feature/flux/gas_region.hpp"
#include "feature/flux/shortest_paths.hpp"
#include "feature/flux/visible_intervals.hpp"

namespace damascene::feature {

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// Exchange areas L_i F_ij of all pieces, and those with the sky and with endless fields folded on their end pieces.
struct Exchange {
    int n = 0;
    std::vector<double> area, among, sky;
    std::array<std::vector<double>, 2> field;  ///< share seen of the level field without end on the left, right, L_i F
    std::array<int, 2> field_piece{};          ///< end pieces they belong to
    double seen_field(std::size_t i) const { return field[0][i] + field[1][i]; }
    double* row(int i) { return among.data() + at(i) * at(n); }
};

/// Distances from one corner to all; to the far end of an endless field as the excess over |far_x|.
struct Strings {
    std::vector<double> distance;
    std::vector<int> last;
};

void stretch(const GasRegion& r, const ShortestPaths& paths, int corner, ShortestPaths::Funnel& funnel, Strings& s) {
    paths.from(corner, funnel, s.distance, s.last);
    if (r.far_corner < 0) return;
    const Vec2 w = r.corner[at(s.last[at(r.far_corner)])], q = r.corner[at(r.far_corner)];
    const double dz = q.z - w.z, leg = std::hypot(q.x - w.x, dz), whole = std::abs(q.x);
    s.distance[at(r.far_corner)] =
        s.distance[at(s.last[at(r.far_corner)])] + (w.x * w.x - 2 * q.x * w.x + dz * dz) / (leg + whole);
}

/// Row of piece edge k: mixed differences of the distances from its ends.
void add_row(const GasRegion& r, int k, const Strings& a, const Strings& b, std::vector<double>& difference,
             Exchange& e) {
    const int corners = r.corners(), i = r.piece[at(k)];
    for (int j = 0; j < corners; ++j) difference[at(j)] = 0.5 * (a.distance[at(j)] - b.distance[at(j)]);
    difference[at(corners)] = difference[0];
    double* row = e.row(i);
    for (int j = 0; j < r.edges(); ++j)
        if (j != k) row[r.piece[at(j)]] += difference[at(j)] - difference[at(j + 1)];
    if (r.open_to_sky) e.sky[at(i)] += std::max(0.0, difference[at(r.sky_begin)] - difference[at(r.sky_end)]);
    if (r.field_edge < 0) return;
    e.field[at(r.field_side)][at(i)] =
        std::max(0.0, difference[at(r.field_edge)] - difference[at((r.field_edge + 1) % corners)]);
}

void add_region(const GasRegion& r, Exchange& e, const Context& context) {
    if (r.edges() == 1 && r.corners() == 2) {  // a level piece on top: sky only
        e.sky[at(r.piece[0])] = e.area[at(r.piece[0])];
        return;
    }
    const ShortestPaths paths(r.corner);
    parallel_blocks(at(r.end_own - r.first_own), 64, [&](std::size_t begin, std::size_t end) {
        context.check();
        ShortestPaths::Funnel funnel = paths.funnel();
        std::vector<double> difference(at(r.corners() + 1));
        Strings a, b;
        stretch(r, paths, r.first_own + static_cast<int>(begin), funnel, b);
        for (std::size_t m = begin; m < end; ++m) {
            const int k = r.first_own + static_cast<int>(m);
            std::swap(a, b);
            stretch(r, paths, (k + 1) % r.corners(), funnel, b);
            add_row(r, k, a, b, difference, e);
        }
    });
}

constexpr std::size_t tile = 32;  ///< of the blocked transposition

/// The mean of both directions; what is rounding of the strings only becomes 0.
void symmetrise(Exchange& e, double rounding) {
    const std::size_t n = at(e.n);
    double* const m = e.among.data();
    auto mean = [rounding](double p, double q) {
        const double value = 0.5 * (p + q);
        return value > rounding ? value : 0.0;
    };
    for (std::size_t i0 = 0; i0 < n; i0 += tile)
        for (std::size_t j0 = i0; j0 < n; j0 += tile)
            for (std::size_t i = i0; i < std::min(n, i0 + tile); ++i)
                for (std::size_t j = std::max(i, j0); j < std::min(n, j0 + tile); ++j)
                    m[i * n + j] = m[j * n + i] = mean(m[i * n + j], m[j * n + i]);
}

/// Symmetric Sinkhorn scaling M_ij <- d_i M_ij d_j, sky_i <- d_i sky_i until every row sums to its area [Knight 2008].
/// Returns the largest relative change.
double scale(Exchange& e) {
    const std::size_t n = at(e.n);
    std::vector<double> total(n, 1.0), d(n);
    for (int round = 0; round < 400; ++round) {
        double worst = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double* row = e.row(static_cast<int>(i));
            double part[4] = {0, 0, 0, 0};
            for (std::size_t j = 0; j < n; ++j) part[j % 4] += row[j] * total[j];
            const double seen =
                total[i] * (part[0] + part[1] + part[2] + part[3]) + e.seen_field(i) + total[i] * e.sky[i];
            const double ratio = seen > 0 ? e.area[i] / seen : 1.0;
            worst = std::max(worst, std::abs(ratio - 1));
            d[i] = std::sqrt(ratio);
        }
        if (worst < 1e-13) break;
        for (std::size_t i = 0; i < n; ++i) total[i] *= d[i];
    }
    double correction = 0;
    for (std::size_t i = 0; i < n; ++i) {
        correction = std::max(correction, std::abs(total[i] * total[i] - 1));
        e.sky[i] *= total[i];
        for (std::size_t j = 0; j < n; ++j) e.row(static_cast<int>(i))[j] *= total[i] * total[j];
    }
    return correction;
}

/// The flux on an endless field is that on its end piece.
void fold_fields(Exchange& e, bool& reciprocal) {
    for (int side : {0, 1})
        for (int i = 0; i < e.n; ++i)
            if (const double seen = e.field[at(side)][at(i)]; seen > 0)
                e.row(i)[e.field_piece[at(side)]] += seen, reciprocal = false;
}

/// Islands make the gas multiply connected: visible intervals at Gauss points instead of strings.
void add_by_sight(const Section& section, Exchange& e, const Context& context) {
    const Sight sight(section);
    parallel_for(section.size(), [&](std::size_t i) {
        context.check();
        for (const SightPoint& p : sight.gauss_points(static_cast<int>(i)))
            for (const VisibleInterval& v : sight.visible(static_cast<int>(i), p.at)) {
                const double share = 0.5 * p.weight * (v.sine_end - v.sine_begin);
                if (v.piece >= 0)
                    e.row(static_cast<int>(i))[v.piece] += share;
                else if (v.piece == sky_seen)
                    e.sky[i] += share;
                else
                    e.field[v.piece == left_field_seen ? 0 : 1][i] += share;
            }
    });
}

}  // namespace

ViewFactors planar_view_factors(const Section& section, const Context& context) {
    Exchange e{.n = static_cast<int>(section.size()), .area = areas(section)};
    e.among.assign(section.size() * section.size(), 0.0);
    e.sky.assign(section.size(), 0.0);
    for (auto& field : e.field) field.assign(section.size(), 0.0);
    e.field_piece = {0, static_cast<int>(section.chain_begin.size() > 1 ? section.chain_begin[1] : section.size()) - 1};
    double rounding = 0;
    if (has_islands(section)) {
        add_by_sight(section, e, context);
    } else {
        for (const GasRegion& region : gas_regions(section)) add_region(region, e, context);
        for (const double length : e.area) rounding += length;
        rounding *= 4 * std::numeric_limits<double>::epsilon();
    }
    symmetrise(e, rounding);
    ViewFactors f{.n = e.n};
    f.correction = scale(e);
    fold_fields(e, f.reciprocal);
    for (int i = 0; i < e.n; ++i)
        for (int j = 0; j < e.n; ++j) e.row(i)[j] /= e.area[at(i)];
    for (int i = 0; i < e.n; ++i) e.sky[at(i)] /= e.area[at(i)];
    f.factor = std::move(e.among), f.sky = std::move(e.sky), f.area = std::move(e.area);
    return f;
}

ViewFactors view_factors(const Section& section, const Context& context) {
    return section.symmetry == Symmetry::axial ? axial_view_factors(section, context)
                                               : planar_view_factors(section, context);
}

}  // namespace damascene::feature
