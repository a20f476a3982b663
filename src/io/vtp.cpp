// VTK XML poly data (.vtp): points, polylines, triangles, numbers on points and cells. Written appended raw with
// uint64 lengths; read appended raw, inline base64 or ascii, uncompressed, any number type.
// VTK file formats, "XML File Formats", version 1.0.

#include <algorithm>
#include <bit>
#include <cmath>

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

[[noreturn]] void fail(const ReadOptions& options, std::size_t byte, const std::string& label) {
    fail_at_byte("D0329", "damaged or unknown VTP file", options, byte, {label},
                 "write uncompressed poly data with lines or triangles");
}

// ----------------------------------------------------------------------------------------------------------- writing
/// Blocks behind the XML: each an uint64 length and its bytes.
class Appended {
  public:
    template <class T>
    std::string add(const std::vector<T>& values) {
        const std::string offset = std::to_string(bytes.size());
        store(bytes, std::uint64_t{values.size() * sizeof(T)}, std::endian::little);
        for (const T v : values) {
            if constexpr (std::is_same_v<T, double>)
                store(bytes, std::bit_cast<std::uint64_t>(v), std::endian::little);
            else
                store(bytes, static_cast<std::uint64_t>(v), std::endian::little);
        }
        return offset;
    }
    Bytes bytes;
};

std::string array_tag(const std::string& type, const std::string& name, int components, const std::string& offset) {
    return "<DataArray type=\"" + type + "\" Name=\"" + escape_xml(name) + "\" NumberOfComponents=\"" +
           std::to_string(components) + "\" format=\"appended\" offset=\"" + offset + "\"/>\n";
}

template <class Cells>
std::string cells_element(const std::string& name, const Cells& cells, Appended& data) {
    std::vector<std::int64_t> connectivity, offsets;
    for (const auto& cell : cells) {
        connectivity.insert(connectivity.end(), cell.begin(), cell.end());
        offsets.push_back(static_cast<std::int64_t>(connectivity.size()));
    }
    return "<" + name + ">\n" + array_tag("Int64", "connectivity", 1, data.add(connectivity)) +
           array_tag("Int64", "offsets", 1, data.add(offsets)) + "</" + name + ">\n";
}

std::string arrays_element(const std::string& name, const std::vector<PointArray>& arrays, Appended& data) {
    std::string out = "<" + name + ">\n";
    for (const PointArray& a : arrays) out += array_tag("Float64", a.name, 1, data.add(a.values));
    return out + "</" + name + ">\n";
}

void require_whole(const PolyData& d) {
    const auto present = [&](std::int32_t i) { return i >= 0 && static_cast<std::size_t>(i) < d.points_nm.size(); };
    for (const auto& line : d.lines)
        if (line.size() < 2 || !std::all_of(line.begin(), line.end(), present))
            throw InputError("D0316", "a polyline needs two points or more, all present");
    for (const auto& t : d.triangles)
        if (!std::all_of(t.begin(), t.end(), present))
            throw InputError("D0316", "a triangle names a point that is absent");
    for (const auto& [arrays, count] :
         {std::pair{&d.point_data, d.points_nm.size()}, {&d.cell_data, d.lines.size() + d.triangles.size()}})
        for (const PointArray& a : *arrays)
            if (a.values.size() != count) throw InputError("D0316", "an array of poly data has the wrong length");
}

// ----------------------------------------------------------------------------------------------------------- reading
struct Tag {
    std::string_view name, body;  ///< without angle brackets; "/Points" closes
    std::size_t end = 0;          ///< byte after '>'
    std::string_view attribute(std::string_view key) const {
        for (std::size_t at = 0; (at = body.find(key, at)) != std::string_view::npos; at += key.size()) {
            const bool starts =
                at > 0 && (body[at - 1] == ' ' || body[at - 1] == '\n' || body[at - 1] == '\t' || body[at - 1] == '\r');
            std::size_t i = at + key.size();
            while (i < body.size() && (body[i] == ' ' || body[i] == '=')) ++i;
            if (!starts || i == at + key.size() || i >= body.size() || (body[i] != '"' && body[i] != '\'')) continue;
            const std::size_t close = body.find(body[i], i + 1);
            return close == std::string_view::npos ? std::string_view() : body.substr(i + 1, close - i - 1);
        }
        return {};
    }
    bool alone() const { return body.ends_with('/'); }
};

