// Quantities as text: exact decimal scaling, one rounding.
//
// Every unit is the rational  numerator / denominator * 10^exponent  of its SI unit, so the digits of a number are
// multiplied, divided and shifted exactly and converted to double once.
#include "damascene/base/units.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include "damascene/base/error.hpp"
#include "decimal.hpp"

namespace damascene {
namespace {

constexpr Dimension none{}, length{.length = 1}, mass{.mass = 1}, time{.time = 1}, current{.current = 1},
    temperature{.temperature = 1}, amount{.amount = 1}, angle{.angle = 1}, frequency{.time = -1},
    force{.length = 1, .mass = 1, .time = -2}, pressure{.length = -1, .mass = 1, .time = -2},
    energy{.length = 2, .mass = 1, .time = -2}, power{.length = 2, .mass = 1, .time = -3},
    charge{.time = 1, .current = 1}, voltage{.length = 2, .mass = 1, .time = -3, .current = -1},
    molar_energy{.length = 2, .mass = 1, .time = -2, .amount = -1};

struct UnitName {
    std::string_view name;
    Dimension dimension;
    int exponent = 0;
    std::uint64_t numerator = 1, denominator = 1;
};

constexpr std::uint64_t pi_e18 = 3141592653589793238;  // pi * 10^18
constexpr UnitName units[] = {
    {"m", length},
    {"km", length, 3},
    {"cm", length, -2},
    {"mm", length, -3},
    {"um", length, -6},
    {"nm", length, -9},
    {"pm", length, -12},
    {"angstrom", length, -10},
    {"kg", mass},
    {"g", mass, -3},
    {"mg", mass, -6},
    {"ug", mass, -9},
    {"s", time},
    {"ms", time, -3},
    {"us", time, -6},
    {"ns", time, -9},
    {"ps", time, -12},
    {"fs", time, -15},
    {"min", time, 0, 60},
    {"h", time, 0, 3600},
    {"A", current},
    {"mA", current, -3},
    {"uA", current, -6},
    {"nA", current, -9},
    {"K", temperature},
    {"mK", temperature, -3},
    {"degC", temperature},
    {"mol", amount},
    {"mmol", amount, -3},
    {"kmol", amount, 3},
    {"rad", angle},
    {"mrad", angle, -3},
    {"urad", angle, -6},
    {"deg", angle, -18, pi_e18, 180},
    {"Hz", frequency},
    {"kHz", frequency, 3},
    {"MHz", frequency, 6},
    {"GHz", frequency, 9},
    {"N", force},
    {"mN", force, -3},
    {"uN", force, -6},
    {"Pa", pressure},
    {"mPa", pressure, -3},
    {"hPa", pressure, 2},
    {"kPa", pressure, 3},
    {"MPa", pressure, 6},
    {"GPa", pressure, 9},
    {"bar", pressure, 5},
    {"mbar", pressure, 2},
    {"atm", pressure, 0, 101325},
    {"Torr", pressure, 0, 101325, 760},
    {"mTorr", pressure, -3, 101325, 760},
    // Gas at 0 degC and 101325 Pa: n = p V / (R T), R = 8.31446261815324 J/(mol K);
    // 101325 / (831446261815324 * 27315 * 60) reduced. 1 sccm = 7.4358e-7 mol/s.
    {"sccm", amount + frequency, 10, 1351, 18168763713188460048u},
    {"slm", amount + frequency, 13, 1351, 18168763713188460048u},
    {"J", energy},
    {"mJ", energy, -3},
    {"uJ", energy, -6},
    {"nJ", energy, -9},
    {"kJ", energy, 3},
    {"eV", energy, -28, 1602176634},
    {"meV", energy, -31, 1602176634},
    {"keV", energy, -25, 1602176634},
    {"MeV", energy, -22, 1602176634},
    {"cal", energy, -3, 4184},
    {"kcal", energy, 0, 4184},
    {"W", power},
    {"mW", power, -3},
    {"uW", power, -6},
    {"kW", power, 3},
    {"C", charge},
    {"mC", charge, -3},
    {"uC", charge, -6},
    {"nC", charge, -9},
    {"V", voltage},
    {"mV", voltage, -3},
    {"kV", voltage, 3},
    {"MV", voltage, 6},
    {"Td", voltage + length + length, -21},
    {"%", none, -2},
    {"ppm", none, -6},
    {"cycle", none},
    {"cycles", none},
    {"wave", none},
    {"waves", none},
    {"count", none},
    {"counts", none},
};

const UnitName* find_unit(std::string_view name) {
    const auto found =
        std::find_if(std::begin(units), std::end(units), [&](const UnitName& u) { return u.name == name; });
    return found == std::end(units) ? nullptr : found;
}

// Spellings people write that are not units here, with the one to use.
struct Misspelling {
    std::string_view word, help;
};
constexpr Misspelling misspellings[] = {
    {"micron", "write um"},
    {"microns", "write um"},
    {"nanometer", "write nm"},
    {"ang", "write angstrom"},
    {"Ang", "write angstrom"},
    {"sec", "write s"},
    {"second", "write s"},
    {"hr", "write h"},
    {"hour", "write h"},
    {"d", "write 24 h for a day"},
    {"minute", "write min"},
    {"C", "'C' is coulomb; write degC"},
    {"degree", "write deg for an angle, degC for a temperature"},
    {"degrees", "write deg"},
    {"degF", "write degC or K"},
    {"F", "temperatures are in degC or K"},
    {"mTor", "write mTorr"},
    {"SCCM", "write sccm"},
    {"SLM", "write slm"},
    {"KeV", "write keV"},
    {"ev", "write eV"},
    {"psi", "write kPa"},
    {"inch", "write mm"},
    {"in", "write mm"},
    {"percent", "write %"},
    {"pct", "write %"},
    {"ppb", "write ppm"},
    {"lambda", "write waves"},
    {"px", "write nm"},
    {"dbu", "write nm"},
    {"nanometers", "write nm"},
    {"L", "write cm^3"},
    {"l", "write cm^3"},
    {"rpm", "write Hz"},
};

std::string unit_help(std::string_view name) {
    for (const Misspelling& m : misspellings)
        if (m.word == name) return std::string(m.help);
    std::vector<std::string> names;
    for (const UnitName& u : units) names.emplace_back(u.name);
    if (const std::string near = nearest_name(name, names); !near.empty()) return "did you mean '" + near + "'?";
    return "lengths: nm um angstrom; times: s min; doses: mJ/cm^2; pressures: Pa Torr; angles: deg";
}

// Where and why a text is refused; `at` is a byte offset.
struct Refusal {
    std::string error;
    std::size_t at;
    std::string help;
};

struct Unit {
    Decimal factor{.digits = "1"};
    Dimension dimension;
    bool celsius = false;  ///< the whole unit is degC, an absolute scale
};

bool starts_with(std::string_view text, std::size_t at, std::string_view word) {
    return text.substr(std::min(at, text.size()), word.size()) == word;
}

// Units as other people's keyboards write them: both micro signs, both angstrom signs.
constexpr std::string_view micro_sign = "\u00b5", greek_mu = "\u03bc", a_with_ring = "\u00c5", angstrom_sign = "\u212b";

struct Glyph {
    std::string_view glyph, help;
};
constexpr Glyph refused_glyphs[] = {
    {"\u00b2", "write ^2"},
    {"\u00b3", "write ^3"},
    {"\u207b", "write ^-1"},
    {"\u00b9", "write ^-1"},
    {"\u00b7", "write * or a space"},
    {"\u22c5", "write * or a space"},
    {"\u00d7", "write *"},
    {"\u00b0", "write deg for an angle, degC for a temperature"},
    {"\u2103", "write degC"},
    {"\u2030", "write %"},
    {"\u03a9", "resistances are not used"},
    {"A\u030a", "write angstrom (the text is not in normal form NFC)"},
    {"(", "no parentheses: write W/m/K"},
    {")", "no parentheses: write W/m/K"},
    {"**", "write ^ for a power"},
    {"\u00a0", "write an ordinary space"},
    {"\u202f", "write an ordinary space"},
    {"\u2212", "write an ordinary minus sign"},
    {"\u03c3", "sigma is a pure number: write it bare"},
    {"\u03bb", "write waves"},
};

std::optional<Refusal> refused_glyph(std::string_view text, std::size_t at) {
    for (const Glyph& g : refused_glyphs)
        if (starts_with(text, at, g.glyph))
            return Refusal{"'" + std::string(g.glyph) + "' is not allowed in a quantity", at, std::string(g.help)};
    return std::nullopt;
}

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t'; }

// Reads one unit expression from `at` to the end of the text.
class UnitReader {
  public:
    UnitReader(std::string_view text, std::size_t at) : text_(text), at_(at), start_(at) {}

