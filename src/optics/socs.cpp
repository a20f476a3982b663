// Sum of coherent systems: eigenvectors of the transmission cross coefficients.
//   T = A A^H = sum_k lambda_k phi_k phi_k^H,   A_{f,s} = sqrt(w_s) P(f + f_s) / clear field
// The smaller of A A^H (n_f x n_f) and the Gram matrix A^H A (N_s x N_s, phi_k = A v_k / sqrt(lambda_k)) is solved, so
// T is never formed for large n_f. A source even under s -> -s with an even pupil splits T into an even and an odd half
// (basis (e_f +- e_{-f})/sqrt 2), each with half the orders and half the source points; a pupil without phase makes all
// of it real. Truncation: 0 <= I - I_K <= lambda_{K+1} max|t|^2 (spectral norm of the tail, T(0,0) = 1).
// Reference: Cobb, PhD thesis, Berkeley 1998; Gamo, Progress in Optics 3 (1964) 187.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "optics/dense_algebra.hpp"
#include "optics/illumination.hpp"
#include "optics/zernike.hpp"

namespace damascene::optics {
namespace {

enum class Parity { none, even, odd };

/// A in one parity subspace: rows = basis functions, columns = source points.
template <class T>
struct Block {
    Parity parity = Parity::none;
    std::vector<Order> orders;
    int columns = 0;
    std::vector<T> a;
    bool by_source = false;  ///< eigenvectors live on source points
    EigenSystem<T> eigen;
};

bool is_point_symmetric(const Source& source) {
    const auto& p = source.points;
    for (std::size_t i = 0, j = p.size() - 1; i < p.size(); ++i, --j)
        if (p[i].sx != -p[j].sx || p[i].sy != -p[j].sy || p[i].weight != p[j].weight) return false;
    return true;
}

bool is_even(const Pupil& pupil) {
    for (std::size_t i = 0; i < pupil.zernike_waves.size(); ++i)
        if (pupil.zernike_waves[i] != 0 && fringe_order(static_cast<int>(i) + 1).m % 2 != 0) return false;
    return true;
}

bool is_real(const Pupil& pupil) {
    return pupil.defocus.si() == 0 &&
           std::all_of(pupil.zernike_waves.begin(), pupil.zernike_waves.end(), [](double w) { return w == 0; });
}

template <class T>
T value_as(Complex p) {
    if constexpr (std::is_same_v<T, double>)
        return p.real();
    else
        return p;
}

/// Points kept of a symmetric source: one of each pair with the weight of both, and the centre if there is one.
std::vector<SourcePoint> folded(const Source& source) {
    const std::size_t n = source.points.size();
    std::vector<SourcePoint> half(source.points.begin(),
                                  source.points.begin() + static_cast<std::ptrdiff_t>((n + 1) / 2));
    for (std::size_t i = 0; i < n / 2; ++i) half[i].weight *= 2;
    return half;
}

/// Orders of the basis: all, or those lexicographically before the centre (and the centre itself if even).
std::vector<Order> basis_orders(const std::vector<Order>& all, Parity parity) {
    if (parity == Parity::none) return all;
    const auto half = static_cast<std::ptrdiff_t>(all.size() / 2);
    return {all.begin(), all.begin() + half + (parity == Parity::even ? 1 : 0)};
}

/// <basis function of order f| shifted pupil>.
Complex projection(const Pupil& pupil, Parity parity, Order f, double ux, double uy, const SourcePoint& s) {
    const Complex plus = pupil_value(pupil, f.fx * ux + s.sx, f.fy * uy + s.sy);
    if (parity == Parity::none || (f.fx == 0 && f.fy == 0)) return plus;
    const Complex minus = pupil_value(pupil, -f.fx * ux + s.sx, -f.fy * uy + s.sy);
    return (parity == Parity::even ? plus + minus : plus - minus) * std::numbers::sqrt2 * 0.5;
}

template <class T>
Block<T> projected(Parity parity, std::vector<Order> orders, const std::vector<SourcePoint>& points, const Pupil& pupil,
                   double ux, double uy, double clear) {
    Block<T> block;
    block.parity = parity, block.orders = std::move(orders), block.columns = static_cast<int>(points.size());
    const std::size_t columns = points.size();
    require_memory(block.orders.size() * columns * sizeof(T), "matrix of shifted pupils");
    block.a.resize(block.orders.size() * columns);
    parallel_for(block.orders.size(), [&](std::size_t i) {
        for (std::size_t s = 0; s < columns; ++s)
            block.a[i * columns + s] = std::sqrt(points[s].weight / clear) *
                                       value_as<T>(projection(pupil, parity, block.orders[i], ux, uy, points[s]));
    });
    return block;
}

double adjoint_of(double x) { return x; }
Complex adjoint_of(Complex x) { return std::conj(x); }

template <class T>
std::vector<T> adjoint(const std::vector<T>& a, std::size_t rows, std::size_t columns) {
    std::vector<T> b(a.size());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t s = 0; s < columns; ++s) b[s * rows + i] = adjoint_of(a[i * columns + s]);
    return b;
}

template <class T>
void solve(Block<T>& block) {
    const std::size_t rows = block.orders.size(), columns = static_cast<std::size_t>(block.columns),
                      n = std::min(rows, columns);
    require_memory(3 * n * n * sizeof(T), "eigenvalue problem");
    block.by_source = columns < rows;
    block.eigen = block.by_source
                      ? gram_eigensystem(adjoint(block.a, rows, columns), block.columns, static_cast<int>(rows))
                      : gram_eigensystem(block.a, static_cast<int>(rows), block.columns);
}

/// The first `count` eigenvectors of A A^H in the basis of the block, unit norm.
template <class T>
std::vector<T> modes(const Block<T>& block, std::size_t count) {
    const std::size_t rows = block.orders.size();
    std::vector<T> u(count * rows);
    if (!block.by_source) {
        std::copy_n(block.eigen.vectors.begin(), u.size(), u.begin());
        return u;
    }
    multiply_transposed(static_cast<int>(count), block.columns, static_cast<int>(rows), block.eigen.vectors.data(),
                        block.a.data(), u.data());
    for (std::size_t k = 0; k < count; ++k) {
        double norm2 = 0;
        for (std::size_t i = 0; i < rows; ++i) norm2 += std::norm(u[k * rows + i]);
        for (std::size_t i = 0; i < rows; ++i) u[k * rows + i] /= std::sqrt(norm2);
    }
    return u;
}

/// Writes one mode onto the centred support of a kernel.
template <class T>
void place(const Block<T>& block, const T* mode, const KernelSet& set, Complex* kernel) {
    const auto index = [&](int fx, int fy) {
        return static_cast<std::size_t>((fy + set.band_y) * (2 * set.band_x + 1) + fx + set.band_x);
    };
    for (std::size_t i = 0; i < block.orders.size(); ++i) {
        const auto [fx, fy] = block.orders[i];
        const bool paired = block.parity != Parity::none && (fx != 0 || fy != 0);
        const Complex value = mode[i] * (paired ? std::numbers::sqrt2 * 0.5 : 1.0);
        kernel[index(fx, fy)] = value;
        if (paired) kernel[index(-fx, -fy)] = block.parity == Parity::even ? value : -value;
    }
}

struct Pick {
    double weight;
    std::size_t block, mode;
};

/// All eigenvalues above rounding, descending.
template <class T>
std::vector<Pick> ranked(const std::vector<Block<T>>& blocks) {
    std::vector<Pick> picks;
    for (std::size_t b = 0; b < blocks.size(); ++b)
        for (std::size_t k = 0; k < blocks[b].eigen.values.size(); ++k)
            picks.push_back({blocks[b].eigen.values[k], b, k});
    std::stable_sort(picks.begin(), picks.end(), [](const Pick& a, const Pick& b) { return a.weight > b.weight; });
    const double floor = picks.empty() ? 0 : 1e-15 * picks.front().weight;
    while (!picks.empty() && picks.back().weight <= floor) picks.pop_back();
    return picks;
}

std::size_t kept_count(const std::vector<Pick>& picks, double image_tol, int count) {
    if (count > 0) return std::min<std::size_t>(picks.size(), static_cast<std::size_t>(count));
    const auto first = std::find_if(picks.begin(), picks.end(), [&](const Pick& p) { return p.weight <= image_tol; });
    return std::max<std::size_t>(1, static_cast<std::size_t>(first - picks.begin()));
}

template <class T>
void decompose(KernelSet& set, const Source& source, const Pupil& pupil, double image_tol, int count) {
    const auto orders = passed_orders(source, pupil, set.period_x, set.period_y);
    const double ux = order_step(pupil, set.period_x), uy = order_step(pupil, set.period_y),
                 clear = clear_field(source, pupil);
    std::vector<Block<T>> blocks;
    if (is_point_symmetric(source) && is_even(pupil)) {
        for (Parity parity : {Parity::even, Parity::odd})
            blocks.push_back(projected<T>(parity, basis_orders(orders, parity), folded(source), pupil, ux, uy, clear));
    } else {
        blocks.push_back(projected<T>(Parity::none, orders, source.points, pupil, ux, uy, clear));
    }
    parallel_for(blocks.size(), [&](std::size_t b) { solve(blocks[b]); });

    const auto picks = ranked(blocks);
    const std::size_t kept = kept_count(picks, image_tol, count);
    const std::size_t size =
        static_cast<std::size_t>(2 * set.band_x + 1) * static_cast<std::size_t>(2 * set.band_y + 1);
    set.kernels.assign(kept * size, 0.0);
    set.truncation_bound = kept < picks.size() ? picks[kept].weight : 0.0;
    for (std::size_t k = 0; k < kept; ++k) set.weights.push_back(picks[k].weight);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const auto mine =
            static_cast<std::size_t>(std::count_if(picks.begin(), picks.begin() + static_cast<std::ptrdiff_t>(kept),
                                                   [&](const Pick& p) { return p.block == b; }));
        const auto u = modes(blocks[b], mine);
        for (std::size_t k = 0; k < kept; ++k)
            if (picks[k].block == b)
                place(blocks[b], u.data() + picks[k].mode * blocks[b].orders.size(), set,
                      set.kernels.data() + k * size);
    }
}

}  // namespace

KernelSet socs(const Source& source, const Pupil& pupil, Length period_x, Length period_y, double image_tol,
               int count) {
    validate(pupil);
    if (!(image_tol >= 0 && image_tol < 1))
        throw InputError("D0204", fmt::format("'image_tol' = {} is out of range", image_tol),
                         "needs 0 <= image_tol < 1, fraction of the clear field");
    if (count < 0)
        throw InputError("D0204", fmt::format("kernel count {} is out of range", count),
                         "needs count >= 1, or 0 to follow image_tol");
    KernelSet set;
    set.band_x = mask_band(source, pupil, period_x), set.band_y = mask_band(source, pupil, period_y);
    set.period_x = period_x, set.period_y = period_y;
    set.description = fmt::format("{}; NA {}, wavelength {:.9g} nm, n {}, defocus {:.9g} nm", source.description,
                                  pupil.na, pupil.wavelength.in(nm), pupil.n_medium, pupil.defocus.in(nm));
    if (is_real(pupil))
        decompose<double>(set, source, pupil, image_tol, count);
    else
        decompose<Complex>(set, source, pupil, image_tol, count);
    return set;
}

}  // namespace damascene::optics
