// Calibration: free parameters of optics and resist from measured sizes.
//
//   minimise sum_i w_i rho((CD_i(p) - m_i)^2 / sigma_i^2) + sum_j ((p_j - prior_j) / tau_j)^2
//   CD between the roots of dose_i dose (I * G_diffusion) = threshold on exact images at focus_i, or the width of the
//   developed resist
#include "damascene/opc/calibration.hpp"
#include "flow/fit_side.hpp"
#include "flow/focus_images.hpp"
#include "flow/litho.hpp"
#include "flow/tables.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

// Relative change of the parameters at the minimum: sizes of exact images, sizes off a grid in the resist.
constexpr double exact_tolerance = 1e-12, grid_tolerance = 1e-4;

std::string names_of(const std::vector<FreeTerm>& free) {
    std::vector<std::string> names;
    for (const FreeTerm& t : free) names.push_back(t.name);
    return join(names, ", ");
}

/// The gauges file; a sigma of zero also says which parameters wait for it.
io::MeasuredSizes gauges_of(const Inputs& in, const std::vector<FreeTerm>& free) {
    const std::string path = join_path(in.folder, in.params->values.text("gauges"));
    const io::Bytes bytes = read_file(path);
    try {
        return io::read_measured_sizes(bytes, {.file = path});
    } catch (const InputError& error) {
        std::vector<Diagnostic> diagnostics = error.diagnostics();
        for (Diagnostic& d : diagnostics)
            if (d.code == "D0452") d.notes.push_back("parameters to be fitted: " + names_of(free));
        throw InputError(std::move(diagnostics));
    }
}

std::vector<opc::Measurement> measurements_of(const io::MeasuredSizes& gauges, double sigma_nm) {
    std::vector<opc::Measurement> data;
    for (const io::MeasuredSize& g : gauges.rows)
        data.push_back({g.measured_nm, g.sigma_nm > 0 ? g.sigma_nm : sigma_nm, g.weight, g.anchor, g.hold_out});
    return data;
}

void require_anchor(const io::MeasuredSizes& gauges, const std::vector<FreeTerm>& free) {
    if (!gauges.has_anchor) return;
    for (const io::MeasuredSize& g : gauges.rows)
        if (g.anchor) return;
    throw InputError("D0455", "no gauge is the anchor of the parameters " + names_of(free),
                     "write yes in the column 'anchor' of one gauge, or remove the column");
}

opc::RobustLoss loss_of(const std::string& name) {
    return name == "huber"    ? opc::RobustLoss::huber
           : name == "cauchy" ? opc::RobustLoss::cauchy
                              : opc::RobustLoss::none;
}

StepResult run_fit(const Inputs& in, const Context& context) {
    const ParamValues& v = in.params->values;
    if (in.optics->values.has("kernels"))
        throw InputError("D0405", "kernel files cannot be calibrated", "give source and lens in [optics]");
    if (!is_physical(in) && !load_optics(in).blur.none())
        throw InputError("D0405", "the compact model has no vibration, flare or bandwidth to calibrate with",
                         "remove these keys from [optics]; its diffusion length takes up an even blur");
    const std::vector<FreeTerm> free = free_terms(in);
    const io::MeasuredSizes gauges = gauges_of(in, free);
    require_anchor(gauges, free);
    const bool sigma_known = gauges.has_sigma || v.has("sigma");
    const std::vector<opc::Measurement> data = measurements_of(gauges, v.has("sigma") ? v.real("sigma") * 1e9 : 1);
    std::vector<opc::FitParameter> parameters;
    for (const FreeTerm& t : free) parameters.push_back(t.parameter);
    const opc::FitOptions options{.loss = loss_of(v.text("loss")),
                                  .loss_scale = v.has("loss_scale") ? v.real("loss_scale") : 0,
                                  .sigma_known = sigma_known,
                                  .starts = static_cast<int>(v.integer("starts")),
                                  .hold_out_share = v.real("hold_out"),
                                  .folds = static_cast<int>(v.integer("folds")),
                                  .tolerance = is_physical(in) ? grid_tolerance : exact_tolerance,
                                  .seed = in.seed};
    const opc::FitModel model =
        is_physical(in) ? physical_sizes_model(in, free, gauges, context) : sizes_model(in, free, gauges, context);
    return report_fit(opc::fit(model, parameters, data, options, context), free, gauges, in);
}

