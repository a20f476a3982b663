// Fourier coefficients of polygons: exact, without a raster.
//
//   M(f) = (1/LxLy) int e^{-i q.(r - r0)} dA,  q = 2 pi (fx/Lx, fy/Ly)
//   fx != 0:  int = (i/q_x) sum_edges e_y e^{-i q.c} sinc(q.e/2)     (horizontal edges drop out)
//   fx  = 0:  int = (-i/q_y) sum_edges e_x e^{-i q_y c_y} sinc(q_y e_y/2)
//   f   = 0:  area
// e edge vector, c its midpoint, solid on the left (Green's theorem; S.-W. Lee, R. Mittra, IEEE Trans. Antennas Propag.
// 31, 99 (1983)). Vertical edges on one line x share e^{-i q_x x}: the sum over lines is one real matrix product
// (2 By + 2) x n_lines x 2 Bx. Sloped edges cost O(band^2) each; phases come from recurrences anchored every 16 steps.
#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <tuple>

#include "damascene/geometry.hpp"

namespace damascene {
namespace {

using Complex = std::complex<double>;
using Matrix = Eigen::MatrixXd;
constexpr double two_pi = 2 * std::numbers::pi;

/// e^{-i phase k}, k = 0..out.size()-1; rounding stays below 20 eps.
void phase_powers(double phase, std::span<Complex> out) {
    constexpr std::size_t anchor = 16;
    const Complex step = std::polar(1.0, -phase);
    for (std::size_t k = 0; k < out.size(); ++k) {
        if (k % anchor == 0) {
            out[k] = std::polar(1.0, -phase * static_cast<double>(k));
        } else {
            const Complex z = out[k - 1];
            out[k] = {z.real() * step.real() - z.imag() * step.imag(), z.real() * step.imag() + z.imag() * step.real()};
        }
    }
}

std::size_t count_of(int n) { return static_cast<std::size_t>(n); }

struct Edge {
    double x0, y0, x1, y1;
};  ///< nm, relative to the cell's corner

std::vector<Edge> edges_of(const Region& region, double x0, double y0) {
    const double unit = region.unit.in(nm);
    std::vector<Edge> edges;
    for (const Ring& ring : region.rings)
        for (std::size_t k = 0, n = ring.size(); k < n; ++k) {
            const Point p = ring[k], q = ring[k + 1 == n ? 0 : k + 1];
            edges.push_back({p.x * unit - x0, p.y * unit - y0, q.x * unit - x0, q.y * unit - y0});
        }
    return edges;
}

/// Half-open ranges of equal `line` in a sorted sequence.
template <class Item, class LineOf>
std::vector<std::size_t> line_starts(const std::vector<Item>& items, LineOf line_of) {
    std::vector<std::size_t> starts;
    for (std::size_t k = 0; k < items.size(); ++k)
        if (k == 0 || line_of(items[k]) != line_of(items[k - 1])) starts.push_back(k);
    starts.push_back(items.size());
    return starts;
}

/// Fills column `line` of both factors: rows[2 fy], rows[2 fy + 1] = Re, Im of sum Y(fy); phases[fx - 1] = e^{-i q_x
/// x}.
using FillLine = std::function<void(std::size_t line, std::span<Complex> rows, std::span<Complex> phases)>;

/// S(fy, +-fx) = sum_lines e^{-+ i q_x x} Y(fy) for fx = 1..band_x, fy = 0..band_y, as real matrices of the cosine and
/// sine sums. Blocks of fixed size, so the bits do not depend on the thread count.
struct LineSums {
    Matrix sums;  ///< (2 By + 2) x 2 Bx; column 2(fx-1) = sum cos Y, column 2(fx-1)+1 = sum -sin Y
    Complex at(int fx, int fy) const {
        const Eigen::Index column = 2 * (std::abs(fx) - 1), row = 2 * fy;
        const Complex even{sums(row, column), sums(row + 1, column)},
            odd{sums(row, column + 1), sums(row + 1, column + 1)};
        return even + Complex(0, fx > 0 ? 1 : -1) * odd;
    }
};

LineSums sum_lines(std::size_t lines, int band_x, int band_y, const FillLine& fill) {
    constexpr std::size_t chunk = 2048, table_block = 32;
    constexpr Eigen::Index panel = 24;
    const Eigen::Index rows = 2 * band_y + 2, columns = 2 * band_x;
    LineSums result{Matrix::Zero(rows, columns)};
    if (columns == 0) return result;
    for (std::size_t first = 0; first < lines; first += chunk) {
        const std::size_t n = std::min(chunk, lines - first);
        Matrix left(rows, static_cast<Eigen::Index>(n)), right(columns, static_cast<Eigen::Index>(n));
        parallel_blocks(n, table_block, [&](std::size_t begin, std::size_t end) {
            std::vector<Complex> row(count_of(band_y + 1)), phase(count_of(band_x));
            for (std::size_t k = begin; k < end; ++k) {
                fill(first + k, row, phase);
                const auto column = static_cast<Eigen::Index>(k);
                left.col(column) = Eigen::Map<const Eigen::VectorXd>(reinterpret_cast<const double*>(row.data()), rows);
                right.col(column) =
                    Eigen::Map<const Eigen::VectorXd>(reinterpret_cast<const double*>(phase.data()), columns);
            }
        });
        parallel_for(static_cast<std::size_t>((columns + panel - 1) / panel), [&](std::size_t p) {
            const Eigen::Index begin = static_cast<Eigen::Index>(p) * panel, width = std::min(panel, columns - begin);
            result.sums.middleCols(begin, width).noalias() += left * right.middleRows(begin, width).transpose();
        });
    }
    return result;
}

/// sum_lines of the vertical edges with Y = signed integral of e^{-i q_y y} along the edge.
LineSums vertical_edge_sums(std::vector<Edge> edges, double kx, double ky, int band_x, int band_y) {
    std::erase_if(edges, [](const Edge& e) { return e.x0 != e.x1 || e.y0 == e.y1; });
    std::sort(edges.begin(), edges.end(),
              [](const Edge& a, const Edge& b) { return std::tie(a.x0, a.y0, a.y1) < std::tie(b.x0, b.y0, b.y1); });
    const auto starts = line_starts(edges, [](const Edge& e) { return e.x0; });
    return sum_lines(starts.size() - 1, band_x, band_y,
                     [&](std::size_t line, std::span<Complex> rows, std::span<Complex> phases) {
                         std::vector<Complex> centre(rows.size()), half(rows.size()), x_powers(phases.size() + 1);
                         std::fill(rows.begin(), rows.end(), Complex{});
                         for (std::size_t e = starts[line]; e < starts[line + 1]; ++e) {
                             const double length = edges[e].y1 - edges[e].y0;
                             phase_powers(ky * (edges[e].y0 + edges[e].y1) / 2, centre);
                             phase_powers(-ky * length / 2, half);
                             rows[0] += length;
                             for (std::size_t f = 1; f < rows.size(); ++f)
                                 rows[f] += centre[f] * (2 * half[f].imag() / (ky * static_cast<double>(f)));
                         }
                         phase_powers(kx * edges[starts[line]].x0, x_powers);
                         std::copy(x_powers.begin() + 1, x_powers.end(), phases.begin());
                     });
}

/// sin(u)/u from u and an accurate sin(u); series where the division would lose digits. Free of branches.
inline double sinc(double u, double sine) {
    const double v = u * u;
    const double series = 1 - v / 6 * (1 - v / 20 * (1 - v / 42 * (1 - v / 72 * (1 - v / 110))));
    const bool large = v > 0.0625;
    const double quotient = sine / (large ? u : 1.0);
    return large ? quotient : series;
}

/// e^{-i phase k} for k = -band..band as separate real and imaginary parts.
struct Ramp {
    std::vector<double> re, im;
    Ramp(double phase, int band) : re(count_of(2 * band + 1)), im(re.size()) {
        std::vector<Complex> powers(count_of(band + 1));
        phase_powers(phase, powers);
        for (int k = -band; k <= band; ++k) {
            re[count_of(k + band)] = powers[count_of(std::abs(k))].real();
            im[count_of(k + band)] = k < 0 ? -powers[count_of(-k)].imag() : powers[count_of(k)].imag();
        }
    }
};

/// Separable phases of one edge: e^{-i q.c} and e^{-i q.e/2} as products of x and y factors.
struct EdgePhases {
    double ux, uy;  ///< q.e/2 = fx ux + fy uy
    int band_x, band_y;
    Ramp centre_x, centre_y, half_x, half_y;
    EdgePhases(const Edge& e, double kx, double ky, int bx, int by)
        : ux(kx * (e.x1 - e.x0) / 2),
          uy(ky * (e.y1 - e.y0) / 2),
          band_x(bx),
          band_y(by),
          centre_x(kx * (e.x0 + e.x1) / 2, bx),
          centre_y(ky * (e.y0 + e.y1) / 2, by),
          half_x(ux, bx),
          half_y(uy, by) {}

