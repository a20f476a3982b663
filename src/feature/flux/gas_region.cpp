// See gas_region.hpp.
#include "feature/flux/gas_region.hpp"

#include <algorithm>
#include <cmath>

namespace damascene::feature {

namespace {

constexpr double far_ratio = 1e6;  ///< drawn length of an endless field over the size of the section

double signed_area(const Section& s, std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i)
        sum += 0.5 * (s.pieces[i].a.x * s.pieces[i].b.z - s.pieces[i].b.x * s.pieces[i].a.z);
    return sum;
}

std::size_t chain_end(const Section& s, std::size_t c) {
    return c + 1 < s.chain_begin.size() ? s.chain_begin[c + 1] : s.size();
}

/// The surface under the sky as corners and, between them, the pieces.
struct Chain {
    std::vector<Vec2> corner;
    std::vector<int> piece;
};

Chain sky_chain(const Section& s) {
    Chain chain;
    const std::size_t end = chain_end(s, 0);
    for (std::size_t i = 0; i < end; ++i) {
        chain.corner.push_back(s.pieces[i].a);
        chain.piece.push_back(static_cast<int>(i));
    }
    if (end > 0) chain.corner.push_back(s.pieces[end - 1].b);
    return chain;
}

double extent(const Chain& c) {
    const auto [x0, x1] =
        std::minmax_element(c.corner.begin(), c.corner.end(), [](auto p, auto q) { return p.x < q.x; });
    const auto [z0, z1] =
        std::minmax_element(c.corner.begin(), c.corner.end(), [](auto p, auto q) { return p.z < q.z; });
    return std::max(x1->x - x0->x, z1->z - z0->z);
}

/// Corners as high as the highest, to rounding.
std::vector<int> peaks(const Chain& c) {
    double top = c.corner[0].z;
    for (const Vec2& p : c.corner) top = std::max(top, p.z);
    const double tolerance = 1e-12 * extent(c);
    std::vector<int> at;
    for (std::size_t k = 0; k < c.corner.size(); ++k)
        if (c.corner[k].z >= top - tolerance) at.push_back(static_cast<int>(k));
    return at;
}

/// Starts one period at its first peak.
Chain rotated(const Chain& c, int peak) {
    const double period = c.corner.back().x - c.corner.front().x;
    const int n = static_cast<int>(c.piece.size());
    Chain out;
    for (int k = 0; k <= n; ++k) {
        const int at = peak + k;
        Vec2 p = c.corner[static_cast<std::size_t>(at <= n ? at : at - n)];
        if (at > n) p.x += period;
        out.corner.push_back(p);
        if (k < n) out.piece.push_back(c.piece[static_cast<std::size_t>(at % n)]);
    }
    return out;
}

GasRegion between(const Chain& c, int begin, int end) {
    GasRegion r;
    r.corner.assign(c.corner.begin() + begin, c.corner.begin() + end + 1);
    r.piece.assign(c.piece.begin() + begin, c.piece.begin() + end);
    r.end_own = r.edges();
    r.sky_begin = r.edges();
    return r;
}

/// A region whose end (left or right) lies on a mirror: the image is put before or after it.
GasRegion mirrored(GasRegion r, bool at_left) {
    const double x = at_left ? r.corner.front().x : r.corner.back().x;
    std::vector<Vec2> image(r.corner.rbegin(), r.corner.rend());
    for (Vec2& p : image) p.x = 2 * x - p.x;
    const std::vector<int> pieces(r.piece.rbegin(), r.piece.rend());
    if (at_left) {
        r.corner.insert(r.corner.begin(), image.begin(), image.end() - 1);
        r.piece.insert(r.piece.begin(), pieces.begin(), pieces.end());
        r.first_own = static_cast<int>(pieces.size()), r.end_own = r.edges();
    } else {
        r.corner.insert(r.corner.end(), image.begin() + 1, image.end());
        r.piece.insert(r.piece.end(), pieces.begin(), pieces.end());
    }
    r.sky_begin = r.edges();
    return r;
}

/// A region whose end goes on, level and below the highest point, for ever: two far corners.
GasRegion with_field(GasRegion r, bool at_left, double size) {
    double top = r.corner[0].z;
    for (const Vec2& p : r.corner) top = std::max(top, p.z);
    const Vec2 end = at_left ? r.corner.front() : r.corner.back();
    if (end.z == top) return r;
    r.far_x = end.x + (at_left ? -1 : 1) * far_ratio * size;
    const Vec2 far{r.far_x, end.z}, above{r.far_x, top};
    const int m = r.edges();
    r.field_side = at_left ? 0 : 1;
    r.corner.push_back(at_left ? above : far);
    r.corner.push_back(at_left ? far : above);
    r.far_corner = at_left ? m + 2 : m + 1;
    r.field_edge = at_left ? m + 2 : m;
    r.sky_begin = at_left ? m : m + 1;
    r.sky_end = at_left ? m + 2 : 0;
    return r;
}

GasRegion side_region(const Chain& c, int begin, int end, Side side, bool at_left, double size) {
    GasRegion r = between(c, begin, end);
    return side == Side::mirror ? mirrored(std::move(r), at_left) : with_field(std::move(r), at_left, size);
}

std::vector<GasRegion> sky_regions(const Section& s) {
    Chain c = sky_chain(s);
    std::vector<GasRegion> regions;
    if (c.piece.empty()) return regions;
    const bool periodic = s.left == Side::periodic;
    if (periodic) c = rotated(c, peaks(c).front());
    const double size = extent(c);
    const std::vector<int> at = peaks(c);
    const int n = static_cast<int>(c.piece.size());
    if (at.front() > 0) regions.push_back(side_region(c, 0, at.front(), s.left, true, size));
    for (std::size_t k = 0; k + 1 < at.size(); ++k) regions.push_back(between(c, at[k], at[k + 1]));
    if (at.back() < n) regions.push_back(side_region(c, at.back(), n, s.right, false, size));
    return regions;
}

GasRegion void_region(const Section& s, std::size_t begin, std::size_t end) {
    GasRegion r;
    for (std::size_t i = begin; i < end; ++i) {
        r.corner.push_back(s.pieces[i].a);
        r.piece.push_back(static_cast<int>(i));
    }
    r.end_own = r.edges();
    r.open_to_sky = false;
    return r;
}

}  // namespace

bool has_islands(const Section& s) {
    for (std::size_t c = 1; c < s.chain_begin.size(); ++c)
        if (signed_area(s, s.chain_begin[c], chain_end(s, c)) < 0) return true;
    return false;
}

std::vector<GasRegion> gas_regions(const Section& s) {
    std::vector<GasRegion> regions = sky_regions(s);
    for (std::size_t c = 1; c < s.chain_begin.size(); ++c)
        regions.push_back(void_region(s, s.chain_begin[c], chain_end(s, c)));
    return regions;
}

}  // namespace damascene::feature
