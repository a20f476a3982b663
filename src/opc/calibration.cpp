// Bounded weighted least squares by Levenberg and Marquardt's method (Ceres), from several starts.
//
//   minimise S(p) = sum_i rho(r_i^2) + sum_j ((p_j - prior_j) / tau_j)^2,  low <= p <= high
//   r_i = sqrt(w_i) (y_i(p) - m_i) / sigma_i
// Variance of a weighted residual: 1 when sigmas are known and the loss is quadratic; else
// sum psi(r)^2 / (n - m) / (mean psi'(r))^2, psi(r) = r rho'(r^2)   [Huber 1981, sec. 7.6].
#include "damascene/opc/calibration.hpp"

#include <ceres/ceres.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <numeric>

#include "opc/fit_statistics.hpp"

namespace damascene::opc {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double huber_95 = 1.345, cauchy_95 = 2.385;  // 95 % efficiency on normal noise [Holland & Welsch 1977]
constexpr double drawn_start_tries = 40;

double weight_of(const Measurement& m) { return std::sqrt(m.weight) / m.sigma; }

double scale_of(const FitParameter& p) {
    if (p.spread > 0) return p.spread;
    if (p.start != 0) return std::abs(p.start);
    return std::isfinite(p.high - p.low) ? p.high - p.low : 1;
}

/// A model, its measurements and the ones that are fitted now.
struct Task {
    const FitModel& model;
    std::span<const FitParameter> parameters;
    std::span<const Measurement> data;
    std::vector<std::size_t> rows;
    RobustLoss loss = RobustLoss::none;
    double loss_scale = 1;
};

struct Solved {
    std::vector<double> p;
    double sum = std::numeric_limits<double>::infinity();
    int iterations = 0;
    bool converged = false;
    std::vector<double> history;
};

/// A gauge that vanishes close by has no slope: 0 there.
std::vector<double> jacobian_at(const Task& task, std::span<const double> p) {
    std::vector<double> j =
        task.model.jacobian ? task.model.jacobian(p) : difference_jacobian(task.model, task.parameters, p);
    for (double& slope : j)
        if (!std::isfinite(slope)) slope = 0;
    return j;
}

/// One evaluation of the model serves all residuals of an iteration. Exceptions do not pass through the solver: after
/// one, residuals are zero until the next iteration callback stops it.
class Evaluation : public ceres::EvaluationCallback {
  public:
    Evaluation(const Task& task, const double* u) : task_(task), u_(u) {}
    void PrepareForEvaluation(bool with_jacobian, bool new_point) override {
        if (failure) return;
        try {
            if (new_point) {
                p_ = parameters();
                values = task_.model.values(p_);
                jacobian.clear();
            }
            if (with_jacobian && jacobian.empty()) jacobian = jacobian_at(task_, p_);
        } catch (...) {
            failure = std::current_exception();
        }
    }
    std::vector<double> parameters() const {
        std::vector<double> p(task_.parameters.size());
        for (std::size_t j = 0; j < p.size(); ++j) {
            const FitParameter& f = task_.parameters[j];
            p[j] = std::clamp(u_[j] * scale_of(f), f.low, f.high);
        }
        return p;
    }
    std::vector<double> values, jacobian;
    std::exception_ptr failure;

  private:
    const Task& task_;
    const double* u_;
    std::vector<double> p_;
};

class WeightedResidual : public ceres::CostFunction {
  public:
    WeightedResidual(const Task& task, const Evaluation& evaluation, std::size_t row)
        : task_(task), evaluation_(evaluation), row_(row) {
        set_num_residuals(1);
        mutable_parameter_block_sizes()->push_back(static_cast<int>(task.parameters.size()));
    }
    bool Evaluate(const double* const*, double* residual, double** jacobians) const override {
        const Measurement& m = task_.data[row_];
        if (evaluation_.failure) return nothing(residual, jacobians);
        if (!std::isfinite(evaluation_.values[row_])) return false;
        residual[0] = weight_of(m) * (evaluation_.values[row_] - m.value);
        if (!jacobians || !jacobians[0]) return true;
        const std::size_t count = task_.parameters.size();
        for (std::size_t j = 0; j < count; ++j)
            jacobians[0][j] = weight_of(m) * evaluation_.jacobian[row_ * count + j] * scale_of(task_.parameters[j]);
        return true;
    }

