// Deterministic loops on oneTBB.
#include "damascene/base/parallel.hpp"

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

namespace damascene {
namespace {

// An arena of its own, so that a thread count above the number of cores is honoured too.
struct Threads {
    explicit Threads(int n)
        : count(n), limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(n)), arena(n) {}
    int count;
    tbb::global_control limit;
    tbb::task_arena arena;
};

std::mutex threads_mutex;

std::shared_ptr<Threads>& current_threads() {
    static std::shared_ptr<Threads> threads = std::make_shared<Threads>(tbb::info::default_concurrency());
    return threads;
}

// The system's TBB is not instrumented: under the thread sanitizer a loop states its hand-overs itself (caller to
// iterations, iterations to caller), so that only races between iterations are reported.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#define DAMASCENE_THREAD_SANITIZER
#endif
#endif
struct HandOver {
#ifdef DAMASCENE_THREAD_SANITIZER
    void give() { __tsan_release(this); }
    void take() { __tsan_acquire(this); }
    char place = 0;
#else
    void give() {}
    void take() {}
#endif
};

std::shared_ptr<Threads> threads() {
    const std::lock_guard lock(threads_mutex);
    return current_threads();
}

}  // namespace

void set_thread_count(int count) {
    const std::lock_guard lock(threads_mutex);
    auto& current = current_threads();
    if (current->count != std::max(count, 1)) current = std::make_shared<Threads>(std::max(count, 1));
}

int thread_count() { return threads()->count; }

void parallel_for(std::size_t n, const std::function<void(std::size_t)>& body) {
    const auto pool = threads();
    if (pool->count == 1 || n < 2) {
        for (std::size_t i = 0; i < n; ++i) body(i);
        return;
    }
    // Isolated: a thread that waits in a nested loop never picks up an iteration of the outer one.
    HandOver begin, end;
    begin.give();
    pool->arena.execute([&] {
        tbb::this_task_arena::isolate([&] {
            tbb::parallel_for(std::size_t{0}, n, [&](std::size_t i) {
                begin.take();
                body(i);
                end.give();
            });
        });
    });
    end.take();
}

void parallel_blocks(std::size_t n, std::size_t block, const std::function<void(std::size_t, std::size_t)>& body) {
    const std::size_t size = std::max<std::size_t>(block, 1);
    const std::size_t count = n / size + (n % size != 0);
    parallel_for(count, [&](std::size_t b) { body(b * size, b * size + std::min(size, n - b * size)); });
}

double parallel_sum(std::size_t n, std::size_t block, const std::function<double(std::size_t, std::size_t)>& term) {
    const std::size_t size = std::max<std::size_t>(block, 1);
    std::vector<double> part(n / size + (n % size != 0));
    parallel_blocks(n, size, [&](std::size_t begin, std::size_t end) { part[begin / size] = term(begin, end); });
    double sum = 0;
    for (double p : part) sum += p;
    return sum;
}

}  // namespace damascene
