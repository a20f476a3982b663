// Lines of numbers; see number_lines.hpp.
#include "number_lines.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "damascene/base.hpp"

namespace damascene::optics {
namespace {

constexpr std::string_view blanks = " \t\r,";

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

void refuse_line(const std::string& file, const NumberLine& line, int column, const NumberFormat& format,
                 std::string message, std::string label) {
    Diagnostic d;
    d.code = format.code;
    d.message = std::move(message);
    d.where.file = file;
    d.where.line = line.line;
    d.where.column = column;
    d.where.text = escape_text(line.text.substr(0, 200));
    d.label = std::move(label);
    d.help = format.help;
    throw InputError(d);
}

std::vector<NumberLine> number_lines(const std::string& text, const std::string& file, const NumberFormat& format) {
    std::vector<NumberLine> lines;
    int number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        NumberLine line{++number, rest.substr(0, end), {}, {}};
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto row = words(line.text.substr(0, line.text.find('#')));
        if (row.empty()) continue;
        if (row.size() != format.count)
            refuse_line(file, line, 1, format, fmt::format("{}, this line has {}", format.row, row.size()),
                        std::string(format.names));
        for (const std::string_view word : row) {
            line.columns.push_back(static_cast<int>(word.data() - line.text.data()) + 1);
            if (!read_number(word, line.values.emplace_back()))
                refuse_line(file, line, line.columns.back(), format,
                            fmt::format("'{}' is not a finite number", escape_text(word.substr(0, 40))),
                            std::string(format.names));
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace damascene::optics
