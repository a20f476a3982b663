// What a report page carries: texts between marks, arrays out of base64 of gzip.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace damascene::flow {

inline std::string between(const std::string& text, const std::string& from, const std::string& to) {
    const std::size_t begin = text.find(from) + from.size();
    return text.substr(begin, text.find(to, begin) - begin);
}

inline std::string from_base64(const std::string& text) {
    const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0, have = 0;
    for (const char c : text) {
        const std::size_t value = letters.find(c);
        if (value == std::string::npos) break;
        bits = bits << 6 | static_cast<unsigned>(value);
        if ((have += 6) >= 8) out += static_cast<char>(bits >> (have -= 8) & 255);
    }
    return out;
}

template <class T>
std::vector<T> blob(const std::string& page, const nlohmann::json& reference) {
    const std::string packed = from_base64(between(page, "id=\"" + reference["blob"].get<std::string>() + "\">", "<"));
    std::size_t count = 1;
    for (const auto& n : reference["shape"]) count *= n.get<std::size_t>();
    std::vector<T> values(count);
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(values.data());
    stream.avail_out = static_cast<uInt>(count * sizeof(T));
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(stream.total_out, count * sizeof(T));
    inflateEnd(&stream);
    return values;
}

}  // namespace damascene::flow
