// What the lithography steps share: parameter rows, mask spectra, pictures of shapes, artefact files.
#pragma once

#include "damascene/flow.hpp"
#include "damascene/numerics/film_stack.hpp"
#include "damascene/optics.hpp"

namespace damascene::flow {

extern const char* const colour_target;
extern const char* const colour_mask;
extern const char* const colour_print;
extern const char* const colour_band;

ParamSpec layer_row();
ParamSpec target_cd_row();
ParamSpec cd_tolerance_row();
ParamSpec threshold_row();
ParamSpec diffusion_row();  ///< acid diffusion length of a lumped resist
ParamSpec image_tol_row(const char* default_text);
std::vector<ParamSpec> corner_rows();  ///< dose, focus, steepness, mask rules of an optimiser

/// Fourier coefficients of the mask transmission on the clip's cell: exact polygons, or samples at integer nm when the
/// kernels are contest files (their convention).
Spectrum2 mask_spectrum(const Region& shapes, const Clip& clip, int band, bool clear_field, bool sampled);
Field2<std::uint8_t> clip_raster(const Region& shapes, const Clip& clip, RasterRule rule = RasterRule::exact);
/// Warning of an optimiser: its kernels hold no Blur.
extern const char* const correction_is_sharp;
opc::ProcessCorners corners_of(const ParamValues& values, const Optics& optics, double period_nm);

PlanLayer polygon_layer(const std::string& id, const std::string& name, const char* colour, const Region& shapes,
                        double opacity, bool visible = true);
PlanLayer contour_layer(const std::string& id, const std::string& name, const char* kind, const char* colour,
                        std::vector<Contour> contours, bool visible = true);
/// Contours cut by the border of the cell, joined along the border with the inside (left) kept inside: all rings
/// closed.
std::vector<Contour> closed_in_cell(std::vector<Contour> contours, const Clip& clip);
io::Bytes gds_of(const Region& shapes, const std::string& cell);
io::Bytes picture_of(const Field2<std::uint8_t>& binary);  ///< 0 and 255
io::Bytes history_csv(const std::vector<opc::IterationRecord>& history);
io::Bytes markers_of(const std::vector<RuleViolation>& violations, const std::string& cell);
inline constexpr double index_of_water = 1.4366;  ///< at 193 nm
/// Refractive index above the wafer by the table [optics].
double medium_index(const ParamValues& optics);
Clip clip_of(const Inputs& in);
const Mask* mask_of(const Inputs& in);
/// Everything an optimiser step reports about its mask.
StepResult report_mask(const opc::MaskResult& result, const Clip& clip, const opc::ProcessCorners& corners,
                       bool has_rules, const std::string& method);
/// Edge placement of the sites: scalars, table, markers beyond the limit; the page shows 5000 of them.
void report_edges(const std::vector<opc::EdgePlacement>& sites, double limit_nm, StepResult& result);
Cost image_cost(const Inputs& in, double images);

/// The table [stack] as films at a wavelength: every fault of it at once, with nearest names.
numerics::FilmStack load_stack(const Resolved& table, Length wavelength);
/// Which film of the stack holds the image.
std::size_t resist_film(const Resolved& table, const numerics::FilmStack& stack);
/// A file with a table [stack], or its keys alone.
Resolved load_stack_table(const std::string& path);

}  // namespace damascene::flow
