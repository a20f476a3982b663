// Motion of a surface: phi_t + V |grad phi| = 0 within a band around it, V carried along normals from its section
// [Adalsteinsson & Sethian 1999].
//
// Space: upwind, WENO3, WENO5 one-sided slopes; Hamiltonians in hamiltonian.hpp. Time: SSP Runge-Kutta
// [Gottlieb & Shu 1998], steps dt <= cfl h / max sum_d alpha_d. Cost: band nodes x stages.
#include <algorithm>
#include <array>
#include <limits>

#include "damascene/feature/level_set.hpp"
#include "feature/level_set/closest.hpp"
#include "feature/level_set/contour.hpp"
#include "feature/level_set/distance.hpp"
#include "feature/level_set/hamiltonian.hpp"
#include "feature/level_set/layers.hpp"
#include "feature/level_set/materials.hpp"
#include "feature/level_set/motion.hpp"
#include "feature/level_set/places.hpp"
#include "feature/level_set/redistance.hpp"
#include "feature/level_set/two_step.hpp"

namespace damascene::feature {
namespace level_set {
namespace {

constexpr double sharp_rad = 0.436;    // 25 deg: no slope of a speed is taken across such a corner
constexpr double band_cells = 5.5;     // half-width beyond the way the front goes
constexpr double trusted_cells = 3.5;  // within: phi as it was moved; from here to the band's edge: back to distance
constexpr double speck_cells = 0.1;    // a node alone with its contour nearer than this is not moved but dissolved
constexpr std::size_t block = 1024;

// ------------------------------------------------------------------------------------------- speeds along the section
/// A value per piece, linear along each with the piece's mean kept.
struct Profile1 {
    std::vector<double> value, slope;  ///< slope: change over the piece's whole length
};

struct Neighbours {
    std::vector<std::int32_t> before, after;  ///< -1 at open ends
};

Neighbours neighbours_of(const Section& s) {
    const auto n = static_cast<std::int32_t>(s.size());
    Neighbours out{std::vector<std::int32_t>(s.size(), -1), std::vector<std::int32_t>(s.size(), -1)};
    for (std::size_t c = 0; c < s.chain_begin.size(); ++c) {
        const auto begin = static_cast<std::int32_t>(s.chain_begin[c]);
        const auto end = c + 1 < s.chain_begin.size() ? static_cast<std::int32_t>(s.chain_begin[c + 1]) : n;
        const bool closed =
            s.pieces[static_cast<std::size_t>(end - 1)].b == s.pieces[static_cast<std::size_t>(begin)].a;
        for (std::int32_t k = begin; k < end; ++k) {
            out.before[static_cast<std::size_t>(k)] = k > begin ? k - 1 : closed ? end - 1 : -1;
            out.after[static_cast<std::size_t>(k)] = k + 1 < end ? k + 1 : closed ? begin : -1;
        }
    }
    return out;
}

double limited(double a, double b) {
    if (a * b <= 0) return 0;
    const double c = 0.5 * std::abs(a + b), least = 2 * std::min(std::abs(a), std::abs(b));
    return std::copysign(std::min(c, least), a);
}

bool smooth(const Piece& p, const Piece& q) {
    return p.material == q.material && std::abs(turn(p.b - p.a, q.b - q.a)) < sharp_rad;
}

/// Curvature of each piece: mean of its ends' that are no corners, 1/nm, > 0 where solid is concave.
std::vector<double> curvatures(const Section& s, const Neighbours& next, const std::vector<double>& length) {
    std::vector<double> sum(s.size(), 0.0);
    std::vector<int> ends(s.size(), 0);
    for (std::size_t k = 0; k < s.size(); ++k) {
        if (next.after[k] < 0) continue;
        const auto b = static_cast<std::size_t>(next.after[k]);
        const Piece &p = s.pieces[k], &q = s.pieces[b];
        if (!smooth(p, q)) continue;
        const double kappa = 2 * turn(p.b - p.a, q.b - q.a) / (length[k] + length[b]);
        for (std::size_t i : {k, b}) sum[i] += kappa, ++ends[i];
    }
    for (std::size_t k = 0; k < s.size(); ++k) sum[k] /= std::max(ends[k], 1);
    return sum;
}

/// Speeds with the ripple between pieces taken out: 1/4 1/2 1/4 on equal pieces, and surface diffusion
/// -h^3 dV d2(curvature)/ds2; both keep the swept volume and stop at corners. A front under a sky shades its own
/// valleys: ripples of wave number k grow as k dV / 2, where dV is by how much the speeds differ, so those that the
/// grid makes (shorter than 8 h) must decay faster, as h^3 k^4 dV. One speed for all is left alone.
std::vector<double> calmed(const Section& s, const Neighbours& next, const std::vector<double>& value, double h,
                           double duration) {
    const std::size_t n = s.size();
    std::vector<double> out = value, length(n);
    double fastest = 0, least = std::numeric_limits<double>::infinity(), most = -least;
    for (std::size_t k = 0; k < n; ++k) {
        length[k] = length_nm(s.pieces[k]);
        if (value[k] == 0) continue;
        fastest = std::max(fastest, std::abs(value[k]));
        least = std::min(least, value[k]);
        most = std::max(most, value[k]);
    }
    if (!(most > least)) return out;
    const double spread = std::min(most - least, 0.5 * h / duration);  // beyond half a cell explicit steps are unstable
    const std::vector<double> curvature = curvatures(s, next, length);
    for (std::size_t k = 0; k < n; ++k) {
        if (next.after[k] < 0) continue;
        const auto b = static_cast<std::size_t>(next.after[k]);
        if (!smooth(s.pieces[k], s.pieces[b])) continue;
        const double filtered = 0.25 * std::min(length[k], length[b]) * (value[b] - value[k]);
        const double step = 0.5 * (length[k] + length[b]), fine = std::min(step, h);
        const bool moves = value[k] != 0 && value[b] != 0;
        const double diffused =
            moves ? spread * fine * fine * fine * (curvature[b] - curvature[k]) / std::max(step, h) : 0;
        out[k] += (filtered - diffused) / std::max(length[k], 0.5 * h);
        out[b] -= (filtered - diffused) / std::max(length[b], 0.5 * h);
    }
    return out;
}

Profile1 profile_of(const Section& s, const Neighbours& next, std::vector<double> value) {
    Profile1 out{std::move(value), std::vector<double>(s.size(), 0.0)};
    for (std::size_t k = 0; k < s.size(); ++k) {
        const std::int32_t a = next.before[k], b = next.after[k];
        if (a < 0 || b < 0) continue;
        const Piece &p = s.pieces[k], &pa = s.pieces[static_cast<std::size_t>(a)],
                    &pb = s.pieces[static_cast<std::size_t>(b)];
        if (!smooth(pa, p) || !smooth(p, pb)) continue;
        const double length = length_nm(p);
        const double da = (out.value[k] - out.value[static_cast<std::size_t>(a)]) * 2 / (length + length_nm(pa));
        const double db = (out.value[static_cast<std::size_t>(b)] - out.value[k]) * 2 / (length + length_nm(pb));
        out.slope[k] = length * limited(da, db);
    }
    return out;
}

/// How far a direction has turned from normal n1 to n2 round a corner. Arrival from a wide sky is linear in n_z, so n_z
/// measures it where the two differ in it; else the angle.
double share_round(Vec2 n1, Vec2 n2, Vec2 direction) {
    const double dz = n2.z - n1.z;
    if (std::abs(dz) > 0.2 * norm(n2 - n1)) return std::clamp((direction.z - n1.z) / dz, 0.0, 1.0);
    const double whole = turn(n1, n2);
    return std::abs(whole) > 1e-9 ? std::clamp(turn(n1, direction) / whole, 0.0, 1.0) : 0.5;
}

/// Where a foot takes its value: on one piece, or between two round their common end.
struct Source {
    std::int32_t first = 0, second = -1;
    double share_first = 0.5, share_second = 0.5;  ///< places along the pieces
    double weight = 0;                             ///< of the second
};

Source source_of(const Section& s, const Neighbours& next, const Foot& f, Vec2 node, bool solid) {
    const auto k = static_cast<std::size_t>(f.piece);
    const bool at_b = f.share >= 1, at_a = f.share <= 0;
    const std::int32_t other = at_b ? next.after[k] : at_a ? next.before[k] : -1;
    if (other < 0) return {f.piece, -1, f.share, 0.5, 0};
    Vec2 direction = node - f.at;
    const double d = norm(direction);
    const Vec2 n1 = normal(s.pieces[k]), n2 = normal(s.pieces[static_cast<std::size_t>(other)]);
    direction = d > 1e-9 ? (solid ? -1 / d : 1 / d) * direction : n1 + n2;
    return {f.piece, other, f.share, at_b ? 0.0 : 1.0, share_round(n1, n2, direction)};
}

double value_at(const Profile1& p, const Source& s) {
    const auto a = static_cast<std::size_t>(s.first);
    const double first = p.value[a] + (s.share_first - 0.5) * p.slope[a];
    if (s.second < 0) return first;
    const auto b = static_cast<std::size_t>(s.second);
    return (1 - s.weight) * first + s.weight * (p.value[b] + (s.share_second - 0.5) * p.slope[b]);
}

// --------------------------------------------------------------------------------------------------------- the band
struct Band {
    std::vector<std::int32_t> node;
    std::vector<double> isotropic;          ///< per node
    std::vector<std::vector<double>> beam;  ///< [row][node]
    std::vector<int> stop;                  ///< per node, see PieceSpeeds
    double steepest = 0;                    ///< max sum_d alpha_d, nm/s
};

/// Material a solid node lies in; -1 in the gas.
int material_at(const Surface& s, std::size_t node) {
    for (std::size_t m = 0; m < s.phi.size(); ++m)
        if (s.phi[m].values[node] < 0) return static_cast<int>(m);
    return -1;
}

/// Where two materials meet, a solid node follows the piece of its own; one of a kept material the other.
void prefer_own_material(const Section& section, int material, const std::vector<bool>& kept, Source& source) {
    if (material < 0 || source.second < 0) return;
    const bool own = !kept[static_cast<std::size_t>(material)];
    const bool first = (section.pieces[static_cast<std::size_t>(source.first)].material == material) == own;
    const bool second = (section.pieces[static_cast<std::size_t>(source.second)].material == material) == own;
    if (first && !second) source.weight = 0;
    if (second && !first) source.weight = 1;
}

/// A beam's strength is not to be read off a wall it grazes. Below a convex corner it is that of the nearest piece that
/// faces it, so that a facet finds it there as it eats into the wall.
std::vector<double> carried_round(const Section& s, const Neighbours& next, const std::vector<double>& beam,
                                  double reach) {
    constexpr double grazing = 0.02;
    std::vector<double> out = beam;
    const auto from = [&](std::size_t k, const std::vector<std::int32_t>& step) {
        const std::pair<double, double> none{reach, 0};  // way along the section, strength
        double way = 0;
        for (std::int32_t q = step[k]; q >= 0 && way < reach; q = step[static_cast<std::size_t>(q)]) {
            const auto piece = static_cast<std::size_t>(q);
            if (normal(s.pieces[piece]).z > grazing)
                return midpoint(s.pieces[piece]).z > midpoint(s.pieces[k]).z ? std::pair{way, beam[piece]} : none;
            way += length_nm(s.pieces[piece]);
        }
        return none;
    };
    for (std::size_t k = 0; k < out.size(); ++k) {
        if (normal(s.pieces[k]).z > grazing) continue;
        const auto before = from(k, next.before), after = from(k, next.after);
        const auto& nearest = before.first < after.first ? before : after;
        if (nearest.first < reach) out[k] = nearest.second;
    }
    return out;
}

Band band_of(const Lattice& l, const Surface& s, const Section& section, const std::vector<Foot>& feet,
             const SurfaceSpeed& given, const PieceSpeeds& speeds, const std::vector<AngularLaw>& laws,
             const std::vector<bool>& frozen, const std::vector<bool>& kept, double duration) {
    const bool by_material = given.isotropic.size() > 1;
    const Neighbours next = neighbours_of(section);
    const Profile1 isotropic = profile_of(
        section, next, laws.empty() ? calmed(section, next, speeds.isotropic, l.h, duration) : speeds.isotropic);
    std::vector<Profile1> beam;
    for (const auto& row : speeds.beam)
        beam.push_back(
            profile_of(section, next, carried_round(section, next, row, 4 * l.h + speeds.fastest * duration)));
    const std::size_t n = feet.size();
    Band band{std::vector<std::int32_t>(n), std::vector<double>(n),
              std::vector<std::vector<double>>(beam.size(), std::vector<double>(n)), std::vector<int>(n), 0};
    parallel_blocks(n, block, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            const Foot& f = feet[k];
            const Vec2 at = l.at(f.node % l.nx, f.node / l.nx);
            const int material = material_at(s, static_cast<std::size_t>(f.node));
            Source source = source_of(section, next, f, at, material >= 0);
            if (by_material) prefer_own_material(section, material, kept, source);
            const auto piece = static_cast<std::size_t>(source.weight < 0.5 ? source.first : source.second);
            // A later material beside the exposed one (a mask over its undercut) yields at its own rate. One that does
            // not yield is passed as if it were not there and put back afterwards, so that it does not hold up the
            // front.
            const auto m = static_cast<std::size_t>(std::max(material, 0)), rows = given.isotropic.size();
            const bool own = by_material && material > section.pieces[piece].material && !frozen[piece] && !kept[m];
            band.node[k] = f.node;
            band.isotropic[k] = own ? given.isotropic[m][piece] : value_at(isotropic, source);
            for (std::size_t r = 0; r < beam.size(); ++r)
                band.beam[r][k] = !own ? value_at(beam[r], source) : r % rows == m ? given.beam[r][piece] : 0.0;
            band.stop[k] = speeds.stop[static_cast<std::size_t>(f.piece)];
        }
    });
    for (std::size_t k = 0; k < n; ++k) {
        double a = std::sqrt(2.0) * std::abs(band.isotropic[k]);
        for (std::size_t r = 0; r < beam.size(); ++r) a += std::abs(band.beam[r][k]) * laws[r].steepest();
        band.steepest = std::max(band.steepest, a);
    }
    return band;
}

/// Six differences about a node along x and z.
void differences(const Lattice& l, const double* phi, int i, int j, double* dx, double* dz) {
    std::array<double, 7> x, z;
    const double inverse = 1 / l.h;
    if (i >= 3 && i + 3 < l.nx && j >= 3 && j + 3 < l.nz) {
        const double* center = phi + l.index(i, j);
        const std::ptrdiff_t up = l.nx;
        for (int k = -3; k <= 3; ++k)
            x[static_cast<std::size_t>(k + 3)] = center[k], z[static_cast<std::size_t>(k + 3)] = center[k * up];
    } else {
        for (int k = -3; k <= 3; ++k) {
            x[static_cast<std::size_t>(k + 3)] = phi[l.index(l.column(i + k), j)];
            z[static_cast<std::size_t>(k + 3)] = phi[l.index(i, l.row(j + k))];
        }
    }
    for (std::size_t k = 0; k < 6; ++k) dx[k] = (x[k + 1] - x[k]) * inverse, dz[k] = (z[k + 1] - z[k]) * inverse;
}

template <SpaceOrder order, class Rate>
void rates_of(const Lattice& l, const std::vector<double>& phi, const std::vector<std::int32_t>& nodes,
              const Rate& rate, std::vector<double>& out) {
    parallel_blocks(nodes.size(), block, [&](std::size_t begin, std::size_t end) {
        std::array<double, 6> dx, dz;
        for (std::size_t k = begin; k < end; ++k) {
            differences(l, phi.data(), nodes[k] % l.nx, nodes[k] / l.nx, dx.data(), dz.data());
            out[k] = rate(k, one_sided<order>(dx.data()), one_sided<order>(dz.data()));
        }
    });
}

template <class Rate>
void rates_of(SpaceOrder order, const Lattice& l, const std::vector<double>& phi,
              const std::vector<std::int32_t>& nodes, const Rate& rate, std::vector<double>& out) {
    switch (order) {
        case SpaceOrder::first: return rates_of<SpaceOrder::first>(l, phi, nodes, rate, out);
        case SpaceOrder::weno3: return rates_of<SpaceOrder::weno3>(l, phi, nodes, rate, out);
        case SpaceOrder::weno5: return rates_of<SpaceOrder::weno5>(l, phi, nodes, rate, out);
    }
}

/// Stages u <- a u0 + (1 - a) (u + dt L(u)) of the SSP schemes.
std::vector<double> stages_of(TimeOrder order) {
    switch (order) {
        case TimeOrder::euler: return {0};
        case TimeOrder::rk2: return {0, 0.5};
        default: return {0, 0.75, 1.0 / 3};
    }
}

void join_periodic_ends(const Lattice& l, std::vector<double>& phi) {
    if (!l.periodic()) return;
    for (int j = 0; j < l.nz; ++j) phi[l.index(l.nx - 1, j)] = phi[l.index(0, j)];
}

template <class Rate>
void step(const Lattice& l, std::vector<double>& phi, const std::vector<std::int32_t>& nodes, const Rate& rate,
          double dt, const MotionOptions& options) {
    std::vector<double> start(nodes.size()), rates(nodes.size());
    for (std::size_t k = 0; k < nodes.size(); ++k) start[k] = phi[static_cast<std::size_t>(nodes[k])];
    for (double a : stages_of(options.time)) {
        rates_of(options.space, l, phi, nodes, rate, rates);
        for (std::size_t k = 0; k < nodes.size(); ++k) {
            double& f = phi[static_cast<std::size_t>(nodes[k])];
            f = a * start[k] + (1 - a) * (f + dt * rates[k]);
        }
        join_periodic_ends(l, phi);
    }
}

/// A distance stays one when every node is lowered by the way its nearest place goes along its normal: a front of the
/// eikonal equation, exact for a uniform speed, to (dt grad V)^2 else. No slope is taken, so none is wrong at a corner.
void carry(std::vector<double>& phi, const Band& band, double duration) {
    for (std::size_t k = 0; k < band.node.size(); ++k)
        phi[static_cast<std::size_t>(band.node[k])] -= band.isotropic[k] * duration;
}

// --------------------------------------------------------------------------------------------------- state of the band
double smooth_step(double low, double high, double x) {
    const double t = std::clamp((x - low) / (high - low), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

/// How far a node's value gives way to its distance: far out (it was not moved with the contour), or where speeds that
/// differ have stretched it.
double share_to_refresh(double h, double phi, double d) {
    const double off = std::abs(std::abs(phi) - d);
    const double outer = smooth_step(trusted_cells * h, band_cells * h, d);
    const double stretched = smooth_step(1.2 * h, 2 * h, d) * smooth_step(0.15 * d, 0.35 * d, off);
    return std::max(outer, stretched);
}

/// Everything beyond the feet is at least a band away.
void refresh(Surface& s, const Lattice& l, const std::vector<Foot>& feet, double reach) {
    std::vector<double>& phi = s.phi.back().values;
    std::vector<double> fresh(feet.size());
    parallel_blocks(feet.size(), block, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) {
            const Foot& f = feet[k];
            const double old = phi[static_cast<std::size_t>(f.node)], w = share_to_refresh(l.h, old, f.distance_nm);
            fresh[k] = old;
            if (w == 0) continue;
            const double d = smooth_distance(l, phi, l.at(f.node % l.nx, f.node / l.nx), f);
            fresh[k] = (1 - w) * old + w * std::copysign(d, old);
        }
    });
    std::size_t next = 0;
    for (std::size_t n = 0; n < phi.size(); ++n) {
        if (next < feet.size() && static_cast<std::size_t>(feet[next].node) == n) {
            if (fresh[next] != phi[n]) set_top(s, n, fresh[next]);
            ++next;
        } else if (std::abs(phi[n]) < reach) {
            set_top(s, n, std::copysign(reach, phi[n]));
        }
    }
}

bool is_distance(const Lattice& l, const std::vector<double>& phi, const std::vector<Foot>& feet) {
    for (const Foot& f : feet) {
        if (f.distance_nm < 1.2 * l.h || f.distance_nm > 2.5 * l.h) continue;
        const double ratio = std::abs(phi[static_cast<std::size_t>(f.node)]) / f.distance_nm;
        if (ratio < 0.45 || ratio > 2) return false;
    }
    return true;
}

/// Feet on the contour itself: the pieces of a section are longer and lie farther behind an arc.
std::vector<Foot> contour_feet(const Lattice& l, const Contour& contour, double reach) {
    return closest_pieces(l, pieces_of(contour.chains()), reach);
}

/// Nodes all alone in the other phase whose loop is too short to stand in a section.
std::vector<std::int32_t> specks(const Lattice& l, const std::vector<double>& phi) {
    std::vector<std::int32_t> out;
    for (int j = 1; j + 1 < l.nz; ++j)
        for (int i = 0; i < l.nx; ++i) {
            const std::size_t n = l.index(i, j);
            const double f = phi[n];
            if (std::abs(f) > l.h) continue;
            const auto row = static_cast<std::size_t>(l.nx);
            const std::array<double, 4> around = {phi[l.index(l.column(i - 1), j)], phi[l.index(l.column(i + 1), j)],
                                                  phi[n - row], phi[n + row]};
            double reach = 0;
            bool alone = true;
            for (double g : around) {
                alone = alone && (g < 0) != (f < 0);
                reach = std::max(reach, std::abs(f) / (std::abs(f) + std::abs(g)));
            }
            if (alone && reach < speck_cells) out.push_back(static_cast<std::int32_t>(n));
        }
    return out;
}

/// Cells whose lower left node is near the contour, and their solid part.
struct Cells {
    std::vector<std::int32_t> node;
    std::vector<double> solid;
};

Cells cells_near(const Lattice& l, const std::vector<double>& phi, const std::vector<Foot>& feet, double within,
                 const std::vector<std::int32_t>& alone) {
    Cells out;
    const auto usable = [&](std::int32_t n) { return n >= 0 && n % l.nx + 1 < l.nx && n / l.nx + 1 < l.nz; };
    for (const Foot& f : feet)
        if (f.distance_nm <= within && usable(f.node)) out.node.push_back(f.node);
    if (!alone.empty()) {
        for (std::int32_t n : alone)
            for (std::int32_t cell : {n, n - 1, n - l.nx, n - l.nx - 1})
                if (usable(cell)) out.node.push_back(cell);
        std::sort(out.node.begin(), out.node.end());
        out.node.erase(std::unique(out.node.begin(), out.node.end()), out.node.end());
    }
    for (std::int32_t n : out.node) out.solid.push_back(solid_in_cell(l, phi, n % l.nx, n / l.nx));
    return out;
}

void book(const Lattice& l, const std::vector<double>& phi, const Cells& before, MotionReport& report) {
    for (std::size_t k = 0; k < before.node.size(); ++k) {
        const double change = solid_in_cell(l, phi, before.node[k] % l.nx, before.node[k] / l.nx) - before.solid[k];
        (change > 0 ? report.added : report.removed) += std::abs(change);
    }
}

void check_inside(const Lattice& l, const std::vector<double>& phi) {
    for (int i = 0; i < l.nx; ++i) {
        if (!(phi[l.index(i, l.nz - 2)] > 0))
            throw NumericalError("the surface has reached the top of the domain; make the domain higher");
        if (!(phi[l.index(i, 1)] < 0))
            throw NumericalError("the surface has reached the bottom of the domain; make the domain deeper");
    }
}

/// Level function of material m alone at a node of it; infinite elsewhere.
double alone(const Surface& s, std::size_t m, std::size_t node) {
    const double f = s.phi[m].values[node], below = m == 0 ? 0.0 : s.phi[m - 1].values[node];
    if (m > 0 && below - f <= bare * s.h_nm()) return std::numeric_limits<double>::infinity();
    const double inside = m == 0 ? f : std::max(f, -below);
    return inside <= 0 ? inside : std::numeric_limits<double>::infinity();
}

/// Places that no rate removes: phi must not rise above this there. Per band node.
std::vector<double> ceilings(const Surface& s, const Band& band, const std::vector<bool>& kept) {
    std::vector<double> out(band.node.size(), std::numeric_limits<double>::infinity());
    for (std::size_t k = 0; k < out.size(); ++k) {
        const auto n = static_cast<std::size_t>(band.node[k]);
        for (std::size_t m = 0; m < kept.size(); ++m)
            if (kept[m]) out[k] = std::min(out[k], alone(s, m, n));
        if (band.stop[k] >= 0) out[k] = std::min(out[k], s.phi[static_cast<std::size_t>(band.stop[k])].values[n]);
    }
    return out;
}

}  // namespace