    std::optional<Refusal> read(Unit& unit) {
        int sign = 1;
        bool first = true;
        while (true) {
            if (auto refusal = factor(unit, sign, first)) return refusal;
            skip_spaces();
            if (at_ == text_.size()) break;
            first = false;
            sign = text_[at_] == '/' ? -1 : 1;
            if (starts_with(text_, at_, "**")) return refused_glyph(text_, at_);
            if (text_[at_] == '/' || text_[at_] == '*') ++at_;
            skip_spaces();
        }
        if (celsius_at_ && factors_ > 1)
            return Refusal{"degC stands alone: it is an absolute temperature", *celsius_at_,
                           "write K in a composite unit"};
        unit.celsius = celsius_at_.has_value();
        return particle_energy(unit);
    }

  private:
    void skip_spaces() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }

    // Energies per mole are energies per particle: 1 eV = 96.485332 kJ/mol.
    static std::optional<Refusal> particle_energy(Unit& unit) {
        if (unit.dimension == molar_energy) {
            unit.factor = divided_by(unit.factor, 602214076);
            unit.factor.exponent -= 15;
            unit.dimension = energy;
        }
        return std::nullopt;
    }

    std::string name() {
        std::string out;
        const auto take = [&](std::string_view glyph, std::string_view written) {
            if (!starts_with(text_, at_, glyph)) return false;
            at_ += glyph.size();
            out += written;
            return true;
        };
        if (take("%", "%") || take(a_with_ring, "angstrom") || take(angstrom_sign, "angstrom")) return out;
        if (!take(micro_sign, "u")) take(greek_mu, "u");
        while (at_ < text_.size() && is_letter(text_[at_])) out += text_[at_++];
        return out;
    }

