// Layouts, polygons, grids, band-limited spectra: the data every layer shares.
//
// Conventions: wafer scale (1x); x right, y up; raster row = y, not flipped; lengths inside hot code are nm (names end
// in _nm). Fourier: analysis exp(-2 pi i f.x), synthesis exp(+2 pi i f.x), frequency index (fx, fy) in cycles/period.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "damascene/base.hpp"

namespace damascene {

// ------------------------------------------------------------------------------------------------- grids and fields
/// nx x ny samples at (x0 + ix dx, y0 + iy dy).
struct Grid2 {
    int nx = 0, ny = 0;
    Length dx = 1 * nm, dy = 1 * nm, x0, y0;
    std::size_t size() const { return static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny); }
};

/// Owned samples on a grid, row-major: values[iy * nx + ix].
template <class T>
struct Field2 {
    Grid2 grid;
    std::vector<T> values;
    T& at(int ix, int iy) {
        return values[static_cast<std::size_t>(iy) * static_cast<std::size_t>(grid.nx) + static_cast<std::size_t>(ix)];
    }
    const T& at(int ix, int iy) const {
        return values[static_cast<std::size_t>(iy) * static_cast<std::size_t>(grid.nx) + static_cast<std::size_t>(ix)];
    }
};

/// A periodic band-limited function by its Fourier coefficients: f(r) = sum_f c(f) exp(2 pi i (fx x/Lx + fy y/Ly)),
/// |fx| <= band_x, |fy| <= band_y, centred: c at [(fy + band_y) * (2 band_x + 1) + fx + band_x]. The origin of r is
/// (x0, y0) in layout coordinates. A mask spectrum and an aerial image (clear field = 1) are both of this type.
struct Spectrum2 {
    int band_x = 0, band_y = 0;
    Length period_x, period_y, x0, y0;
    std::vector<std::complex<double>> coefficients;
    int width() const { return 2 * band_x + 1; }
    int height() const { return 2 * band_y + 1; }
    std::complex<double>& at(int fx, int fy) {
        return coefficients[static_cast<std::size_t>((fy + band_y) * width() + fx + band_x)];
    }
    const std::complex<double>& at(int fx, int fy) const {
        return coefficients[static_cast<std::size_t>((fy + band_y) * width() + fx + band_x)];
    }
};
using Image = Spectrum2;  ///< intensity, clear field = 1; real, so c(-f) = conj c(f)

/// Exact point value and gradient (per metre) of a real band-limited function at a layout position. Cost O(band^2).
double value_at(const Spectrum2& f, Length x, Length y);
struct ValueGradient {
    double value = 0, d_dx = 0, d_dy = 0;
};  ///< derivatives per nm
ValueGradient value_gradient_at(const Spectrum2& f, Length x, Length y);

/// Exact samples of a real band-limited function on one full period: nx x ny points from (x0, y0), nx >= 2 band_x + 1.
Field2<double> sample_period(const Spectrum2& f, int nx, int ny);

/// Fourier coefficients |f| <= band of samples on one full period (DFT / N; the samples are the function).
Spectrum2 spectrum_of_samples(const Field2<double>& samples, int band_x, int band_y);

// --------------------------------------------------------------------------------------------------------- polygons
struct Point {
    std::int32_t x = 0, y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};
using Ring = std::vector<Point>;  ///< closed implicitly; counter-clockwise = solid, clockwise = hole

/// Rings in database units of `unit`. Solid where the winding (or, for raw input, even-odd per shape) says so.
struct Region {
    Length unit = 1 * nm;
    std::vector<Ring> rings;
};

struct Box {
    std::int64_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    bool empty() const { return x1 <= x0 || y1 <= y0; }
};
Box bounding_box(const Region&);
/// Signed shoelace area: solid rings minus holes, in units^2. Meaningful after merged().
double area(const Region&);
bool is_manhattan(const Region&);