  private:
    bool nothing(double* residual, double** jacobians) const {
        residual[0] = 0;
        if (jacobians && jacobians[0]) std::fill_n(jacobians[0], task_.parameters.size(), 0.0);
        return true;
    }

    const Task& task_;
    const Evaluation& evaluation_;
    std::size_t row_;
};

class PriorResidual : public ceres::CostFunction {
  public:
    PriorResidual(const Task& task, std::size_t index) : task_(task), index_(index) {
        set_num_residuals(1);
        mutable_parameter_block_sizes()->push_back(static_cast<int>(task.parameters.size()));
    }
    bool Evaluate(const double* const* u, double* residual, double** jacobians) const override {
        const FitParameter& f = task_.parameters[index_];
        residual[0] = (u[0][index_] * scale_of(f) - f.prior->value) / f.prior->sigma;
        if (!jacobians || !jacobians[0]) return true;
        std::fill_n(jacobians[0], task_.parameters.size(), 0.0);
        jacobians[0][index_] = scale_of(f) / f.prior->sigma;
        return true;
    }

  private:
    const Task& task_;
    std::size_t index_;
};

using Watch = std::function<void(int iteration, double sum)>;

class Watcher : public ceres::IterationCallback {
  public:
    Watcher(Evaluation& evaluation, const Watch& watch, std::vector<double>& history)
        : evaluation_(evaluation), watch_(watch), history_(history) {}
    ceres::CallbackReturnType operator()(const ceres::IterationSummary& s) override {
        history_.push_back(2 * s.cost);
        try {
            watch_(s.iteration, 2 * s.cost);
        } catch (...) {
            evaluation_.failure = std::current_exception();
        }
        return evaluation_.failure ? ceres::SOLVER_ABORT : ceres::SOLVER_CONTINUE;
    }

