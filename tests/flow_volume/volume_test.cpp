// Volumes in recipes: shapes against closed forms, an etched layout, films against planar and conformal answers,
// storage.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numbers>

#include "damascene/flow.hpp"
#include "flow/archive.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

/// Runs the steps of a recipe one after the other, without a folder.
class Steps {
  public:
    explicit Steps(const std::string& text, const std::string& file = "volume.toml")
        : recipe_(recipe_from_text("damascene = \"1\"\n" + text, file)) {
        for (const StepPlan& step : recipe_.steps) {
            Inputs in;
            in.folder = recipe_.folder;
            in.seed = recipe_.seed;
            in.layout = recipe_.layout ? &*recipe_.layout : nullptr;
            in.structure = recipe_.structure ? &*recipe_.structure : nullptr;
            in.params = &step.params;
            for (const auto& [name, from] : step.from)
                for (const Value& value : results_.at(from).outputs)
                    if (noun(value) == name) in.values[name] = &value;
            results_[step.name] = step.model->run(in, {});
        }
    }
    const StepResult& operator[](const std::string& step) const { return results_.at(step); }
    double number(const std::string& step, const std::string& id) const {
        for (const Scalar& s : results_.at(step).scalars)
            if (s.id == id) return s.value;
        ADD_FAILURE() << step << " has no " << id;
        return 0;
    }

  private:
    Recipe recipe_;
    std::map<std::string, StepResult> results_;
};

const feature::Volume& volume_of(const StepResult& r) { return std::get<feature::Volume>(r.outputs.front()); }

std::string structure(const std::string& shape, const std::string& more = "") {
    return "[[step]]\nname = \"start\"\nmodel = \"structure-volume\"\nshape = \"" + shape +
           "\"\nwidth = \"60 nm\"\ndepth = \"90 nm\"\n" + more;
}

double box_volume(const feature::Volume& v) {
    return (v.box.x1_nm - v.box.x0_nm) * (v.box.y1_nm - v.box.y0_nm) * (v.box.z1_nm - v.box.z0_nm);
}

}  // namespace

// Gas below z = 0 of holes, solid above it of raised features, with walls of 85 deg: prisms and frusta.
TEST(StructureVolume, EveryShapeHasItsClosedForm) {
    const double cot = 1 / std::tan(85 * std::numbers::pi / 180), d = 90, w = 60, l = 120;
    const auto frustum = [&](double a, double b) { return std::numbers::pi * d / 3 * (a * a + a * b + b * b); };
    const auto tapered = [&](double sign) {  // int (w + 2 s z cot)(l + 2 s z cot) dz
        const double c = 2 * sign * cot;
        return w * l * d + (w + l) * c * d * d / 2 + c * c * d * d * d / 3;
    };
    const struct {
        std::string shape, more;
        double exact;
    } cases[] = {{"trench", "", 30 * d * (w - d * cot)},         {"line", "", 30 * d * (w + d * cot)},
                 {"via", "", frustum(w / 2, w / 2 - d * cot)},   {"pillar", "", frustum(w / 2, w / 2 + d * cot)},
                 {"slot", "length = \"120 nm\"\n", tapered(-1)}, {"fin", "length = \"120 nm\"\n", tapered(1)}};
    for (const auto& c : cases) {
        const Steps run(structure(c.shape, "sidewall_angle = \"85 deg\"\ngrid = \"3 nm\"\n" + c.more));
        const feature::Volume& v = volume_of(run["start"]);
        const double flat = (v.box.x1_nm - v.box.x0_nm) * (v.box.y1_nm - v.box.y0_nm) * -v.box.z0_nm;
        const double changed = std::abs(run.number("start", "solid_volume") - flat);
        EXPECT_NEAR(changed, c.exact, 0.012 * c.exact) << c.shape << ": chamfers of a cell at h = w / 20";
        EXPECT_NEAR(run.number("start", "solid_volume"), box_volume(v) - feature::gas_volume(v), 1e-6 * c.exact);
        EXPECT_NO_THROW(feature::check_mesh(run["start"].topography->mesh, feature::ray_domain(v))) << c.shape;
    }
}

