// How a growing trench depends on its parameters: tangents carried through arrival, kinetics and motion of the front.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "damascene/base/context.hpp"

namespace damascene::feature {

/// One diffuse species: local growth rate H^order, sticking s H^(order - 1), H = arrival over that of the open field.
struct TrenchGrowth {
    double width_nm = 100, depth_nm = 200;
    double top_radius_nm = 5;  ///< of the mouth's corners
    double sticking = 1, order = 1, rate_nm_s = 1;
    double duration_s = 10;
};
/// Order of all derivatives.
inline constexpr std::array<std::string_view, 5> growth_parameters = {"sticking", "order", "rate", "width", "depth"};
using Tangent = std::array<double, growth_parameters.size()>;
struct Sensitive {
    double value = 0;
    Tangent by{};  ///< d value / d parameter; rate in nm/s, width and depth in nm
};
struct ProfileOptions {
    int floor_nodes = 24, wall_nodes = 120;  ///< on half of the floor; from its corner up the wall and over the mouth
    int steps = 0;                           ///< 0: a move of 0.4 node distances at most
    double field_nm = 0;                     ///< level surface kept beyond the mouth; 0: half a width
};
struct ProfileSensitivity {
    std::vector<std::array<Sensitive, 2>> node;  ///< x, z of the right half, bottom centre to field, nm
    Sensitive field_nm;                          ///< film on the open field
    Sensitive bottom, wall;                      ///< step coverage, bottom centre and wall at half depth
    Sensitive gap_nm;                            ///< narrowest opening left: the margin to closure
    int steps = 0;
};
/// Second order in time; nodes keep even distances by moving along the front. Ends with InputError (D0402) when the
/// fronts meet within the duration: derivatives do not exist beyond.
ProfileSensitivity profile_sensitivity(const TrenchGrowth&, const ProfileOptions& = {}, const Context& = {});

}  // namespace damascene::feature
