// Progress, cancel and warnings: passed last to every long computation.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace damascene {

/// Where a computation stands. `done` is monotone in [0, 1].
struct Progress {
    std::string phase;
    double done = 0;
    std::vector<std::pair<std::string, double>> metrics;  ///< e.g. {"loss", 1234.5}
};

/// Copyable handle; default constructed it neither reports nor cancels. Callbacks run on the calling thread.
struct Context {
    std::function<void(const Progress&)> on_progress;
    std::function<void(const std::string&)> on_warning;
    const std::atomic<bool>* cancel_requested = nullptr;

    void progress(const Progress& p) const {
        if (on_progress) on_progress(p);
    }
    void warn(const std::string& text) const {
        if (on_warning) on_warning(text);
    }
    /// Throws Cancelled once a cancel was requested.
    void check() const;
};

}  // namespace damascene