// Contacts of 170 nm of a standard cell: area x depth, less what walls of 88 deg take.
TEST(EtchVolume, ContactsOfALayoutLoseTheirVolume) {
    const std::string file = std::string(DAMASCENE_SOURCE_DIR) + "/examples/09_contact_array_3d/recipe.toml";
    const Steps run(
        "[layout]\nfile = \"sky130_fd_sc_hd__inv_1.gds\"\nlayers = { licon = \"66/44\" }\n[[step]]\nname = "
        "\"etch\"\nmodel = \"etch-volume\"\nmask = \"drawn\"\nbox = [\"0.255 um\", \"1.49 um\", \"1.095 um\", \"2.17 "
        "um\"]\ndepth = \"300 nm\"\nsidewall_angle = \"88 deg\"\nstack = [\"SiO2 300 nm\"]\ngrid = \"10 nm\"\n",
        file);
    const double d = 300, w = 170, c = -2 / std::tan(88 * std::numbers::pi / 180);
    const double exact = 4 * (w * w * d + w * c * d * d + c * c * d * d * d / 3);
    EXPECT_EQ(run.number("etch", "openings"), 4);
    EXPECT_NEAR(run.number("etch", "opening_area"), 4 * w * w, 1e-6);
    EXPECT_NEAR(run.number("etch", "removed_volume"), exact, 0.01 * exact);
    const feature::Volume& v = volume_of(run["etch"]);
    EXPECT_EQ(v.materials, (std::vector<std::string>{"Si", "SiO2"}));
    EXPECT_NEAR(feature::volume(v, 0), 840.0 * 680 * (-300 - v.box.z0_nm), 0.01 * exact) << "stops on silicon";
    const Steps pillars(
        "[layout]\nfile = \"sky130_fd_sc_hd__inv_1.gds\"\nlayers = { licon = \"66/44\" }\n[[step]]\nname = "
        "\"etch\"\nmodel = \"etch-volume\"\nmask = \"drawn\"\netched = \"outside\"\nbox = [\"0.255 um\", \"1.49 um\", "
        "\"1.095 um\", \"2.17 um\"]\ndepth = \"300 nm\"\ngrid = \"10 nm\"\n",
        file);
    EXPECT_NEAR(pillars.number("etch", "removed_volume"), (840.0 * 680 - 4 * w * w) * d, 0.01 * 4 * w * w * d);
}

// The exact planar transport of deposit-flux is the slow truth of a trench in three dimensions.
TEST(DepositVolume, TrenchGrowsLikeThePlanarModel) {
    const Steps solid(structure("trench", "pitch = \"150 nm\"\ngrid = \"2 nm\"\n") +
                      "[[step]]\nname = \"fill\"\nmodel = \"deposit-volume\"\nsticking = [0.3]\nthickness = \"15 "
                      "nm\"\nrel_error = 0.1\n");
    const Steps planar(
        "[structure]\nkind = \"trench\"\nwidth = \"60 nm\"\ndepth = \"90 nm\"\npitch = \"150 nm\"\ngrid = \"1.5 "
        "nm\"\n[[step]]\nname = \"fill\"\nmodel = \"deposit-flux\"\nsticking = [0.3]\nthickness = \"15 nm\"\n");
    EXPECT_NEAR(solid.number("fill", "step_coverage.sidewall_mid"), planar.number("fill", "step_coverage.sidewall_mid"),
                0.03);
    EXPECT_NEAR(solid.number("fill", "step_coverage.bottom"), planar.number("fill", "step_coverage.bottom"), 0.03);
    EXPECT_NEAR(solid.number("fill", "deposited_volume") / 30, planar.number("fill", "deposited_volume"),
                0.02 * planar.number("fill", "deposited_volume"));
    EXPECT_LE(solid.number("fill", "mass_balance_error"), 1e-3) << "h = w / 30";
    EXPECT_LE(solid.number("fill", "flux.error"), 0.1);
    EXPECT_EQ(solid.number("fill", "flux.missed"), 0);
    const StepResult& r = solid["fill"];
    EXPECT_TRUE(r.warnings.empty());
    for (const char* name :
         {"surface.vtp", "section.csv", "section.vtp", "section_distance.vti", "history.csv", "animation.png"})
        EXPECT_TRUE(r.files.contains(name)) << name;
    EXPECT_EQ(r.topography->frames.front().time_s, 0);
    EXPECT_NEAR(r.topography->frames.back().time_s, 15, 1e-9);
}

