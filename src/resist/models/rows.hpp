// Parameter rows shared by the compact resist models.
#pragma once

#include "damascene/resist.hpp"

namespace damascene::resist {

inline const ParamSpec row_threshold = {.name = "threshold",
                                        .default_text = "0.225",
                                        .low = 0,
                                        .high = 2,
                                        .low_open = true,
                                        .doc = "printed where dose x signal reaches it; clear field = 1",
                                        .citation = "Banerjee2013",
                                        .label = "pub",
                                        .warn_low = 0.05,
                                        .warn_high = 0.7};

}  // namespace damascene::resist
