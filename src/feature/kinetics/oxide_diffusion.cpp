// Quasi-steady diffusion of oxidant through oxide of any shape.
//
//   lap c = 0;   c = 1 at the gas;   dc/dn = (k_s/D) c at silicon (n into the oxide);   dc/dn = 0 at masks
//
// Finite volumes on the nodes: faces cut by silicon and masks count with their open part, the silicon in a cell takes
// with c carried to it along its normal [Papac et al. 2010]; at the gas the distance along the grid line replaces
// h [Shortley & Weller 1938]. Second order in c and in its slope. Axial: faces and silicon are weighted with r.
#include "feature/kinetics/oxide_diffusion.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCore>
#include <Eigen/SparseLU>
#include <array>
#include <cmath>

#include "damascene/base/error.hpp"

namespace damascene::feature::oxidation {
namespace {

using level_set::interpolate;
using level_set::Lattice;

constexpr double bare_cells = 0.25;   // a cover thinner than this is none
constexpr double least_theta = 1e-3;  // of h: the gas is never nearer to a node
constexpr double reach_cells = 3.2;   // nodes that a fit takes

/// Share of a face with end values a, b where the level function is positive.
double open_share(double a, double b) {
    if (a > 0 && b > 0) return 1;
    if (a <= 0 && b <= 0) return 0;
    return std::max(a, b) / (std::abs(a) + std::abs(b));
}

/// Level functions on the corners of the cells: corner (i, j) stands at (i - 1/2, j - 1/2).
struct Corners {
    const Lattice& l;
    const std::vector<double>& phi;
    double at(int i, int j) const {
        const auto node = [&](int p, int q) { return phi[l.index(l.column(p), l.row(q))]; };
        return 0.25 * (node(i - 1, j - 1) + node(i, j - 1) + node(i - 1, j) + node(i, j));
    }
};

/// East, west, north, south; open shares of the faces of a cell.
using Faces = std::array<double, 4>;
Faces faces_of(const std::array<double, 4>& corner) {  // corners sw, se, nw, ne
    return {open_share(corner[1], corner[3]), open_share(corner[0], corner[2]), open_share(corner[2], corner[3]),
            open_share(corner[0], corner[1])};
}

std::array<double, 4> corners_of(const Corners& c, int i, int j) {
    return {c.at(i, j), c.at(i + 1, j), c.at(i, j + 1), c.at(i + 1, j + 1)};
}

/// Where phi changes sign between a node (phi < 0) and the next (> 0), in h: root of the parabola of curvature `bend`
/// (second difference); a straight line would misplace curved fronts by h^2/8R and their slope by h/8R.
double crossing(double here, double next, double bend) {
    double t = here / (here - next);
    for (int k = 0; k < 3; ++k) {
        const double value = here + t * (next - here) - 0.5 * t * (1 - t) * bend;
        const double slope = next - here - 0.5 * (1 - 2 * t) * bend;
        if (slope > 0) t = std::clamp(t - value / slope, 0.0, 1.0);
    }
    return std::max(least_theta, t);
}

/// The smaller of two second differences, or 0 where they differ in sign.
double lesser(double a, double b) { return a * b <= 0 ? 0.0 : std::abs(a) < std::abs(b) ? a : b; }

/// Distance to masks, > 0 outside them; where there is none it is that to the gas boundary.
std::vector<double> outside_masks(const Surface& s, Stack stack) {
    std::vector<double> out(s.phi.back().values);
    const std::vector<double>& oxide = s.phi[stack.oxide].values;
    for (std::size_t n = 0; n < out.size(); ++n) out[n] = std::max(out[n], -oxide[n]);
    return out;
}

/// Radial weight of the east or west face of column i, over h; of the cell itself for i itself.
double radius(const Lattice& l, double i) {
    if (l.symmetry == Symmetry::planar) return 1;
    const double r = l.x0 / l.h + i;
    return std::abs(r) < 1e-9 ? 0.25 : std::abs(r);
}

}  // namespace

double cover_nm(const Surface& s, Stack stack, const Lattice& l, Vec2 p) {
    return interpolate(l, s.phi[stack.oxide].values, p) - interpolate(l, s.phi.back().values, p);
}

std::vector<bool> open_gas(const Surface& s, const Lattice& l) {
    const std::vector<double>& top = s.phi.back().values;
    std::vector<bool> open(l.size(), false);
    std::vector<std::int32_t> todo;
    const auto visit = [&](int i, int j) {
        const std::size_t n = l.index(i, j);
        if (open[n] || !(top[n] > 0)) return;
        open[n] = true;
        todo.push_back(static_cast<std::int32_t>(n));
    };
    for (int i = 0; i < l.nx; ++i) visit(i, l.nz - 1);
    while (!todo.empty()) {
        const int i = todo.back() % l.nx, j = todo.back() / l.nx;
        todo.pop_back();
        for (int side : {-1, 1}) visit(l.column(i + side), j), visit(i, l.row(j + side));
    }
    return open;
}

OxidantField::OxidantField(const Surface& s, Stack stack, double absorption)
    : surface_(s), stack_(stack), lattice_(level_set::lattice_of(s)), absorption_(absorption) {
    const Lattice& l = lattice_;
    const std::vector<double>&silicon = s.phi[stack.silicon].values, &oxide = s.phi[stack.oxide].values,
          &top = s.phi.back().values;
    const std::vector<double> mask = outside_masks(s, stack);
    const std::vector<bool> open = open_gas(s, l);
    const Corners at_silicon{l, silicon}, at_mask{l, mask}, at_oxide{l, oxide};

    unknown_.assign(l.size(), -1);
    std::int32_t count = 0;
    for (int j = 1; j + 1 < l.nz; ++j)
        for (int i = 0; i < l.nx; ++i) {
            const std::size_t n = l.index(i, j);
            if (top[n] > 0 || oxide[n] > l.h || silicon[n] < -l.h) continue;
            bool wet = oxide[n] <= 0 && silicon[n] > 0;
            const auto a = corners_of(at_silicon, i, j), b = corners_of(at_mask, i, j), c = corners_of(at_oxide, i, j);
            for (std::size_t k = 0; k < 4; ++k) wet = wet || (a[k] > 0 && b[k] > 0 && c[k] < 0);
            if (wet) unknown_[n] = count++;
        }
    value_.assign(static_cast<std::size_t>(count), 0.0);
    if (count == 0) return;

    std::vector<Eigen::Triplet<double>> entries;
    Eigen::VectorXd source = Eigen::VectorXd::Zero(count);
    for (int j = 1; j + 1 < l.nz; ++j)
        for (int i = 0; i < l.nx; ++i) {
            const std::size_t n = l.index(i, j);
            const std::int32_t row = unknown_[n];
            if (row < 0) continue;
            const auto a = corners_of(at_silicon, i, j), b = corners_of(at_mask, i, j);
            std::array<double, 4> both{};
            for (std::size_t k = 0; k < 4; ++k) both[k] = std::min(a[k], b[k]);
            const Faces face = faces_of(both), solid = faces_of(a);
            const std::array<std::size_t, 4> next = {l.index(l.column(i + 1), j), l.index(l.column(i - 1), j),
                                                     l.index(i, j + 1), l.index(i, j - 1)};
            const double here = radius(l, i);
            const Faces weight = {radius(l, i + 0.5), radius(l, i - 0.5), here, here};
            std::array<double, 4> theta = {1, 1, 1, 1};
            for (std::size_t k = 0; k < 4; ++k) {
                if (!(top[next[k]] > 0 && top[n] < 0)) continue;
                const int di = k == 0 ? 1 : k == 1 ? -1 : 0, dj = k == 2 ? 1 : k == 3 ? -1 : 0;
                const auto along = [&](int m) { return top[l.index(l.column(i + m * di), l.row(j + m * dj))]; };
                const double bend = lesser(along(1) - 2 * along(0) + along(-1), along(2) - 2 * along(1) + along(0));
                theta[k] = crossing(top[n], top[next[k]], bend);
            }
            double diagonal = 1e-13;
            for (std::size_t k = 0; k < 4; ++k) {
                const double narrowed = 2 / (k < 2 ? theta[0] + theta[1] : theta[2] + theta[3]);
                const double g = face[k] * weight[k] * narrowed / theta[k];
                if (g == 0) continue;
                if (top[next[k]] > 0) {
                    if (!open[next[k]]) continue;
                    diagonal += g, source[row] += g;
                } else if (unknown_[next[k]] >= 0) {
                    diagonal += g;
                    entries.emplace_back(row, unknown_[next[k]], -g);
                }
            }
            const double length = l.h * std::hypot(solid[0] - solid[1], solid[2] - solid[3]);
            const bool inert = stack.silicon > 0 && s.phi[stack.silicon - 1].values[n] - silicon[n] < bare_cells * l.h;
            if (length > 0 && !inert)
                diagonal += length * here * absorption / std::max(0.25, 1 + absorption * silicon[n]);
            entries.emplace_back(row, row, diagonal);
        }
    Eigen::SparseMatrix<double> matrix(count, count);
    matrix.setFromTriplets(entries.begin(), entries.end());
    Eigen::SparseLU<Eigen::SparseMatrix<double>> solver(matrix);
    if (solver.info() != Eigen::Success) throw NumericalError("the diffusion of oxidant has no solution");
    const Eigen::VectorXd c = solver.solve(source);
    std::copy(c.data(), c.data() + count, value_.begin());
}

struct OxidantField::Place {
    Vec2 at;
    double value = 0, to_silicon = 0, below_gas = 0;
};

/// Every unknown within reach of p, those beyond mirrors and seams included.
template <class Take>
void OxidantField::around(Vec2 p, const Take& take) const {
    const Lattice& l = lattice_;
    const double reach = reach_cells * l.h;
    const int i0 = static_cast<int>(std::floor((p.x - l.x0) / l.h)),
              j0 = static_cast<int>(std::floor((p.z - l.z0) / l.h));
    for (int j = j0 - 3; j <= j0 + 4; ++j)
        for (int i = i0 - 3; i <= i0 + 4; ++i) {
            const std::size_t n = l.index(l.column(i), l.row(j));
            const Vec2 at = l.at(i, j);
            if (unknown_[n] < 0 || j < 1 || j + 1 >= l.nz || std::hypot(at.x - p.x, at.z - p.z) > reach) continue;
            take(Place{at, value_[static_cast<std::size_t>(unknown_[n])], surface_.phi[stack_.silicon].values[n],
                       -surface_.phi[stack_.oxide].values[n]});
        }
}

bool OxidantField::covered(Vec2 p) const { return cover_nm(surface_, stack_, lattice_, p) > bare_cells * lattice_.h; }

namespace {

/// Least squares; coefficients from `bent` on are held to 0 where the nodes (few rows of a lattice) do not tell them.
template <int N>
std::optional<double> first_coefficient(std::vector<std::array<double, N + 1>> rows, std::size_t bent) {
    constexpr double held = 0.01;
    if (rows.size() < static_cast<std::size_t>(N)) return {};
    for (std::size_t c = bent; c < N; ++c) {
        std::array<double, N + 1> row{};
        row[c] = held;
        rows.push_back(row);
    }
    Eigen::Matrix<double, Eigen::Dynamic, N> m(static_cast<Eigen::Index>(rows.size()), N);
    Eigen::VectorXd y(static_cast<Eigen::Index>(rows.size()));
    for (std::size_t k = 0; k < rows.size(); ++k) {
        for (std::size_t c = 0; c < N; ++c) m(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(c)) = rows[k][c];
        y[static_cast<Eigen::Index>(k)] = rows[k][N];
    }
    const Eigen::ColPivHouseholderQR<Eigen::Matrix<double, Eigen::Dynamic, N>> qr(m);
    if (qr.rank() < N) return {};
    return qr.solve(y)[0];
}

}  // namespace

// c = c0 (1 + a s) + c1 t (1 + a s) + c2 t^2 + c3 s^2 keeps the slope at the silicon; s, t over the reach.
std::optional<double> OxidantField::at_silicon(Vec2 p, Vec2 n) const {
    const double reach = reach_cells * lattice_.h;
    std::vector<std::array<double, 5>> rows;
    around(p, [&](const Place& q) {
        const double s = q.to_silicon / reach, t = ((q.at.x - p.x) * n.z - (q.at.z - p.z) * n.x) / reach;
        if (q.to_silicon < -0.71 * lattice_.h || q.below_gas < 0) return;
        const double w = 1 + absorption_ * q.to_silicon;
        rows.push_back({w, t * w, t * t, s * s, q.value});
    });
    return first_coefficient<4>(rows, 2);
}

// c = 1 + s (a0 + a1 t + a2 s + a3 s^2 + a4 t^2) is 1 on the boundary; s = depth below the gas.
std::optional<double> OxidantField::slope_at_gas(Vec2 p, Vec2 n) const {
    const double reach = reach_cells * lattice_.h;
    std::vector<std::array<double, 6>> rows;
    around(p, [&](const Place& q) {
        const double s = q.below_gas / reach, t = ((q.at.x - p.x) * n.z - (q.at.z - p.z) * n.x) / reach;
        if (q.below_gas < 0.1 * lattice_.h || q.to_silicon < 0) return;
        if (covered({q.at.x + n.x * q.below_gas, q.at.z + n.z * q.below_gas})) return;
        rows.push_back({s, s * t, s * s, s * s * s, s * t * t, q.value - 1});
    });
    const std::optional<double> a0 = first_coefficient<5>(rows, 1);
    return a0 ? std::optional<double>(-*a0 / reach) : std::nullopt;
}

}  // namespace damascene::feature::oxidation
