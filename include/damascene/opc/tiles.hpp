// The tiles of a layout correction as tasks, for those who compute them elsewhere or keep them.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "damascene/opc.hpp"

namespace damascene::opc {

/// Everything the correction of a tile depends on beside the corners: its fragments, iterations, rules.
using TileBytes = std::vector<std::byte>;
/// Shifts of the tile's own fragments, nm, as bytes.
using TileExecutor = std::function<std::vector<TileBytes>(const std::vector<TileBytes>& tiles)>;

/// One tile; the same bytes on every machine of one kind, whatever computes it.
TileBytes corrected_tile(std::span<const std::byte> tile, const ProcessCorners& corners, const Context& context = {});

/// optimize_layout with the tiles of each batch (one colour, at most 16, different from each other) computed by
/// `execute`.
TiledResult optimize_layout(const Region& target, Box window, const ProcessCorners& corners, const TileOptions& options,
                            const TileExecutor& execute, const Context& context = {});

}  // namespace damascene::opc
