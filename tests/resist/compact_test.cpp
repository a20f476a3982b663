// Exact cases: a cosine image blurs by exp(-2 pi^2 sigma^2/p^2) [pitch p], the mean stays; the sigmoid is 1/2 at
// threshold.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "damascene/resist.hpp"
#include "digits.hpp"

namespace damascene {
namespace {

Image cosine_image(Length pitch, double mean, double amplitude) {
    Image image{1, 0, pitch, pitch, 0 * nm, 0 * nm, {}};
    image.coefficients = {amplitude / 2, mean, amplitude / 2};
    return image;
}

TEST(LumpedResist, CosineContrastFallsAsTheGaussianTransform) {
    const Image blurred = resist::diffused(cosine_image(90 * nm, 0.4, 0.3), 20 * nm);
    const double factor =
        std::exp(-2 * std::pow(std::numbers::pi * 20 / 90, 2));  // = 0.3772769510 [V-31 uses the same decay]
    EXPECT_NEAR(factor, 0.3772769510, 1e-9);
    expect_digit("cosine image of pitch 90 nm after diffusion of 20 nm", "0.4 + 0.3 exp(-2 (pi 20/90)^2)",
                 value_at(blurred, 0 * nm, 0 * nm), 0.4 + 0.3 * factor, 1e-14);
    EXPECT_NEAR(value_at(blurred, 22.5 * nm, 0 * nm), 0.4, 1e-14);
}

TEST(LumpedResist, NoDiffusionChangesNothing) {
    const Image image = cosine_image(100 * nm, 0.5, 0.2);
    EXPECT_EQ(resist::diffused(image, 0 * nm).coefficients, image.coefficients);
    EXPECT_THROW(resist::diffused(image, -1 * nm), InputError);
}

TEST(SigmoidResist, IsOneHalfAtThresholdAndSteepAcrossIt) {
    const std::vector<double> intensity = {0.225, 0.225 / 1.02, 0.265, 0.185};
    std::vector<double> printed(4);
    resist::sigmoid_print(0.225, 50, 1.02, intensity, printed);
    EXPECT_NEAR(printed[1], 0.5, 1e-12);
    resist::sigmoid_print(0.225, 50, 1.0, intensity, printed);
    EXPECT_NEAR(printed[0], 0.5, 1e-12);
    EXPECT_NEAR(printed[2] + printed[3], 1.0, 1e-12);
    EXPECT_NEAR(printed[2], 1 / (1 + std::exp(-2.0)), 1e-12);
}

TEST(ResistCatalogue, EveryModelTurnsAnImageIntoASignal) {
    const Image image = cosine_image(100 * nm, 0.5, 0.2);
    ASSERT_GE(resist::resist_models().size(), 2u);
    for (const auto* model : resist::resist_models()) {
        const Image signal = model->signal(default_values(model->info), image);
        EXPECT_NEAR(signal.at(0, 0).real(), 0.5, 1e-14) << model->info.name;
        EXPECT_LE(std::abs(signal.at(1, 0)), 0.1 + 1e-14) << model->info.name;
    }
}

}  // namespace
}  // namespace damascene
