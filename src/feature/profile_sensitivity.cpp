// Tangents of a growing trench: a front of nodes that move along their normals, forward differentiation of every stage.
//
//   l_i F_ij = (crossed - straight strings) / 2, taut around corners          [Hottel & Sarofim 1967]
//   Gamma = sky + F (Gamma - A),   A = min(s Gamma^n, Gamma),   V = rate Gamma^n
//   J dGamma = dsky + dF (Gamma - A) - F dA|_Gamma,   J = I - F diag(1 - A')
//
// The length of a taut string is differentiable where it begins to touch a corner, so arrivals are too. Nodes slide
// along the front so that their distances stay even, which is part of the differential equation and not a correction
// after the step. Heun's rule in time. Lengths nm, times s.
#include "damascene/feature/profile_sensitivity.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "damascene/base/error.hpp"
#include "damascene/base/parallel.hpp"
#include "feature/flux/shortest_paths.hpp"

namespace damascene::feature {
namespace {

// ------------------------------------------------------------------------------------- values with their derivatives
struct Dual {
    double v = 0;
    Tangent d{};
    Dual() = default;
    Dual(double value) : v(value) {}
};
Dual chain(double value, const Dual& a, double by_a) {
    Dual r(value);
    for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = by_a * a.d[k];
    return r;
}
Dual chain(double value, const Dual& a, double by_a, const Dual& b, double by_b) {
    Dual r(value);
    for (std::size_t k = 0; k < r.d.size(); ++k) r.d[k] = by_a * a.d[k] + by_b * b.d[k];
    return r;
}
Dual operator+(const Dual& a, const Dual& b) { return chain(a.v + b.v, a, 1, b, 1); }
Dual operator-(const Dual& a, const Dual& b) { return chain(a.v - b.v, a, 1, b, -1); }
Dual operator*(const Dual& a, const Dual& b) { return chain(a.v * b.v, a, b.v, b, a.v); }
Dual operator/(const Dual& a, const Dual& b) { return chain(a.v / b.v, a, 1 / b.v, b, -a.v / (b.v * b.v)); }
Dual sine(const Dual& a) { return chain(std::sin(a.v), a, std::cos(a.v)); }
Dual cosine(const Dual& a) { return chain(std::cos(a.v), a, -std::sin(a.v)); }

struct DualPoint {
    Dual x, z;
};
DualPoint operator+(const DualPoint& a, const DualPoint& b) { return {a.x + b.x, a.z + b.z}; }
DualPoint operator-(const DualPoint& a, const DualPoint& b) { return {a.x - b.x, a.z - b.z}; }
DualPoint operator*(const Dual& s, const DualPoint& p) { return {s * p.x, s * p.z}; }
Dual dot(const DualPoint& a, const DualPoint& b) { return a.x * b.x + a.z * b.z; }
Dual length(const DualPoint& p) {
    const double l = std::hypot(p.x.v, p.z.v);
    return l > 0 ? chain(l, p.x, p.x.v / l, p.z, p.z.v / l) : Dual(0);
}
DualPoint mirrored(const DualPoint& p) { return {Dual(0) - p.x, p.z}; }
DualPoint left_of(const DualPoint& p) { return {Dual(0) - p.z, p.x}; }

using Front = std::vector<DualPoint>;  ///< right half, bottom centre to field
using DualVector = std::vector<Dual>;

std::size_t at(int k) { return static_cast<std::size_t>(k); }

// -------------------------------------------------------------------------------------------------------------- start
struct Parameters {
    Dual sticking, order, rate, width, depth;
};
Parameters parameters_of(const TrenchGrowth& g) {
    Parameters p{g.sticking, g.order, g.rate_nm_s, g.width_nm, g.depth_nm};
    Dual* all[] = {&p.sticking, &p.order, &p.rate, &p.width, &p.depth};
    for (std::size_t k = 0; k < growth_parameters.size(); ++k) all[k]->d[k] = 1;
    return p;
}

/// Wall, quarter circle at the mouth, field; by the way along them from the corner of the floor.
DualPoint on_wall(const Parameters& p, double radius, const Dual& way) {
    const Dual straight = p.depth - Dual(radius), half = Dual(0.5) * p.width;
    const double arc = 0.5 * std::numbers::pi * radius;
    if (way.v < straight.v) return {half, way - p.depth};
    const Dual beyond = way - straight;
    if (beyond.v >= arc) return {half + Dual(radius) + beyond - Dual(arc), Dual(0)};
    const Dual angle = beyond / Dual(radius);
    return {half + Dual(radius) * (Dual(1) - cosine(angle)), Dual(radius) * (sine(angle) - Dual(1))};
}

Front start_front(const Parameters& p, double radius, double field, const ProfileOptions& o) {
    Front front;
    for (int k = 0; k < o.floor_nodes; ++k)
        front.push_back({Dual(0.5 * k / o.floor_nodes) * p.width, Dual(0) - p.depth});
    const Dual all = p.depth + Dual((0.5 * std::numbers::pi - 2) * radius + field);
    for (int k = 0; k <= o.wall_nodes; ++k)
        front.push_back(on_wall(p, radius, Dual(static_cast<double>(k) / o.wall_nodes) * all));
    return front;
}

// ------------------------------------------------------------------------------------------------------------ arrival
/// The gas above both halves, closed by a lid, counter-clockwise from the left end of the field.
Front gas_polygon(const Front& front) {
    Front polygon;
    for (std::size_t k = front.size(); k-- > 1;) polygon.push_back(mirrored(front[k]));
    polygon.insert(polygon.end(), front.begin(), front.end());
    const DualPoint end = front.back();
    const DualPoint lid{end.x, end.z + end.x};
    polygon.push_back(lid);
    polygon.push_back(mirrored(lid));
    return polygon;
}

/// Lengths of the taut strings from one corner to all.
DualVector strings_from(const ShortestPaths& paths, const Front& polygon, int source) {
    ShortestPaths::Funnel funnel = paths.funnel();
    std::vector<double> distance;
    std::vector<int> last, way;
    paths.from(source, funnel, distance, last);
    DualVector out(polygon.size());
    std::vector<char> known(polygon.size(), 0);
    known[at(source)] = 1;
    for (std::size_t k = 0; k < polygon.size(); ++k) {
        int corner = static_cast<int>(k);
        for (way.clear(); !known[at(corner)]; corner = last[at(corner)]) way.push_back(corner);
        for (; !way.empty(); way.pop_back()) {
            const int next = way.back(), from = last[at(next)];
            out[at(next)] = out[at(from)] + length(polygon[at(next)] - polygon[at(from)]);
            known[at(next)] = 1;
        }
    }
    return out;
}

struct Exchange {
    int n = 0;
    DualVector factor;  ///< row-major, both halves' pieces folded on the right half
    DualVector sky;
};

Exchange exchange_of(const Front& front) {
    const Front polygon = gas_polygon(front);
    std::vector<Vec2> corners;
    for (const DualPoint& p : polygon) corners.push_back({p.x.v, p.z.v});
    const ShortestPaths paths(corners);
    const int n = static_cast<int>(front.size()) - 1, centre = n;  // corner of the bottom's middle
    std::vector<DualVector> strings(front.size());
    parallel_for(front.size(),
                 [&](std::size_t k) { strings[k] = strings_from(paths, polygon, centre + static_cast<int>(k)); });
    Exchange e{n, DualVector(at(n) * at(n)), DualVector(at(n), Dual(1))};
    parallel_for(at(n), [&](std::size_t i) {
        const Dual twice = Dual(2) * length(front[i + 1] - front[i]);
        const DualVector &a = strings[i], &b = strings[i + 1];
        const auto share = [&](std::size_t c,
                               std::size_t d) {  // of the piece between two corners, in the polygon's order
            return (a[c] + b[d] - b[c] - a[d]) / twice;
        };
        for (std::size_t j = 0; j < at(n); ++j) {
            const std::size_t c = at(centre) + j, m = at(centre) - j;
            Dual f = share(m - 1, m);
            if (j != i) f = f + share(c, c + 1);
            e.factor[i * at(n) + j] = f;
            e.sky[i] = e.sky[i] - f;
        }
    });
    return e;
}

struct Absorbed {
    double value, by_arrival, by_sticking, by_order;
};
Absorbed absorbed(double arrival, double s, double n) {
    const double g = std::max(arrival, 1e-12), power = std::pow(g, n);
    if (s * power > g) return {g, 1, 0, 0};
    return {s * power, s * n * power / g, power, s * power * std::log(g)};
}

/// Newton for the arrivals, then their tangents with the same matrix.
DualVector arrivals(const Exchange& e, const Parameters& p) {
    const int n = e.n;
    Eigen::MatrixXd f(n, n), jacobian(n, n);
    Eigen::VectorXd sky(n), gamma(n);
    for (int i = 0; i < n; ++i) {
        sky[i] = e.sky[at(i)].v, gamma[i] = 1;
        for (int j = 0; j < n; ++j) f(i, j) = e.factor[at(i) * at(n) + at(j)].v;
    }
    Eigen::PartialPivLU<Eigen::MatrixXd> lu;
    constexpr int most = 40;
    double change = 1;
    for (int round = 0; change > 1e-13; ++round) {
        if (round == most) throw NumericalError("the arrivals at the trench did not settle");
        Eigen::VectorXd flying(n), kept(n);
        for (int i = 0; i < n; ++i) {
            const Absorbed a = absorbed(gamma[i], p.sticking.v, p.order.v);
            flying[i] = gamma[i] - a.value, kept[i] = 1 - a.by_arrival;
        }
        jacobian = Eigen::MatrixXd::Identity(n, n) - f * kept.asDiagonal();
        lu.compute(jacobian);
        const Eigen::VectorXd step = lu.solve(gamma - sky - f * flying);
        gamma = (gamma - step).cwiseMax(1e-12);
        change = step.cwiseAbs().maxCoeff();
    }
    Eigen::MatrixXd right = Eigen::MatrixXd::Zero(n, static_cast<int>(growth_parameters.size()));
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
            const Dual& factor = e.factor[at(i) * at(n) + at(j)];
            const Absorbed a = absorbed(gamma[j], p.sticking.v, p.order.v);
            for (int k = 0; k < right.cols(); ++k)
                right(i, k) += factor.d[at(k)] * (gamma[j] - a.value) -
                               factor.v * (a.by_sticking * p.sticking.d[at(k)] + a.by_order * p.order.d[at(k)]);
        }
    for (int i = 0; i < n; ++i)
        for (int k = 0; k < right.cols(); ++k) right(i, k) += e.sky[at(i)].d[at(k)];
    const Eigen::MatrixXd tangent = lu.solve(right);
    DualVector out(at(n));
    for (int i = 0; i < n; ++i) {
        out[at(i)].v = gamma[i];
        for (int k = 0; k < right.cols(); ++k) out[at(i)].d[at(k)] = tangent(i, k);
    }
    return out;
}

Dual growth(const Dual& arrival, const Parameters& p) {
    const double g = arrival.v, power = std::pow(g, p.order.v);
    return p.rate * chain(power, arrival, p.order.v * power / g, p.order, power * std::log(g));
}

// ------------------------------------------------------------------------------------------------------------- motion
DualPoint unit(const DualPoint& p) {
    const Dual one = Dual(1) / length(p);
    return one * p;
}

/// Moves with both neighbouring pieces at V: 2 V (a + b)/|a + b|^2 where the front is hollow, V along the mean normal
/// where it bulges and a fan opens. The two differ by the square of the turn.
DualPoint node_velocity(const DualPoint& a, const DualPoint& b, const Dual& speed) {
    const DualPoint s = a + b;
    const Dual l = length(s);
    const bool hollow = a.x.v * b.z.v - a.z.v * b.x.v > 0;
    return hollow ? (Dual(2) * speed / (l * l)) * s : (speed / l) * s;
}

/// Where two pieces meet at an angle that stays: each moves at its own speed.
DualPoint corner_velocity(const DualPoint& a, const Dual& va, const DualPoint& b, const Dual& vb) {
    const Dual determinant = a.x * b.z - a.z * b.x;
    return {(va * b.z - vb * a.z) / determinant, (a.x * vb - b.x * va) / determinant};
}

/// Adds the sliding along the front that lets the pieces first .. end share the length of their run evenly.
void slide(const Front& front, std::vector<DualPoint>& velocity, std::size_t first, std::size_t end, double pull) {
    const auto n = static_cast<double>(end - first);
    std::vector<DualPoint> edge(end - first);
    DualVector l(end - first), rate(end - first);
    Dual sum, sum_rate;
    for (std::size_t k = first; k < end; ++k) {
        const DualPoint chord = front[k + 1] - front[k];
        l[k - first] = length(chord);
        edge[k - first] = unit(chord);
        rate[k - first] = dot(edge[k - first], velocity[k + 1] - velocity[k]);
        sum = sum + l[k - first], sum_rate = sum_rate + rate[k - first];
    }
    Dual way;  // along the front at the node, times the cosine to the piece before it
    for (std::size_t k = first; k + 1 < end; ++k) {
        const Dual wanted = sum_rate / Dual(n) + Dual(pull) * (sum / Dual(n) - l[k - first]);
        way = way + wanted - rate[k - first];
        velocity[k + 1] = velocity[k + 1] + way * unit(edge[k - first] + edge[k + 1 - first]);
    }
}

std::vector<DualPoint> velocities(const Front& front, const Parameters& p, int corner, double pull) {
    const DualVector arrival = arrivals(exchange_of(front), p);
    const std::size_t n = arrival.size(), c = at(corner);
    DualVector speed(n);
    std::vector<DualPoint> normal(n), velocity(n + 1);
    for (std::size_t i = 0; i < n; ++i) {
        speed[i] = growth(arrival[i], p);
        normal[i] = unit(left_of(front[i + 1] - front[i]));
    }
    const auto towards = [&](std::size_t i, std::size_t from) {  // continued by half a piece
        return Dual(1.5) * speed[i] - Dual(0.5) * speed[from];
    };
    velocity[0] = {Dual(0), speed[0]};
    velocity[n] = {Dual(0), speed[n - 1]};
    for (std::size_t k = 1; k < n; ++k)
        velocity[k] = k == c ? corner_velocity(normal[c - 1], towards(c - 1, c - 2), normal[c], towards(c, c + 1))
                             : node_velocity(normal[k - 1], normal[k], Dual(0.5) * (speed[k - 1] + speed[k]));
    slide(front, velocity, 0, c, pull);
    slide(front, velocity, c, n, pull);
    return velocity;
}

void advance(Front& front, const Parameters& p, int corner, double dt) {
    const double pull = 0.5 / dt;
    const auto first = velocities(front, p, corner, pull);
    Front predicted = front;
    for (std::size_t k = 0; k < front.size(); ++k) predicted[k] = front[k] + Dual(dt) * first[k];
    const auto second = velocities(predicted, p, corner, pull);
    for (std::size_t k = 0; k < front.size(); ++k) front[k] = front[k] + Dual(0.5 * dt) * (first[k] + second[k]);
}

// ------------------------------------------------------------------------------------------------------------ answers
/// Twice the least x of the wall, by a parabola through the nearest three nodes.
Dual narrowest(const Front& front, std::size_t corner) {
    std::size_t k = corner;
    for (std::size_t i = corner; i < front.size(); ++i)
        if (front[i].x.v < front[k].x.v) k = i;
    if (k == corner || k + 1 == front.size()) return Dual(2) * front[k].x;
    const Dual slope = front[k + 1].x - front[k - 1].x, bend = front[k + 1].x - Dual(2) * front[k].x + front[k - 1].x;
    if (!(bend.v > 1e-9 * front[k].x.v)) return Dual(2) * front[k].x;
    return Dual(2) * (front[k].x - slope * slope / (Dual(8) * bend));
}

Dual wall_film(const Front& front, const Parameters& p, std::size_t corner) {
    const Dual z = Dual(-0.5) * p.depth;
    for (std::size_t k = corner; k + 1 < front.size(); ++k)
        if (front[k].z.v <= z.v && z.v < front[k + 1].z.v) {
            const Dual share = (z - front[k].z) / (front[k + 1].z - front[k].z);
            return Dual(0.5) * p.width - front[k].x - share * (front[k + 1].x - front[k].x);
        }
    return std::numeric_limits<double>::quiet_NaN();  // the bottom has grown beyond half the depth
}

Sensitive answer(const Dual& d) { return {d.v, d.d}; }

void require(bool good, const char* name, const char* allowed) {
    if (!good) throw InputError("D0402", std::string(name) + " is out of range", allowed);
}

void check(const TrenchGrowth& g, const ProfileOptions& o, double field) {
    require(g.width_nm > 0 && g.depth_nm > 0, "width or depth of the trench", "greater than 0");
    require(g.sticking > 0 && g.sticking <= 1, "sticking", "a probability: greater than 0, at most 1");
    require(g.order >= 0.3 && g.order <= 2, "order", "0.3 .. 2");
    require(g.rate_nm_s > 0 && g.duration_s > 0, "rate or duration", "greater than 0");
    require(g.top_radius_nm > 0 && g.top_radius_nm < g.depth_nm / 2 && g.top_radius_nm < field, "radius of the mouth",
            "greater than 0, below half the depth and the field");
    require(o.floor_nodes >= 4 && o.wall_nodes >= 16 && o.steps >= 0, "number of nodes or steps",
            "at least 4 on the floor, 16 on the wall");
}

[[noreturn]] void met(double time_s, double duration_s) {
    throw InputError("D0402",
                     fmt::format("the fronts meet after {:.4g} s, within the duration of {:.4g} s", time_s, duration_s),
                     "derivatives of a profile end where it closes: a shorter duration");
}

}  // namespace

