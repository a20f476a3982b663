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
#include <utility>

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
    const double* row(int i) const { return among.data() + at(i) * at(n); }
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

constexpr double grazing = 1e-9;  ///< share of a field that does not count

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

struct Change {
    double largest = 0, mean = 0;  ///< relative; mean over the area
    double left = 0;               ///< largest relative error of the row sums that remains
};

/// Symmetric Sinkhorn scaling M_ij <- d_i M_ij d_j, sky_i <- d_i sky_i until every row sums to its area [Knight 2008].
Change scale(Exchange& e) {
    const std::size_t n = at(e.n);
    std::vector<double> total(n, 1.0), d(n);
    Change change;
    for (int round = 0; round < 2000; ++round) {
        double worst = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double* row = e.row(static_cast<int>(i));
            double part[4] = {0, 0, 0, 0};
            for (std::size_t j = 0; j < n; ++j) part[j % 4] += row[j] * total[j];
            const double seen = total[i] * (part[0] + part[1] + part[2] + part[3] + e.seen_field(i) + e.sky[i]);
            const double ratio = seen > 0 ? e.area[i] / seen : 1.0;
            worst = std::max(worst, std::isnan(ratio) ? 1e300 : std::abs(ratio - 1));
            d[i] = std::sqrt(ratio);
        }
        change.left = worst;
        if (worst < 1e-13) break;
        for (std::size_t i = 0; i < n; ++i) total[i] *= d[i];
    }
    double whole = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double relative = std::abs(total[i] * total[i] - 1);
        change.largest = std::max(change.largest, relative);
        change.mean += e.area[i] * relative, whole += e.area[i];
        e.sky[i] *= total[i];
        for (auto& field : e.field) field[i] *= total[i];
        for (std::size_t j = 0; j < n; ++j) e.row(static_cast<int>(i))[j] *= total[i] * total[j];
    }
    if (whole > 0) change.mean /= whole;
    return change;
}

/// Of a field at the height of the top but for rounding next to nothing is seen: it counts as sky.
void drop_grazing_fields(Exchange& e) {
    for (auto& field : e.field)
        for (int i = 0; i < e.n; ++i)
            if (field[at(i)] < grazing * e.area[at(i)]) e.sky[at(i)] += std::exchange(field[at(i)], 0.0);
}

/// The flux on an endless field is that on its end piece.
void fold_fields(Exchange& e, ViewFactors& f) {
    for (int side : {0, 1})
        for (int i = 0; i < e.n; ++i)
            if (const double seen = e.field[at(side)][at(i)]; seen > 0)
                e.row(i)[e.field_piece[at(side)]] += seen, f.reciprocal = false;
}

/// Where strings do not apply: visible intervals at Gauss points, or at the middle of short pieces.
void add_by_sight(const Section& section, const std::vector<int>& pieces, double tolerance, bool open, Exchange& e,
                  const Context& context) {
    if (pieces.empty()) return;
    const Sight sight(section);
    const std::size_t n = at(e.n);
    parallel_for(pieces.size(), [&](std::size_t k) {
        context.check();
        const int i = pieces[k];
        const auto values = [&](const SightPoint& p, std::vector<double>& seen) {
            for (const VisibleInterval& v : sight.visible(i, p.at))
                seen[v.piece >= 0 ? at(v.piece) : at(e.n - 1 - v.piece)] +=
                    0.5 * p.weight * (v.sine_end - v.sine_begin);
        };
        std::vector<double> seen(n + 3, 0.0);
        if (tolerance > 0)
            seen = over_piece(sight, i, n + 3, tolerance, values);
        else
            values({midpoint(section.pieces[at(i)]), e.area[at(i)]}, seen);
        std::copy(seen.begin(), seen.begin() + e.n, e.row(i));
        e.row(i)[i] = 0;
        e.sky[at(i)] = open ? seen[n] : 0.0;
        e.field[0][at(i)] = open ? seen[n + 1] : 0.0, e.field[1][at(i)] = open ? seen[n + 2] : 0.0;
    });
}

/// Of two estimates of one exchange by sight that from the shorter piece counts for more, by squares of lengths.
void reconcile(const std::vector<int>& pieces, Exchange& e) {
    for (const int i : pieces)
        for (const int j : pieces) {
            const double p = e.area[at(i)] * e.area[at(i)], q = e.area[at(j)] * e.area[at(j)];
            if (j < i && p + q > 0) e.row(i)[j] = e.row(j)[i] = (q * e.row(i)[j] + p * e.row(j)[i]) / (p + q);
        }
}

/// Where walls touch, what one sees of the other may not be returned: what a piece misses stays on it.
void keep_the_missing(const std::vector<int>& pieces, Exchange& e) {
    for (const int i : pieces) {
        double sum = e.sky[at(i)] + e.seen_field(at(i));
        for (int j = 0; j < e.n; ++j) sum += e.row(i)[j];
        e.row(i)[i] += std::max(0.0, e.area[at(i)] - sum);
    }
}

/// What short pieces see, others see of them.
void return_sight(const std::vector<int>& pieces, Exchange& e) {
    for (const int i : pieces)
        for (int j = 0; j < e.n; ++j) e.row(j)[i] = e.row(i)[j];
}

