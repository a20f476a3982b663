// Step results as bytes: little-endian, one function per type for both directions. Doubles keep their bits.
#pragma once

#include "damascene/flow.hpp"

namespace damascene::flow {

io::Bytes to_bytes(const StepResult& result);
io::Bytes to_bytes(const Value& value);
StepResult step_result_of(io::ByteView bytes);  ///< InputError D0605 when the bytes are not a whole result

/// Content-addressed store: <root>/ab/cdef...; a blob is magic, length, payload, SHA-256.
class Store {
  public:
    explicit Store(std::string root) : root_(std::move(root)) {}
    std::optional<io::Bytes> load(const std::string& key) const;  ///< nothing if absent or damaged
    void save(const std::string& key, io::ByteView payload) const;
    std::string path_of(const std::string& key) const;

  private:
    std::string root_;
};

}  // namespace damascene::flow
