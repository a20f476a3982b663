// Gauge tables of a calibration: units, defaults, faults at their line and column.
#include <gtest/gtest.h>

#include "damascene/io/measured_sizes.hpp"

namespace damascene::io {
namespace {

MeasuredSizes read(const std::string& text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return read_measured_sizes({first, text.size()}, {.file = "cds.csv"});
}

std::string fault(const std::string& text) {
    try {
        read(text);
    } catch (const InputError& e) {
        const Diagnostic& d = e.diagnostics().front();
        return d.code + " " + d.where.file + ":" + std::to_string(d.where.line) + ":" + std::to_string(d.where.column);
    }
    return "none";
}

TEST(MeasuredSizes, PatternsAndCutsStandInOneTable) {
    const MeasuredSizes t = read(
        "# wafer 7\nname,kind,pitch [nm],width [nm],x0 [um],y0 [um],x1 [um],y1 [um],measured [nm],dose [%],focus "
        "[um],anchor\n"
        "a,lines,90,45,,,,,44.2,103,-0.04,yes\nb,tip,,,0.1,0.2,0.3,0.2,61,,,\n");
    ASSERT_EQ(t.rows.size(), 2u);
    EXPECT_DOUBLE_EQ(t.rows[0].pitch_nm, 90);
    EXPECT_DOUBLE_EQ(t.rows[0].dose, 1.03);
    EXPECT_NEAR(t.rows[0].focus_nm, -40, 1e-12);
    EXPECT_TRUE(t.rows[0].anchor);
    EXPECT_TRUE(t.has_anchor);
    EXPECT_FALSE(t.has_sigma);
    ASSERT_TRUE(t.rows[1].cut_nm);
    EXPECT_NEAR((*t.rows[1].cut_nm)[2], 300, 1e-9);
    EXPECT_DOUBLE_EQ(t.rows[1].dose, 1);
    EXPECT_FALSE(t.rows[1].anchor);
}

TEST(MeasuredSizes, FaultsAreLocated) {
    const std::string head = "name,kind,pitch [nm],width [nm],measured [nm],sigma [nm]\n";
    EXPECT_EQ(fault(head + "a,lines,90,45,44.2,0.3\nb,lines,90,45,44x,0.3\n"), "D0324 cds.csv:3:15");
    EXPECT_EQ(fault(head + "a,lines,90,45,44.2,0\n"), "D0452 cds.csv:2:20");
    EXPECT_EQ(fault(head + "a,lines,90,95,44.2,0.3\n"), "D0324 cds.csv:2:12");
    EXPECT_EQ(fault(head + "a,dots,90,45,44.2,0.3\n"), "D0324 cds.csv:2:3");
    EXPECT_EQ(fault(head + "a,lines,90,45,44,0.3\na,lines,90,45,44,0.3\n"), "D0325 cds.csv:3:1");
    EXPECT_EQ(fault(head + "a,lines,90,45,,0.3\n"), "D0324 cds.csv:2:15");
    EXPECT_EQ(fault("name,measured [nm],siggma [nm]\n"), "D0320 cds.csv:1:20");
    EXPECT_EQ(fault("name,measured\na,1\n"), "D0321 cds.csv:1:6");
    EXPECT_EQ(fault("name,measured [s]\na,1\n"), "D0322 cds.csv:1:6");
    EXPECT_EQ(fault("name,measured [nm]\na,44\n"), "D0324 cds.csv:2:1");
    EXPECT_EQ(fault("name,measured [nm],x0 [nm],y0 [nm],x1 [nm],y1 [nm]\na,44,1,2,3,\n"), "D0324 cds.csv:2:6");
}

}  // namespace
}  // namespace damascene::io