namespace {

/// Speeds on the pieces of one move, checked.
struct Drive {
    std::vector<AngularLaw> laws;
    std::vector<bool> frozen;
    PieceSpeeds speeds;
    double farthest = 0;  ///< nm
};

Drive drive_of(const Surface& s, const Lattice& l, const Section& section, const SurfaceSpeed& speed, double duration,
               const MotionOptions& options) {
    if (!(duration >= 0)) throw InputError("D0430", "a motion lasts a time that is not negative");
    if (!(options.cfl > 0 && options.cfl <= 1)) throw InputError("D0430", "cfl lies between 0 and 1");
    Drive d{.laws = {speed.beam_law.begin(), speed.beam_law.end()}};
    d.frozen = options.freeze_voids ? sealed_pieces(section) : std::vector<bool>(section.size(), false);
    d.speeds = mean_speeds(s, l, section, speed, d.laws, duration, d.frozen);
    d.farthest = d.speeds.fastest * duration;
    return d;
}

/// phi on the band after `duration`, by the Hamiltonian where speeds depend on orientation. Returns the substeps.
int transport(const Lattice& l, std::vector<double>& phi, const Band& band, const std::vector<AngularLaw>& laws,
              double duration, const MotionOptions& options, Hamiltonian scheme) {
    if (laws.empty()) {
        carry(phi, band, duration);
        join_periodic_ends(l, phi);
        return 1;
    }
    const double wanted = duration * band.steepest / (options.cfl * l.h);
    if (!(wanted < 1e6)) throw NumericalError("a motion wants more than a million substeps; take shorter steps");
    const int substeps = std::max(1, static_cast<int>(std::ceil(wanted)));
    const auto rate = [&](std::size_t k, OneSided x, OneSided z) {
        double h = band.isotropic[k] * godunov_norm(band.isotropic[k], x, z);
        for (std::size_t r = 0; r < laws.size(); ++r) {
            const double b = band.beam[r][k];
            if (b != 0)
                h += scheme == Hamiltonian::godunov ? godunov_angular(laws[r], b, x, z)
                                                    : lax_friedrichs(laws[r], b, x, z);
        }
        return -h;
    };
    for (int k = 0; k < substeps; ++k) step(l, phi, band.node, rate, duration / substeps, options);
    join_periodic_ends(l, phi);
    return substeps;
}

/// Moves a surface whose contour's and section's feet are known; `fresh`: its band holds distances already.
MotionReport move_by(Surface& s, const Lattice& l, const std::vector<Foot>& true_feet, const std::vector<Foot>& feet,
                     bool fresh, const Section& section, const SurfaceSpeed& speed, const Drive& drive, double duration,
                     const MotionOptions& options, Hamiltonian scheme) {
    MotionReport report{.farthest_nm = drive.farthest};
    std::vector<double>& phi = s.phi.back().values;
    const std::vector<std::int32_t> alone = specks(l, phi);
    const Cells cells = cells_near(l, phi, feet, drive.farthest + 3 * l.h, alone);
    for (std::int32_t n : alone)
        set_top(s, static_cast<std::size_t>(n), -phi[static_cast<std::size_t>(n)] - 1e-12 * l.h);
    const bool stretched = !is_distance(l, phi, true_feet);
    if (stretched) redistance(s);
    if (stretched || !fresh || !alone.empty()) refresh(s, l, true_feet, band_cells * l.h + drive.farthest);

    const std::vector<bool> kept = untouched(speed, drive.laws);
    const Band band = band_of(l, s, section, feet, speed, drive.speeds, drive.laws, drive.frozen, kept, duration);
    const std::vector<double> ceiling = ceilings(s, band, kept);
    report.substeps = transport(l, phi, band, drive.laws, duration, options, scheme);
    for (std::size_t k = 0; k < band.node.size(); ++k) {
        const auto n = static_cast<std::size_t>(band.node[k]);
        if (!std::isfinite(phi[n])) throw NumericalError("the level set is no longer a number");
        phi[n] = std::min(phi[n], ceiling[k]);
        for (std::size_t m = 0; m + 1 < s.phi.size(); ++m) s.phi[m].values[n] = std::max(s.phi[m].values[n], phi[n]);
    }
    for (Field2<double>& f : s.phi) join_periodic_ends(l, f.values);
    check_inside(l, phi);
    book(l, phi, cells, report);
    return report;
}

}  // namespace

