// Animated PNG of growing cross-sections: outlines painted by covered area, frames as differences of the one before.
// ISO/IEC 15948 with the chunks acTL, fcTL, fdAT of its third edition (2025). RGBA, 8 bits, filter Up.

#include <zlib.h>

#include <algorithm>
#include <cmath>

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

constexpr std::endian network = std::endian::big;
constexpr int largest_side = 16384;
constexpr std::size_t most_samples = std::size_t{1} << 31;

struct Rectangle {
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

void add_chunk(Bytes& out, const char* type, const Bytes& data) {
    store(out, static_cast<std::uint32_t>(data.size()), network);
    Bytes body = as_bytes(type);
    body.insert(body.end(), data.begin(), data.end());
    out.insert(out.end(), body.begin(), body.end());
    const auto* first = reinterpret_cast<const Bytef*>(body.data());
    store(out, static_cast<std::uint32_t>(crc32(0, first, static_cast<uInt>(body.size()))), network);
}

Bytes deflated(const std::vector<std::uint8_t>& data) {
    uLongf size = compressBound(static_cast<uLong>(data.size()));
    Bytes out(size);
    if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, data.data(), static_cast<uLong>(data.size()), 9) != Z_OK)
        throw NumericalError("zlib did not compress a picture");
    out.resize(size);
    return out;
}

/// Rows of a part of the picture, each behind its filter: difference to the row above.
Bytes packed(const std::vector<std::uint8_t>& rgba, int nx, const Rectangle& part) {
    std::vector<std::uint8_t> rows;
    const auto width = static_cast<std::size_t>(part.x1 - part.x0) * 4;
    for (int y = part.y0; y < part.y1; ++y) {
        constexpr std::uint8_t up = 2;
        rows.push_back(up);
        const std::size_t at =
            4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(part.x0));
        for (std::size_t i = at; i < at + width; ++i) {
            const std::uint8_t above = y > part.y0 ? rgba[i - 4 * static_cast<std::size_t>(nx)] : std::uint8_t{0};
            rows.push_back(static_cast<std::uint8_t>(rgba[i] - above));
        }
    }
    return deflated(rows);
}

/// Smallest part that holds every changed pixel; one pixel when nothing changed.
Rectangle changed(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b, int nx, int ny) {
    Rectangle part{nx, ny, 0, 0};
    for (int y = 0; y < ny; ++y)
        for (int x = 0; x < nx; ++x) {
            const auto at = static_cast<std::ptrdiff_t>(4) * (static_cast<std::ptrdiff_t>(y) * nx + x);
            if (std::equal(a.begin() + at, a.begin() + at + 4, b.begin() + at)) continue;
            part = {std::min(part.x0, x), std::min(part.y0, y), std::max(part.x1, x + 1), std::max(part.y1, y + 1)};
        }
    return part.x1 > 0 ? part : Rectangle{0, 0, 1, 1};
}

Bytes header(int nx, int ny) {
    Bytes data;
    store(data, static_cast<std::uint32_t>(nx), network);
    store(data, static_cast<std::uint32_t>(ny), network);
    for (const std::uint8_t v : {8, 6, 0, 0, 0})
        store(data, v, network);  // depth, RGBA, deflate, filters, not interlaced
    return data;
}

/// Replaces its part of the picture and stays: dispose none, blend source.
Bytes frame_control(std::uint32_t sequence, const Rectangle& part, double seconds) {
    Bytes data;
    for (const auto v :
         {sequence, static_cast<std::uint32_t>(part.x1 - part.x0), static_cast<std::uint32_t>(part.y1 - part.y0),
          static_cast<std::uint32_t>(part.x0), static_cast<std::uint32_t>(part.y0)})
        store(data, v, network);
    store(data, static_cast<std::uint16_t>(std::lround(std::clamp(seconds, 0.0, 65.0) * 1000)), network);
    store(data, std::uint16_t{1000}, network);
    for (int i = 0; i < 2; ++i) store(data, std::uint8_t{0}, network);
    return data;
}

void require_frames(int nx, int ny, const std::vector<PictureFrame>& frames) {
    if (nx < 1 || ny < 1 || nx > largest_side || ny > largest_side)
        throw InputError("D0316", "an animation needs 1 to 16384 pixels on each side");
    const std::size_t samples = 4 * static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny);
    if (frames.empty() || frames.size() > most_samples / samples)
        throw InputError("D0316", "an animation needs 1 frame to 2^31 samples");
    for (const PictureFrame& f : frames)
        if (f.rgba.size() != samples || !std::isfinite(f.seconds))
            throw InputError("D0316", "a frame needs width x height RGBA samples and a finite delay");
}

// ---------------------------------------------------------------------------------------------------------- painting
using Ring = std::vector<std::array<double, 2>>;

bool inside(const Ring& ring, const std::array<double, 2>& p) {
    bool odd = false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
        if ((ring[i][1] > p[1]) != (ring[j][1] > p[1]) &&
            p[0] < ring[i][0] + (p[1] - ring[i][1]) / (ring[j][1] - ring[i][1]) * (ring[j][0] - ring[i][0]))
            odd = !odd;
    return odd;
}

