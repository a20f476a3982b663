#include "loopback.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <list>

#include "damascene/base/error.hpp"

namespace damascene::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t longest_head = 16384, longest_target = 4096, most_headers = 64, most_connections = 128,
                      block = 65536;
constexpr auto longest_request = std::chrono::seconds(10), longest_stall = std::chrono::seconds(30);
constexpr int tick_ms = 200;

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

/// The next line without its end, or none when no CRLF follows.
std::optional<std::string_view> next_line(std::string_view& rest) {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
}

bool read_request_line(std::string_view line, HttpRequest& request) {
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !printable(line)) return false;
    const std::string_view target = line.substr(first + 1, last - first - 1), version = line.substr(last + 1);
    request.method = line.substr(0, first);
    request.target = target;
    return is_token(request.method) && target.starts_with('/') && target.size() <= longest_target &&
           target.find(' ') == std::string_view::npos && (version == "HTTP/1.1" || version == "HTTP/1.0");
}

int digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
        out += static_cast<char>(16 * digit(text[i + 1]) + digit(text[i + 2]));
        i += 2;
    }
    return out;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

const char* reason(int status) {
    switch (status) {
        case 200: return "OK";
        case 206: return "Partial Content";
        case 302: return "Found";
        case 400: return "Bad Request";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 416: return "Range Not Satisfiable";
        case 421: return "Misdirected Request";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        default: return "Service Unavailable";
    }
}

HttpReply plain(int status) { return {status, "text/plain; charset=utf-8", std::string(reason(status)) + "\n"}; }

std::string head_of(const HttpReply& reply, std::optional<std::uint64_t> length) {
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " " + reason(reply.status) +
                       "\r\nContent-Type: " + reply.type + "\r\n";
    if (length) head += "Content-Length: " + std::to_string(*length) + "\r\n";
    for (const auto& [name, value] : reply.headers) head += name + ": " + value + "\r\n";
    return head +
           "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: "
           "no-referrer\r\n"
           "Cross-Origin-Resource-Policy: same-origin\r\n\r\n";
}

/// One request and its answer.
struct Connection {
    int socket = -1, file = -1;
    std::string head;                      ///< what was received
    std::string out;                       ///< ready to be sent
    std::size_t sent = 0;                  ///< of `out`
    std::uint64_t position = 0, left = 0;  ///< of `file`
    std::function<bool()> ended;           ///< of a stream of lines
    bool answered = false, stream = false, silent = false,
         finished = false;  ///< silent: it sends no more, but may read
    Clock::time_point since = Clock::now();

    explicit Connection(int descriptor) : socket(descriptor) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (file >= 0) ::close(file);
        ::close(socket);
    }
    bool wants_to_send() const { return sent < out.size() || (!stream && left > 0); }
};

