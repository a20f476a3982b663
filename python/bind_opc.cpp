// Scores, edge placement, cuts, mask rules, mask optimisers.
#include "damascene/opc.hpp"

#include "native.hpp"

namespace damascene::python {
namespace {

using Raster = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

Field2<std::uint8_t> raster_of(const Raster& pixels) {
    Field2<std::uint8_t> field;
    field.grid.ny = static_cast<int>(pixels.shape(0)), field.grid.nx = static_cast<int>(pixels.shape(1));
    field.values.assign(pixels.data(), pixels.data() + pixels.size());
    return field;
}

Array2<std::uint8_t> raster_array(Field2<std::uint8_t> field) {
    const auto ny = static_cast<std::size_t>(field.grid.ny), nx = static_cast<std::size_t>(field.grid.nx);
    auto* kept = new std::vector<std::uint8_t>(std::move(field.values));
    nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<std::uint8_t>*>(p); });
    return Array2<std::uint8_t>(kept->data(), {ny, nx}, owner);
}

MaskRules rules_of(const std::map<std::string, Dimensional>& given) {
    MaskRules rules;
    for (const auto& [name, value] : given) {
        if (name == "min_width")
            rules.min_width = value.length("min_width");
        else if (name == "min_space")
            rules.min_space = value.length("min_space");
        else if (name == "min_radius")
            rules.min_radius = value.length("min_radius");
        else if (name == "min_area")
            rules.min_area = Area::from_si(value.si("min_area", "nm^2"));
        else if (name == "min_hole_area")
            rules.min_hole_area = Area::from_si(value.si("min_hole_area", "nm^2"));
        else {
            const std::vector<std::string> known = {"min_width", "min_space", "min_radius", "min_area",
                                                    "min_hole_area"};
            const std::string near = nearest_name(name, known);
            throw InputError("D0102", "there is no mask rule '" + escape_text(name) + "'",
                             near.empty() ? "min_width, min_space, min_radius, min_area, min_hole_area"
                                          : "did you mean '" + near + "'?");
        }
    }
    return rules;
}

nb::dict score_dict(const opc::Score& s) {
    nb::dict out;
    out["l2"] = s.l2;
    out["pvb"] = s.pvb;
    out["epe_violations"] = s.epe_violations;
    out["epe_sites"] = s.epe_sites;
    out["contour_epe_violations"] = s.contour.violations;
    out["shots"] = s.shots;
    out["target_area"] = s.target_area;
    out["mask_area"] = s.mask_area;
    return out;
}

nb::list violation_rows(const std::vector<RuleViolation>& violations) {
    nb::list rows;
    for (const RuleViolation& v : violations) {
        nb::dict row;
        row["rule"] = v.rule;
        row["value"] = v.value;
        row["limit"] = v.limit;
        row["box_nm"] = std::array<double, 4>{v.x0_nm, v.y0_nm, v.x1_nm, v.y1_nm};
        rows.append(row);
    }
    return rows;
}

// ----------------------------------------------------------------------------------------------------------- measures
nb::dict placement_columns(const std::vector<opc::EdgePlacement>& sites) {
    std::vector<double> x, y, nx, ny, epe;
    for (const opc::EdgePlacement& s : sites) {
        x.push_back(s.x_nm), y.push_back(s.y_nm), nx.push_back(s.nx), ny.push_back(s.ny);
        epe.push_back(s.found ? s.epe_nm : std::numeric_limits<double>::quiet_NaN());
    }
    nb::dict out;
    out["x"] = array_of(std::move(x));
    out["y"] = array_of(std::move(y));
    out["nx"] = array_of(std::move(nx));
    out["ny"] = array_of(std::move(ny));
    out["epe"] = array_of(std::move(epe));
    return out;
}

nb::dict cut_dict(const opc::CutMetrics& c) {
    nb::dict out;
    out["found"] = c.found;
    out["bright"] = c.bright;
    out["cd_nm"] = c.cd_nm;
    out["left_nm"] = c.left_nm;
    out["right_nm"] = c.right_nm;
    out["contrast"] = c.contrast;
    out["nils"] = std::make_pair(c.nils_left, c.nils_right);
    return out;
}

