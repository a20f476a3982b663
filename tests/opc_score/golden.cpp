// The 40 golden scores and the golden aerial images of the ICCAD-2013 benchmark (V-06 to V-09).
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>

#include "digits.hpp"
#include "opc_score/iccad13.hpp"

using namespace damascene;

namespace {

using Raster = Field2<std::uint8_t>;

long expected(int k, const std::string& column) {
    static const auto scores = iccad13::golden_scores();
    return scores.at("M1_test" + std::to_string(k)).at(column);
}

void expect_score(int k, const std::string& row, const opc::Score& s) {
    const std::string clip = "clip " + std::to_string(k) + " " + row, source = "ICCAD-2013 rules, golden scores";
    expect_digit(clip + ", L2 in nm^2", source, double(s.l2), double(expected(k, row + "_L2")), 1);
    expect_digit(clip + ", PV band in nm^2", source, double(s.pvb), double(expected(k, row + "_PVB")), 1);
    expect_digit(clip + ", EPE violations", source, s.epe_violations, double(expected(k, row + "_EPE")), 0);
    expect_digit(clip + ", EPE sites", source, s.epe_sites, double(expected(k, row + "_EPE_sites")), 0);
}

class Clip : public testing::TestWithParam<int> {
  protected:
    static const opc::ProcessCorners& corners() {
        static const opc::ProcessCorners value = iccad13::corners();
        return value;
    }
};

/// Every 16th sample of the golden file.
std::vector<float> golden_aerial(int k, const std::string& mask, const std::string& state) {
    const auto bytes =
        iccad13::file("golden/aerial_M1_test" + std::to_string(k) + "_" + mask + "_" + state + "_128x128.f32le");
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

void expect_aerial(const Image& image, const std::vector<float>& golden) {
    const Field2<double> samples = sample_period(image, 128, 128);
    ASSERT_EQ(golden.size(), samples.values.size());
    double worst = 0;
    for (std::size_t i = 0; i < golden.size(); ++i) worst = std::max(worst, std::abs(samples.values[i] - golden[i]));
    EXPECT_LT(worst, 1e-6);
}

}  // namespace

TEST_P(Clip, AreasOfBothRasters) {
    const int k = GetParam();
    for (const auto& [rule, column] :
         {std::pair{RasterRule::inclusive, "area_inclusive"}, std::pair{RasterRule::exact, "area_exact"}}) {
        const Raster target = iccad13::target(k, rule);
        EXPECT_EQ(std::count(target.values.begin(), target.values.end(), 1), expected(k, column));
    }
}

TEST_P(Clip, TargetAsMaskInclusive) {
    const Raster target = iccad13::target(GetParam(), RasterRule::inclusive);
    expect_score(GetParam(), "noopc_incl", opc::score(target, target, corners()));
}

TEST_P(Clip, TargetAsMaskExact) {
    const Raster target = iccad13::target(GetParam(), RasterRule::exact);
    expect_score(GetParam(), "noopc_exact", opc::score(target, target, corners()));
}

TEST_P(Clip, ReferenceMaskInclusive) {
    const Raster target = iccad13::target(GetParam(), RasterRule::inclusive);
    expect_score(GetParam(), "curvilt_incl", opc::score(target, iccad13::reference_mask(GetParam()), corners()));
}

TEST_P(Clip, ReferenceMaskExact) {
    const Raster target = iccad13::target(GetParam(), RasterRule::exact);
    expect_score(GetParam(), "curvilt_exact", opc::score(target, iccad13::reference_mask(GetParam()), corners()));
}

INSTANTIATE_TEST_SUITE_P(Iccad13, Clip, testing::Range(1, 11));

TEST(Aerial, OpenFrameIsThatOfTheKernels) {
    const Raster clear{{2048, 2048, 1 * nm, 1 * nm, 0 * nm, 0 * nm}, std::vector<std::uint8_t>(2048 * 2048, 1)};
    const opc::Printed printed = opc::print_corners(clear, iccad13::corners());
    const std::string source = "sum of the contest kernels";
    expect_digit("open frame in focus", source, printed.focus.at(0, 0).real(), 0.951537, 1e-6);
    expect_digit("open frame in defocus", source, printed.defocus.at(0, 0).real(), 0.941749, 1e-6);
}

TEST(Aerial, GoldenSamplesOfClipsOneAndFour) {
    const opc::ProcessCorners corners = iccad13::corners();
    for (int k : {1, 4})
        for (const std::string mask : {"target_incl", "curvilt"}) {
            const Raster raster =
                mask == "curvilt" ? iccad13::reference_mask(k) : iccad13::target(k, RasterRule::inclusive);
            const opc::Printed printed = opc::print_corners(raster, corners);
            expect_aerial(printed.focus, golden_aerial(k, mask, "focus"));
            expect_aerial(printed.defocus, golden_aerial(k, mask, "defocus"));
        }
}

TEST(PrintedCorners, DecidingPixelsEqualsSamplingTheWholeImage) {
    const opc::ProcessCorners corners = iccad13::corners();
    const auto expect = [&](const Raster& printed, const Image& image, double dose) {
        const Field2<double> samples = sample_period(image, 2048, 2048);
        long differing = 0;
        for (std::size_t i = 0; i < samples.values.size(); ++i)
            differing += (samples.values[i] * dose >= corners.threshold) != (printed.values[i] != 0);
        EXPECT_EQ(differing, 0);
    };
    for (int k : {2, 3, 9}) {
        const opc::Printed printed = opc::print_corners(iccad13::reference_mask(k), corners);
        expect(printed.nominal, printed.focus, corners.dose_nominal);
        expect(printed.outer, printed.focus, corners.dose_outer);
        expect(printed.inner, printed.defocus, corners.dose_inner);
    }
}

TEST(PrintedCorners, MaskSpectrumByRunsEqualsTheTransformOfItsSamples) {
    const Raster mask = iccad13::reference_mask(5);
    Field2<double> samples{mask.grid, {mask.values.begin(), mask.values.end()}};
    const opc::ProcessCorners corners = iccad13::corners();
    const Image truth = optics::image(corners.focus, spectrum_of_samples(samples, 17, 17));
    const Image image = opc::print_corners(mask, corners).focus;
    for (std::size_t i = 0; i < truth.coefficients.size(); ++i)
        ASSERT_LT(std::abs(truth.coefficients[i] - image.coefficients[i]), 1e-13);
}

TEST(PrintedCorners, SameBitsOnOneAndTwoThreads) {
    const opc::ProcessCorners corners = iccad13::corners();
    const Raster mask = iccad13::reference_mask(6);
    const int threads = thread_count();
    set_thread_count(1);
    const opc::Printed one = opc::print_corners(mask, corners);
    set_thread_count(2);
    const opc::Printed two = opc::print_corners(mask, corners);
    set_thread_count(threads);
    EXPECT_EQ(one.nominal.values, two.nominal.values);
    EXPECT_EQ(one.inner.values, two.inner.values);
    EXPECT_EQ(one.focus.coefficients, two.focus.coefficients);
}

TEST(PrintedCorners, RasterOfAnotherPeriodIsRefused) {
    const Raster small{{1024, 1024, 1 * nm, 1 * nm, 0 * nm, 0 * nm}, std::vector<std::uint8_t>(1024 * 1024)};
    EXPECT_THROW(opc::print_corners(small, iccad13::corners()), InputError);
}
