// Coherent kernels of a vector image at one depth.
//   T = A A^H,  A_{f,(s, state, c)} = sqrt(w_s w_state / clear) sqrt(n/n_0) P(p) [T(z) V J e]_c,  p = f + f_s
//   T = sum_k lambda_k phi_k phi_k^H;  0 <= I - I_K <= lambda_{K+1} max|t|^2
// as in socs.cpp with up to 6 columns a source point; the smaller Gram matrix is solved. Cost per depth n_f^2 columns +
// n_f^3. Reference: [Cobb 1998].
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "optics/illumination.hpp"
#include "optics/vector_light.hpp"

namespace damascene::optics {
namespace {

/// Shifted, polarised pupils at one depth: rows = orders, columns = (source point, state, component).
struct Columns {
    std::vector<Order> orders;
    std::size_t count = 0;
    std::vector<Complex> a;
};

Columns columns_at(const VectorOptics& optics, const std::vector<Order>& orders, double ux, double uy, double depth) {
    struct Column {
        std::size_t point;
        PolarisationState state;
    };
    std::vector<Column> states;
    const auto& points = optics.source.points;
    for (std::size_t s = 0; s < points.size(); ++s)
        for (const PolarisationState& state : polarisation_states(optics.light, points[s].sx, points[s].sy))
            states.push_back({s, state});
    Columns out{orders, 3 * states.size(), {}};
    require_memory(2 * orders.size() * out.count * sizeof(Complex), "matrix of shifted, polarised pupils");
    out.a.assign(orders.size() * out.count, 0.0);
    const std::array<double, 1> at = {depth};
    parallel_for(orders.size(), [&](std::size_t i) {
        std::vector<FieldMatrix> transfer;
        for (std::size_t k = 0; k < states.size(); ++k) {
            const SourcePoint& s = points[states[k].point];
            if (k == 0 || states[k].point != states[k - 1].point)
                transfer = optics.transfer(orders[i].fx * ux + s.sx, orders[i].fy * uy + s.sy, at);
            if (transfer.empty()) continue;
            const double amplitude = std::sqrt(s.weight * states[k].state.weight / optics.clear);
            for (std::size_t c = 0; c < 3; ++c)
                out.a[i * out.count + 3 * k + c] = amplitude * component(transfer[0], c, states[k].state.field);
        }
    });
    return out;
}

std::vector<Complex> adjoint(const std::vector<Complex>& a, std::size_t rows, std::size_t columns) {
    std::vector<Complex> b(a.size());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t s = 0; s < columns; ++s) b[s * rows + i] = std::conj(a[i * columns + s]);
    return b;
}

/// Eigenvalues of A A^H above rounding, descending, and its first eigenvectors, one after another.
struct Modes {
    std::vector<double> values;
    std::vector<Complex> vectors;
};
Modes modes_of(const Columns& columns, double image_tol) {
    const std::size_t rows = columns.orders.size(), n = std::min(rows, columns.count);
    require_memory(3 * n * n * sizeof(Complex), "eigenvalue problem");
    const bool by_source = columns.count < rows;
    auto eigen = by_source ? gram_eigensystem(adjoint(columns.a, rows, columns.count), static_cast<int>(n),
                                              static_cast<int>(rows))
                           : gram_eigensystem(columns.a, static_cast<int>(n), static_cast<int>(columns.count));
    Modes modes{std::move(eigen.values), {}};
    const double floor = modes.values.empty() ? 0 : 1e-15 * modes.values.front();
    while (!modes.values.empty() && modes.values.back() <= floor) modes.values.pop_back();
    const auto end = std::find_if(modes.values.begin(), modes.values.end(), [&](double v) { return v <= image_tol; });
    const std::size_t kept = std::max<std::size_t>(1, static_cast<std::size_t>(end - modes.values.begin()));
    modes.vectors.resize(kept * rows);
    if (!by_source) {
        std::copy_n(eigen.vectors.begin(), modes.vectors.size(), modes.vectors.begin());
        return modes;
    }
    multiply_transposed(static_cast<int>(kept), static_cast<int>(columns.count), static_cast<int>(rows),
                        eigen.vectors.data(), columns.a.data(), modes.vectors.data());
    for (std::size_t k = 0; k < kept; ++k)
        for (std::size_t i = 0; i < rows; ++i) modes.vectors[k * rows + i] /= std::sqrt(modes.values[k]);
    return modes;
}

KernelSet kernels_of(const Columns& columns, KernelSet set, double image_tol) {
    const Modes modes = modes_of(columns, image_tol);
    const std::size_t rows = columns.orders.size(), kept = modes.vectors.size() / rows,
                      width = static_cast<std::size_t>(2 * set.band_x + 1),
                      size = width * static_cast<std::size_t>(2 * set.band_y + 1);
    set.kernels.assign(kept * size, 0.0);
    set.weights.assign(modes.values.begin(), modes.values.begin() + static_cast<std::ptrdiff_t>(kept));
    set.truncation_bound = kept < modes.values.size() ? modes.values[kept] : 0.0;
    for (std::size_t k = 0; k < kept; ++k)
        for (std::size_t i = 0; i < rows; ++i)
            set.kernels[k * size + static_cast<std::size_t>(columns.orders[i].fy + set.band_y) * width +
                        static_cast<std::size_t>(columns.orders[i].fx + set.band_x)] = modes.vectors[k * rows + i];
    return set;
}

}  // namespace

VectorKernels vector_kernels(const Source& source, const Pupil& pupil, const VectorLight& light,
                             const numerics::FilmStack& stack, std::size_t film, std::span<const double> depth_nm,
                             Length period_x, Length period_y, double image_tol) {
    if (!(image_tol >= 0 && image_tol < 1))
        throw InputError("D0204", fmt::format("'image_tol' = {} is out of range", image_tol),
                         "needs 0 <= image_tol < 1, fraction of the clear field");
    require_depths(pupil, stack, film, depth_nm);
    const VectorOptics optics(source, pupil, light, stack, film);
    const auto orders = passed_orders(source, optics.pupil, period_x, period_y);
    const double ux = order_step(pupil, period_x), uy = order_step(pupil, period_y);
    VectorKernels out;
    out.depth_nm.assign(depth_nm.begin(), depth_nm.end());
    for (const double depth : depth_nm) {
        KernelSet set;
        set.band_x = mask_band(source, pupil, period_x), set.band_y = mask_band(source, pupil, period_y);
        set.period_x = period_x, set.period_y = period_y;
        set.description =
            fmt::format("{}; vector, NA {}, wavelength {:.9g} nm, {:.9g} nm deep in film '{}'", source.description,
                        pupil.na, pupil.wavelength.in(nm), depth, stack.films[film].name);
        out.kernels.push_back(kernels_of(columns_at(optics, orders, ux, uy, depth), std::move(set), image_tol));
    }
    return out;
}

ImageInDepth vector_images(const VectorKernels& kernels, const Spectrum2& mask) {
    ImageInDepth out{kernels.depth_nm, {}};
    for (const KernelSet& set : kernels.kernels) out.images.push_back(image(set, mask));
    return out;
}

}  // namespace damascene::optics