void bind_measures(nb::module_& m) {
    m.def(
        "edge_placement",
        [](const Image& image, double threshold, const Region& target, const Dimensional& pitch,
           const Dimensional& reach, bool dark_prints) {
            const Length p = pitch.length("site_pitch"), r = reach.length("reach");
            return placement_columns(
                computed_away([&] { return opc::edge_placement(image, threshold, target, p, r, dark_prints); }));
        },
        "image"_a, "threshold"_a, "target"_a, "site_pitch"_a = "40 nm", "reach"_a = "60 nm", "dark_prints"_a = false,
        nb::sig(
            "def edge_placement(image: damascene._native.Image, threshold: float, target: damascene._native.Region, "
            "site_pitch: str | "
            "damascene.units.Quantity = '40 nm', reach: str | damascene.units.Quantity = '60 nm', dark_prints: bool "
            "= False) -> dict[str, numpy.typing.NDArray[numpy.float64]]"),
        "Signed edge placement errors (nm, + = printed outside; nan = no crossing within reach) on a target's edges.");
    m.def(
        "measure_cut",
        [](const Image& image, double threshold, const Dimensional& x0, const Dimensional& y0, const Dimensional& x1,
           const Dimensional& y1) {
            return cut_dict(
                opc::measure_cut(image, threshold, x0.length("x0"), y0.length("y0"), x1.length("x1"), y1.length("y1")));
        },
        "image"_a, "threshold"_a, "x0"_a, "y0"_a, "x1"_a, "y1"_a,
        nb::sig("def measure_cut(image: damascene._native.Image, threshold: float, x0: str | damascene.units.Quantity, "
                "y0: str | "
                "damascene.units.Quantity, x1: str | damascene.units.Quantity, y1: str | damascene.units.Quantity) -> "
                "dict[str, typing.Any]"),
        "Critical dimension and NILS along a cut.");
    m.def(
        "check_mask_rules",
        [](const Region& mask, const std::map<std::string, Dimensional>& rules) {
            return violation_rows(computed_away([&, r = rules_of(rules)] { return check_mask_rules(mask, r); }));
        },
        "mask"_a, "rules"_a,
        nb::sig("def check_mask_rules(mask: damascene._native.Region, rules: collections.abc.Mapping[str, str | "
                "damascene.units.Quantity]) "
                "-> list[dict[str, typing.Any]]"),
        "Every violation of {'min_width': '20 nm', ...}.");
    m.def("rectangle_shots", &rectangle_shots, "mask"_a, "Shots of a Manhattan mask by minimum rectangle partition.");
}

// --------------------------------------------------------------------------------------------------------- optimisers
void bind_clips(nb::module_& m) {
    nb::class_<opc::ProcessCorners>(m, "ProcessCorners", "Focus, defocus and doses a mask has to hold at.")
        .def_rw("threshold", &opc::ProcessCorners::threshold, "Intensity at which resist prints.")
        .def_rw("steepness", &opc::ProcessCorners::steepness, "Of the sigmoid the optimisers see.")
        .def_ro("focus", &opc::ProcessCorners::focus, "Kernels in focus.")
        .def_ro("defocus", &opc::ProcessCorners::defocus, "Kernels out of focus.");
    m.def(
        "contest_corners",
        [](const std::filesystem::path& folder) {
            return computed_away([&] { return flow::load_contest_kernels(folder.string()); });
        },
        "folder"_a, "ICCAD-2013 corners on the kernels of a folder.");
    m.def(
        "corners",
        [](KernelSet focus, KernelSet defocus, double threshold, double dose_latitude) {
            opc::ProcessCorners c;
            c.focus = std::move(focus), c.defocus = std::move(defocus), c.threshold = threshold;
            c.dose_outer = 1 + dose_latitude, c.dose_inner = 1 - dose_latitude;
            return c;
        },
        "focus"_a, "defocus"_a, "threshold"_a = 0.225, "dose_latitude"_a = 0.04, "Corners on kernels of your own.");
    m.def(
        "place_centred",
        [](const Region& target, int n) {
            flow::ContestClip clip = flow::place_centred(target, n, RasterRule::exact);
            return std::make_pair(std::move(clip.target), raster_array(std::move(clip.raster)));
        },
        "target"_a, "n"_a = 2048, "Polygons in the middle of an n x n nm cell, and their exact raster.");
    m.def(
        "score",
        [](const Raster& target, const Raster& mask, const opc::ProcessCorners& corners) {
            const auto t = raster_of(target), k = raster_of(mask);
            return score_dict(computed_away([&] { return opc::score(t, k, corners); }));
        },
        "target"_a, "mask"_a, "corners"_a,
        nb::sig("def score(target: numpy.typing.NDArray[numpy.uint8], mask: "
                "numpy.typing.NDArray[numpy.uint8], corners: ProcessCorners) -> dict[str, int]"),
        "ICCAD-2013 score of a mask raster (1 nm pixels): L2, PV band, EPE violations, shots.");
}

