// stdout carries results, stderr progress and messages.
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

using Clock = std::chrono::steady_clock;

bool stdout_lost = false;
thread_local Captured* captured = nullptr;

struct Display {
    Clock::time_point start = Clock::now(), last_line = start - std::chrono::hours(1), step_start = start;
    std::string kind, step;
    int descriptor = 2;
    bool open_bar = false;
    double done = 0;

    double elapsed() const { return std::chrono::duration<double>(Clock::now() - start).count(); }
    void write(const std::string& text) const {
        std::size_t at = 0;
        while (at < text.size()) {
            const ssize_t n = ::write(descriptor, text.data() + at, text.size() - at);
            if (n <= 0) return;
            at += static_cast<std::size_t>(n);
        }
    }
    bool due(double period_s) {
        const auto now = Clock::now();
        if (std::chrono::duration<double>(now - last_line).count() < period_s) return false;
        last_line = now;
        return true;
    }
    double eta() const {
        const double spent = std::chrono::duration<double>(Clock::now() - step_start).count();
        return done > 0.02 ? spent * (1 - done) / done : -1;
    }
};

std::string metrics_text(const Progress& p) {
    std::string text;
    for (const auto& [name, value] : p.metrics) text += "  " + name + " " + flow::rounded(value, 6);
    return text;
}

void show_tty(Display& d, const flow::Event& e) {
    if (e.kind == "progress") {
        if (!d.due(e.progress.done >= 1 ? 0 : 0.1)) return;
        const int filled = static_cast<int>(std::lround(24 * d.done));
        std::string bar = "\r\x1b[K" + e.step + " [" + std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(24 - filled), '.') + "] " +
                          std::to_string(std::lround(100 * d.done)) + " % " + e.progress.phase +
                          metrics_text(e.progress);
        if (d.eta() >= 0) bar += "  eta " + flow::rounded(d.eta(), 3) + " s";
        d.write(bar);
        d.open_bar = true;
        return;
    }
    if (d.open_bar && (e.kind == "result" || e.kind == "warning" || e.kind == "checkpoint")) {
        d.write("\r\x1b[K");
        d.open_bar = false;
    }
    if (e.kind == "warning") d.write("warning: " + escape_text(e.text) + "\n");
    if (e.kind == "result" && !e.step.empty())
        d.write(e.step + ": " + e.text + " at " + flow::rounded(d.elapsed(), 4) + " s\n");
}

void show_plain(Display& d, const flow::Event& e) {
    const std::string time = "[" + flow::rounded(d.elapsed(), 4) + " s] ";
    if (e.kind == "progress" && d.due(10))
        d.write(time + e.step + " " + std::to_string(std::lround(100 * d.done)) + " % " + e.progress.phase +
                metrics_text(e.progress) + "\n");
    if (e.kind == "start") d.write(time + e.step + ": " + e.text + "\n");
    if (e.kind == "warning") d.write("warning: " + escape_text(e.text) + "\n");
}

void show_json(Display& d, const flow::Event& e) {
    if (e.kind == "progress" && e.progress.done < 1 && !d.due(0.1)) return;
    std::string line = "{\"v\":1,\"t\":" + flow::rounded(d.elapsed(), 6) + ",\"event\":" + json_text(e.kind);
    if (!e.step.empty()) line += ",\"step\":" + json_text(e.step);
    if (e.kind == "progress") {
        line += ",\"phase\":" + json_text(e.progress.phase) + ",\"done\":" + flow::rounded(d.done, 6);
        if (d.eta() >= 0) line += ",\"eta_s\":" + flow::rounded(d.eta(), 4);
        std::vector<std::string> metrics;
        for (const auto& [name, value] : e.progress.metrics)
            if (std::isfinite(value)) metrics.push_back(json_text(name) + ":" + flow::shortest(value));
        if (!metrics.empty()) line += ",\"metric\":{" + flow::join(metrics, ",") + "}";
    } else if (!e.text.empty())
        line += ",\"text\":" + json_text(e.text);
    d.write(line + "}\n");
}

}  // namespace

std::string json_text(std::string_view text) { return flow::json_quote(text); }

void capture(Captured* into) { captured = into; }

void print(const std::string& text) {
    if (captured) {
        captured->printed += text;
        return;
    }
    const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if ((std::fflush(stdout) != 0 || !whole) && errno != EPIPE) stdout_lost = true;  // a closed pipe has read enough
}

bool lost_results() { return stdout_lost; }

void note(const std::string& text) {
    if (captured)
        captured->notes += text;
    else
        std::fwrite(text.data(), 1, text.size(), stderr);
}

