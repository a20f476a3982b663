// Quasar: four ring sectors of full opening angle `opening` at `angle` + k 90 deg.
#include "optics/models/rows.hpp"

namespace damascene::optics {

extern const SourceModel model_quasar;
const SourceModel model_quasar = {
    {.catalogue = "source",
     .name = "quasar",
     .summary = "Four ring sectors: for dense lines of both directions (45 deg) or poles on the axes (0 deg).",
     .equation =
         "w(s) = const for sigma_in <= |s| <= sigma_out and |azimuth - angle - k 90 deg| <= opening/2, sum w = 1",
     .citation = "Hopkins1953",
     .params = {row_sigma_in,
                row_sigma_out,
                {.name = "opening",
                 .unit = "deg",
                 .default_text = "30 deg",
                 .low = 0,
                 .high = 90,
                 .low_open = true,
                 .doc = "full opening angle of one pole"},
                [] {
                    ParamSpec angle = row_angle;
                    angle.default_text = "45 deg";
                    return angle;
                }(),
                row_grid}},
    [](const ParamValues& v, const std::string&) {
        return quasar(v.real("sigma_in"), v.real("sigma_out"), angle_of(v, "opening"), angle_of(v, "angle"),
                      grid_of(v));
    }};

}  // namespace damascene::optics