/// The file itself, no link in its place.
bool open_regular(Connection& c, const std::string& path, std::uint64_t& size) {
    c.file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    struct stat facts {};
    if (c.file < 0 || ::fstat(c.file, &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
    size = static_cast<std::uint64_t>(facts.st_size);
    return true;
}

void send_text(Connection& c, const HttpReply& reply) { c.out = head_of(reply, reply.body.size()) + reply.body; }

void send_file(Connection& c, HttpReply reply, const std::string& range) {
    std::uint64_t size = 0;
    if (!open_regular(c, reply.file, size)) return send_text(c, plain(404));
    const ByteRange wanted = byte_range(range, size);
    if (wanted.outside) {
        HttpReply refusal = plain(416);
        refusal.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
        return send_text(c, refusal);
    }
    reply.headers.emplace_back("Accept-Ranges", "bytes");
    if (wanted.partial) {
        reply.status = 206;
        reply.headers.emplace_back("Content-Range", "bytes " + std::to_string(wanted.first) + "-" +
                                                        std::to_string(wanted.first + wanted.count - 1) + "/" +
                                                        std::to_string(size));
    }
    c.position = wanted.first;
    c.left = wanted.count;
    c.out = head_of(reply, wanted.count);
}

void send_lines(Connection& c, const HttpReply& reply) {
    std::uint64_t size = 0;
    if (!open_regular(c, reply.lines, size)) return send_text(c, plain(404));
    c.stream = true;
    c.ended = reply.ended;
    c.out = head_of(reply, std::nullopt);
}

/// What a folder holds may defeat one answer, never the server.
HttpReply handled(const HttpRequest& request, const HttpHandler& handler) {
    try {
        return handler(request);
    } catch (const std::exception&) {
        return plain(500);
    }
}

void answer(Connection& c, const HttpHandler& handler) {
    const std::optional<HttpRequest> request = parse_http_request(c.head);
    HttpReply reply = plain(400);
    if (request && request->method != "GET") {
        reply = plain(405);
        reply.headers.emplace_back("Allow", "GET");
    } else if (request) {
        reply = handled(*request, handler);
    }
    c.answered = true;
    c.since = Clock::now();
    if (!reply.lines.empty()) return send_lines(c, reply);
    if (!reply.file.empty()) return send_file(c, reply, request ? request->range : "");
    send_text(c, reply);
}

void refuse(Connection& c, int status) {
    c.answered = true;
    c.since = Clock::now();
    send_text(c, plain(status));
}

void receive(Connection& c, const HttpHandler& handler) {
    char buffer[4096];
    const ssize_t n = ::recv(c.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        c.silent = true;
        c.finished = n < 0 || c.stream || (!c.answered && c.head.empty());
        if (!c.finished && !c.answered) refuse(c, 400);
        return;
    }
    if (c.answered) return;  // a body nobody asked for
    c.head.append(buffer, static_cast<std::size_t>(n));
    const std::size_t end = c.head.find("\r\n\r\n");
    if (end != std::string::npos && end + 4 <= longest_head) {
        c.head.resize(end + 4);
        answer(c, handler);
    } else if (c.head.size() >= longest_head) {
        refuse(c, 431);
    }
}

/// More of the file into `out`; whole lines as events where it is a stream of lines.
void refill(Connection& c) {
    if (c.file < 0 || (!c.stream && c.left == 0)) return;
    const bool complete =
        c.stream && c.ended && c.ended();  // before the look at the file, else its last lines are missed
    std::string bytes(c.stream ? block : std::min<std::uint64_t>(c.left, block), '\0');
    const ssize_t n = ::pread(c.file, bytes.data(), bytes.size(), static_cast<off_t>(c.position));
    if (n < 0 || (n == 0 && !c.stream)) {
        c.finished = true;  // the file became shorter
        return;
    }
    bytes.resize(static_cast<std::size_t>(n));
    c.sent = 0;
    if (!c.stream) {
        c.position += bytes.size();
        c.left -= bytes.size();
        c.out = std::move(bytes);
        return;
    }
    c.out.clear();
    std::string_view rest = bytes;
    for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
        c.out += "data: " + std::string(rest.substr(0, end)) + "\n\n";
        c.position += end + 1;
    }
    if (rest.size() == block) c.finished = true;  // not a log
    if (!c.out.empty()) c.since = Clock::now();
    if (complete && c.out.empty()) {
        c.out = "event: end\ndata: {}\n\n";
        c.stream = false;
        c.left = 0;
    }
}

void transmit(Connection& c) {
    while (c.sent < c.out.size()) {
        const ssize_t n = ::send(c.socket, c.out.data() + c.sent, c.out.size() - c.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) {
            c.finished = true;
            return;
        }
        c.sent += static_cast<std::size_t>(n);
        c.since = Clock::now();
        if (c.sent == c.out.size() && !c.stream) refill(c);
    }
    if (c.answered && !c.stream && c.sent == c.out.size() && c.left == 0) c.finished = true;
}

bool too_slow(const Connection& c, Clock::time_point now) {
    if (!c.answered) return now - c.since > longest_request;
    return c.wants_to_send() && now - c.since > longest_stall;
}

/// The reader may still be writing: without reading that first, closing would destroy the answer on its way.
void close_gently(Connection& c) {
    ::shutdown(c.socket, SHUT_WR);
    char buffer[4096];
    for (int i = 0; i < 64 && ::recv(c.socket, buffer, sizeof buffer, MSG_DONTWAIT) > 0; ++i) {
    }
}

}  // namespace

