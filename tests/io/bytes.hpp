// Files of tests/data as bytes, and what a reader says about bad ones.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "damascene/io.hpp"

namespace damascene::io {

inline Bytes bytes_of(std::string_view text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}
inline std::string text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline Bytes data_file(const std::string& name) {
    std::ifstream in(DAMASCENE_TEST_DATA "/" + name, std::ios::binary);
    EXPECT_TRUE(in) << name;
    return bytes_of(std::string(std::istreambuf_iterator<char>(in), {}));
}

/// The first diagnostic of the InputError that `read` throws; a failure if it throws none.
template <class Read>
Diagnostic fault(Read read) {
    try {
        read();
    } catch (const InputError& error) {
        return error.diagnostics().front();
    }
    ADD_FAILURE() << "no InputError";
    return {};
}

}  // namespace damascene::io