  private:
    Evaluation& evaluation_;
    const Watch& watch_;
    std::vector<double>& history_;
};

ceres::LossFunction* loss_of(const Task& task) {
    switch (task.loss) {
        case RobustLoss::huber: return new ceres::HuberLoss(task.loss_scale);
        case RobustLoss::cauchy: return new ceres::CauchyLoss(task.loss_scale);
        default: return nullptr;
    }
}

ceres::Solver::Options solver_options(const FitOptions& options) {
    ceres::Solver::Options o;
    o.linear_solver_type = ceres::DENSE_QR;
    o.num_threads = 1;
    o.max_num_iterations = options.max_iterations;
    // Near the best p, S changes by the square of the step.
    o.function_tolerance = std::max(1e-14, options.tolerance * options.tolerance);
    o.parameter_tolerance = options.tolerance;
    o.gradient_tolerance = 1e-16;
    o.logging_type = ceres::SILENT;
    return o;
}

Solved solve(const Task& task, const std::vector<double>& start, const FitOptions& options, const Watch& watch) {
    const std::size_t count = task.parameters.size();
    std::vector<double> u(count);
    for (std::size_t j = 0; j < count; ++j) u[j] = start[j] / scale_of(task.parameters[j]);
    Evaluation evaluation(task, u.data());
    ceres::Problem::Options ownership;
    ownership.evaluation_callback = &evaluation;
    ceres::Problem problem(ownership);
    problem.AddParameterBlock(u.data(), static_cast<int>(count));
    for (const std::size_t row : task.rows)
        problem.AddResidualBlock(new WeightedResidual(task, evaluation, row), loss_of(task), u.data());
    for (std::size_t j = 0; j < count; ++j) {
        const FitParameter& f = task.parameters[j];
        if (f.prior) problem.AddResidualBlock(new PriorResidual(task, j), nullptr, u.data());
        if (std::isfinite(f.low)) problem.SetParameterLowerBound(u.data(), static_cast<int>(j), f.low / scale_of(f));
        if (std::isfinite(f.high)) problem.SetParameterUpperBound(u.data(), static_cast<int>(j), f.high / scale_of(f));
    }
    Solved out;
    Watcher watcher(evaluation, watch, out.history);
    ceres::Solver::Options solver = solver_options(options);
    solver.callbacks.push_back(&watcher);
    ceres::Solver::Summary summary;
    ceres::Solve(solver, &problem, &summary);
    if (evaluation.failure) std::rethrow_exception(evaluation.failure);
    out.p = evaluation.parameters();
    out.iterations = std::max(0, static_cast<int>(summary.iterations.size()) - 1);
    out.converged = summary.termination_type == ceres::CONVERGENCE;
    if (summary.IsSolutionUsable()) out.sum = 2 * summary.final_cost;
    return out;
}

// ------------------------------------------------------------------------------------------------------------- checks
std::string names_of(std::span<const FitParameter> parameters) {
    std::string text;
    for (const FitParameter& p : parameters) text += (text.empty() ? "" : ", ") + p.name;
    return text;
}

void validate(std::span<const FitParameter> parameters, std::span<const Measurement> data) {
    if (parameters.empty()) throw InputError("D0450", "the calibration has no free parameter", "name at least one");
    for (const FitParameter& p : parameters) {
        if (!(p.low < p.high) || !(p.start >= p.low) || !(p.start <= p.high))
            throw InputError("D0451", "the bounds of '" + p.name + "' do not enclose its start",
                             "low <= start <= high");
        if (p.prior && !(p.prior->sigma > 0))
            throw InputError("D0451", "the prior of '" + p.name + "' has no positive sigma", "value +- sigma");
    }
    for (std::size_t i = 0; i < data.size(); ++i)
        if (!(data[i].sigma > 0) || !(data[i].weight >= 0) || !std::isfinite(data[i].value / data[i].sigma))
            throw InputError("D0452",
                             "measurement " + std::to_string(i + 1) +
                                 " has no positive sigma (parameters: " + names_of(parameters) + ")",
                             "give the standard deviation of every measurement");
}

int prior_count(std::span<const FitParameter> parameters) {
    return static_cast<int>(
        std::count_if(parameters.begin(), parameters.end(), [](const FitParameter& p) { return p.prior.has_value(); }));
}

void require_enough(std::span<const FitParameter> parameters, std::size_t fitted) {
    if (fitted + static_cast<std::size_t>(prior_count(parameters)) >= parameters.size()) return;
    throw InputError("D0450",
                     std::to_string(fitted) + " gauges cannot determine " + std::to_string(parameters.size()) +
                         " parameters: " + names_of(parameters),
                     "measure more gauges, free fewer parameters, or give priors");
}

// ------------------------------------------------------------------------------------------------------------- starts
/// Start 0 is the given one; further ones are keyed draws in [start - spread, start + spread] inside the bounds.
std::vector<double> drawn_start(std::span<const FitParameter> parameters, std::uint64_t seed, std::uint64_t draw) {
    const KeyedRandom random(seed, draw);
    std::vector<double> p;
    for (std::size_t j = 0; j < parameters.size(); ++j) {
        const FitParameter& f = parameters[j];
        const double reach = f.spread > 0 ? f.spread : std::numeric_limits<double>::infinity();
        double low = std::max(f.low, f.start - reach), high = std::min(f.high, f.start + reach);
        if (!std::isfinite(low)) low = f.start - scale_of(f);
        if (!std::isfinite(high)) high = f.start + scale_of(f);
        p.push_back(low + random.uniform(j) * (high - low));
    }
    return p;
}

bool usable(const Task& task, std::span<const double> p) {
    const std::vector<double> y = task.model.values(p);
    return std::all_of(task.rows.begin(), task.rows.end(), [&](std::size_t i) { return std::isfinite(y[i]); });
}

std::vector<std::vector<double>> starts_of(const Task& task, const FitOptions& options, const Context& context) {
    std::vector<std::vector<double>> starts;
    std::vector<double> given;
    for (const FitParameter& p : task.parameters) given.push_back(p.start);
    if (usable(task, given)) starts.push_back(given);
    for (int draw = 1; draw < drawn_start_tries * options.starts && static_cast<int>(starts.size()) < options.starts;
         ++draw) {
        context.check();
        const std::vector<double> p = drawn_start(task.parameters, options.seed, static_cast<std::uint64_t>(draw));
        if (usable(task, p)) starts.push_back(p);
    }
    if (!starts.empty()) return starts;
    const std::vector<double> y = task.model.values(given);
    std::string missing;
    for (const std::size_t i : task.rows)
        if (!std::isfinite(y[i]) && missing.size() < 60)
            missing += (missing.empty() ? "" : ", ") + std::to_string(i + 1);
    throw InputError("D0453", "no start of the calibration prints every gauge; missing: number " + missing,
                     "start nearer, give narrower bounds, or leave these gauges out");
}

// ---------------------------------------------------------------------------------------------------------- residuals
double weighted_rms(std::span<const Measurement> data, const std::vector<double>& residual,
                    const std::vector<std::size_t>& rows) {
    double sum = 0, weight = 0;
    for (const std::size_t i : rows) sum += data[i].weight * residual[i] * residual[i], weight += data[i].weight;
    return weight > 0 ? std::sqrt(sum / weight) : nan;
}

std::vector<double> residuals(std::span<const Measurement> data, const std::vector<double>& model) {
    std::vector<double> r(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) r[i] = model[i] - data[i].value;
    return r;
}

/// Scale of normal noise that has the median |r| of the fitted residuals.
double median_scale(const Task& task, const std::vector<double>& model) {
    std::vector<double> r;
    for (const std::size_t i : task.rows)
        r.push_back(std::abs(weight_of(task.data[i]) * (model[i] - task.data[i].value)));
    std::nth_element(r.begin(), r.begin() + static_cast<std::ptrdiff_t>(r.size() / 2), r.end());
    return 1.4826 * r[r.size() / 2];
}

/// Rows of J of the weighted residuals and priors.
std::vector<double> weighted_rows(const Task& task, const std::vector<double>& jacobian) {
    const std::size_t count = task.parameters.size();
    std::vector<double> rows;
    for (const std::size_t i : task.rows)
        for (std::size_t j = 0; j < count; ++j) rows.push_back(weight_of(task.data[i]) * jacobian[i * count + j]);
    for (std::size_t j = 0; j < count; ++j)
        if (task.parameters[j].prior)
            for (std::size_t k = 0; k < count; ++k) rows.push_back(k == j ? 1 / task.parameters[j].prior->sigma : 0);
    return rows;
}

double residual_variance(const Task& task, const Fit& fit) {
    double squares = 0, slope = 0;
    for (const std::size_t i : task.rows) {
        const Influence f = influence(task.loss, task.loss_scale, weight_of(task.data[i]) * fit.residual[i]);
        squares += f.psi * f.psi, slope += f.slope;
    }
    slope /= static_cast<double>(task.rows.size());
    return squares / std::max(fit.degrees_of_freedom, 1) / (slope * slope);
}

std::vector<std::size_t> chosen(const std::vector<bool>& flags, bool wanted) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < flags.size(); ++i)
        if (flags[i] == wanted) rows.push_back(i);
    return rows;
}

