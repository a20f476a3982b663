// HTTP/1.1 (RFC 9112, RFC 9110) for readers on this machine: 127.0.0.1, GET, one request per connection, every size and
// every wait bounded. One thread; a slow reader holds a connection, never the server.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace damascene::cli {

struct HttpRequest {
    std::string method, target, host, range;
};
/// Head of a request up to and with its empty line; none when it breaks the grammar.
std::optional<HttpRequest> parse_http_request(std::string_view head);

/// Names of a path after percent-decoding, without its query; none for "..", ".", hidden or empty names, separators and
/// control characters inside a name. A last empty name (the path ends in '/') is dropped.
std::optional<std::vector<std::string>> path_names(std::string_view target);

/// First byte and count of "bytes=a-b", "bytes=a-" or "bytes=-n" in a file of `size` bytes. Several ranges or another
/// unit count as no range (RFC 9110, 14.2); `outside` says that none of the bytes exist.
struct ByteRange {
    std::uint64_t first = 0, count = 0;
    bool partial = false, outside = false;
};
ByteRange byte_range(std::string_view header, std::uint64_t size);

struct HttpReply {
    int status = 200;
    std::string type = "text/plain; charset=utf-8", body;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string file = {};             ///< sent instead of the body, in ranges where asked for
    std::string lines = {};            ///< file whose lines are sent as server-sent events, also those still to come
    std::function<bool()> ended = {};  ///< whether `lines` is complete
};
using HttpHandler = std::function<HttpReply(const HttpRequest&)>;

class LoopbackServer {
  public:
    explicit LoopbackServer(int port);  ///< 0 takes any free port; ResourceError D0902 when it is taken
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    int port() const { return port_; }
    void serve(const HttpHandler& handler, const std::atomic<bool>& stop);

  private:
    int descriptor_ = -1, port_ = 0;
};

}  // namespace damascene::cli
