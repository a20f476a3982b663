#include <cmath>

#include "command.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

struct Task {
    flow::ContestClip clip;
    opc::ProcessCorners corners;
    MaskRules rules;
};

Task task_of(const Session& session) {
    Task task;
    const std::string rules = session.args.text("--rules", "none");
    if (rules != "none") task.rules = flow::load_rules(rules);
    task.corners = flow::load_contest_kernels(session.args.text("--kernels"));
    const Layout layout = flow::read_layout_file(session.args.text("--target"), session.args.has("--lenient"));
    const std::uint32_t cell = find_cell(layout, "");
    const std::vector<LayerCount> present = layers(layout, cell);
    if (present.size() != 1)
        throw InputError("D0305",
                         "the target holds " + std::to_string(present.size()) + " layers, a correction needs one",
                         "damascene layout clip writes one layer");
    const Region shapes = flatten(layout, cell, present.front().layer);
    const RasterRule rule =
        session.args.text("--raster", "exact") == "exact" ? RasterRule::exact : RasterRule::inclusive;
    task.clip = flow::place_centred(shapes, static_cast<int>(std::lround(task.corners.focus.period_x.in(nm))), rule);
    return task;
}

opc::MaskResult correct(const Session& session, const Task& task) {
    Context context;
    context.cancel_requested = session.cancel;
    context.on_progress = progress_reporter(session, session.args.text("--method"));
    if (session.args.text("--method") == "ilt") {
        opc::IltOptions options;
        options.iterations = static_cast<int>(session.args.whole("--iterations", 0));
        options.rules = task.rules;
        return opc::optimize_ilt(task.clip.raster, task.corners, options, context);
    }
    opc::EdgeOpcOptions options;
    options.iterations = static_cast<int>(session.args.whole("--iterations", options.iterations));
    options.rules = task.rules;
    return opc::optimize_edges(task.clip.target, 0 * nm, 0 * nm, task.corners, options, context);
}

/// The clip as the report shows it: target and mask with a rim.
flow::Clip cell_of(const Task& task, const Region& mask) {
    flow::Clip clip;
    clip.target = task.clip.target;
    clip.period_nm = task.clip.n;
    const Box drawn = bounding_box(task.clip.target), corrected = bounding_box(mask);
    const double unit = mask.unit.in(nm), rim_nm = 20;
    const auto low = [&](std::int64_t d, std::int64_t c) {
        return std::min<double>(static_cast<double>(d), static_cast<double>(c) * unit) - rim_nm;
    };
    const auto high = [&](std::int64_t d, std::int64_t c) {
        return std::max<double>(static_cast<double>(d), static_cast<double>(c) * unit) + rim_nm;
    };
    clip.window_nm = {low(drawn.x0, corrected.x0), low(drawn.y0, corrected.y0), high(drawn.x1, corrected.x1),
                      high(drawn.y1, corrected.y1)};
    clip.layer = "target";
    return clip;
}

/// Print layers of the corrected mask for the report.
void add_prints(flow::StepResult& result, const opc::Printed& printed, const opc::ProcessCorners& corners,
                const flow::Clip& clip) {
    const auto rings = [&](const Image& image, double dose) {
        return flow::closed_in_cell(contours(image, corners.threshold / dose, 8 * nm), clip);
    };
    std::vector<Contour> band = rings(printed.focus, corners.dose_outer);
    for (Contour& c : rings(printed.defocus, corners.dose_inner)) band.push_back(std::move(c));
    flow::PlanLayer picture;
    picture.id = "intensity", picture.name = "aerial image in focus", picture.kind = "spectrum",
    picture.color = "#000000", picture.visible = false, picture.spectrum = printed.focus,
    picture.level = corners.threshold;
    result.layers.push_back(picture);
    result.layers.push_back(flow::contour_layer("pvband", "PV band", "band", flow::colour_band, std::move(band)));
    result.layers.push_back(flow::contour_layer("print", "nominal print", "contours", flow::colour_print,
                                                rings(printed.focus, corners.dose_nominal)));
}

int optimize_mask(const Session& session) {
    const std::string folder = session.output();
    if (folder.empty()) throw InputError("D0114", "optimize needs a folder for the mask", "-o OUT");
    const Task task = task_of(session);
    const opc::MaskResult mask = correct(session, task);
    const flow::Clip clip = cell_of(task, mask.mask);
    flow::StepResult result =
        flow::report_mask(mask, clip, task.corners, has_rules(task.rules), session.args.text("--method"));
    opc::Printed printed;
    const opc::Score score = opc::score(task.clip.raster, mask.raster, task.corners, &printed);
    for (const char* name : {"mask.png", "mask.gds", "history.csv"})
        flow::write_file(flow::join_path(folder, name), result.files.at(name));
    if (result.files.contains("mask_rules.lyrdb"))
        flow::write_file(flow::join_path(folder, "mask_rules.lyrdb"), result.files.at("mask_rules.lyrdb"));
    add_prints(result, printed, task.corners, clip);
    const std::string json =
        "{" + flow::score_json(score) + ",\"mrc_violations\":" + std::to_string(mask.violations.size()) +
        ",\"seconds\":" + flow::shortest(mask.seconds) +
        ",\"iterations\":" + std::to_string(mask.history.empty() ? 0 : mask.history.back().iteration + 1) +
        ",\"method\":" + json_text(session.args.text("--method")) +
        ",\"raster\":" + json_text(session.args.text("--raster", "exact")) +
        ",\"target\":" + json_text(session.args.text("--target")) + "}";
    std::string title = session.args.text("--target");
    title = title.substr(title.rfind('/') == std::string::npos ? 0 : title.rfind('/') + 1) + " by " +
            session.args.text("--method");
    flow::write_file(flow::join_path(folder, "report.html"),
                     flow::report_html(title, 0, {{"optimize", result}}, clip, {}, session.command_line, "{}", json,
                                       session.command_line, {}));
    flow::write_file(flow::join_path(folder, "score.json"), json + "\n");
    if (session.json)
        print(json + "\n");
    else
        print("L2 " + std::to_string(score.l2) + " nm^2, PV band " + std::to_string(score.pvb) +
              " nm^2, EPE violations " + std::to_string(score.epe_violations) + ", shots " +
              std::to_string(score.shots) + ", mask rule violations " + std::to_string(mask.violations.size()) + ", " +
              flow::rounded(mask.seconds, 4) + " s\n" + flow::join_path(folder, "report.html") + "\n");
    return has_rules(task.rules) && !mask.violations.empty() ? 1 : 0;
}

}  // namespace

extern const Command command_optimize;
const Command command_optimize = {
    "optimize",
    "correct the mask of one clip; writes mask.png, mask.gds, report.html",
    "damascene optimize --target M1_test1.glp --kernels k/ --method ilt --rules rules.toml -o out",
    {{"--target", Flag::value, "clip to print (.glp or .gds)", true, {}, "", "FILE"},
     {"--kernels", Flag::value, "folder of contest kernels", true, {}, "", "DIR"},
     {"--method", Flag::value, "inverse lithography or edge correction", true, {"ilt", "edge"}, "", "NAME"},
     {"--rules", Flag::value, "mask rules (TOML), or the word none", false, {}, "none", "FILE"},
     {"--raster", Flag::value, "pixels of the target", false, {"exact", "inclusive"}, "exact", "RULE"},
     {"--iterations", Flag::value, "0 = default schedule", false, {}, "0", "N"}},
    optimize_mask};

}  // namespace damascene::cli