/// Rows in an order drawn by key.
std::vector<std::size_t> shuffled(std::vector<std::size_t> rows, std::uint64_t seed, std::uint64_t entity) {
    const KeyedRandom random(seed, entity);
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return random.uniform(a) < random.uniform(b); });
    return rows;
}

constexpr std::uint64_t hold_out_entity = 0x686f6c64, fold_entity = 0x666f6c64;

/// Each fold is left out once, the rest fitted from the best parameters; anchors stay in.
double cross_validated(const Task& task, const std::vector<double>& best, const FitOptions& options,
                       const std::function<void(int)>& progress) {
    std::vector<std::size_t> movable;
    for (const std::size_t i : task.rows)
        if (!task.data[i].anchor) movable.push_back(i);
    movable = shuffled(movable, options.seed, fold_entity);
    const auto folds = std::min(static_cast<std::size_t>(options.folds), movable.size());
    std::vector<double> left(task.data.size(), 0);
    for (std::size_t k = 0; k < folds; ++k) {
        progress(static_cast<int>(k));
        Task part = task;
        part.rows.clear();
        const auto mine = [&](std::size_t i) {
            const auto at = std::find(movable.begin(), movable.end(), i);
            return at != movable.end() && static_cast<std::size_t>(at - movable.begin()) % folds == k;
        };
        for (const std::size_t i : task.rows)
            if (!mine(i)) part.rows.push_back(i);
        require_enough(task.parameters, part.rows.size());
        const Solved solved = solve(part, best, options, [](int, double) {});
        const std::vector<double> r = residuals(task.data, task.model.values(solved.p));
        for (const std::size_t i : task.rows)
            if (mine(i)) left[i] = r[i];
    }
    return weighted_rms(task.data, left, movable);
}

