// Inverse lithography on published clips: the score it reaches, rules held on the written polygons, same bits at any
// thread count, and what a user may do to it (cancel, wrong sizes).
//
// Reference figures: unmodified targets score L2 + PV band = 56736 (clip 10) and 74926 (clip 8); the best published
// mask re-scored on exact rasters has 25022 and 31216. The bounds asserted below leave 3 % over what this code reaches.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "damascene/io.hpp"
#include "damascene/opc.hpp"

namespace damascene {
namespace {

io::Bytes bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    io::Bytes bytes(text.size());
    std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
    return bytes;
}

KernelSet kernels(const std::string& state) {
    std::map<std::string, io::Bytes> files;
    const std::string folder = std::string(DAMASCENE_TEST_DATA) + "/iccad13/kernels/";
    for (const std::string& name : {"kernels_" + state + ".c64le", "weights_" + state + ".f32le"})
        files[name] = bytes_of(folder + name);
    return io::read_kernels(files, state);
}

const opc::ProcessCorners& corners() {
    static const opc::ProcessCorners c = opc::iccad13_corners(kernels("focus"), kernels("defocus"));
    return c;
}

Field2<std::uint8_t> clip(int number) {
    const Layout layout = io::read_glp(
        bytes_of(std::string(DAMASCENE_TEST_DATA) + "/iccad13/clips/M1_test" + std::to_string(number) + ".glp"));
    return binary_raster(centred(merged(flatten(layout, 0, {1, 0})), 2048), {0, 0}, 2048, 2048, RasterRule::exact);
}

long total(const opc::Score& s) { return s.l2 + s.pvb; }

TEST(InverseLithography, BeatsTheBestPublishedMasksOnTwoClips) {
    const struct {
        int clip;
        long bound;
    } cases[] = {{10, 22300}, {8, 28700}};
    for (const auto& c : cases) {
        const auto target = clip(c.clip);
        const auto result = opc::optimize_ilt(target, corners(), {});
        const auto score = opc::score(target, result.raster, corners());
        EXPECT_LE(total(score), c.bound) << "clip " << c.clip;
        EXPECT_EQ(score.epe_violations, 0) << "clip " << c.clip;
    }
}

/// A mask made for a resist whose acid diffuses prints better in it than one made for the bare image.
TEST(InverseLithography, MaskForADiffusingResistBeatsTheOneForTheImage) {
    opc::ProcessCorners diffusing = corners();
    diffusing.diffusion_length = 25 * nm;
    const auto target = clip(10);
    const auto made_for_it = opc::score(target, opc::optimize_ilt(target, diffusing, {}).raster, diffusing),
               made_for_image = opc::score(target, opc::optimize_ilt(target, corners(), {}).raster, diffusing);
    EXPECT_LT(total(made_for_it), total(made_for_image));
    RecordProperty("with_diffusion", std::to_string(total(made_for_it)));
    RecordProperty("without", std::to_string(total(made_for_image)));
}

TEST(InverseLithography, LossFallsAndHistoryIsComplete) {
    const auto target = clip(10);
    const auto result = opc::optimize_ilt(target, corners(), {.iterations = 60});
    ASSERT_GE(result.history.size(), 6u);
    EXPECT_EQ(result.history.front().iteration, 0);
    EXPECT_EQ(result.history.back().iteration, 59);
    EXPECT_LT(result.history.back().l2 + result.history.back().pvb,
              0.6 * (result.history.front().l2 + result.history.front().pvb));
}

TEST(InverseLithography, RulesHoldOnThePolygonsAfterAGdsRoundTrip) {
    const auto target = clip(4);
    opc::IltOptions options;
    options.iterations = 120;
    options.rules = {.min_width = 20 * nm, .min_space = 20 * nm, .min_area = 900 * nm2};
    const auto result = opc::optimize_ilt(target, corners(), options);
    EXPECT_TRUE(result.violations.empty());

    Layout layout;
    layout.unit = result.mask.unit;
    Cell cell{.name = "MASK"};
    for (const Ring& ring : without_holes(result.mask).rings) {
        cell.boundaries.push_back(
            {{1, 0}, static_cast<std::uint32_t>(cell.points.size()), static_cast<std::uint32_t>(ring.size())});
        cell.points.insert(cell.points.end(), ring.begin(), ring.end());
    }
    layout.cells.push_back(cell);
    const Layout again = io::read_gds(io::write_gds(layout));
    const Region read = merged(flatten(again, 0, {1, 0}));
    EXPECT_TRUE(check_mask_rules(read, options.rules).empty());
    EXPECT_NEAR(area(read), area(result.mask), 1e-9 * area(result.mask));
}

TEST(InverseLithography, SameBitsAtOneTwoAndThreeThreads) {
    const auto target = clip(10);
    std::vector<Region> masks;
    for (int threads : {1, 2, 3}) {
        set_thread_count(threads);
        masks.push_back(opc::optimize_ilt(target, corners(), {.iterations = 40}).mask);
    }
    set_thread_count(2);
    EXPECT_EQ(masks[0].rings, masks[1].rings);
    EXPECT_EQ(masks[0].rings, masks[2].rings);
}

TEST(InverseLithography, RasterAndPolygonsAreTheSameMask) {
    const auto result = opc::optimize_ilt(clip(8), corners(), {.iterations = 40});
    double pixels = 0;
    for (auto v : result.raster.values) pixels += v;
    const double polygons = area(result.mask) * 0.01;  // 0.1 nm units to nm^2
    EXPECT_NEAR(pixels, polygons, 2e-3 * polygons);
}

TEST(InverseLithography, StopsWithinAnIterationOfACancel) {
    std::atomic<bool> cancel = false;
    int reports = 0;
    Context context;
    context.cancel_requested = &cancel;
    context.on_progress = [&](const Progress& p) {
        EXPECT_GE(p.done, 0);
        EXPECT_LE(p.done, 1);
        if (++reports == 2) cancel = true;
    };
    EXPECT_THROW(opc::optimize_ilt(clip(10), corners(), {}, context), Cancelled);
    EXPECT_EQ(reports, 2);
}

TEST(InverseLithography, RefusesClipsItsGridsCannotHold) {
    Field2<std::uint8_t> odd{{.nx = 300, .ny = 300}, std::vector<std::uint8_t>(300 * 300)};
    EXPECT_THROW(opc::optimize_ilt(odd, corners(), {}), InputError);
    Field2<std::uint8_t> small{{.nx = 1024, .ny = 1024}, std::vector<std::uint8_t>(1024 * 1024)};
    EXPECT_THROW(opc::optimize_ilt(small, corners(), {}), InputError);  // kernels of another period
    Field2<std::uint8_t> coarse{{.nx = 256, .ny = 256, .dx = 8 * nm, .dy = 8 * nm},
                                std::vector<std::uint8_t>(256 * 256)};
    EXPECT_THROW(opc::optimize_ilt(coarse, corners(), {}), InputError);  // 32 cells cannot carry 35 frequencies
}

TEST(InverseLithography, EmptyTargetGivesAnEmptyMask) {
    Field2<std::uint8_t> blank{{.nx = 2048, .ny = 2048}, std::vector<std::uint8_t>(2048 * 2048)};
    const auto result = opc::optimize_ilt(blank, corners(), {.iterations = 20});
    EXPECT_EQ(total(opc::score(blank, result.raster, corners())), 0);
}

}  // namespace
}  // namespace damascene
