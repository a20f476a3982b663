// Cooperative cancel.
#include "damascene/base/context.hpp"

#include "damascene/base/error.hpp"

namespace damascene {

void Context::check() const {
    if (cancel_requested && cancel_requested->load(std::memory_order_relaxed)) throw Cancelled();
}

}  // namespace damascene
