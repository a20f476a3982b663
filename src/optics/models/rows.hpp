// Parameter rows that several sources share.
#pragma once

#include "damascene/optics.hpp"

namespace damascene::optics {

inline const ParamSpec row_grid = {.name = "n",
                                   .kind = ParamKind::integer,
                                   .default_text = "41",
                                   .low = 1,
                                   .high = 1001,
                                   .doc = "cells per side of the sampling grid over the source",
                                   .label = "ver",
                                   .warn_low = 21};
inline const ParamSpec row_sigma_in = {.name = "sigma_in",
                                       .default_text = "0.6",
                                       .low = 0,
                                       .high = 1,
                                       .high_open = true,
                                       .doc = "inner radius, fraction of NA; below sigma_out"};
inline const ParamSpec row_sigma_out = {.name = "sigma_out",
                                        .default_text = "0.9",
                                        .low = 0,
                                        .high = 1,
                                        .low_open = true,
                                        .doc = "outer radius, fraction of NA"};
inline const ParamSpec row_angle = {.name = "angle",
                                    .unit = "deg",
                                    .default_text = "0 deg",
                                    .low = -360,
                                    .high = 360,
                                    .doc = "azimuth of the first pole from the x axis"};

inline int grid_of(const ParamValues& values) { return static_cast<int>(values.integer("n")); }
inline Angle angle_of(const ParamValues& values, std::string_view name) { return Angle::from_si(values.real(name)); }

}  // namespace damascene::optics
