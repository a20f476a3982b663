// Mask error enhancement: how far the printed size follows the mask's.
//
//   CD = x_r - x_l,   dx = -dI(x) / (dI/dx)   at I(x) = level
//   MEEF = dCD_wafer / dCD_mask = (1/2) sum over mask edges of dCD / d(shift)   [Mack 2007]
// The size is a linear functional of the image, its adjoint one of the mask's edges: no differences.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/opc.hpp"
#include "damascene/opc/process_window.hpp"

namespace damascene::opc {
namespace {

struct Place {
    double x_nm = 0, y_nm = 0, weight = 0;
};

/// d_f += weight exp(-2 pi i f (r - r0) / L): the functional weight x dI(r).
void add_value_at(Spectrum2& d, const Place& at) {
    const double px = 2 * std::numbers::pi * (at.x_nm - d.x0.in(nm)) / d.period_x.in(nm),
                 py = 2 * std::numbers::pi * (at.y_nm - d.y0.in(nm)) / d.period_y.in(nm);
    for (int fy = -d.band_y; fy <= d.band_y; ++fy)
        for (int fx = -d.band_x; fx <= d.band_x; ++fx) d.at(fx, fy) += std::polar(at.weight, -px * fx - py * fy);
}

/// Both ends of an edge on the same border line of the cell.
bool on_border(const EdgeSegment& e, const Spectrum2& cell) {
    const auto border = [](double a, double b, double low, double period) {
        const double t = (a - low) / period;
        return a == b && std::abs(t - std::round(t)) < 1e-12;
    };
    return border(e.x0_nm, e.x1_nm, cell.x0.in(nm), cell.period_x.in(nm)) ||
           border(e.y0_nm, e.y1_nm, cell.y0.in(nm), cell.period_y.in(nm));
}

std::vector<EdgeSegment> edges_of(const Region& mask, const Spectrum2& cell) {
    std::vector<EdgeSegment> edges;
    const double unit = mask.unit.in(nm);
    for (const Ring& ring : mask.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Point a = ring[i], b = ring[(i + 1) % ring.size()];
            const EdgeSegment e{a.x * unit, a.y * unit, b.x * unit, b.y * unit};
            if (!on_border(e, cell)) edges.push_back(e);
        }
    return edges;
}

}  // namespace

Spectrum2 size_derivative(const Image& image, double level, const CutEnds& cut) {
    Spectrum2 d = image;
    std::fill(d.coefficients.begin(), d.coefficients.end(), 0.0);
    const CutMetrics m = measure_cut(image, level, cut.x0_nm * nm, cut.y0_nm * nm, cut.x1_nm * nm, cut.y1_nm * nm);
    if (!m.found) return d;
    const double dx = cut.x1_nm - cut.x0_nm, dy = cut.y1_nm - cut.y0_nm, length = std::hypot(dx, dy);
    for (const auto& [along, sign] : {std::pair{m.left_nm, 1.0}, std::pair{m.right_nm, -1.0}}) {
        const double x = cut.x0_nm + along * dx / length, y = cut.y0_nm + along * dy / length;
        const ValueGradient g = value_gradient_at(image, x * nm, y * nm);
        add_value_at(d, {x, y, sign * length / (g.d_dx * dx + g.d_dy * dy)});
    }
    return d;
}

double mask_error_enhancement(const Region& mask, const Spectrum2& adjoint, double step) {
    double sum = 0;
    for (const double d : edge_gradient(edges_of(mask, adjoint), adjoint)) sum += d;
    return 0.5 * step * sum;
}

}  // namespace damascene::opc
