// From a sampled surface to oriented pieces: corners stay, the rest is cut into equal lengths.
#include <algorithm>

#include "damascene/feature/level_set.hpp"
#include "feature/level_set/contour.hpp"
#include "feature/level_set/distance.hpp"
#include "feature/level_set/materials.hpp"

namespace damascene::feature {
namespace {

using namespace level_set;

/// Places along a chain where a piece must end: point indices, with the corners before all else.
struct Break {
    double s = 0;
    bool corner = false;
};

std::vector<double> arc_lengths(const Chain& c) {
    std::vector<double> s{0};
    for (std::size_t k = 1; k < c.points.size() + (c.closed ? 1 : 0); ++k)
        s.push_back(s.back() + norm(c.points[k % c.points.size()] - c.points[k - 1]));
    return s;
}

/// Corners and changes of the exposed material; of two closer than half a piece the corner stays.
std::vector<Break> breaks_of(const Surface& surface, const Lattice& l, const Chain& c, const std::vector<double>& s,
                             double piece) {
    std::vector<Break> out;
    int before = -1;
    for (std::size_t k = 0; k + 1 < s.size(); ++k) {
        const int material = exposed_material(surface, l, 0.5 * (c.points[k] + c.points[(k + 1) % c.points.size()]));
        const bool changes = before >= 0 && material != before;
        before = material;
        if (!c.corner[k] && !changes) continue;
        const bool near_end = !c.closed && (s[k] < 0.5 * piece || s.back() - s[k] < 0.5 * piece);
        if (near_end && !c.corner[k]) continue;
        if (out.empty() || s[k] - out.back().s > 0.5 * piece)
            out.push_back({s[k], c.corner[k]});
        else if (c.corner[k] && !out.back().corner)
            out.back() = {s[k], true};
        else if (c.corner[k])  // the ends of a chamfer
            out.push_back({s[k], true});
    }
    return out;
}

Vec2 point_at(const Chain& c, const std::vector<double>& s, double q) {
    const auto up = std::upper_bound(s.begin(), s.end(), q);
    const auto k = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(up - s.begin() - 1, 0, static_cast<std::ptrdiff_t>(s.size()) - 2));
    const Vec2 a = c.points[k], b = c.points[(k + 1) % c.points.size()];
    const double length = s[k + 1] - s[k];
    return length > 0 ? a + std::clamp((q - s[k]) / length, 0.0, 1.0) * (b - a) : a;
}

/// Equal steps of arc length between s0 and s1, at least `least` of them.
void cut(const Chain& c, const std::vector<double>& s, double s0, double s1, double piece, int least,
         std::vector<Vec2>& points) {
    const int n = std::max(least, static_cast<int>(std::lround((s1 - s0) / piece)));
    for (int k = 0; k < n; ++k) {
        double q = s0 + (s1 - s0) * k / n;
        if (c.closed && q >= s.back()) q -= s.back();
        points.push_back(point_at(c, s, q));
    }
}

std::vector<Vec2> resampled(const Surface& surface, const Lattice& l, const Chain& c, double piece) {
    const std::vector<double> s = arc_lengths(c);
    const std::vector<Break> breaks = breaks_of(surface, l, c, s, piece);
    std::vector<Vec2> points;
    if (c.closed) {
        const std::size_t n = breaks.size();
        const double start = n ? breaks[0].s : 0;
        for (std::size_t k = 0; k + 1 < n; ++k) cut(c, s, breaks[k].s, breaks[k + 1].s, piece, 1, points);
        cut(c, s, n ? breaks[n - 1].s : 0, start + s.back(), piece, n < 2 ? 3 : 2, points);
        return points;
    }
    double from = 0;
    for (const Break& b : breaks) {
        if (b.s - from > 1e-9 * piece) cut(c, s, from, b.s, piece, 1, points);
        from = b.s;
    }
    cut(c, s, from, s.back(), piece, 1, points);
    points.push_back(c.points.back());
    return points;
}

void append(const Surface& surface, const Lattice& l, const std::vector<Vec2>& points, bool closed, Section& section) {
    section.chain_begin.push_back(section.pieces.size());
    const std::size_t n = points.size();
    for (std::size_t k = 0; k + (closed ? 0 : 1) < n; ++k) {
        Piece p{points[k], points[(k + 1) % n], 0};
        p.material = exposed_material(surface, l, midpoint(p));
        section.pieces.push_back(p);
    }
}

/// Loops too short to matter; move() dissolves them (nodes alone within 0.1 h of their contour).
bool is_speck(const Chain& c, double h) { return c.closed && arc_lengths(c).back() < 0.2 * h; }

}  // namespace

Contour::Contour(const Surface& s)
    : chains_(std::make_shared<const std::vector<Chain>>(surface_chains(lattice_of(s), s.phi.back().values))) {}

Section section_of(const Surface& surface, double piece_nm) { return section_of(surface, Contour(surface), piece_nm); }

Section section_of(const Surface& surface, const Contour& contour, double piece_nm) {
    if (!(piece_nm > 0)) throw InputError("D0430", "a section wants pieces of positive length");
    const Lattice l = lattice_of(surface);
    Section section{surface.symmetry, l.left, l.right, {}, {}};
    std::size_t index = 0;
    for (const Chain& c : contour.chains()) {
        if (index++ > 0 && is_speck(c, l.h)) continue;
        append(surface, l, resampled(surface, l, c, piece_nm), c.closed, section);
    }
    return section;
}

}  // namespace damascene::feature