    // "^" int; the exponent is 1 where there is none.
    std::optional<Refusal> power(int& exponent) {
        exponent = 1;
        if (at_ == text_.size() || text_[at_] != '^') return std::nullopt;
        const std::size_t caret = at_++;
        const bool negative = starts_with(text_, at_, "-");
        if (negative || starts_with(text_, at_, "+")) ++at_;
        if (at_ == text_.size() || !is_digit(text_[at_]))
            return Refusal{"a whole number must follow '^'", caret, "write um^2 or cm^-3"};
        const std::size_t digits = at_;
        exponent = text_[at_++] - '0';
        if (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.'))
            return Refusal{"a unit's power must be a whole number from -9 to 9", digits, ""};
        if (exponent == 0) return Refusal{"a unit's power must not be zero", digits, "leave the unit out"};
        if (negative) exponent = -exponent;
        return std::nullopt;
    }

    // One factor, raised to its power and to `sign` (-1 after a slash).
    std::optional<Refusal> factor(Unit& unit, int sign, bool first) {
        const std::size_t begin = at_;
        if (auto refusal = refused_glyph(text_, at_)) return refusal;
        if (at_ == text_.size())
            return Refusal{"a unit is missing after '" + std::string(1, last_sign()) + "'", at_, ""};
        if (first && starts_with(text_, at_, "1") && at_ + 1 < text_.size() &&
            (text_[at_ + 1] == '/' || text_[at_ + 1] == ' ')) {
            ++at_;
            return std::nullopt;
        }
        const std::string word = name();
        if (word.empty()) return unexpected(begin);
        const UnitName* known = find_unit(word);
        if (!known) return unknown(word, begin);
        if (word == "C" && previous_ == "deg")
            return Refusal{"'deg C' would be degrees times coulomb", begin, "write degC"};
        previous_ = word;
        if (at_ < text_.size() && is_digit(text_[at_]))
            return Refusal{"a power needs '^'", at_, "write " + word + "^" + text_[at_]};
        int exponent = 1;
        if (auto refusal = power(exponent)) return refusal;
        if (auto refusal = refused_glyph(text_, at_)) return refusal;
        ++factors_;
        if (word == "degC") {
            celsius_at_ = begin;
            if (exponent != 1) ++factors_;
        }
        return multiply(unit, *known, sign * exponent, begin);
    }

    std::optional<Refusal> multiply(Unit& unit, const UnitName& u, int exponent, std::size_t begin) {
        weight_ += std::abs(exponent);
        if (weight_ > 12) return Refusal{"the unit has too many factors", begin, ""};
        for (int i = 0; i < std::abs(exponent); ++i) {
            const bool up = exponent > 0;
            unit.dimension = unit.dimension + (up ? u.dimension : -u.dimension);
            unit.factor.exponent += up ? u.exponent : -u.exponent;
            if (const auto above = up ? u.numerator : u.denominator; above != 1)
                unit.factor = times(unit.factor, above);
            if (const auto below = up ? u.denominator : u.numerator; below != 1)
                unit.factor = divided_by(unit.factor, below);
        }
        return std::nullopt;
    }

    char last_sign() const {
        for (std::size_t i = at_; i-- > start_;)
            if (!is_space(text_[i])) return text_[i];
        return ' ';
    }

    Refusal unexpected(std::size_t begin) const {
        const char c = text_[begin];
        if (c == '/') return {"a unit cannot begin with '/'", begin, "write 1" + std::string(text_.substr(begin))};
        if (is_digit(c)) return {"a number cannot stand inside a unit", begin, "one number, then its unit"};
        const std::string shown = escape_text(text_.substr(begin, static_cast<unsigned char>(c) < 0x80 ? 1 : 2));
        return {"unexpected '" + shown + "' in a unit", begin, ""};
    }

    static Refusal unknown(const std::string& word, std::size_t begin) {
        return {"unknown unit '" + escape_text(word) + "'", begin, unit_help(word)};
    }

    std::string_view text_;
    std::size_t at_, start_;
    std::string previous_;
    std::optional<std::size_t> celsius_at_;
    int factors_ = 0, weight_ = 0;
};

// number := sign? digits ("." digits)? (("e"|"E") sign? digits)?
std::optional<Refusal> read_number(std::string_view text, std::size_t& at, Decimal& number) {
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) number.negative = text[at++] == '-';
    std::string digits;
    int shift = 0;
    const auto take_digits = [&](int step) {
        std::size_t count = 0;
        for (; at < text.size() && is_digit(text[at]); ++at, ++count) {
            digits += text[at];
            shift += step;
        }
        return count;
    };
    if (take_digits(0) == 0) return Refusal{"a number must come first", at, "for example \"90 nm\""};
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (take_digits(-1) == 0) return Refusal{"digits must follow the decimal point", at, ""};
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        std::size_t p = at + 1;
        const bool negative = p < text.size() && text[p] == '-';
        if (p < text.size() && (text[p] == '-' || text[p] == '+')) ++p;
        if (p < text.size() && is_digit(text[p])) {
            int exponent = 0;
            for (; p < text.size() && is_digit(text[p]); ++p)
                exponent = std::min(exponent * 10 + (text[p] - '0'), 100000);
            shift += negative ? -exponent : exponent;
            at = p;
        }
    }
    const std::size_t first = digits.find_first_not_of('0');
    number.digits = first == std::string::npos ? "0" : digits.substr(first);
    number.exponent = number.digits == "0" ? 0 : shift;
    return std::nullopt;
}

