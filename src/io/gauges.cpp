// Gauges: cut lines with a target and a measured width.
//
// Columns: name, x [nm], y [nm], angle [deg], kind, target [nm], and optionally measured [nm], sigma [nm], weight.
// Any unit of the right dimension may stand in the header. Absent or empty optional cells read as 0, weight as 1.

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

#include "csv_lines.hpp"
#include "damascene/base/units.hpp"

namespace damascene::io {
namespace {

constexpr Dimension length{.length = 1}, plane_angle{.angle = 1}, pure_number{};

/// One column of numbers in `unit` ("" = pure number); index -1 = absent.
struct Column {
    std::string name;
    int index = -1;
    std::string unit;
};

[[noreturn]] void fail_header(const LocatedTable& t, const ReadOptions& options, std::string code,
                              const std::string& message, const std::string& label, const std::string& help) {
    std::string header;
    for (std::size_t i = 0; i < t.table.names.size() && header.size() < 200; ++i)
        header += (i ? "," : "") + t.table.names[i] + (t.table.units[i].empty() ? "" : " [" + t.table.units[i] + "]");
    fail_at_line(std::move(code), message, options, t.header_line, 1,
                 static_cast<int>(std::max<std::size_t>(header.size(), 1)), header, label, help);
}

[[noreturn]] void fail_cell(const LocatedTable& t, const ReadOptions& options, std::string code,
                            const std::string& message, std::size_t row, const std::string& column,
                            const std::string& text) {
    fail_at_line(std::move(code), message, options, t.lines[row], 1,
                 static_cast<int>(std::clamp<std::size_t>(text.size(), 1, 200)), text,
                 "row " + std::to_string(row + 1) + ", column '" + column + "'");
}

int required_column(const LocatedTable& t, const ReadOptions& options, const std::string& name) {
    const int index = t.table.column(name);
    if (index >= 0) return index;
    const std::string near = nearest_name(name, t.table.names);
    fail_header(t, options, "D0320", "gauge column '" + name + "' is missing",
                "name, x [nm], y [nm], angle [deg], kind and target [nm] expected",
                near.empty() ? "" : "rename '" + escape_text(near) + "'");
}

Column number_column(const LocatedTable& t, const ReadOptions& options, const std::string& name, Dimension dimension,
                     bool required) {
    Column column{name, required ? required_column(t, options, name) : t.table.column(name), {}};
    if (column.index < 0 || dimension == pure_number) return column;
    const std::string& unit = t.table.units[static_cast<std::size_t>(column.index)];
    const std::string example = name + (dimension == length ? " [nm]" : " [deg]");
    if (unit.empty())
        fail_header(t, options, "D0321", "gauge column '" + name + "' has no unit",
                    dimension_name(dimension) + " expected", "write " + example);
    try {
        const ParsedQuantity parsed = parse_unit(unit);
        if (!(parsed.dimension == dimension))
            fail_header(t, options, "D0322", "wrong dimension for gauge column '" + name + "'",
                        "this is " + dimension_name(parsed.dimension) + ", " + dimension_name(dimension) + " expected",
                        "write " + example);
        column.unit = unit;
    } catch (const std::invalid_argument&) {
        fail_header(t, options, "D0322", "unit '" + escape_text(unit) + "' of gauge column '" + name + "' is not known",
                    dimension_name(dimension) + " expected", "write " + example);
    }
    return column;
}

double number(const LocatedTable& t, const ReadOptions& options, const Column& column, std::size_t row, double fallback,
              bool required) {
    if (column.index < 0) return fallback;
    const std::string& text = t.table.rows[row][static_cast<std::size_t>(column.index)];
    if (text.empty() && !required) return fallback;
    double value = 0;
    if (!parse_number(text, value) || !std::isfinite(value))
        fail_cell(t, options, "D0324", "gauge value is not a finite number", row, column.name, text);
    return column.unit.empty() ? value : to_si(value, column.unit);
}

}  // namespace

std::vector<Gauge> read_gauges(ByteView bytes, const ReadOptions& options) {
    const LocatedTable t = read_located_csv(bytes, options);
    const auto name = static_cast<std::size_t>(required_column(t, options, "name"));
    const Column x = number_column(t, options, "x", length, true), y = number_column(t, options, "y", length, true);
    const Column angle = number_column(t, options, "angle", plane_angle, true);
    const auto kind = static_cast<std::size_t>(required_column(t, options, "kind"));
    const Column target = number_column(t, options, "target", length, true);
    const Column measured = number_column(t, options, "measured", length, false),
                 sigma = number_column(t, options, "sigma", length, false);
    const Column weight = number_column(t, options, "weight", pure_number, false);

    std::vector<Gauge> gauges;
    std::unordered_map<std::string, std::size_t> row_of_name;
    for (std::size_t row = 0; row < t.table.rows.size(); ++row) {
        const auto value = [&](const Column& c, double fallback, bool required) {
            return number(t, options, c, row, fallback, required);
        };
        const auto metres = [&](const Column& c, bool required) { return Length::from_si(value(c, 0, required)); };
        const std::vector<std::string>& cells = t.table.rows[row];
        Gauge gauge{cells[name],
                    metres(x, true),
                    metres(y, true),
                    Angle::from_si(value(angle, 0, true)),
                    cells[kind],
                    metres(target, true),
                    metres(measured, false),
                    metres(sigma, false),
                    value(weight, 1, false)};
        if (gauge.sigma < Length() || gauge.weight < 0)
            fail_cell(t, options, "D0324", "gauge sigma or weight is negative", row,
                      gauge.weight < 0 ? "weight" : "sigma", gauge.name);
        const auto [first, is_new] = row_of_name.emplace(gauge.name, row);
        if (!is_new)
            fail_cell(t, options, "D0325",
                      "gauge name '" + escape_text(gauge.name) + "' is used twice, first in row " +
                          std::to_string(first->second + 1),
                      row, "name", gauge.name);
        gauges.push_back(std::move(gauge));
    }
    return gauges;
}

}  // namespace damascene::io
