// ICCAD-2013 score of a mask: L2, PV band, edge-placement violations in both published conventions, shots.
//
// Target and mask are 1 nm rasters on the period of the kernels, the clip centred. The raster rule must be chosen:
// scores differ between "exact" (half-open) and "inclusive" (OpenCV fillPoly).
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

StepResult run_score(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    const RasterRule rule = v.text("raster") == "exact" ? RasterRule::exact : RasterRule::inclusive;
    const Clip clip = clip_of(in);
    const Optics optics = load_optics(in);
    if (!optics.focus)
        throw InputError("D0405", "the score needs contest kernels", "add kernels = \"FOLDER\" to [optics]");
    const opc::ProcessCorners corners = opc::iccad13_corners(*optics.focus, *optics.defocus);
    context.progress({"score", 0.0, {}});
    const ContestClip contest{clip.target,
                              {static_cast<std::int32_t>(clip.x0_nm), static_cast<std::int32_t>(clip.y0_nm)},
                              static_cast<int>(clip.period_nm),
                              clip_raster(clip.target, clip, rule)};
    const Mask* given = mask_of(in);
    const std::string path = v.has("mask") ? v.text("mask") : "target";
    const Field2<std::uint8_t> mask =
        given && !v.has("mask") ? clip_raster(given->shapes, clip)
                                : load_mask(path == "target" ? path : join_path(in.folder, path), contest, rule);
    opc::Printed printed;
    const opc::Score s = opc::score(contest.raster, mask, corners, &printed);
    StepResult result;
    result.scalars = {
        {"l2", "L2", static_cast<double>(s.l2), "nm^2"},
        {"pvb", "PV band", static_cast<double>(s.pvb), "nm^2"},
        {"epe_violations", "EPE violations (pixel-run)", static_cast<double>(s.epe_violations), ""},
        {"epe_sites", "EPE sites (pixel-run)", static_cast<double>(s.epe_sites), ""},
        {"contour_epe_violations", "EPE violations (contour)", static_cast<double>(s.contour.violations), ""},
        {"contour_epe_sites", "EPE sites (contour)", static_cast<double>(s.contour.sites), ""},
        {"target_area", "target area", static_cast<double>(s.target_area), "nm^2"},
        {"mask_area", "mask area", static_cast<double>(s.mask_area), "nm^2"},
        {"shots", "shots of the mask raster", static_cast<double>(s.shots), ""}};
    result.files["nominal.png"] = picture_of(printed.nominal);
    Image focus = printed.focus, defocus = printed.defocus;
    for (Image* image : {&focus, &defocus}) image->x0 = clip.x0_nm * nm, image->y0 = clip.y0_nm * nm;
    const auto rings = [&](const Image& image, double dose) {
        return closed_in_cell(contours(image, corners.threshold / dose, 8 * nm), clip);
    };
    std::vector<Contour> band = rings(focus, corners.dose_outer);
    for (Contour& c : rings(defocus, corners.dose_inner)) band.push_back(std::move(c));
    PlanLayer picture;
    picture.id = "intensity", picture.name = "aerial image in focus", picture.kind = "spectrum",
    picture.color = "#000000", picture.visible = false, picture.opacity = 1, picture.spectrum = focus,
    picture.level = corners.threshold;
    result.layers = {
        picture, polygon_layer("target", "target", colour_target, clip.target, 0.35),
        polygon_layer("mask", "mask", colour_mask, region_of_raster(mask, contest.origin), 0.3),
        contour_layer("pvband", "PV band", "band", colour_band, std::move(band)),
        contour_layer("print", "nominal print", "contours", colour_print, rings(focus, corners.dose_nominal))};
    return result;
}

Cost estimate_score(const Inputs&) { return {0.2, 300e6, "three 2048 x 2048 prints"}; }

}  // namespace

extern const StepModel model_score;
const StepModel model_score = {
    .info = {.catalogue = "step",
             .name = "score",
             .summary = "ICCAD-2013 score of a mask against a target with contest kernels.",
             .equation = "L2 = |Z_nominal xor T|;  PVB = |Z_outer xor Z_inner|   [1 px = 1 nm^2]",
             .citation = "Banerjee2013",
             .params = {layer_row(),
                        {.name = "raster",
                         .kind = ParamKind::choice,
                         .doc = "pixels of a shape: exact = half-open, inclusive = both ends; scores differ",
                         .choices = {"exact", "inclusive"}},
                        {.name = "mask",
                         .kind = ParamKind::path,
                         .doc =
                             "PNG, NPY, GDSII or GLP mask; absent: the mask of an earlier step, else the target itself",
                         .optional = true}}},
    .needs = {"layout", "optics"},
    .gives = {},
    .run = run_score,
    .estimate = estimate_score,
    .wants = {"mask"}};

}  // namespace damascene::flow
