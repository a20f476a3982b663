// Loops inside a CancelScope stop once its flag is set, at any thread count and any depth; outside nothing changes.
#include "damascene/base/cancel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "damascene/base.hpp"

namespace damascene {
namespace {

class CancelledLoops : public testing::TestWithParam<int> {
  protected:
    void SetUp() override { set_thread_count(GetParam()); }
    void TearDown() override { set_thread_count(before_); }

  private:
    int before_ = thread_count();
};

TEST_P(CancelledLoops, StopBeforeTheNextIteration) {
    std::atomic<bool> stop = false;
    std::atomic<int> begun = 0;
    const CancelScope scope(&stop);
    EXPECT_THROW(parallel_for(10000,
                              [&](std::size_t) {
                                  ++begun;
                                  stop = true;
                              }),
                 Cancelled);
    EXPECT_GE(begun, 1);
    EXPECT_LE(begun, GetParam());  // one per thread may have begun already
}

TEST_P(CancelledLoops, StopInsideLoopsOfOtherThreads) {
    std::atomic<bool> stop = false;
    std::atomic<int> inner = 0;
    const CancelScope scope(&stop);
    EXPECT_THROW(parallel_for(8,
                              [&](std::size_t) {
                                  parallel_blocks(1000, 1, [&](std::size_t, std::size_t) {
                                      ++inner;
                                      stop = true;
                                  });
                              }),
                 Cancelled);
    EXPECT_LE(inner, 2 * GetParam());
}

TEST_P(CancelledLoops, GiveTheSameBitsWhenNobodyCancels) {
    std::vector<double> x(10007);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1.0 / (1.0 + static_cast<double>(i));
    const auto sum = [&] {
        return parallel_sum(x.size(), 64, [&](std::size_t begin, std::size_t end) {
            return std::accumulate(x.begin() + static_cast<std::ptrdiff_t>(begin),
                                   x.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
        });
    };
    const double free = sum();
    std::atomic<bool> stop = false;
    const CancelScope scope(&stop);
    EXPECT_EQ(sum(), free);
}

TEST_P(CancelledLoops, RunFreelyOnceTheScopeHasEnded) {
    std::atomic<bool> stop = true;
    {
        const CancelScope scope(&stop);
        EXPECT_THROW(parallel_for(3, [](std::size_t) {}), Cancelled);
        const CancelScope none(nullptr);  // an inner computation of its own
        EXPECT_NO_THROW(parallel_for(3, [](std::size_t) {}));
    }
    std::atomic<int> done = 0;
    parallel_for(3, [&](std::size_t) { ++done; });
    EXPECT_EQ(done, 3);
}

INSTANTIATE_TEST_SUITE_P(Threads, CancelledLoops, testing::Values(1, 2, 3));

}  // namespace
}  // namespace damascene