/// Raw shapes (one ring each, either orientation, perhaps self-crossing) by the even-odd rule: counter-clockwise rings
/// and clockwise holes, each shape on its own; zero-area shapes vanish.
Region normalised(const Region& raw);
/// Union (winding > 0) with disjoint outer rings (counter-clockwise) and holes (clockwise), collinear points removed.
Region merged(const Region&);
enum class Boolean { unite, intersect, subtract, exclusive_or };
Region combine(const Region& a, const Region& b, Boolean operation);
/// Minkowski sum with a square (Manhattan regions) or disc (round, sagitta <= 0.1 unit) of radius |distance|;
/// negative shrinks.
Region offset(const Region&, Length distance, bool round);
Region clipped(const Region&, Box window);
Region translated(const Region&, std::int64_t dx, std::int64_t dy);
/// The same shapes without holes: each hole is cut open by splitting into simple polygons (for GDSII), each with at
/// most max_points vertices.
Region without_holes(const Region&, int max_points = 8191);

/// Exact Fourier coefficients of the indicator function on the periodic cell [x0, x0+Lx) x [y0, y0+Ly), |f| <= band:
/// M_f = (1/LxLy) int exp(-2 pi i f.(r - r0)/L) dA. Input must be merged (overlaps count twice).
Spectrum2 polygon_spectrum(const Region&, Length x0, Length y0, Length period_x, Length period_y, int band_x,
                           int band_y);
/// The DFT of the half-open 1-unit raster of a Manhattan region, without making the raster (benchmark convention:
/// pixels are samples at integer coordinates).
Spectrum2 sampled_polygon_spectrum(const Region&, Point origin, int n, int band);

/// A piece of a mask edge in layout nm.
struct EdgeSegment {
    double x0_nm = 0, y0_nm = 0, x1_nm = 0, y1_nm = 0;
};
/// dLoss/d(shift) [1/nm] of each segment moved along its outward normal (solid grows), for an adjoint spectrum G with
/// dLoss = 2 Re sum_f conj(G_f) dM_f and dM_f = (1/LxLy) int_segment exp(-2 pi i f.(r - r0)/L) dl. Times t1 - t0 for
/// other transmissions. Axis-parallel segments cost O(band^2) per distinct line and O(band) each.
std::vector<double> edge_gradient(std::span<const EdgeSegment>, const Spectrum2& adjoint);

enum class RasterRule { exact, inclusive };  ///< half-open [x1, x2), or x1..x2 inclusive (OpenCV fillPoly)
/// Binary raster of a region on n_x x n_y pixels of one database unit, pixel (0,0) at `origin`.
/// exact = pixel centre (x + 1/2) inside; inclusive = that OR-ed with itself shifted by (1,0), (0,1), (1,1).
Field2<std::uint8_t> binary_raster(const Region&, Point origin, int nx, int ny, RasterRule rule);
/// Pixels whose centre lies inside; any pixel and database unit, merged input. grid.x0, y0 = centre of pixel (0,0).
Field2<std::uint8_t> pixel_raster(const Region&, const Grid2& pixels);
/// Covered fraction of each pixel, exact to rounding: sum of coverage x pixel area = polygon area.
Field2<double> coverage_raster(const Region&, const Grid2& pixels);  ///< grid.x0, y0 = centre of pixel (0,0)

// ---------------------------------------------------------------------------------------------------------- contours
struct Contour {
    std::vector<std::array<double, 2>> points_nm;
    bool closed = true;
};  ///< layout nm; inside on the left
/// Level set {f = level} of a real band-limited function: marching squares on >= oversample x (2 band + 1) samples,
/// then Newton onto the exact level along the gradient (residual <= 1e-10). Points every `step` at most.
std::vector<Contour> contours(const Spectrum2& f, double level, Length step);
/// The same for a sampled field (bilinear), e.g. a mask function.
std::vector<Contour> contours(const Field2<double>& f, double level);

/// Boundary of a binary raster (non-zero = solid) as merged Manhattan polygons; pixels that touch only at a corner stay
/// separate. Unit = the raster's pixel.
Region region_of_raster(const Field2<std::uint8_t>& raster, Point origin);
/// Closed contours as polygons on `unit`: thinned by Douglas-Peucker, every contour point within `tolerance` of the
/// polygon before rounding (at most unit / sqrt 2 more after); orientation by nesting. Open contours: InputError.
Region curvilinear_region(const std::vector<Contour>&, Length unit, Length tolerance);
/// Moved so that its bounding box is centred on an n x n canvas: shift = floor((n - extent) / 2) - min per axis.
Region centred(const Region&, int n);

