// The same bits at any thread count, from any order of draws, under any cut of the input.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "damascene/base/parallel.hpp"
#include "damascene/base/random.hpp"
#include "damascene/base/sha256.hpp"

namespace damascene {
namespace {

class Threads : public testing::Test {
  protected:
    void TearDown() override { set_thread_count(before_); }
    int before_ = thread_count();
};

// Terms of widely different size: any change of the order of addition changes the last bits.
double harmonic(std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += (i % 3 ? 1.0 : -1e6) / static_cast<double>(i + 1);
    return sum;
}

TEST_F(Threads, SumHasTheSameBitsAtOneTwoAndThreeThreads) {
    set_thread_count(1);
    const auto expected = std::bit_cast<std::uint64_t>(parallel_sum(1'000'003, 1000, harmonic));
    EXPECT_NE(expected, std::bit_cast<std::uint64_t>(harmonic(0, 1'000'003)));  // the order does matter here
    for (int threads : {2, 3, 1}) {
        set_thread_count(threads);
        EXPECT_EQ(thread_count(), threads);
        for (int repeat = 0; repeat < 5; ++repeat)
            EXPECT_EQ(std::bit_cast<std::uint64_t>(parallel_sum(1'000'003, 1000, harmonic)), expected) << threads;
    }
}

TEST_F(Threads, EveryIndexIsVisitedOnce) {
    for (int threads : {1, 2, 3}) {
        set_thread_count(threads);
        std::vector<std::atomic<int>> visits(10007);
        parallel_for(visits.size(), [&](std::size_t i) { ++visits[i]; });
        for (const auto& v : visits) ASSERT_EQ(v, 1);
    }
}

TEST_F(Threads, BlocksTileTheRange) {
    set_thread_count(3);
    for (std::size_t n : {0, 1, 63, 64, 65, 1000}) {
        std::vector<int> visits(n);
        parallel_blocks(n, 64, [&](std::size_t begin, std::size_t end) {
            EXPECT_EQ(begin % 64, 0u);
            EXPECT_TRUE(end == n || end - begin == 64);
            for (std::size_t i = begin; i < end; ++i) ++visits[i];
        });
        EXPECT_EQ(std::accumulate(visits.begin(), visits.end(), std::size_t{0}), n);
    }
    EXPECT_EQ(parallel_sum(0, 64, harmonic), 0);
}

TEST_F(Threads, LoopsNest) {
    set_thread_count(2);
    std::vector<double> sums(20);
    parallel_for(sums.size(), [&](std::size_t i) { sums[i] = parallel_sum(1000 + i, 7, harmonic); });
    set_thread_count(1);
    for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], parallel_sum(1000 + i, 7, harmonic));
}

TEST_F(Threads, ExceptionsReachTheCaller) {
    for (int threads : {1, 2}) {
        set_thread_count(threads);
        EXPECT_THROW(parallel_for(1000,
                                  [](std::size_t i) {
                                      if (i == 77) throw std::domain_error("77");
                                  }),
                     std::domain_error);
    }
}

TEST_F(Threads, CountIsAtLeastOne) {
    set_thread_count(0);
    EXPECT_EQ(thread_count(), 1);
}

using Words = std::array<std::uint32_t, 4>;

// Known answers of Philox4x32-10 published with Random123 (kat_vectors): counter and key of zeros, of ones, of pi.
TEST(Philox, KnownAnswers) {
    EXPECT_EQ(KeyedRandom(0, 0).block(0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    const std::uint64_t ones = ~std::uint64_t{0};
    EXPECT_EQ(KeyedRandom(ones, ones).block(ones), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    // counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0; low word first
    EXPECT_EQ(KeyedRandom(0x299f31d0a4093822, 0x0370734413198a2e).block(0x85a308d3243f6a88),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// Mean 1/2 and variance 1/12 of a uniform variable: the mean of n draws scatters by sqrt(1/(12 n)). 4 sigma, fixed key.
TEST(Philox, UniformMoments) {
    const KeyedRandom random(7, 3);
    const int n = 200000;
    double sum = 0, squares = 0;
    for (int i = 0; i < n; ++i) {
        const double u = random.uniform(i);
        ASSERT_GT(u, 0);
        ASSERT_LT(u, 1);
        sum += u, squares += u * u;
    }
    EXPECT_NEAR(sum / n, 0.5, 4 * std::sqrt(1.0 / 12 / n));
    EXPECT_NEAR(squares / n, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / n));  // var(u^2) = 1/5 - 1/9
}

// Chi-square of 100 equal bins: mean 99, standard deviation sqrt(198). 4 sigma, fixed key.
TEST(Philox, UniformFillsBinsEvenly) {
    const KeyedRandom random(11, 0);
    std::vector<int> bin(100);
    const int n = 100000;
    for (int i = 0; i < n; ++i) ++bin[static_cast<std::size_t>(random.uniform(i) * 100)];
    double chi_square = 0;
    for (int count : bin) chi_square += std::pow(count - n / 100.0, 2) / (n / 100.0);
    EXPECT_NEAR(chi_square, 99, 4 * std::sqrt(198.0));
}

// Moments 0, 1, 0, 3 of the standard normal, with their sampling errors; fixed key.
TEST(Philox, NormalMoments) {
    const KeyedRandom random(5, 9);
    const int n = 200000;
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    for (int i = 0; i < n; ++i) {
        const double x = random.normal(i);
        m1 += x, m2 += x * x, m3 += x * x * x, m4 += x * x * x * x;
    }
    EXPECT_NEAR(m1 / n, 0, 4 * std::sqrt(1.0 / n));
    EXPECT_NEAR(m2 / n, 1, 4 * std::sqrt(2.0 / n));
    EXPECT_NEAR(m3 / n, 0, 4 * std::sqrt(15.0 / n));
    EXPECT_NEAR(m4 / n, 3, 4 * std::sqrt(96.0 / n));
}

// Entities are independent streams: the correlation of n pairs scatters by 1/sqrt(n).
TEST(Philox, EntitiesAreUncorrelated) {
    const KeyedRandom a(1, 1), b(1, 2);
    const int n = 50000;
    double product = 0;
    for (int i = 0; i < n; ++i) product += a.normal(i) * b.normal(i);
    EXPECT_NEAR(product / n, 0, 4 / std::sqrt(n));
}

// FIPS 180-4 examples and the million-letter message of the NIST test set.
TEST(Sha256, NistVectors) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(
        sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
                   "mnopqrstnopqrstu"),
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, CuttingTheMessageDoesNotChangeTheDigest) {
    std::string message;
    for (int i = 0; i < 300; ++i) message += static_cast<char>(i * 7);
    const auto bytes = std::as_bytes(std::span(message.data(), message.size()));
    for (std::size_t length = 0; length <= message.size(); ++length) {
        Sha256 hash;
        hash.update(bytes.first(length / 3));
        hash.update(bytes.subspan(length / 3, length - length / 3));
        ASSERT_EQ(hash.hex_digest(), sha256_hex(std::string_view(message).substr(0, length))) << length;
    }
}

// Lengths around the block and padding bounds (55, 56, 63, 64) take different paths; no two digests may meet.
TEST(Sha256, PaddingLengthsDiffer) {
    std::vector<std::string> digests;
    for (std::size_t length = 50; length < 70; ++length) digests.push_back(sha256_hex(std::string(length, '\0')));
    std::sort(digests.begin(), digests.end());
    EXPECT_EQ(std::adjacent_find(digests.begin(), digests.end()), digests.end());
}

}  // namespace
}  // namespace damascene
