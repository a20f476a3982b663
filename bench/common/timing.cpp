#include "common/timing.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

namespace damascene::bench {
namespace {

void print(const nlohmann::ordered_json& line) {
    std::puts(line.dump().c_str());
    std::fflush(stdout);
}

constexpr double enough_seconds = 0.3;  // short bodies run more often: the first calls after a pause are slow
constexpr int most_runs = 300;

double best(int runs, const std::function<void()>& body, double (*clock)()) {
    body();
    double least = std::numeric_limits<double>::infinity();
    double total = 0;
    for (int i = 0; i < runs || (total < enough_seconds && i < most_runs); ++i) {
        const double start = clock();
        body();
        const double taken = clock() - start;
        least = std::min(least, taken);
        total += taken;
    }
    return least;
}

}  // namespace

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double best_cpu_seconds(int runs, const std::function<void()>& body) { return best(runs, body, cpu_seconds); }
double best_wall_seconds(int runs, const std::function<void()>& body) { return best(runs, body, wall_seconds); }

void about(const std::string& title, const std::string& text) { print({{"title", title}, {"text", text}}); }

void row(const std::vector<std::pair<std::string, Value>>& cells) {
    nlohmann::ordered_json line;
    for (const auto& [name, cell] : cells) std::visit([&, &key = name](const auto& value) { line[key] = value; }, cell);
    print(line);
}

void require_same(const std::string& what, double difference, double tolerance) {
    if (difference <= tolerance) return;
    std::fprintf(stderr, "%s: answers differ by %g, more than %g\n", what.c_str(), difference, tolerance);
    std::exit(1);
}

}  // namespace damascene::bench
