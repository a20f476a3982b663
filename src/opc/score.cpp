// ICCAD-2013 scores of a mask raster: print three corners, count pixels, edge-placement violations and shots.
//
//   printed(corner) = [dose I >= threshold];   L2 = |nominal xor target|;   PVB = |outer xor inner|   [1 px = 1 nm^2]
//
// nominal and outer share the focus image, inner is the defocus image. Pixels are samples at integer coordinates and the
// image is sampled at the same coordinates (no half-pixel shift). Both edge-placement conventions follow the published
// codes: "pixel-run" of OpenILT and LithoBench, "contour" of Neural-ILT. Banerjee, Li and Nassif, ICCAD 2013.
#include <algorithm>
#include <cmath>

#include "damascene/opc.hpp"

namespace damascene::opc {
namespace {

using Raster = Field2<std::uint8_t>;

bool inside(const Raster& r, int x, int y) { return x >= 0 && y >= 0 && x < r.grid.nx && y < r.grid.ny; }
bool solid(const Raster& r, int x, int y) { return inside(r, x, y) && r.at(x, y) != 0; }

// -------------------------------------------------------------------------------------------------- pixel-run sites
/// Target pixels with an empty one among their eight neighbours.
Raster boundary_pixels(const Raster& target) {
    Raster boundary{target.grid, std::vector<std::uint8_t>(target.values.size(), 0)};
    parallel_for(static_cast<std::size_t>(target.grid.ny), [&](std::size_t row) {
        const int y = static_cast<int>(row);
        for (int x = 0; x < target.grid.nx; ++x) {
            if (!target.at(x, y)) continue;
            int filled = 0;
            for (int dy = -1; dy <= 1; ++dy)
                for (int dx = -1; dx <= 1; ++dx) filled += solid(target, x + dx, y + dy);
            boundary.at(x, y) = filled < 9;
        }
    });
    return boundary;
}

/// One direction of runs: (along, across) stand for (y, x) of vertical edges and (x, y) of horizontal ones.
struct RunFrame {
    bool vertical;
    int x(int along, int across) const { return vertical ? across : along; }
    int y(int along, int across) const { return vertical ? along : across; }
    bool solid_at(const Raster& r, int along, int across) const { return solid(r, x(along, across), y(along, across)); }
};

/// A boundary pixel belongs to an edge along this direction unless both neighbours across it are boundary as well.
bool on_edge(const Raster& boundary, const RunFrame& f, int along, int across) {
    return f.solid_at(boundary, along, across) &&
           !(f.solid_at(boundary, along, across - 1) && f.solid_at(boundary, along, across + 1));
}

/// Positions of the sites of a run [a, b]: its middle when at most 80 long, else every 40 from both ends.
std::vector<int> site_positions(int a, int b) {
    const int centre = (a + b) / 2;
    if (b - a <= 80) return {centre};
    std::vector<int> sites;
    for (int s = a + 40; s <= centre; s += 40) sites.push_back(s);
    for (int s = b - 40; s > centre; s -= 40) sites.push_back(s);
    return sites;
}

/// +1 when the target lies towards larger `across`, -1 when smaller, 0 when undecided.
int inside_sign(const Raster& target, const RunFrame& f, int along, int across) {
    const bool low = f.solid_at(target, along, across - 1), high = f.solid_at(target, along, across + 1);
    return low == high ? 0 : high ? 1 : -1;
}

void append_run(const Raster& target, const RunFrame& f, int a, int b, int across, std::vector<EpeSite>& sites) {
    const std::vector<int> positions = site_positions(a, b);
    const int sign = inside_sign(target, f, positions.front(), across);
    for (int s : positions) sites.push_back({.x = f.x(s, across), .y = f.y(s, across), .vertical = f.vertical, .inside_sign = sign});
}

void append_runs(const Raster& target, const Raster& boundary, const RunFrame& f, std::vector<EpeSite>& sites) {
    const int lines = f.vertical ? target.grid.nx : target.grid.ny, length = f.vertical ? target.grid.ny : target.grid.nx;
    for (int across = 0; across < lines; ++across)
        for (int along = 0; along < length; ++along) {
            if (!on_edge(boundary, f, along, across)) continue;
            const int first = along;
            while (along + 1 < length && on_edge(boundary, f, along + 1, across)) ++along;
            append_run(target, f, first, along, across, sites);
        }
}

bool printed_across(const Raster& printed, const EpeSite& s, int towards_inside) {
    const int d = s.inside_sign * towards_inside;
    return s.vertical ? solid(printed, s.x + d, s.y) : solid(printed, s.x, s.y + d);
}

// ---------------------------------------------------------------------------------------------------- contour sites
constexpr int contour_reach = 16, contour_pitch = 40;

/// A directed Manhattan edge with the solid on its left: direction (ux, uy), outward normal (uy, -ux).
struct ContourEdge { int x, y, ux, uy, length; };

ContourEdge contour_edge(Point a, Point b, Point origin) {
    const int dx = b.x - a.x, dy = b.y - a.y;
    return {a.x - origin.x, a.y - origin.y, (dx > 0) - (dx < 0), (dy > 0) - (dy < 0), std::abs(dx) + std::abs(dy)};
}

std::vector<int> contour_positions(int length) {
    if (length <= 2 * contour_pitch) return {length / 2};
    std::vector<int> positions;
    for (int s = contour_pitch; s < length - contour_pitch; s += contour_pitch) positions.push_back(s);
    positions.push_back(length - contour_pitch);
    return positions;
}

/// The target pixel just inside the edge at distance s from its start.
Point pixel_inside(const ContourEdge& e, int s) {
    const int x = e.x + s * e.ux, y = e.y + s * e.uy;
    return {x - (e.uy > 0 || e.ux < 0), y - (e.ux < 0 || e.uy < 0)};
}

bool contour_violated(const ContourEdge& e, int s, const Raster& printed) {
    const Point p = pixel_inside(e, s);
    const int nx = e.uy, ny = -e.ux;
    return solid(printed, p.x + contour_reach * nx, p.y + contour_reach * ny) ||
           !solid(printed, p.x - contour_reach * nx, p.y - contour_reach * ny);
}

// ------------------------------------------------------------------------------------------------------------ images
/// Fourier coefficients |f| <= band of a binary raster, DFT / n^2, by runs: a row adds P(end) - P(begin) with
/// P(x) = sum_{x' < x} exp(-2 pi i f x' / n); equal rows are computed once. Cost O(rows x runs x band + n band^2).
class RasterSpectrum {
  public:
    RasterSpectrum(const Raster& raster, int band) : raster_(raster), n_(raster.grid.nx), band_(band) {
        const auto columns = static_cast<std::size_t>(band_ + 1);
        prefix_.resize((static_cast<std::size_t>(n_) + 1) * columns);
        for (int f = 0; f <= band_; ++f)
            for (int x = 0; x < n_; ++x) prefix(x + 1)[f] = prefix(x)[f] + wave(static_cast<std::int64_t>(f) * x, n_);
    }

