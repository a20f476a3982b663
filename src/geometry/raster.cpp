// Rasters of polygons: binary by pixel centres, and exact coverage by signed-area accumulation.
#include <algorithm>
#include <cmath>

#include "damascene/geometry.hpp"

namespace damascene {
namespace {

/// An edge with y0 < y1; `winding` is +1 if it was drawn upward (solid on its left), -1 if downward.
struct ScanEdge { std::int64_t x0, y0, x1, y1; int winding; };

std::vector<ScanEdge> scan_edges(const Region& region, std::int64_t left, std::int64_t bottom) {
    std::vector<ScanEdge> edges;
    for (const Ring& ring : region.rings)
        for (std::size_t k = 0, n = ring.size(); k < n; ++k) {
            const Point p = ring[k], q = ring[k + 1 == n ? 0 : k + 1];
            if (p.y < q.y) edges.push_back({p.x - left, p.y - bottom, q.x - left, q.y - bottom, +1});
            if (p.y > q.y) edges.push_back({q.x - left, q.y - bottom, p.x - left, p.y - bottom, -1});
        }
    return edges;
}

std::int64_t ceil_divide(__int128 a, __int128 b) { return static_cast<std::int64_t>(a > 0 ? (a + b - 1) / b : -(-a / b)); }

/// First pixel of row y whose centre (x + 1/2, y + 1/2) is on or right of the edge; exact.
std::int64_t first_pixel_right_of(const ScanEdge& e, std::int64_t y) {
    if (e.x0 == e.x1) return e.x0;
    const __int128 dx = e.x1 - e.x0, dy = e.y1 - e.y0;
    return ceil_divide((2 * static_cast<__int128>(e.x0) - 1) * dy + dx * (2 * (y - e.y0) + 1), 2 * dy);
}

Field2<std::uint8_t> centre_raster(const Region& region, std::int64_t left, std::int64_t bottom, int nx, int ny) {
    Field2<std::uint8_t> raster;
    raster.grid = {nx, ny, region.unit, region.unit, (static_cast<double>(left) + 0.5) * region.unit, (static_cast<double>(bottom) + 0.5) * region.unit};
    raster.values.resize(raster.grid.size());
    const auto edges = scan_edges(region, left, bottom);
    constexpr std::size_t band = 64;  // rows per block
    parallel_blocks(static_cast<std::size_t>(ny), band, [&](std::size_t begin, std::size_t end) {
        const auto stride = static_cast<std::size_t>(nx) + 1;
        std::vector<int> change((end - begin) * stride);  // of the winding number at the first pixel right of an edge
        for (const ScanEdge& e : edges) {
            const auto low = std::max(e.y0, static_cast<std::int64_t>(begin)), high = std::min(e.y1, static_cast<std::int64_t>(end));
            for (std::int64_t y = low; y < high; ++y)
                change[(static_cast<std::size_t>(y) - begin) * stride + static_cast<std::size_t>(std::clamp<std::int64_t>(first_pixel_right_of(e, y), 0, nx))] -= e.winding;
        }
        for (std::size_t y = begin; y < end; ++y)
            for (int x = 0, winding = 0; x < nx; ++x) {
                winding += change[(y - begin) * stride + static_cast<std::size_t>(x)];
                raster.at(x, static_cast<int>(y)) = winding > 0;
            }
    });
    return raster;
}

}  // namespace

Field2<std::uint8_t> binary_raster(const Region& region, Point origin, int nx, int ny, RasterRule rule) {
    if (rule == RasterRule::exact) return centre_raster(region, origin.x, origin.y, nx, ny);
    const auto wide = centre_raster(region, std::int64_t{origin.x} - 1, std::int64_t{origin.y} - 1, nx + 1, ny + 1);
    Field2<std::uint8_t> raster;
    raster.grid = {nx, ny, region.unit, region.unit, (origin.x + 0.5) * region.unit, (origin.y + 0.5) * region.unit};
    raster.values.resize(raster.grid.size());
    for (int y = 0; y < ny; ++y)
        for (int x = 0; x < nx; ++x) raster.at(x, y) = wide.at(x, y) | wide.at(x + 1, y) | wide.at(x, y + 1) | wide.at(x + 1, y + 1);
    return raster;
}

namespace {

/// Per row, the area to the left of every edge enters the pixel it crosses, and its height every pixel to the right.
struct AreaAccumulator {
    int nx, ny;
    std::vector<double> change;  ///< (nx + 2) per row; coverage is its running sum

