// ICCAD-2013 GLP layouts: text lines `RECT N layer x y width height` and `PGON N layer x1 y1 x2 y2 ...` (closed
// implicitly) inside one CELL. `EQUIV a b MICRON` states that b units are a micrometres.
// S. Banerjee, Z. Li, S. R. Nassif, ICCAD 2013 (contest files).

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

constexpr std::size_t max_line_bytes = 16u << 20;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

struct Word {
    std::string_view text;
    int column = 0;
};

/// One line, cut at white space word by word.
class Line {
  public:
    Line(std::string_view text, int number, const ReadOptions& options)
        : text_(text), number_(number), options_(options) {}

    Word next() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        const std::size_t first = at_;
        while (at_ < text_.size() && !is_space(text_[at_])) ++at_;
        return {text_.substr(first, at_ - first), static_cast<int>(first) + 1};
    }
    [[noreturn]] void fail(const Word& word, const std::string& message, const std::string& label) const {
        const int length = static_cast<int>(std::clamp<std::size_t>(word.text.size(), 1, 200));
        fail_at_line("D0317", message, options_, number_, word.column, length, text_, label);
    }
    Word name(const std::string& what) {
        const Word word = next();
        if (word.text.empty()) fail(word, "GLP line ends early", what + " expected");
        return word;
    }
    std::int32_t integer(const std::string& what) {
        const Word word = name(what);
        std::int32_t value = 0;
        if (!parse_number(word.text, value)) fail(word, "not a whole number in the int32 range", what + " expected");
        return value;
    }
    std::string_view text() const { return text_; }

  private:
    std::string_view text_;
    int number_;
    std::size_t at_ = 0;
    const ReadOptions& options_;
};

class GlpReader {
  public:
    GlpReader(ByteView bytes, const ReadOptions& options) : text_(as_text(bytes)), options_(options) {}

    Layout read() {
        int number = 0;
        bool ended = false;
        for (std::size_t at = 0; at < text_.size() && !ended;) {
            const std::size_t end = std::min(text_.find('\n', at), text_.size());
            if (end - at > max_line_bytes)
                fail_at_line("D0315", "GLP line exceeds 16 MiB", options_, number + 1, 1, 1, "");
            Line line(text_.substr(at, end - at), ++number, options_);
            at = end + 1;
            ended = read_line(line);
        }
        if (!seen_header_)
            fail_at_line("D0301", "not a GLP file", options_, 1, 1, 1, "", "BEGIN, EQUIV or CELL expected");
        if (!ended && !options_.lenient)
            fail_at_line("D0317", "GLP file ends without ENDMSG", options_, number + 1, 1, 1, "",
                         "the file is cut short");
        if (layout_.cells.empty()) layout_.cells.emplace_back().name = "Temp_Top";
        return std::move(layout_);
    }

  private:
    /// True at ENDMSG.
    bool read_line(Line& line) {
        const Word keyword = line.next();
        if (keyword.text == "RECT" || keyword.text == "PGON")
            read_shape(line, keyword);
        else if (keyword.text == "EQUIV")
            read_unit(line);
        else if (keyword.text == "CELL")
            read_cell(line, keyword);
        else if (keyword.text == "BEGIN" || keyword.text == "CNAME" || keyword.text == "LEVEL")
            seen_header_ = true;
        else if (keyword.text == "ENDMSG")
            return true;
        else if (!keyword.text.empty() && !options_.lenient)
            line.fail(keyword, "GLP keyword is not known", "BEGIN EQUIV CNAME LEVEL CELL RECT PGON ENDMSG are allowed");
        return false;
    }

    void read_unit(Line& line) {
        const std::int32_t micrometres = line.integer("a count of micrometres"),
                           units = line.integer("a count of units");
        const Word word = line.name("MICRON");
        if (word.text != "MICRON" || micrometres <= 0 || units <= 0)
            line.fail(word, "GLP unit is not known", "EQUIV a b MICRON with positive a and b expected");
        layout_.unit = Length::from_si(micrometres / (units * 1e6));
        layout_.user_units_per_database_unit = static_cast<double>(micrometres) / units;
        seen_header_ = true;
    }