// What follows a number and is neither its end nor a unit: digit grouping, decimal commas, other bases.
std::optional<Refusal> bad_number_tail(std::string_view text, std::size_t at) {
    const char c = at < text.size() ? text[at] : '\0';
    if (c == ',')
        return Refusal{"a comma is not allowed in a number", at, "the decimal sign is a point; digits are not grouped"};
    if (c == '.') return Refusal{"a second decimal point", at, "digits are not grouped"};
    if (c == '_' || c == '\'') return Refusal{"digits are not grouped", at, "write 1000, not 1_000"};
    if (c == 'x' || c == 'X') return Refusal{"numbers are decimal", at, ""};
    return std::nullopt;
}

std::optional<Refusal> not_a_number(std::string_view text, std::size_t at) {
    std::size_t p = at;
    if (p < text.size() && (text[p] == '-' || text[p] == '+')) ++p;
    for (std::string_view word : {"nan", "NaN", "NAN", "inf", "Inf", "INF", "infinity"})
        if (starts_with(text, p, word) && (p + word.size() == text.size() || !is_letter(text[p + word.size()])))
            return Refusal{"'" + std::string(word) + "' is not a number", at, "write a finite number"};
    if (p < text.size() && text[p] == '.')
        return Refusal{"a digit must stand before the decimal point", p, "write 0.5, not .5"};
    return refused_glyph(text, p);
}