std::optional<HttpRequest> parse_http_request(std::string_view head) {
    HttpRequest request;
    const std::optional<std::string_view> first = next_line(head);
    if (!first || !read_request_line(*first, request)) return std::nullopt;
    int hosts = 0;
    for (std::size_t count = 0; count <= most_headers; ++count) {
        const std::optional<std::string_view> line = next_line(head);
        if (!line) return std::nullopt;
        if (line->empty()) return hosts == 1 ? std::optional(request) : std::nullopt;
        const std::size_t colon = line->find(':');
        const std::string name = lower(line->substr(0, colon));
        if (colon == std::string_view::npos || !is_token(name)) return std::nullopt;
        const std::string_view value = trimmed(line->substr(colon + 1));
        if (!printable(value)) return std::nullopt;
        if (name == "host") ++hosts, request.host = value;
        if (name == "range") request.range = value;
    }
    return std::nullopt;
}

std::optional<std::vector<std::string>> path_names(std::string_view target) {
    target = target.substr(0, target.find('?'));
    if (!target.starts_with('/')) return std::nullopt;
    std::vector<std::string> names;
    while (!target.empty()) {
        target.remove_prefix(1);
        const std::size_t end = std::min(target.find('/'), target.size());
        const std::optional<std::string> name = percent_decoded(target.substr(0, end));
        target.remove_prefix(end);
        if (!name) return std::nullopt;
        if (name->empty() && target.empty()) return names;
        if (name->empty() || name->front() == '.' || name->find_first_of("/\\") != std::string::npos ||
            !printable(*name))
            return std::nullopt;
        names.push_back(*name);
    }
    return names;
}

ByteRange byte_range(std::string_view header, std::uint64_t size) {
    const ByteRange all = {0, size, false, false}, none = {0, 0, false, true};
    const std::string_view unit = "bytes=";
    if (!header.starts_with(unit)) return all;
    const std::string_view text = header.substr(unit.size());
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return all;
    const std::string_view low = text.substr(0, dash), high = text.substr(dash + 1);
    const std::optional<std::uint64_t> first = whole_number(low), last = whole_number(high);
    if ((!low.empty() && !first) || (!high.empty() && !last) || (!first && !last)) return all;
    if (!first) {
        const std::uint64_t count = std::min(*last, size);
        return count == 0 ? none : ByteRange{size - count, count, true, false};
    }
    if (last && *last < *first) return all;
    if (*first >= size) return none;
    const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
    return {*first, end - *first + 1, true, false};
}

LoopbackServer::LoopbackServer(int port) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* place = reinterpret_cast<sockaddr*>(&address);
    if (descriptor_ < 0 || ::bind(descriptor_, place, size) != 0 || ::listen(descriptor_, 64) != 0 ||
        ::getsockname(descriptor_, place, &size) != 0) {
        if (descriptor_ >= 0) ::close(descriptor_);
        throw ResourceError("D0902", "port " + std::to_string(port) + " of this machine is not free",
                            "another --port, or none for any free one");
    }
    port_ = ntohs(address.sin_port);
}

LoopbackServer::~LoopbackServer() { ::close(descriptor_); }

void LoopbackServer::serve(const HttpHandler& handler, const std::atomic<bool>& stop) {
    std::list<Connection> open;
    while (!stop) {
        std::vector<pollfd> waits = {{descriptor_, POLLIN, 0}};
        for (const Connection& c : open)
            waits.push_back(
                {c.socket, static_cast<short>((c.silent ? 0 : POLLIN) | (c.wants_to_send() ? POLLOUT : 0)), 0});
        ::poll(waits.data(), waits.size(), tick_ms);
        std::size_t k = 1;
        const Clock::time_point now = Clock::now();
        for (Connection& c : open) {
            const short seen = waits[k++].revents;
            if (seen & POLLERR)
                c.finished = true;
            else if (seen & POLLIN)
                receive(c, handler);
            if (c.stream && c.sent == c.out.size()) refill(c);
            if (c.answered && !c.finished) transmit(c);
            if (c.finished)
                close_gently(c);
            else
                c.finished = too_slow(c, now);
        }
        open.remove_if([](const Connection& c) { return c.finished; });
        if (!(waits[0].revents & POLLIN)) continue;
        for (int s = -1; (s = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
            if (open.size() < most_connections)
                open.emplace_back(s);
            else
                ::close(s);
        }
    }
}

}  // namespace damascene::cli
