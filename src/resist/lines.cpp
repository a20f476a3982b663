// Diffusion with a diffusivity that varies, line by line along one axis at a time:
//   du/dt = L u, (L u)_i = [D_{i+1/2} (u_{i+1} - u_i) - D_{i-1/2} (u_i - u_{i-1})]/dx^2, D at faces by the mean
// each line by the two-stage L-stable scheme of second order [Alexander 1977], g = 1 - 1/sqrt 2:
//   (1 - g t L) v = u;  (1 - g t L) u' = u + (1 - g)/g (v - u).
// Alternating x, y, z, y, x is of second order in t [Strang 1968].
#include <array>
#include <cmath>

#include "damascene/base.hpp"
#include "resist/filters.hpp"

namespace damascene::resist {
namespace {

constexpr int lanes_per_batch = 16;
using Lane = std::array<double, lanes_per_batch>;
const double g_stage = 1 - std::sqrt(0.5);

/// Where the lines of an axis lie: `length` samples `stride` apart; line l begins at begin(l).
struct Axis {
    std::size_t length, stride, lines;
    double spacing;
    bool periodic;
    std::size_t inner, outer_stride;  ///< line l = (l % inner) * inner_stride + (l / inner) * outer_stride
    std::size_t inner_stride;
    std::size_t begin(std::size_t l) const { return l % inner * inner_stride + l / inner * outer_stride; }
};
std::array<Axis, 3> axes_of(const Grid3& g) {
    const auto nx = static_cast<std::size_t>(g.nx), ny = static_cast<std::size_t>(g.ny);
    const auto nz = static_cast<std::size_t>(g.nz);
    return {Axis{nx, 1, ny * nz, g.dx_nm, true, ny * nz, 0, nx}, Axis{ny, nx, nx * nz, g.dy_nm, true, nx, nx * ny, 1},
            Axis{nz, nx * ny, nx * ny, g.dz_nm, false, nx * ny, 0, 1}};
}

/// Sixteen tridiagonal systems side by side: (1 + lower_i + upper_i + sink_i) u_i - lower_i u_{i-1} - upper_i u_{i+1};
/// lower_0 and upper_{n-1} join the ends of a periodic line.
struct Systems {
    std::vector<Lane> lower, upper, diagonal, factor, corner;
    explicit Systems(std::size_t n) : lower(n), upper(n), diagonal(n), factor(n), corner(n) {}
};

/// Gaussian elimination without the periodic corner.
void eliminate(Systems& s) {
    for (std::size_t i = 1; i < s.diagonal.size(); ++i)
        for (int w = 0; w < lanes_per_batch; ++w) {
            s.factor[i][w] = -s.lower[i][w] / s.diagonal[i - 1][w];
            s.diagonal[i][w] += s.factor[i][w] * s.upper[i - 1][w];
        }
}
void substitute(const Systems& s, std::vector<Lane>& u) {
    const std::size_t n = u.size();
    for (std::size_t i = 1; i < n; ++i)
        for (int w = 0; w < lanes_per_batch; ++w) u[i][w] -= s.factor[i][w] * u[i - 1][w];
    for (int w = 0; w < lanes_per_batch; ++w) u[n - 1][w] /= s.diagonal[n - 1][w];
    for (std::size_t i = n - 1; i-- > 0;)
        for (int w = 0; w < lanes_per_batch; ++w) u[i][w] = (u[i][w] + s.upper[i][w] * u[i + 1][w]) / s.diagonal[i][w];
}

/// Rank-one correction of a periodic line: A = B + p q^T, p = (gamma, .., -c), q = (1, .., -c/gamma), c the corner.
void prepare(Systems& s, bool periodic) {
    const std::size_t n = s.diagonal.size();
    if (periodic) {
        for (Lane& lane : s.corner) lane.fill(0);
        for (int w = 0; w < lanes_per_batch; ++w) {
            const double c = s.lower[0][w], gamma = -s.diagonal[0][w];
            s.corner[0][w] = gamma;
            s.corner[n - 1][w] = -c;
            s.diagonal[0][w] -= gamma;
            s.diagonal[n - 1][w] -= c * c / gamma;
        }
    }
    eliminate(s);
    if (periodic) substitute(s, s.corner);
}
void solve(const Systems& s, bool periodic, const Lane& gamma, std::vector<Lane>& u) {
    substitute(s, u);
    if (!periodic) return;
    const std::size_t n = u.size();
    for (int w = 0; w < lanes_per_batch; ++w) {
        const double q = -s.lower[0][w] / gamma[w];
        const double share = (u[0][w] + q * u[n - 1][w]) / (1 + s.corner[0][w] + q * s.corner[n - 1][w]);
        for (std::size_t i = 0; i < n; ++i) u[i][w] -= share * s.corner[i][w];
    }
}

template <class T>
std::vector<Lane> gathered(const Axis& a, std::size_t line, const T* field) {
    std::vector<Lane> u(a.length);
    for (int w = 0; w < lanes_per_batch; ++w) {
        const std::size_t begin = a.begin(std::min(line + static_cast<std::size_t>(w), a.lines - 1));
        for (std::size_t i = 0; i < a.length; ++i) u[i][w] = static_cast<double>(field[begin + i * a.stride]);
    }
    return u;
}

/// Conductances times g tau / dx^2 of sixteen lines; the diagonal of 1 - g tau L.
Systems systems_of(const Axis& a, const std::vector<Lane>& d, double tau, double evaporation) {
    Systems s(a.length);
    const std::size_t n = a.length;
    const double scale = g_stage * tau / (a.spacing * a.spacing);
    for (std::size_t i = 0; i < n; ++i)
        for (int w = 0; w < lanes_per_batch; ++w) {
            const bool wraps = i + 1 == n;
            const std::size_t next = wraps ? 0 : i + 1;
            const double face = wraps && (!a.periodic || n == 2) ? 0 : scale * 0.5 * (d[i][w] + d[next][w]);
            s.upper[i][w] = n == 2 && a.periodic ? 2 * face : face;
            s.lower[next][w] = s.upper[i][w];
        }
    for (std::size_t i = 0; i < n; ++i)
        for (int w = 0; w < lanes_per_batch; ++w) s.diagonal[i][w] = 1 + s.lower[i][w] + s.upper[i][w];
    if (evaporation > 0 && !a.periodic)
        for (int w = 0; w < lanes_per_batch; ++w)
            if (d[0][w] > 0)
                s.diagonal[0][w] += g_stage * tau / (a.spacing * (1 / evaporation + 0.5 * a.spacing / d[0][w]));
    return s;
}

template <class T>
void advance_batch(const Axis& a, std::size_t line, const T* diffusivity, double tau, double evaporation, T* field) {
    const bool wraps = a.periodic && a.length > 2;
    Systems s = systems_of(a, gathered(a, line, diffusivity), tau, evaporation);
    Lane gamma;
    for (int w = 0; w < lanes_per_batch; ++w) gamma[w] = -s.diagonal[0][w];
    prepare(s, wraps);
    const std::vector<Lane> u = gathered(a, line, field);
    std::vector<Lane> v = u;
    solve(s, wraps, gamma, v);
    for (std::size_t i = 0; i < a.length; ++i)
        for (int w = 0; w < lanes_per_batch; ++w) v[i][w] = u[i][w] + (1 - g_stage) / g_stage * (v[i][w] - u[i][w]);
    solve(s, wraps, gamma, v);
    for (int w = 0; w < lanes_per_batch && line + static_cast<std::size_t>(w) < a.lines; ++w)
        for (std::size_t i = 0; i < a.length; ++i)
            field[a.begin(line + static_cast<std::size_t>(w)) + i * a.stride] = T(v[i][w]);
}

template <class T>
void advance_axis(const Axis& a, const std::vector<T>& diffusivity, double tau, double evaporation, T* field) {
    if (a.length == 1 && !(evaporation > 0 && !a.periodic)) return;
    const std::size_t batches = (a.lines + lanes_per_batch - 1) / lanes_per_batch;
    parallel_for(batches, [&](std::size_t b) {
        advance_batch(a, b * lanes_per_batch, diffusivity.data(), tau, evaporation, field);
    });
}

}  // namespace

template <class T>
void diffuse_by_lines(const Grid3& g, const std::vector<T>& diffusivity, double evaporation, double tau, T* field) {
    const auto [x, y, z] = axes_of(g);
    advance_axis(x, diffusivity, tau / 2, 0, field);
    advance_axis(y, diffusivity, tau / 2, 0, field);
    advance_axis(z, diffusivity, tau, evaporation, field);
    advance_axis(y, diffusivity, tau / 2, 0, field);
    advance_axis(x, diffusivity, tau / 2, 0, field);
}

template void diffuse_by_lines(const Grid3&, const std::vector<float>&, double, double, float*);
template void diffuse_by_lines(const Grid3&, const std::vector<double>&, double, double, double*);

}  // namespace damascene::resist
