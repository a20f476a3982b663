// Text files of numbers: a fixed count of finite numbers a line, blanks or commas between them; `#` begins a comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace damascene::optics {

/// What a file holds, for its errors: their code, "a source point has 3 numbers", "sx sy weight", the help.
struct NumberFormat {
    std::string_view code, row, names, help;
    std::size_t count;
};
struct NumberLine {
    int line = 0;
    std::string_view text;
    std::vector<double> values;
    std::vector<int> columns;  ///< where each number begins
};
/// Lines that hold numbers, in order. \throws InputError format.code with line and column
std::vector<NumberLine> number_lines(const std::string& text, const std::string& file, const NumberFormat&);
[[noreturn]] void refuse_line(const std::string& file, const NumberLine&, int column, const NumberFormat&,
                              std::string message, std::string label);

}  // namespace damascene::optics
