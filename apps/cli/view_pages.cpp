#include "view_pages.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "damascene/flow.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
constexpr int deepest = 4;
constexpr std::size_t most_folders = 5000, most_files = 2000, log_tail = 8192;

const char style[] =
    R"(:root{color-scheme:light dark;--page:light-dark(#f6f6f4,#131416);--panel:light-dark(#fff,#1b1d20);
--line:light-dark(#dcdcd7,#2e3136);--text:light-dark(#1c1d1f,#e8e8e6);--soft:light-dark(#5d6066,#a2a6ad);--accent:light-dark(#a4501c,#f0a36b)}
*{box-sizing:border-box}body{margin:0 auto;max-width:1100px;padding:16px 20px 48px;background:var(--page);color:var(--text);
font:13.5px/1.45 -apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:19px;margin:0 0 14px;overflow-wrap:anywhere}h2{font-size:14px;margin:0 0 8px}
section{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:12px 16px 14px;margin-bottom:14px;overflow-x:auto}
table{border-collapse:collapse;width:100%}.runs{min-width:640px}th{text-align:left;font-weight:600;color:var(--soft);font-size:12px}
th,td{padding:4px 14px 4px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
td.n{text-align:right;white-space:nowrap}a{color:var(--accent)}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
p{margin:0;color:var(--soft)})";

/// Follows the logs of the first three runs still computed, since a browser holds but six connections to a server; the
/// end of one brings the page of the finished run.
const char script[] = R"(for(const cell of [...document.querySelectorAll("[data-events]")].slice(0,3)){
const source=new EventSource(cell.dataset.events);
source.onmessage=(m)=>{const e=JSON.parse(m.data);cell.textContent="running, "+Math.round(e.t)+" s: "+(e.step?e.step+": ":"")+e.text};
source.addEventListener("end",()=>{source.close();location.reload()});})";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out;
}

/// A path as part of an address: every byte outside the unreserved ones (RFC 3986) as %XX.
std::string address(std::string_view path) {
    static const char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(static_cast<char>(c)) != std::string_view::npos;
        if (plain)
            out += static_cast<char>(c);
        else
            out += {'%', digits[c >> 4], digits[c & 15]};
    }
    return out.starts_with("/") || out.empty() ? out : "./" + out;
}

std::string link(const std::string& place, const std::string& text) {
    return "<a href=\"" + address(place) + "\">" + escaped(text) + "</a>";
}

bool hidden(const fs::path& path) { return path.filename().string().starts_with("."); }

/// A file of the folder itself: a link may lead out of it, a pipe has no end.
bool own_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(fs::symlink_status(path, error));
}

Json record_of(const fs::path& folder) {
    if (!own_file(folder / "run.json")) return Json::object();
    std::ifstream stream(folder / "run.json", std::ios::binary);
    const Json record = Json::parse(stream, nullptr, false);
    return record.is_object() ? record : Json::object();
}

template <class T>
T value_of(const Json& record, const char* key, T otherwise) {
    try {
        return record.value(key, otherwise);
    } catch (const Json::exception&) {
        return otherwise;
    }
}

/// What a recipe calls itself, nothing where it cannot be read.
std::string title_in(const fs::path& file) {
    try {
        if (!own_file(file)) return "";
        const flow::Node recipe = flow::read_recipe_text(flow::read_text_file(file.string()), "recipe.toml");
        const flow::Node* title = recipe.find("title");
        return title ? title->text : "";
    } catch (const std::exception&) {
        return "";
    }
}

std::string title_of(const fs::path& folder) {
    const std::string title = title_in(folder / "recipe.toml");
    return title.empty() ? fs::absolute(folder / ".").lexically_normal().parent_path().filename().string() : title;
}

/// The last whole line of a log.
Json last_event(const fs::path& log) {
    if (!own_file(log)) return Json::object();
    std::ifstream stream(log, std::ios::binary | std::ios::ate);
    const std::streamoff size = stream ? static_cast<std::streamoff>(stream.tellg()) : 0;
    const std::streamoff from = std::max<std::streamoff>(0, size - static_cast<std::streamoff>(log_tail));
    std::string text(static_cast<std::size_t>(size - from), '\0');
    stream.seekg(from);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n'));
    const Json event = Json::parse(text.substr(text.rfind('\n') + 1), nullptr, false);
    return event.is_object() ? event : Json::object();
}

std::string exit_words(int exit) {
    switch (exit) {
        case 0: return "run complete";
        case 1: return "limit not met";
        case 2: return "bad input";
        case 3: return "resource limit";
        case 4: return "internal error";
        default: return exit >= 128 ? "stopped" : "exit " + std::to_string(exit);
    }
}

/// "2026-01-02T03:04:05Z" without its letters.
std::string readable_time(std::string text) {
    if (text.size() == 20 && text[10] == 'T' && text[19] == 'Z') text[10] = ' ', text.pop_back();
    return text;
}

RunFolder run_of(const fs::path& folder, const std::string& place) {
    std::error_code error;
    const Json event = last_event(folder / "log.jsonl");
    RunFolder run{place,
                  title_of(folder),
                  {},
                  {},
                  value_of(event, "t", 0.0),
                  is_running(folder),
                  fs::is_regular_file(folder / "report.html", error)};
    if (run.running) {
        const std::string step = value_of<std::string>(event, "step", "");
        run.state =
            "not finished, last: " + (step.empty() ? "" : step + ": ") + value_of<std::string>(event, "text", "");
        return run;
    }
    const Json record = record_of(folder);
    run.state = exit_words(value_of(record, "exit", -1));
    run.finished = readable_time(value_of<std::string>(record, "finished", ""));
    return run;
}

