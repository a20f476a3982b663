// Measured sizes: rows of numbers with units, every fault at its line and column.
#include "damascene/io/measured_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

#include "csv_lines.hpp"
#include "damascene/base/units.hpp"

namespace damascene::io {
namespace {

constexpr Dimension length{.length = 1}, pure_number{};

/// What a column holds. unit: the one values are returned in ("" = pure number, "%" = a ratio).
struct ColumnRule {
    const char* name;
    Dimension dimension;
    const char* unit;
};
constexpr ColumnRule number_columns[] = {
    {"measured", length, "nm"}, {"x0", length, "nm"},    {"y0", length, "nm"},        {"x1", length, "nm"},
    {"y1", length, "nm"},       {"pitch", length, "nm"}, {"width", length, "nm"},     {"length", length, "nm"},
    {"target", length, "nm"},   {"sigma", length, "nm"}, {"weight", pure_number, ""}, {"dose", pure_number, "%"},
    {"focus", length, "nm"}};
const std::vector<std::string> text_columns = {"name", "kind", "anchor", "hold_out"};

/// First character (1-based) and width of cell `index` in the record that begins in `line`.
struct Place {
    int column = 1, length = 1;
    std::string text;
};
Place place_of(std::string_view file, int line, std::size_t index) {
    std::size_t at = file.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    for (int i = 1; i < line; ++i) at = std::min(file.find('\n', at), file.size() - 1) + 1;
    const std::string_view text = file.substr(at, file.find_first_of("\r\n", at) - at);
    std::size_t begin = 0;
    for (bool quoted = false; index > 0 && begin < text.size(); ++begin) {
        quoted ^= text[begin] == '"';
        index -= text[begin] == ',' && !quoted;
    }
    const std::size_t end = std::min(text.find(',', begin), text.size());
    return {static_cast<int>(begin) + 1, static_cast<int>(std::max<std::size_t>(end - begin, 1)), std::string(text)};
}

class SizeTable {
  public:
    SizeTable(ByteView bytes, const ReadOptions& options)
        : file_(as_text(bytes)), options_(options), located_(read_located_csv(bytes, options)) {
        check_names();
        for (const ColumnRule& rule : number_columns) check_unit(rule);
    }

    std::size_t rows() const { return located_.table.rows.size(); }
    bool has(const char* name) const { return located_.table.column(name) >= 0; }

    [[noreturn]] void refuse(std::string code, const std::string& message, std::size_t row, const char* name,
                             const std::string& label, const std::string& help = {}) const {
        const int index = std::max(located_.table.column(name), 0);
        const Place at = place_of(file_, located_.lines[row], static_cast<std::size_t>(index));
        fail_at_line(std::move(code), message, options_, located_.lines[row], at.column, at.length, at.text, label,
                     help);
    }

    std::string text(std::size_t row, const char* name) const {
        const int index = located_.table.column(name);
        return index < 0 ? "" : located_.table.rows[row][static_cast<std::size_t>(index)];
    }

    std::optional<double> number(std::size_t row, const char* name) const {
        const std::string cell = text(row, name);
        if (cell.empty()) return {};
        double value = 0;
        if (!parse_number(cell, value) || !std::isfinite(value))
            refuse("D0324", "'" + escape_text(cell) + "' is not a finite number", row, name,
                   "column '" + std::string(name) + "'");
        const ColumnRule& rule = *std::find_if(std::begin(number_columns), std::end(number_columns),
                                               [&](const ColumnRule& r) { return std::string_view(r.name) == name; });
        const std::string& unit = located_.table.units[static_cast<std::size_t>(located_.table.column(name))];
        if (unit.empty() || unit == rule.unit)
            return rule.unit == std::string_view("%") && !unit.empty() ? value / 100 : value;
        return rule.dimension == length ? to_si(value, unit) * 1e9 : to_si(value, unit);
    }
    double number(std::size_t row, const char* name, double fallback) const {
        return number(row, name).value_or(fallback);
    }
    double required(std::size_t row, const char* name) const {
        if (const auto value = number(row, name)) return *value;
        refuse("D0324", "'" + std::string(name) + "' is empty", row, name, "every gauge has one");
    }
    bool flag(std::size_t row, const char* name) const {
        const std::string cell = text(row, name);
        if (cell.empty() || cell == "no" || cell == "0" || cell == "false") return false;
        if (cell == "yes" || cell == "1" || cell == "true") return true;
        refuse("D0324", "'" + escape_text(cell) + "' is neither yes nor no", row, name,
               "column '" + std::string(name) + "': yes, no or empty");
    }

