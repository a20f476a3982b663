#include <cmath>

#include "common/full_grid_transform.hpp"
#include "common/iccad13.hpp"
#include "common/timing.hpp"
#include "ilt_iteration/problem.hpp"

namespace damascene::bench {
namespace {

struct Answer {
    double loss = 0;
    AlignedFloats gradient;
};

/// Largest relative difference of loss and gradient.
double difference(const Answer& a, const Answer& b) {
    double worst = 0, top = 0;
    for (std::size_t i = 0; i < a.gradient.size(); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(a.gradient[i] - b.gradient[i])));
        top = std::max(top, static_cast<double>(std::abs(b.gradient[i])));
    }
    return std::max(worst / top, std::abs(a.loss - b.loss) / b.loss);
}

struct Contender {
    const char* name;
    IltIteration (*make)(const IltProblem&);
    int runs;  ///< timed ones
};

void compare(const IltProblem& problem, const std::vector<Contender>& contenders) {
    Answer ours;
    double our_seconds = 0;
    for (const Contender& c : contenders) {
        const IltIteration iteration = c.make(problem);
        Answer answer{0, AlignedFloats(problem.mask.size())};
        const auto run = [&] { answer.loss = iteration.run(problem.mask, answer.gradient); };
        run();
        const long transforms = iteration.transforms();
        const double seconds = best_cpu_seconds(c.runs, run);
        if (our_seconds == 0) our_seconds = seconds, ours = answer;
        const double apart = difference(ours, answer);
        require_same(c.name, apart, 1e-4);
        row({{"contender", c.name},
             {"n", static_cast<long>(problem.n)},
             {"cpu [s]", seconds},
             {"ratio", seconds / our_seconds},
             {"transforms", transforms},
             {"loss", answer.loss},
             {"difference", apart}});
    }
}

}  // namespace
}  // namespace damascene::bench

int main() {
    using namespace damascene;
    using namespace damascene::bench;
    set_thread_count(1);
    about(
        "One inverse-lithography iteration",
        "Loss of clip M1_test4 at three process corners (24 + 24 kernels) on n x n points and its exact derivative by "
        "n x n mask points, single precision, one thread, processor time of the best run. "
        "Same loss and gradient to 1e-4. `full_grid` is the scheme of the published codes, "
        "`full_grid_lean` the least work of a full-grid code; both on " +
            FullGridTransform::library() + ".");
    const auto target = clip(4), mask = reference_mask(4);
    for (int n : {256, 512, 1024, 2048}) {
        const IltProblem problem{n, on_grid(mask, n), on_grid(target, n), contest_corners()};
        compare(problem, {{"damascene", damascene_iteration, 9},
                          {"full_grid_lean", full_grid_lean_iteration, 1},
                          {"full_grid", full_grid_iteration, 1}});
    }
    return 0;
}