    Spectrum2 spectrum() {
        const int ny = raster_.grid.ny, width = 2 * band_ + 1;
        Spectrum2 out{band_, band_, raster_.grid.dx * n_, raster_.grid.dy * ny, raster_.grid.x0, raster_.grid.y0, {}};
        out.coefficients.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(width), 0.0);
        std::vector<std::complex<double>> row(static_cast<std::size_t>(band_ + 1)), block = row;
        for (int y = 0; y < ny;) {
            int end = y + 1;
            while (end < ny && same_rows(y, end)) ++end;
            transform_row(y, row);
            if (row[0] != 0.0) add_rows(row, y, end, out);
            y = end;
        }
        complete(out, 1.0 / (static_cast<double>(n_) * ny));
        return out;
    }

  private:
    static std::complex<double> wave(std::int64_t index, int n) {
        const double turns = static_cast<double>(index % n) / n;
        return std::polar(1.0, -2 * 3.14159265358979323846 * turns);
    }
    std::complex<double>* prefix(int x) { return prefix_.data() + static_cast<std::size_t>(x) * static_cast<std::size_t>(band_ + 1); }
    bool same_rows(int a, int b) const {
        const auto* p = raster_.values.data();
        const auto n = static_cast<std::size_t>(n_);
        return std::equal(p + static_cast<std::size_t>(a) * n, p + (static_cast<std::size_t>(a) + 1) * n, p + static_cast<std::size_t>(b) * n);
    }

    void transform_row(int y, std::vector<std::complex<double>>& row) {
        std::fill(row.begin(), row.end(), 0.0);
        for (int x = 0; x < n_;) {
            const auto* p = &raster_.at(0, y);
            const int begin = static_cast<int>(std::find_if(p + x, p + n_, [](auto v) { return v != 0; }) - p);
            const int end = static_cast<int>(std::find(p + begin, p + n_, std::uint8_t{0}) - p);
            if (begin < end)
                for (int f = 0; f <= band_; ++f) row[static_cast<std::size_t>(f)] += prefix(end)[f] - prefix(begin)[f];
            x = end;
        }
    }

    /// Adds equal rows y..end-1: sum over y of exp(-2 pi i fy y / ny) for every fy, fx >= 0.
    void add_rows(const std::vector<std::complex<double>>& row, int y, int end, Spectrum2& out) {
        for (int fy = -band_; fy <= band_; ++fy) {
            std::complex<double> column = 0;
            for (int k = y; k < end; ++k) column += wave(static_cast<std::int64_t>(fy) * k, raster_.grid.ny);
            for (int fx = 0; fx <= band_; ++fx) out.at(fx, fy) += column * row[static_cast<std::size_t>(fx)];
        }
    }

    /// Negative fx by conjugation; the zero column is already whole.
    void complete(Spectrum2& s, double scale) const {
        for (auto& c : s.coefficients) c *= scale;
        for (int fy = -band_; fy <= band_; ++fy)
            for (int fx = 1; fx <= band_; ++fx) s.at(-fx, -fy) = std::conj(s.at(fx, fy));
    }