/// A piece without length sees what its neighbour sees.
void copy_rows(const Section& section, const std::vector<double>& length, ViewFactors& f) {
    const auto n = static_cast<std::ptrdiff_t>(f.n);
    for (int i = 0; i < f.n; ++i) {
        if (length[at(i)] > 0) continue;
        const int j = nearest_with_length(section, length, i);
        std::copy_n(f.factor.begin() + j * n, n, f.factor.begin() + i * n);
        f.sky[at(i)] = f.sky[at(j)];
        for (auto& field : f.field) field[at(i)] = field[at(j)];
        if (j == i) f.factor[at(i) * at(f.n) + at(i)] = 1;
    }
}

/// Largest relative error of the row sums but those of `except`.
double row_error(const Exchange& e, const std::vector<int>& except, double rounding) {
    std::vector<char> skip(at(e.n));
    for (const int i : except) skip[at(i)] = 1;
    double worst = 0;
    for (int i = 0; i < e.n; ++i) {
        if (skip[at(i)] || !(e.area[at(i)] > 0)) continue;
        const double* row = e.row(i);
        double part[4] = {e.sky[at(i)] + e.seen_field(at(i)), 0, 0, 0};
        for (std::size_t j = 0; j < at(e.n); ++j) part[j % 4] += row[j];
        const double sum = part[0] + part[1] + part[2] + part[3];
        const double error = (std::abs(sum - e.area[at(i)]) - rounding * e.n) / e.area[at(i)];
        worst = error <= worst ? worst : std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
    }
    return worst;
}

constexpr double rows_agree = 1e-6;       ///< what strings must reach before scaling
constexpr double most_change = 0.2;       ///< mean; beyond, the section is no boundary of a gas
constexpr double sight_tolerance = 2e-3;  ///< of the shares over a piece, by sight

std::vector<int> short_pieces(const std::vector<double>& length, double below) {
    std::vector<int> out;
    for (std::size_t i = 0; i < length.size(); ++i)
        if (length[i] > 0 && length[i] < below) out.push_back(static_cast<int>(i));
    return out;
}

Exchange empty_exchange(const Section& section, const std::vector<double>& length) {
    Exchange e{.n = static_cast<int>(section.size()), .area = length};
    e.among.assign(section.size() * section.size(), 0.0);
    e.sky.assign(section.size(), 0.0);
    for (auto& field : e.field) field.assign(section.size(), 0.0);
    e.field_piece = {0, static_cast<int>(section.chain_begin.size() > 1 ? section.chain_begin[1] : section.size()) - 1};
    return e;
}

/// Symmetric, not yet scaled. Strings where the gas is simply connected, else sight; all by sight when strings fail.
Exchange exchange(const Section& section, const Gas& gas, bool all_by_sight, const Context& context) {
    Exchange e = empty_exchange(section, gas.length);
    std::vector<int> open = gas.tangled, sealed = gas.tangled_in_void;
    double rounding = 0;
    for (const double length : e.area) rounding += length;
    const std::vector<int> little = short_pieces(e.area, short_piece * rounding);
    rounding *= 4 * std::numeric_limits<double>::epsilon();
    for (const GasRegion& r : gas.region) {
        if (all_by_sight) {
            auto& to = r.open_to_sky ? open : sealed;
            to.insert(to.end(), r.piece.begin() + r.first_own, r.piece.begin() + r.end_own);
        } else {
            add_region(r, e, context);
        }
    }
    add_by_sight(section, open, sight_tolerance, true, e, context);
    add_by_sight(section, sealed, sight_tolerance, false, e, context);
    std::vector<int> by_sight = open;
    by_sight.insert(by_sight.end(), sealed.begin(), sealed.end());
    reconcile(by_sight, e);
    if (!all_by_sight) {
        add_by_sight(section, little, 0, true, e, context);
        reconcile(little, e);
        return_sight(little, e);
        by_sight.insert(by_sight.end(), little.begin(), little.end());
    }
    symmetrise(e, rounding);
    drop_grazing_fields(e);
    keep_the_missing(by_sight, e);
    if (!all_by_sight && row_error(e, by_sight, rounding) > rows_agree) return exchange(section, gas, true, context);
    return e;
}

}  // namespace

ViewFactors planar_view_factors(const Section& section, const Context& context) {
    const Gas gas = gas_of(section);
    Exchange e = exchange(section, gas, false, context);
    ViewFactors f{.n = e.n};
    const Change change = scale(e);
    f.correction = change.largest;
    if (!(change.left < rows_agree) || !(change.mean < most_change))
        throw NumericalError("the walls of the section cross one another: its exchange factors do not balance");
    fold_fields(e, f);
    for (int i = 0; i < e.n; ++i) {
        const double area = e.area[at(i)] > 0 ? e.area[at(i)] : 1.0;
        for (int j = 0; j < e.n; ++j) e.row(i)[j] /= area;
        e.sky[at(i)] /= area;
        for (auto& field : e.field) field[at(i)] /= area;
    }
    f.factor = std::move(e.among), f.sky = std::move(e.sky), f.area = std::move(e.area);
    f.field = std::move(e.field), f.field_piece = e.field_piece;
    copy_rows(section, gas.length, f);
    return f;
}

ViewFactors view_factors(const Section& section, const Context& context) {
    return section.symmetry == Symmetry::axial ? axial_view_factors(section, context)
                                               : planar_view_factors(section, context);
}

}  // namespace damascene::feature
