// Source as text: one `sx sy weight` point a line, units of NA/lambda; `#` begins a comment; blank lines are skipped.
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "damascene/optics.hpp"

namespace damascene::optics {
namespace {

constexpr std::string_view blanks = " \t\r,";

[[noreturn]] void refuse(const std::string& file, int line, int column, std::string_view text, std::string message,
                         std::string label) {
    Diagnostic d;
    d.code = "D0340";
    d.message = std::move(message);
    d.where.file = file;
    d.where.line = line;
    d.where.column = column;
    d.where.text = escape_text(text.substr(0, 200));
    d.label = std::move(label);
    d.help = "a source file holds lines 'sx sy weight' with |s| <= 1 in units of NA/lambda";
    throw InputError(d);
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> found;
    for (std::size_t i = line.find_first_not_of(blanks); i != std::string_view::npos;
         i = line.find_first_not_of(blanks, i)) {
        const std::size_t end = std::min(line.find_first_of(blanks, i), line.size());
        found.push_back(line.substr(i, end - i));
        i = end;
    }
    return found;
}

bool read_number(std::string_view word, double& value) {
    if (word.starts_with('+')) word.remove_prefix(1);
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc() && end == word.data() + word.size() && std::isfinite(value);
}

}  // namespace

Source source_from_text(const std::string& text, const std::string& file) {
    Source source;
    source.description = "points of " + escape_text(file);
    int number = 0;
    double sum = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view whole = rest.substr(0, end), line = whole.substr(0, whole.find('#'));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        const auto row = words(line);
        if (row.empty()) continue;
        if (row.size() != 3)
            refuse(file, number, 1, whole, fmt::format("a source point has 3 numbers, this line has {}", row.size()),
                   "sx sy weight");
        double value[3];
        for (std::size_t i = 0; i < 3; ++i)
            if (!read_number(row[i], value[i]))
                refuse(file, number, static_cast<int>(row[i].data() - whole.data()) + 1, whole,
                       fmt::format("'{}' is not a finite number", escape_text(row[i].substr(0, 40))), "sx sy weight");
        if (value[2] < 0)
            refuse(file, number, static_cast<int>(row[2].data() - whole.data()) + 1, whole,
                   fmt::format("negative weight {}", value[2]), "needs weight >= 0");
        if (std::hypot(value[0], value[1]) > 1 + 1e-9)
            refuse(file, number, 1, whole,
                   fmt::format("source point ({}, {}) lies outside the pupil", value[0], value[1]),
                   "needs sx^2 + sy^2 <= 1");
        sum += value[2];
        source.points.push_back({value[0], value[1], value[2]});
    }
    if (!(sum > 0))
        refuse(file, number, 1, "", "the source emits no light: no line has a positive weight",
               "needs sum of weights > 0");
    return normalised(std::move(source));
}

}  // namespace damascene::optics