void judge(Fit& fit, const Task& task, const std::vector<double>& p, const FitOptions& options) {
    fit.model = task.model.values(p);
    fit.residual = residuals(task.data, fit.model);
    fit.degrees_of_freedom =
        static_cast<int>(task.rows.size()) + prior_count(task.parameters) - static_cast<int>(p.size());
    double chi2 = 0;
    for (const std::size_t i : task.rows) chi2 += std::pow(weight_of(task.data[i]) * fit.residual[i], 2);
    fit.reduced_chi2 = fit.degrees_of_freedom > 0 ? chi2 / fit.degrees_of_freedom : nan;
    fit.student = !options.sigma_known || task.loss != RobustLoss::none;
    fit.quantile = fit.student ? quantile95(std::max(fit.degrees_of_freedom, 1)) : quantile95(0);
    const double variance = fit.student ? residual_variance(task, fit) : 1;
    judge_parameters(fit, task.parameters, p,
                     {weighted_rows(task, jacobian_at(task, p)), variance, task.model.jacobian ? 1e-10 : 1e-6});
    fit.rms = weighted_rms(task.data, fit.residual, task.rows);
    fit.hold_out_rms = weighted_rms(task.data, fit.residual, chosen(fit.held_out, true));
}

}  // namespace

std::vector<bool> held_out(std::span<const Measurement> data, double share, std::uint64_t seed) {
    std::vector<bool> out(data.size(), false);
    std::vector<std::size_t> movable;
    for (std::size_t i = 0; i < data.size(); ++i) {
        out[i] = data[i].hold_out && !data[i].anchor;
        if (!out[i] && !data[i].anchor) movable.push_back(i);
    }
    movable = shuffled(movable, seed, hold_out_entity);
    const auto count =
        std::min(movable.size(), static_cast<std::size_t>(std::lround(share * static_cast<double>(data.size()))));
    for (std::size_t i = 0; i < count; ++i) out[movable[i]] = true;
    return out;
}