void bind_optimisers(nb::module_& m) {
    nb::class_<opc::MaskResult>(m, "MaskResult", "A corrected mask and how it was found.")
        .def_prop_ro(
            "mask", [](nb::handle self) { return member(nb::cast<const opc::MaskResult&>(self).mask, self); },
            nb::sig("def mask(self) -> damascene._native.Region"), "Polygons, no copy.")
        .def_prop_ro(
            "raster",
            [](nb::handle self) {
                const auto& r = nb::cast<const opc::MaskResult&>(self).raster;
                return view<const std::uint8_t>(r.values.data(), static_cast<std::size_t>(r.grid.ny),
                                                static_cast<std::size_t>(r.grid.nx), self);
            },
            "1 nm pixels, no copy.")
        .def_prop_ro(
            "history",
            [](const opc::MaskResult& r) {
                std::vector<double> loss;
                for (const opc::IterationRecord& i : r.history) loss.push_back(i.loss);
                return array_of(std::move(loss));
            },
            "Loss per iteration.")
        .def_prop_ro(
            "violations", [](const opc::MaskResult& r) { return violation_rows(r.violations); },
            nb::sig("def violations(self) -> list[dict[str, typing.Any]]"), "Of the mask rules.")
        .def_ro("converged", &opc::MaskResult::converged, "Whether the schedule ended by itself.")
        .def_ro("seconds", &opc::MaskResult::seconds, "Wall time of the optimiser.");
    m.def(
        "optimize_ilt",
        [](const Raster& target, const opc::ProcessCorners& corners, int iterations,
           const std::map<std::string, Dimensional>& rules, const nb::object& progress) {
            const auto pixels = raster_of(target);
            opc::IltOptions options{iterations, rules_of(rules)};
            opc::MaskResult result;
            away_with_progress(progress,
                               [&](const Context& c) { result = opc::optimize_ilt(pixels, corners, options, c); });
            return result;
        },
        "target"_a, "corners"_a, "iterations"_a = 0, "rules"_a = std::map<std::string, Dimensional>{},
        "progress"_a.none() = nb::none(),
        "Inverse lithography of a square clip: target raster of 1 nm pixels, 0 iterations = the default schedule.");
    m.def(
        "optimize_edges",
        [](const Region& target, const opc::ProcessCorners& corners, const Dimensional& x0, const Dimensional& y0,
           int iterations, bool assist_features, const std::map<std::string, Dimensional>& rules,
           const nb::object& progress) {
            opc::EdgeOpcOptions options;
            if (iterations > 0) options.iterations = iterations;
            options.assist_features = assist_features;
            options.rules = rules_of(rules);
            const Length x = x0.length("x0"), y = y0.length("y0");
            opc::MaskResult result;
            away_with_progress(
                progress, [&](const Context& c) { result = opc::optimize_edges(target, x, y, corners, options, c); });
            return result;
        },
        "target"_a, "corners"_a, "x0"_a = "0 nm", "y0"_a = "0 nm", "iterations"_a = 0, "assist_features"_a = true,
        "rules"_a = std::map<std::string, Dimensional>{}, "progress"_a.none() = nb::none(),
        "Edge correction of Manhattan polygons on the cell from (x0, y0) with the period of the kernels.");
}

}  // namespace

void bind_opc(nb::module_& parent) {
    nb::module_ m = parent.def_submodule("opc", "Scores, edge placement, mask rules, mask optimisers.");
    bind_measures(m);
    bind_clips(m);
    bind_optimisers(m);
}

}  // namespace damascene::python