// -------------------------------------------------------------------------------------------------- mask manufacture
struct MaskRules {  ///< 1x; zero switches a rule off
    Length min_width, min_space, min_edge, min_radius;
    Area min_area, min_hole_area;
    int max_vertices = 0;
};
struct RuleViolation {
    std::string rule;
    double value = 0, limit = 0;
    double x0_nm = 0, y0_nm = 0, x1_nm = 0, y1_nm = 0;
};
/// True when any rule is switched on.
bool has_rules(const MaskRules&);
/// Every violation of the rules by merged polygons (Manhattan or all-angle). Width/space: distance between facing
/// edge pairs, excluding neighbours closer along the contour than (pi/2) x rule; Manhattan regions exactly by sweep.
/// Rules named width, space, area, hole_area, edge, radius, vertices; values in nm, nm^2 or a count.
std::vector<RuleViolation> check_mask_rules(const Region&, const MaskRules&);
/// Shots of a Manhattan region by minimum rectangle partition (reflex vertices - independent chords - holes + 1).
int rectangle_shots(const Region&);

// ------------------------------------------------------------------------------------------------------------ layout
struct LayerKey {
    std::int32_t layer = 0, datatype = 0;
    friend auto operator<=>(const LayerKey&, const LayerKey&) = default;
};

/// A cell holds its points in one pool; elements point into it.
struct Boundary {
    LayerKey layer;
    std::uint32_t first = 0, count = 0;
};
struct Path {
    LayerKey layer;
    std::int32_t type = 0, width = 0, begin_extension = 0, end_extension = 0;
    std::uint32_t first = 0, count = 0;
};
struct Text {
    LayerKey layer;
    Point at;
    std::string text;
};
struct Reference {
    std::uint32_t cell = 0;  ///< index into Layout::cells
    Point origin;
    double magnification = 1, angle_deg = 0;
    bool mirror_x = false;  ///< reflect about the x axis before rotation
    std::int32_t columns = 1, rows = 1;
    Point column_step, row_step;
};
struct Cell {
    std::string name;
    std::vector<Point> points;
    std::vector<Boundary> boundaries;  ///< BOUNDARY and BOX
    std::vector<Path> paths;
    std::vector<Text> texts;
    std::vector<Reference> references;
};
struct Layout {
    std::string library = "damascene";
    Length unit = 1 * nm;  ///< database unit, exact as in the file
    double user_units_per_database_unit = 1e-3;
    std::vector<Cell> cells;
};
/// Index of the named cell, or of the only top cell if name is empty. InputError with suggestions otherwise.
std::uint32_t find_cell(const Layout&, const std::string& name);
/// All shapes of one layer under a cell, flattened to cell coordinates; paths become polygons. Raw (not merged).
/// `window` (cell coordinates, database units) keeps only shapes whose box touches it; empty = all.
Region flatten(const Layout&, std::uint32_t cell, LayerKey layer, Box window = {});
/// Layers present under a cell with shape counts, sorted.
struct LayerCount {
    LayerKey layer;
    std::size_t shapes = 0;
};
std::vector<LayerCount> layers(const Layout&, std::uint32_t cell);
Region path_outline(const Cell&, const Path&, Length unit);

// ------------------------------------------------------------------------------------------------------- kernel sets
/// SOCS kernels in the frequency domain: I(r) = sum_k w_k |sum_f K_k(f) M_f e^{2 pi i f.r/L}|^2. Values [k][fy][fx],
/// centred, as in Spectrum2. Valid only at its own period.
struct KernelSet {
    int band_x = 0, band_y = 0;
    Length period_x, period_y;
    std::vector<std::complex<double>> kernels;
    std::vector<double> weights;
    double truncation_bound = -1;  ///< certified: 0 <= I - I_K <= bound for |t| <= 1; -1 = unknown
    std::string description;       ///< source, NA, wavelength, defocus
    int count() const { return static_cast<int>(weights.size()); }
};

}  // namespace damascene
