// Rasters of polygons: binary by pixel centres, and exact coverage by signed-area accumulation.
#include <algorithm>
#include <cmath>

#include "damascene/geometry.hpp"

namespace damascene {
namespace {

/// An edge with y0 < y1; `winding` is +1 if it was drawn upward (solid on its left), -1 if downward.
struct ScanEdge {
    std::int64_t x0, y0, x1, y1;
    int winding;
};

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

std::int64_t ceil_divide(__int128 a, __int128 b) {
    return static_cast<std::int64_t>(a > 0 ? (a + b - 1) / b : -(-a / b));
}

/// First pixel of row y whose centre (x + 1/2, y + 1/2) is on or right of the edge; exact.
std::int64_t first_pixel_right_of(const ScanEdge& e, std::int64_t y) {
    if (e.x0 == e.x1) return e.x0;
    const __int128 dx = e.x1 - e.x0, dy = e.y1 - e.y0;
    return ceil_divide((2 * static_cast<__int128>(e.x0) - 1) * dy + dx * (2 * (y - e.y0) + 1), 2 * dy);
}

Field2<std::uint8_t> centre_raster(const Region& region, std::int64_t left, std::int64_t bottom, int nx, int ny) {
    Field2<std::uint8_t> raster;
    raster.grid = {nx,
                   ny,
                   region.unit,
                   region.unit,
                   (static_cast<double>(left) + 0.5) * region.unit,
                   (static_cast<double>(bottom) + 0.5) * region.unit};
    raster.values.resize(raster.grid.size());
    const auto edges = scan_edges(region, left, bottom);
    constexpr std::size_t band = 64;  // rows per block
    parallel_blocks(static_cast<std::size_t>(ny), band, [&](std::size_t begin, std::size_t end) {
        const auto stride = static_cast<std::size_t>(nx) + 1;
        std::vector<int> change((end - begin) * stride);  // of the winding number at the first pixel right of an edge
        for (const ScanEdge& e : edges) {
            const auto low = std::max(e.y0, static_cast<std::int64_t>(begin)),
                       high = std::min(e.y1, static_cast<std::int64_t>(end));
            for (std::int64_t y = low; y < high; ++y)
                change[(static_cast<std::size_t>(y) - begin) * stride +
                       static_cast<std::size_t>(std::clamp<std::int64_t>(first_pixel_right_of(e, y), 0, nx))] -=
                    e.winding;
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
        for (int x = 0; x < nx; ++x)
            raster.at(x, y) = wide.at(x, y) | wide.at(x + 1, y) | wide.at(x, y + 1) | wide.at(x + 1, y + 1);
    return raster;
}

namespace {

/// Some rows of pixels. Per row, the part of a pixel right of an edge enters the pixel the edge crosses, and its height
/// every pixel to the right: coverage is the running sum of `change`.
struct CoverageRows {
    int nx, first_row, end_row;
    std::vector<double> change;  ///< nx + 2 per row

    CoverageRows(int nx_, int first, int end)
        : nx(nx_),
          first_row(first),
          end_row(end),
          change((static_cast<std::size_t>(nx_) + 2) * static_cast<std::size_t>(end - first)) {}

    double* row(int y) {
        return change.data() + static_cast<std::size_t>(y - first_row) * (static_cast<std::size_t>(nx) + 2);
    }

    static void add_in_pixel(double* row, int column, double x_mean, double dy) {
        const double left_part = x_mean - column;
        row[column] += dy * (1 - left_part);
        row[column + 1] += dy * left_part;
    }

    /// Straight piece from (xa, y) to (xb, y + dy) inside one row, signed dy.
    void add_in_row(double* row, double xa, double xb, double dy) const {
        const double right = nx, low = std::min(xa, xb), high = std::max(xa, xb), width = high - low;
        const double a = std::clamp(low, 0.0, right), b = std::clamp(high, 0.0, right);
        if (width == 0) return add_in_pixel(row, static_cast<int>(a), a, dy);
        const double dy_left = dy * (std::clamp(0.0, low, high) - low) / width;  // part left of the window
        const double dy_right = dy * (high - std::clamp(right, low, high)) / width;
        row[0] += dy_left;
        if (b <= a) return;
        const int first = static_cast<int>(a), last = static_cast<int>(std::ceil(b)) - 1;
        double left_over = dy - dy_left - dy_right;
        const double dy_per_x = left_over / (b - a);
        for (int column = first; column <= last; ++column) {
            const double x0 = std::max(a, static_cast<double>(column)), x1 = std::min(b, column + 1.0);
            const double part = column == last ? left_over : dy_per_x * (x1 - x0);
            add_in_pixel(row, column, (x0 + x1) / 2, part);
            left_over -= part;
        }
    }

    /// An edge in pixel units, y0 < y1; `sign` +1 if the solid is on its right.
    void add_edge(double x0, double y0, double x1, double y1, double sign) {
        const double slope = (x1 - x0) / (y1 - y0);
        const int first = static_cast<int>(std::floor(std::clamp<double>(y0, first_row, end_row)));
        for (int y = first; y < end_row && y < y1; ++y) {
            const double ya = std::max(y0, static_cast<double>(y)), yb = std::min(y1, y + 1.0);
            if (yb <= ya) continue;
            const double xa = ya == y0 ? x0 : x0 + slope * (ya - y0), xb = yb == y1 ? x1 : x0 + slope * (yb - y0);
            add_in_row(row(y), xa, xb, sign * (yb - ya));
        }
    }
};

}  // namespace

Field2<double> coverage_raster(const Region& region, const Grid2& pixels) {
    const double left = pixels.x0 / pixels.dx - 0.5,
                 bottom = pixels.y0 / pixels.dy - 0.5;  // lower left corner, in pixels
    const double scale_x = region.unit / pixels.dx, scale_y = region.unit / pixels.dy;
    const auto edges = scan_edges(region, 0, 0);
    Field2<double> coverage{pixels, std::vector<double>(pixels.size())};
    constexpr std::size_t band = 32;  // rows per block
    parallel_blocks(static_cast<std::size_t>(pixels.ny), band, [&](std::size_t begin, std::size_t end) {
        CoverageRows rows(pixels.nx, static_cast<int>(begin), static_cast<int>(end));
        for (const ScanEdge& e : edges) {  // drawn downward: solid on its right
            const auto x = [&](std::int64_t v) { return static_cast<double>(v) * scale_x - left; };
            const auto y = [&](std::int64_t v) { return static_cast<double>(v) * scale_y - bottom; };
            rows.add_edge(x(e.x0), y(e.y0), x(e.x1), y(e.y1), -e.winding);
        }
        for (int y = static_cast<int>(begin); y < static_cast<int>(end); ++y) {
            const double* change = rows.row(y);
            double sum = 0;
            for (int x = 0; x < pixels.nx; ++x) coverage.at(x, y) = std::clamp(sum += change[x], 0.0, 1.0);
        }
    });
    return coverage;
}

Field2<std::uint8_t> pixel_raster(const Region& region, const Grid2& pixels) {
    Field2<std::uint8_t> raster{pixels, std::vector<std::uint8_t>(pixels.size(), 0)};
    const double unit = region.unit.in(nm), dx = pixels.dx.in(nm), dy = pixels.dy.in(nm), x0 = pixels.x0.in(nm),
                 y0 = pixels.y0.in(nm);
    // Every edge toggles, in each pixel row whose centre line it crosses, the pixels to its right.
    for (const Ring& ring : region.rings)
        for (std::size_t i = 0; i < ring.size(); ++i) {
            Point a = ring[i], b = ring[(i + 1) % ring.size()];
            if (a.y == b.y) continue;
            if (a.y > b.y) std::swap(a, b);
            const double ya = a.y * unit, yb = b.y * unit, xa = a.x * unit,
                         slope = (b.x - a.x) / static_cast<double>(b.y - a.y);
            const int first = std::max(0, static_cast<int>(std::ceil((ya - y0) / dy))),
                      end = std::min(pixels.ny, static_cast<int>(std::ceil((yb - y0) / dy)));
            for (int row = first; row < end; ++row) {
                const double x = xa + slope * (y0 + row * dy - ya);
                const int column = std::max(0, static_cast<int>(std::ceil((x - x0) / dx)));
                if (column < pixels.nx) raster.at(column, row) ^= 1;
            }
        }
    parallel_for(static_cast<std::size_t>(pixels.ny), [&](std::size_t row) {
        std::uint8_t inside = 0;
        for (int x = 0; x < pixels.nx; ++x) inside = raster.at(x, static_cast<int>(row)) ^= inside;
    });
    return raster;
}

}  // namespace damascene
