// PNG and NPY grey masks.
#include "bytes.hpp"

namespace damascene::io {
namespace {

template <class T>
Field2<T> ramp(int nx, int ny) {
    Field2<T> field;
    field.grid.nx = nx;
    field.grid.ny = ny;
    for (int i = 0; i < nx * ny; ++i) field.values.push_back(static_cast<T>((i * 7 + 3) % 251));
    return field;
}

TEST(Png, ReferenceMasksAreBinaryAndFullSize) {
    for (int i = 1; i <= 10; ++i) {
        const auto mask = read_png_gray(data_file("iccad13/reference_masks/CurvILT_mask" + std::to_string(i) + ".png"));
        EXPECT_EQ(mask.grid.nx, 2048);
        EXPECT_EQ(mask.grid.ny, 2048);
        const auto inside = std::count(mask.values.begin(), mask.values.end(), 255);
        const auto outside = std::count(mask.values.begin(), mask.values.end(), 0);
        EXPECT_EQ(inside + outside, 2048 * 2048) << i;
        EXPECT_GT(inside, 50000) << i;
    }
}

TEST(Png, GreyRoundTripKeepsEverySample) {
    for (auto [nx, ny] : {std::pair{1, 1}, {7, 3}, {300, 211}}) {
        const auto field = ramp<std::uint8_t>(nx, ny);
        const auto back = read_png_gray(write_png_gray(field));
        EXPECT_EQ(back.grid.nx, nx);
        EXPECT_EQ(back.grid.ny, ny);
        EXPECT_EQ(back.values, field.values);
    }
}

TEST(Png, EqualChannelsAreGreyAndColourIsRefused) {
    std::vector<std::uint8_t> rgb = {9, 9, 9, 200, 200, 200};
    EXPECT_EQ(read_png_gray(write_png_rgb(2, 1, rgb)).values, (std::vector<std::uint8_t>{9, 200}));
    rgb[4] = 10;
    const Diagnostic d = fault([&] { read_png_gray(write_png_rgb(2, 1, rgb)); });
    EXPECT_EQ(d.code, "D0318");
    EXPECT_EQ(d.notes.at(0), "pixel column 1, row 0");
}

TEST(Png, EveryTruncationIsALocatedError) {
    const Bytes whole = write_png_gray(ramp<std::uint8_t>(40, 30));
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const Diagnostic d = fault([&] { read_png_gray(ByteView(whole).first(n), {"m.png"}); });
        EXPECT_EQ(d.code, n < 8 ? "D0301" : "D0318") << n;
        EXPECT_GE(d.where.byte_offset, 0);
        EXPECT_EQ(d.where.file, "m.png");
    }
}

TEST(Png, SizeBeyondTheMemoryBoundIsRefusedBeforeAllocation) {
    const Diagnostic d = fault([] { read_png_gray(data_file("../corpus/png/huge")); });  // 999999 x 999999 in 100 bytes
    EXPECT_EQ(d.code, "D0315");
    EXPECT_EQ(d.where.byte_offset, 16);
}

TEST(Png, OtherDepthsAndChannelsReadAsGrey) {
    for (const char* name : {"gray1", "gray2", "gray4", "gray16", "rgb", "palette"}) {
        const auto field = read_png_gray(data_file(std::string("../corpus/png/") + name));
        EXPECT_EQ(field.grid.nx, 5) << name;
        EXPECT_EQ(field.values, std::vector<std::uint8_t>(20, 0)) << name;
    }
    EXPECT_EQ(fault([] { read_png_gray(data_file("../corpus/png/rgba")); }).code, "D0318");  // fully transparent
}

TEST(Npy, DoublesFloatsAndBytesRoundTrip) {
    const auto f8 = ramp<double>(5, 3);
    EXPECT_EQ(read_npy(write_npy(f8)).values, f8.values);
    EXPECT_EQ(read_npy(write_npy(ramp<float>(5, 3))).values, f8.values);
    const auto u1 = read_npy(write_npy(ramp<std::uint8_t>(5, 3)));
    EXPECT_EQ(u1.values, f8.values);
    EXPECT_EQ(u1.grid.nx, 5);
    EXPECT_EQ(u1.grid.ny, 3);
    EXPECT_EQ(write_npy(f8).size() % 64, 15 * 8 % 64u);  // samples start at a multiple of 64
}

Bytes array(const std::string& descr, bool fortran, const std::string& shape, const std::string& payload) {
    std::string dict =
        "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
    dict.append(64 - (10 + dict.size() + 1) % 64, ' ');
    dict += '\n';
    return bytes_of(std::string("\x93NUMPY\1\0", 8) + static_cast<char>(dict.size() & 255) +
                    static_cast<char>(dict.size() >> 8) + dict + payload);
}

TEST(Npy, BigEndianAndFortranOrderAreHonoured) {
    using namespace std::string_literals;
    EXPECT_EQ(read_npy(array(">u2", false, "(1, 2)", "\1\2\0\7"s)).values, (std::vector<double>{258, 7}));
    EXPECT_EQ(read_npy(array("<i4", false, "(1, 1)", "\xfe\xff\xff\xff"s)).values, (std::vector<double>{-2}));
    EXPECT_EQ(read_npy(array(">f4", false, "(1, 1)", "\x3f\x80\0\0"s)).values, (std::vector<double>{1}));
    EXPECT_EQ(read_npy(array("<i8", false, "(1, 1)", "\xff\xff\xff\xff\xff\xff\xff\xff"s)).values,
              (std::vector<double>{-1}));
    EXPECT_EQ(read_npy(array("|u1", true, "(2, 3)", "\1\2\3\4\5\6"s)).values, (std::vector<double>{1, 3, 5, 2, 4, 6}));
}

TEST(Npy, BadHeadersAndLengthsAreLocatedErrors) {
    EXPECT_EQ(fault([] { read_npy(array("<c8", false, "(1, 1)", "12345678")); }).code, "D0319");
    EXPECT_EQ(fault([] { read_npy(array("|O", false, "(1, 1)", "12345678")); }).code, "D0319");
    EXPECT_EQ(fault([] { read_npy(array("|u1", false, "(4,)", "1234")); }).code, "D0319");
    EXPECT_EQ(fault([] { read_npy(array("|u1", false, "(2, 2, 1)", "1234")); }).code, "D0319");
    EXPECT_EQ(fault([] { read_npy(array("|u1", false, "(0, 5)", "")); }).code, "D0315");
    EXPECT_EQ(fault([] { read_npy(array("<f8", false, "(4294967296, 4294967296)", "")); }).code, "D0315");
    const Diagnostic d = fault([] { read_npy(array("<f8", false, "(2, 2)", "short")); });
    EXPECT_EQ(d.code, "D0319");
    EXPECT_EQ(d.notes.at(0), "expected 32 bytes of samples, found 5");
    const Bytes whole = write_npy(ramp<double>(2, 2));
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_NE(fault([&] { read_npy(ByteView(whole).first(n)); }).code, "") << n;
}

TEST(Sniff, KindIsFoundByContent) {
    EXPECT_EQ(sniff(data_file("iccad13/clips/M1_test1.glp")), FileKind::glp);
    EXPECT_EQ(sniff(data_file("layouts/gcd_45nm_metal1.gds")), FileKind::gds);
    EXPECT_EQ(sniff(data_file("iccad13/reference_masks/CurvILT_mask1.png")), FileKind::png);
    EXPECT_EQ(sniff(write_npy(ramp<double>(2, 2))), FileKind::npy);
    EXPECT_EQ(sniff(bytes_of("[case]\nname = 1\n")), FileKind::unknown);
    EXPECT_EQ(sniff({}), FileKind::unknown);
}

}  // namespace
}  // namespace damascene::io
