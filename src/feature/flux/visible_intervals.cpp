// See visible_intervals.hpp. Sweep over directions; among the walls met in a direction the nearest is seen.
#include "feature/flux/visible_intervals.hpp"

#include <algorithm>
#include <cmath>

namespace damascene::feature {

namespace {

constexpr double behind = 1e-10;  ///< of the size of the section

struct Met {
    double begin, end;      ///< sines of the directions under which the wall is met
    double u0, w0, u1, w1;  ///< its ends: along the piece, along the normal
    int piece;
};

/// Distance of the wall along the direction (sine, cosine).
double distance_along(const Met& m, double sine, double cosine) {
    const double du = m.u1 - m.u0, dw = m.w1 - m.w0;
    const double across = sine * dw - cosine * du;
    return across == 0 ? std::hypot(m.u0, m.w0) : (m.u0 * dw - m.w0 * du) / across;
}

double sine_of(double u, double w) { return u / std::hypot(u, w); }

/// The part in front of the piece, or nothing. Walls show their gas side only, so walls without thickness hide behind
/// each other whatever rounding says of their order.
bool clip_to_front(Met& m) {
    if (!(m.u0 * m.w1 - m.u1 * m.w0 > 0)) return false;
    if (m.w0 <= 0 && m.w1 <= 0) return false;
    if (m.w0 < 0 || m.w1 < 0) {
        const double u = m.u0 + (m.u1 - m.u0) * m.w0 / (m.w0 - m.w1);
        (m.w0 < 0 ? m.u0 : m.u1) = u;
        (m.w0 < 0 ? m.w0 : m.w1) = 0;
    }
    m.begin = sine_of(m.u0, m.w0), m.end = sine_of(m.u1, m.w1);
    if (m.begin > m.end) std::swap(m.begin, m.end);
    return m.end > m.begin;
}

/// Nearest wall over the elementary intervals of the sorted bounds.
std::vector<VisibleInterval> nearest_of(std::vector<Met>& met) {
    std::vector<double> bounds{-1, 1};
    for (const Met& m : met) bounds.insert(bounds.end(), {m.begin, m.end});
    std::sort(bounds.begin(), bounds.end());
    bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    std::sort(met.begin(), met.end(), [](const Met& p, const Met& q) { return p.begin < q.begin; });
    std::vector<VisibleInterval> seen;
    std::vector<const Met*> active;
    std::size_t coming = 0;
    for (std::size_t k = 0; k + 1 < bounds.size(); ++k) {
        for (; coming < met.size() && met[coming].begin <= bounds[k]; ++coming) active.push_back(&met[coming]);
        std::erase_if(active, [&](const Met* m) { return m->end <= bounds[k]; });
        const double sine = 0.5 * (bounds[k] + bounds[k + 1]), cosine = std::sqrt((1 - sine) * (1 + sine));
        int piece = sky_seen;
        double nearest = 0;
        for (const Met* m : active) {
            const double d = distance_along(*m, sine, cosine);
            if (piece == sky_seen || d < nearest) nearest = d, piece = m->piece;
        }
        if (!seen.empty() && seen.back().piece == piece)
            seen.back().sine_end = bounds[k + 1];
        else
            seen.push_back({piece, bounds[k], bounds[k + 1]});
    }
    return seen;
}

}  // namespace

Sight::Sight(const Section& section, int images) : section_(section) {
    const std::size_t n = section.size(), end = section.chain_begin.size() > 1 ? section.chain_begin[1] : n;
    const double x0 = section.pieces.front().a.x, x1 = section.pieces[end - 1].b.x, width = x1 - x0;
    double z0 = section.pieces.front().a.z, z1 = z0;
    for (const Piece& p : section.pieces) z0 = std::min({z0, p.a.z, p.b.z}), z1 = std::max({z1, p.a.z, p.b.z});
    size_ = std::max(width, z1 - z0);
    for (std::size_t i = 0; i < n; ++i)
        walls_.push_back({section.pieces[i].a, section.pieces[i].b, static_cast<int>(i), true});
    auto put = [&](double shift, double sign) {  // x -> shift + sign x
        for (std::size_t i = 0; i < n; ++i) {
            const Vec2 a{shift + sign * section.pieces[i].a.x, section.pieces[i].a.z};
            const Vec2 b{shift + sign * section.pieces[i].b.x, section.pieces[i].b.z};
            walls_.push_back({sign > 0 ? a : b, sign > 0 ? b : a, static_cast<int>(i), false});
        }
    };
    auto side = [&](Side s, double edge, double other, int direction, double z) {
        if (s == Side::open) {
            const Vec2 end{edge, z}, far{edge + direction * 1e4 * size_, z};
            if (direction < 0)
                walls_.push_back({far, end, left_field_seen, false});
            else
                walls_.push_back({end, far, right_field_seen, false});
        } else {
            for (int k = 1; k <= images; ++k) {
                if (s == Side::periodic)
                    put(direction * k * width, 1);
                else if (k % 2 == 1)
                    put(edge + other + direction * k * width, -1);
                else
                    put(direction * k * width, 1);
            }
        }
    };
    side(section.left, x0, x1, -1, section.pieces.front().a.z);
    side(section.right, x1, x0, 1, section.pieces[end - 1].b.z);
}

std::vector<VisibleInterval> Sight::visible(int piece, Vec2 place) const {
    const Piece& own = section_.pieces[static_cast<std::size_t>(piece)];
    const Vec2 n = normal(own), t{n.z, -n.x};
    // Looking from a little behind, what touches the place is still in front.
    const double back = std::min(behind * size_, 1e-3 * length_nm(own));
    const Vec2 from{place.x - back * n.x, place.z - back * n.z};
    std::vector<Met> met;
    for (const Wall& wall : walls_) {
        if (wall.own && wall.piece == piece) continue;
        const Vec2 a{wall.a.x - from.x, wall.a.z - from.z}, b{wall.b.x - from.x, wall.b.z - from.z};
        Met m{.u0 = a.x * t.x + a.z * t.z,
              .w0 = a.x * n.x + a.z * n.z,
              .u1 = b.x * t.x + b.z * t.z,
              .w1 = b.x * n.x + b.z * n.z,
              .piece = wall.piece};
        if (clip_to_front(m)) met.push_back(m);
    }
    return nearest_of(met);
}

std::array<SightPoint, 2> Sight::gauss_points(int piece, double u0, double u1) const {
    const Piece& p = section_.pieces[static_cast<std::size_t>(piece)];
    const double offset = 0.5 / std::sqrt(3.0), weight = 0.5 * (u1 - u0) * length_nm(p);
    auto point = [&](double v) {
        const double u = u0 + (u1 - u0) * v;
        return SightPoint{{p.a.x + u * (p.b.x - p.a.x), p.a.z + u * (p.b.z - p.a.z)}, weight};
    };
    return {point(0.5 - offset), point(0.5 + offset)};
}

}  // namespace damascene::feature
