// VTK XML image data (.vti), one point array of float64, appended raw little-endian behind a uint64 length. Origin and
// spacing in nm. VTK file formats, "XML File Formats", version 1.0.

#include "byte_reader.hpp"

namespace damascene::io {

Bytes write_vti(const Field2<double>& field, const std::string& array_name) {
    const Grid2& g = field.grid;
    if (g.nx < 1 || g.ny < 1 || field.values.size() != g.size())
        throw InputError("D0316", "image data needs nx x ny samples, at least one");
    const std::string extent = "0 " + std::to_string(g.nx - 1) + " 0 " + std::to_string(g.ny - 1) + " 0 0";
    const std::string name = escape_xml(array_name);
    const std::string head =
        "<?xml version=\"1.0\"?>\n<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" "
        "header_type=\"UInt64\">\n"
        "<ImageData WholeExtent=\"" +
        extent + "\" Origin=\"" + shortest(g.x0.in(nm)) + " " + shortest(g.y0.in(nm)) + " 0\" Spacing=\"" +
        shortest(g.dx.in(nm)) + " " + shortest(g.dy.in(nm)) + " 1\">\n<Piece Extent=\"" + extent +
        "\">\n<PointData Scalars=\"" + name + "\">\n<DataArray type=\"Float64\" Name=\"" + name +
        "\" format=\"appended\" offset=\"0\"/>\n</PointData>\n</Piece>\n</ImageData>\n"
        "<AppendedData encoding=\"raw\">\n_";
    Bytes out = as_bytes(head);
    out.reserve(head.size() + 8 * field.values.size() + 64);
    store(out, std::uint64_t{8 * field.values.size()}, std::endian::little);
    for (double value : field.values) store(out, std::bit_cast<std::uint64_t>(value), std::endian::little);
    const Bytes tail = as_bytes("\n</AppendedData>\n</VTKFile>\n");
    out.insert(out.end(), tail.begin(), tail.end());
    return out;
}

}  // namespace damascene::io