  private:
    [[noreturn]] void refuse_header(std::string code, const std::string& message, std::size_t column,
                                    const std::string& label, const std::string& help) const {
        const Place at = place_of(file_, located_.header_line, column);
        fail_at_line(std::move(code), message, options_, located_.header_line, at.column, at.length, at.text, label,
                     help);
    }

    void check_names() const {
        std::vector<std::string> known = text_columns;
        for (const ColumnRule& rule : number_columns) known.emplace_back(rule.name);
        const std::vector<std::string>& names = located_.table.names;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (std::find(known.begin(), known.end(), names[i]) == known.end()) {
                const std::string near = nearest_name(names[i], known);
                std::string all;
                for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
                refuse_header("D0320", "unknown gauge column '" + escape_text(names[i]) + "'", i,
                              near.empty() ? "known: " + all : "did you mean '" + near + "'?", "");
            }
            if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
                names.begin() + static_cast<std::ptrdiff_t>(i))
                refuse_header("D0320", "gauge column '" + escape_text(names[i]) + "' stands twice", i, "keep one", "");
        }
        for (const char* name : {"name", "measured"})
            if (!has(name))
                refuse_header("D0320", "gauge column '" + std::string(name) + "' is missing", 0,
                              "name, measured [nm] and a place: x0 y0 x1 y1 [nm], or kind, pitch [nm], width [nm]", "");
    }

    void check_unit(const ColumnRule& rule) const {
        const int index = located_.table.column(rule.name);
        if (index < 0) return;
        const auto column = static_cast<std::size_t>(index);
        const std::string& unit = located_.table.units[column];
        const std::string help =
            "write " + std::string(rule.name) + (*rule.unit ? " [" + std::string(rule.unit) + "]" : "");
        if (unit.empty() && rule.dimension == length)
            refuse_header("D0321", "gauge column '" + std::string(rule.name) + "' has no unit", column,
                          dimension_name(rule.dimension) + " expected", help);
        if (unit.empty()) return;
        try {
            if (parse_unit(unit).dimension == rule.dimension) return;
        } catch (const std::invalid_argument&) {
            refuse_header("D0322", "unit '" + escape_text(unit) + "' of gauge column '" + rule.name + "' is not known",
                          column, dimension_name(rule.dimension) + " expected", help);
        }
        refuse_header("D0322", "wrong dimension for gauge column '" + std::string(rule.name) + "'", column,
                      dimension_name(rule.dimension) + " expected", help);
    }

    std::string_view file_;
    const ReadOptions& options_;
    LocatedTable located_;
};

std::optional<std::array<double, 4>> cut_of(const SizeTable& t, std::size_t row) {
    std::array<double, 4> cut{};
    const char* const names[] = {"x0", "y0", "x1", "y1"};
    std::size_t given = 0;
    for (std::size_t i = 0; i < 4; ++i)
        if (const auto value = t.number(row, names[i])) cut[i] = *value, ++given;
    if (given == 0) return {};
    if (given < 4) t.refuse("D0324", "the cut of this gauge is incomplete", row, "x0", "x0 y0 x1 y1, or none of them");
    if (cut[0] == cut[2] && cut[1] == cut[3])
        t.refuse("D0324", "the cut of this gauge has no length", row, "x0", "two different points");
    return cut;
}

