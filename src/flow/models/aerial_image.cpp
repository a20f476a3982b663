// Aerial image of a mask through focus: I(r) = sum_s w_s |sum_f P(f + f_s) M_f exp(2 pi i f.r / L)|^2, clear field = 1.
//
// method: "socs" (kernels with a certified truncation bound), "hopkins" (bilinear sum, exact), "abbe" (slow truth).
// Dose is a factor on the intensity, so one image per focus serves all doses.
#include <algorithm>
#include <cmath>

#include "flow/focus_images.hpp"
#include "flow/litho.hpp"
#include "flow/tables.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

int nearest_index(const std::vector<double>& values, double wanted) {
    const auto distance = [&](double a, double b) { return std::abs(a - wanted) < std::abs(b - wanted); };
    return static_cast<int>(std::min_element(values.begin(), values.end(), distance) - values.begin());
}

Field2<double> window_samples(const Image& image, const Clip& clip) {
    const auto needed = static_cast<int>(2 * image.band_x + 1);
    const int n = std::max(needed, static_cast<int>(std::lround(clip.period_nm / 4)));
    Field2<double> samples = sample_period(image, n, n);
    samples.grid = {n, n, clip.period_nm / n * nm, clip.period_nm / n * nm, clip.x0_nm * nm, clip.y0_nm * nm};
    return samples;
}

StepResult run_aerial(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const Projection projection = projection_of(in);
    const Clip& clip = projection.clip;
    const Mask* mask = mask_of(in);
    ImageStack stack;
    stack.clear_field = projection.clear_field;
    stack.dose = v.reals("through.dose");
    for (const double focus : v.reals("through.focus")) stack.focus_nm.push_back(std::round(focus * 1e15) * 1e-6);
    stack.nominal_focus = nearest_index(stack.focus_nm, 0);
    stack.nominal_dose = nearest_index(stack.dose, 1);
    StepResult result;
    double bound = 0;
    int kernels = 0;
    for (std::size_t i = 0; i < stack.focus_nm.size(); ++i) {
        context.check();
        context.progress({"focus " + rounded(stack.focus_nm[i], 6) + " nm",
                          static_cast<double>(i) / static_cast<double>(stack.focus_nm.size()),
                          {}});
        FocusImage at = projection.at(stack.focus_nm[i]);
        bound = std::max(bound, at.bound);
        kernels = std::max(kernels, at.kernels);
        stack.images.push_back(std::move(at.image));
    }
    const Image& nominal = stack.images[static_cast<std::size_t>(stack.nominal_focus)];
    const Field2<double> samples = window_samples(nominal, clip);
    const auto [low, high] = std::minmax_element(samples.values.begin(), samples.values.end());
    result.scalars = {{"intensity_min", "lowest intensity, 4 nm grid", *low, "clear field"},
                      {"intensity_max", "highest intensity, 4 nm grid", *high, "clear field"},
                      {"intensity_mean", "mean intensity", nominal.at(0, 0).real(), "clear field"},
                      {"kernels", "kernels, most of all focus states", static_cast<double>(kernels), ""},
                      {"truncation_bound", "kernel truncation bound", bound, "clear field"}};
    result.files["intensity.npy"] = io::write_npy(samples);
    result.files["intensity.vti"] = io::write_vti(samples, "intensity");
    PlanLayer picture;
    picture.id = "intensity", picture.name = "aerial image", picture.kind = "spectrum", picture.color = "#000000",
    picture.opacity = 1, picture.spectrum = nominal;
    result.layers = {picture, polygon_layer("target", "target", colour_target, clip.target, 0.25)};
    if (mask) result.layers.push_back(polygon_layer("mask", "mask", colour_mask, mask->shapes, 0.3));
    result.outputs.push_back(std::move(stack));
    return result;
}

Cost estimate_aerial(const Inputs& in) {
    return image_cost(in, static_cast<double>(in.params->values.reals("through.focus").size()));
}

}  // namespace

extern const StepModel model_aerial_image;
const StepModel model_aerial_image = {
    .info = {.catalogue = "step",
             .name = "aerial-image",
             .summary = "Partially coherent image of the mask (or of the drawn layout) through focus.",
             .equation = "I(r) = sum_s w_s |sum_f P(f + f_s) M_f exp(2 pi i f.r / L)|^2",
             .citation = "Hopkins1953",
             .params = joined(
                 joined({layer_row()}, imaging_rows("socs")),
                 {{.name = "through.focus",
                   .kind = ParamKind::real_list,
                   .unit = "nm",
                   .default_text = "[\"0 nm\"]",
                   .low = -10000,
                   .high = 10000,
                   .doc = "image planes; with kernel files 0 is the focus state, anything else the defocus state"},
                  {.name = "through.dose",
                   .kind = ParamKind::real_list,
                   .unit = "%",
                   .default_text = "[\"100 %\"]",
                   .low = 10,
                   .high = 400,
                   .doc = "doses at which the print is measured"}})},
    .needs = {"layout", "optics"},
    .gives = {"image"},
    .run = run_aerial,
    .estimate = estimate_aerial,
    .wants = {"mask"}};

}  // namespace damascene::flow
