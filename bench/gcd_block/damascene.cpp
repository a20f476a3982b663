// Edge correction of a 45 nm metal1 block (30.6 x 29.6 um) by tiles: time, memory, edge placement before and after.
//
//   damascene_gcd_block tests/data/layouts/gcd_45nm_metal1.gds [core nm] [iterations] [threads]
//
// Optics: 193.368 nm, NA 1.35 in water, annular 0.6-0.9; drawn shapes are openings. Process window: dose +-3 %, defocus
// 40 nm at the low dose. The threshold prints a drawn 70 nm line of 190 nm pitch on size.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "damascene/io.hpp"
#include "damascene/opc.hpp"

using namespace damascene;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double peak_memory_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

Region metal1(const char* path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    const Layout layout = io::read_gds({first, text.size()}, {.file = path});
    return merged(normalised(flatten(layout, find_cell(layout, ""), {11, 0})));
}

optics::Pupil lens(Length defocus) {
    return {.na = 1.35, .wavelength = 193.368 * nm, .n_medium = 1.4366, .defocus = defocus};
}

/// Intensity at the drawn edge of a 70 nm opening of 190 nm pitch.
double threshold_on_size() {
    const Region line{1 * nm, {{{60, 0}, {130, 0}, {130, 190}, {60, 190}}}};
    const optics::Source source = optics::refined(optics::annular(0.6, 0.9), lens(0 * nm), 190 * nm, 190 * nm);
    const int band = optics::mask_band(source, lens(0 * nm), 190 * nm);
    return value_at(
        optics::abbe(polygon_spectrum(line, 0 * nm, 0 * nm, 190 * nm, 190 * nm, band, band), source, lens(0 * nm)),
        60 * nm, 95 * nm);
}

void report(const char* name, std::vector<opc::EdgePlacement> sites) {
    std::vector<double> errors;
    double sum = 0, squares = 0;
    int lost = 0, beyond = 0;
    for (const opc::EdgePlacement& p : sites) {
        lost += !p.found, beyond += std::abs(p.epe_nm) > 7;
        sum += p.epe_nm, squares += p.epe_nm * p.epe_nm;
        errors.push_back(std::abs(p.epe_nm));
    }
    std::sort(errors.begin(), errors.end());
    const double n = static_cast<double>(errors.size());
    std::printf(
        "%s: %zu sites, mean %.2f, rms %.2f, median |EPE| %.2f, 99 %% %.2f, max %.2f nm, beyond 7 nm %d, no crossing "
        "within 40 nm %d\n",
        name, errors.size(), sum / n, std::sqrt(squares / n), errors[errors.size() / 2],
        errors[errors.size() * 99 / 100], errors.back(), beyond, lost);
}

/// One core in the middle of the block by Abbe with twice the halo: what truncation and halo do to image and placement.
void probe(const Region& mask, const Region& target, const opc::ProcessCorners& corners, const optics::Source& source,
           double core, double halo) {
    const auto part = [](const Region& region, double corner, double side) {
        const double unit = region.unit.in(nm);
        const auto whole = [&](double v) { return static_cast<std::int64_t>(std::llround(v / unit)); };
        return clipped(region, {whole(corner), whole(corner), whole(corner + side), whole(corner + side)});
    };
    const double x = 14000, side = core + 2 * halo, wide = core + 4 * halo;
    const int band = optics::mask_band(source, lens(0 * nm), wide * nm);
    const Length near = (x - halo) * nm, far = (x - 2 * halo) * nm;
    const Image tile =
        optics::image(corners.focus, polygon_spectrum(part(mask, x - halo, side), near, near, side * nm, side * nm,
                                                      corners.focus.band_x, corners.focus.band_y));
    const Image truth =
        optics::abbe(polygon_spectrum(part(mask, x - 2 * halo, wide), far, far, wide * nm, wide * nm, band, band),
                     source, lens(0 * nm));
    double most = 0, mean = 0;
    constexpr int samples = 40;
    for (int j = 0; j < samples; ++j)
        for (int i = 0; i < samples; ++i) {
            const Length px = (x + core * i / samples) * nm, py = (x + core * j / samples) * nm;
            const double difference = value_at(tile, px, py) - value_at(truth, px, py);
            most = std::max(most, std::abs(difference)), mean += difference / (samples * samples);
        }
    std::printf("probe tile: kernels and halo against Abbe with twice the halo: mean %.1e, max %.1e of clear field\n",
                mean, most);
    std::vector<opc::EdgePlacement> sites;
    for (const opc::EdgePlacement& p :
         opc::edge_placement(truth, corners.threshold, part(target, x - halo / 2, core + halo), 60 * nm, 40 * nm))
        if (p.x_nm >= x && p.y_nm >= x && p.x_nm < x + core && p.y_nm < x + core) sites.push_back(p);
    report("probe tile by Abbe", sites);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fprintf(stderr, "damascene_gcd_block LAYOUT.gds [core nm] [iterations] [threads]\n"), 2;
    const double core = argc > 2 ? std::atof(argv[2]) : 1100, halo = 500;
    constexpr int kernel_count = 48;
    if (argc > 4) set_thread_count(std::atoi(argv[4]));
    const Region target = metal1(argv[1]);
    const Length period = (core + 2 * halo) * nm;
    double start = now();
    const optics::Source source = optics::annular(0.6, 0.9, 31);
    opc::ProcessCorners corners;
    corners.focus = optics::socs(source, lens(0 * nm), period, period, 0, kernel_count);
    corners.defocus = optics::socs(source, lens(40 * nm), period, period, 0, kernel_count);
    corners.threshold = threshold_on_size();
    corners.dose_outer = 1.03, corners.dose_inner = 0.97;
    std::printf("kernels: period %.0f nm, band %d, %d + %d, truncation bound %.1e; threshold %.4f; %.1f s\n",
                period.in(nm), corners.focus.band_x, corners.focus.count(), corners.defocus.count(),
                corners.focus.truncation_bound, corners.threshold, now() - start);
    std::fflush(stdout);
    start = now();
    const std::vector<opc::EdgePlacement> before =
        opc::layout_placement(target, target, {}, corners.focus, corners.threshold, halo * nm, 60 * nm, 40 * nm);
    std::printf("placement: %.1f s\n", now() - start);
    report("before", before);
    std::fflush(stdout);
    opc::TileOptions options;
    options.halo = halo * nm;
    if (argc > 3) options.edge.iterations = std::atoi(argv[3]);
    options.edge.rules = {.min_width = 20 * nm, .min_space = 20 * nm, .min_area = 900 * nm2};
    const opc::TiledResult result = opc::optimize_layout(target, {}, corners, options);
    std::printf("correction: %.1f s, %d tiles, %d computed, last move %.2f nm, %zu rule violations, %zu polygons\n",
                result.seconds, result.tiles, result.computed, result.last_move_nm, result.violations.size(),
                result.mask.rings.size());
    report("after", opc::layout_placement(result.mask, target, {}, corners.focus, corners.threshold, halo * nm, 60 * nm,
                                          40 * nm));
    probe(result.mask, target, corners, source, core, halo);
    std::printf("peak memory %.0f MB\n", peak_memory_mb());
}
