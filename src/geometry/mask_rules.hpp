// Shared by the two mask-rule checkers. Coordinates and distances in database units until a violation is written.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "damascene/geometry.hpp"

namespace damascene::mask_rules {

/// A place where a rule is broken; box corners in database units.
struct Breach {
    double value, x0, y0, x1, y1;
};

/// A distance below the limit by more than rounding of the limit itself (1e-6 unit).
inline bool below(double distance, double limit) { return distance < limit - 1e-6; }

/// Width (solid between) and space (empty between) of merged Manhattan polygons, exact in integers: facing edges with a
/// common projection by sweep, corner to corner by Euclidean distance. Limits in units, 0 = off.
std::vector<Breach> manhattan_widths(const Region&, double limit);
std::vector<Breach> manhattan_spaces(const Region&, double limit);

/// The same for all-angle polygons: constrained distance of segment pairs found on a uniform grid.
std::vector<Breach> all_angle_widths(const Region&, double limit);
std::vector<Breach> all_angle_spaces(const Region&, double limit);

/// Items in cells of a uniform grid over a box, at most about `wanted_cells` of them.
class CellGrid {
  public:
    CellGrid(double x0, double y0, double x1, double y1, double cell, std::size_t wanted_cells)
        : x0_(x0),
          y0_(y0),
          cell_(std::max(cell, std::sqrt((x1 - x0) * (y1 - y0) / static_cast<double>(wanted_cells)))) {
        cell_ = std::max(
            {cell_, (x1 - x0) / static_cast<double>(wanted_cells), (y1 - y0) / static_cast<double>(wanted_cells)});
        columns_ = static_cast<int>((x1 - x0) / cell_) + 1;
        rows_ = static_cast<int>((y1 - y0) / cell_) + 1;
    }

    int column(double x) const { return static_cast<int>(std::clamp((x - x0_) / cell_, 0.0, columns_ - 1.0)); }
    int row(double y) const { return static_cast<int>(std::clamp((y - y0_) / cell_, 0.0, rows_ - 1.0)); }
    double row_bottom(int row) const { return y0_ + row * cell_; }
    double cell() const { return cell_; }
    std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
    }

    /// each_entry(put) must call put(cell index, item) for every entry, identically on both of its calls.
    template <class EachEntry>
    void fill(const EachEntry& each_entry) {
        first_.assign(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_) + 1, 0);
        each_entry([&](std::size_t cell, std::uint32_t) { ++first_[cell + 1]; });
        for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
        items_.resize(first_.back());
        std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
        each_entry([&](std::size_t cell, std::uint32_t item) { items_[next[cell]++] = item; });
    }

    const std::uint32_t* begin(std::size_t cell) const { return items_.data() + first_[cell]; }
    const std::uint32_t* end(std::size_t cell) const { return items_.data() + first_[cell + 1]; }

  private:
    double x0_, y0_, cell_;
    int columns_, rows_;
    std::vector<std::uint32_t> first_, items_;
};

}  // namespace damascene::mask_rules