    /// Adds weight e^{-i q.c} sinc(q.e/2) for fx = -band_x..band_x to re, im.
    void add_row(int fy, double weight, double* re, double* im) const {
        const std::size_t y = count_of(fy + band_y), n = count_of(2 * band_x + 1);
        const double cyr = weight * centre_y.re[y], cyi = weight * centre_y.im[y], hyr = half_y.re[y],
                     hyi = half_y.im[y];
        const double *cxr = centre_x.re.data(), *cxi = centre_x.im.data(), *hxr = half_x.re.data(),
                     *hxi = half_x.im.data();
        const double u_row = fy * uy;
        for (std::size_t k = 0; k < n; ++k) {
            const double u = u_row + (static_cast<int>(k) - band_x) * ux;
            const double s = sinc(u, -(hxr[k] * hyi + hxi[k] * hyr));
            re[k] += s * (cxr[k] * cyr - cxi[k] * cyi);
            im[k] += s * (cxr[k] * cyi + cxi[k] * cyr);
        }
    }
};

/// Adds e_y e^{-i q.c} sinc(q.e/2) of all edges to the half plane fy >= 0.
void add_sloped_edges(const std::vector<Edge>& edges, double kx, double ky, Spectrum2& m) {
    constexpr std::size_t chunk = 256;
    for (std::size_t first = 0; first < edges.size(); first += chunk) {
        const std::size_t n = std::min(chunk, edges.size() - first);
        std::vector<EdgePhases> phases;
        phases.reserve(n);
        for (std::size_t k = 0; k < n; ++k) phases.emplace_back(edges[first + k], kx, ky, m.band_x, m.band_y);
        parallel_for(count_of(m.band_y + 1), [&](std::size_t row) {
            const int fy = static_cast<int>(row);
            std::vector<double> re(count_of(m.width())), im(re.size());
            for (std::size_t k = 0; k < n; ++k)
                phases[k].add_row(fy, edges[first + k].y1 - edges[first + k].y0, re.data(), im.data());
            for (int fx = -m.band_x; fx <= m.band_x; ++fx)
                if (fx != 0) m.at(fx, fy) += Complex(re[count_of(fx + m.band_x)], im[count_of(fx + m.band_x)]);
        });
    }
}

/// Column fx = 0, fy > 0: sum_edges e_x e^{-i q_y c_y} sinc(q_y e_y / 2).
void add_zero_column(const std::vector<Edge>& edges, double ky, Spectrum2& m) {
    for (const Edge& e : edges) {
        const double ex = e.x1 - e.x0;
        if (ex == 0) continue;
        std::vector<Complex> centre(count_of(m.band_y + 1)), half(centre.size());
        phase_powers(ky * (e.y0 + e.y1) / 2, centre);
        phase_powers(-ky * (e.y1 - e.y0) / 2, half);
        for (int fy = 1; fy <= m.band_y; ++fy)
            m.at(0, fy) += ex * sinc(ky * fy * (e.y1 - e.y0) / 2, half[count_of(fy)].imag()) * centre[count_of(fy)];
    }
}

/// c(-f) = conj c(f): the lower half plane, and the left half of row fy = 0, from the rest.
void complete_hermitian(Spectrum2& m) {
    for (int fy = 0; fy <= m.band_y; ++fy)
        for (int fx = fy == 0 ? 1 : -m.band_x; fx <= m.band_x; ++fx) m.at(-fx, -fy) = std::conj(m.at(fx, fy));
}

Spectrum2 empty_spectrum(Length x0, Length y0, Length period_x, Length period_y, int band_x, int band_y) {
    Spectrum2 m{band_x, band_y, period_x, period_y, x0, y0, {}};
    m.coefficients.resize(count_of(m.width()) * count_of(m.height()));
    return m;
}

double edge_area(const std::vector<Edge>& edges) {
    double sum = 0;
    for (const Edge& e : edges) sum += (e.x1 - e.x0) * (e.y0 + e.y1);
    return -sum / 2;
}

}  // namespace

Spectrum2 polygon_spectrum(const Region& region, Length x0, Length y0, Length period_x, Length period_y, int band_x,
                           int band_y) {
    Spectrum2 m = empty_spectrum(x0, y0, period_x, period_y, band_x, band_y);
    const double lx = period_x.in(nm), ly = period_y.in(nm), kx = two_pi / lx, ky = two_pi / ly;
    std::vector<Edge> edges = edges_of(region, x0.in(nm), y0.in(nm));
    const LineSums lines = vertical_edge_sums(edges, kx, ky, band_x, band_y);
    add_zero_column(edges, ky, m);
    m.at(0, 0) = edge_area(edges) / (lx * ly);
    std::erase_if(edges, [](const Edge& e) { return e.x0 == e.x1 || e.y0 == e.y1; });
    add_sloped_edges(edges, kx, ky, m);
    for (int fy = 0; fy <= band_y; ++fy) {
        for (int fx = 1; fx <= band_x; ++fx) {
            const Complex green(0, 1 / (kx * fx * lx * ly));
            m.at(fx, fy) = green * (m.at(fx, fy) + lines.at(fx, fy));
            m.at(-fx, fy) = -green * (m.at(-fx, fy) + lines.at(-fx, fy));
        }
        if (fy > 0) m.at(0, fy) *= Complex(0, -1 / (ky * fy * lx * ly));
    }
    complete_hermitian(m);
    return m;
}

namespace {

struct PixelEdge {
    std::int64_t line, from, to;
};  ///< one axis-parallel edge in pixels

/// w^k = e^{-2 pi i k/N} for k = 0..N-1.
std::vector<Complex> roots_of_unity(int n) {
    std::vector<Complex> w(count_of(n));
    for (int k = 0; k < n; ++k) w[count_of(k)] = std::polar(1.0, -two_pi * k / n);
    return w;
}

const Complex& root(const std::vector<Complex>& w, std::int64_t power) {
    const auto n = static_cast<std::int64_t>(w.size());
    return w[static_cast<std::size_t>(((power % n) + n) % n)];
}

std::vector<PixelEdge> pixel_edges(const Region& region, Point origin, bool vertical) {
    std::vector<PixelEdge> edges;
    for (const Ring& ring : region.rings)
        for (std::size_t k = 0, n = ring.size(); k < n; ++k) {
            const Point p = ring[k], q = ring[k + 1 == n ? 0 : k + 1];
            const std::int64_t px = std::int64_t{p.x} - origin.x, py = std::int64_t{p.y} - origin.y,
                               qx = std::int64_t{q.x} - origin.x, qy = std::int64_t{q.y} - origin.y;
            if (vertical && px == qx && py != qy) edges.push_back({px, py, qy});
            if (!vertical && py == qy && px != qx) edges.push_back({py, px, qx});
        }
    std::sort(edges.begin(), edges.end(), [](const PixelEdge& a, const PixelEdge& b) {
        return std::tie(a.line, a.from, a.to) < std::tie(b.line, b.from, b.to);
    });
    return edges;
}

}  // namespace

// Pixel sums: sum_{y=a}^{b-1} w^{f y} = (w^{fa} - w^{fb})/(1 - w^f); the cumulative sum to the left of an edge at x is
// -w^{f x}/(1 - w^f) up to a constant that cancels over a closed ring. All phases are table look-ups: no rounding
// grows.
Spectrum2 sampled_polygon_spectrum(const Region& region, Point origin, int n, int band) {
    if (!is_manhattan(region))
        throw InputError("D0318", "the sampled spectrum needs axis-parallel polygons",
                         "use the exact polygon spectrum, or a raster");
    const double unit = region.unit.in(nm);
    Spectrum2 m =
        empty_spectrum(origin.x * unit * nm, origin.y * unit * nm, n * region.unit, n * region.unit, band, band);
    const std::vector<Complex> w = roots_of_unity(n);
    const auto vertical = pixel_edges(region, origin, true), horizontal = pixel_edges(region, origin, false);
    const auto starts = line_starts(vertical, [](const PixelEdge& e) { return e.line; });
    const LineSums lines = sum_lines(
        starts.size() - 1, band, band, [&](std::size_t line, std::span<Complex> rows, std::span<Complex> phases) {
            std::fill(rows.begin(), rows.end(), Complex{});
            for (std::size_t e = starts[line]; e < starts[line + 1]; ++e) {
                rows[0] += static_cast<double>(vertical[e].to - vertical[e].from);
                for (std::int64_t f = 1; f <= band; ++f)
                    rows[count_of(static_cast<int>(f))] += root(w, f * vertical[e].from) - root(w, f * vertical[e].to);
            }
            for (std::size_t f = 1; f < rows.size(); ++f) rows[f] /= 1.0 - root(w, static_cast<std::int64_t>(f));
            for (std::size_t f = 0; f < phases.size(); ++f)
                phases[f] = root(w, static_cast<std::int64_t>(f + 1) * vertical[starts[line]].line);
        });
    const double scale = 1.0 / (static_cast<double>(n) * n);
    for (int fy = 0; fy <= band; ++fy)
        for (int fx = 1; fx <= band; ++fx) {
            const Complex x_factor = -scale / (1.0 - root(w, fx));
            m.at(fx, fy) = x_factor * lines.at(fx, fy);
            m.at(-fx, fy) = std::conj(x_factor) * lines.at(-fx, fy);
        }
    for (int fy = 1; fy <= band; ++fy) {
        Complex sum = 0;
        for (const PixelEdge& e : horizontal)
            sum += static_cast<double>(e.to - e.from) * root(w, std::int64_t{fy} * e.line);
        m.at(0, fy) = scale * sum / (1.0 - root(w, fy));
    }
    m.at(0, 0) = area(region) * scale;
    complete_hermitian(m);
    return m;
}

namespace {

/// Segments on lines of constant x: g = (1/LxLy) int 2 Re sum_f conj(G_f) e^{-i q.r} dl, half plane fy >= 0 of the
/// Hermitian part of G. `index` selects them from all segments; `kx`, `ky` per nm.
struct LineSegment {
    double line, from, to;
    std::size_t index;
};

Spectrum2 hermitian_part(const Spectrum2& g) {
    Spectrum2 h = g;
    for (int fy = -g.band_y; fy <= g.band_y; ++fy)
        for (int fx = -g.band_x; fx <= g.band_x; ++fx) h.at(fx, fy) = 0.5 * (g.at(fx, fy) + std::conj(g.at(-fx, -fy)));
    return h;
}

Spectrum2 transposed(const Spectrum2& g) {
    Spectrum2 t{g.band_y, g.band_x, g.period_y, g.period_x, g.y0, g.x0, g.coefficients};
    for (int fy = -g.band_y; fy <= g.band_y; ++fy)
        for (int fx = -g.band_x; fx <= g.band_x; ++fx) t.at(fy, fx) = g.at(fx, fy);
    return t;
}

/// h(fy; x) = sum_fx conj(G(fx, fy)) e^{-i q_x x} for fy = 0..By on all lines at once: real matrix product
/// (2 By + 2) x (2 Bx + 1) times (2 Bx + 1) x n_lines.
Matrix line_amplitudes(const Spectrum2& g, const std::vector<double>& lines, double kx) {
    const Eigen::Index columns = 2 * g.band_x + 1, rows = 2 * g.band_y + 2;
    Matrix factor(rows, columns), phases(columns, static_cast<Eigen::Index>(lines.size()));
    for (int fy = 0; fy <= g.band_y; ++fy) {
        const Complex zero = std::conj(g.at(0, fy));
        factor(2 * fy, 0) = zero.real();
        factor(2 * fy + 1, 0) = zero.imag();
        for (int fx = 1; fx <= g.band_x; ++fx) {  // a e^{-iqx} + b e^{iqx} = (a + b) cos + i (a - b) (-sin)
            const Complex a = std::conj(g.at(fx, fy)), b = std::conj(g.at(-fx, fy));
            factor(2 * fy, 2 * fx - 1) = (a + b).real();
            factor(2 * fy + 1, 2 * fx - 1) = (a + b).imag();
            factor(2 * fy, 2 * fx) = -(a - b).imag();
            factor(2 * fy + 1, 2 * fx) = (a - b).real();
        }
    }
    Matrix amplitudes(rows, static_cast<Eigen::Index>(lines.size()));
    parallel_blocks(lines.size(), 64, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> powers(count_of(g.band_x + 1));
        for (std::size_t k = begin; k < end; ++k) {
            phase_powers(kx * lines[k], powers);
            phases(0, static_cast<Eigen::Index>(k)) = 1;
            for (Eigen::Index fx = 1; fx <= g.band_x; ++fx) {
                phases(2 * fx - 1, static_cast<Eigen::Index>(k)) = powers[static_cast<std::size_t>(fx)].real();
                phases(2 * fx, static_cast<Eigen::Index>(k)) = powers[static_cast<std::size_t>(fx)].imag();
            }
        }
        const auto first = static_cast<Eigen::Index>(begin), width = static_cast<Eigen::Index>(end - begin);
        amplitudes.middleCols(first, width).noalias() = factor * phases.middleCols(first, width);
    });
    return amplitudes;
}

void vertical_gradient(std::vector<LineSegment> segments, const Spectrum2& g, std::vector<double>& gradient) {
    const double lx = g.period_x.in(nm), ly = g.period_y.in(nm), kx = two_pi / lx, ky = two_pi / ly;
    std::sort(segments.begin(), segments.end(), [](const LineSegment& a, const LineSegment& b) {
        return std::tie(a.line, a.index) < std::tie(b.line, b.index);
    });
    const auto starts = line_starts(segments, [](const LineSegment& s) { return s.line; });
    std::vector<double> lines;
    for (std::size_t k = 0; k + 1 < starts.size(); ++k) lines.push_back(segments[starts[k]].line);
    const Matrix amplitudes = line_amplitudes(g, lines, kx);
    parallel_blocks(lines.size(), 16, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> centre(count_of(g.band_y + 1)), half(centre.size());
        for (std::size_t line = begin; line < end; ++line)
            for (std::size_t k = starts[line]; k < starts[line + 1]; ++k) {
                const LineSegment& s = segments[k];
                const double length = std::abs(s.to - s.from);
                const double* h = amplitudes.col(static_cast<Eigen::Index>(line)).data();
                phase_powers(ky * (s.from + s.to) / 2, centre);
                phase_powers(-ky * length / 2, half);
                double sum = h[0] * length;
                for (std::size_t f = 1; f < centre.size(); ++f)
                    sum += 2 * (h[2 * f] * centre[f].real() - h[2 * f + 1] * centre[f].imag()) * 2 * half[f].imag() /
                           (ky * static_cast<double>(f));
                gradient[s.index] = 2 * sum / (lx * ly);
            }
    });
}

