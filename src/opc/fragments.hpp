// A Manhattan mask as fragments of the drawn edges, each shifted along its outward normal.
//
// The shifts are the only variables. Where two fragments of one edge differ, a jog joins them; at a corner of the drawn
// shape the mask corner is where the two shifted lines meet. Lengths in nm, layout coordinates.
#pragma once

#include <vector>

#include "damascene/geometry.hpp"

namespace damascene::opc {

/// Drawn: the line's coordinate across, and start and end along the ring's direction (solid on the left).
struct Fragment {
    double line_nm = 0, from_nm = 0, to_nm = 0;
    bool vertical = false;
    int outward = 1;            ///< sign of the outward normal along the axis across
    bool corner_after = false;  ///< the next fragment lies on another edge
    bool movable = true, assist = false;
    double shift_nm = 0, low_nm = -1e9, high_nm = 1e9;

    double position_nm() const { return line_nm + outward * shift_nm; }
    double length_nm() const { return to_nm < from_nm ? from_nm - to_nm : to_nm - from_nm; }
};

/// Rings one after the other: ring r is [ring_begin[r], ring_begin[r + 1]).
struct Fragments {
    std::vector<Fragment> all;
    std::vector<std::size_t> ring_begin{0};
    std::size_t rings() const { return ring_begin.size() - 1; }
    void append_ring(const std::vector<Fragment>& ring);
    void erase_ring(std::size_t ring);
};

/// Square cell [x0, x0 + side) x [y0, y0 + side): what lies outside is cut off.
struct Cell2 {
    double x0_nm = 0, y0_nm = 0, side_nm = 0;
};

/// Edges of merged Manhattan polygons cut into pieces of corner_nm at both ends and about run_nm between. Cuts lie on
/// whole nm.
Fragments fragmented(const Region& drawn, double corner_nm, double run_nm);

/// Shift limits: +-max_shift, and no fragment is eaten up to less than `shortest_nm` by its neighbours' shifts.
void limit_shifts(Fragments&, double max_shift_nm, double shortest_nm);

/// The shifted rings relative to the cell's corner, in units of 1e-5 nm (exact enough to differentiate). Clamping every
/// vertex to the cell keeps the winding number inside it.
enum class Rings { all, still, moving };  ///< still: no fragment of the ring can move
Region outline(const Fragments&, const Cell2&, Rings = Rings::all);
/// The shifted rings rounded to 1 nm, merged; one ring alone.
Region mask_region(const Fragments&);
Region ring_region(const Fragments&, std::size_t ring);
/// Rounds every edge to a whole nm.
void round_shifts(Fragments&);

/// dLoss/dshift of each fragment for an adjoint spectrum on the cell (edge_gradient), 0 outside the cell.
std::vector<double> shift_gradient(const Fragments&, const Cell2&, const Spectrum2& adjoint);

/// Two fragments that face each other: shift_a + shift_b <= slack (sign +1, empty between) or >= -slack (sign -1).
struct Spacing {
    std::size_t a = 0, b = 0;
    int sign = 1;
    double slack_nm = 0;
};
/// All pairs that could break the rules with shifts up to max_shift.
std::vector<Spacing> spacings(const Fragments&, const MaskRules&, double max_shift_nm);
/// Projects the shifts onto limits and spacings: a few sweeps of alternating projections.
void hold(Fragments&, const std::vector<Spacing>&);

/// Moves, levels or removes fragments of the rounded mask until check_mask_rules finds nothing, or for at most 60
/// rounds; returns what is left.
std::vector<RuleViolation> mend(Fragments&, const MaskRules&, Region& mask);

}  // namespace damascene::opc