std::vector<double> difference_jacobian(const FitModel& model, std::span<const FitParameter> parameters,
                                        std::span<const double> p) {
    constexpr int levels = 5;
    const std::size_t count = parameters.size();
    std::vector<double> jacobian;
    for (std::size_t j = 0; j < count; ++j) {
        const FitParameter& f = parameters[j];
        const double room = std::min(p[j] - f.low, f.high - p[j]);
        double h = 0.02 * scale_of(f);
        const double centre = room > 1e-6 * h ? p[j] : std::clamp(p[j], f.low + h, f.high - h);
        h = std::min(h, std::min(centre - f.low, f.high - centre));
        std::vector<std::vector<double>> last;  // extrapolations of the last step, by order
        std::vector<double> best, error;
        for (int level = 0; level < levels; ++level, h *= 0.5) {
            std::vector<double> q(p.begin(), p.end());
            q[j] = centre + h;
            const double high = q[j];
            const std::vector<double> above = model.values(q);
            q[j] = centre - h;
            const double width = high - q[j];
            const std::vector<double> below = model.values(q);
            std::vector<std::vector<double>> row(1, above);
            for (std::size_t i = 0; i < above.size(); ++i) row[0][i] = (above[i] - below[i]) / width;
            if (level == 0) best = row[0], error.assign(best.size(), std::numeric_limits<double>::infinity());
            for (std::size_t k = 1; k <= last.size(); ++k) {
                const double factor = 1 / (std::pow(4.0, static_cast<double>(k)) - 1);
                row.push_back(row[k - 1]);
                for (std::size_t i = 0; i < best.size(); ++i) {
                    row[k][i] += factor * (row[k - 1][i] - last[k - 1][i]);
                    const double e =
                        std::max(std::abs(row[k][i] - row[k - 1][i]), std::abs(row[k][i] - last[k - 1][i]));
                    if (e < error[i] || !std::isfinite(best[i])) error[i] = e, best[i] = row[k][i];
                }
            }
            last = std::move(row);
        }
        jacobian.resize(best.size() * count);
        for (std::size_t i = 0; i < best.size(); ++i) jacobian[i * count + j] = best[i];
    }
    return jacobian;
}

Fit fit(const FitModel& model, std::span<const FitParameter> parameters, std::span<const Measurement> data,
        const FitOptions& options, const Context& context) {
    validate(parameters, data);
    Fit out;
    out.held_out = held_out(data, options.hold_out_share, options.seed);
    Task task{model, parameters, data, chosen(out.held_out, false)};
    require_enough(parameters, task.rows.size());
    const double efficient = options.loss == RobustLoss::cauchy ? cauchy_95 : huber_95;
    const double stages = options.starts + options.folds + 1;
    double stage = 0;
    const auto watch = [&](int iteration, double sum) {
        context.check();
        context.progress({"start " + std::to_string(static_cast<int>(stage) + 1),
                          (stage + 1 - std::pow(0.8, iteration)) / stages,
                          {{"chi2", sum}}});
    };
    const std::vector<std::vector<double>> starts = starts_of(task, options, context);
    task.loss = options.loss;
    task.loss_scale = options.loss_scale > 0 ? options.loss_scale : efficient;
    if (options.loss != RobustLoss::none && !options.sigma_known) {
        Task plain = task;
        plain.loss = RobustLoss::none;
        const Solved first = solve(plain, starts.front(), options, watch);
        if (const double scale = median_scale(task, model.values(first.p)); scale > 0) task.loss_scale *= scale;
    }
    Solved best;
    for (const std::vector<double>& start : starts) {
        Solved solved = solve(task, start, options, watch);
        out.start_sums.push_back(solved.sum);
        stage += 1;
        if (solved.sum < best.sum || best.p.empty()) best = std::move(solved);
    }
    out.converged = best.converged, out.iterations = best.iterations, out.sum = best.sum;
    out.history = std::move(best.history);
    judge(out, task, best.p, options);
    if (options.folds > 1)
        out.cross_validation_rms = cross_validated(task, best.p, options, [&](int fold) {
            context.check();
            context.progress({"fold " + std::to_string(fold + 1), (options.starts + fold) / stages, {}});
        });
    return out;
}

}  // namespace damascene::opc