MotionReport move_with(Surface& s, const Section& section, const SurfaceSpeed& speed, double duration,
                       const MotionOptions& options, Hamiltonian scheme) {
    const Lattice l = lattice_of(s);
    const Drive drive = drive_of(s, l, section, speed, duration, options);
    if (!(drive.farthest > 0)) return {};
    const double reach = band_cells * l.h + drive.farthest;
    std::vector<double> slowness(section.size());
    for (std::size_t k = 0; k < section.size(); ++k) slowness[k] = std::abs(drive.speeds.isotropic[k]);
    return move_by(s, l, contour_feet(l, Contour(s), reach), closest_pieces(l, section.pieces, reach, slowness), false,
                   section, speed, drive, duration, options, scheme);
}

void advect(Surface& s, const std::function<Vec2(Vec2)>& velocity, double duration, const MotionOptions& options) {
    const Lattice l = lattice_of(s);
    std::vector<double>& phi = s.phi.back().values;
    std::vector<std::int32_t> nodes(l.size());
    std::vector<Vec2> u(l.size());
    double fastest = 0;
    for (std::size_t n = 0; n < l.size(); ++n) {
        nodes[n] = static_cast<std::int32_t>(n);
        u[n] = velocity(l.at(nodes[n] % l.nx, nodes[n] / l.nx));
        fastest = std::max(fastest, std::abs(u[n].x) + std::abs(u[n].z));
    }
    const int steps = std::max(1, static_cast<int>(std::ceil(duration * fastest / (options.cfl * l.h))));
    const auto rate = [&](std::size_t k, OneSided x, OneSided z) {
        return -(u[k].x * (u[k].x > 0 ? x.minus : x.plus) + u[k].z * (u[k].z > 0 ? z.minus : z.plus));
    };
    for (int k = 0; k < steps; ++k) step(l, phi, nodes, rate, duration / steps, options);
}

}  // namespace level_set