std::string unescaped(std::string_view text) {
    static constexpr std::pair<std::string_view, char> names[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto* known = std::find_if(std::begin(names), std::end(names),
                                         [&](const auto& n) { return text.substr(i).starts_with(n.first); });
        out += known == std::end(names) ? text[i] : known->second;
        if (known != std::end(names)) i += known->first.size() - 1;
    }
    return out;
}

Bytes from_base64(std::string_view text, bool& ok) {
    Bytes out;
    unsigned bits = 0, have = 0;
    for (const char c : text) {
        const int v = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
        if (v < 0) {
            if (c != '=' && c != ' ' && c != '\n' && c != '\r' && c != '\t') ok = false;
            if (c == '=') have = bits = 0;  // the next block starts anew
            continue;
        }
        bits = (bits << 6 | static_cast<unsigned>(v)) & 0xFFFF;
        if ((have += 6) >= 8) out.push_back(std::byte(bits >> (have -= 8) & 255));
    }
    return out;
}

struct NumberType {
    std::string_view name;
    std::size_t size;
    double (*read)(const std::byte*, std::endian);
};
template <class U, class T>
double read_as(const std::byte* at, std::endian order) {
    return static_cast<double>(std::bit_cast<T>(load<U>(at, order)));
}
constexpr NumberType number_types[] = {
    {"Float32", 4, read_as<std::uint32_t, float>},      {"Float64", 8, read_as<std::uint64_t, double>},
    {"Int32", 4, read_as<std::uint32_t, std::int32_t>}, {"UInt32", 4, read_as<std::uint32_t, std::uint32_t>},
    {"Int64", 8, read_as<std::uint64_t, std::int64_t>}, {"UInt64", 8, read_as<std::uint64_t, std::uint64_t>},
    {"Int16", 2, read_as<std::uint16_t, std::int16_t>}, {"UInt16", 2, read_as<std::uint16_t, std::uint16_t>},
    {"Int8", 1, read_as<std::uint8_t, std::int8_t>},    {"UInt8", 1, read_as<std::uint8_t, std::uint8_t>},
};

class Scanner {
  public:
    Scanner(ByteView bytes, const ReadOptions& options) : text_(as_text(bytes)), bytes_(bytes), options_(options) {
        const std::size_t mark = text_.find("<AppendedData");
        xml_ = text_.substr(0, mark);
        if (mark == std::string_view::npos) return;
        const std::size_t open = text_.find('>', mark);
        const std::size_t first = open == std::string_view::npos ? open : text_.find('_', open);
        if (first == std::string_view::npos) fail(options_, mark, "no appended data after its element");
        raw_ = text_.substr(mark, open - mark).find("base64") == std::string_view::npos;
        appended_ = first + 1;
    }
    bool next(Tag& tag) {
        for (;;) {
            const std::size_t open = xml_.find('<', at_), close = xml_.find('>', open);
            if (open == std::string_view::npos || close == std::string_view::npos) return false;
            at_ = close + 1;
            tag.body = xml_.substr(open + 1, close - open - 1);
            tag.name = tag.body.substr(0, tag.body.find_first_of(" \t\r\n/", 1));
            tag.end = at_;
            if (!tag.body.starts_with('?') && !tag.body.starts_with('!')) return true;
        }
    }
    void head(const Tag& tag) {
        if (tag.attribute("type") != "PolyData") fail(options_, 0, "a VTKFile of type PolyData expected");
        if (!tag.attribute("compressor").empty()) fail(options_, 0, "compressed data are not read");
        order_ = tag.attribute("byte_order") == "BigEndian" ? std::endian::big : std::endian::little;
        wide_ = tag.attribute("header_type") == "UInt64";
    }
    std::vector<double> numbers(const Tag& tag) const {
        const std::string_view type = tag.attribute("type"), format = tag.attribute("format");
        const auto* known = std::find_if(std::begin(number_types), std::end(number_types),
                                         [&](const NumberType& t) { return t.name == type; });
        if (known == std::end(number_types))
            fail(options_, tag.end, "number type '" + escape_text(type) + "' is not known");
        if (format == "appended") return appended(tag, *known);
        const std::size_t close = xml_.find('<', tag.end);
        const std::string_view content = tag.alone() ? std::string_view() : xml_.substr(tag.end, close - tag.end);
        return format == "binary" ? decoded(content, *known, tag.end) : written(content, tag.end);
    }
    /// Counts what is kept, since many elements may name the same bytes.
    void keep(std::size_t bytes, std::size_t byte) const {
        if ((kept_ += bytes) > memory_budget(bytes_.size()) / 3)
            fail_at_byte("D0315", "VTP file is too large", options_, byte, {"allowed: 64 MiB + 32 x the file size"});
    }
    [[noreturn]] void refuse(const Tag& tag, const std::string& label) const { fail(options_, tag.end, label); }