    void read_cell(Line& line, const Word& keyword) {
        const Word name = line.name("a cell name");
        if (!layout_.cells.empty()) line.fail(keyword, "GLP file has more than one cell", "one CELL is allowed");
        layout_.cells.emplace_back().name = name.text;
        seen_header_ = true;
    }

    void read_shape(Line& line, const Word& keyword) {
        if (layout_.cells.empty()) line.fail(keyword, "GLP shape outside a cell", "CELL expected before it");
        line.name("orientation");
        const LayerKey layer{layer_number(line.name("a layer name")), 0};
        Cell& cell = layout_.cells.back();
        const std::size_t first = cell.points.size();
        try {
            keyword.text == "RECT" ? append_rectangle(line, cell) : append_polygon(line, keyword, cell);
        } catch (const InputError&) {
            if (!options_.lenient) throw;
            cell.points.resize(first);
            return;
        }
        cell.boundaries.push_back(
            {layer, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(cell.points.size() - first)});
    }

    std::int32_t layer_number(const Word& word) {
        const auto found = std::find(layer_names_.begin(), layer_names_.end(), word.text);
        if (found != layer_names_.end()) return static_cast<std::int32_t>(found - layer_names_.begin()) + 1;
        if (layer_names_.size() == 4096)
            fail_at_line("D0315", "GLP file names more than 4096 layers", options_, 1, 1, 1, "");
        layer_names_.push_back(word.text);
        return static_cast<std::int32_t>(layer_names_.size());
    }

    static void append_rectangle(Line& line, Cell& cell) {
        std::int64_t v[4];
        for (std::int64_t& value : v) value = line.integer("x, y, width and height");
        const std::int64_t x1 = v[0] + v[2], y1 = v[1] + v[3];
        const bool inside =
            x1 <= std::numeric_limits<std::int32_t>::max() && y1 <= std::numeric_limits<std::int32_t>::max();
        if (v[2] <= 0 || v[3] <= 0 || !inside || !line.next().text.empty())
            line.fail({line.text(), 1}, "GLP rectangle is not x y width height",
                      "positive width and height inside int32 expected");
        const auto x = [](std::int64_t c) { return static_cast<std::int32_t>(c); };
        for (const Point p :
             {Point{x(v[0]), x(v[1])}, Point{x(x1), x(v[1])}, Point{x(x1), x(y1)}, Point{x(v[0]), x(y1)}})
            cell.points.push_back(p);
    }

    static void append_polygon(Line& line, const Word& keyword, Cell& cell) {
        const std::size_t first = cell.points.size();
        for (Word word = line.next(); !word.text.empty(); word = line.next()) {
            Point p;
            if (!parse_number(word.text, p.x)) line.fail(word, "not a whole number in the int32 range", "x expected");
            p.y = line.integer("y");
            cell.points.push_back(p);
        }
        if (cell.points.size() > first + 1 && cell.points.back() == cell.points[first]) cell.points.pop_back();
        if (cell.points.size() < first + 3)
            line.fail(keyword, "GLP polygon has fewer than 3 vertices", "at least 3 expected");
    }

    std::string_view text_;
    const ReadOptions& options_;
    bool seen_header_ = false;
    Layout layout_;
    std::vector<std::string_view> layer_names_;
};

