// A subcommand is one file: a table of flags and a function. Help, completion and checks derive from the table.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "damascene/flow.hpp"

namespace damascene::cli {

struct Flag {
    enum Kind { toggle, value, repeated, positional, positional_list };
    std::string_view name;  ///< "--kernels" or, for positionals, "RECIPE"
    Kind kind = value;
    std::string_view help;
    bool required = false;
    std::vector<std::string_view> choices = {};
    std::string_view default_text = "";
    std::string_view metavar = "TEXT";
};

class Arguments {
  public:
    std::map<std::string, std::vector<std::string>, std::less<>> values;
    bool has(std::string_view name) const { return values.find(name) != values.end(); }
    std::string text(std::string_view name, const std::string& otherwise = {}) const;
    std::vector<std::string> list(std::string_view name) const;
    double number(std::string_view name, double otherwise) const;  ///< InputError D0114 when not a number
    std::int64_t whole(std::string_view name, std::int64_t otherwise) const;
    double bytes(std::string_view name) const;                                              ///< "8GB", 0 when absent
    double seconds(std::string_view name) const;                                            ///< "10 min", 0 when absent
    double quantity(std::string_view name, std::string_view unit, double otherwise) const;  ///< SI
};

/// One invocation: arguments, where to write, what was asked for globally.
struct Session {
    Arguments args;
    std::string command_line, program;
    bool json = false, quiet = false, verbose = false;
    const std::atomic<bool>* cancel = nullptr;
    std::string output() const { return args.text("--output"); }
};

struct Command {
    std::string_view name;  ///< "score", "layout info"
    std::string_view summary, example;
    std::vector<Flag> flags;
    int (*run)(const Session&);
};
const std::vector<const Command*>& commands();
const std::vector<Flag>& global_flags();

/// Parses argv; runs help and version itself (exit code 0 in `done`).
struct Parsed {
    const Command* command = nullptr;
    Arguments args;
    bool done = false;
    std::string text;
};
Parsed parse_command_line(int argc, const char* const* argv);

std::string json_text(std::string_view text);  ///< JSON string
void print(const std::string& text);           ///< stdout
bool lost_results();                 ///< whether a print did not reach stdout (disk full), a closed pipe apart
void note(const std::string& text);  ///< stderr
/// Where prints and notes of this thread go instead; nullptr: stdout and stderr. For faces without a terminal.
struct Captured {
    std::string printed, notes;
};
void capture(Captured* into);
/// Progress on stderr: tty bar, one plain line per 10 s, or JSON lines.
std::function<void(const flow::Event&)> progress_printer(const Session&);
std::function<void(const Progress&)> progress_reporter(const Session&, const std::string& step);
flow::RunOptions run_options(const Session&);
int report_outcome(const Session&, const flow::RunOutcome&);

}  // namespace damascene::cli