double twice_area(const Ring& ring) {
    double sum = 0;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
        sum += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
    return sum;
}

/// Rings as a region whose winding is their even-odd inside: those at odd depth run clockwise. Rings must not cross.
Region nested_region(const std::vector<Ring>& rings, const std::array<double, 4>& window, double unit_nm) {
    Region region{unit_nm * nm, {}};
    for (std::size_t k = 0; k < rings.size(); ++k) {
        const Ring& ring = rings[k];
        if (ring.size() < 3) continue;
        // A point of its own border decides: holes may share corners with their solid, midpoints of sides rarely.
        const std::array<double, 2> probe = {0.5 * (ring[0][0] + ring[1][0]), 0.5 * (ring[0][1] + ring[1][1])};
        bool solid = true;
        for (std::size_t other = 0; other < rings.size(); ++other)
            if (other != k && rings[other].size() > 2 && inside(rings[other], probe)) solid = !solid;
        Ring turned = ring;
        if ((twice_area(ring) > 0) != solid) std::reverse(turned.begin(), turned.end());
        damascene::Ring& out = region.rings.emplace_back();
        const auto place = [&](double v, double low, double high) {
            const double reach = 4 * (high - low);
            return static_cast<std::int32_t>(std::lround((std::clamp(v, low - reach, high + reach) - low) / unit_nm));
        };
        for (const auto& p : turned)
            out.push_back({place(p[0], window[0], window[2]), place(p[1], window[1], window[3])});
    }
    return region;
}

}  // namespace

Bytes write_apng(int nx, int ny, const std::vector<PictureFrame>& frames, int plays) {
    require_frames(nx, ny, frames);
    Bytes out;
    for (const unsigned v : {0x89u, 0x50u, 0x4Eu, 0x47u, 0x0Du, 0x0Au, 0x1Au, 0x0Au}) out.push_back(std::byte(v));
    add_chunk(out, "IHDR", header(nx, ny));
    Bytes control;
    store(control, static_cast<std::uint32_t>(frames.size()), network);
    store(control, static_cast<std::uint32_t>(std::max(plays, 0)), network);
    add_chunk(out, "acTL", control);
    std::uint32_t sequence = 0;
    const Rectangle whole{0, 0, nx, ny};
    add_chunk(out, "fcTL", frame_control(sequence++, whole, frames[0].seconds));
    add_chunk(out, "IDAT", packed(frames[0].rgba, nx, whole));
    for (std::size_t k = 1; k < frames.size(); ++k) {
        const Rectangle part = changed(frames[k - 1].rgba, frames[k].rgba, nx, ny);
        add_chunk(out, "fcTL", frame_control(sequence++, part, frames[k].seconds));
        Bytes data;
        store(data, sequence++, network);
        const Bytes rows = packed(frames[k].rgba, nx, part);
        data.insert(data.end(), rows.begin(), rows.end());
        add_chunk(out, "fdAT", data);
    }
    add_chunk(out, "IEND", {});
    return out;
}

std::vector<std::uint8_t> paint_section(const std::vector<PaintedRings>& shapes, const std::array<double, 4>& window_nm,
                                        int nx, int ny, std::array<std::uint8_t, 3> background) {
    const double dx = (window_nm[2] - window_nm[0]) / nx, dz = (window_nm[3] - window_nm[1]) / ny;
    if (nx < 1 || ny < 1 || nx > largest_side || ny > largest_side || !(dx > 0) || !(dz > 0) || !std::isfinite(dx + dz))
        throw InputError("D0316", "a picture needs 1 to 16384 pixels on each side and a window with extent");
    const std::size_t pixels = static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny);
    std::vector<double> left(pixels, 1.0);
    std::vector<std::array<double, 3>> sum(pixels, {0, 0, 0});
    constexpr double parts_of_pixel = 256;
    for (const PaintedRings& shape : shapes) {
        const Region region = nested_region(shape.rings_nm, window_nm, std::min(dx, dz) / parts_of_pixel);
        if (region.rings.empty()) continue;
        const Grid2 grid{nx, ny, dx * nm, dz * nm, 0.5 * dx * nm, 0.5 * dz * nm};
        const Field2<double> cover = coverage_raster(region, grid);
        for (std::size_t i = 0; i < pixels; ++i) {
            const double share = std::min(cover.values[i], left[i]);
            left[i] -= share;
            for (std::size_t c = 0; c < 3; ++c) sum[i][c] += share * shape.color[c];
        }
    }
    std::vector<std::uint8_t> rgba(4 * pixels, 255);
    for (std::size_t i = 0; i < pixels; ++i) {
        const std::size_t x = i % static_cast<std::size_t>(nx),
                          row = static_cast<std::size_t>(ny) - 1 - i / static_cast<std::size_t>(nx);
        for (std::size_t c = 0; c < 3; ++c)
            rgba[4 * (row * static_cast<std::size_t>(nx) + x) + c] =
                static_cast<std::uint8_t>(std::lround(sum[i][c] + left[i] * background[c]));
    }
    return rgba;
}

}  // namespace damascene::io
