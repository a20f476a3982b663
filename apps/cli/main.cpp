// damascene: exit 0 done, 1 a limit was not met, 2 bad input, 3 resource limit, 4 internal error, 130 interrupted.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <thread>

#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

std::atomic<bool> cancel_requested = false;
std::atomic<int> signal_received = 0;

void on_signal(int number) {
    if (cancel_requested.exchange(true)) std::_Exit(128 + number);  // the second one does not wait
    signal_received = number;
}

bool wants_json(int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i)
        if (std::string_view(argv[i]) == "--json") return true;
    return false;
}

bool wants_color(int argc, const char* const* argv) {
    std::string when = "auto";
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.starts_with("--color=")) when = word.substr(8);
        if (word == "--color" && i + 1 < argc) when = argv[i + 1];
    }
    const char* none = std::getenv("NO_COLOR");
    return when == "always" || (when == "auto" && !(none && *none) && isatty(2));
}

void show(const std::vector<Diagnostic>& diagnostics, int argc, const char* const* argv) {
    if (wants_json(argc, argv)) print("{\"exit\":2,\"errors\":" + flow::diagnostics_json(diagnostics) + "}\n");
    for (const Diagnostic& d : diagnostics) {
        std::string text = flow::render_diagnostic(d);
        if (wants_color(argc, argv))
            text = "\x1b[1;31m" + text.substr(0, text.find(':')) + "\x1b[0m" + text.substr(text.find(':'));
        note(text);
    }
    if (!diagnostics.empty() && !diagnostics.front().code.empty())
        note("damascene explain " + diagnostics.front().code + " tells more\n");
}

void set_threads(const Arguments& args) {
    std::int64_t threads = args.whole("--threads", 0);
    if (threads == 0)
        if (const char* text = std::getenv("DAMASCENE_THREADS")) threads = std::atoi(text);
    if (threads == 0) threads = static_cast<std::int64_t>(std::max(1u, std::thread::hardware_concurrency()));
    if (threads < 1 || threads > 4096) throw InputError("D0114", "--threads is out of range", "1 to 4096");
    set_thread_count(static_cast<int>(threads));
}

std::string joined_command(int argc, const char* const* argv) {
    std::string text = "damascene";
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const bool plain =
            !word.empty() &&
            word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+") ==
                std::string::npos;
        text += " " + (plain ? word : "'" + word + "'");
    }
    return text;
}

int run_command(int argc, const char* const* argv) {
    const Parsed parsed = parse_command_line(argc, argv);
    if (parsed.done) {
        print(parsed.text);
        return 0;
    }
    set_threads(parsed.args);
    Session session;
    session.args = parsed.args;
    session.program = argv[0];
    session.command_line = joined_command(argc, argv);
    session.json = parsed.args.has("--json");
    session.quiet = parsed.args.has("--quiet");
    session.verbose = parsed.args.has("--verbose");
    session.cancel = &cancel_requested;
    return parsed.command->run(session);
}

}  // namespace
}  // namespace damascene::cli

int main(int argc, char** argv) {
    using namespace damascene;
    using namespace damascene::cli;
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const int exit = run_command(argc, argv);
        if (lost_results())
            throw ResourceError("D0603", "cannot write the results to stdout", "free space there, or -o FILE");
        return exit == 130 && signal_received != 0 ? 128 + signal_received : exit;
    } catch (const InputError& error) {
        show(error.diagnostics(), argc, argv);
        return 2;
    } catch (const ResourceError& error) {
        show({error.diagnostic()}, argc, argv);
        return 3;
    } catch (const NumericalError& error) {
        show({Diagnostic{"D0503", error.what(), {}, {}, {}, "finished steps are kept: change this one, then --resume"}},
             argc, argv);
        return 4;
    } catch (const Cancelled&) {
        note("stopped\n");
        return signal_received != 0 ? 128 + signal_received : 130;
    } catch (const std::bad_alloc&) {
        show({Diagnostic{"D0601", "out of memory", {}, {}, {}, "a smaller window, or more memory"}}, argc, argv);
        return 3;
    } catch (const std::exception& error) {
        show({Diagnostic{"D0801",
                         std::string("internal error: ") + error.what(),
                         {},
                         {},
                         {},
                         "please report this with the recipe"}},
             argc, argv);
        return 4;
    }
}
