// Source as text: one `sx sy weight` point a line, units of NA/lambda; `#` begins a comment; blank lines are skipped.
#include <cmath>

#include <fmt/format.h>

#include "damascene/optics.hpp"
#include "number_lines.hpp"

namespace damascene::optics {

Source source_from_text(const std::string& text, const std::string& file) {
    constexpr NumberFormat format{"D0340", "a source point has 3 numbers", "sx sy weight",
                                  "a source file holds lines 'sx sy weight' with |s| <= 1 in units of NA/lambda", 3};
    Source source;
    source.description = "points of " + escape_text(file);
    double sum = 0;
    for (const NumberLine& line : number_lines(text, file, format)) {
        const double sx = line.values[0], sy = line.values[1], weight = line.values[2];
        if (weight < 0)
            refuse_line(file, line, line.columns[2], format, fmt::format("negative weight {}", weight),
                        "needs weight >= 0");
        if (std::hypot(sx, sy) > 1 + 1e-9)
            refuse_line(file, line, 1, format, fmt::format("source point ({}, {}) lies outside the pupil", sx, sy),
                        "needs sx^2 + sy^2 <= 1");
        sum += weight;
        source.points.push_back({sx, sy, weight});
    }
    if (!(sum > 0))
        refuse_line(file, {}, 1, format, "the source emits no light: no line has a positive weight",
                    "needs sum of weights > 0");
    return normalised(std::move(source));
}

}  // namespace damascene::optics