// Schoolbook product of the digits of a number and of a unit factor.
Decimal product(const Decimal& a, const Decimal& b) {
    std::string digits(a.digits.size() + b.digits.size(), '\0');
    for (std::size_t i = a.digits.size(); i-- > 0;) {
        int carry = 0;
        for (std::size_t j = b.digits.size(); j-- > 0;) {
            const int sum = digits[i + j + 1] + (a.digits[i] - '0') * (b.digits[j] - '0') + carry;
            digits[i + j + 1] = static_cast<char>(sum % 10);
            carry = sum / 10;
        }
        digits[i] = static_cast<char>(digits[i] + carry);
    }
    for (char& d : digits) d = static_cast<char>(d + '0');
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return {a.negative != b.negative, digits.substr(first), a.exponent + b.exponent};
}

// T/K = t/degC + 273.15.
Decimal ice_point(bool negative) { return {negative, "27315", -2}; }

std::optional<double> in_si(const Decimal& number, const Unit& unit) {
    return unit.celsius ? to_double(plus(number, ice_point(false))) : to_double(product(number, unit.factor));
}

std::string note_on(std::string_view unit) {
    if (unit == "A") return "'A' is ampere; write angstrom";
    if (unit == "C") return "'C' is coulomb; write degC";
    if (unit == "h") return "'h' is hour";
    return "";
}

