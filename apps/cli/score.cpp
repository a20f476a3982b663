#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int score_mask(const Session& session) {
    const RasterRule rule = session.args.text("--raster") == "exact" ? RasterRule::exact : RasterRule::inclusive;
    const std::string target = session.args.text("--target");
    const opc::ProcessCorners corners = flow::load_contest_kernels(session.args.text("--kernels"));
    const Layout layout = flow::read_layout_file(target, session.args.has("--lenient"));
    const std::uint32_t cell = find_cell(layout, "");
    const std::vector<LayerCount> present = layers(layout, cell);
    if (present.size() != 1)
        throw InputError("D0305", "the target holds " + std::to_string(present.size()) + " layers, a score needs one",
                         "damascene layout clip writes one layer");
    Region shapes = flatten(layout, cell, present.front().layer);
    shapes.unit = layout.unit;
    const int n = static_cast<int>(std::lround(corners.focus.period_x.in(nm)));
    const flow::ContestClip clip = flow::place_centred(shapes, n, rule);
    const Field2<std::uint8_t> mask = flow::load_mask(session.args.text("--mask"), clip, rule);
    const opc::Score s = opc::score(clip.raster, mask, corners);
    if (session.json) {
        print("{" + flow::score_json(s) + ",\"raster\":" + json_text(session.args.text("--raster")) +
              ",\"target\":" + json_text(target) + ",\"mask\":" + json_text(session.args.text("--mask")) + "}\n");
    } else {
        print("raster          " + session.args.text("--raster") + "\nL2              " + std::to_string(s.l2) +
              " nm^2\nPV band         " + std::to_string(s.pvb) + " nm^2\nEPE violations  " +
              std::to_string(s.epe_violations) + " of " + std::to_string(s.epe_sites) + " sites (pixel-run), " +
              std::to_string(s.contour.violations) + " of " + std::to_string(s.contour.sites) +
              " (contour)\nshots           " + std::to_string(s.shots) + "\ntarget area     " +
              std::to_string(s.target_area) + " nm^2\nmask area       " + std::to_string(s.mask_area) + " nm^2\n");
    }
    return 0;
}

}  // namespace

extern const Command command_score;
const Command command_score = {
    "score",
    "L2, PV band, EPE and shots of a mask against a target",
    "damascene score --target M1_test1.glp --mask m.png --kernels k/ --raster exact",
    {{"--target", Flag::value, "clip to print (.glp or .gds)", true, {}, "", "FILE"},
     {"--mask", Flag::value, "mask (.png .npy .gds .glp), or the word target", true, {}, "", "FILE"},
     {"--kernels", Flag::value, "folder of contest kernels", true, {}, "", "DIR"},
     {"--raster",
      Flag::value,
      "pixels of a shape: scores differ between the two",
      true,
      {"exact", "inclusive"},
      "",
      "RULE"}},
    score_mask};

}  // namespace damascene::cli
