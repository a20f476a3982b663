// When a growing front passed every place, and the seams where two fronts met.
//
// The map of arrival times holds every intermediate profile; its gradient points along the front's normal, and jumps on
// a seam.
#pragma once

#include <span>
#include <vector>

#include "damascene/feature/level_set.hpp"

namespace damascene::feature {

/// At the nodes of a surface. time: 0 = solid at the start, NaN = never solid; of what was removed and grown again, the
/// last passage. normal: unit, of the front that passed; {0, 0} where none did.
struct ArrivalMap {
    Field2<double> time;  ///< s
    std::vector<Vec2> normal;
};
ArrivalMap arrival_map(const Surface& start);
/// Nodes that a step from `before` (phi of the top material; its contour is `front`, moving at `speed_nm_s` per piece)
/// to `after` has passed. Rows of gas may have been added above since the last step.
void record_passage(ArrivalMap&, const Field2<double>& before, const Section& front, std::span<const double> speed_nm_s,
                    const Surface& after, double start_s, double duration_s);

struct SeamPoint {
    Vec2 at;  ///< nm
    double time_s = 0;
    double angle_deg = 0;  ///< between the fronts: 180 deg - angle of their normals; < 0: they met from above downwards
};
struct Seam {
    std::vector<SeamPoint> points;  ///< bottom up (level seams: left to right)
    double length_nm = 0;
    double angle_deg = 0;  ///< mean along the seam
};
/// Fronts that meet under more than this leave an inner corner, not a seam (the corners of a trench: 90 deg).
inline constexpr double widest_seam_deg = 60;
/// Longest first. Gas narrower than `gap_nm` counts as shut (a neck closes asymptotically). Seams shorter than
/// `least_nm` (0: 4 h) are dropped. An axial seam on r = 0 is a line, elsewhere a ring.
std::vector<Seam> seams_of(const ArrivalMap&, const Surface& end, double gap_nm = 0,
                           double widest_deg = widest_seam_deg, double least_nm = 0);

}  // namespace damascene::feature
