// The table [resist] and what it makes with [stack]: exposure, bake and development of one film.
#include "flow/resist_side.hpp"

#include <algorithm>
#include <cmath>

#include "damascene/optics/jones.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

constexpr double mj_per_cm2 = 10;   // J/m^2
constexpr double cm2_per_mj = 0.1;  // m^2/J
constexpr double per_um = 1e6;      // 1/m

double length_nm(const ParamValues& v, const char* name) { return v.real(name) * 1e9; }

/// D from sigma = sqrt(2 D t), nm^2/s.
double diffusivity(double sigma_nm, double time_s) { return sigma_nm * sigma_nm / (2 * time_s); }

resist::Bake bake_of(const ParamValues& v) {
    resist::Bake b;
    b.time_s = v.real("bake.time");
    b.acid_diffusivity_nm2_s = diffusivity(length_nm(v, "bake.diffusion_length"), b.time_s);
    b.quencher_diffusivity_nm2_s = diffusivity(length_nm(v, "bake.quencher_diffusion_length"), b.time_s);
    b.diffusivity_exponent = v.real("bake.diffusivity_exponent");
    b.amplification_per_s = v.real("bake.amplification") / b.time_s;
    b.order = v.real("bake.order");
    b.loss_per_s = v.real("bake.loss");
    b.neutralisation_per_s = v.real("bake.neutralisation");
    b.evaporation_nm_s = v.real("bake.evaporation") * 1e9;
    b.surface_loss = v.real("bake.surface_loss");
    b.surface_depth_nm = length_nm(v, "bake.surface_depth");
    b.tolerance = v.real("bake.tolerance");
    return b;
}

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

/// Of a key in a table of `node`, or the nearest thing around it that was written.
Span place_in(const Node& node, const std::string& table, const std::string& key) {
    const Node* inner = node.find(table);
    const Node* value = inner ? inner->find(key) : nullptr;
    return value ? value->span : inner ? inner->span : node.span;
}

const resist::DevelopmentModel* development_named(const std::string& name) {
    for (const resist::DevelopmentModel* model : resist::development_models())
        if (model->info.name == name) return model;
    return nullptr;
}

optics::VectorLight vector_light_of(const ParamValues& table, const std::string& folder) {
    optics::VectorLight light;
    const std::string& name = table.text("polarisation");
    light.polarisation = name == "x"    ? optics::Polarisation::x
                         : name == "y"  ? optics::Polarisation::y
                         : name == "te" ? optics::Polarisation::te
                         : name == "tm" ? optics::Polarisation::tm
                                        : optics::Polarisation::unpolarised;
    light.degree = table.real("polarisation_degree");
    const auto angle = [&](const char* name) { return Angle::from_si(table.real(name)); };
    light.jones = optics::uniform_jones({table.real("jones.diattenuation"), angle("jones.diattenuation_axis"),
                                         angle("jones.retardance"), angle("jones.retardance_axis")});
    if (table.has("jones.file")) {
        const std::string path = join_path(folder, table.text("jones.file"));
        light.jones = optics::in_turn(optics::jones_from_text(read_text_file(path), path), std::move(light.jones));
    }
    return light;
}

}  // namespace

