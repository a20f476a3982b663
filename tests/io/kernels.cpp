// Kernel files of the ICCAD-2013 contest in both published forms.
#include "bytes.hpp"

namespace damascene::io {
namespace {

std::map<std::string, Bytes> original_files(const std::string& state) {
    std::map<std::string, Bytes> files;
    const std::string folder = "iccad13/kernels/original/" + state + "/";
    files["scales.txt"] = data_file(folder + "scales.txt");
    for (int k = 0; k < 24; ++k) {
        const std::string name = "fh" + std::to_string(k) + ".bin";
        files[name] = data_file(folder + name);
    }
    return files;
}

std::map<std::string, Bytes> converted_files(const std::string& state) {
    std::map<std::string, Bytes> files;
    for (const std::string& name :
         {"kernels_" + state + ".c64le", "weights_" + state + ".f32le", std::string("kernels.json")})
        files[name] = data_file("iccad13/kernels/" + name);
    return files;
}

TEST(KernelFiles, BothPublishedFormsHoldTheSameBits) {
    for (const std::string state : {"focus", "defocus"}) {
        const KernelSet a = read_kernels(original_files(state), state), b = read_kernels(converted_files(state), state);
        EXPECT_EQ(a.kernels, b.kernels) << state;
        EXPECT_EQ(a.weights, b.weights) << state;
        EXPECT_EQ(a.count(), 24);
        EXPECT_EQ(a.band_x, 17);
        EXPECT_EQ(a.band_y, 17);
        EXPECT_EQ(a.period_x, b.period_x);
        EXPECT_EQ(a.period_y.in(nm), 2048);
    }
}

TEST(KernelFiles, KernelsHaveUnitNormAndPublishedWeightSum) {
    const double sums[] = {210.19, 206.38};
    int i = 0;
    for (const std::string state : {"focus", "defocus"}) {
        const KernelSet set = read_kernels(converted_files(state), state);
        double sum = 0;
        for (double w : set.weights) sum += w;
        EXPECT_NEAR(sum, sums[i++], 0.005);
        for (std::size_t k = 0; k < 24; ++k) {
            double norm = 0;
            for (std::size_t f = 0; f < 35 * 35; ++f) norm += std::norm(set.kernels[k * 35 * 35 + f]);
            EXPECT_NEAR(norm, 1, 1e-5);  // float32 values, 1225 terms
        }
    }
}

/// Open frame: M is 1 at zero frequency, so I = sum_k w_k |K_k(0)|^2.
TEST(KernelFiles, OpenFrameIntensityIsTheContestsOwn) {
    const double expected[] = {0.951537, 0.941749};
    int i = 0;
    for (const std::string state : {"focus", "defocus"}) {
        const KernelSet set = read_kernels(original_files(state), state);
        double intensity = 0;
        for (std::size_t k = 0; k < 24; ++k)
            intensity += set.weights[k] * std::norm(set.kernels[k * 35 * 35 + 17 * 35 + 17]);
        EXPECT_NEAR(intensity, expected[i++], 1e-6);
    }
}

TEST(KernelFiles, ExportRestoresTheContestFilesByteForByte) {
    const auto original = original_files("focus");
    const auto written = write_kernels_bin(read_kernels(original, "focus"));
    ASSERT_EQ(written.size(), 25u);
    for (int k = 0; k < 24; ++k) {
        const std::string name = "fh" + std::to_string(k) + ".bin";
        const Bytes &a = original.at(name), &b = written.at(name);
        ASSERT_EQ(a.size(), 9824u);
        ASSERT_EQ(b.size(), 9824u);
        EXPECT_TRUE(std::equal(a.begin(), a.begin() + 12, b.begin()));  // bytes 12..19 are to be ignored
        EXPECT_TRUE(std::equal(a.begin() + 20, a.end(), b.begin() + 20)) << name;
    }
    const auto native = write_kernels_c64le(read_kernels(original, "focus"), "focus");
    EXPECT_EQ(native.at("kernels_focus.c64le"), data_file("iccad13/kernels/kernels_focus.c64le"));
    EXPECT_EQ(native.at("weights_focus.f32le"), data_file("iccad13/kernels/weights_focus.f32le"));
}

KernelSet small_set(int band_x, int band_y, double period_nm) {
    KernelSet set;
    set.band_x = band_x;
    set.band_y = band_y;
    set.period_x = set.period_y = period_nm * nm;
    set.weights = {2, 0.5};
    const int values = 2 * (2 * band_x + 1) * (2 * band_y + 1);
    for (int i = 0; i < values; ++i) set.kernels.emplace_back(i + 0.25, -i);
    set.truncation_bound = 0.125;
    set.description = "annular";
    return set;
}

TEST(KernelFiles, NativeFormKeepsAnyOddSizePeriodAndBound) {
    const KernelSet set = small_set(3, 5, 777);
    const KernelSet back = read_kernels(write_kernels_c64le(set, "nominal"), "nominal");
    EXPECT_EQ(back.band_x, 3);
    EXPECT_EQ(back.band_y, 5);
    EXPECT_EQ(back.kernels, set.kernels);
    EXPECT_EQ(back.weights, set.weights);
    EXPECT_NEAR(back.period_x.in(nm), 777, 1e-9);
    EXPECT_EQ(back.truncation_bound, 0.125);
    EXPECT_EQ(back.description, "annular");
}

TEST(KernelFiles, SmallerBandsArePaddedWithZerosNeverInterpolated) {
    const KernelSet set = small_set(3, 3, 2048);
    const KernelSet wide = read_kernels(write_kernels_bin(set), "any");
    ASSERT_EQ(wide.band_x, 17);
    for (int k = 0; k < 2; ++k)
        for (int fy = -17; fy <= 17; ++fy)
            for (int fx = -17; fx <= 17; ++fx) {
                const bool inside = std::abs(fx) <= 3 && std::abs(fy) <= 3;
                const std::complex<double> expected =
                    inside ? set.kernels[static_cast<std::size_t>((k * 7 + fy + 3) * 7 + fx + 3)] : 0;
                EXPECT_EQ(wide.kernels[static_cast<std::size_t>((k * 35 + fy + 17) * 35 + fx + 17)], expected);
            }
    EXPECT_EQ(fault([] { write_kernels_bin(small_set(18, 17, 2048)); }).code, "D0316");
    EXPECT_EQ(fault([] { write_kernels_bin(small_set(3, 3, 1024)); }).code, "D0316");
}

TEST(KernelFiles, LittleEndianHeaderIsNamed) {
    auto files = original_files("focus");
    Bytes& file = files["fh3.bin"];
    for (int word = 0; word < 5; ++word) std::reverse(file.begin() + 4 * word, file.begin() + 4 * word + 4);
    const Diagnostic d = fault([&] { read_kernels(files, "focus", {"kernels"}); });
    EXPECT_EQ(d.code, "D0314");
    EXPECT_EQ(d.where.file, "kernels/fh3.bin");
    EXPECT_NE(d.notes.at(0).find("587202560"), std::string::npos);
    EXPECT_NE(d.help.find("big-endian"), std::string::npos);
}

TEST(KernelFiles, LengthDisagreeingWithTheHeaderIsRefused) {
    auto files = original_files("focus");
    files["fh0.bin"].resize(9820);
    const Diagnostic d = fault([&] { read_kernels(files, "focus"); });
    EXPECT_NE(d.notes.at(0).find("9824"), std::string::npos);
    EXPECT_NE(d.notes.at(0).find("9820"), std::string::npos);
    auto converted = converted_files("focus");
    converted["kernels_focus.c64le"].pop_back();
    EXPECT_EQ(fault([&] { read_kernels(converted, "focus"); }).code, "D0314");
}

TEST(KernelFiles, EvenSizeMissingFileAndWrongCountAreRefused) {
    auto files = original_files("focus");
    files["fh0.bin"][3] = std::byte{34};
    EXPECT_EQ(fault([&] { read_kernels(files, "focus"); }).message, "kernel header is not {odd width, odd height, 2}");
    files = original_files("focus");
    files.erase("fh23.bin");
    EXPECT_EQ(fault([&] { read_kernels(files, "focus"); }).message, "kernel file is missing");
    files = original_files("focus");
    files["scales.txt"] = bytes_of("24\n1\n2\n");
    EXPECT_EQ(fault([&] { read_kernels(files, "focus"); }).message, "weight count disagrees with the first line");
    EXPECT_EQ(fault([] { read_kernels({}, "focus"); }).code, "D0314");
}

}  // namespace
}  // namespace damascene::io
