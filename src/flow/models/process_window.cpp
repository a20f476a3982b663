// Process window of a threshold resist or of the physical one in its film stack: sizes over focus and dose, what both
// may vary by, for one feature or several.
//
//   CD(F, E): width between the crossings of E I_F(r) = threshold;   window: |CD - target| <= tolerance
//   MEEF = dCD_wafer / dCD_mask;   k1 = CD NA / lambda;   DOF_Rayleigh = lambda / (2 n (1 - cos theta))
// One exact image per focus serves all doses and features; the physical resist runs its chain once per dose.
#include <algorithm>
#include <cmath>
#include <memory>

#include "flow/focus_images.hpp"
#include "flow/litho.hpp"
#include "flow/resist_series.hpp"
#include "flow/resist_side.hpp"
#include "flow/tables.hpp"
#include "flow/text.hpp"
#include "flow/window_report.hpp"

namespace damascene::flow {
namespace {

struct Feature {
    std::string name;
    std::array<double, 4> cut_nm{};
    double target_nm = 0;
};

double in_nm(double si) { return std::round(si * 1e15) * 1e-6; }

std::vector<std::array<double, 4>> cuts_of(const ParamValues& v, const Clip& clip) {
    std::vector<std::array<double, 4>> cuts;
    if (!v.has("cuts")) {
        if (!clip.cut_nm)
            throw InputError("D0402", "the process window needs a cut", "add cut to [layout], or cuts to the step");
        return {*clip.cut_nm};
    }
    const std::vector<double>& ends = v.reals("cuts");
    for (std::size_t i = 0; i + 3 < ends.size(); i += 4)
        cuts.push_back({in_nm(ends[i]), in_nm(ends[i + 1]), in_nm(ends[i + 2]), in_nm(ends[i + 3])});
    return cuts;
}

std::vector<Feature> features_of(const ParamValues& v, const Clip& clip) {
    std::vector<Feature> features;
    for (const auto& cut : cuts_of(v, clip)) {
        const std::size_t i = features.size();
        features.push_back({v.has("names") ? v.texts("names")[i] : "cut" + std::to_string(i + 1), cut,
                            v.has("target_cd") ? in_nm(v.reals("target_cd")[i]) : drawn_size(clip, cut)});
        if (!(features.back().target_nm > 0))
            throw InputError("D0402", "the middle of cut '" + features.back().name + "' lies on no shape",
                             "move the cut, or give target_cd");
    }
    return features;
}

WindowSettings settings_of(const ParamValues& v) {
    WindowSettings s;
    for (const double f : v.reals("through.focus")) s.focus_nm.push_back(in_nm(f));
    s.dose = v.reals("through.dose");
    s.tolerance = v.real("cd_tolerance");
    s.latitude = v.real("exposure_latitude");
    s.limit_error = v.real("limit_error");
    s.most_foci = static_cast<int>(v.integer("most_foci"));
    return s;
}

opc::SizeAt threshold_size(ImageSeries& images, double threshold, const std::array<double, 4>& cut_nm) {
    const bool bright = !images.projection().clear_field;
    return [&images, threshold, cut_nm, bright](double focus_nm, double dose) {
        return printed_size(images.at(focus_nm), threshold / dose, cut_nm, bright);
    };
}

opc::SizeAt physical_size(ResistSeries& series, const std::array<double, 4>& cut_nm) {
    return [&series, cut_nm](double focus_nm, double dose) { return series.size(focus_nm, dose, cut_nm); };
}

/// Central difference over masks drawn 1 nm larger and smaller on every side.
double physical_mask_error(const ResistSeries& series, double height, double focus_nm, double dose,
                           const std::array<double, 4>& cut_nm) {
    std::array<double, 2> size{};
    for (const int side : {-1, 1})
        size[side > 0] =
            ResistSeries(series.projection().grown(side * nm), series.process(), height).size(focus_nm, dose, cut_nm);
    return (size[1] - size[0]) / 4;
}

/// Sizes of one projection by the resist the step names.
struct Sizes {
    std::unique_ptr<ImageSeries> images;
    std::unique_ptr<ResistSeries> resist;
    double threshold = 0;
    opc::SizeAt on(const std::array<double, 4>& cut_nm) {
        return resist ? physical_size(*resist, cut_nm) : threshold_size(*images, threshold, cut_nm);
    }
    std::size_t count() const { return resist ? resist->count() : images->count(); }
};

Sizes sizes_of(const Inputs& in, Projection p) {
    const ParamValues& v = in.params->values;
    Sizes sizes;
    sizes.threshold = v.real("threshold");
    if (v.text("resist") == "physical")
        sizes.resist = std::make_unique<ResistSeries>(std::move(p), resist_process_of(in), v.real("height"));
    else
        sizes.images = std::make_unique<ImageSeries>(std::move(p), Length::from_si(v.real("diffusion_length")));
    return sizes;
}

void add_laws(const Projection& p, double size_nm, std::vector<Scalar>& scalars) {
    if (!p.optics.source) return;
    const opc::ScalingLaws laws = opc::scaling_laws(p.optics.pupil, p.optics.source->sigma_max(), size_nm * nm);
    scalars.push_back({"k1", "k1 = CD NA / lambda of the first feature", laws.k1, ""});
    scalars.push_back({"dof_rayleigh", "Rayleigh depth of focus, k2 = 1", laws.depth_nm, "nm"});
    scalars.push_back({"dof_rayleigh_paraxial", "the same by n lambda / NA^2", laws.depth_paraxial_nm, "nm"});
}

double nearest(const std::vector<double>& values, double wanted) {
    return *std::min_element(values.begin(), values.end(),
                             [&](double a, double b) { return std::abs(a - wanted) < std::abs(b - wanted); });
}

void add_mask_errors(Sizes& sizes, double height, const std::vector<Feature>& features, const ProcessWindow& window,
                     std::vector<Scalar>& scalars) {
    if (window.rectangle.empty()) return;
    const double focus = nearest(window.focus_nm, window.rectangle.best_focus_nm());
    for (const Feature& f : features) {
        const auto& c = f.cut_nm;
        const double dose = window.rectangle.best_dose();
        const double meef = sizes.resist ? physical_mask_error(*sizes.resist, height, focus, dose, c)
                                         : sizes.images->mask_error_enhancement(focus, sizes.threshold / dose,
                                                                                {c[0], c[1], c[2], c[3]});
        scalars.push_back({(features.size() > 1 ? f.name + "." : "") + "meef",
                           "mask error enhancement at best dose, focus " + rounded(focus, 4) + " nm" +
                               (features.size() > 1 ? ", " + f.name : ""),
                           meef, ""});
    }
}

/// The same lines or contacts at other pitches: which ones have no depth of focus.
void scan_pitches(const Inputs& in, const Projection& at_layout, const WindowSettings& settings,
                  const opc::DoseBand& anchor, StepResult& result, const Context& context) {
    const ParamValues &v = in.params->values, &layout = in.layout->values;
    const double width = layout.real("width") * 1e9,
                 length = layout.has("length") ? layout.real("length") * 1e9 : width;
    io::Table table{{"pitch", "cd", "depth_of_focus", "exposure_latitude", "best_focus", "best_dose", "common_depth"},
                    {"nm", "nm", "nm", "%", "nm", "%", "nm"},
                    {}};
    double worst = std::numeric_limits<double>::infinity(), worst_pitch = 0;
    for (const double pitch_si : v.reals("pitches")) {
        context.check();
        const double pitch = in_nm(pitch_si);
        context.progress({"pitch " + rounded(pitch, 6) + " nm", 0.5, {}});
        Projection p = at_layout;
        p.clip = pattern_clip(layout.text("pattern"), pitch, width, length);
        p.shapes = p.clip.target;
        p.optics.source = optics::refined(*p.optics.source, p.optics.pupil, pitch * nm, pitch * nm);
        const std::array<double, 4> cut = *p.clip.cut_nm;
        Sizes sizes = sizes_of(in, std::move(p));
        const double target = v.has("target_cd") ? in_nm(v.reals("target_cd")[0]) : width;
        const opc::SizeAt size = sizes.on(cut);
        const ProcessWindow w = process_window_of({{"pitch", size, target}}, settings, {});
        const opc::FocusDoseWindow common = opc::deepest_window(
            opc::overlap(std::vector<opc::DoseBand>{anchor, w.features[0].band}), settings.latitude);
        const bool empty = w.rectangle.empty();
        const double nan = std::numeric_limits<double>::quiet_NaN();
        table.rows.push_back(
            {shortest(pitch), shortest(size(0, 1)), shortest(w.rectangle.depth_nm()),
             shortest(empty ? 0 : 100 * latitude_in_focus(w.features[0].band, w.rectangle.best_focus_nm())),
             shortest(empty ? nan : w.rectangle.best_focus_nm()), shortest(empty ? nan : 100 * w.rectangle.best_dose()),
             shortest(common.depth_nm())});
        result.window->pitch_nm.push_back(pitch);
        result.window->pitch_depth_nm.push_back(w.rectangle.depth_nm());
        result.window->pitch_common_nm.push_back(common.depth_nm());
        if (w.rectangle.depth_nm() < worst) worst = w.rectangle.depth_nm(), worst_pitch = pitch;
    }
    result.files["pitches.csv"] = io::write_csv(table);
    result.scalars.push_back({"worst_pitch", "pitch with the least depth of focus", worst_pitch, "nm"});
    result.scalars.push_back({"worst_pitch_depth", "depth of focus there", worst, "nm"});
}

StepResult run_process_window(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const Projection projection = projection_of(in);
    Sizes sizes = sizes_of(in, projection);
    const Clip& clip = projection.clip;
    if (v.has("pitches") && !in.layout->values.has("pattern"))
        throw InputError("D0402", "a scan over pitches needs a pattern", "write pattern = \"lines\" in [layout]");
    const std::vector<Feature> features = features_of(v, clip);
    const WindowSettings settings = settings_of(v);
    std::vector<MeasuredFeature> measured;
    for (const Feature& f : features) measured.push_back({f.name, sizes.on(f.cut_nm), f.target_nm});
    StepResult result;
    result.window = process_window_of(measured, settings, context);
    ProcessWindow& window = *result.window;
    result.scalars = window_scalars(window);
    add_mask_errors(sizes, v.real("height"), features, window, result.scalars);
    add_laws(projection, features.front().target_nm, result.scalars);
    result.scalars.push_back({"images", "foci imaged", static_cast<double>(sizes.count()), ""});
    result.warnings = window_warnings(window);
    add_window_tables(window, result.files);
    for (const Feature& f : features)
        result.cuts.push_back(
            {f.name, f.cut_nm, measured[result.cuts.size()].size(window.focus_nm[window.focus_nm.size() / 2], 1), 0});
    if (v.has("pitches")) scan_pitches(in, projection, settings, common_band(window), result, context);
    return result;
}

Cost estimate_process_window(const Inputs& in) {
    return image_cost(in, static_cast<double>(in.params->values.integer("most_foci")));
}

void require(bool holds, const char* code, const std::string& message, const std::string& help) {
    if (!holds) throw InputError(code, message, help);
}

bool strictly_rising(const std::vector<double>& x) {
    return std::adjacent_find(x.begin(), x.end(), [](double a, double b) { return !(a < b); }) == x.end();
}

void check_process_window(const ParamValues& v) {
    require(strictly_rising(v.reals("through.focus")), "D0426", "'through.focus' does not rise",
            "sort it; give each focus once");
    require(strictly_rising(v.reals("through.dose")), "D0426", "'through.dose' does not rise",
            "sort it; give each dose once");
    require(v.reals("through.focus").size() >= 3, "D0428", "'through.focus' has less than three foci",
            "a process window bends: for example focus = \"-80 nm .. 80 nm, 9\"");
    const std::size_t count = v.has("cuts") ? v.reals("cuts").size() / 4 : 1;
    require(!v.has("cuts") || v.reals("cuts").size() % 4 == 0, "D0402", "'cuts' are not sets of four lengths",
            "x0, y0, x1, y1 of each cut, one after the other");
    require(!v.has("names") || v.texts("names").size() == count, "D0402", "'names' are not as many as the cuts",
            "one name for each cut");
    require(!v.has("target_cd") || v.reals("target_cd").size() == count, "D0402",
            "'target_cd' has not as many sizes as there are cuts", "one target_cd for each cut");
    if (v.has("pitches"))
        for (const double pitch : v.reals("pitches"))
            require(std::abs(pitch * 1e9 - std::round(pitch * 1e9)) < 1e-6, "D0402",
                    "'pitches' are not whole numbers of nm", "patterns are drawn on a 1 nm grid");
}

std::vector<ParamSpec> rows() {
    ParamSpec target_sizes = target_cd_row();
    target_sizes.kind = ParamKind::real_list, target_sizes.doc = "wanted width on each cut; absent: the drawn widths";
    return {
        {.name = "resist",
         .kind = ParamKind::choice,
         .default_text = "threshold",
         .doc = "threshold: on the (diffused) image; physical: the chain of [stack] and [resist]",
         .choices = {"threshold", "physical"}},
        threshold_row(),
        diffusion_row(),
        {.name = "height",
         .unit = "%",
         .default_text = "50 %",
         .low = 1,
         .high = 99,
         .doc = "of the film, where the physical resist is measured"},
        {.name = "through.focus",
         .kind = ParamKind::real_list,
         .unit = "nm",
         .low = -10000,
         .high = 10000,
         .doc = "image planes of the Bossung points, rising, three at least; more are imaged where the limits bend"},
        {.name = "through.dose",
         .kind = ParamKind::real_list,
         .unit = "%",
         .low = 10,
         .high = 400,
         .doc = "doses of the Bossung points, rising; the limits are found at any dose"},
        {.name = "cuts",
         .kind = ParamKind::real_list,
         .unit = "nm",
         .low = -1e9,
         .high = 1e9,
         .doc = "x0, y0, x1, y1 of each feature, one after the other; absent: the cut of [layout]",
         .optional = true},
        {.name = "names", .kind = ParamKind::text_list, .doc = "of the cuts", .optional = true},
        target_sizes,
        cd_tolerance_row(),
        {.name = "exposure_latitude",
         .unit = "%",
         .default_text = "5 %",
         .low = 0,
         .high = 100,
         .doc = "(E2 - E1) / E_c at which the depth of focus is stated, E_c the window's centre",
         .label = "recall"},
        {.name = "limit_error",
         .unit = "%",
         .default_text = "0.1 %",
         .low = 1e-6,
         .high = 10,
         .doc = "of the dose limits between foci: foci are added until straight lines are this close"},
        {.name = "most_foci",
         .kind = ParamKind::integer,
         .default_text = "65",
         .low = 3,
         .high = 2000,
         .doc = "imaged at most"},
        {.name = "pitches",
         .kind = ParamKind::real_list,
         .unit = "nm",
         .low = 4,
         .high = 20000,
         .doc = "of a pattern: the same shapes at other pitches, each with its own window and one shared with the "
                "layout's",
         .optional = true},
    };
}

}  // namespace

extern const StepModel model_process_window;
const StepModel model_process_window = {
    .info = {.catalogue = "step",
             .name = "process-window",
             .summary =
                 "Bossung curves, dose limits through focus, depth of focus at an exposure latitude, mask error.",
             .equation =
                 "E_lo(F) <= E <= E_hi(F) where |CD(F, E) - target| <= tolerance;  DOF = F2 - F1,  EL = (E2 - E1) / "
                 "E_c of the deepest window inside",
             .citation = "Bossung1977, MackByers2003, Mack2007",
             .params = joined(joined({layer_row()}, imaging_rows("abbe")), rows())},
    .needs = {"layout", "optics"},
    .gives = {},
    .run = run_process_window,
    .estimate = estimate_process_window,
    .check = check_process_window,
    .wants = {"mask", "stack", "resist"}};

}  // namespace damascene::flow
