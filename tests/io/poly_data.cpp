// VTP surfaces and profile tables.
#include <cmath>
#include <random>

#include "bytes.hpp"

namespace damascene::io {
namespace {

PolyData tent() {
    PolyData d;
    d.points_nm = {{0, 0, 0}, {1, 0, 0.5}, {0.1, 1e-300, -3}, {2, 2, 2}};
    d.lines = {{0, 1, 2}, {3, 0}};
    d.triangles = {{0, 1, 2}};
    d.point_data = {{"arrival <H>", {1, 0.25, 1.0 / 3, -0.0}}, {"thickness", {1, 2, 3, 4}}};
    d.cell_data = {{"material", {0, 1, 1}}};
    return d;
}

void expect_same(const PolyData& a, const PolyData& b) {
    EXPECT_EQ(a.points_nm, b.points_nm);
    EXPECT_EQ(a.lines, b.lines);
    EXPECT_EQ(a.triangles, b.triangles);
    for (const auto& [p, q] : {std::pair{&a.point_data, &b.point_data}, {&a.cell_data, &b.cell_data}}) {
        ASSERT_EQ(p->size(), q->size());
        for (std::size_t i = 0; i < p->size(); ++i) {
            EXPECT_EQ((*p)[i].name, (*q)[i].name);
            EXPECT_EQ((*p)[i].values, (*q)[i].values);
        }
    }
}

TEST(Vtp, LinesTrianglesAndNumbersComeBackBitByBit) {
    expect_same(read_vtp(write_vtp(tent())), tent());
    expect_same(read_vtp(write_vtp(PolyData{})), PolyData{});
}

/// As written by VTK 9 with ascii and with inline base64 (32-bit lengths).
const std::string ascii =
    "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"0.1\" byte_order=\"LittleEndian\">\n<PolyData>\n"
    "<Piece NumberOfPoints=\"3\" NumberOfVerts=\"0\" NumberOfLines=\"1\" NumberOfStrips=\"0\" NumberOfPolys=\"0\">\n"
    "<PointData>\n<DataArray type=\"Float32\" Name=\"t\" format=\"ascii\">1 2.5 -3e2</DataArray>\n</PointData>\n"
    "<CellData></CellData>\n<Points>\n<DataArray type=\"Float32\" Name=\"Points\" NumberOfComponents=\"3\" "
    "format=\"ascii\">\n0 0 0 1 0 0 1 1 0\n</DataArray>\n</Points>\n<Verts>\n<DataArray type=\"Int32\" "
    "Name=\"connectivity\" format=\"ascii\"></DataArray>\n</Verts>\n<Lines>\n<DataArray type=\"Int64\" "
    "Name=\"connectivity\" format=\"ascii\">0 1 2</DataArray>\n<DataArray type=\"Int64\" Name=\"offsets\" "
    "format=\"ascii\">3</DataArray>\n</Lines>\n</Piece>\n</PolyData>\n</VTKFile>\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Vtp, AsciiAndInlineBase64Agree) {
    const PolyData d = read_vtp(bytes_of(ascii));
    EXPECT_EQ(d.points_nm, (std::vector<std::array<double, 3>>{{0, 0, 0}, {1, 0, 0}, {1, 1, 0}}));
    EXPECT_EQ(d.lines, (std::vector<std::vector<std::int32_t>>{{0, 1, 2}}));
    EXPECT_EQ(d.point_data.at(0).values, (std::vector<double>{1, 2.5, -300}));
    // 12 bytes: 1.0f 2.5f -300.0f
    const std::string inline_data =
        replaced(ascii, "format=\"ascii\">1 2.5 -3e2<", "format=\"binary\">DAAAAAAAgD8AACBAAACWww==<");
    expect_same(read_vtp(bytes_of(inline_data)), d);
}

TEST(Vtp, FaultsAreNamed) {
    const auto code = [](const std::string& text) { return fault([&] { read_vtp(bytes_of(text)); }).code; };
    EXPECT_EQ(code("solid"), "D0301");
    EXPECT_EQ(code(replaced(ascii, "0 1 2<", "0 1 3<")), "D0329");
    EXPECT_EQ(code(replaced(ascii, "0 1 2<", "0 1 -2<")), "D0329");
    EXPECT_EQ(code(replaced(ascii, "0 1 2<", "0 x 2<")), "D0329");
    EXPECT_EQ(code(replaced(ascii, ">3<", ">4<")), "D0329");
    EXPECT_EQ(code(replaced(ascii, "1 1 0", "1 1")), "D0329");
    EXPECT_EQ(code(replaced(ascii, "1 1 0", "1 1 nan")), "D0329");
    EXPECT_EQ(code(replaced(ascii, "1 2.5 -3e2", "1 2.5")), "D0329");
    EXPECT_EQ(code(replaced(ascii, "byte_order", "compressor=\"vtkZLibDataCompressor\" byte_order")), "D0329");
    EXPECT_EQ(code(replaced(ascii, "PolyData\" version", "ImageData\" version")), "D0329");
    EXPECT_EQ(fault([] { write_vtp({{{0, 0, 0}}, {{0, 1}}, {}, {}, {}}); }).code, "D0316");
    EXPECT_EQ(fault([] { write_vtp({{{0, 0, 0}}, {}, {}, {{"a", {1, 2}}}, {}}); }).code, "D0316");
}

TEST(Vtp, CutAndDamagedFilesGiveAnInputErrorOrAValue) {
    const Bytes whole = write_vtp(tent());
    for (std::size_t n = 0; n + 40 < whole.size(); ++n) {
        EXPECT_THROW(read_vtp(ByteView(whole).first(n)), InputError) << n;
    }
    std::mt19937 random(7);
    for (int i = 0; i < 20000; ++i) {
        Bytes b = i % 2 ? whole : bytes_of(ascii);
        for (int k = 0; k < 3; ++k) b[random() % b.size()] = std::byte(random() & 255);
        try {
            read_vtp(b);
        } catch (const InputError&) {
        }
    }
}

TEST(Vtp, ManyArraysOverTheSameBytesAreRefusedBeforeTheyFillTheMemory) {
    PolyData d = tent();
    d.points_nm.assign(100000, {1, 2, 3});
    d.point_data = {{"a", std::vector<double>(100000, 1)}};
    std::string text = text_of(write_vtp(d));
    const std::size_t at = text.find("<DataArray"), end = text.find("/>", at) + 2;
    std::string many;
    for (int i = 0; i < 300; ++i) many += text.substr(at, end - at);
    EXPECT_EQ(fault([&] { read_vtp(bytes_of(text.insert(end, many))); }).code, "D0315");
}

TEST(ProfileTable, AnyLengthUnitGivesNanometresAndChainsSplit) {
    const auto lines = read_profile_csv(bytes_of("x [um],z [nm],chain\n0,0,0\n0.02,-5,0\n0,1,1\n1,1,1\n"));
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_NEAR(lines[0][1][0], 20, 1e-12);
    EXPECT_NEAR(lines[0][1][1], -5, 1e-12);
    EXPECT_NEAR(lines[1][1][0], 1000, 1e-9);
    EXPECT_EQ(read_profile_csv(bytes_of("z [nm],x [nm]\n1,2\n3,4\n")).size(), 1u);
}

TEST(ProfileTable, FaultsAreNamed) {
    const auto code = [](const std::string& text) { return fault([&] { read_profile_csv(bytes_of(text)); }).code; };
    EXPECT_EQ(code("x [nm],y [nm]\n1,2\n3,4\n"), "D0320");
    EXPECT_EQ(code("x,z [nm]\n1,2\n3,4\n"), "D0321");
    EXPECT_EQ(code("x [s],z [nm]\n1,2\n3,4\n"), "D0322");
    EXPECT_EQ(code("x [nm],z [nm]\n1,2\n3,inf\n"), "D0324");
    EXPECT_EQ(code("x [nm],z [nm]\n1,2\n"), "D0324");
    EXPECT_EQ(code("x [nm],z [nm]\n"), "D0324");
}

}  // namespace
}  // namespace damascene::io
