// Indices against the Sellmeier forms and the extreme-ultraviolet values the specification of the field quotes.
#include "damascene/optics/materials.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace damascene::optics {
namespace {

double sellmeier(double um, std::initializer_list<std::array<double, 2>> terms) {  // {B, C in um^2}
    double n2 = 1;
    for (const auto& [b, c] : terms) n2 += b * um * um / (um * um - c);
    return std::sqrt(n2);
}

TEST(Materials, WaterAndSilicaFollowTheirDispersionFormulas) {  // [Daimon & Masumura 2007], [Malitson 1965]
    for (const double wavelength : {193.368, 248.3, 365.0}) {
        const double um = wavelength / 1000;
        EXPECT_NEAR(find_material("water", wavelength * nm).index.real(),
                    sellmeier(um, {{5.689093832e-1, 5.110301794e-3},
                                   {1.719708856e-1, 1.825180155e-2},
                                   {2.062501582e-2, 2.624158904e-2},
                                   {1.123965424e-1, 1.067505178e1}}),
                    5e-5);
        EXPECT_NEAR(find_material("fused_silica", wavelength * nm).index.real(),
                    sellmeier(um, {{0.6961663, std::pow(0.0684043, 2)},
                                   {0.4079426, std::pow(0.1162414, 2)},
                                   {0.8974794, std::pow(9.896161, 2)}}),
                    5e-5);
    }
}

TEST(Materials, MirrorMaterialsAbsorbLittleAt13Point5Nanometres) {
    EXPECT_NEAR(find_material("molybdenum", 13.5 * nm).index.real(), 0.92380, 6e-6);
    EXPECT_NEAR(find_material("molybdenum", 13.5 * nm).index.imag(), 0.00644, 6e-6);
    EXPECT_NEAR(find_material("silicon", 13.5 * nm).index.imag(), 0.00183, 6e-6);
    EXPECT_GT(find_material("nickel", 13.5 * nm).index.imag(),
              10 * find_material("molybdenum", 13.5 * nm).index.imag());
}

TEST(Materials, WavelengthsAreNotExtrapolated) {
    EXPECT_EQ(find_material("silicon", 193 * nm).index, std::complex<double>(0.883, 2.778));
    EXPECT_EQ(find_material("vacuum", 500 * nm).index, 1.0);
    try {
        find_material("silicon", 157 * nm);
        FAIL();
    } catch (const InputError& e) {
        EXPECT_NE(e.diagnostics().front().help.find("193.368, 248.3, 365"), std::string::npos);
    }
    try {
        find_material("silicom", 193 * nm);
        FAIL();
    } catch (const InputError& e) {
        EXPECT_EQ(e.diagnostics().front().help, "did you mean 'silicon'?");
    }
}

TEST(Materials, RowsAreSortedUniqueAndLabelled) {
    std::set<std::pair<std::string_view, double>> seen;
    for (const MaterialIndex& row : materials()) {
        EXPECT_TRUE(seen.insert({row.name, row.wavelength_nm}).second) << row.name;
        EXPECT_EQ(*seen.rbegin(), std::pair(row.name, row.wavelength_nm));
        EXPECT_GT(row.index.real(), 0);
        EXPECT_GE(row.index.imag(), 0);
        EXPECT_TRUE(row.label == "pub" || row.label == "ver" || row.label == "recall");
        EXPECT_TRUE(row.label != "pub" || !row.citation.empty()) << row.name;
    }
}

}  // namespace
}  // namespace damascene::optics
