// The film side of a recipe in three dimensions: what steps on a noun "volume" share and report.
#pragma once

#include "damascene/feature/volume3.hpp"
#include "damascene/flow.hpp"

namespace damascene::flow {

/// "SiN 50 nm" lists, from the bottom up; the layers end at z = 0.
std::vector<feature::Layer> stack_layers(const ParamValues&);
/// Substrate and stack rows, walls, gas room and grid.
std::vector<ParamSpec> volume_rows();
/// A cell of about `wanted` nm that divides x evenly and y as evenly as it can.
double fitting_cell(double x_nm, double y_nm, double wanted_nm);
/// Flat stack in the window x0 y0 x1 y1 with room for a hole of this depth.
feature::Volume stack_in(const std::array<double, 4>& window_nm, const ParamValues&, double depth_nm, double cell_nm);
double least_z(const ParamValues&, double depth_nm, double cell_nm);

/// Scalars of materials, section, mesh and files of a volume; the noun itself.
StepResult report_volume(const feature::Volume&, std::optional<double> section_y_nm, const std::string& label);
StepResult report_volume_process(const feature::VolumeOutcome&, const feature::Volume& start, double field_nm,
                                 std::optional<double> section_y_nm, bool traced);
ParamSpec section_row();
std::optional<double> section_y(const ParamValues&);

}  // namespace damascene::flow
