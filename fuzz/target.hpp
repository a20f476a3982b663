// One fuzz target is one file with LLVMFuzzerTestOneInput; replay.cpp runs the same entry point over a folder of files.
// The only exception a reader may let out is InputError, with a code and a message.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <span>

#include "damascene/base.hpp"

namespace damascene::fuzz {

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const std::byte*>(data), size};
}

/// Stops the process if a property does not hold.
inline void expect(bool holds) {
    if (!holds) std::abort();
}

/// True if `read` returned, false if it refused its input with an explained error.
template <class Read>
bool accepts(Read read) {
    try {
        read();
        return true;
    } catch (const InputError& error) {
        for (const Diagnostic& d : error.diagnostics()) expect(!d.code.empty() && !d.message.empty());
        return false;
    }
}

}  // namespace damascene::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
