// Dipole: two ring sectors of full opening angle `opening` at `angle` and `angle` + 180 deg.
#include "optics/models/rows.hpp"

namespace damascene::optics {

extern const SourceModel model_dipole;
const SourceModel model_dipole = {
    {.catalogue = "source",
     .name = "dipole",
     .summary = "Two opposite ring sectors: best for lines of one direction near the resolution limit.",
     .equation =
         "w(s) = const for sigma_in <= |s| <= sigma_out and |azimuth - angle - k 180 deg| <= opening/2, sum w = 1",
     .citation = "Hopkins1953",
     .params = {row_sigma_in,
                row_sigma_out,
                {.name = "opening",
                 .unit = "deg",
                 .default_text = "35 deg",
                 .low = 0,
                 .high = 180,
                 .low_open = true,
                 .doc = "full opening angle of one pole"},
                row_angle,
                row_grid}},
    [](const ParamValues& v, const std::string&) {
        return dipole(v.real("sigma_in"), v.real("sigma_out"), angle_of(v, "opening"), angle_of(v, "angle"),
                      grid_of(v));
    }};

}  // namespace damascene::optics