    AreaAccumulator(int nx_, int ny_) : nx(nx_), ny(ny_), change((static_cast<std::size_t>(nx_) + 2) * static_cast<std::size_t>(ny_)) {}

    void add_in_pixel(double* row, int column, double x_mean, double dy) const {
        const double left_part = x_mean - column;
        row[column] += dy * (1 - left_part);
        row[column + 1] += dy * left_part;
    }

    /// Straight piece from (xa, y) to (xb, y + dy) inside one row, signed dy.
    void add_in_row(double* row, double xa, double xb, double dy) const {
        const double a = std::clamp(std::min(xa, xb), 0.0, static_cast<double>(nx)), b = std::clamp(std::max(xa, xb), 0.0, static_cast<double>(nx));
        const double low = std::min(xa, xb), width = std::abs(xb - xa);
        if (width == 0) return add_in_pixel(row, static_cast<int>(a), a, dy);
        const double dy_left = dy * (std::clamp(0.0, low, low + width) - low) / width;  // piece left of the window
        const double dy_right = dy * (low + width - std::clamp(static_cast<double>(nx), low, low + width)) / width;
        row[0] += dy_left;
        const double dy_inside = dy - dy_left - dy_right;
        if (b <= a || dy_inside == 0) return;
        const int first = static_cast<int>(a), last = std::min(static_cast<int>(std::ceil(b)), nx) - 1;
        double left_over = dy_inside;
        for (int column = first; column <= last; ++column) {
            const double x0 = std::max(a, static_cast<double>(column)), x1 = std::min(b, column + 1.0);
            const double part = column == last ? left_over : dy_inside * (x1 - x0) / (b - a);
            add_in_pixel(row, column, (x0 + x1) / 2, part);
            left_over -= part;
        }
    }

    void add_edge(double x0, double y0, double x1, double y1, double sign) {
        const double slope = (x1 - x0) / (y1 - y0);
        const int first = static_cast<int>(std::floor(std::clamp(y0, 0.0, static_cast<double>(ny))));
        for (int row = first; row < ny && row < y1; ++row) {
            const double ya = std::max(y0, static_cast<double>(row)), yb = std::min(y1, row + 1.0);
            if (yb <= ya) continue;
            const double xa = ya == y0 ? x0 : x0 + slope * (ya - y0), xb = yb == y1 ? x1 : x0 + slope * (yb - y0);
            add_in_row(change.data() + static_cast<std::size_t>(row) * (static_cast<std::size_t>(nx) + 2), xa, xb, sign * (yb - ya));
        }
    }
};

}  // namespace

Field2<double> coverage_raster(const Region& region, const Grid2& pixels) {
    const double left = pixels.x0 / pixels.dx - 0.5, bottom = pixels.y0 / pixels.dy - 0.5;  // lower left corner, in pixels
    const double scale_x = region.unit / pixels.dx, scale_y = region.unit / pixels.dy;
    AreaAccumulator accumulator(pixels.nx, pixels.ny);
    for (const ScanEdge& e : scan_edges(region, 0, 0)) {  // solid right of a downward edge
        const auto x = [&](std::int64_t v) { return static_cast<double>(v) * scale_x - left; };
        const auto y = [&](std::int64_t v) { return static_cast<double>(v) * scale_y - bottom; };
        accumulator.add_edge(x(e.x0), y(e.y0), x(e.x1), y(e.y1), -e.winding);
    }
    Field2<double> coverage;
    coverage.grid = pixels;
    coverage.values.resize(pixels.size());
    parallel_for(static_cast<std::size_t>(pixels.ny), [&](std::size_t y) {
        const double* change = accumulator.change.data() + y * (static_cast<std::size_t>(pixels.nx) + 2);
        double sum = 0;
        for (int x = 0; x < pixels.nx; ++x) coverage.at(x, static_cast<int>(y)) = std::clamp(sum += change[x], 0.0, 1.0);
    });
    return coverage;
}

}  // namespace damascene
