// Processor time of a computation and rows of results: one JSON object per line on standard output.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace damascene::bench {

double cpu_seconds();  ///< of all threads of this process
double wall_seconds();

/// Smallest processor time of one call, over at least `runs` calls (short ones: for 0.3 s) after one that warms up.
double best_cpu_seconds(int runs, const std::function<void()>& body);
double best_wall_seconds(int runs, const std::function<void()>& body);

/// First line of a program: what is computed, how it is checked.
void about(const std::string& title, const std::string& text);

/// One row; columns in the order given. `contender` and, for a growth exponent, `n` and `cpu [s]` have a meaning.
using Value = std::variant<double, long, std::string>;
void row(const std::vector<std::pair<std::string, Value>>& cells);

/// Ends the program when contenders disagree: a time for another answer is worth nothing.
void require_same(const std::string& what, double difference, double tolerance);

}  // namespace damascene::bench