void refresh_band(Surface& s, double way) {
    const level_set::Lattice l = level_set::lattice_of(s);
    const double reach = level_set::band_cells * l.h + way;
    level_set::refresh(s, l, level_set::contour_feet(l, Contour(s), reach), reach);
}

struct Departure::State {
    Surface surface;
    Section section;
    level_set::Lattice lattice;
    double farthest = 0;
    std::vector<level_set::Foot> true_feet, feet;
};

Departure::Departure(Surface& s, const Contour& contour, const Section& section, std::span<const double> way) {
    using namespace level_set;
    const Lattice l = lattice_of(s);
    double farthest = 0;
    std::vector<double> slowness(way.size());
    for (std::size_t k = 0; k < way.size(); ++k) farthest = std::max(farthest, slowness[k] = std::abs(way[k]));
    const double reach = band_cells * l.h + farthest;
    std::vector<Foot> true_feet = contour_feet(l, contour, reach);
    refresh(s, l, true_feet, reach);
    state_ = std::make_unique<State>(
        State{s, section, l, farthest, std::move(true_feet), closest_pieces(l, section.pieces, reach, slowness)});
}

Departure::~Departure() = default;

Surface Departure::moved(const SurfaceSpeed& speed, double duration_s, const MotionOptions& options) const {
    using namespace level_set;
    const State& from = *state_;
    Surface out = from.surface;
    const Drive drive = drive_of(out, from.lattice, from.section, speed, duration_s, options);
    if (drive.farthest > from.farthest)  // a fast layer below
        move_with(out, from.section, speed, duration_s, options, Hamiltonian::automatic);
    else if (drive.farthest > 0)
        move_by(out, from.lattice, from.true_feet, from.feet, true, from.section, speed, drive, duration_s, options,
                Hamiltonian::automatic);
    return out;
}

