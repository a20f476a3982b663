// CSV tables and gauges.
#include <random>

#include "bytes.hpp"

namespace damascene::io {
namespace {

Table csv(const std::string& text) { return read_csv(bytes_of(text), {"t.csv"}); }
Diagnostic csv_fault(const std::string& text) {
    return fault([&] { csv(text); });
}

TEST(Csv, HeaderUnitsAndQuotedCellsAreRead) {
    const Table t = csv("\xEF\xBB\xBFname, x [nm],dose [mJ/cm^2]\r\n\"a \"\"b\"\", c\n\",1,2\n\n,,\n");
    EXPECT_EQ(t.names, (std::vector<std::string>{"name", "x", "dose"}));
    EXPECT_EQ(t.units, (std::vector<std::string>{"", "nm", "mJ/cm^2"}));
    ASSERT_EQ(t.rows.size(), 2u);
    EXPECT_EQ(t.rows[0], (std::vector<std::string>{"a \"b\", c\n", "1", "2"}));
    EXPECT_EQ(t.rows[1], (std::vector<std::string>{"", "", ""}));
    EXPECT_EQ(t.column("dose"), 2);
    EXPECT_EQ(t.column("dosis"), -1);
}

TEST(Csv, LeadingCommentRecordsArePassedOver) {
    const Table t = read_csv(data_file("reference/aerial_image_binary_ls_scalar.csv"));
    EXPECT_EQ(t.rows.size(), 28u);
    EXPECT_EQ(t.names.at(0), "sigma");
    EXPECT_EQ(t.rows[0].at(t.column("pitch_nm")), "180");
}

TEST(Csv, GeneratedTablesSurviveWritingAndReading) {
    const std::string alphabet[] = {"a", "\"", ",",        "\n", "\r\n", "=", "-", "'",
                                    " ", "1",  "\xC3\xA9", "#",  "+",    "@", "."};
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        Table t;
        const std::size_t columns = 1 + random() % 4;
        for (std::size_t i = 0; i < columns; ++i) {
            t.names.push_back("column " + std::to_string(i));
            t.units.push_back(random() % 2 ? "nm" : "");
        }
        for (std::size_t r = random() % 6; r > 0; --r) {
            std::vector<std::string>& row = t.rows.emplace_back();
            for (std::size_t i = 0; i < columns; ++i) {
                std::string& cell = row.emplace_back();
                for (std::size_t n = random() % 6; n > 0; --n) cell += alphabet[random() % std::size(alphabet)];
            }
        }
        const Table back = read_csv(write_csv(t));
        EXPECT_EQ(back.names, t.names) << seed;
        EXPECT_EQ(back.units, t.units) << seed;
        EXPECT_EQ(back.rows, t.rows) << seed;
    }
}

TEST(Csv, FormulasAreDefusedAndNumbersAreNot) {
    Table t{{"a"}, {""}, {{"=1+1"}, {"-5.5"}, {"@x"}, {"+1e3"}, {"-inf or so"}}};
    EXPECT_EQ(text_of(write_csv(t)), "a\r\n'=1+1\r\n-5.5\r\n'@x\r\n+1e3\r\n'-inf or so\r\n");
}

TEST(Csv, FaultsAreLocated) {
    EXPECT_EQ(csv_fault("").code, "D0320");
    Diagnostic d = csv_fault("a,b\n\"x\ny\",2\n3\n");
    EXPECT_EQ(d.code, "D0323");
    EXPECT_EQ(d.where.line, 4);
    EXPECT_EQ(d.message, "CSV row has 1 cells, the header has 2");
    d = csv_fault("a,b\n1,\"2\n");
    EXPECT_EQ(d.code, "D0327");
    EXPECT_EQ(d.where.line, 2);
    EXPECT_EQ(csv_fault("a,b\n1,2\"3\"\n").where.column, 4);
    EXPECT_EQ(csv_fault("a,b\n1,\"2\"3\n").code, "D0327");
    EXPECT_EQ(csv_fault("a,b\n1,\xff\n").code, "D0327");
    EXPECT_EQ(csv_fault("a,b\n1,\xed\xa0\x80\n").code, "D0327");  // a surrogate is not UTF-8
}

// --------------------------------------------------------------------------------------------------------- gauges
const std::string header = "name,x [nm],y [nm],angle [deg],kind,target [nm],measured [nm],sigma [nm],weight\n";
std::vector<Gauge> gauges(const std::string& text) { return read_gauges(bytes_of(text), {"gauges.csv"}); }
Diagnostic gauge_fault(const std::string& text) {
    return fault([&] { gauges(text); });
}

TEST(Gauges, ColumnsAreReadInTheirUnits) {
    const auto g = gauges(header + "g1,100,-20.5,90,line,45,46.25,0.5,2\ng2,0,0,0,space,45,,,\n");
    ASSERT_EQ(g.size(), 2u);
    EXPECT_EQ(g[0].name, "g1");
    EXPECT_EQ(g[0].x.si(), 100e-9);
    EXPECT_EQ(g[0].y.si(), -20.5e-9);
    EXPECT_NEAR(g[0].angle.in(deg), 90, 1e-12);
    EXPECT_EQ(g[0].kind, "line");
    EXPECT_EQ(g[0].measured.si(), 46.25e-9);
    EXPECT_EQ(g[0].weight, 2);
    EXPECT_EQ(g[1].measured.si(), 0);
    EXPECT_EQ(g[1].weight, 1);
    const auto micrometres = gauges("kind,target [um],angle [rad],y [um],x [um],name\nline,0.045,0,0.5,0.1,g\n");
    EXPECT_EQ(micrometres[0].x.si(), 100e-9);
    EXPECT_EQ(micrometres[0].target.si(), 45e-9);
}

TEST(Gauges, FaultsNameRowAndColumn) {
    EXPECT_EQ(gauge_fault("name,x [nm],y [nm],angle [deg],kind,targett [nm]\n").code, "D0320");
    EXPECT_EQ(gauge_fault("name,x [nm],y [nm],angle [deg],kind,targett [nm]\n").help, "rename 'targett'");
    EXPECT_EQ(gauge_fault("name,x,y [nm],angle [deg],kind,target [nm]\n").code, "D0321");
    EXPECT_EQ(gauge_fault("name,x [s],y [nm],angle [deg],kind,target [nm]\n").code, "D0322");
    EXPECT_EQ(gauge_fault("name,x [foo],y [nm],angle [deg],kind,target [nm]\n").code, "D0322");
    Diagnostic d = gauge_fault(header + "g1,1,2,0,line,3,4,5,6\ng2,1,nan,0,line,3,4,5,6\n");
    EXPECT_EQ(d.code, "D0324");
    EXPECT_EQ(d.where.line, 3);
    EXPECT_EQ(d.label, "row 2, column 'y'");
    EXPECT_EQ(gauge_fault(header + "g1,1,,0,line,3,4,5,6\n").label, "row 1, column 'y'");
    EXPECT_EQ(gauge_fault(header + "g1,1,2,0,line,3,4,-5,6\n").code, "D0324");
    EXPECT_EQ(gauge_fault(header + "g1,1,2,0,line,3,4,5\n").code, "D0323");
    EXPECT_EQ(gauge_fault(header + "g1,1,2,0,line,3,4,5,6\ng1,1,2,0,line,3,4,5,6\n").code, "D0325");
}

}  // namespace
}  // namespace damascene::io
