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

#include "damascene/base/cancel.hpp"
#include "damascene/base/error.hpp"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DAMASCENE_THREAD_SANITIZER
#include <atomic>
#include <exception>
#include <thread>
#endif
#endif

namespace damascene {
namespace {

thread_local const std::atomic<bool>* cancel_flag = nullptr;  // of the computation this thread works for

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

std::shared_ptr<Threads> threads() {
    const std::lock_guard lock(threads_mutex);
    return current_threads();
}

#ifdef DAMASCENE_THREAD_SANITIZER
// The system's TBB is not instrumented and would drown races between iterations in false reports, so the sanitizer
// sees the same loops on plain threads.
void run(const Threads& pool, std::size_t n, const std::function<void(std::size_t)>& body) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr fault;
    std::mutex fault_mutex;
    const auto work = [&] {
        try {
            for (std::size_t i = next++; i < n; i = next++) body(i);
        } catch (...) {
            const std::lock_guard lock(fault_mutex);
            fault = std::current_exception();
            next = n;
        }
    };
    std::vector<std::jthread> workers;
    for (int t = 0; t < pool.count; ++t) workers.emplace_back(work);
    workers.clear();
    if (fault) std::rethrow_exception(fault);
}
#else
// Isolated: a thread that waits in a nested loop never picks up an iteration of the outer one.
void run(Threads& pool, std::size_t n, const std::function<void(std::size_t)>& body) {
    pool.arena.execute([&] {
        tbb::this_task_arena::isolate([&] { tbb::parallel_for(std::size_t{0}, n, [&](std::size_t i) { body(i); }); });
    });
}
#endif

}  // namespace

void set_thread_count(int count) {
    const std::lock_guard lock(threads_mutex);
    auto& current = current_threads();
    if (current->count != std::max(count, 1)) current = std::make_shared<Threads>(std::max(count, 1));
}

int thread_count() { return threads()->count; }

CancelScope::CancelScope(const std::atomic<bool>* flag) : previous_(cancel_flag) { cancel_flag = flag; }
CancelScope::~CancelScope() { cancel_flag = previous_; }

namespace {

void loop(std::size_t n, const std::function<void(std::size_t)>& body) {
    const auto pool = threads();
    if (pool->count == 1 || n < 2) {
        for (std::size_t i = 0; i < n; ++i) body(i);
        return;
    }
    run(*pool, n, body);
}

}  // namespace

void parallel_for(std::size_t n, const std::function<void(std::size_t)>& body) {
    const std::atomic<bool>* const flag = cancel_flag;
    if (!flag) return loop(n, body);
    loop(n, [flag, &body](std::size_t i) {
        if (*flag) throw Cancelled();
        const CancelScope inside(flag);  // on whichever thread this is
        body(i);
    });
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

void on_one_thread(const std::function<void()>& body) {
    tbb::task_arena alone(1);
    alone.execute(body);
}

}  // namespace damascene