namespace {

using namespace level_set;

/// Where the pieces of one section meet a later one: a source on it, or none (first = -1).
std::vector<Source> sources_on(const Section& later, const Section& section, std::span<const double> way,
                               double alike = 0.5) {
    std::vector<Vec2> middles;
    double longest = 0;
    for (const Piece& p : later.pieces) middles.push_back(midpoint(p)), longest = std::max(longest, length_nm(p));
    const Places places(middles, 2 * longest);
    std::vector<Source> out(section.size(), Source{.first = -1});
    for (std::size_t k = 0; k < section.size(); ++k) {
        const Vec2 n = normal(section.pieces[k]), p = midpoint(section.pieces[k]) + way[k] * n;
        double near = length_nm(section.pieces[k]);
        const auto visit = [&](std::size_t q) {
            const Piece& piece = later.pieces[q];
            const double share = nearest_share(p, piece.a, piece.b);
            const double d = norm(p - (piece.a + share * (piece.b - piece.a)));
            if (d < near && dot(normal(piece), n) > alike) near = d, out[k] = {static_cast<std::int32_t>(q), -1, share};
        };
        places.around(p, visit, [&] { return near + 0.5 * longest; });
    }
    return out;
}

}  // namespace

SurfaceSpeed mean_speed(const Section& section, const SurfaceSpeed& speed, std::span<const double> way,
                        const Section& later, const SurfaceSpeed& of_later) {
    const Neighbours next = neighbours_of(later);
    const std::vector<Source> sources = sources_on(later, section, way);
    SurfaceSpeed out = speed;
    const auto add = [&](std::vector<double>& row, const std::vector<double>& later_row) {
        const Profile1 profile = profile_of(later, next, later_row);
        for (std::size_t k = 0; k < row.size(); ++k)
            if (sources[k].first >= 0) row[k] = 0.5 * (row[k] + value_at(profile, sources[k]));
    };
    for (std::size_t r = 0; r < out.isotropic.size(); ++r) add(out.isotropic[r], of_later.isotropic[r]);
    for (std::size_t r = 0; r < out.beam.size(); ++r) add(out.beam[r], of_later.beam[r]);
    return out;
}