// Columns count characters, not bytes.
int character_position(std::string_view text, std::size_t byte) {
    const auto head = text.substr(0, byte);
    return static_cast<int>(std::count_if(head.begin(), head.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::optional<Refusal> read_quantity(std::string_view text, ParsedQuantity& out) {
    if (text.size() > 256) return Refusal{"the quantity is longer than 256 bytes", 0, ""};
    std::size_t at = 0, end = text.size();
    while (at < end && is_space(text[at])) ++at;
    while (end > at && is_space(text[end - 1])) --end;
    text = text.substr(0, end);
    if (at == end) return Refusal{"the quantity is empty", 0, "for example \"90 nm\""};
    const std::size_t begin = at;
    if (auto refusal = not_a_number(text, at)) return refusal;
    Decimal number;
    if (auto refusal = read_number(text, at, number)) return refusal;
    if (auto refusal = bad_number_tail(text, at)) return refusal;
    while (at < end && is_space(text[at])) ++at;
    Unit unit;
    out.has_unit = at < end;
    out.unit = text.substr(at);
    if (out.has_unit)
        if (auto refusal = UnitReader(text, at).read(unit)) return refusal;
    const auto si = in_si(number, unit);
    if (!si) return Refusal{"the number is outside the range of double precision", begin, ""};
    if (unit.celsius && *si < 0) return Refusal{"the temperature is below absolute zero (-273.15 degC)", begin, ""};
    out.si = *si;
    out.dimension = unit.dimension;
    return std::nullopt;
}

Unit known_unit(std::string_view text) {
    Unit unit;
    if (text.empty()) return unit;
    if (auto refusal = UnitReader(text, 0).read(unit)) throw std::invalid_argument(refusal->error);
    return unit;
}

// The digits of `si` in `unit`, to more places than a double holds.
Decimal decimal_in(double si, const Unit& unit) {
    if (unit.celsius) return plus(from_double(si), ice_point(true));
    Decimal value = rounded(from_double(si), 60);
    const Decimal factor = rounded(unit.factor, 19);  // what a 64-bit divisor holds; 1e-19 of the value
    value = divided_by(value, std::strtoull(factor.digits.c_str(), nullptr, 10));
    value.exponent -= factor.exponent;
    return value;
}

}  // namespace

QuantityParse parse_quantity(std::string_view text) {
    ParsedQuantity quantity;
    if (const auto refusal = read_quantity(text, quantity))
        return {std::nullopt, refusal->error, character_position(text, refusal->at), refusal->help};
    return {quantity, "", 0, note_on(quantity.unit)};
}

ParsedQuantity parse_unit(std::string_view text) {
    const Unit unit = known_unit(text);
    return {to_double(unit.factor).value_or(0), unit.dimension, !text.empty(), std::string(text)};
}

double to_si(double value, std::string_view text) {
    const Unit unit = known_unit(text);
    if (!std::isfinite(value)) return value;
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    Decimal number;
    std::size_t at = 0;
    read_number({digits, static_cast<std::size_t>(end - digits)}, at, number);
    return in_si(number, unit).value_or(0);
}

std::string dimension_name(Dimension dimension) {
    struct Name {
        Dimension dimension;
        std::string_view name;
    };
    static constexpr Name names[] = {
        {none, "a pure number"},
        {length, "a length"},
        {time, "a time"},
        {mass, "a mass"},
        {current, "a current"},
        {temperature, "a temperature"},
        {amount, "an amount"},
        {angle, "an angle"},
        {frequency, "a rate"},
        {length + length, "an area"},
        {length + length + length, "a volume"},
        {-length, "a reciprocal length"},
        {-(length + length), "a number per area"},
        {-(length + length + length), "a number per volume"},
        {length + frequency, "a speed"},
        {length + length + frequency, "a diffusivity"},
        {force, "a force"},
        {pressure, "a pressure"},
        {energy, "an energy"},
        {power, "a power"},
        {charge, "a charge"},
        {voltage, "a voltage"},
        {energy + -(length + length), "a dose"},
        {power + -(length + length), "an intensity"},
        {charge + -(length + length), "a charge dose"},
        {voltage + -length, "an electric field"},
        {voltage + length + length, "a reduced field"},
        {amount + frequency, "a gas flow"},
        {mass + -(length + length + length), "a density"},
        {pressure + time, "a viscosity"},
        {current + -(length + length), "a current density"},
        {length + length + -energy, "an area per energy"},
        {length + length + length + -energy, "a volume per energy"},
        {temperature + frequency, "a heating rate"},
        {angle + -length, "an angle per length"},
        {-(energy + -(length + length)), "an area per energy"},
        {amount + -(length + length + length), "a concentration"},
        {-(length + length) + frequency, "a flux"},
    };
    for (const Name& n : names)
        if (n.dimension == dimension) return std::string(n.name);
    std::string text = "a quantity in";
    const auto append = [&](std::string_view unit, int power) {
        if (power != 0) text += " " + std::string(unit) + (power == 1 ? "" : "^" + std::to_string(power));
    };
    append("kg", dimension.mass);
    append("m", dimension.length);
    append("s", dimension.time);
    append("A", dimension.current);
    append("K", dimension.temperature);
    append("mol", dimension.amount);
    append("rad", dimension.angle);
    return text;
}

std::string format_quantity(double si, std::string_view text) {
    const Unit unit = known_unit(text);
    const std::string suffix = text.empty() ? "" : " " + std::string(text);
    if (!std::isfinite(si)) return (std::isnan(si) ? "nan" : si > 0 ? "inf" : "-inf") + suffix;
    const Decimal value = decimal_in(si, unit);
    Decimal shortest = rounded(value, 17);
    for (int places = 1; places <= 17; ++places) {
        const Decimal candidate = rounded(value, places);
        if (in_si(candidate, unit) != si) continue;
        shortest = candidate;
        break;
    }
    return to_text(shortest) + suffix;
}

}  // namespace damascene