Cost estimate_fit(const Inputs& in) {
    const auto parameters = static_cast<double>(in.params->values.texts("free").size());
    Cost cost = image_cost(in, 0);
    cost.seconds = 2 * parameters * static_cast<double>(in.params->values.integer("starts"));
    return cost;
}

std::vector<ParamSpec> rows() {
    std::vector<ParamSpec> list = {
        {.name = "gauges",
         .kind = ParamKind::path,
         .doc =
             "CSV: name, measured [nm], and x0 y0 x1 y1 [nm] or kind, pitch [nm], width [nm]; also target [nm], sigma "
             "[nm], weight, dose [%], focus [nm], anchor, hold_out"},
        {.name = "free",
         .kind = ParamKind::text_list,
         .doc = "parameters to fit: dose, resist.threshold, resist.diffusion_length, optics.KEY, optics.source.KEY, "
                "optics.zernike.N; of the physical resist: dose, optics.defocus, resist.KEY, resist.development.KEY, "
                "stack.KEY"},
        {.name = "print",
         .kind = ParamKind::choice,
         .default_text = "threshold",
         .doc = "threshold: on the diffused image; physical: the chain of [stack] and [resist]",
         .choices = {"threshold", "physical"}},
        {.name = "height",
         .unit = "%",
         .default_text = "50 %",
         .low = 1,
         .high = 99,
         .doc = "of the film, where the physical resist is measured"},
        {.name = "start",
         .kind = ParamKind::text_table,
         .doc = "first values, for example { \"optics.defocus\" = \"10 nm\" }; absent: those of the recipe",
         .optional = true},
        {.name = "bounds",
         .kind = ParamKind::text_table,
         .doc =
             "for example { \"optics.defocus\" = \"-60 nm .. 60 nm\" }; absent: those of the parameter's table, 10 % "
             "around the start for source and lens",
         .optional = true},
        {.name = "prior",
         .kind = ParamKind::text_table,
         .doc = "what is known already, for example { \"resist.diffusion_length\" = \"12 nm +- 3 nm\" }",
         .optional = true},
        {.name = "loss",
         .kind = ParamKind::choice,
         .default_text = "none",
         .doc = "of large residuals: none = least squares, huber = linear, cauchy = logarithmic",
         .choices = {"none", "huber", "cauchy"},
         .citation = "Huber1981"},
        {.name = "loss_scale",
         .low = 0,
         .high = 100,
         .low_open = true,
         .doc = "residual in sigmas where the loss bends; absent: 1.345 for huber, 2.385 for cauchy",
         .citation = "HollandWelsch1977",
         .optional = true},
        {.name = "sigma",
         .unit = "nm",
         .low = 0,
         .high = 100,
         .low_open = true,
         .doc = "of every measurement, where the gauges have no column sigma; absent as well: from the residuals",
         .optional = true},
        {.name = "hold_out",
         .unit = "%",
         .default_text = "0 %",
         .low = 0,
         .high = 80,
         .doc = "share of the gauges, drawn by the seed, that only check the fit"},
        {.name = "folds",
         .kind = ParamKind::integer,
         .default_text = "0",
         .low = 0,
         .high = 100,
         .doc = "of the cross-validation; 0 = none"},
        {.name = "starts",
         .kind = ParamKind::integer,
         .default_text = "1",
         .low = 1,
         .high = 64,
         .doc = "the given start and draws around it; the lowest minimum counts"},
        {.name = "dose",
         .unit = "%",
         .default_text = "100 %",
         .low = 10,
         .high = 400,
         .doc = "true dose where the gauges say 100 %"},
    };
    ParamSpec threshold = threshold_row(), diffusion = diffusion_row();
    threshold.name = "resist.threshold", diffusion.name = "resist.diffusion_length";
    diffusion.default_text = "10 nm";
    append(list, {threshold, diffusion, layer_row(), polarity_row()});
    return list;
}

}  // namespace

extern const StepModel model_fit;
const StepModel model_fit = {
    .info = {.catalogue = "step",
             .name = "fit",
             .summary = "Calibration: parameters of optics and resist from measured sizes.",
             .equation = "min sum_i w_i rho((CD_i(p) - m_i)^2 / sigma_i^2) + sum_j ((p_j - prior_j) / tau_j)^2;  cov = "
                         "(J^T J)^-1",
             .citation = "BatesWatts1988, Mack2007",
             .params = rows()},
    .needs = {"optics"},
    .gives = {},
    .run = run_fit,
    .estimate = estimate_fit,
    .wants = {"layout", "stack", "resist"}};

}  // namespace damascene::flow
