// A table together with where each row stood in its file, for located messages.
#pragma once

#include "byte_reader.hpp"

namespace damascene::io {

struct LocatedTable {
    Table table;
    int header_line = 1;
    std::vector<int> lines;  ///< 1-based line of each row
};
LocatedTable read_located_csv(ByteView bytes, const ReadOptions& options);

}  // namespace damascene::io
