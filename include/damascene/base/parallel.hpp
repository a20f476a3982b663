// Deterministic parallel loops: the same bits at any thread count. The only place that knows oneTBB.
#pragma once

#include <cstddef>
#include <functional>

namespace damascene {

/// Limits the threads of this process (>= 1). Takes effect for later loops.
void set_thread_count(int threads);
int thread_count();

/// Calls body(i) for i in [0, n), each exactly once, in any order. body must write to disjoint places.
void parallel_for(std::size_t n, const std::function<void(std::size_t)>& body);

/// Calls body(begin, end) for blocks of fixed size `block` (the last may be shorter). Block bounds do not depend on
/// the thread count.
void parallel_blocks(std::size_t n, std::size_t block, const std::function<void(std::size_t, std::size_t)>& body);

/// sum_i term(begin_i, end_i) over fixed blocks, added in block order: same bits at any thread count.
double parallel_sum(std::size_t n, std::size_t block, const std::function<double(std::size_t, std::size_t)>& term);

/// Calls body() with one thread for libraries that use oneTBB themselves, so that what they build has a fixed order.
void on_one_thread(const std::function<void()>& body);

}  // namespace damascene
