// Quantities as text. Grammar:  quantity := number unit;  unit := factor (("*" | "/" | " ") factor)*;
// factor := name ("^" int)?.  Decimal prefixes are applied to the digit string, so "193 nm", "0.193 um" and
// "1.93e-7 m" are the same double.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "damascene/base/quantity.hpp"

namespace damascene {

struct ParsedQuantity {
    double si = 0;
    Dimension dimension;
    bool has_unit = false;
    std::string unit;  ///< as written
};

/// Parses "193 nm", "0.1 Torr", "220 degC", "30 mJ/cm^2", "12 %" or "0.5". Returns the reason on failure.
struct QuantityParse {
    std::optional<ParsedQuantity> value;
    std::string error;       ///< what is wrong, "" on success
    int error_position = 0;  ///< 0-based character in the text
    std::string help;        ///< e.g. "'A' is ampere; write angstrom"
};
QuantityParse parse_quantity(std::string_view text);

/// SI factor and dimension of a unit expression ("nm", "mJ/cm^2"); throws std::invalid_argument if unknown. For degC
/// the factor is that of a difference; use to_si for absolute temperatures.
ParsedQuantity parse_unit(std::string_view unit);

/// `value` of `unit` in SI, rounded once: to_si(90, "nm") == 90e-9. degC is absolute: to_si(20, "degC") == 293.15.
double to_si(double value, std::string_view unit);

/// "a length", "a time", "a dose", ... for messages.
std::string dimension_name(Dimension dimension);

/// `si` written in `unit` with the shortest digits that read back to the same double: "193.368 nm".
std::string format_quantity(double si, std::string_view unit);

}  // namespace damascene