const ModelInfo& resist_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "resist",
        .summary = "Chemistry of the resist film: exposure, post-exposure bake, development.",
        .equation =
            "M = exp(-C E I);  h = 1 - M;  dh/dt = div(D grad h) - k_loss h - k_q h q;  dm/dt = -k_amp h^n m;  "
            "|grad t| r(m) = 1",
        .citation = "Mack2007",
        .params = {
            {.name = "chemistry",
             .kind = ParamKind::choice,
             .default_text = "amplified",
             .doc = "amplified: acid deblocks during the bake; conventional: the exposed compound itself inhibits",
             .choices = {"amplified", "conventional"}},
            {.name = "tone",
             .kind = ParamKind::choice,
             .default_text = "positive",
             .doc = "positive: exposed resist dissolves; negative: it stays",
             .choices = {"positive", "negative"}},
            {.name = "dose",
             .unit = "mJ/cm^2",
             .default_text = "25 mJ/cm^2",
             .low = 0,
             .high = 10000,
             .low_open = true,
             .doc = "incident on the stack where the mask is clear"},
            {.name = "a",
             .unit = "1/um",
             .default_text = "0 1/um",
             .low = 0,
             .high = 50,
             .doc = "bleachable absorption A of Dill; above 0 the film bleaches during exposure",
             .citation = "Dill1975",
             .label = "recall"},
            {.name = "b",
             .unit = "1/um",
             .default_text = "1.5 1/um",
             .low = 0,
             .high = 50,
             .doc = "fixed absorption B; used with a, otherwise the k of the film counts",
             .citation = "Dill1975",
             .label = "recall"},
            {.name = "c",
             .unit = "cm^2/mJ",
             .default_text = "0.05 cm^2/mJ",
             .low = 0,
             .high = 10,
             .low_open = true,
             .doc = "rate constant C of exposure",
             .citation = "Dill1975",
             .label = "recall"},
            {.name = "quencher",
             .default_text = "0.15",
             .low = 0,
             .high = 1,
             .doc = "base loading relative to the photo-acid generator",
             .label = "recall"},
            {.name = "bake.time",
             .unit = "s",
             .default_text = "60 s",
             .low = 0.01,
             .high = 3600,
             .doc = "of the post-exposure bake",
             .label = "recall"},
            {.name = "bake.diffusion_length",
             .unit = "nm",
             .default_text = "10 nm",
             .low = 0,
             .high = 500,
             .doc = "sqrt(2 D t) of the acid (of the compound itself in a conventional resist)",
             .citation = "Mack2007",
             .label = "recall",
             .warn_high = 80},
            {.name = "bake.quencher_diffusion_length",
             .unit = "nm",
             .default_text = "0 nm",
             .low = 0,
             .high = 500,
             .doc = "sqrt(2 D t) of the quencher",
             .label = "recall"},
            {.name = "bake.diffusivity_exponent",
             .default_text = "0",
             .low = -10,
             .high = 10,
             .doc = "a in D = D0 exp(a (1 - m))",
             .label = "recall"},
            {.name = "bake.amplification",
             .default_text = "3",
             .low = 0,
             .high = 100,
             .doc = "k_amp times the bake time",
             .label = "recall"},
            {.name = "bake.order",
             .default_text = "1",
             .low = 0.5,
             .high = 5,
             .doc = "n of dm/dt = -k_amp h^n m",
             .label = "recall"},
            {.name = "bake.loss",
             .unit = "1/s",
             .default_text = "0 1/s",
             .low = 0,
             .high = 10,
             .doc = "acid loss in the bulk",
             .label = "recall"},
            {.name = "bake.neutralisation",
             .unit = "1/s",
             .default_text = "10 1/s",
             .low = 0,
             .high = 1000,
             .doc = "rate constant of acid and quencher, concentrations relative to the generator",
             .label = "recall"},
            {.name = "bake.evaporation",
             .unit = "nm/s",
             .default_text = "0 nm/s",
             .low = 0,
             .high = 100,
             .doc = "acid leaving through the top",
             .label = "recall"},
            {.name = "bake.surface_loss",
             .unit = "%",
             .default_text = "0 %",
             .low = 0,
             .high = 100,
             .doc = "share of acid lost at the top before the bake (airborne base)",
             .label = "recall"},
            {.name = "bake.surface_depth",
             .unit = "nm",
             .default_text = "10 nm",
             .low = 0.1,
             .high = 1000,
             .doc = "depth over which that loss fades by 1/e",
             .label = "recall"},
            {.name = "bake.tolerance",
             .default_text = "0.001",
             .low = 1e-6,
             .high = 0.1,
             .doc = "largest error of the blocked share by time steps"},
            {.name = "development",
             .kind = ParamKind::model,
             .default_text = "{ kind = \"mack\" }",
             .doc = "dissolution rate",
             .choices = {"development"}},
            {.name = "development_time",
             .unit = "s",
             .default_text = "60 s",
             .low = 0.01,
             .high = 3600,
             .doc = "of the developer on the film",
             .label = "recall"},
            {.name = "shrink.vertical",
             .unit = "%",
             .default_text = "0 %",
             .low = 0,
             .high = 60,
             .doc = "loss of height after negative-tone development",
             .label = "recall"},
            {.name = "shrink.lateral",
             .unit = "%",
             .default_text = "0 %",
             .low = 0,
             .high = 60,
             .doc = "loss of width of what stands",
             .label = "recall"},
            {.name = "light",
             .kind = ParamKind::choice,
             .default_text = "vector",
             .doc = "vector: polarised plane waves in the film stack; scalar: the fast path, honest below NA 0.6",
             .choices = {"vector", "scalar"}},
            {.name = "grid",
             .unit = "nm",
             .default_text = "2 nm",
             .low = 0.1,
             .high = 50,
             .doc = "largest lateral spacing"},
            {.name = "slice",
             .unit = "nm",
             .default_text = "1 nm",
             .low = 0.1,
             .high = 50,
             .doc = "largest spacing in depth; a standing wave needs 20 in half a wavelength"},
        }};
    return table;
}

