// From a level-set mask function to polygons that pass the mask rules.
#pragma once

#include <vector>

#include "damascene/geometry.hpp"
#include "numerics/aligned.hpp"

namespace damascene::opc {

/// {q > 1/2}; q periodic, band-limited, given at the centres of cells of cell_pixels x cell_pixels pixels.
struct LevelSetMask {
    int n = 0, cell_pixels = 8;
    Grid2 pixels;  ///< the clip's pixel grid: sample (0, 0) is the centre of pixel (0, 0)
    AlignedFloats q;
};

/// Contour of the mask function as polygons of at most `tolerance` deviation (0.3 nm), on a 0.1 nm database unit.
Region mask_polygons(const LevelSetMask&);

/// Polygons that pass `rules`: where the checker objects, q is raised or lowered locally by just what is missing,
/// islands and holes below the area rules are removed; repeated until clean (q keeps the changes). What cannot be
/// mended stands in `violations`.
Region manufacturable(LevelSetMask&, const MaskRules&, std::vector<RuleViolation>& violations, const Context&);

}  // namespace damascene::opc