double sloped_gradient(const Edge& e, const Spectrum2& g) {
    const double lx = g.period_x.in(nm), ly = g.period_y.in(nm), kx = two_pi / lx, ky = two_pi / ly;
    const double ex = e.x1 - e.x0, ey = e.y1 - e.y0;
    const EdgePhases phases(e, kx, ky, g.band_x, g.band_y);
    double sum = 0;
    for (int fy = 0; fy <= g.band_y; ++fy) {
        std::vector<double> re(count_of(g.width())), im(re.size());
        phases.add_row(fy, fy == 0 ? 1 : 2, re.data(), im.data());
        for (int fx = -g.band_x; fx <= g.band_x; ++fx) {
            const Complex c = g.at(fx, fy);
            sum += c.real() * re[count_of(fx + g.band_x)] + c.imag() * im[count_of(fx + g.band_x)];
        }
    }
    return 2 * sum * std::hypot(ex, ey) / (lx * ly);
}

}  // namespace

std::vector<double> edge_gradient(std::span<const EdgeSegment> segments, const Spectrum2& adjoint) {
    const Spectrum2 g = hermitian_part(adjoint);
    const double x0 = g.x0.in(nm), y0 = g.y0.in(nm);
    std::vector<double> gradient(segments.size());
    std::vector<LineSegment> vertical, horizontal;
    std::vector<std::size_t> sloped;
    for (std::size_t k = 0; k < segments.size(); ++k) {
        const EdgeSegment& s = segments[k];
        if (s.x0_nm == s.x1_nm)
            vertical.push_back({s.x0_nm - x0, s.y0_nm - y0, s.y1_nm - y0, k});
        else if (s.y0_nm == s.y1_nm)
            horizontal.push_back({s.y0_nm - y0, s.x0_nm - x0, s.x1_nm - x0, k});
        else
            sloped.push_back(k);
    }
    vertical_gradient(std::move(vertical), g, gradient);
    vertical_gradient(std::move(horizontal), transposed(g), gradient);
    parallel_for(sloped.size(), [&](std::size_t k) {
        const EdgeSegment& s = segments[sloped[k]];
        gradient[sloped[k]] = sloped_gradient({s.x0_nm - x0, s.y0_nm - y0, s.x1_nm - x0, s.y1_nm - y0}, g);
    });
    return gradient;
}

}  // namespace damascene
