// Layouts by tiles: imaging without seams, repeatability, repeated tiles, edge placement of a real metal layer.
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>

#include "damascene/io.hpp"
#include "damascene/opc.hpp"
#include "damascene/opc/tiles.hpp"

#include <gtest/gtest.h>

using namespace damascene;
using namespace damascene::opc;

namespace {

/// A part of the metal1 layer of a placed 45 nm block, 0.1 nm units.
Region metal1(Box window) {
    std::ifstream in(std::string(DAMASCENE_TEST_DATA) + "/layouts/gcd_45nm_metal1.gds", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    const Layout layout = io::read_gds({first, text.size()});
    return clipped(merged(normalised(flatten(layout, find_cell(layout, ""), {11, 0}))), window);
}

constexpr Box middle{140000, 140000, 154000, 154000};  // 1.4 x 1.4 um

optics::Pupil lens(Length defocus = 0 * nm) {
    return {.na = 1.35, .wavelength = 193.368 * nm, .n_medium = 1.4366, .defocus = defocus};
}

ProcessCorners corners(Length period, int kernels) {
    const optics::Source source = optics::annular(0.6, 0.9, 21);
    ProcessCorners c;
    c.focus = optics::socs(source, lens(), period, period, 0, kernels);
    c.defocus = optics::socs(source, lens(40 * nm), period, period, 0, kernels);
    c.threshold = 0.28, c.dose_outer = 1.03, c.dose_inner = 0.97;
    return c;
}

TileOptions quick(int iterations, int passes = 2) {
    TileOptions options;
    options.halo = 350 * nm, options.passes = passes, options.edge.iterations = iterations;
    options.edge.rules = {.min_width = 20 * nm, .min_space = 20 * nm};
    return options;
}

double rms(const std::vector<EdgePlacement>& sites) {
    double sum = 0;
    for (const EdgePlacement& p : sites) sum += p.epe_nm * p.epe_nm;
    return std::sqrt(sum / static_cast<double>(sites.size()));
}

/// A cell of two bars and an L, repeated on a square lattice.
Region array(int count, int pitch) {
    const Region cell{1 * nm,
                      {{{60, 60}, {130, 60}, {130, 500}, {60, 500}},
                       {{270, 60}, {500, 60}, {500, 140}, {350, 140}, {350, 500}, {270, 500}}}};
    Region all{1 * nm, {}};
    for (int j = 0; j < count; ++j)
        for (int i = 0; i < count; ++i)
            for (const Ring& ring : translated(cell, i * pitch, j * pitch).rings) all.rings.push_back(ring);
    return all;
}

}  // namespace

// The spectrum is additive over any cut of the mask: imaging tile spectra summed on one period has no seam at all.
TEST(TiledImaging, SumOfTileSpectraImagesLikeOnePiece) {
    const Region mask = metal1(middle);
    const KernelSet kernels = corners(1400 * nm, 12).focus;
    const auto spectrum = [&](const Region& part) {
        return polygon_spectrum(part, 14000 * nm, 14000 * nm, 1400 * nm, 1400 * nm, kernels.band_x, kernels.band_y);
    };
    Spectrum2 sum = spectrum({mask.unit, {}});
    for (int j = 0; j < 3; ++j)
        for (int i = 0; i < 3; ++i) {
            const auto at = [](int k) { return std::int64_t{140000 + 14000 * k / 3}; };
            const Spectrum2 tile = spectrum(clipped(mask, {at(i), at(j), at(i + 1), at(j + 1)}));
            for (std::size_t k = 0; k < sum.coefficients.size(); ++k) sum.coefficients[k] += tile.coefficients[k];
        }
    const Image whole = optics::image(kernels, spectrum(mask)), tiled = optics::image(kernels, sum);
    for (std::size_t k = 0; k < whole.coefficients.size(); ++k)
        ASSERT_LT(std::abs(whole.coefficients[k] - tiled.coefficients[k]), 1e-12);
}

TEST(TiledImaging, CoresCoverTheWindowOnce) {
    const Region mask = metal1(middle);
    double covered = 0;
    image_by_tiles(mask, middle, corners(1200 * nm, 2).focus, 350 * nm, [&](const Box& core, const Image& image) {
        covered += static_cast<double>((core.x1 - core.x0) * (core.y1 - core.y0));
        EXPECT_EQ(image.period_x, 1200 * nm);
    });
    EXPECT_DOUBLE_EQ(covered, 14000.0 * 14000.0);
}

TEST(TiledImaging, PlacementOnOneTileIsThatOfItsImage) {
    const Region target = array(1, 0);
    const KernelSet kernels = corners(1400 * nm, 8).focus;
    const Box window{0, 0, 700, 700};
    const auto sites = layout_placement(target, target, window, kernels, 0.28, 350 * nm, 60 * nm, 40 * nm);
    const Image image = optics::image(
        kernels, polygon_spectrum(target, -350 * nm, -350 * nm, 1400 * nm, 1400 * nm, kernels.band_x, kernels.band_y));
    const auto truth = edge_placement(image, 0.28, target, 60 * nm, 40 * nm);
    ASSERT_EQ(sites.size(), truth.size());
    EXPECT_NEAR(rms(sites), rms(truth), 1e-9);
}

// What a halo leaves out in a dense layer, against a halo of 1200 nm (Abbe, no truncation): hard pupil and source edges
// make it fall only about as 1 / halo, so a halo is a trade and not a cut-off.
TEST(TiledImaging, HaloErrorFallsWithTheHalo) {
    const Region mask = metal1({120000, 120000, 174000, 174000});
    const optics::Source source = optics::annular(0.6, 0.9, 31);
    const auto core_image = [&](double halo) {
        const double corner = 14500 - halo, side = 400 + 2 * halo;
        const auto unit = [](double v) { return static_cast<std::int64_t>(std::llround(10 * v)); };
        const Region part = clipped(mask, {unit(corner), unit(corner), unit(corner + side), unit(corner + side)});
        const int band = optics::mask_band(source, lens(), side * nm);
        return optics::abbe(polygon_spectrum(part, corner * nm, corner * nm, side * nm, side * nm, band, band), source,
                            lens());
    };
    const auto worst = [&](const Image& a, const Image& b) {
        double most = 0;
        for (int j = 0; j <= 20; ++j)
            for (int i = 0; i <= 20; ++i) {
                const Length x = (14500 + 20 * i) * nm, y = (14500 + 20 * j) * nm;
                most = std::max(most, std::abs(value_at(a, x, y) - value_at(b, x, y)));
            }
        return most;
    };
    const Image far = core_image(1200);
    double last = 1;
    for (double halo : {150.0, 300.0, 600.0}) {
        const double error = worst(core_image(halo), far);
        RecordProperty("halo_" + std::to_string(static_cast<int>(halo)), std::to_string(error));
        EXPECT_LT(error, last);
        last = error;
    }
    EXPECT_LT(last, 8e-3);
}

TEST(TiledCorrection, SameMaskOnOneTwoAndThreeThreads) {
    const Region target = metal1(middle);
    const ProcessCorners c = corners(1200 * nm, 6);
    const int before = thread_count();
    std::vector<Region> masks;
    for (int threads : {1, 2, 3}) {
        set_thread_count(threads);
        masks.push_back(optimize_layout(target, {}, c, quick(6)).mask);
    }
    set_thread_count(before);
    EXPECT_EQ(masks[0].rings, masks[1].rings);
    EXPECT_EQ(masks[0].rings, masks[2].rings);
}

TEST(TiledCorrection, RepeatedTilesAreComputedOnce) {
    const ProcessCorners c = corners(1260 * nm, 6);  // core 560
    const TiledResult result = optimize_layout(array(6, 560), {0, 0, 6 * 560, 6 * 560}, c, quick(4, 1));
    EXPECT_EQ(result.tiles, 36);
    // Distinct views in a 6 x 6 array: first colour 2 x 2 (border or not), second 3 x 2 (it sees the first), then 3 x
    // 3, 3 x 3.
    EXPECT_EQ(result.computed, 4 + 6 + 9 + 9);
    const Region inner = clipped(result.mask, {1120, 1120, 1680, 1680}),
                 next = clipped(result.mask, {2240, 1120, 2800, 1680});
    EXPECT_TRUE(combine(translated(inner, 1120, 0), next, Boolean::exclusive_or).rings.empty());
}

TEST(TiledCorrection, EdgesOfARealLayerComeToPlace) {
    const Region target = metal1(middle);
    const ProcessCorners c = corners(1200 * nm, 20);
    const auto placed = [&](const Region& mask) {
        return rms(layout_placement(mask, target, {}, c.focus, c.threshold, 350 * nm, 60 * nm, 40 * nm));
    };
    const TiledResult result = optimize_layout(target, {}, c, quick(30));
    EXPECT_TRUE(result.violations.empty());
    EXPECT_TRUE(is_manhattan(result.mask));
    EXPECT_EQ(result.mask.unit, 1 * nm);
    EXPECT_LT(placed(result.mask), 0.5 * placed(target));
}

TEST(TiledCorrection, HaloWiderThanTheTileIsRefused) {
    TileOptions options;
    options.halo = 700 * nm;
    EXPECT_THROW(optimize_layout(array(1, 0), {}, corners(1200 * nm, 2), options), InputError);
}

/// What the executor is given for one cell of the array, and what comes of answering with `shifts`.
std::vector<TileBytes> tiles_given(const ProcessCorners& c, const std::function<void(std::vector<TileBytes>&)>& spoil) {
    std::vector<TileBytes> given;
    optimize_layout(array(1, 560), {}, c, quick(1, 1), [&](const std::vector<TileBytes>& tiles) {
        given.insert(given.end(), tiles.begin(), tiles.end());
        std::vector<TileBytes> shifts;
        for (const TileBytes& tile : tiles) shifts.push_back(corrected_tile(tile, c));
        spoil(shifts);
        return shifts;
    });
    return given;
}

TEST(TiledCorrection, AnswersThatDoNotFitAreRefused) {
    const ProcessCorners c = corners(1400 * nm, 4);
    const auto missing = [](std::vector<TileBytes>& shifts) {
        if (!shifts.empty()) shifts.pop_back();
    };
    const auto longer = [](std::vector<TileBytes>& shifts) {
        for (TileBytes& s : shifts) s.resize(s.size() + sizeof(double));
    };
    EXPECT_THROW(tiles_given(c, missing), NumericalError);
    EXPECT_THROW(tiles_given(c, longer), NumericalError);
}

TEST(TiledCorrection, DamagedTilesAreRefused) {
    const ProcessCorners c = corners(1400 * nm, 4);
    const std::vector<TileBytes> tiles = tiles_given(c, [](std::vector<TileBytes>&) {});
    ASSERT_FALSE(tiles.empty());
    const auto refused = [&](TileBytes tile) {
        try {
            corrected_tile(tile, c);
        } catch (const InputError& error) {
            return error.diagnostics().front().code;
        }
        return std::string("none");
    };
    TileBytes longer = tiles[0], odd = tiles[0], counts = tiles[0];
    longer.resize(longer.size() + sizeof(double));
    odd.resize(odd.size() - 3);
    for (const double count : {-1.0, 1e18, 1.5}) {
        std::memcpy(counts.data() + 13 * sizeof(double), &count, sizeof count);  // of rings
        EXPECT_EQ(refused(counts), "D0605") << count;
    }
    EXPECT_EQ(refused(longer), "D0605");
    EXPECT_EQ(refused(odd), "D0605");
}
