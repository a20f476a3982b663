// Kernels made here, written in both contest forms, applied by foreign code: the published forward model in a script
// that shares nothing with this library must give our image.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "damascene/base/random.hpp"
#include "damascene/io.hpp"
#include "damascene/optics.hpp"

namespace damascene {
namespace {

namespace fs = std::filesystem;
constexpr int points = 64, kernel_count = 6;
const Length period = 2048 * nm;

/// Light without any symmetry that could hide a transposed or mirrored kernel.
KernelSet skewed_kernels(Length defocus) {
    optics::Source source = optics::quasar(0.5, 0.8, 40 * deg, 20 * deg, 21);
    for (auto& p : source.points) p.weight *= 1 + 0.6 * p.sx - 0.3 * p.sy;
    optics::Pupil pupil{.na = 0.8, .defocus = defocus};
    pupil.zernike_waves = {0, 0, 0, 0, 0.03, 0, 0.05, -0.02};  // astigmatism and coma
    return optics::socs(optics::normalised(source), pupil, period, period, 1e-3, kernel_count);
}

Field2<std::uint8_t> random_mask() {
    Field2<std::uint8_t> mask{{.nx = points, .ny = points, .dx = period / points, .dy = period / points},
                              std::vector<std::uint8_t>(points * points)};
    for (std::size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = KeyedRandom(5, 0).uniform(i) > 0.6;
    return mask;
}

Field2<double> our_image(const KernelSet& kernels, const Field2<std::uint8_t>& mask) {
    const Field2<double> values{mask.grid, std::vector<double>(mask.values.begin(), mask.values.end())};
    Spectrum2 spectrum = spectrum_of_samples(values, kernels.band_x, kernels.band_y);
    spectrum.period_x = spectrum.period_y = period;
    return sample_period(optics::image(kernels, spectrum), points, points);
}

void write(const fs::path& path, std::span<const std::byte> bytes) {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

io::Bytes read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

bool runs(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

double worst(const std::vector<double>& a, const std::vector<double>& b) {
    double top = 0;
    for (std::size_t i = 0; i < b.size(); ++i) top = std::max(top, std::abs(a.at(i) - b[i]));
    return top;
}

/// Both forms of both focus states in a folder of its own.
class OwnKernels : public testing::Test {
  protected:
    void SetUp() override {
        if (!runs("python3 --version")) GTEST_SKIP() << "python3 is not installed";
        folder_ =
            fs::temp_directory_path() / ("damascene_own_kernels_" + std::to_string(::getpid()) + "_" +
                                         std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        fs::remove_all(folder_);
        for (const auto& [state, defocus] : {std::pair{"focus", 0 * nm}, std::pair{"defocus", 60 * nm}}) {
            fs::create_directories(folder_ / "bin" / state), fs::create_directories(folder_ / "c64le");
            const KernelSet kernels = skewed_kernels(defocus);
            images_[state] = our_image(kernels, mask_);
            for (const auto& [name, bytes] : io::write_kernels_c64le(kernels, state))
                write(folder_ / "c64le" / name, bytes);
            for (const auto& [name, bytes] : io::write_kernels_bin(kernels))
                write(folder_ / "bin" / state / name, bytes);
        }
        write(folder_ / "mask.u8", std::as_bytes(std::span(mask_.values)));
        write(folder_ / "mask.npy", io::write_npy(mask_));
    }
    void TearDown() override {
        if (!folder_.empty()) fs::remove_all(folder_);
    }

    std::string at(const std::string& name) const { return "'" + (folder_ / name).string() + "'"; }

    const Field2<std::uint8_t> mask_ = random_mask();
    std::map<std::string, Field2<double>> images_;
    fs::path folder_;
};

// Kernels are stored as float32 (6e-8 relative); the rest is double precision on both sides.
constexpr double tolerance = 1e-6;

TEST_F(OwnKernels, PublishedForwardModelGivesOurImage) {
    for (const std::string state : {"focus", "defocus"})
        for (const std::string form : {"c64le", "bin"}) {
            const std::string out = form + "_" + state + ".f64le";
            ASSERT_TRUE(runs("python3 " DAMASCENE_SOURCE_DIR "/tests/validation/plain_forward_model.py " + at(form) +
                             " " + state + " " + at("mask.u8") + " " + std::to_string(points) + " " + at(out)));
            const io::Bytes bytes = read(folder_ / out);
            std::vector<double> values(bytes.size() / sizeof(double));
            std::memcpy(values.data(), bytes.data(), bytes.size());
            EXPECT_LT(worst(values, images_[state].values), tolerance) << form << " " << state;
        }
    EXPECT_GT(worst(images_["focus"].values, images_["defocus"].values), 1e-3);  // the states are told apart
}

TEST_F(OwnKernels, ExampleScriptGivesOurImage) {
    if (!runs("python3 -c 'import numpy'")) GTEST_SKIP() << "NumPy is not installed";
    for (const std::string state : {"focus", "defocus"})
        for (const std::string form : {"c64le", "bin"}) {
            const std::string out = form + "_" + state + ".npy";
            ASSERT_TRUE(runs("python3 " DAMASCENE_SOURCE_DIR "/examples/04_own_kernels/apply_kernels.py " + at(form) +
                             " " + state + " " + at("mask.npy") + " " + at(out)));
            EXPECT_LT(worst(io::read_npy(read(folder_ / out)).values, images_[state].values), tolerance)
                << form << " " << state;
        }
}

}  // namespace
}  // namespace damascene
