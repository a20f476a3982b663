// KLayout marker databases (.lyrdb, XML): items with a category and values `polygon: (x,y;...)`, `text: '...'` in um.
// https://www.klayout.de/rdb_format.html

#include <algorithm>
#include <cmath>
#include <set>

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

constexpr std::size_t max_depth = 256;

// ------------------------------------------------------------------------------------------------------- writing
/// Decimal nm as um by moving the point: no digit changes.
std::string micrometres(double value_nm) {
    if (!std::isfinite(value_nm)) throw InputError("D0316", "a marker coordinate is not finite");
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, value_nm, std::chars_format::scientific).ptr;
    const std::string text(digits, end);
    const std::size_t e = text.find('e');
    const int exponent = value_nm == 0 ? 0 : std::stoi(text.substr(e + 1)) - 3;
    return exponent == 0 ? text.substr(0, e) : text.substr(0, e) + "e" + std::to_string(exponent);
}
double nanometres(std::string_view um_text, bool& ok) {
    const std::size_t e = std::min(um_text.find_first_of("eE"), um_text.size());
    int exponent = 0;
    double value = 0;
    if (e < um_text.size() && !parse_number(um_text.substr(e + 1), exponent)) ok = false;
    if (std::abs(exponent) > 1000) ok = false;
    if (!ok || !parse_number(std::string(um_text.substr(0, e)) + "e" + std::to_string(exponent + 3), value) ||
        !std::isfinite(value))
        ok = false;
    return value;
}

/// KLayout's quoted string: backslash before backslash and quote.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return out + "'";
}
bool is_word(const std::string& text) {
    const auto letter = [](unsigned char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
    return !text.empty() && letter(static_cast<unsigned char>(text[0])) &&
           std::all_of(text.begin(), text.end(),
                       [&](unsigned char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}
std::string category_path(const std::string& name) { return is_word(name) ? name : quoted(name); }

std::string shape_value(const std::vector<std::array<double, 2>>& points) {
    std::string out = points.size() == 2 ? "edge: (" : points.size() == 1 ? "label: ('',r0 " : "polygon: (";
    for (std::size_t i = 0; i < points.size(); ++i)
        out += (i ? ";" : "") + micrometres(points[i][0]) + "," + micrometres(points[i][1]);
    return out + ")";
}
std::string value_element(const std::string& value) { return "    <value>" + escape_xml(value) + "</value>\n"; }

std::string item(const Marker& marker, const std::string& cell) {
    std::string out = "  <item>\n   <tags/>\n   <category>" + escape_xml(category_path(marker.category)) +
                      "</category>\n   <cell>" + escape_xml(cell) +
                      "</cell>\n   <visited>false</visited>\n   <multiplicity>1</multiplicity>\n   <comment/>\n   "
                      "<image/>\n   <values>\n";
    if (!marker.polygon_nm.empty()) out += value_element(shape_value(marker.polygon_nm));
    out += value_element("text: " + quoted(marker.text));
    return out + "   </values>\n  </item>\n";
}

// ------------------------------------------------------------------------------------------------------- reading
struct Token {
    std::string_view tag, text;
    bool closing = false, empty = false;
};

/// XML as a flat run of tags and text; comments, declarations and doctypes are passed over, entities not expanded here.
class XmlScanner {
  public:
    XmlScanner(std::string_view text, const ReadOptions& options) : text_(text), options_(options) {}

    /// The next tag with the text before it; false at the end.
    bool next(Token& token) {
        token = {};
        for (;;) {
            const std::size_t open = text_.find('<', at_);
            if (open == std::string_view::npos) return false;
            token.text = text_.substr(at_, open - at_);
            at_ = open;
            if (skip_section("<!--", "-->") || skip_section("<?", "?>") || skip_section("<!", ">")) continue;
            break;
        }
        const std::size_t close = text_.find('>', at_);
        if (close == std::string_view::npos) fail("tag has no end");
        std::string_view tag = text_.substr(at_ + 1, close - at_ - 1);
        at_ = close + 1;
        token.closing = tag.starts_with('/');
        if (token.closing) tag.remove_prefix(1);
        token.empty = tag.ends_with('/');
        if (token.empty) tag.remove_suffix(1);
        token.tag = tag.substr(0, tag.find_first_of(" \t\r\n"));
        return true;
    }
    [[noreturn]] void fail(const std::string& what) const {
        fail_at_byte("D0328", "damaged marker database", options_, at_, {what});
    }

  private:
    bool skip_section(std::string_view start, std::string_view end) {
        if (text_.substr(at_, start.size()) != start) return false;
        const std::size_t close = text_.find(end, at_ + start.size());
        if (close == std::string_view::npos) fail("'" + std::string(start) + "' has no end");
        at_ = close + end.size();
        return true;
    }
    std::string_view text_;
    const ReadOptions& options_;
    std::size_t at_ = 0;
};

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80)
        out += static_cast<char>(code);
    else if (code < 0x800)
        out += {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    else if (code < 0x10000)
        out += {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
                static_cast<char>(0x80 | (code & 63))};
    else
        out += {static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 63)),
                static_cast<char>(0x80 | (code >> 6 & 63)), static_cast<char>(0x80 | (code & 63))};
}