std::vector<fs::path> children(const fs::path& folder) {
    std::vector<fs::path> list;
    std::error_code error;
    for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator(); it.increment(error))
        if (!hidden(it->path())) list.push_back(it->path());
    std::sort(list.begin(), list.end());
    return list;
}

void collect(const fs::path& folder, const std::string& place, int depth, std::size_t& looked,
             std::vector<RunFolder>& runs) {
    std::error_code error;
    if (is_run(folder)) return runs.push_back(run_of(folder, place));
    if (depth == 0) return;
    for (const fs::path& child : children(folder))
        if (!fs::is_symlink(child, error) && fs::is_directory(child, error) && ++looked < most_folders)
            collect(child, place + child.filename().string() + "/", depth - 1, looked, runs);
}

std::string run_row(const RunFolder& run) {
    const std::string target = run.place + (run.report ? "report.html" : "?files");
    const std::string state =
        run.running ? "<td data-events=\"" + (run.place.empty() ? std::string("./") : address(run.place)) + "?events\">"
                    : std::string("<td>");
    return "<tr><td>" + (run.report ? link(target, run.title) : escaped(run.title)) + "</td>" + state +
           escaped(run.state) + "</td><td>" + escaped(run.finished) + "</td><td class=\"n\">" +
           (run.seconds > 0 ? flow::rounded(run.seconds, 4) + " s" : "") + "</td><td><a href=\"" +
           (run.place.empty() ? std::string("./") : address(run.place)) + "?files\">" +
           escaped(run.place.empty() ? "files" : run.place) + "</a></td></tr>\n";
}

std::string runs_section(const std::vector<RunFolder>& runs) {
    if (runs.empty()) return "<section><h2>Runs</h2><p>No run in this folder or below.</p></section>\n";
    std::string rows;
    for (const RunFolder& run : runs) rows += run_row(run);
    return "<section><h2>Runs</h2><table class=\"runs\"><thead><tr><th>title</th><th>state</th><th>finished "
           "[UTC]</th><th>time</"
           "th><th>folder</th></tr></thead><tbody>\n" +
           rows + "</tbody></table></section>\n";
}

std::string size_words(std::uintmax_t bytes) {
    const double b = static_cast<double>(bytes);
    return b < 1e3   ? flow::rounded(b, 4) + " B"
           : b < 1e6 ? flow::rounded(b * 1e-3, 3) + " kB"
                     : flow::rounded(b * 1e-6, 3) + " MB";
}

std::string files_section(const fs::path& folder) {
    std::string rows;
    std::error_code error;
    std::size_t count = 0;
    for (const fs::path& child : children(folder)) {
        if (++count > most_files) break;
        const std::string name = child.filename().string();
        if (fs::is_directory(child, error))
            rows +=
                "<tr><td><a href=\"" + address(name + "/") + "?files\">" + escaped(name) + "/</a></td><td></td></tr>\n";
        else if (fs::is_regular_file(child, error))
            rows += "<tr><td>" + link(name, name) + "</td><td class=\"n\">" + size_words(fs::file_size(child, error)) +
                    "</td></tr>\n";
    }
    if (rows.empty()) return "";
    const std::string note =
        count > most_files ? "<p>only the first " + std::to_string(most_files) + " are listed</p>" : "";
    return "<section><h2>Files</h2><table><thead><tr><th>name</th><th>size</th></tr></thead><tbody>\n" + rows +
           "</tbody></table>" + note + "</section>\n";
}

}  // namespace

std::optional<fs::path> path_below(const fs::path& root, const std::vector<std::string>& names) {
    fs::path path = root;
    for (const std::string& name : names) path /= name;
    std::error_code error;
    const fs::path top = fs::canonical(root, error), real = fs::canonical(path, error);
    if (error) return std::nullopt;
    const auto parting = std::mismatch(top.begin(), top.end(), real.begin(), real.end());
    return parting.first == top.end() ? std::optional(real) : std::nullopt;
}

bool is_run(const fs::path& folder) { return own_file(folder / "run.json") || own_file(folder / "log.jsonl"); }

bool is_running(const fs::path& folder) {
    std::error_code error;
    return own_file(folder / "log.jsonl") && !fs::exists(folder / "run.json", error);
}

std::vector<RunFolder> runs_below(const fs::path& folder) {
    std::vector<RunFolder> runs;
    std::size_t looked = 0;
    collect(folder, "", deepest, looked, runs);
    const auto newest = [](const RunFolder& a, const RunFolder& b) {
        return a.running != b.running ? a.running : a.finished > b.finished;
    };
    std::stable_sort(runs.begin(), runs.end(), newest);
    return runs;
}

std::string media_type(std::string_view name) {
    const std::string_view ending = name.substr(std::min(name.rfind('.'), name.size()));
    if (name == "report.html") return "text/html; charset=utf-8";
    if (ending == ".png" || ending == ".apng") return "image/png";
    if (ending == ".svg") return "image/svg+xml";
    if (ending == ".json") return "application/json";
    for (const std::string_view text : {".csv", ".toml", ".txt", ".jsonl", ".log", ".html", ".lyp", ".lyrdb", ".glp"})
        if (ending == text) return "text/plain; charset=utf-8";
    return "application/octet-stream";
}

std::string folder_page(const fs::path& folder, const std::string& title, const std::string& nonce, bool top) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>" +
           escaped(title) + "</title><style nonce=\"" + nonce + "\">" + style +
           "</style></head><body id=\"page\">\n<h1>" + escaped(title) + "</h1>\n" +
           (top ? "" : "<p><a href=\"../?files\">folder above</a></p>\n") + runs_section(runs_below(folder)) +
           files_section(folder) + "<script nonce=\"" + nonce + "\">" + script + "</script></body></html>\n";
}

}  // namespace damascene::cli
