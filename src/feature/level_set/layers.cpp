#include "feature/level_set/layers.hpp"

#include <limits>

#include "feature/level_set/contour.hpp"
#include "feature/level_set/distance.hpp"

namespace damascene::feature::level_set {
namespace {

void check_rows(const Surface& s, const Section& section, const SurfaceSpeed& v) {
    const std::size_t rows = v.isotropic.size();
    bool good = (rows <= 1 || rows == s.materials.size()) && v.beam.size() == v.beam_law.size() &&
                (rows <= 1 || v.beam.size() % rows == 0);
    for (const auto* table : {&v.isotropic, &v.beam})
        for (const auto& row : *table) good = good && row.size() == section.size();
    if (!good)
        throw InputError("D0430",
                         "speeds want one row for all materials or one per material, a value per piece, and as many "
                         "laws as beam rows");
    for (const auto* table : {&v.isotropic, &v.beam})
        for (const auto& row : *table)
            for (double value : row)
                if (!std::isfinite(value)) throw NumericalError("a surface speed is not a finite number");
}

/// The speed of material m at a piece.
struct Rates {
    const SurfaceSpeed& v;
    const std::vector<std::vector<double>>& g;  ///< [row][piece]: the law at the piece's own normal
    std::size_t rows;

    double of(std::size_t m, std::size_t piece) const {
        double rate = rows == 0 ? 0 : v.isotropic[rows > 1 ? m : 0][piece];
        for (std::size_t r = rows > 1 ? m : 0; r<v.beam.size(); r += rows> 1 ? rows : 1)
            rate += v.beam[r][piece] * g[r][piece];
        return rate;
    }
};

/// Share of the time spent in each material while the piece's midpoint sinks along its normal. Steps of the distance to
/// the next interface cannot miss it.
int time_shares(const Surface& s, const Lattice& l, const Piece& p, const Rates& rates, std::size_t piece,
                double duration, std::vector<double>& share) {
    std::fill(share.begin(), share.end(), 0.0);
    const Vec2 n = normal(p);
    Vec2 at = midpoint(p);
    const double lift = interpolate(l, s.phi.back().values, at);  // of the chord's middle off the contour
    double left = duration;
    auto m = static_cast<std::size_t>(p.material);
    bool changed = false;
    for (int step = 0; step < 64 && left > 0; ++step) {
        const double rate = -rates.of(m, piece);
        if (!(rate > 0)) {
            share[m] += left / duration;
            return changed ? static_cast<int>(m) : -1;
        }
        const double thick =
            m == 0 ? std::numeric_limits<double>::infinity() : interpolate(l, s.phi[m - 1].values, at) - lift;
        if (thick <= 1e-7 * l.h) {
            std::size_t k = 0;
            while (interpolate(l, s.phi[k].values, at) - lift > 1e-7 * l.h) ++k;
            m = k;
            changed = true;
            continue;
        }
        const double used = std::min(thick / rate, left);
        share[m] += used / duration;
        left -= used;
        at = at - used * rate * n;
    }
    if (left > 0) share[m] += left / duration;
    return -1;
}

std::vector<Vec2> chain_points(const Section& s, std::size_t begin, std::size_t end) {
    std::vector<Vec2> points;
    for (std::size_t k = begin; k < end; ++k) points.push_back(s.pieces[k].a);
    if (!(s.pieces[end - 1].b == s.pieces[begin].a)) points.push_back(s.pieces[end - 1].b);
    return points;
}

bool contains(const std::vector<Vec2>& polygon, Vec2 p) {
    bool inside = false;
    for (std::size_t k = 0; k < polygon.size(); ++k) {
        const Vec2 a = polygon[k], b = polygon[(k + 1) % polygon.size()];
        if ((a.z > p.z) != (b.z > p.z) && p.x < a.x + (p.z - a.z) / (b.z - a.z) * (b.x - a.x)) inside = !inside;
    }
    return inside;
}

}  // namespace

PieceSpeeds mean_speeds(const Surface& s, const Lattice& l, const Section& section, const SurfaceSpeed& v,
                        const std::vector<AngularLaw>& laws, double duration, const std::vector<bool>& frozen) {
    check_rows(s, section, v);
    const std::size_t n = section.size(), rows = v.isotropic.size(), materials = s.materials.size();
    std::vector<std::vector<double>> g(laws.size(), std::vector<double>(n));
    for (std::size_t r = 0; r < laws.size(); ++r)
        for (std::size_t k = 0; k < n; ++k) g[r][k] = laws[r].value(normal(section.pieces[k]).z);
    const Rates rates{v, g, rows};
    PieceSpeeds out{std::vector<double>(n, 0.0),
                    std::vector<std::vector<double>>(v.beam.size(), std::vector<double>(n, 0.0)),
                    std::vector<int>(n, -1)};
    std::vector<double> share(materials, 1.0);
    for (std::size_t k = 0; k < n; ++k) {
        if (frozen[k]) continue;
        if (rows > 1) out.stop[k] = time_shares(s, l, section.pieces[k], rates, k, duration, share);
        for (std::size_t m = 0; m < rows; ++m) out.isotropic[k] += share[rows > 1 ? m : 0] * v.isotropic[m][k];
        double speed = out.isotropic[k];
        for (std::size_t r = 0; r < v.beam.size(); ++r) {
            out.beam[r][k] = (rows > 1 ? share[r % rows] : 1.0) * v.beam[r][k];
            speed += out.beam[r][k] * g[r][k];
        }
        out.fastest = std::max(out.fastest, std::abs(speed));
    }
    return out;
}

std::vector<bool> untouched(const SurfaceSpeed& v, const std::vector<AngularLaw>& laws) {
    const std::size_t rows = v.isotropic.size();
    if (rows <= 1) return {};
    std::vector<bool> out(rows, true);
    const auto never_below_zero = [](const std::vector<double>& row) {
        return std::all_of(row.begin(), row.end(), [](double x) { return x >= 0; });
    };
    for (std::size_t m = 0; m < rows; ++m) out[m] = never_below_zero(v.isotropic[m]);
    for (std::size_t r = 0; r < v.beam.size(); ++r) {
        const bool idle = std::all_of(v.beam[r].begin(), v.beam[r].end(), [](double x) { return x == 0; });
        if (!idle && !(never_below_zero(v.beam[r]) && laws[r].least() >= 0)) out[r % rows] = false;
    }
    return out;
}

std::vector<bool> sealed_pieces(const Section& s) {
    std::vector<bool> sealed(s.size(), false);
    std::vector<std::vector<Vec2>> cavities;
    for (int pass = 0; pass < 2; ++pass) {  // cavities first, then what floats in them
        for (std::size_t c = 1; c < s.chain_begin.size(); ++c) {
            const std::size_t begin = s.chain_begin[c],
                              end = c + 1 < s.chain_begin.size() ? s.chain_begin[c + 1] : s.size();
            const std::vector<Vec2> points = chain_points(s, begin, end);
            const bool closed = s.pieces[end - 1].b == s.pieces[begin].a;
            const bool spans = !closed && std::abs(points.front().x - points.back().x) >
                                              0.5 * std::abs(s.pieces[s.chain_begin[1] - 1].b.x - s.pieces[0].a.x);
            const bool cavity = spans || enclosed(points, Symmetry::planar) > 0;
            bool adrift = false;
            if (pass == 1 && !cavity)
                for (const auto& wall : cavities) adrift = adrift || contains(wall, points.front());
            if (pass == 0 && cavity) cavities.push_back(points);
            if ((pass == 0 && cavity) || adrift)
                std::fill(sealed.begin() + static_cast<std::ptrdiff_t>(begin),
                          sealed.begin() + static_cast<std::ptrdiff_t>(end), true);
        }
    }
    return sealed;
}

}  // namespace damascene::feature::level_set
