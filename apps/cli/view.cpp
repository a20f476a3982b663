// damascene view: a result folder in a browser of this machine. What asks must name the token of this start in its
// address and this server in its Host header; a page of another site can do neither.
#include <chrono>
#include <filesystem>
#include <random>

#include "command.hpp"
#include "loopback.hpp"
#include "view_pages.hpp"

namespace damascene::cli {
namespace {

namespace fs = std::filesystem;

struct Viewed {
    fs::path root;
    std::string token;
    int port = 0;
};

/// 128 bits of the operating system's randomness.
std::string random_text() {
    static const char digits[] = "0123456789abcdef";
    std::random_device device;
    std::string text;
    for (int i = 0; i < 4; ++i)
        for (std::uint32_t word = device(), k = 0; k < 8; ++k, word >>= 4) text += digits[word & 15];
    return text;
}

/// Takes as long for a near miss as for a far one.
bool same_text(std::string_view a, std::string_view b) {
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

bool own_host(const std::string& host, int port) {
    const std::string end = ":" + std::to_string(port);
    return host == "127.0.0.1" + end || host == "localhost" + end;
}

HttpReply refused(int status, const std::string& text) { return {status, "text/plain; charset=utf-8", text + "\n"}; }

HttpReply moved(const std::string& place) {
    HttpReply reply = refused(302, "see " + place);
    reply.headers.emplace_back("Location", place);
    return reply;
}

HttpReply page_of(const Viewed& v, const fs::path& folder) {
    const std::string nonce = random_text();
    const fs::path inside = folder.lexically_relative(fs::canonical(v.root));
    const std::string title = v.root.string() + (inside == "." ? "" : "/" + inside.string());
    HttpReply reply = {200, "text/html; charset=utf-8", folder_page(folder, title, nonce, inside == ".")};
    reply.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce +
            "'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    return reply;
}

HttpReply events_of(const fs::path& folder) {
    HttpReply reply = {200, "text/event-stream"};
    reply.lines = (folder / "log.jsonl").string();
    reply.ended = [folder] { return !is_running(folder); };
    return reply;
}

/// A report runs its own script and asks for nothing; no other file runs anything.
HttpReply file_of(const fs::path& path) {
    HttpReply reply = {200, media_type(path.filename().string())};
    const bool report = reply.type.starts_with("text/html");
    reply.headers.emplace_back(
        "Content-Security-Policy",
        report ? "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
                 "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
               : "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
    reply.file = path.string();
    return reply;
}

HttpReply answer(const Viewed& v, const HttpRequest& request) {
    if (!own_host(request.host, v.port)) return refused(421, "not this server");
    const std::optional<std::vector<std::string>> names = path_names(request.target);
    if (!names || names->empty() || !same_text(names->front(), v.token))
        return refused(403, "the address needs the token of this start");
    const std::optional<fs::path> path = path_below(v.root, {names->begin() + 1, names->end()});
    std::error_code error;
    if (!path) return refused(404, "no such file below the folder");
    const std::size_t mark = std::min(request.target.find('?'), request.target.size());
    const std::string place = request.target.substr(0, mark), query = request.target.substr(mark);
    if (!fs::is_directory(*path, error)) {
        if (place.ends_with('/')) return refused(404, "no such folder");
        return file_of(*path);
    }
    if (!place.ends_with('/')) return moved(place + "/" + query);
    if (query == "?events") return events_of(*path);
    if (query != "?files" && is_run(*path) && fs::is_regular_file(*path / "report.html", error))
        return moved(place + "report.html");
    return page_of(v, *path);
}

int view(const Session& session) {
    const fs::path root = session.args.text("DIR");
    std::error_code error;
    if (!fs::is_directory(root, error))
        throw InputError("D0301", "'" + escape_text(root.string()) + "' is not a folder",
                         "give a result folder, or one that holds several");
    const std::int64_t port = session.args.whole("--port", 0);
    if (port < 0 || port > 65535)
        throw InputError("D0114", "--port is out of range", "1 to 65535, or 0 for any free one");
    LoopbackServer server(static_cast<int>(port));
    const Viewed viewed = {root, random_text(), server.port()};
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/" + viewed.token + "/";
    print(session.json ? "{\"url\":" + json_text(url) + "}\n" : url + "\n");
    if (!session.quiet) note("open the address in a browser of this machine; Ctrl-C ends\n");
    server.serve([&](const HttpRequest& request) { return answer(viewed, request); }, *session.cancel);
    return 0;
}

}  // namespace

extern const Command command_view;
const Command command_view = {"view",
                              "show a result folder in a browser of this machine, with live progress",
                              "damascene view results/x",
                              {{"DIR", Flag::positional, "result folder, or one that holds several", true},
                               {"--port", Flag::value, "port on 127.0.0.1", false, {}, "0", "N"}},
                              view};

}  // namespace damascene::cli
