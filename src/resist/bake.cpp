// Post-exposure bake: acid h diffuses, is lost and neutralised by a quencher q, and removes blocking groups m.
//   dh/dt = div(D grad h) - k_loss h - k_q h q;  dq/dt = div(D_q grad q) - k_q h q;  dm/dt = -k_amp h^n m
//   D = D0 exp(a (1 - m)); D dh/dz = k_evap h at the top; no flux at the bottom; periodic in x and y.
// The acid is a catalyst: deprotection creates and consumes none. [Mack 2007]
//
// Strang splitting: half a reaction, diffusion, half a reaction; neighbouring halves merge. [Strang 1968]
// What diffusion brings to a cell in a step reacts while it arrives, and is held out of the diffusion: a quencher then
// meets a steady flux of acid instead of one dose per step. [Speth 2013]
// Acid alone with uniform D: h(t) exact at the Gauss nodes of int h^n dt.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "damascene/resist/physical.hpp"
#include "numerics/film_rows.hpp"
#include "resist/checks.hpp"
#include "resist/filters.hpp"

namespace damascene::resist {
namespace {

template <class T>
constexpr double negligible = std::is_same_v<T, float> ? 1e-6 : 1e-16;
constexpr std::size_t columns_per_batch = 256;
constexpr int least_window = 64, largest_window = 192;  ///< cells of the piece on which the number of steps is found
constexpr int most_steps = 4096;                        ///< beyond this the demanded tolerance is below rounding

template <class T>
struct Latent {
    Grid3 grid;
    std::vector<T> acid, quencher;  ///< quencher empty: none
    std::vector<T> blocked;         ///< while baking: k_amp int h^n dt, of which it is exp(-...)
};

void check(const Bake& b) {
    require(b.time_s >= 0, "bake time", b.time_s, ">= 0 s");
    require(b.acid_diffusivity_nm2_s >= 0, "acid diffusivity", b.acid_diffusivity_nm2_s, ">= 0 nm^2/s");
    require(b.quencher_diffusivity_nm2_s >= 0, "quencher diffusivity", b.quencher_diffusivity_nm2_s, ">= 0 nm^2/s");
    require(std::abs(b.diffusivity_exponent) <= 20, "diffusivity exponent", b.diffusivity_exponent, "-20 to 20");
    require(b.amplification_per_s >= 0, "amplification", b.amplification_per_s, ">= 0 1/s");
    require(b.order > 0 && b.order <= 10, "order", b.order, "above 0, at most 10");
    require(b.loss_per_s >= 0, "acid loss", b.loss_per_s, ">= 0 1/s");
    require(b.neutralisation_per_s >= 0, "neutralisation", b.neutralisation_per_s, ">= 0 1/s");
    require(b.evaporation_nm_s >= 0, "evaporation", b.evaporation_nm_s, ">= 0 nm/s");
    require(b.surface_loss >= 0 && b.surface_loss <= 1, "surface loss", b.surface_loss, "0 to 1");
    require(b.surface_depth_nm > 0, "surface depth", b.surface_depth_nm, "> 0 nm");
    require(b.steps >= 0 && b.steps <= most_steps, "bake steps", b.steps, "0 (chosen) to 4096");
    require(b.steps > 0 || b.tolerance > 0, "bake tolerance", b.tolerance, "> 0");
}

template <class T>
void check_field(const Field3<T>& f, const Grid3& grid, const char* name) {
    if (f.grid != grid || f.values.size() != grid.size())
        throw InputError("D0204", fmt::format("the {} does not fill the grid of the acid", name),
                         "both live on one grid, nx ny nz values each");
    const bool bad = std::any_of(f.values.begin(), f.values.end(), [](T v) { return !(v >= T(-1e-6)) || v > T(1e6); });
    if (bad)
        throw InputError("D0204", fmt::format("the {} has a negative or missing value", name),
                         "concentrations are >= 0, relative to the photo-acid generator");
}

/// Airborne base takes its share of the acid near the top before the bake.
template <class T>
void lose_at_surface(const Bake& b, Field3<T>& acid) {
    if (b.surface_loss == 0) return;
    const std::size_t slice = static_cast<std::size_t>(acid.grid.nx) * static_cast<std::size_t>(acid.grid.ny);
    for (std::size_t i = 0; i < acid.values.size(); ++i) {
        const double z = (static_cast<double>(i / slice) + 0.5) * acid.grid.dz_nm;
        acid.values[i] *= T(1 - b.surface_loss * std::exp(-z / b.surface_depth_nm));
    }
}

// ---------------------------------------------------------------------------------------------------------- diffusion
/// One step of one species by exact filters.
template <class T>
struct Spread {
    PeriodicFilter<T> x, y;
    DepthFilter<T> z;
    bool depth_moves = false;
};
template <class T>
Spread<T> spread_of(const Grid3& g, double diffusivity, double evaporation, double time) {
    const double variance = 2 * diffusivity * time;
    return {periodic_gaussian<T>(g.nx, g.dx_nm, variance, negligible<T>),
            periodic_gaussian<T>(g.ny, g.dy_nm, variance, negligible<T>),
            depth_diffusion<T>(g.nz, g.dz_nm, diffusivity, evaporation, time, negligible<T>), diffusivity * time > 0};
}

template <class T>
void filter_row(const PeriodicFilter<T>& f, std::size_t n, const T* row, std::vector<T>& wrapped, T* out) {
    const auto reach = static_cast<std::size_t>(f.reach());
    wrapped.resize(n + 2 * reach);
    for (std::size_t i = 0; i < reach; ++i) {
        wrapped[i] = row[(i + n - reach) % n];  // reach <= n/2
        wrapped[n + reach + i] = row[i % n];
    }
    std::copy(row, row + n, wrapped.begin() + static_cast<std::ptrdiff_t>(reach));
    lanes::film_rows<T>().convolve(n, f.reach(), f.taps.data(), wrapped.data() + reach, out);
}

/// Along x, then y, one slice; `to` may be `from`. A ring holds the rows that y still needs.
template <class T>
void filter_slice(const Spread<T>& s, std::size_t nx, std::size_t ny, const T* from, T* to) {
    const auto reach = static_cast<std::size_t>(s.y.reach());
    const std::size_t kept = 2 * reach + 1;
    const auto ring = std::make_unique_for_overwrite<T[]>((kept + reach) * nx);
    T* const first = &ring[kept * nx];  // the first rows, which the end of the slice needs
    std::vector<T> wrapped, weight;
    for (std::size_t d = 0; d < kept; ++d) weight.push_back(s.y.taps[d < reach ? reach - d : d - reach]);
    std::vector<const T*> row(kept);
    const auto along_x = [&](std::size_t j, T* out) { filter_row(s.x, nx, from + j % ny * nx, wrapped, out); };
    for (std::size_t j = 0; j < 2 * reach; ++j) along_x(j + ny - reach, &ring[j * nx]);
    std::copy_n(&ring[reach * nx], reach * nx, first);
    for (std::size_t j = 0; j < ny; ++j) {
        const std::size_t newest = j + 2 * reach;
        T* place = &ring[newest % kept * nx];
        if (j + reach < ny)
            along_x(j + reach, place);
        else
            std::copy_n(first + (j + reach - ny) * nx, nx, place);
        for (std::size_t d = 0; d < kept; ++d) row[d] = &ring[(j + d) % kept * nx];
        lanes::film_rows<T>().combine(nx, static_cast<int>(kept), weight.data(), row.data(), to + j * nx);
    }
}

/// Along z, a batch of columns; four rows at a time come out in a buffer: use(k, n, row).
template <class T, class Use>
void filter_columns(const Spread<T>& s, std::size_t slice, std::size_t begin, std::size_t end, const T* field,
                    std::size_t nz, const Use& use) {
    const std::size_t n = end - begin;
    if (!s.depth_moves) {
        for (std::size_t k = 0; k < nz; ++k) use(k, field + k * slice + begin);
        return;
    }
    const auto held = std::make_unique_for_overwrite<T[]>((nz + 4) * n);
    std::vector<const T*> row(nz);
    for (std::size_t k = 0; k < nz; ++k) row[k] = std::copy_n(field + k * slice + begin, n, &held[k * n]) - n;
    T* const out[4] = {&held[nz * n], &held[(nz + 1) * n], &held[(nz + 2) * n], &held[(nz + 3) * n]};
    for (std::size_t top = 0; top < nz; top += 4) {
        const auto& four = s.z.fours[top / 4];
        lanes::film_rows<T>().combine_four(n, four.entries(), four.weight.data(), row.data() + four.first, out);
        for (std::size_t k = top; k < std::min(top + 4, nz); ++k) use(k, out[k - top]);
    }
}

template <class T>
void put(const T* row, std::size_t n, T* to) {
    if (row != to) std::copy_n(row, n, to);
}

/// Columns of a film in batches: body(begin, end) of a slice.
template <class Body>
void for_columns(const Grid3& g, const Body& body) {
    const std::size_t slice = static_cast<std::size_t>(g.nx) * static_cast<std::size_t>(g.ny);
    parallel_blocks(slice, columns_per_batch, [&](std::size_t begin, std::size_t end) { body(slice, begin, end); });
}
template <class T>
void filter_slices(const Grid3& g, const Spread<T>& s, const T* from, T* to) {
    const auto nx = static_cast<std::size_t>(g.nx), ny = static_cast<std::size_t>(g.ny);
    if (s.x.reach() == 0 && s.y.reach() == 0) {
        if (from != to) std::copy_n(from, g.size(), to);
        return;
    }
    parallel_for(static_cast<std::size_t>(g.nz),
                 [&](std::size_t k) { filter_slice(s, nx, ny, from + k * nx * ny, to + k * nx * ny); });
}

// --------------------------------------------------------------------------------------------------------- splitting
/// D = D0 exp(a (1 - m)), m = exp(-deblocking).
template <class T>
std::vector<T> diffusivity(const Bake& b, const std::vector<T>& deblocking) {
    std::vector<T> d(deblocking.size());
    parallel_blocks(d.size(), 65536, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            d[i] = T(b.acid_diffusivity_nm2_s *
                     std::exp(-b.diffusivity_exponent * std::expm1(-static_cast<double>(deblocking[i]))));
    });
    return d;
}

/// Steps of one length, the first of them cut into 1/4, 1/4, 1/2: fronts between acid and quencher start as sqrt(t).
std::vector<double> step_lengths(double time, int steps) {
    if (steps < 4) return std::vector<double>(static_cast<std::size_t>(steps), time / steps);
    std::vector<double> length(static_cast<std::size_t>(steps), time / (steps - 2));
    length[0] = length[1] = 0.25 * length[3];
    length[2] = 0.5 * length[3];
    return length;
}

template <class T>
void march(Latent<T>& f, const Bake& b, int steps) {
    const std::vector<double> length = step_lengths(b.time_s, steps);
    const bool quenched = !f.quencher.empty(), uniform = b.diffusivity_exponent == 0;
    const bool moves = quenched && b.quencher_diffusivity_nm2_s > 0, fed = quenched && b.neutralisation_per_s > 0;
    T *h = f.acid.data(), *q = quenched ? f.quencher.data() : nullptr, *sum = f.blocked.data();
    const auto held = std::make_unique_for_overwrite<T[]>(fed ? f.acid.size() : 0);
    T* const spread = fed ? held.get() : h;
    lanes::AcidReaction reaction{length[0] / 2, quenched ? b.neutralisation_per_s : 0, b.loss_per_s,
                                 b.amplification_per_s, b.order};
    parallel_blocks(f.acid.size(), 65536, [&](std::size_t begin, std::size_t end) {
        lanes::film_rows<T>().react(end - begin, reaction, h + begin, q ? q + begin : nullptr, sum + begin);
    });
    Spread<T> acid, quencher;
    for (std::size_t i = 0; i < length.size(); ++i) {
        const double now = length[i], next = i + 1 < length.size() ? length[i + 1] : 0;
        if (i == 0 || now != length[i - 1]) {
            if (uniform) acid = spread_of<T>(f.grid, b.acid_diffusivity_nm2_s, b.evaporation_nm_s, now);
            if (moves) quencher = spread_of<T>(f.grid, b.quencher_diffusivity_nm2_s, 0, now);
        }
        filter_slices(f.grid, acid, h, spread);
        if (!uniform) diffuse_by_lines(f.grid, diffusivity(b, f.blocked), b.evaporation_nm_s, now, spread);
        if (moves) filter_slices(f.grid, quencher, q, q);
        reaction.time_s = (now + next) / 2;
        for_columns(f.grid, [&](std::size_t slice, std::size_t begin, std::size_t end) {
            const std::size_t n = end - begin, nz = static_cast<std::size_t>(f.grid.nz);
            if (moves)
                filter_columns(quencher, slice, begin, end, q, nz,
                               [&](std::size_t k, const T* row) { put(row, n, q + k * slice + begin); });
            filter_columns(acid, slice, begin, end, spread, nz, [&](std::size_t k, const T* row) {
                const std::size_t at = k * slice + begin;
                if (fed) return lanes::film_rows<T>().react_fed(n, reaction, now, next, row, h + at, q + at, sum + at);
                put(row, n, h + at);
                lanes::film_rows<T>().react(n, reaction, h + at, q ? q + at : nullptr, sum + at);
            });
        });
    }
}

// ------------------------------------------------------------------------------------------------- acid alone: exact
struct GaussNode {
    double at, weight;
};
/// Gauss-Legendre on [0, 1]: roots of P_n by Newton's iteration.
std::vector<GaussNode> gauss_nodes(int n) {
    std::vector<GaussNode> nodes;
    for (int i = n; i >= 1; --i) {
        double x = std::cos(std::numbers::pi * (i - 0.25) / (n + 0.5)), slope = 1;
        for (int iteration = 0; iteration < 50; ++iteration) {
            double p = 1, before = 0;
            for (int k = 1; k <= n; ++k) {
                const double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
                before = p;
                p = next;
            }
            slope = n * (x * p - before) / (x * x - 1);
            x -= p / slope;
            if (std::abs(p / slope) < 1e-15) break;
        }
        nodes.push_back({(1 + x) / 2, 1 / ((1 - x * x) * slope * slope)});
    }
    return nodes;
}

template <class T>
void advance_exactly(Latent<T>& f, const Bake& b, double time, double weight) {
    Spread<T> s = spread_of<T>(f.grid, b.acid_diffusivity_nm2_s, b.evaporation_nm_s, time);
    if (b.loss_per_s > 0) {
        for (auto& four : s.z.fours)
            for (T& v : four.weight) v *= T(std::exp(-b.loss_per_s * time));
        s.depth_moves = true;
    }
    T* const h = f.acid.data();
    filter_slices(f.grid, s, h, h);
    for_columns(f.grid, [&](std::size_t slice, std::size_t begin, std::size_t end) {
        const auto take = [&](std::size_t k, const T* row) {
            const std::size_t at = k * slice + begin;
            put(row, end - begin, h + at);
            if (weight > 0) lanes::film_rows<T>().add_power(end - begin, weight, b.order, h + at, &f.blocked[at]);
        };
        filter_columns(s, slice, begin, end, h, static_cast<std::size_t>(f.grid.nz), take);
    });
}

template <class T>
void integrate(Latent<T>& f, const Bake& b, int nodes) {
    double now = 0;
    for (const auto& [at, weight] : gauss_nodes(nodes)) {
        advance_exactly(f, b, (at - now) * b.time_s, weight * b.time_s * b.amplification_per_s);
        now = at;
    }
    advance_exactly(f, b, (1 - now) * b.time_s, 0);
}

bool acid_alone(const Bake& b, bool quenched) {
    return b.diffusivity_exponent == 0 && !(quenched && b.neutralisation_per_s > 0);
}
/// The whole bake in `steps` steps or Gauss nodes.
template <class T>
void bake(Latent<T>& f, const Bake& b, int steps) {
    f.blocked.assign(f.grid.size(), T(0));
    if (acid_alone(b, !f.quencher.empty()))
        integrate(f, b, steps);
    else
        march(f, b, steps);
    parallel_blocks(f.blocked.size(), 65536, [&](std::size_t begin, std::size_t end) {
        const T one = 1;
        const T* sum = &f.blocked[begin];
        lanes::film_rows<T>().decay(end - begin, 1, &one, &sum, &f.blocked[begin]);
    });
}

// ---------------------------------------------------------------------------------------------------- number of steps
/// How much a sample of mid-depth matters for the number of steps: fronts between acid and quencher, else steep acid.
template <class T>
double liveliness(const Latent<T>& f, int i, int j) {
    const int k = f.grid.nz / 2, right = (i + 1) % f.grid.nx, back = (j + 1) % f.grid.ny;
    const auto excess = [&](int x, int y) {
        const std::size_t at = f.grid.at(x, y, k);
        return static_cast<double>(f.acid[at]) - (f.quencher.empty() ? 0 : static_cast<double>(f.quencher[at]));
    };
    const double here = excess(i, j), across = excess(right, j), along = excess(i, back);
    const double steepness = std::pow(across - here, 2) + std::pow(along - here, 2);
    return steepness * (here * across < 0 || here * along < 0 ? 100 : 1);
}

/// First sample of the window, out of those half a window apart, whose inner half is the liveliest.
template <class T>
std::array<int, 2> liveliest(const Latent<T>& f, int wx, int wy) {
    std::array<int, 2> best{0, 0};
    double most = -1;
    for (int j0 = 0; j0 + wy <= f.grid.ny; j0 += (wy + 1) / 2)
        for (int i0 = 0; i0 + wx <= f.grid.nx; i0 += (wx + 1) / 2) {
            double sum = 0;
            for (int j = j0 + wy / 4; j < j0 + wy - wy / 4; ++j)
                for (int i = i0 + wx / 4; i < i0 + wx - wx / 4; ++i) sum += liveliness(f, i, j);
            if (sum > most) most = sum, best = {i0, j0};
        }
    return best;
}

/// Cells of the piece: half of them, away from its seams, see what is three diffusion lengths wide.
int window(double sigma_cells) {
    return static_cast<int>(std::clamp(6 * sigma_cells, double{least_window}, double{largest_window}));
}

template <class T>
Latent<T> piece(const Latent<T>& f, double sigma_nm) {
    Grid3 g = f.grid;
    g.nx = std::min(g.nx, window(sigma_nm / g.dx_nm));
    g.ny = std::min(g.ny, window(sigma_nm / g.dy_nm));
    const auto [i0, j0] = liveliest(f, g.nx, g.ny);
    Latent<T> p{g, std::vector<T>(g.size()), std::vector<T>(f.quencher.empty() ? 0 : g.size()), {}};
    for (int k = 0; k < g.nz; ++k)
        for (int j = 0; j < g.ny; ++j) {
            const std::size_t from = f.grid.at(i0, j0 + j, k), to = g.at(0, j, k);
            std::copy_n(&f.acid[from], g.nx, &p.acid[to]);
            if (!p.quencher.empty()) std::copy_n(&f.quencher[from], g.nx, &p.quencher[to]);
        }
    return p;
}

/// Largest difference of `blocked` away from the seam of a window that was cut out: in its inner half at least, where
/// `liveliest` has put the fronts.
template <class T>
double difference(const Latent<T>& a, const Latent<T>& b, const Grid3& whole, double sigma_nm) {
    const auto margin = [&](int n, int all, double d) {
        return n == all ? 0 : std::min(static_cast<int>(3 * sigma_nm / d), n / 4);
    };
    const int mx = margin(a.grid.nx, whole.nx, whole.dx_nm), my = margin(a.grid.ny, whole.ny, whole.dy_nm);
    double most = 0;
    for (int k = 0; k < a.grid.nz; ++k)
        for (int j = my; j < a.grid.ny - my; ++j)
            for (int i = mx; i < a.grid.nx - mx; ++i) {
                const std::size_t at = a.grid.at(i, j, k);
                most =
                    std::max(most, std::abs(static_cast<double>(a.blocked[at]) - static_cast<double>(b.blocked[at])));
            }
    return most;
}

struct StepChoice {
    int steps = 1;
    double error = 0;
};

/// Gauss nodes: the fewest that agree with sixteen.
template <class T>
StepChoice choose_nodes(const Latent<T>& start, const Grid3& whole, const Bake& b, double sigma_nm) {
    Latent<T> truth = start;
    bake(truth, b, 16);
    double error = 0;
    for (int nodes : {1, 2, 3, 4, 6, 8, 12}) {
        Latent<T> tried = start;
        bake(tried, b, nodes);
        error = difference(tried, truth, whole, sigma_nm);
        if (error <= 0.5 * b.tolerance) return {nodes, error};
    }
    return {16, error};
}

/// Strang steps by doubling the equal parts (`step_lengths` cuts the first of them into three): differences d of
/// successive results give the order p that this film shows (2 once fronts are resolved) and error(N) = d/(2^p - 1).
template <class T>
StepChoice choose_steps(const Latent<T>& start, const Grid3& whole, const Bake& b, double sigma_nm) {
    constexpr int cuts = 2, fewest = 3;  // steps beyond the parts; parts of the first trial
    Latent<T> coarse = start;
    bake(coarse, b, fewest + cuts);
    double before = 0;
    for (int parts = 2 * fewest;; parts *= 2) {
        Latent<T> fine = start;
        bake(fine, b, parts + cuts);
        const double d = difference(coarse, fine, whole, sigma_nm), target = 0.85 * b.tolerance;
        const double order = before > d && d > 0 ? std::clamp(std::log2(before / d), 1.0, 2.0) : 1.0;
        const double error = d / (std::pow(2, order) - 1);
        const double wanted = std::max(2.0, std::ceil(parts * std::pow(error / target, 1 / order)));
        if ((before > 0 && wanted <= 1.5 * parts) || error <= 0.1 * target || 2 * parts + cuts > most_steps) {
            const double taken = std::min(wanted, double{most_steps - cuts});
            return {static_cast<int>(taken) + cuts, error * std::pow(parts / taken, order)};
        }
        before = d;
        coarse = std::move(fine);
    }
}

template <class T>
StepChoice choose(const Latent<T>& f, const Bake& b) {
    const double sigma =
        std::sqrt(2 * b.time_s * b.acid_diffusivity_nm2_s * std::exp(std::max(0.0, b.diffusivity_exponent)));
    const Latent<T> start = piece(f, sigma);
    return acid_alone(b, !f.quencher.empty()) ? choose_nodes(start, f.grid, b, sigma)
                                              : choose_steps(start, f.grid, b, sigma);
}

template <class T>
bool quenched_everywhere(const Field3<T>& acid, const Field3<T>& quencher) {
    for (std::size_t i = 0; i < quencher.values.size(); ++i)
        if (acid.values[i] > quencher.values[i]) return false;
    return !quencher.values.empty();
}

}  // namespace

