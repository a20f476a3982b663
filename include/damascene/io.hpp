// Bytes to values and back. Nothing here opens a file. Every reader is bounded (no allocation beyond 64 MiB + 32 x
// input bytes, no recursion on input depth) and throws only InputError, with file, byte offset, record and cell.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene::io {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

struct ReadOptions {
    std::string file = "<memory>";  ///< for messages
    bool lenient = false;           ///< skip faulty elements and count them instead of throwing
};
/// What a reader met and did not keep.
struct ReadReport {
    std::vector<std::string> warnings;
    std::size_t skipped_elements = 0, properties = 0, nodes = 0;
};

Layout read_gds(ByteView, const ReadOptions& = {}, ReadReport* = nullptr);
Bytes write_gds(const Layout&);  ///< polygons above 8191 points are split
/// ICCAD-2013 GLP: RECT and PGON, one cell, layer names numbered in order of appearance from 1/0.
Layout read_glp(ByteView, const ReadOptions& = {});
Bytes write_glp(const Region&, const std::string& cell = "Temp_Top", const std::string& layer = "M1");

/// Sorted out by content: PNG or NPY grey mask, GDSII, GLP.
enum class FileKind { gds, glp, png, npy, unknown };
FileKind sniff(ByteView);

Field2<std::uint8_t> read_png_gray(ByteView, const ReadOptions& = {});  ///< 8/16-bit grey or RGB(A) with equal channels
Bytes write_png_gray(const Field2<std::uint8_t>&);
Bytes write_png_rgb(int nx, int ny, std::span<const std::uint8_t> rgb);
/// One picture of an animation: RGBA, row 0 on top.
struct PictureFrame {
    std::vector<std::uint8_t> rgba;
    double seconds = 0.1;
};
Bytes write_apng(int nx, int ny, const std::vector<PictureFrame>&, int plays = 0);  ///< 0 = for ever
/// Closed rings of one colour, filled even-odd; rings must not cross.
struct PaintedRings {
    std::array<std::uint8_t, 3> color{};
    std::vector<std::vector<std::array<double, 2>>> rings_nm;
};
/// RGBA picture of a window x0 z0 x1 z1 (z up, row 0 on top). Every pixel mixes the colours by covered area, exact to
/// 1/256 pixel in the place of corners; where shapes overlap the earlier one is seen.
std::vector<std::uint8_t> paint_section(const std::vector<PaintedRings>&, const std::array<double, 4>& window_nm,
                                        int nx, int ny, std::array<std::uint8_t, 3> background = {255, 255, 255});
/// Any dtype f4 f8 u1 u2 i4 i8, C or Fortran order, either byte order -> double; at most 2^31 samples.
Field2<double> read_npy(ByteView, const ReadOptions& = {});
Bytes write_npy(const Field2<double>&);
Bytes write_npy(const Field2<float>&);
Bytes write_npy(const Field2<std::uint8_t>&);

/// RFC 4180 table with `name [unit]` headers.
struct Table {
    std::vector<std::string> names, units;  ///< per column; unit "" = pure number or text
    std::vector<std::vector<std::string>> rows;
    int column(const std::string& name) const;  ///< -1 if absent
};
Table read_csv(ByteView, const ReadOptions& = {});
Bytes write_csv(const Table&);  ///< cells starting with = + - @ that are not numbers are quoted
/// Gauges: name, x [nm], y [nm], angle [deg], kind, target [nm], measured [nm], sigma [nm], weight.
struct Gauge {
    std::string name;
    Length x, y;
    Angle angle;
    std::string kind;
    Length target, measured, sigma;
    double weight = 1;
};
std::vector<Gauge> read_gauges(ByteView, const ReadOptions& = {});

/// Polylines x, z [nm] of a table with columns x, z (any unit of length) and optionally chain.
std::vector<std::vector<std::array<double, 2>>> read_profile_csv(ByteView, const ReadOptions& = {});

/// Numbers on points, or on cells (lines first, then triangles).
struct PointArray {
    std::string name;
    std::vector<double> values;
};
/// Polylines and triangles with numbers on them: VTK XML poly data.
struct PolyData {
    std::vector<std::array<double, 3>> points_nm;
    std::vector<std::vector<std::int32_t>> lines;
    std::vector<std::array<std::int32_t, 3>> triangles;
    std::vector<PointArray> point_data, cell_data;
};
Bytes write_vtp(const PolyData&);
PolyData read_vtp(ByteView, const ReadOptions& = {});  ///< uncompressed: appended raw, base64 or ascii; one component
Bytes write_vti(const Field2<double>&, const std::string& array_name);  ///< VTK XML image data, appended raw
/// Picture of layers as SVG, y up, one path per layer.
struct SvgLayer {
    std::string name, fill, stroke;
    double opacity = 1;
    std::vector<Contour> contours;
};
Bytes write_svg(const std::vector<SvgLayer>&, double x0_nm, double y0_nm, double x1_nm, double y1_nm);

/// KLayout marker database.
struct Marker {
    std::string category, text;
    std::vector<std::array<double, 2>> polygon_nm;
};
Bytes write_lyrdb(const std::vector<Marker>&, const std::string& cell, const std::string& description);
std::vector<Marker> read_lyrdb(ByteView, const ReadOptions& = {});
/// KLayout layer colours.
struct LayerStyle {
    LayerKey layer;
    std::string name, color;
};
Bytes write_lyp(const std::vector<LayerStyle>&);

/// ICCAD-2013 kernels. `files`: file name -> bytes, either published form: fh<k>.bin + scales.txt (20-byte big-endian
/// header, [fx][fy]) or kernels_<state>.c64le + weights_<state>.f32le ([k][fy][fx]) with optional kernels.json.
KernelSet read_kernels(const std::map<std::string, Bytes>& files, const std::string& state, const ReadOptions& = {});
std::map<std::string, Bytes> write_kernels_c64le(const KernelSet&, const std::string& state);
std::map<std::string, Bytes> write_kernels_bin(
    const KernelSet&);  ///< smaller bands are zero-padded to 17; larger: InputError

}  // namespace damascene::io