void check_resist(const Resolved& resist, const Node& node, Faults& faults) {
    const ParamValues& v = resist.values;
    const auto models = v.models().find("development");
    if (models == v.models().end()) return;
    const resist::DevelopmentModel* model = development_named(models->second.first);
    if (!model || !model->check) return;
    try {
        model->check(models->second.second);
    } catch (const InputError& error) {
        const Diagnostic& d = error.diagnostics().front();
        faults.error("D0402", d.message, place_in(node, "development", first_word(d.message)), d.label, d.help);
    }
}

opc::ResistProcess resist_process_of(const Inputs& in) {
    if (!in.stack)
        throw InputError("D0110", "this step needs the films the resist lies in, but there is no table [stack]",
                         "add [stack] with films and substrate");
    if (!in.resist)
        throw InputError("D0110", "this step needs the chemistry of the resist, but there is no table [resist]",
                         "add [resist]; its defaults are a 193 nm amplified resist");
    const ParamValues &v = in.resist->values, &o = in.optics->values;
    opc::ResistProcess p;
    p.stack = load_stack(*in.stack, Length::from_si(o.real("wavelength")));
    p.film = resist_film(*in.stack, p.stack);
    p.vector = v.text("light") == "vector";
    p.light = vector_light_of(o, in.folder);
    p.chemistry = v.text("chemistry") == "amplified" ? opc::Chemistry::amplified : opc::Chemistry::conventional;
    p.dill = {v.real("a") / per_um, v.real("b") / per_um, v.real("c") / cm2_per_mj};
    p.bleaching = v.real("a") > 0;
    p.dose_mj_cm2 = v.real("dose") / mj_per_cm2;
    p.quencher = p.chemistry == opc::Chemistry::amplified ? v.real("quencher") : 0;
    p.bake = bake_of(v);
    p.development = development_named(v.model_kind("development"));
    p.rate = v.model("development");
    p.tone = v.text("tone") == "positive" ? resist::Tone::positive : resist::Tone::negative;
    p.development_s = v.real("development_time");
    p.shrink_vertical = v.real("shrink.vertical"), p.shrink_lateral = v.real("shrink.lateral");
    p.lateral_nm = length_nm(v, "grid"), p.slice_nm = length_nm(v, "slice");
    opc::validate(p);
    return p;
}

}  // namespace damascene::flow