double neutralised(double acid, double quencher, double rate, double time) {
    require(acid >= 0 && quencher >= 0, "concentration", std::min(acid, quencher), ">= 0");
    require(rate >= 0 && time >= 0, "rate or time", std::min(rate, time), ">= 0");
    double deblocking = 0;
    lanes::film_rows<double>().react(1, {time, rate, 0, 0, 1}, &acid, &quencher, &deblocking);
    return acid;
}

template <class T>
Baked<T> baked(Field3<T> acid, Field3<T> quencher, const Bake& b) {
    check(b);
    check_field(acid, acid.grid, "acid");
    if (!quencher.values.empty()) check_field(quencher, acid.grid, "quencher");
    lose_at_surface(b, acid);
    Baked<T> result;
    result.fully_quenched = b.neutralisation_per_s > 0 && quenched_everywhere(acid, quencher);
    const bool none = std::all_of(quencher.values.begin(), quencher.values.end(), [](T v) { return v == 0; });
    const Grid3 grid = acid.grid;
    Latent<T> f{grid, std::move(acid.values), none ? std::vector<T>{} : std::move(quencher.values), {}};
    const StepChoice choice = b.time_s == 0 ? StepChoice{1, 0} : b.steps > 0 ? StepChoice{b.steps, -1} : choose(f, b);
    bake(f, b, choice.steps);
    if (f.quencher.empty()) f.quencher.assign(grid.size(), T(0));
    result.acid = {grid, std::move(f.acid)};
    result.quencher = {grid, std::move(f.quencher)};
    result.blocked = {grid, std::move(f.blocked)};
    result.steps = choice.steps;
    result.error = choice.error;
    return result;
}

template Baked<float> baked(Field3<float>, Field3<float>, const Bake&);
template Baked<double> baked(Field3<double>, Field3<double>, const Bake&);

}  // namespace damascene::resist
