// Quantities as text: every accepted spelling has its SI value, every refusal says where and what to write instead.
#include "damascene/base/units.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>

namespace damascene {
namespace {

double si(const std::string& text) {
    const QuantityParse parsed = parse_quantity(text);
    EXPECT_TRUE(parsed.value) << text << ": " << parsed.error;
    return parsed.value ? parsed.value->si : std::nan("");
}

Dimension dimension(const std::string& text) { return parse_quantity(text).value.value().dimension; }

// "i nm" and "i/1000 um" name one length. Multiplying by 1e-9 and 1e-6 in binary splits 1346 of these pairs.
TEST(Units, DecimalPrefixesGiveTheSameDouble) {
    int split_by_multiplication = 0;
    for (int i = 1; i <= 1999; ++i) {
        char um[16];
        std::snprintf(um, sizeof um, "%d.%03d", i / 1000, i % 1000);
        const double a = si(std::to_string(i) + " nm"), b = si(std::string(um) + " um");
        EXPECT_EQ(std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b)) << i;
        split_by_multiplication += i * 1e-9 != std::stod(um) * 1e-6;
    }
    EXPECT_EQ(split_by_multiplication, 1346);
    EXPECT_EQ(si("193 nm"), 1.93e-7);
    EXPECT_EQ(si("1.93e-7 m"), 1.93e-7);
    EXPECT_EQ(si("1930 angstrom"), 1.93e-7);
}

struct Spelling {
    const char* text;
    double si;
};

// Expected values are decimal literals of the SI value, so equality is exact: a unit is applied without rounding.
TEST(Units, SpellingsHaveTheirExactSiValue) {
    const Spelling spellings[] = {
        {"0.5", 0.5},
        {"-3", -3},
        {"+2.50", 2.5},
        {"1e3", 1000},
        {"1E-3", 0.001},
        {"12 %", 0.12},
        {"12%", 0.12},
        {"250 ppm", 250e-6},
        {"2 waves", 2},
        {"0.05 wave", 0.05},
        {"100 cycle", 100},
        {"7 counts", 7},
        {"1 m", 1},
        {"1 km", 1000},
        {"2 cm", 0.02},
        {"3 mm", 3e-3},
        {"4 um", 4e-6},
        {"4 \u00b5m", 4e-6},
        {"4 \u03bcm", 4e-6},
        {"13.5 nm", 13.5e-9},
        {"13.5nm", 13.5e-9},
        {"5 pm", 5e-12},
        {"7 angstrom", 7e-10},
        {"7 \u00c5", 7e-10},
        {"7 \u212b", 7e-10},
        {" 90  nm ", 90e-9},
        {"2 s", 2},
        {"5 ms", 5e-3},
        {"6 us", 6e-6},
        {"6 \u00b5s", 6e-6},
        {"7 ns", 7e-9},
        {"90 min", 5400},
        {"2 h", 7200},
        {"300 K", 300},
        {"220 degC", 493.15},
        {"-40 degC", 233.15},
        {"-273.15 degC", 0},
        {"0 degC", 273.15},
        {"1 Pa", 1},
        {"2 kPa", 2000},
        {"3 MPa", 3e6},
        {"70 GPa", 70e9},
        {"5 mbar", 500},
        {"1 bar", 1e5},
        {"1 atm", 101325},
        {"760 Torr", 101325},
        {"760000 mTorr", 101325},
        {"1 J", 1},
        {"3 kJ", 3000},
        {"1 eV", 1.602176634e-19},
        {"26 meV", 26 * 1.602176634e-22},
        {"1 keV", 1.602176634e-16},
        {"1 W", 1},
        {"1.5 kW", 1500},
        {"3 V", 3},
        {"20 kV", 20000},
        {"30 mJ/cm^2", 300},
        {"300 J/m^2", 300},
        {"100 uC/cm^2", 1},
        {"100 \u00b5C/cm^2", 1},
        {"5 V/m", 5},
        {"2 MV/cm", 2e8},
        {"1 Td", 1e-21},
        {"1 rad", 1},
        {"5 mrad", 5e-3},
        {"5 urad", 5e-6},
        {"180 deg", std::numbers::pi},
        {"90 deg", std::numbers::pi / 2},
        {"13.56 MHz", 13.56e6},
        {"1 Hz", 1},
        {"2 kHz", 2000},
        {"2.45 GHz", 2.45e9},
        {"60 nm/min", 1e-9},
        {"12 nm/s", 12e-9},
        {"1 angstrom/cycle", 1e-10},
        {"9 nm^2/s", 9e-18},
        {"2.2 g/cm^3", 2200},
        {"0.05 1/nm^3", 0.05e27},
        {"0.05 nm^-3", 0.05e27},
        {"1e15 cm^-2 s^-1", 1e19},
        {"1e15 cm^-2*s^-1", 1e19},
        {"2 A/cm^2", 2e4},
        {"0.5 1/um", 5e5},
        {"3 W/m/K", 3},
        {"4 cm^2/J", 4e-4},
        {"5 K/min", 5.0 / 60},
        {"1 nm * nm", 1e-18},
        {"2 kg", 2},
        {"3 mol", 3},
        {"4 J / cm^2", 4e4},
    };
    EXPECT_GE(std::size(spellings), 60u);
    for (const Spelling& s : spellings) EXPECT_EQ(si(s.text), s.si) << s.text;
}

TEST(Units, MeasuredConstants) {
    EXPECT_EQ(si("1 Torr"), 101325.0 / 760.0);
    EXPECT_EQ(si("1 Torr"), Torr.si());
    EXPECT_NEAR(si("1 sccm"), 7.4358389e-7, 5e-14);  // the digits given
    const double ideal_gas = 101325 * 1e-6 / (8.31446261815324 * 273.15) / 60;
    EXPECT_NEAR(si("1 sccm") / ideal_gas, 1, 1e-15);
    EXPECT_EQ(si("1 slm"), si("1000 sccm"));
    EXPECT_NEAR(si("96.485332 kJ/mol") / si("1 eV"), 1, 2e-9);
    EXPECT_NEAR(si("23.060548 kcal/mol") / si("1 eV"), 1, 2e-8);
    EXPECT_NEAR(si("28.9456 kJ/mol") / si("0.3 eV"), 1, 2e-8);
    EXPECT_EQ(dimension("28.9456 kJ/mol"), dimension("0.3 eV"));
}

TEST(Units, AnglesAreNeverPureNumbers) {
    EXPECT_NE(dimension("30 deg"), dimension("30"));
    EXPECT_EQ(dimension("30 deg"), dimension("0.1 rad"));
    EXPECT_EQ(dimension("30 deg"), Dimension{.angle = 1});
    EXPECT_EQ(dimension("1 cycle"), Dimension{});
}

TEST(Units, AmpereIsNotAngstrom) {
    const QuantityParse parsed = parse_quantity("5 A");
    ASSERT_TRUE(parsed.value);
    EXPECT_EQ(parsed.value->dimension, Dimension{.current = 1});
    EXPECT_EQ(parsed.help, "'A' is ampere; write angstrom");
}

struct Refused {
    const char* text;
    int position;       ///< 0-based character
    const char* error;  ///< part of the sentence
    const char* help;   ///< part of the hint
};

TEST(Units, RefusalsSayWhereAndWhatToWrite) {
    const Refused refused[] = {
        {"", 0, "empty", "90 nm"},
        {"   ", 0, "empty", "90 nm"},
        {"nm", 0, "number must come first", "90 nm"},
        {"nan", 0, "not a number", "finite"},
        {"nan nm", 0, "not a number", "finite"},
        {"inf s", 0, "not a number", "finite"},
        {"-inf", 0, "not a number", "finite"},
        {".5 nm", 0, "digit must stand before", "0.5"},
        {"5. nm", 2, "digits must follow", ""},
        {"1,5 nm", 1, "comma", "point"},
        {"1,000 nm", 1, "comma", "not grouped"},
        {"1.000.000 nm", 5, "second decimal point", ""},
        {"1_000 nm", 1, "not grouped", "1000"},
        {"1'000 nm", 1, "not grouped", "1000"},
        {"0x10 nm", 1, "decimal", ""},
        {"1e999 nm", 0, "outside the range", ""},
        {"1e-400 nm", 0, "outside the range", ""},
        {"--5 nm", 1, "number must come first", ""},
        {"- 5 nm", 1, "number must come first", ""},
        {"90 nmm", 3, "unknown unit 'nmm'", "did you mean"},
        {"90 micron", 3, "unknown unit", "write um"},
        {"90 NM", 3, "unknown unit", "'nm'"},
        {"5 torr", 2, "unknown unit", "'Torr'"},
        {"5 sec", 2, "unknown unit", "write s"},
        {"5 degF", 2, "unknown unit", "degC"},
        {"20 \u00b0C", 3, "not allowed", "degC"},
        {"20 deg C", 7, "degrees times coulomb", "degC"},
        {"5 degC/min", 2, "stands alone", "K"},
        {"5 K/degC", 4, "stands alone", "K"},
        {"5 degC^2", 2, "stands alone", "K"},
        {"-300 degC", 0, "absolute zero", ""},
        {"30 mJ/cm2", 8, "power needs '^'", "cm^2"},
        {"30 mJ/cm\u00b2", 8, "not allowed", "^2"},
        {"30 mJ/cm^", 8, "whole number must follow", "um^2"},
        {"1 nm^2.5", 5, "whole number from -9 to 9", ""},
        {"1 nm^12", 5, "whole number from -9 to 9", ""},
        {"1 nm^0", 5, "must not be zero", "leave"},
        {"3 nm**2", 4, "not allowed", "write ^"},
        {"3 W/(m K)", 4, "not allowed", "W/m/K"},
        {"3 nm/", 5, "missing after '/'", ""},
        {"3 nm*", 5, "missing after '*'", ""},
        {"3 /s", 2, "cannot begin with '/'", "1/s"},
        {"3 nm 4 um", 5, "number cannot stand inside", "one number"},
        {"3 nm\u00b7s", 4, "not allowed", "space"},
        {"\u22125 nm", 0, "not allowed", "ordinary minus"},
        {"5\u00a0nm", 1, "not allowed", "ordinary space"},
        {"5 A\u030a", 2, "not allowed", "NFC"},
        {"5 px", 2, "unknown unit", "nm"},
        {"5 \u00b5furlong", 2, "unknown unit", ""},
        {"4 J/cm ^2", 7, "unexpected '^'", ""},
        {"5 nm;", 4, "unexpected ';'", ""},
        {"5 $", 2, "unexpected '$'", ""},
        {"5 psi", 2, "unknown unit", "kPa"},
        {"1 m^9 m^9", 6, "too many factors", ""},
        {"5 nm\x01", 4, "unexpected '\\x01'", ""},
    };
    EXPECT_GE(std::size(refused), 40u);
    for (const Refused& r : refused) {
        const QuantityParse parsed = parse_quantity(r.text);
        EXPECT_FALSE(parsed.value) << r.text;
        EXPECT_EQ(parsed.error_position, r.position) << r.text << ": " << parsed.error;
        EXPECT_NE(parsed.error.find(r.error), std::string::npos) << r.text << ": " << parsed.error;
        EXPECT_NE(parsed.help.find(r.help), std::string::npos) << r.text << ": " << parsed.help;
    }
}

TEST(Units, OverlongTextIsRefused) {
    EXPECT_FALSE(parse_quantity(std::string(300, '1') + " nm").value);
    EXPECT_EQ(si("1" + std::string(100, '0') + "e-100 nm"), 1e-9);
}

TEST(Units, UnitFactors) {
    EXPECT_EQ(parse_unit("nm").si, 1e-9);
    EXPECT_EQ(parse_unit("mJ/cm^2").si, 10);
    EXPECT_EQ(parse_unit("").si, 1);
    EXPECT_EQ(parse_unit("1/nm^3").dimension, (Dimension{.length = -3}));
    EXPECT_THROW(parse_unit("furlong"), std::invalid_argument);
    EXPECT_EQ(to_si(90, "nm"), 90e-9);
    EXPECT_EQ(to_si(20, "degC"), 293.15);
    EXPECT_EQ(to_si(-40, "degC"), 233.15);
    EXPECT_EQ(to_si(INFINITY, "nm"), INFINITY);
}

TEST(Units, DimensionsHaveNames) {
    const std::pair<const char*, const char*> names[] = {
        {"1 nm", "a length"},
        {"1 s", "a time"},
        {"1 K", "a temperature"},
        {"1 deg", "an angle"},
        {"1 mJ/cm^2", "a dose"},
        {"1 Torr", "a pressure"},
        {"1 eV", "an energy"},
        {"1 %", "a pure number"},
        {"1 nm/s", "a speed"},
        {"1 nm^2/s", "a diffusivity"},
        {"1 uC/cm^2", "a charge dose"},
        {"1 sccm", "a gas flow"},
        {"1 1/nm^3", "a number per volume"},
        {"1 kg m/s", "a quantity in kg m s^-1"},
    };
    for (const auto& [text, name] : names) EXPECT_EQ(dimension_name(dimension(text)), name) << text;
}

TEST(Units, FormattedTextIsShortest) {
    EXPECT_EQ(format_quantity(193.368e-9, "nm"), "193.368 nm");
    EXPECT_EQ(format_quantity(300, "mJ/cm^2"), "30 mJ/cm^2");
    EXPECT_EQ(format_quantity(0.12, "%"), "12 %");
    EXPECT_EQ(format_quantity(493.15, "degC"), "220 degC");
    EXPECT_EQ(format_quantity(90e-9, ""), "9e-8");
    EXPECT_EQ(format_quantity(std::numbers::pi / 2, "deg"), "90 deg");
    EXPECT_EQ(format_quantity(0, "nm"), "0 nm");
    EXPECT_EQ(format_quantity(-2.5e-6, "um"), "-2.5 um");
    EXPECT_EQ(format_quantity(101325, "Torr"), "760 Torr");
    EXPECT_EQ(format_quantity(1e27, "1/nm^3"), "1 1/nm^3");
}

// 17 significant decimal digits of the exact quotient always fall inside a double's rounding interval, because units
// are applied exactly.
TEST(Units, FormattedTextReadsBackToTheSameDouble) {
    std::mt19937_64 bits(20240229);
    std::uniform_real_distribution<double> exponent(-30, 12), mantissa(1, 10);
    for (const char* unit :
         {"", "nm", "um", "angstrom", "Torr", "mTorr", "min", "deg", "eV", "kJ/mol", "sccm", "mJ/cm^2", "%", "nm/min"})
        for (int i = 0; i < 400; ++i) {
            const double value = mantissa(bits) * std::pow(10, exponent(bits)) * (i % 2 ? 1 : -1);
            EXPECT_EQ(si(format_quantity(value, unit)), value) << format_quantity(value, unit);
        }
    for (int i = 0; i < 400; ++i) {
        const double kelvin = mantissa(bits) * 100;
        EXPECT_EQ(si(format_quantity(kelvin, "degC")), kelvin) << format_quantity(kelvin, "degC");
    }
}

TEST(Quantity, DimensionsMultiplyAndDivide) {
    constexpr Area area = 2.0 * um * (3.0 * um);
    EXPECT_NEAR(area.in(um2), 6, 1e-15 * 6);
    constexpr auto speed = 6.0 * nm / (2.0 * s);
    EXPECT_NEAR(speed.si(), 3e-9, 1e-24);
    EXPECT_LT(1.0 * nm, 1.0 * um);
    EXPECT_NEAR((90.0 * deg).in(rad), std::numbers::pi / 2, 1e-15);
    EXPECT_EQ((760.0 * Torr).si(), 101325);
}

}  // namespace
}  // namespace damascene
