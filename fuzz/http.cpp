// Heads of HTTP requests and their paths: what is accepted names no way up, no hidden file and no byte outside the
// file.
#include "target.hpp"

#include <algorithm>

#include "../apps/cli/loopback.hpp"

using namespace damascene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto check_path = [](std::string_view target) {
        const auto names = cli::path_names(target);
        for (const std::string& name : names.value_or(std::vector<std::string>{}))
            fuzz::expect(!name.empty() && name[0] != '.' &&
                         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos);
    };
    const auto check_range = [](std::string_view header) {
        for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{10}, ~std::uint64_t{0}}) {
            const cli::ByteRange range = cli::byte_range(header, bytes);
            fuzz::expect(range.outside ? range.count == 0 : range.first <= bytes && range.count <= bytes - range.first);
            fuzz::expect(!range.partial || range.count > 0);
        }
    };
    if (const auto request = cli::parse_http_request(text)) {
        fuzz::expect(request->target.starts_with('/') && !request->method.empty());
        check_path(request->target);
        check_range(request->range);
    }
    check_path(text);
    check_range(text);
    return 0;
}