void check_place(const SizeTable& t, std::size_t row, const MeasuredSize& m) {
    if (m.pitch_nm == 0 && !m.cut_nm)
        t.refuse("D0324", "this gauge has no place", row, "name",
                 "a cut x0 y0 x1 y1, or a pattern: kind, pitch, width");
    if (m.pitch_nm == 0) return;
    if (m.kind != "lines" && m.kind != "contacts")
        t.refuse("D0324", "'" + escape_text(m.kind) + "' is no pattern", row, "kind", "lines or contacts");
    if (!(m.pitch_nm >= 4) || !(m.pitch_nm <= 20000))
        t.refuse("D0324", "the pitch is out of range", row, "pitch", "4 nm .. 20 um");
    if (!(m.width_nm >= 1) || !(m.width_nm < m.pitch_nm) || !(m.length_nm < m.pitch_nm) || m.length_nm < 0)
        t.refuse("D0324", "the width does not fit into the pitch", row, "width", "1 nm <= width < pitch");
    for (const auto& [name, value] : {std::pair{"pitch", m.pitch_nm}, {"width", m.width_nm}, {"length", m.length_nm}})
        if (std::abs(value - std::round(value)) > 1e-6)
            t.refuse("D0324", std::string("the ") + name + " is not a whole number of nm", row, name,
                     "patterns are drawn on a 1 nm grid");
}

MeasuredSize row_of(const SizeTable& t, std::size_t row) {
    MeasuredSize m{t.text(row, "name"), t.text(row, "kind"), cut_of(t, row)};
    m.pitch_nm = t.number(row, "pitch", 0), m.width_nm = t.number(row, "width", 0),
    m.length_nm = t.number(row, "length", 0);
    check_place(t, row, m);
    m.measured_nm = t.required(row, "measured");
    if (!(m.measured_nm > 0)) t.refuse("D0324", "a measured size is not positive", row, "measured", "more than 0 nm");
    m.target_nm = t.number(row, "target", 0);
    if (t.has("sigma")) m.sigma_nm = t.required(row, "sigma");
    if (t.has("sigma") && !(m.sigma_nm > 0))
        t.refuse("D0452", "the sigma of gauge '" + escape_text(m.name) + "' is not positive", row, "sigma",
                 "the standard deviation of the measurement, more than 0 nm");
    m.weight = t.number(row, "weight", 1);
    if (m.weight < 0) t.refuse("D0324", "a weight is negative", row, "weight", "0 or more");
    m.dose = t.number(row, "dose", 1);
    if (!(m.dose >= 0.1) || !(m.dose <= 4)) t.refuse("D0324", "the dose is out of range", row, "dose", "10 % .. 400 %");
    m.focus_nm = t.number(row, "focus", 0);
    if (!(std::abs(m.focus_nm) <= 10000))
        t.refuse("D0324", "the focus is out of range", row, "focus", "-10 um .. 10 um");
    m.anchor = t.flag(row, "anchor"), m.hold_out = t.flag(row, "hold_out");
    return m;
}

}  // namespace

MeasuredSizes read_measured_sizes(ByteView bytes, const ReadOptions& options) {
    const SizeTable t(bytes, options);
    MeasuredSizes out{{}, t.has("sigma"), t.has("anchor")};
    std::unordered_map<std::string, std::size_t> row_of_name;
    for (std::size_t row = 0; row < t.rows(); ++row) {
        out.rows.push_back(row_of(t, row));
        const std::string& name = out.rows.back().name;
        const auto [first, is_new] = row_of_name.emplace(name, row);
        if (!is_new)
            t.refuse("D0325", "gauge name '" + escape_text(name) + "' is used twice", row, "name",
                     "first in row " + std::to_string(first->second + 1));
    }
    return out;
}

}  // namespace damascene::io