    const Raster& raster_;
    int n_, band_;
    std::vector<std::complex<double>> prefix_;
};

void require_period(const Raster& mask, const KernelSet& kernels) {
    const double width_nm = (mask.grid.dx * mask.grid.nx).in(nm), height_nm = (mask.grid.dy * mask.grid.ny).in(nm);
    if (std::abs(width_nm - kernels.period_x.in(nm)) < 1e-6 && std::abs(height_nm - kernels.period_y.in(nm)) < 1e-6) return;
    throw InputError("D0414", "the mask raster does not span the period of the optical kernels",
                     "use a raster of " + std::to_string(std::lround(kernels.period_x.in(nm))) + " x " +
                         std::to_string(std::lround(kernels.period_y.in(nm))) + " nm");
}

Raster printed_at(const Field2<double>& intensity, double dose, double threshold) {
    Raster out{intensity.grid, std::vector<std::uint8_t>(intensity.values.size())};
    parallel_blocks(out.values.size(), 1 << 16, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) out.values[i] = intensity.values[i] * dose >= threshold;
    });
    return out;
}

long differing(const Raster& a, const Raster& b) {
    long count = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) count += (a.values[i] != 0) != (b.values[i] != 0);
    return count;
}

long filled(const Raster& r) {
    return static_cast<long>(r.values.size()) - std::count(r.values.begin(), r.values.end(), std::uint8_t{0});
}

void require_same_size(const Raster& target, const Raster& mask) {
    if (target.grid.nx == mask.grid.nx && target.grid.ny == mask.grid.ny) return;
    throw InputError("D0415", "the mask raster and the target raster have different sizes");
}

}  // namespace

ProcessCorners iccad13_corners(KernelSet focus, KernelSet defocus) {
    return {.focus = std::move(focus), .defocus = std::move(defocus)};
}

std::vector<EpeSite> pixel_run_sites(const Raster& target) {
    const Raster boundary = boundary_pixels(target);
    std::vector<EpeSite> sites;
    append_runs(target, boundary, RunFrame{true}, sites);
    append_runs(target, boundary, RunFrame{false}, sites);
    return sites;
}

int check_pixel_run_sites(std::vector<EpeSite>& sites, const Raster& printed, int tolerance) {
    int violations = 0;
    for (EpeSite& s : sites) {
        s.violated_inside = s.inside_sign != 0 && !printed_across(printed, s, tolerance);
        s.violated_outside = s.inside_sign != 0 && printed_across(printed, s, -tolerance);
        violations += s.violated_inside + s.violated_outside;
    }
    return violations;
}

ContourEpe contour_epe(const Region& target, Point origin, const Raster& printed) {
    ContourEpe count;
    for (const Ring& ring : target.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const ContourEdge e = contour_edge(ring[i], ring[(i + 1) % ring.size()], origin);
            if (e.length <= 1) continue;
            for (int s : contour_positions(e.length)) ++count.sites, count.violations += contour_violated(e, s, printed);
        }
    return count;
}

Printed print_corners(const Raster& mask, const ProcessCorners& corners) {
    require_period(mask, corners.focus);
    require_period(mask, corners.defocus);
    const int band = std::max({corners.focus.band_x, corners.focus.band_y, corners.defocus.band_x, corners.defocus.band_y});
    const Spectrum2 spectrum = RasterSpectrum(mask, band).spectrum();
    Printed printed;
    printed.focus = optics::image(corners.focus, spectrum);
    printed.defocus = optics::image(corners.defocus, spectrum);
    const Field2<double> focus = sample_period(printed.focus, mask.grid.nx, mask.grid.ny);
    const Field2<double> defocus = sample_period(printed.defocus, mask.grid.nx, mask.grid.ny);
    printed.nominal = printed_at(focus, corners.dose_nominal, corners.threshold);
    printed.outer = printed_at(focus, corners.dose_outer, corners.threshold);
    printed.inner = printed_at(defocus, corners.dose_inner, corners.threshold);
    return printed;
}

Score score(const Raster& target, const Raster& mask, const ProcessCorners& corners, Printed* out) {
    require_same_size(target, mask);
    Printed printed = print_corners(mask, corners);
    std::vector<EpeSite> sites = pixel_run_sites(target);
    const Field2<double> aerial = sample_period(printed.focus, 4 * printed.focus.width(), 4 * printed.focus.height());
    const auto [low, high] = std::minmax_element(aerial.values.begin(), aerial.values.end());
    Score s;
    s.l2 = differing(printed.nominal, target);
    s.pvb = differing(printed.outer, printed.inner);
    s.epe_violations = check_pixel_run_sites(sites, printed.nominal);
    s.epe_sites = static_cast<int>(sites.size());
    s.contour = contour_epe(region_of_raster(target, {}), {}, printed.nominal);
    s.target_area = filled(target);
    s.mask_area = filled(mask);
    s.shots = rectangle_shots(region_of_raster(mask, {}));
    s.aerial_min = *low;
    s.aerial_max = *high;
    if (out) *out = std::move(printed);
    return s;
}

}  // namespace damascene::opc
