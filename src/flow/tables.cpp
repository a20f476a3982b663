// The tables of a recipe that are not steps, and the catalogues a recipe can name.
#include "flow/tables.hpp"

#include <algorithm>
#include <deque>

#include "damascene/flow/sweep.hpp"
#include "damascene/optics.hpp"
#include "damascene/resist/physical.hpp"
#include "flow/film_side.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

std::vector<std::string_view> preset_names() {
    std::vector<std::string_view> names;
    for (const Preset& preset : presets()) names.push_back(preset.name);
    return names;
}

std::string preset_text(const optics::OpticsPreset& preset) {
    const double n = preset.pupil.n_medium;
    const std::string medium = n == 1.0              ? "medium = \"air\""
                               : n == index_of_water ? "medium = \"water\""
                                                     : "n_medium = " + shortest(n);
    return "[optics]\nwavelength = \"" + rounded(preset.pupil.wavelength.in(nm), 12) +
           " nm\"\nna = " + shortest(preset.pupil.na) + "\n" + medium +
           "\nsource = " + std::string(preset.source_text) + "\n";
}

}  // namespace

const std::vector<Preset>& presets() {
    static const std::vector<Preset> list = [] {
        std::vector<Preset> built;
        for (const optics::OpticsPreset& preset : optics::optics_presets())
            built.push_back({std::string(preset.name),
                             "NA " + shortest(preset.pupil.na) + " at " + rounded(preset.pupil.wavelength.in(nm), 12) +
                                 " nm, medium index " + shortest(preset.pupil.n_medium),
                             preset_text(preset)});
        return built;
    }();
    return list;
}

const ModelInfo& layout_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "layout",
        .summary = "What is to be printed: a file, a cell, layers, the window where numbers are measured.",
        .equation =
            "The cell is taken as periodic: window + 2 halo, rounded up to 256 nm; with kernel files, the period of "
            "the kernels. A pattern is exactly periodic: cell = pitch x pitch, centred at (pitch / 2, pitch / 2).",
        .citation = "",
        .params = {
            {.name = "file", .kind = ParamKind::path, .doc = "GDSII or ICCAD-2013 GLP file", .optional = true},
            {.name = "pattern",
             .kind = ParamKind::choice,
             .doc = "instead of a file: endless lines along y, or a square array of contacts",
             .choices = {"lines", "contacts"},
             .optional = true},
            {.name = "pitch",
             .unit = "nm",
             .low = 4,
             .high = 20000,
             .doc = "of the pattern, whole nm",
             .optional = true},
            {.name = "width",
             .unit = "nm",
             .low = 1,
             .high = 20000,
             .doc = "of the lines or contacts of the pattern, whole nm",
             .optional = true},
            {.name = "length",
             .unit = "nm",
             .low = 1,
             .high = 20000,
             .doc = "of the contacts along y, whole nm; absent: as wide",
             .optional = true},
            {.name = "cell",
             .kind = ParamKind::text,
             .doc = "cell name; needed when there is more than one top cell",
             .optional = true},
            {.name = "layers",
             .kind = ParamKind::text_table,
             .doc = "name = \"layer/datatype\"; absent: the only layer of the cell",
             .optional = true},
            {.name = "window",
             .kind = ParamKind::real_list,
             .unit = "um",
             .low = -1e6,
             .high = 1e6,
             .doc = "x0 y0 x1 y1 of the measured part; absent: the box of the layer",
             .count = 4,
             .optional = true},
            {.name = "cut",
             .kind = ParamKind::real_list,
             .unit = "um",
             .low = -1e6,
             .high = 1e6,
             .doc = "x0 y0 x1 y1 of the cut line for critical dimensions",
             .count = 4,
             .optional = true},
            {.name = "halo",
             .unit = "nm",
             .default_text = "600 nm",
             .low = 0,
             .high = 5000,
             .doc = "surroundings that are imaged but not measured",
             .label = "recall",
             .warn_low = 200},
        }};
    return table;
}

