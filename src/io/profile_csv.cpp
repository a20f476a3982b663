// Profiles of a surface as tables: columns x and z with any unit of length, optionally `chain` (a whole number; rows of
// one chain stand together). Each chain is one polyline in the order of its rows.

#include <cmath>
#include <stdexcept>

#include "csv_lines.hpp"
#include "damascene/base/units.hpp"

namespace damascene::io {
namespace {

[[noreturn]] void fail_header(const LocatedTable& t, const ReadOptions& options, const char* code,
                              const std::string& message) {
    fail_at_line(code, message, options, t.header_line, 1, 1, "", "columns x and z with a unit of length expected",
                 "write x [nm],z [nm]");
}

/// Index of the column, and one of its unit in nm.
std::pair<std::size_t, double> length_column(const LocatedTable& t, const ReadOptions& options,
                                             const std::string& name) {
    const int index = t.table.column(name);
    if (index < 0) fail_header(t, options, "D0320", "profile column '" + name + "' is missing");
    const std::string& unit = t.table.units[static_cast<std::size_t>(index)];
    if (unit.empty()) fail_header(t, options, "D0321", "profile column '" + name + "' has no unit");
    try {
        if (parse_unit(unit).dimension == Dimension{.length = 1})
            return {static_cast<std::size_t>(index), to_si(1.0, unit) * 1e9};
    } catch (const std::invalid_argument&) {
    }
    fail_header(t, options, "D0322", "unit '" + escape_text(unit) + "' of profile column '" + name + "' is no length");
}

double number(const LocatedTable& t, const ReadOptions& options, std::size_t row, std::size_t column) {
    double value = 0;
    const std::string& text = t.table.rows[row][column];
    if (!parse_number(text, value) || !std::isfinite(value))
        fail_at_line("D0324", "profile value is not a finite number", options, t.lines[row], 1, 1, text,
                     "row " + std::to_string(row + 1) + ", column '" + t.table.names[column] + "'");
    return value;
}

}  // namespace

std::vector<std::vector<std::array<double, 2>>> read_profile_csv(ByteView bytes, const ReadOptions& options) {
    const LocatedTable t = read_located_csv(bytes, options);
    const auto [x, x_nm] = length_column(t, options, "x");
    const auto [z, z_nm] = length_column(t, options, "z");
    const int chain = t.table.column("chain");
    std::vector<std::vector<std::array<double, 2>>> lines;
    double current = 0;
    for (std::size_t row = 0; row < t.table.rows.size(); ++row) {
        const double which = chain < 0 ? 0 : number(t, options, row, static_cast<std::size_t>(chain));
        if (row == 0 || which != current) lines.emplace_back();
        current = which;
        lines.back().push_back({number(t, options, row, x) * x_nm, number(t, options, row, z) * z_nm});
    }
    for (const auto& line : lines)
        if (line.size() < 2)
            fail_at_line("D0324", "a profile of one point", options, t.header_line, 1, 1, "",
                         "two points or more expected");
    if (lines.empty())
        fail_at_line("D0324", "a profile without points", options, t.header_line, 1, 1, "",
                     "two points or more expected");
    return lines;
}

}  // namespace damascene::io
