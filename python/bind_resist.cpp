// The resist: acid diffusion, dissolution models by their parameter tables, closed forms.
#include "damascene/resist.hpp"

#include "damascene/resist/physical.hpp"
#include "native.hpp"

namespace damascene::python {
namespace {

const resist::DevelopmentModel& development_model(const std::string& name) {
    std::vector<std::string> names;
    for (const resist::DevelopmentModel* model : resist::development_models()) {
        if (model->info.name == name) return *model;
        names.emplace_back(model->info.name);
    }
    const std::string near = nearest_name(name, names);
    std::string known;
    for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
    throw InputError("D0109", "no development model is named '" + escape_text(name) + "'",
                     near.empty() ? "models: " + known : "did you mean '" + near + "'?");
}

/// Parameters given as JSON text, checked like the table of a recipe.
ParamValues parameters_of(const resist::DevelopmentModel& model, const std::string& json) {
    flow::Faults faults;
    const flow::Resolved resolved = flow::resolve(flow::read_json(json, "<parameters>"), model.info,
                                                  "model " + std::string(model.info.name), "", faults);
    faults.throw_if_any();
    if (model.check) model.check(resolved.values);
    return resolved.values;
}

using Line = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

Array1<double> rates(const std::string& name, const Line& blocked, const Dimensional& depth, const std::string& json) {
    const resist::DevelopmentModel& model = development_model(name);
    const ParamValues values = parameters_of(model, json);
    const double depth_nm = depth.length("depth").in(nm);
    std::vector<double> out(blocked.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double m = blocked.data()[i];
        if (!(m >= 0 && m <= 1)) throw InputError("D0204", "'blocked' is out of range", "a share: 0 to 1");
        out[i] = model.rate(values, m, depth_nm);
    }
    return array_of(std::move(out));
}

}  // namespace

void bind_resist(nb::module_& parent) {
    nb::module_ m = parent.def_submodule("resist", "Acid diffusion, dissolution, closed forms of resists.");
    m.def(
        "diffused",
        [](const Image& image, const Dimensional& length) {
            return resist::diffused(image, length.length("diffusion_length"));
        },
        "image"_a, "diffusion_length"_a, "Image blurred by acid diffusion, a Gaussian: exact.");
    m.def("rates", &rates, "model"_a, "blocked"_a, "depth"_a, "parameters"_a,
          "Dissolution rate (nm/s) over blocked shares; parameters as JSON text.");
    m.def(
        "babu_barouch",
        [](double a_per_um, double b_per_um, double c_cm2_per_mj, const Dimensional& dose, const Line& depth_um) {
            const double mj = dose.si("dose", "mJ/cm^2") / mJ_per_cm2.si();
            return array_of(resist::babu_barouch({a_per_um, b_per_um, c_cm2_per_mj}, mj,
                                                 {depth_um.data(), depth_um.data() + depth_um.size()}));
        },
        "a_per_um"_a, "b_per_um"_a, "c_cm2_per_mj"_a, "dose"_a, "depth_um"_a,
        "Photo-active compound left at depths of a resist without reflection: exact.");
}

}  // namespace damascene::python
