// A growing cross-section as an animated PNG: materials by covered area, voids in red, time as a bar at the bottom.
// Colours: Okabe and Ito, "Color universal design" (2008), as in the report.
#include <algorithm>
#include <cmath>

#include "damascene/flow.hpp"

namespace damascene::flow {
namespace {

using Rings = std::vector<std::vector<std::array<double, 2>>>;
using Rgb = std::array<std::uint8_t, 3>;

constexpr Rgb gas = {247, 249, 251}, void_red = {179, 38, 30}, bar = {164, 80, 28}, track = {220, 220, 215};
constexpr std::array<Rgb, 8> palette = {{{143, 150, 158},
                                         {230, 159, 0},
                                         {86, 180, 233},
                                         {0, 158, 115},
                                         {240, 228, 66},
                                         {0, 114, 178},
                                         {213, 94, 0},
                                         {204, 121, 167}}};
constexpr int bar_height = 4;

Rgb material_color(const Topography& t, std::size_t m) {
    const std::string text = m < t.colors.size() ? t.colors[m] : "";
    if (text.size() != 7 || text[0] != '#' || text.find_first_not_of("0123456789abcdefABCDEF", 1) != std::string::npos)
        return m == 0 ? palette[0] : palette[1 + (m - 1) % (palette.size() - 1)];
    const auto value = std::stoul(text.substr(1), nullptr, 16);
    return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8 & 255),
            static_cast<std::uint8_t>(value & 255)};
}

/// Both halves of a revolved section.
Rings both_halves(const Rings& half) {
    Rings out = half;
    for (auto ring : half) {
        for (auto& p : ring) p[0] = -p[0];
        out.push_back(std::move(ring));
    }
    return out;
}

std::vector<std::uint8_t> picture(const Topography& t, const TopographyFrame& frame,
                                  const std::array<double, 4>& window, int nx, int ny) {
    const auto drawn = [&](const Rings& rings) { return t.axial ? both_halves(rings) : rings; };
    std::vector<io::PaintedRings> shapes;
    if (!frame.voids_nm.empty()) shapes.push_back({void_red, drawn(frame.voids_nm)});
    for (std::size_t m = 0; m < frame.outlines_nm.size(); ++m)
        shapes.push_back({material_color(t, m), drawn(frame.outlines_nm[m])});
    return io::paint_section(shapes, window, nx, ny, gas);
}

void draw_time(std::vector<std::uint8_t>& rgba, int nx, int ny, double share) {
    const int end = static_cast<int>(std::lround(share * nx));
    for (int y = ny - bar_height; y < ny; ++y)
        for (int x = 0; x < nx; ++x)
            for (std::size_t c = 0; c < 3; ++c)
                rgba[4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(x)) +
                     c] = x < end ? bar[c] : track[c];
}

}  // namespace

io::Bytes animation_png(const Topography& t, int width, int height) {
    std::array<double, 4> window = t.window_nm;
    if (t.axial) window[0] = -window[2];
    const double wide = window[2] - window[0], high = window[3] - window[1];
    if (!(wide > 0) || !(high > 0) || width < 16 || height < 16)
        throw InputError("D0402", "an animation needs a window with extent and 16 x 16 pixels or more");
    const double pixel = std::max(wide / width, high / height);
    const int nx = std::max(static_cast<int>(wide / pixel + 1e-9), 8),
              ny = std::max(static_cast<int>(high / pixel + 1e-9), 8);
    constexpr double step_s = 0.12, rest_s = 1.5;
    std::vector<io::PictureFrame> frames;
    const double last = t.frames.empty() ? 0 : t.frames.back().time_s;
    for (const TopographyFrame& f : t.frames) {
        frames.push_back({picture(t, f, window, nx, ny), step_s});
        draw_time(frames.back().rgba, nx, ny, last > 0 ? f.time_s / last : 1);
    }
    if (!frames.empty()) frames.back().seconds = rest_s;
    return io::write_apng(nx, ny, frames);
}

}  // namespace damascene::flow
