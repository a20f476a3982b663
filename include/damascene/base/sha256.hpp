// SHA-256 (FIPS 180-4) of bytes: names results by their content.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace damascene {

class Sha256 {
  public:
    Sha256();
    void update(std::span<const std::byte> bytes);
    std::string hex_digest();  ///< 64 lower-case hex digits; the object is spent afterwards

  private:
    void compress(const std::uint8_t* block);
    std::array<std::uint32_t, 8> state_;
    std::array<std::uint8_t, 64> buffer_;
    std::uint64_t length_ = 0;
};

std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_hex(std::string_view text);

}  // namespace damascene
