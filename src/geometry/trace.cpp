// Boundary of a binary raster as Manhattan polygons, and the contest's placement of a clip on its canvas.
//
// Pixel (ix, iy) is the square [origin + (ix, iy), origin + (ix + 1, iy + 1)). A lattice vertex is a corner where one
// or three of its four pixels are solid, or two on a diagonal (then two corners: the solid pixels stay separate, so
// solids are 4-connected and holes 8-connected). Along every lattice row and column corners pair up; walking the pairs
// in turn gives the rings. Cost O(pixels / 8 + corners); solid on the left, so holes come out clockwise.
#include <cstring>

#include "damascene/geometry.hpp"

namespace damascene {
namespace {

constexpr std::uint32_t none = 0xffffffffU;

/// A turn of the boundary with its partners along the row and along the column.
struct Corner {
    Point at;
    std::uint32_t row_partner = none, column_partner = none;
    bool east = false;  ///< the horizontal edge leaves towards +x
    bool north = false;
    bool convex = true;
    bool visited = false;
};

/// The four pixels around a lattice vertex: bit 0 south-west, 1 south-east, 2 north-west, 3 north-east.
struct CornerShape {
    bool east, north, convex;
};

int corners_of(unsigned pixels, CornerShape out[2]) {
    switch (pixels) {
        case 0b0001: out[0] = {false, false, true}; return 1;
        case 0b0010: out[0] = {true, false, true}; return 1;
        case 0b0100: out[0] = {false, true, true}; return 1;
        case 0b1000: out[0] = {true, true, true}; return 1;
        case 0b1110: out[0] = {false, false, false}; return 1;
        case 0b1101: out[0] = {true, false, false}; return 1;
        case 0b1011: out[0] = {false, true, false}; return 1;
        case 0b0111: out[0] = {true, true, false}; return 1;
        case 0b1001: out[0] = {false, false, true}, out[1] = {true, true, true}; return 2;
        case 0b0110: out[0] = {false, true, true}, out[1] = {true, false, true}; return 2;
        default: return 0;
    }
}

/// Corners of the raster in scan order, paired along rows and columns.
class CornerScan {
  public:
    CornerScan(const Field2<std::uint8_t>& raster, Point origin)
        : raster_(raster),
          origin_(origin),
          blank_(static_cast<std::size_t>(raster.grid.nx) + 8, 0),
          open_in_column_(static_cast<std::size_t>(raster.grid.nx) + 1, none) {}

    std::vector<Corner> corners() {
        for (int y = 0; y <= raster_.grid.ny; ++y) scan_vertex_row(y);
        return corners_;
    }

  private:
    const std::uint8_t* pixel_row(int y) const {
        return y < 0 || y >= raster_.grid.ny ? blank_.data() : &raster_.at(0, y);
    }

    void scan_vertex_row(int y) {
        const std::uint8_t *below = pixel_row(y - 1), *above = pixel_row(y);
        const int nx = raster_.grid.nx;
        std::uint32_t open = none;
        unsigned west = 0;  // the two pixels west of the vertex, bits 0 (below) and 2 (above)
        for (int x = 0; x <= nx; ++x) {
            while ((west == 0 || west == 0b101) && x + 8 <= nx && same_word(below + x, above + x)) {
                x += 8;
                west = below[x - 1] ? 0b101 : 0;
            }
            const unsigned east = x == nx ? 0 : (below[x] ? 1U : 0U) | (above[x] ? 4U : 0U);
            add_corners(x, y, west | (east << 1), open);
            west = east;
        }
    }

    static bool same_word(const std::uint8_t* a, const std::uint8_t* b) { return std::memcmp(a, b, 8) == 0; }

    void add_corners(int x, int y, unsigned pixels, std::uint32_t& open) {
        CornerShape shapes[2];
        const int count = corners_of(pixels, shapes);
        const auto first = static_cast<std::uint32_t>(corners_.size());
        for (int i = 0; i < count; ++i) {
            corners_.push_back({.at = {origin_.x + x, origin_.y + y},
                                .east = shapes[i].east,
                                .north = shapes[i].north,
                                .convex = shapes[i].convex});
            pair_in_row(first + static_cast<std::uint32_t>(i), open);
        }
        for (bool north : {false, true})  // the southern edge closes before the northern one opens
            for (int i = 0; i < count; ++i)
                if (shapes[i].north == north) pair_in_column(first + static_cast<std::uint32_t>(i), x);
    }

    void pair_in_row(std::uint32_t corner, std::uint32_t& open) {
        if (corners_[corner].east) {
            open = corner;
            return;
        }
        corners_[corner].row_partner = open;
        corners_[open].row_partner = corner;
    }

    void pair_in_column(std::uint32_t corner, int x) {
        std::uint32_t& open = open_in_column_[static_cast<std::size_t>(x)];
        if (corners_[corner].north) {
            open = corner;
            return;
        }
        corners_[corner].column_partner = open;
        corners_[open].column_partner = corner;
    }

    const Field2<std::uint8_t>& raster_;
    Point origin_;
    std::vector<std::uint8_t> blank_;
    std::vector<std::uint32_t> open_in_column_;
    std::vector<Corner> corners_;
};

/// With the solid on the left the boundary leaves a convex corner of the north-east or south-west pixel horizontally
/// (counter-clockwise: along +x out of the south-west corner of a shape, along -x out of its north-east corner).
bool leaves_horizontally(const Corner& c) { return (c.east == c.north) == c.convex; }

Ring walk(std::vector<Corner>& corners, std::uint32_t start) {
    Ring ring;
    bool horizontal = leaves_horizontally(corners[start]);
    for (std::uint32_t at = start; !corners[at].visited; horizontal = !horizontal) {
        corners[at].visited = true;
        ring.push_back(corners[at].at);
        at = horizontal ? corners[at].row_partner : corners[at].column_partner;
    }
    return ring;
}

std::int32_t floor_half(std::int64_t value) {
    return static_cast<std::int32_t>(value >= 0 ? value / 2 : -((1 - value) / 2));
}

}  // namespace

Region region_of_raster(const Field2<std::uint8_t>& raster, Point origin) {
    std::vector<Corner> corners = CornerScan(raster, origin).corners();
    Region region{.unit = raster.grid.dx, .rings = {}};
    for (std::uint32_t i = 0; i < corners.size(); ++i)
        if (!corners[i].visited) region.rings.push_back(walk(corners, i));
    return region;
}

Region centred(const Region& region, int n) {
    if (region.rings.empty()) return region;
    const Box box = bounding_box(region);
    return translated(region, floor_half(n - (box.x1 - box.x0)) - box.x0, floor_half(n - (box.y1 - box.y0)) - box.y0);
}

}  // namespace damascene
