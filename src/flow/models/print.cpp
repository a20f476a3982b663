// Threshold resist: contours, edge placement, critical dimension, process window of an image stack.
//
//   printed where dose I(r) >= threshold (dark-field; clear-field prints the dark side)
//
// Contours and crossings are roots of the exact band-limited image, not of a raster. Pixel areas: 1 nm pixel centres
// inside the window. EPE > 0: printed outside the target.
#include <algorithm>
#include <cmath>

#include "damascene/resist.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"
#include "flow/window_report.hpp"

namespace damascene::flow {
namespace {

constexpr double half_pixel_nm = 0.5;

/// The image sampled at pixel centres of the cell's 1 nm raster.
Field2<double> pixel_samples(Image image, const Clip& clip) {
    const int n = static_cast<int>(std::lround(clip.period_nm));
    for (int fy = -image.band_y; fy <= image.band_y; ++fy)
        for (int fx = -image.band_x; fx <= image.band_x; ++fx)
            image.at(fx, fy) *=
                std::polar(1.0, 2 * 3.14159265358979323846 * (fx + fy) * half_pixel_nm / clip.period_nm);
    return sample_period(image, n, n);
}

struct Areas {
    double l2 = 0, band = 0;
};

Areas window_areas(const ImageStack& stack, const Clip& clip, double threshold, std::size_t worst_focus,
                   double low_dose, double high_dose) {
    const Field2<double> focus = pixel_samples(stack.images[static_cast<std::size_t>(stack.nominal_focus)], clip);
    const Field2<double> worst = worst_focus == static_cast<std::size_t>(stack.nominal_focus)
                                     ? focus
                                     : pixel_samples(stack.images[worst_focus], clip);
    const Field2<std::uint8_t> target = clip_raster(clip.target, clip);
    const double nominal_dose = stack.dose[static_cast<std::size_t>(stack.nominal_dose)];
    const int n = target.grid.nx;
    const auto index = [&](double edge_nm, double origin_nm) {
        return std::clamp(static_cast<int>(std::lround(edge_nm - origin_nm)), 0, n);
    };
    const int x0 = index(clip.window_nm[0], clip.x0_nm), x1 = index(clip.window_nm[2], clip.x0_nm),
              y0 = index(clip.window_nm[1], clip.y0_nm), y1 = index(clip.window_nm[3], clip.y0_nm);
    Areas areas;
    for (int y = y0; y < y1; ++y)
        for (int x = x0; x < x1; ++x) {
            const auto printed = [&](const Field2<double>& image, double dose) {
                return (dose * image.at(x, y) >= threshold) != stack.clear_field;
            };
            areas.l2 += printed(focus, nominal_dose) != (target.at(x, y) != 0);
            areas.band += printed(focus, high_dose) != printed(worst, low_dose);
        }
    return areas;
}

opc::CutMetrics cut_at(const Image& image, double level, const Clip& clip) {
    const auto& c = *clip.cut_nm;
    return opc::measure_cut(image, level, c[0] * nm, c[1] * nm, c[2] * nm, c[3] * nm);
}

/// Size on the cut at the foci of the stack.
opc::SizeAt size_in(const ImageStack& stack, const Clip& clip, double threshold) {
    return [&stack, &clip, threshold](double focus_nm, double dose) {
        const auto at = std::find(stack.focus_nm.begin(), stack.focus_nm.end(), focus_nm) - stack.focus_nm.begin();
        return printed_size(stack.images[static_cast<std::size_t>(at)], threshold / dose, *clip.cut_nm,
                            !stack.clear_field);
    };
}

io::Bytes window_table(const ProcessWindow& window) {
    io::Table table{{"focus", "dose", "cd"}, {"nm", "%", "nm"}, {}};
    for (std::size_t f = 0; f < window.focus_nm.size(); ++f)
        for (std::size_t d = 0; d < window.dose.size(); ++d)
            table.rows.push_back({shortest(window.focus_nm[f]), rounded(100 * window.dose[d], 12),
                                  shortest(window.features[0].cd_nm[f][d])});
    return io::write_csv(table);
}

void measure_window(const ImageStack& stack, const Clip& clip, const ParamValues& v, StepResult& result) {
    const double threshold = v.real("threshold");
    const auto f0 = static_cast<std::size_t>(stack.nominal_focus), d0 = static_cast<std::size_t>(stack.nominal_dose);
    const double focus = stack.focus_nm[f0], dose = stack.dose[d0],
                 target = v.has("target_cd") ? v.real("target_cd") * 1e9 : drawn_size(clip, *clip.cut_nm);
    const opc::CutMetrics nominal = cut_at(stack.images[f0], threshold / dose, clip);
    const bool printed = nominal.found && nominal.bright != stack.clear_field;
    if (!printed) result.warnings.push_back("the cut line does not cross a printed feature at its centre");
    const double nils = 0.5 * (std::abs(nominal.nils_left) + std::abs(nominal.nils_right)),
                 cd = printed ? nominal.cd_nm : std::numeric_limits<double>::quiet_NaN();
    WindowSettings settings{rising(stack.focus_nm), rising(stack.dose), v.real("cd_tolerance")};
    ProcessWindow window = process_window_of({{"cut", size_in(stack, clip, threshold), target}}, settings, {});
    const opc::DoseBand& band = window.features[0].band;
    result.scalars.push_back({"cd", "critical dimension on the cut", cd, "nm"});
    result.scalars.push_back({"cd_target", "drawn critical dimension", target, "nm"});
    result.scalars.push_back({"nils", "normalised image log slope", nils, ""});
    const auto at =
        static_cast<std::size_t>(std::find(band.focus_nm.begin(), band.focus_nm.end(), focus) - band.focus_nm.begin());
    if (at < band.focus_nm.size() && std::isfinite(band.low[at]) && std::isfinite(band.high[at]))
        result.scalars.push_back(
            {"exposure_latitude", "exposure latitude in focus", 100 * (band.high[at] - band.low[at]) / dose, "%"});
    if (target > 0 && window.focus_nm.size() > 1)
        result.scalars.push_back({"depth_of_focus", "focus range at nominal dose, inside the computed foci",
                                  opc::focus_range(band, dose, focus).depth_nm(), "nm"});
    result.cuts.push_back({"cut", *clip.cut_nm, cd, nils});
    result.files["process_window.csv"] = window_table(window);
    result.window = std::move(window);
}

/// An edge along the border of the periodic cell only cuts a shape that goes on beyond it.
bool on_border(const opc::EdgePlacement& e, const Clip& clip) {
    const auto at = [&](double position, double low) {
        return std::abs(position - low) < 1e-6 || std::abs(position - low - clip.period_nm) < 1e-6;
    };
    return e.nx != 0 ? e.ny == 0 && at(e.x_nm, clip.x0_nm) : at(e.y_nm, clip.y0_nm);
}

void measure_edges(const ImageStack& stack, const Clip& clip, const ParamValues& v, StepResult& result) {
    const double level = v.real("threshold") / stack.dose[static_cast<std::size_t>(stack.nominal_dose)],
                 limit_nm = v.real("epe_limit") * 1e9;
    const std::vector<opc::EdgePlacement> all =
        opc::edge_placement(stack.images[static_cast<std::size_t>(stack.nominal_focus)], level, clip.target,
                            Length::from_si(v.real("site_pitch")), Length::from_si(v.real("reach")), stack.clear_field);
    std::vector<opc::EdgePlacement> inside;
    for (const opc::EdgePlacement& e : all)
        if (e.x_nm >= clip.window_nm[0] && e.x_nm <= clip.window_nm[2] && e.y_nm >= clip.window_nm[1] &&
            e.y_nm <= clip.window_nm[3] && !on_border(e, clip))
            inside.push_back(e);
    report_edges(inside, limit_nm, result);
}

StepResult run_print(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const double threshold = v.real("threshold");
    const Clip clip = clip_of(in);
    ImageStack stack = std::get<ImageStack>(*in.values.at("image"));
    if (const Length blur = Length::from_si(v.real("diffusion_length")); blur > 0 * nm)
        for (Image& image : stack.images) image = resist::diffused(image, blur);
    StepResult result;
    if (const Mask* mask = mask_of(in); mask && mask->threshold > 0 && mask->threshold != threshold)
        result.warnings.push_back("the mask was corrected for a threshold of " + shortest(mask->threshold) +
                                  ", the print uses " + shortest(threshold));
    const auto f0 = static_cast<std::size_t>(stack.nominal_focus);
    const auto [low, high] = std::minmax_element(stack.dose.begin(), stack.dose.end());
    std::size_t worst = f0;
    for (std::size_t i = 0; i < stack.focus_nm.size(); ++i)
        if (std::abs(stack.focus_nm[i] - stack.focus_nm[f0]) > std::abs(stack.focus_nm[worst] - stack.focus_nm[f0]))
            worst = i;
    const double nominal_dose = stack.dose[static_cast<std::size_t>(stack.nominal_dose)];
    context.progress({"contours", 0.1, {}});
    const auto rings = [&](const Image& image, double dose) {
        return closed_in_cell(contours(image, threshold / dose, 5 * nm), clip);
    };
    PrintSet print{threshold, rings(stack.images[f0], nominal_dose), rings(stack.images[f0], *high),
                   rings(stack.images[worst], *low)};
    context.check();
    context.progress({"areas", 0.4, {}});
    const Areas areas = window_areas(stack, clip, threshold, worst, *low, *high);
    result.scalars = {{"l2", "printed xor target in the window", areas.l2, "nm^2"},
                      {"pvb", "PV band in the window", areas.band, "nm^2"}};
    context.progress({"edges", 0.6, {}});
    measure_edges(stack, clip, v, result);
    context.check();
    if (clip.cut_nm) {
        context.progress({"process window", 0.8, {}});
        measure_window(stack, clip, v, result);
    }
    std::vector<Contour> band = print.outer;
    band.insert(band.end(), print.inner.begin(), print.inner.end());
    result.layers = {polygon_layer("target", "target", colour_target, clip.target, 0.35),
                     contour_layer("pvband", "PV band", "band", colour_band, std::move(band)),
                     contour_layer("print", "nominal print", "contours", colour_print, print.nominal)};
    result.outputs.push_back(std::move(print));
    return result;
}

Cost estimate_print(const Inputs& in) {
    Cost cost = image_cost(in, 0);
    cost.seconds = 1 + cost.bytes * 2e-9;
    return cost;
}

}  // namespace

extern const StepModel model_print;
const StepModel model_print = {
    .info = {.catalogue = "step",
             .name = "print",
             .summary = "Threshold resist on the image: contours, edge placement, critical dimension, process window.",
             .equation =
                 "printed where dose I(r) >= threshold;  EPE = (r_contour - r_target) . n;  NILS = CD |d ln I / dx|",
             .citation = "Mack1987",
             .params = {layer_row(),
                        threshold_row(),
                        diffusion_row(),
                        {.name = "site_pitch",
                         .unit = "nm",
                         .default_text = "40 nm",
                         .low = 5,
                         .high = 1000,
                         .doc = "distance of edge placement sites",
                         .label = "pub"},
                        {.name = "reach",
                         .unit = "nm",
                         .default_text = "80 nm",
                         .low = 5,
                         .high = 1000,
                         .doc = "search distance along the edge normal"},
                        {.name = "epe_limit",
                         .unit = "nm",
                         .default_text = "15 nm",
                         .low = 0.1,
                         .high = 1000,
                         .doc = "a larger error counts as a violation",
                         .label = "pub"},
                        target_cd_row(),
                        cd_tolerance_row()}},
    .needs = {"layout", "image"},
    .gives = {"print"},
    .run = run_print,
    .estimate = estimate_print,
    .wants = {"mask"}};

}  // namespace damascene::flow