std::function<void(const flow::Event&)> progress_printer(const Session& session) {
    auto display = std::make_shared<Display>();
    display->descriptor = static_cast<int>(session.args.whole("--progress-fd", 2));
    display->kind = session.args.text("--progress", "auto");
    if (display->kind == "auto") display->kind = isatty(display->descriptor) ? "tty" : "plain";
    if (session.quiet) display->kind = "none";
    return [display](const flow::Event& event) {
        Display& d = *display;
        if (event.kind == "start") d.step = event.step, d.done = 0, d.step_start = Clock::now();
        if (event.kind == "progress") d.done = std::max(d.done, std::min(1.0, event.progress.done));
        if (d.kind == "tty")
            show_tty(d, event);
        else if (d.kind == "plain")
            show_plain(d, event);
        else if (d.kind == "json")
            show_json(d, event);
    };
}

std::function<void(const Progress&)> progress_reporter(const Session& session, const std::string& step) {
    return [print_event = progress_printer(session), step](const Progress& p) {
        print_event({"progress", step, p, {}});
    };
}

flow::RunOptions run_options(const Session& session) {
    flow::RunOptions options;
    const auto environment = [&](const char* name) -> std::string {
        const char* value = std::getenv(name);
        if (value) options.environment[name] = escape_text(value);
        return value ? value : "";
    };
    options.folder = session.output();
    options.store = environment("DAMASCENE_STORE");
    environment("DAMASCENE_THREADS");
    options.strict = session.args.has("--strict");
    options.resume = session.args.has("--resume");
    options.max_memory_bytes = session.args.bytes("--max-memory");
    options.max_seconds = session.args.seconds("--max-time");
    options.cancel_requested = session.cancel;
    options.on_event = progress_printer(session);
    options.command = session.command_line;
    options.git = DAMASCENE_GIT;
    options.settings = session.args.list("--set");
    return options;
}

namespace {

std::string number_json(double value) { return std::isfinite(value) ? flow::shortest(value) : "null"; }

/// ,"process_window":{"STEP":{"bossung":[{"feature","focus_nm","dose","cd_nm"}, ...]}}
std::string windows_json(const flow::RunOutcome& outcome) {
    std::vector<std::string> steps;
    for (const auto& [step, window] : outcome.windows) {
        std::vector<std::string> points;
        for (const flow::WindowFeature& feature : window.features)
            for (std::size_t f = 0; f < window.focus_nm.size(); ++f)
                for (std::size_t d = 0; d < window.dose.size(); ++d)
                    points.push_back("{\"feature\":" + json_text(feature.name) + ",\"focus_nm\":" +
                                     number_json(window.focus_nm[f]) + ",\"dose\":" + number_json(window.dose[d]) +
                                     ",\"cd_nm\":" + number_json(feature.cd_nm[f][d]) + "}");
        steps.push_back(json_text(step) + ":{\"bossung\":[" + flow::join(points, ",") + "]}");
    }
    return steps.empty() ? "" : ",\"process_window\":{" + flow::join(steps, ",") + "}";
}

}  // namespace

int report_outcome(const Session& session, const flow::RunOutcome& outcome) {
    for (const std::string& text : outcome.failures)
        note((outcome.exit == 130 ? "stopped: " : "not met: ") + escape_text(text) + "\n");
    if (session.json) {
        std::vector<std::string> scalars, failures, warnings;
        for (const flow::Scalar& s : outcome.scalars)
            scalars.push_back(json_text(s.id) +
                              ":{\"value\":" + (std::isfinite(s.value) ? flow::shortest(s.value) : "null") +
                              ",\"unit\":" + json_text(s.unit) + "}");
        for (const std::string& text : outcome.failures) failures.push_back(json_text(text));
        for (const std::string& text : outcome.warnings) warnings.push_back(json_text(text));
        print("{\"run\":" + json_text(outcome.folder) + ",\"report\":" + json_text(outcome.report) +
              ",\"exit\":" + std::to_string(outcome.exit) + ",\"result_sha256\":" + json_text(outcome.result_sha256) +
              ",\"steps_reused\":" + std::to_string(outcome.steps_reused) + ",\"scalars\":{" +
              flow::join(scalars, ",") + "},\"failures\":[" + flow::join(failures, ",") + "],\"warnings\":[" +
              flow::join(warnings, ",") + "]" + windows_json(outcome) + "}\n");
        return outcome.exit;
    }
    std::size_t width = 0;
    for (const flow::Scalar& s : outcome.scalars) width = std::max(width, s.id.size());
    for (const flow::Scalar& s : outcome.scalars)
        print(s.id + std::string(width - s.id.size() + 2, ' ') + flow::rounded(s.value, 8) +
              (s.unit.empty() ? "" : " " + s.unit) + "\n");
    if (!outcome.report.empty()) print(outcome.report + "\n");
    return outcome.exit;
}

}  // namespace damascene::cli
