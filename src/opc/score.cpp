// ICCAD-2013 scores of a mask raster: pixel counts, edge-placement violations and shots of its printed corners.
//
//   printed(corner) = [dose I >= threshold];   L2 = |nominal xor target|;   PVB = |outer xor inner|   [1 px = 1 nm^2]
//
// nominal and outer share the focus image, inner is the defocus image. Pixels are samples at integer coordinates and
// the image is sampled at the same coordinates (no half-pixel shift). Both edge-placement conventions follow the
// published codes: "pixel-run" of OpenILT and LithoBench, "contour" of Neural-ILT. Banerjee, Li and Nassif, ICCAD 2013.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "damascene/opc.hpp"

namespace damascene::opc {
namespace {

using Raster = Field2<std::uint8_t>;

bool inside(const Raster& r, int x, int y) { return x >= 0 && y >= 0 && x < r.grid.nx && y < r.grid.ny; }
bool solid(const Raster& r, int x, int y) { return inside(r, x, y) && r.at(x, y) != 0; }

// -------------------------------------------------------------------------------------------------- pixel-run sites
std::uint64_t word(const std::uint8_t* p) {
    std::uint64_t w;
    std::memcpy(&w, p, 8);
    return w;
}

bool filled_around(const Raster& target, int x, int y) {
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx)
            if (!solid(target, x + dx, y + dy)) return false;
    return true;
}

/// Eight pixels from x whose neighbours are all target (pixels hold 0 or 1).
bool word_inside(const Raster& target, int x, int y) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    if (x == 0 || y == 0 || x + 8 >= target.grid.nx || y + 1 >= target.grid.ny) return false;
    for (int v = y - 1; v <= y + 1; ++v)
        if (word(&target.at(x, v)) != ones || !target.at(x - 1, v) || !target.at(x + 8, v)) return false;
    return true;
}

/// Target pixels with an empty one among their eight neighbours (outside the raster is empty).
Raster boundary_pixels(const Raster& target) {
    Raster boundary{target.grid, std::vector<std::uint8_t>(target.values.size(), 0)};
    const int nx = target.grid.nx;
    parallel_blocks(static_cast<std::size_t>(target.grid.ny), 64, [&](std::size_t begin, std::size_t end) {
        for (int y = static_cast<int>(begin); y < static_cast<int>(end); ++y)
            for (int x = 0; x < nx;) {
                if (x + 8 <= nx && (word(&target.at(x, y)) == 0 || word_inside(target, x, y))) {
                    x += 8;
                    continue;
                }
                for (const int stop = std::min(x + 8, nx); x < stop; ++x)
                    boundary.at(x, y) = target.at(x, y) && !filled_around(target, x, y);
            }
    });
    return boundary;
}

/// One direction of runs: (along, across) stand for (y, x) of vertical edges and (x, y) of horizontal ones.
struct RunFrame {
    bool vertical;
    int x(int along, int across) const { return vertical ? across : along; }
    int y(int along, int across) const { return vertical ? along : across; }
    int along(Point p) const { return vertical ? p.y : p.x; }
    int across(Point p) const { return vertical ? p.x : p.y; }
    bool solid_at(const Raster& r, int along, int across) const { return solid(r, x(along, across), y(along, across)); }
};

/// Boundary pixels row by row.
std::vector<Point> listed(const Raster& boundary) {
    std::vector<Point> pixels;
    for (int y = 0; y < boundary.grid.ny; ++y) {
        const std::uint8_t *first = &boundary.at(0, y), *last = first + boundary.grid.nx;
        const auto next = [&](const std::uint8_t* p) {
            return p == last ? nullptr
                             : static_cast<const std::uint8_t*>(std::memchr(p, 1, static_cast<std::size_t>(last - p)));
        };
        for (const std::uint8_t* p = next(first); p; p = next(p + 1))
            pixels.push_back({static_cast<std::int32_t>(p - first), y});
    }
    return pixels;
}

/// A boundary pixel belongs to an edge along this direction unless both neighbours across it are boundary as well.
bool on_edge(const Raster& boundary, const RunFrame& f, Point p) {
    return !(f.solid_at(boundary, f.along(p), f.across(p) - 1) && f.solid_at(boundary, f.along(p), f.across(p) + 1));
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
    for (int s : positions)
        sites.push_back({.x = f.x(s, across), .y = f.y(s, across), .vertical = f.vertical, .inside_sign = sign});
}

/// `pixels`: boundary pixels ordered by (across, along).
void append_runs(const Raster& target, const Raster& boundary, std::vector<Point> pixels, const RunFrame& f,
                 std::vector<EpeSite>& sites) {
    std::erase_if(pixels, [&](Point p) { return !on_edge(boundary, f, p); });
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const int first = f.along(pixels[i]), across = f.across(pixels[i]);
        int last = first;
        while (i + 1 < pixels.size() && f.across(pixels[i + 1]) == across && f.along(pixels[i + 1]) == last + 1)
            ++last, ++i;
        append_run(target, f, first, last, across, sites);
    }
}

bool printed_across(const Raster& printed, const EpeSite& s, int towards_inside) {
    const int d = s.inside_sign * towards_inside;
    return s.vertical ? solid(printed, s.x + d, s.y) : solid(printed, s.x, s.y + d);
}

// ---------------------------------------------------------------------------------------------------- contour sites
constexpr int contour_reach = 16, contour_pitch = 40;

/// A directed Manhattan edge with the solid on its left: direction (ux, uy), outward normal (uy, -ux).
struct ContourEdge {
    int x, y, ux, uy, length;
};

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

// ------------------------------------------------------------------------------------------------------------ counts
/// Pixels of exactly one of two rasters; equal words of eight are skipped.
long differing(const Raster& a, const Raster& b) {
    long count = 0;
    const std::size_t n = a.values.size();
    for (std::size_t i = 0; i < n;) {
        if (i + 8 <= n && word(&a.values[i]) == word(&b.values[i])) {
            i += 8;
            continue;
        }
        for (const std::size_t stop = std::min(i + 8, n); i < stop; ++i)
            count += (a.values[i] != 0) != (b.values[i] != 0);
    }
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
    const std::vector<Point> by_row = listed(boundary);
    std::vector<Point> by_column = by_row;
    std::stable_sort(by_column.begin(), by_column.end(), [](Point a, Point b) { return a.x < b.x; });
    std::vector<EpeSite> sites;
    append_runs(target, boundary, by_column, RunFrame{true}, sites);
    append_runs(target, boundary, by_row, RunFrame{false}, sites);
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
            for (int s : contour_positions(e.length))
                ++count.sites, count.violations += contour_violated(e, s, printed);
        }
    return count;
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