  private:
    std::vector<double> appended(const Tag& tag, const NumberType& type) const {
        std::uint64_t offset = 0;
        if (appended_ == 0 || !parse_number(tag.attribute("offset"), offset) || offset > bytes_.size() - appended_)
            fail(options_, tag.end, "offset outside the appended data");
        const ByteView block = bytes_.subspan(appended_ + offset);
        if (raw_) return values(block, type, tag.end);
        const std::string_view text = as_text(block);
        return decoded(text.substr(0, text.find('<')), type, tag.end);
    }
    /// Only as much of the text as the length in front asks for.
    std::vector<double> decoded(std::string_view text, const NumberType& type, std::size_t byte) const {
        bool ok = true;
        keep(text.size(), byte);
        const Bytes bytes = from_base64(text, ok);
        if (!ok) fail(options_, byte, "not base64");
        return values(bytes, type, byte);
    }
    std::vector<double> values(ByteView block, const NumberType& type, std::size_t byte) const {
        const std::size_t head = wide_ ? 8 : 4;
        if (block.size() < head) fail(options_, byte, "array without its length");
        const std::uint64_t size =
            wide_ ? load<std::uint64_t>(block.data(), order_) : load<std::uint32_t>(block.data(), order_);
        if (size > block.size() - head || size % type.size != 0) fail(options_, byte, "array is longer than its data");
        keep(size / type.size * sizeof(double), byte);
        std::vector<double> out(size / type.size);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = type.read(block.data() + head + i * type.size, order_);
        return out;
    }
    std::vector<double> written(std::string_view text, std::size_t byte) const {
        std::vector<double> out;
        keep(text.size() / 2 * sizeof(double), byte);
        for (std::size_t at = 0; (at = text.find_first_not_of(" \t\r\n", at)) != std::string_view::npos;) {
            const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
            double value = 0;
            if (!parse_number(text.substr(at, end - at), value))
                fail(options_, byte,
                     "'" + escape_text(text.substr(at, std::min<std::size_t>(end - at, 40))) + "' is not a number");
            out.push_back(value);
            at = end;
        }
        return out;
    }
    std::string_view text_, xml_;
    ByteView bytes_;
    const ReadOptions& options_;
    mutable std::size_t kept_ = 0;
    std::size_t at_ = 0, appended_ = 0;
    bool raw_ = true, wide_ = false;
    std::endian order_ = std::endian::little;
};

struct CellLists {
    std::vector<double> connectivity, offsets;
};

std::vector<std::vector<std::int32_t>> cells_of(const CellLists& lists, std::size_t points, const Scanner& scanner,
                                                const Tag& tag) {
    constexpr std::size_t list = sizeof(std::vector<std::int32_t>) + 32;  // with its place on the heap
    scanner.keep(list * lists.offsets.size() + 4 * lists.connectivity.size(), tag.end);
    std::vector<std::vector<std::int32_t>> out;
    out.reserve(lists.offsets.size());
    double begin = 0;
    for (const double end : lists.offsets) {
        if (!(end >= begin) || end > static_cast<double>(lists.connectivity.size()))
            scanner.refuse(tag, "cell offsets do not rise inside the connectivity");
        auto& cell = out.emplace_back();
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
            const double p = lists.connectivity[i];
            if (!(p >= 0) || p >= static_cast<double>(std::min<std::size_t>(points, 1u << 31)))
                scanner.refuse(tag, "a cell names a point that is absent");
            cell.push_back(static_cast<std::int32_t>(p));
        }
        begin = end;
    }
    return out;
}

}  // namespace