const ModelInfo& optics_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "optics",
        .summary = "Source and projection lens, or ready kernel files.",
        .equation = "P(rho) = A(rho) O(rho) exp(2 pi i (W_Z + W_z) / lambda);  W_z = z (sqrt(n^2 - NA^2 rho^2) - n)",
        .citation = "Hopkins1953",
        .params = {
            {.name = "preset",
             .kind = ParamKind::choice,
             .doc = "named scanner class; keys beside it override it",
             .choices = preset_names(),
             .optional = true},
            {.name = "kernels",
             .kind = ParamKind::path,
             .doc = "folder of ICCAD-2013 kernels; replaces source and lens",
             .optional = true},
            {.name = "source",
             .kind = ParamKind::model,
             .default_text = "{ kind = \"annular\", sigma_in = 0.6, sigma_out = 0.9 }",
             .doc = "shape of the light source",
             .choices = {"source"}},
            {.name = "wavelength",
             .unit = "nm",
             .default_text = "193.368 nm",
             .low = 0.1,
             .high = 1000,
             .doc = "vacuum wavelength"},
            {.name = "na",
             .default_text = "1.35",
             .low = 0,
             .high = 3,
             .low_open = true,
             .doc = "numerical aperture, wafer side"},
            {.name = "medium",
             .kind = ParamKind::choice,
             .default_text = "water",
             .doc = "what fills the gap above the wafer: water has n = 1.4366 at 193 nm",
             .choices = {"air", "water"},
             .label = "recall"},
            {.name = "n_medium",
             .low = 1,
             .high = 3,
             .doc = "refractive index above the wafer; replaces medium",
             .optional = true},
            {.name = "defocus",
             .unit = "nm",
             .default_text = "0 nm",
             .low = -10000,
             .high = 10000,
             .doc = "displacement of the image plane into the wafer"},
            {.name = "paraxial_defocus",
             .kind = ParamKind::boolean,
             .default_text = "false",
             .doc = "parabolic defocus phase instead of the exact one"},
            {.name = "obscuration",
             .default_text = "0",
             .low = 0,
             .high = 1,
             .high_open = true,
             .doc = "central stop, fraction of the pupil radius"},
            {.name = "obliquity",
             .kind = ParamKind::boolean,
             .default_text = "false",
             .doc = "radiometric factor of the reduction"},
            {.name = "magnification",
             .default_text = "4",
             .low = 1,
             .high = 100,
             .doc = "reduction ratio, used by obliquity"},
            {.name = "polarisation",
             .kind = ParamKind::choice,
             .default_text = "unpolarised",
             .doc = "of the light in the pupil; counts where the light in the resist is vectorial",
             .choices = {"unpolarised", "x", "y", "te", "tm"}},
            {.name = "polarisation_degree",
             .unit = "%",
             .default_text = "100 %",
             .low = 0,
             .high = 100,
             .doc = "share of the light that has this polarisation; the rest is unpolarised"},
            {.name = "jones.diattenuation",
             .unit = "%",
             .default_text = "0 %",
             .low = 0,
             .high = 100,
             .doc =
                 "(T1 - T2)/(T1 + T2) of the lens for two polarisations, all over the pupil; counts like polarisation",
             .citation = "Chipman2018"},
            {.name = "jones.diattenuation_axis",
             .unit = "deg",
             .default_text = "0 deg",
             .low = -180,
             .high = 180,
             .doc = "of the polarisation that passes better, from the x axis"},
            {.name = "jones.retardance",
             .unit = "deg",
             .default_text = "0 deg",
             .low = -180,
             .high = 180,
             .doc = "phase between two polarisations that the lens adds, all over the pupil; counts like polarisation",
             .citation = "Chipman2018"},
            {.name = "jones.retardance_axis",
             .unit = "deg",
             .default_text = "0 deg",
             .low = -180,
             .high = 180,
             .doc = "of the polarisation whose phase is ahead, from the x axis"},
            {.name = "jones.file",
             .kind = ParamKind::path,
             .doc = "Jones matrices over the pupil, lines `px py xx xy yx yy` (elements as real and imaginary part) on "
                    "a grid from -1 to 1; light passes it before the uniform errors; counts like polarisation",
             .citation = "Chipman2018",
             .optional = true},
            {.name = "vibration.x",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 200,
             .doc = "of the stage along x during exposure: standard deviation, blurs the intensity",
             .citation = "Mack2007"},
            {.name = "vibration.y",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 200,
             .doc = "the same along y",
             .citation = "Mack2007"},
            {.name = "flare",
             .unit = "%",
             .default_text = "0 %",
             .low = 0,
             .high = 100,
             .high_open = true,
             .doc = "share of the light that is scattered evenly over the field: (1 - F) I + F x mean transmission",
             .citation = "Mack2007"},
            {.name = "laser.bandwidth",
             .unit = "pm",
             .default_text = "0 pm",
             .low = 0,
             .high = 100,
             .doc = "full width at half maximum of a Gaussian laser spectrum; needs laser.focus_slope",
             .citation = "Mack2007"},
            {.name = "laser.focus_slope",
             .unit = "nm/pm",
             .low = -10000,
             .high = 10000,
             .doc = "shift of the image plane with the wavelength (chromatic lens)",
             .optional = true},
            {.name = "zernike",
             .kind = ParamKind::real_list,
             .low = -10,
             .high = 10,
             .doc = "fringe coefficients in waves from Z1 on",
             .optional = true},
        }};
    return table;
}

