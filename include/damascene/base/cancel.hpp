// Cancelling what does not ask: loops of a computation look at its flag.
#pragma once

#include <atomic>

namespace damascene {

/// While it lives, parallel loops that this thread begins, and loops inside them, look at the flag before every
/// iteration and throw Cancelled once it is set. Results do not change. For faces that must stop within a second
/// whatever is computed; long serial stretches still ask Context::check.
class CancelScope {
  public:
    explicit CancelScope(const std::atomic<bool>* flag);
    ~CancelScope();
    CancelScope(const CancelScope&) = delete;
    CancelScope& operator=(const CancelScope&) = delete;

  private:
    const std::atomic<bool>* previous_;
};

}  // namespace damascene