/// Lower left and upper right corner if the ring is an axis-parallel rectangle.
bool is_rectangle(const Ring& ring, Point& low, Point& high) {
    if (ring.size() != 4) return false;
    low = high = ring[0];
    for (Point p : ring) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
    const auto corner = [&](Point p) { return (p.x == low.x || p.x == high.x) && (p.y == low.y || p.y == high.y); };
    const auto turns = [&](int i) {
        const Point a = ring[static_cast<std::size_t>(i)], b = ring[static_cast<std::size_t>((i + 1) % 4)];
        return (a.x == b.x) != (a.y == b.y);
    };
    const auto extent_fits = [](std::int32_t a, std::int32_t b) {
        return std::int64_t{b} - a <= std::numeric_limits<std::int32_t>::max();
    };
    return std::all_of(ring.begin(), ring.end(), corner) && turns(0) && turns(1) && turns(2) && turns(3) &&
           extent_fits(low.x, high.x) && extent_fits(low.y, high.y);
}

void require_word(const std::string& name, const char* what) {
    const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127; });
    if (name.empty() || !printable)
        throw InputError("D0316", std::string("GLP ") + what + " is empty or has spaces or control bytes");
}

std::string shape_line(const Ring& ring, const std::string& layer) {
    Point low, high;
    std::string line = "   ";
    const auto number = [&](std::int64_t v) { line += "  " + std::to_string(v); };
    if (is_rectangle(ring, low, high)) {
        line += "RECT N " + layer;
        for (std::int64_t v :
             {std::int64_t{low.x}, std::int64_t{low.y}, std::int64_t{high.x} - low.x, std::int64_t{high.y} - low.y})
            number(v);
    } else {
        line += "PGON N " + layer;
        for (Point p : ring) number(p.x), number(p.y);
    }
    return line + "\n";
}

/// Sign of the enclosed area: -1 for a hole.
int orientation(const Ring& ring) {
    __int128_t sum = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point a = ring[i], b = ring[(i + 1) % ring.size()];
        sum += static_cast<__int128_t>(a.x) * b.y - static_cast<__int128_t>(b.x) * a.y;
    }
    return sum > 0 ? 1 : sum < 0 ? -1 : 0;
}

}  // namespace

Layout read_glp(ByteView bytes, const ReadOptions& options) { return GlpReader(bytes, options).read(); }

Bytes write_glp(const Region& region, const std::string& cell, const std::string& layer) {
    require_word(cell, "cell name");
    require_word(layer, "layer name");
    const double units_per_um = std::round(1e-6 / region.unit.si());
    if (!(units_per_um >= 1) || units_per_um > 1e9 || Length::from_si(1 / (units_per_um * 1e6)) != region.unit)
        throw InputError("D0316", "GLP needs a whole number of units per micrometre",
                         "use a database unit such as 1 nm");
    std::string out = "BEGIN     /* written by damascene */\nEQUIV  1  " +
                      std::to_string(static_cast<std::int64_t>(units_per_um)) + "  MICRON  +X,+Y\nCNAME " + cell +
                      "\nLEVEL " + layer + "\n\nCELL " + cell + " PRIME\n";
    const bool holes =
        std::any_of(region.rings.begin(), region.rings.end(), [](const Ring& r) { return orientation(r) < 0; });
    const Region solid = holes ? without_holes(region, std::numeric_limits<int>::max()) : region;
    for (const Ring& ring : solid.rings) {
        if (ring.size() < 3) throw InputError("D0316", "polygon has fewer than 3 vertices");
        out += shape_line(ring, layer);
    }
    return as_bytes(out + "ENDMSG\n");
}

FileKind sniff(ByteView bytes) {
    const std::string_view text = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 4096)));
    constexpr std::string_view png = "\x89PNG\r\n\x1a\n", npy = "\x93NUMPY", gds("\0\6\0\2", 4);
    if (text.starts_with(png)) return FileKind::png;
    if (text.starts_with(npy)) return FileKind::npy;
    if (text.starts_with(gds)) return FileKind::gds;
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const std::string_view body = first == std::string_view::npos ? "" : text.substr(first);
    const bool glp = body.starts_with("BEGIN") || body.starts_with("EQUIV") || body.starts_with("CELL ") ||
                     body.starts_with("CNAME");
    return glp ? FileKind::glp : FileKind::unknown;
}

}  // namespace damascene::io