const ModelInfo& expect_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "expect",
        .summary = "A limit on a result; a run that misses it ends with exit code 1.",
        .equation = "min <= value <= max;  |value - equals| <= tolerance",
        .citation = "",
        .params = {
            {.name = "value", .kind = ParamKind::text, .doc = "step.scalar, for example \"opc.epe_violations\""},
            {.name = "min", .low = -unbounded, .doc = "lowest accepted value", .optional = true},
            {.name = "max", .doc = "highest accepted value", .optional = true},
            {.name = "equals", .doc = "exact value", .optional = true},
            {.name = "tolerance", .low = 0, .doc = "allowed distance from equals", .optional = true},
        }};
    return table;
}

const ModelInfo& rules_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "rules",
        .summary = "What the mask shop accepts; zero switches a rule off. All values at wafer scale.",
        .equation = "",
        .citation = "",
        .params = {
            {.name = "min_width",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 1000,
             .doc = "smallest width of a shape"},
            {.name = "min_space",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 1000,
             .doc = "smallest gap between shapes"},
            {.name = "min_edge",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 1000,
             .doc = "shortest edge (jog)"},
            {.name = "min_radius",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 1000,
             .doc = "smallest radius of curvature"},
            {.name = "min_area",
             .unit = "nm^2",
             .default_text = "0 nm^2",
             .low = 0,
             .high = 1e9,
             .doc = "smallest area of a shape"},
            {.name = "min_hole_area",
             .unit = "nm^2",
             .default_text = "0 nm^2",
             .low = 0,
             .high = 1e9,
             .doc = "smallest area of a hole"},
            {.name = "max_vertices",
             .kind = ParamKind::integer,
             .default_text = "0",
             .low = 0,
             .high = 1e9,
             .doc = "most vertices of one polygon"},
        }};
    return table;
}

std::vector<ParamSpec> grouped(const ModelInfo& table, const std::string& group) {
    static std::deque<std::string> names;  // ParamSpec names are views; these live as long as the program
    std::vector<ParamSpec> params = table.params;
    for (ParamSpec& spec : params) spec.name = names.emplace_back(group + "." + std::string(spec.name));
    return params;
}

void append(std::vector<ParamSpec>& params, std::vector<ParamSpec> more) {
    params.insert(params.end(), more.begin(), more.end());
}

std::vector<ParamSpec> joined(std::vector<ParamSpec> params, std::vector<ParamSpec> more) {
    append(params, std::move(more));
    return params;
}

MaskRules mask_rules_of(const ParamValues& values, const std::string& group) {
    const std::string prefix = group.empty() ? "" : group + ".";
    const auto length = [&](const char* name) { return Length::from_si(values.real(prefix + name)); };
    const auto area = [&](const char* name) { return Area::from_si(values.real(prefix + name)); };
    return {.min_width = length("min_width"),
            .min_space = length("min_space"),
            .min_edge = length("min_edge"),
            .min_radius = length("min_radius"),
            .min_area = area("min_area"),
            .min_hole_area = area("min_hole_area"),
            .max_vertices = static_cast<int>(values.integer(prefix + "max_vertices"))};
}

std::vector<std::string> catalogues() { return {"step", "source", "development", "table"}; }

std::vector<const ModelInfo*> models_in(const std::string& catalogue) {
    std::vector<const ModelInfo*> list;
    if (catalogue == "step")
        for (const StepModel* model : step_models()) list.push_back(&model->info);
    if (catalogue == "source")
        for (const optics::SourceModel* model : optics::source_models()) list.push_back(&model->info);
    if (catalogue == "development")
        for (const resist::DevelopmentModel* model : resist::development_models()) list.push_back(&model->info);
    if (catalogue == "table")
        list = {&layout_table(), &optics_table(),    &stack_table(),  &resist_table(),
                &sweep_table(),  &structure_table(), &expect_table(), &rules_table()};
    return list;
}

const std::vector<const StepModel*>& step_models() {
    static const std::vector<const StepModel*> all = [] {
        std::vector<const StepModel*> list = light_step_models();
        for (const StepModel& model : film_step_models()) list.push_back(&model);
        std::sort(list.begin(), list.end(),
                  [](const StepModel* a, const StepModel* b) { return a->info.name < b->info.name; });
        return list;
    }();
    return all;
}

const StepModel* find_step_model(std::string_view name) {
    for (const StepModel* model : step_models())
        if (model->info.name == name) return model;
    return nullptr;
}

}  // namespace damascene::flow