/// Character of "lt", "#65" or "#x41"; 0 if unknown.
std::uint32_t entity(std::string_view name) {
    constexpr std::pair<std::string_view, char> named[] = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (const auto& [word, c] : named)
        if (name == word) return static_cast<std::uint32_t>(c);
    if (!name.starts_with('#')) return 0;
    const bool hex = name.size() > 1 && name[1] == 'x';
    const std::string_view digits = name.substr(hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    const bool valid = error == std::errc() && end == digits.data() + digits.size() && code <= 0x10FFFF &&
                       (code < 0xD800 || code > 0xDFFF);
    return valid ? code : 0;
}

std::string expanded(std::string_view text, const XmlScanner& scanner) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '&') {
            out += text[i];
            continue;
        }
        const std::size_t end = text.find(';', i);
        const std::uint32_t code = end == std::string_view::npos ? 0 : entity(text.substr(i + 1, end - i - 1));
        if (code == 0) scanner.fail("entity is not known");
        append_utf8(out, code);
        i = end;
    }
    return out;
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') || text.back() != text.front())
        return std::string(text);
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && i + 2 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

bool is_number_character(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// All "x,y" pairs inside "(x,y;x,y)" or "(x,y;x,y)/(x,y;x,y)".
std::vector<std::array<double, 2>> coordinates(std::string_view text, const XmlScanner& scanner) {
    std::vector<std::array<double, 2>> points;
    double pending = 0;
    bool has_x = false, ok = true;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_number_character(text[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && is_number_character(text[end])) ++end;
        const double value = nanometres(text.substr(i, end - i), ok);
        if (!ok) scanner.fail("coordinate is not a number");
        if (has_x) points.push_back({pending, value});
        pending = value;
        has_x = !has_x;
        i = end;
    }
    if (has_x) scanner.fail("coordinate without a partner");
    return points;
}

void add_value(Marker& marker, std::string_view text, const XmlScanner& scanner) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    const std::size_t colon = text.find(": ");
    if (colon == std::string_view::npos) return;
    std::string_view kind = text.substr(0, colon);
    if (kind.starts_with('[')) kind.remove_prefix(std::min(kind.find(']') + 1, kind.size()));  // [tag] kind
    while (kind.starts_with(' ')) kind.remove_prefix(1);
    const std::string_view value = text.substr(colon + 2);
    if (kind == "text")
        marker.text = unquoted(value);
    else if (kind == "label")
        marker.polygon_nm = coordinates(value.substr(std::min(value.rfind(' '), value.size())), scanner);
    else if (kind == "box") {
        const auto c = coordinates(value, scanner);
        if (c.size() == 2) marker.polygon_nm = {c[0], {c[0][0], c[1][1]}, c[1], {c[1][0], c[0][1]}};
    } else if (kind == "polygon" || kind == "edge" || kind == "edge-pair" || kind == "path")
        marker.polygon_nm = coordinates(value, scanner);
}

}  // namespace

Bytes write_lyrdb(const std::vector<Marker>& markers, const std::string& cell, const std::string& description) {
    std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<report-database>\n <description>" +
                      escape_xml(description) +
                      "</description>\n <original-file/>\n <generator>damascene</generator>\n <top-cell>" +
                      escape_xml(cell) + "</top-cell>\n <tags/>\n <categories>\n";
    std::set<std::string> categories;
    for (const Marker& marker : markers) categories.insert(marker.category);
    for (const std::string& name : categories)
        out += "  <category>\n   <name>" + escape_xml(name) +
               "</name>\n   <description/>\n   <categories/>\n  </category>\n";
    out += " </categories>\n <cells>\n  <cell>\n   <name>" + escape_xml(cell) +
           "</name>\n   <variant/>\n   <references/>\n  </cell>\n </cells>\n <items>\n";
    for (const Marker& marker : markers) out += item(marker, cell);
    return as_bytes(out + " </items>\n</report-database>\n");
}

std::vector<Marker> read_lyrdb(ByteView bytes, const ReadOptions& options) {
    XmlScanner scanner(as_text(bytes), options);
    std::vector<Marker> markers;
    std::vector<std::string_view> open;
    Token token;
    const auto inside_item = [&] { return std::find(open.begin(), open.end(), "item") != open.end(); };
    while (scanner.next(token)) {
        if (open.empty() && token.tag != "report-database")
            fail_at_byte("D0301", "not a marker database", options, 0, {"<report-database> expected"});
        if (!token.closing) {
            if (token.tag == "item") markers.emplace_back();
            if (!token.empty) open.push_back(token.tag);
            if (open.size() > max_depth) scanner.fail("tags are nested deeper than 256");
            continue;
        }
        if (open.empty() || open.back() != token.tag) scanner.fail("closing tag does not match");
        if (inside_item() && token.tag == "category") markers.back().category = unquoted(expanded(token.text, scanner));
        if (inside_item() && token.tag == "value") add_value(markers.back(), expanded(token.text, scanner), scanner);
        open.pop_back();
        if (open.empty()) return markers;
    }
    scanner.fail("the file ends early");
}

}  // namespace damascene::io