// Ridges round, valleys stay: perimeter x t + (pi/2 - 2) t^2 per length of a trench.
TEST(DepositVolume, ConformalFilmHasSteinersVolumeAndFullCoverage) {
    const double t = 16, exact = 30 * ((150 + 2 * 90) * t + (std::numbers::pi / 2 - 2) * t * t);
    for (const char* grid : {"3 nm", "2 nm"}) {
        const Steps run(structure("trench", std::string("pitch = \"150 nm\"\ngrid = \"") + grid + "\"\n") +
                        "[[step]]\nname = \"liner\"\nmodel = \"deposit-volume\"\ntransport = \"conformal\"\nthickness "
                        "= \"16 nm\"\n");
        EXPECT_NEAR(run.number("liner", "deposited_volume"), exact, 5e-3 * exact) << grid;
        EXPECT_NEAR(run.number("liner", "step_coverage.sidewall_mid"), 1, 0.01);
        EXPECT_NEAR(run.number("liner", "step_coverage.bottom"), 1, 0.03);
    }
}

TEST(DepositVolume, ClosedMouthEndsTheStepAboveAVoid) {
    const Steps run(
        structure("trench", "pitch = \"150 nm\"\ngrid = \"5 nm\"\nsidewall_angle = \"95 deg\"\n") +
        "[[step]]\nname = \"fill\"\nmodel = \"deposit-volume\"\ntransport = \"conformal\"\nthickness = \"60 "
        "nm\"\nuntil = \"closed\"\n");
    EXPECT_EQ(run.number("fill", "void.count"), 1);
    EXPECT_NEAR(run.number("fill", "closure.time"), 30, 6) << "half the mouth, to a move of two cells less";
    EXPECT_LT(run.number("fill", "void.top"), 15);
    EXPECT_GT(run.number("fill", "void.volume"), 0);
}

TEST(DepositVolume, SameBitsAtAnyThreadCount) {
    std::vector<io::Bytes> bytes;
    const int before = thread_count();
    for (int threads : {1, 2, 3}) {
        set_thread_count(threads);
        const Steps run(structure("slot", "pitch = \"150 nm\"\ngrid = \"8 nm\"\n") +
                        "[[step]]\nname = \"fill\"\nmodel = \"deposit-volume\"\nsticking = [0.3]\nthickness = \"8 "
                        "nm\"\nrel_error = 0.3\n");
        bytes.push_back(to_bytes(run["fill"].outputs.front()));
    }
    set_thread_count(before);
    EXPECT_EQ(bytes[0], bytes[1]);
    EXPECT_EQ(bytes[0], bytes[2]);
}

TEST(Archive, AVolumeReadsBackByteForByte) {
    const Steps run(structure("via", "grid = \"6 nm\"\nstack = [\"SiO2 40 nm\"]\n"));
    StepResult only;
    only.outputs = run["start"].outputs;
    const io::Bytes bytes = to_bytes(only);
    const StepResult again = step_result_of(bytes);
    EXPECT_EQ(to_bytes(again), bytes);
    ASSERT_EQ(again.outputs.size(), 1u);
    const feature::Volume &a = volume_of(only), &b = volume_of(again);
    EXPECT_EQ(feature::surface_mesh(a).points, feature::surface_mesh(b).points);
    EXPECT_EQ(feature::volume(a, 1), feature::volume(b, 1));
    for (std::size_t cut = 0; cut < bytes.size(); cut += 4099)
        EXPECT_THROW(step_result_of(io::ByteView(bytes).first(cut)), InputError) << cut;
    std::vector<feature::SparseField> fields = feature::sparse_fields(a);
    fields[0].phi[7] = std::nan("");
    EXPECT_THROW(feature::volume_of(a.box, a.materials, fields), InputError);
    fields = feature::sparse_fields(a);
    fields[1].slot.pop_back();
    EXPECT_THROW(feature::volume_of(a.box, a.materials, fields), InputError);
}

TEST(VolumeRoom, ATallerBoxHoldsTheSameSolids) {
    const Steps run(structure("via", "grid = \"6 nm\"\nstack = [\"SiO2 40 nm\"]\n"));
    const feature::Volume& v = volume_of(run["start"]);
    const feature::Volume tall = feature::with_room(v, v.box.z0_nm - 10, v.box.z1_nm + 100);
    EXPECT_LE(tall.box.z0_nm, v.box.z0_nm - 10);
    EXPECT_GE(tall.box.z1_nm, v.box.z1_nm + 100);
    EXPECT_NEAR(feature::volume(tall, 1), feature::volume(v, 1), 1e-6);
    const double floor = (v.box.x1_nm - v.box.x0_nm) * (v.box.y1_nm - v.box.y0_nm);
    EXPECT_NEAR(feature::volume(tall, 0) - feature::volume(v, 0), floor * (v.box.z0_nm - tall.box.z0_nm), 1e-6);
    EXPECT_EQ(feature::surface_mesh(tall).triangles.size(), feature::surface_mesh(v).triangles.size());
}
