// Capillary collapse of a line of width W and height H between spaces D, one of them still filled with rinse:
//   pressure P = 2 gamma cos(theta)/D; bending stress at the foot 3 P (H/W)^2; deflection of the top 3 P H^4/(2 E W^3).
// It yields when the stress reaches the yield stress, and snaps to its neighbour when the deflection at rest exceeds
// D/4 (the pressure grows as the gap closes).  [Tanaka 1993]
#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/resist/physical.hpp"
#include "resist/checks.hpp"

namespace damascene::resist {

Collapse collapse(double width, double height, double space, double surface_tension, double contact_deg, double young,
                  double yield) {
    const auto positive = [](double v, const char* name) { require(v > 0, name, v, "> 0"); };
    positive(width, "width");
    positive(height, "height");
    positive(space, "space");
    positive(young, "Young modulus");
    positive(yield, "yield stress");
    require(surface_tension >= 0, "surface tension", surface_tension, ">= 0 N/m");
    require(contact_deg >= 0 && contact_deg < 90, "contact angle", contact_deg, "0 to below 90 deg");
    const double pull = surface_tension * std::cos(contact_deg * std::numbers::pi / 180), gap = space * 1e-9;
    const double aspect = height / width, pressure = 2 * pull / gap;
    const double deflection = 1.5 * pressure * std::pow(aspect, 4) * width * 1e-9 / young;
    const double yields_at = std::sqrt(yield / (3 * pressure));
    const double snaps_at = std::pow(young * gap / (6 * pressure * width * 1e-9), 0.25);
    return {3 * pressure * aspect * aspect / yield, 4 * deflection / gap, std::min(yields_at, snaps_at)};
}

}  // namespace damascene::resist