Bytes write_vtp(const PolyData& d) {
    require_whole(d);
    Appended data;
    std::vector<double> points;
    for (const auto& p : d.points_nm) points.insert(points.end(), p.begin(), p.end());
    std::string head =
        "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"1.0\" byte_order=\"LittleEndian\" "
        "header_type=\"UInt64\">\n<PolyData>\n<Piece NumberOfPoints=\"" +
        std::to_string(d.points_nm.size()) + "\" NumberOfVerts=\"0\" NumberOfLines=\"" +
        std::to_string(d.lines.size()) + "\" NumberOfStrips=\"0\" NumberOfPolys=\"" +
        std::to_string(d.triangles.size()) + "\">\n";
    head += arrays_element("PointData", d.point_data, data) + arrays_element("CellData", d.cell_data, data);
    head += "<Points>\n" + array_tag("Float64", "Points", 3, data.add(points)) + "</Points>\n";
    head += cells_element("Lines", d.lines, data) + cells_element("Polys", d.triangles, data);
    head += "</Piece>\n</PolyData>\n<AppendedData encoding=\"raw\">\n_";
    Bytes out = as_bytes(head);
    out.insert(out.end(), data.bytes.begin(), data.bytes.end());
    const Bytes tail = as_bytes("\n</AppendedData>\n</VTKFile>\n");
    out.insert(out.end(), tail.begin(), tail.end());
    return out;
}

PolyData read_vtp(ByteView bytes, const ReadOptions& options) {
    if (as_text(bytes).substr(0, 4096).find("<VTKFile") == std::string_view::npos)
        fail_at_byte("D0301", "not a VTP file", options, 0, {"no VTKFile element at the front"});
    Scanner scanner(bytes, options);
    PolyData out;
    std::string_view part;
    CellLists lines, polygons;
    Tag tag;
    int pieces = 0;
    bool whole = false;
    std::uint64_t points = 0;
    for (Tag t; scanner.next(t); tag = t) {
        if (t.name == "VTKFile") scanner.head(t);
        if (t.name == "Piece" && ++pieces > 1) scanner.refuse(t, "more than one piece");
        if ((t.name == "Verts" || t.name == "Strips") && !t.alone()) part = t.name;
        for (const std::string_view name : {"Points", "Lines", "Polys", "PointData", "CellData"}) {
            if (t.name == name && !t.alone()) part = name;
        }
        if (t.name == "Piece") parse_number(t.attribute("NumberOfPoints"), points);
        whole |= t.name == "/Piece" || (t.name == "Piece" && t.alone());
        if (t.name == "/Piece") part = {};
        if (t.name != "DataArray" || part.empty()) continue;
        const std::vector<double> values = scanner.numbers(t);
        if (part == "Points") {
            if (values.size() % 3 != 0) scanner.refuse(t, "points need three numbers each");
            if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
                scanner.refuse(t, "a point is not finite");
            out.points_nm.resize(values.size() / 3);
            for (std::size_t i = 0; i < values.size(); ++i) out.points_nm[i / 3][i % 3] = values[i];
        } else if (part == "Lines" || part == "Polys") {
            CellLists& lists = part == "Lines" ? lines : polygons;
            (t.attribute("Name") == "offsets" ? lists.offsets : lists.connectivity) = values;
        } else if (part == "PointData" || part == "CellData") {
            const std::string_view components = t.attribute("NumberOfComponents");
            if (components.empty() || components == "1")
                (part == "PointData" ? out.point_data : out.cell_data)
                    .push_back({unescaped(t.attribute("Name")), values});
        } else if (!values.empty()) {
            scanner.refuse(t, "vertices and strips are not read");
        }
    }
    if (!whole) scanner.refuse(tag, "no whole piece");
    if (points != out.points_nm.size()) scanner.refuse(tag, "the number of points is not the declared one");
    out.lines = cells_of(lines, out.points_nm.size(), scanner, tag);
    for (const auto& cell : cells_of(polygons, out.points_nm.size(), scanner, tag)) {
        if (cell.size() != 3)
            scanner.refuse(tag, "a polygon of " + std::to_string(cell.size()) + " corners; only triangles are read");
        out.triangles.push_back({cell[0], cell[1], cell[2]});
    }
    for (const auto& line : out.lines)
        if (line.size() < 2) scanner.refuse(tag, "a polyline of fewer than two points");
    for (const auto& [arrays, count] :
         {std::pair{&out.point_data, out.points_nm.size()}, {&out.cell_data, out.lines.size() + out.triangles.size()}})
        for (const PointArray& a : *arrays)
            if (a.values.size() != count)
                scanner.refuse(tag, "array '" + escape_text(a.name) + "' has the wrong length");
    return out;
}

}  // namespace damascene::io