namespace {

/// What a parabola through the means of pieces has beyond Profile1: half its second difference. 0 beside corners.
std::vector<double> bends(const Section& s, const Neighbours& next, const std::vector<double>& value) {
    std::vector<double> out(s.size(), 0.0);
    for (std::size_t k = 0; k < s.size(); ++k) {
        if (next.before[k] < 0 || next.after[k] < 0) continue;
        const auto a = static_cast<std::size_t>(next.before[k]), b = static_cast<std::size_t>(next.after[k]);
        if (!smooth(s.pieces[a], s.pieces[k]) || !smooth(s.pieces[k], s.pieces[b])) continue;
        const double length = length_nm(s.pieces[k]);
        const double da = (value[k] - value[a]) / (length + length_nm(s.pieces[a])),
                     db = (value[b] - value[k]) / (length + length_nm(s.pieces[b]));
        out[k] = (db - da) * length;
    }
    return out;
}

}  // namespace

namespace level_set {

SurfaceSpeed continued_speed(const Section& section, const SurfaceSpeed& speed, std::span<const double> way_back,
                             const Section& earlier, const SurfaceSpeed& of_earlier, double ratio) {
    constexpr double alike = 0.97;  // 14 deg: what turned more than that is another place
    const Neighbours next = neighbours_of(earlier);
    const std::vector<Source> sources = sources_on(earlier, section, way_back, alike);
    SurfaceSpeed out = speed;
    const auto add = [&](std::vector<double>& row, const std::vector<double>& earlier_row) {
        const Profile1 profile = profile_of(earlier, next, earlier_row);
        const std::vector<double> bend = bends(earlier, next, earlier_row);
        for (std::size_t k = 0; k < row.size(); ++k) {
            const Source& s = sources[k];
            if (s.first < 0) continue;
            const double off = s.share_first - 0.5;
            const double then = value_at(profile, s) + bend[static_cast<std::size_t>(s.first)] * off * off;
            row[k] += 0.5 * ratio * (row[k] - then);
        }
    };
    for (std::size_t r = 0; r < out.isotropic.size(); ++r) add(out.isotropic[r], of_earlier.isotropic[r]);
    for (std::size_t r = 0; r < out.beam.size(); ++r) add(out.beam[r], of_earlier.beam[r]);
    return out;
}

}  // namespace level_set

MotionReport move(Surface& s, const Section& section, const SurfaceSpeed& speed, double duration_s,
                  const MotionOptions& options) {
    return level_set::move_with(s, section, speed, duration_s, options, level_set::Hamiltonian::automatic);
}

}  // namespace damascene::feature