ProfileSensitivity profile_sensitivity(const TrenchGrowth& g, const ProfileOptions& o, const Context& context) {
    const double field = o.field_nm > 0 ? o.field_nm : 0.5 * g.width_nm, thickness = g.rate_nm_s * g.duration_s;
    check(g, o, field);
    const Parameters p = parameters_of(g);
    Front front = start_front(p, g.top_radius_nm, field, o);
    const double spacing = (g.depth_nm + field) / o.wall_nodes;
    const int steps = o.steps > 0 ? o.steps : std::max(4, static_cast<int>(std::ceil(thickness / (0.4 * spacing))));
    const double dt = g.duration_s / steps;
    const auto corner = at(o.floor_nodes);
    for (int k = 0; k < steps; ++k) {
        context.check();
        try {
            advance(front, p, o.floor_nodes, dt);
        } catch (const NumericalError&) {
            met((k + 1) * dt, g.duration_s);
        }
        const bool floor_left = front[corner].x.v > 0 && front[corner].x.v > 0.02 * spacing * o.floor_nodes;
        if (!floor_left || !(narrowest(front, corner).v > 0.5 * spacing)) met((k + 1) * dt, g.duration_s);
        context.progress({"profile", (k + 1.0) / steps, {{"gap", narrowest(front, corner).v}}});
    }
    ProfileSensitivity out;
    out.steps = steps;
    for (const DualPoint& q : front) out.node.push_back({answer(q.x), answer(q.z)});
    const Dual film = Dual(g.duration_s) * p.rate;
    out.field_nm = answer(film);
    out.bottom = answer((front[0].z + p.depth) / film);
    out.wall = answer(wall_film(front, p, corner) / film);
    out.gap_nm = answer(narrowest(front, corner));
    return out;
}

}  // namespace damascene::feature
