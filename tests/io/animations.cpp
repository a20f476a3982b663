// Animated PNG: read back chunk by chunk against the pixels that went in; painted pictures against areas.
#include <zlib.h>

#include <cmath>
#include <numbers>

#include "bytes.hpp"

namespace damascene::io {
namespace {

std::uint32_t word(const Bytes& b, std::size_t at) {
    std::uint32_t v = 0;
    for (std::size_t i = 0; i < 4; ++i) v = v << 8 | static_cast<std::uint32_t>(b.at(at + i));
    return v;
}

struct Chunk {
    std::string type;
    Bytes data;
};

std::vector<Chunk> chunks(const Bytes& file) {
    std::vector<Chunk> out;
    for (std::size_t at = 8; at < file.size();) {
        const std::uint32_t size = word(file, at);
        const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at) + 4;
        const Bytes body(begin, begin + 4 + size);
        EXPECT_EQ(word(file, at + 8 + size), crc32(0, reinterpret_cast<const Bytef*>(body.data()), size + 4)) << at;
        out.push_back({text_of(Bytes(body.begin(), body.begin() + 4)), Bytes(body.begin() + 4, body.end())});
        at += 12 + size;
    }
    return out;
}

/// Puts the rows of a frame (filter Up) into the picture.
void apply(const Bytes& packed, int nx, std::size_t x0, std::size_t y0, std::size_t w, std::size_t h,
           std::vector<std::uint8_t>& picture) {
    std::vector<std::uint8_t> rows(h * (4 * w + 1));
    uLongf size = rows.size();
    ASSERT_EQ(uncompress(rows.data(), &size, reinterpret_cast<const Bytef*>(packed.data()), packed.size()), Z_OK);
    ASSERT_EQ(size, rows.size());
    std::vector<std::uint8_t> above(4 * w, 0);
    for (std::size_t y = 0; y < h; ++y) {
        ASSERT_EQ(rows[y * (4 * w + 1)], 2);
        for (std::size_t i = 0; i < 4 * w; ++i) {
            above[i] = static_cast<std::uint8_t>(above[i] + rows[y * (4 * w + 1) + 1 + i]);
            picture[4 * ((y0 + y) * static_cast<std::size_t>(nx) + x0) + i] = above[i];
        }
    }
}

std::vector<std::vector<std::uint8_t>> played(const Bytes& file, int nx, int ny) {
    std::vector<std::vector<std::uint8_t>> out;
    std::vector<std::uint8_t> picture(4 * static_cast<std::size_t>(nx * ny));
    std::size_t part[4] = {};
    std::uint32_t sequence = 0;
    for (const Chunk& c : chunks(file)) {
        if (c.type == "fcTL" || c.type == "fdAT") {
            EXPECT_EQ(word(c.data, 0), sequence++);
        }
        if (c.type == "fcTL")
            for (std::size_t k = 0; k < 4; ++k) part[k] = word(c.data, 4 + 4 * k);  // width, height, x, y
        if (c.type != "IDAT" && c.type != "fdAT") continue;
        const Bytes data(c.data.begin() + (c.type == "fdAT" ? 4 : 0), c.data.end());
        apply(data, nx, part[2], part[3], part[0], part[1], picture);
        out.push_back(picture);
    }
    return out;
}

/// A square that wanders over a ramp.
PictureFrame wandering(int nx, int ny, int k) {
    PictureFrame f{{}, 0.05 * (k + 1)};
    for (int y = 0; y < ny; ++y)
        for (int x = 0; x < nx; ++x) {
            const bool in = x >= 3 * k && x < 3 * k + 5 && y >= k && y < k + 4;
            for (const int v : {in ? 200 : 3 * x, 2 * y, in ? 0 : x ^ y, 255})
                f.rgba.push_back(static_cast<std::uint8_t>(v));
        }
    return f;
}

TEST(Apng, EveryFrameComesBackPixelByPixel) {
    const int nx = 37, ny = 23;
    std::vector<PictureFrame> frames;
    for (int k : {0, 1, 2, 2, 5}) frames.push_back(wandering(nx, ny, k));
    const Bytes file = write_apng(nx, ny, frames, 3);
    const auto pictures = played(file, nx, ny);
    ASSERT_EQ(pictures.size(), frames.size());
    for (std::size_t k = 0; k < frames.size(); ++k) EXPECT_EQ(pictures[k], frames[k].rgba) << k;
    const auto all = chunks(file);
    EXPECT_EQ(all[0].type, "IHDR");
    EXPECT_EQ(all[1].type, "acTL");
    EXPECT_EQ(word(all[1].data, 0), 5u);
    EXPECT_EQ(word(all[1].data, 4), 3u);
    EXPECT_EQ(all.back().type, "IEND");
    EXPECT_EQ(word(all[2].data, 20), 50u << 16 | 1000u);  // 0.05 s
}

TEST(Apng, ItsFirstFrameIsAnOrdinaryPng) {
    const int nx = 9, ny = 4;
    PictureFrame grey;
    for (int i = 0; i < nx * ny; ++i)
        for (const int v : {7 * i, 7 * i, 7 * i, 255}) grey.rgba.push_back(static_cast<std::uint8_t>(v));
    const Field2<std::uint8_t> still = read_png_gray(write_apng(nx, ny, {grey, grey}));
    ASSERT_EQ(still.grid.nx, nx);
    ASSERT_EQ(still.grid.ny, ny);
    for (int i = 0; i < nx * ny; ++i) EXPECT_EQ(still.values[static_cast<std::size_t>(i)], 7 * i % 256);
}

TEST(Apng, FramesOfTheWrongSizeAreRefused) {
    EXPECT_EQ(fault([] { write_apng(2, 2, {}); }).code, "D0316");
    EXPECT_EQ(fault([] { write_apng(2, 2, {{std::vector<std::uint8_t>(15), 0.1}}); }).code, "D0316");
    EXPECT_EQ(fault([] { write_apng(0, 2, {{{}, 0.1}}); }).code, "D0316");
    EXPECT_EQ(fault([] { write_apng(1, 1, {{std::vector<std::uint8_t>(4), std::nan("")}}); }).code, "D0316");
}

double red(const std::vector<std::uint8_t>& rgba) {
    double sum = 0;
    for (std::size_t i = 0; i < rgba.size(); i += 4) sum += rgba[i];
    return sum / 255;
}

std::vector<std::array<double, 2>> circle(double x, double z, double r, bool clockwise) {
    std::vector<std::array<double, 2>> ring;
    for (int i = 0; i < 720; ++i) {
        const double a = (clockwise ? -1 : 1) * i * std::numbers::pi / 360;
        ring.push_back({x + r * std::cos(a), z + r * std::sin(a)});
    }
    return ring;
}

TEST(PaintedSection, PixelsHoldTheAreaOfADiscWithAHoleWhicheverWayItsRingsRun) {
    const double area = std::numbers::pi * (40 * 40 - 15 * 15);
    for (const bool a : {false, true})
        for (const bool b : {false, true}) {
            const PaintedRings disc{{255, 0, 0}, {circle(3.3, -7.1, 40, a), circle(8.2, -2.4, 15, b)}};
            const auto rgba = paint_section({disc}, {-60, -60, 60, 60}, 240, 240, {0, 0, 0});
            // Rounding to 8 bits is unbiased over about 1400 border pixels: 0.29/255 sqrt(1400) of 19000 pixels.
            EXPECT_NEAR(red(rgba) / 4, area, 2e-4 * area) << a << b;
        }
}

TEST(PaintedSection, UpIsUpAndTheEarlierShapeIsSeen) {
    const std::vector<std::array<double, 2>> low = {{0, 0}, {4, 0}, {4, 1}, {0, 1}},
                                             all = {{0, 0}, {4, 0}, {4, 3}, {0, 3}};
    const auto rgba = paint_section({{{10, 20, 30}, {low}}, {{200, 0, 0}, {all}}}, {0, 0, 4, 4}, 4, 4);
    const auto pixel = [&](std::size_t x, std::size_t row) {
        return std::array<int, 4>{rgba[4 * (4 * row + x)], rgba[4 * (4 * row + x) + 1], rgba[4 * (4 * row + x) + 2],
                                  rgba[4 * (4 * row + x) + 3]};
    };
    EXPECT_EQ(pixel(1, 3), (std::array<int, 4>{10, 20, 30, 255}));
    EXPECT_EQ(pixel(1, 2), (std::array<int, 4>{200, 0, 0, 255}));
    EXPECT_EQ(pixel(1, 0), (std::array<int, 4>{255, 255, 255, 255}));
}

TEST(PaintedSection, TwoMaterialsThatShareASlantedBorderLeaveNoGapBetweenThem) {
    const std::vector<std::array<double, 2>> left = {{-9, -9}, {2, -9}, {7, 19}, {-9, 19}},
                                             right = {{2, -9}, {29, -9}, {29, 19}, {7, 19}};
    const auto rgba = paint_section({{{255, 0, 0}, {left}}, {{255, 0, 0}, {right}}}, {0, 0, 10, 10}, 50, 50, {0, 0, 0});
    for (std::size_t i = 0; i < rgba.size(); i += 4) EXPECT_GE(rgba[i], 254) << i / 4;
}

}  // namespace
}  // namespace damascene::io
