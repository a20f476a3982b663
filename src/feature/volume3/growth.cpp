// Growth and etch by traced fluxes: the flux on the present mesh gives speeds, the speeds move it by half a cell,
// again.
//
// Every flux evaluation draws new rays, so that the error of one is not carried into the next.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "feature/draws.hpp"
#include "feature/rays/mesh.hpp"
#include "feature/volume3/front.hpp"
#include "feature/volume3/tiles.hpp"

namespace damascene::feature {
namespace {

void check(const Volume& v, const VolumeProcess& p, const VolumeStep& step) {
    const auto require = [](bool good, const char* message, const char* help) {
        if (!good) throw InputError("D0402", message, help);
    };
    require(!v.phi.empty(), "the volume has no material", "begin with flat_volume");
    require(static_cast<bool>(p.speed), "the process has no speed", "give VolumeProcess::speed");
    require(step.duration_s > 0 && std::isfinite(step.duration_s), "the step has no duration", "use a time > 0");
    require(step.largest_move > 0 && step.largest_move <= 1, "the largest move is out of range", "0 to 1 cells");
    for (const VolumeSpecies& s : p.species) {
        require(s.sticking.size() == 1 || s.sticking.size() == v.materials.size() ||
                    s.sticking.size() == v.materials.size() + 1,
                "a species needs one sticking, or one per material", "the film counts as the last material");
        for (double q : s.sticking) require(q >= 0 && q <= 1, "a sticking is no probability", "0 to 1");
    }
}

std::vector<double> sticking_on(const TriangleMesh& mesh, const std::vector<double>& of_material) {
    if (of_material.size() == 1) return of_material;
    std::vector<double> out;
    for (int m : mesh.material)
        out.push_back(of_material[std::min(static_cast<std::size_t>(m), of_material.size() - 1)]);
    return out;
}

struct Evaluated {
    std::vector<double> speed;
    double error = 0, missed = 0;  ///< of the fluxes, worst species
};

// Mean over the elements that receive something worth mentioning.
double relative_error(const RayFlux& flux, double least) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t t = 0; t < flux.incident.size(); ++t)
        if (flux.incident[t] > 0) sum += flux.standard_error[t] / std::max(flux.incident[t], least), ++count;
    return count == 0 ? 0 : sum / static_cast<double>(count);
}

Evaluated evaluated(const Volume& v, const TriangleMesh& mesh, const VolumeProcess& p, const RayOptions& rays,
                    const Context& context) {
    Evaluated out;
    std::vector<std::vector<double>> arrivals;
    for (const VolumeSpecies& s : p.species) {
        RayFlux flux =
            ray_flux(mesh, ray_domain(v), {sticking_on(mesh, s.sticking), s.beam, s.mean_free_path_nm}, rays, context);
        out.error = std::max(out.error, relative_error(flux, rays.least_flux));
        out.missed =
            std::max(out.missed, static_cast<double>(flux.missed.size()) / static_cast<double>(flux.incident.size()));
        arrivals.push_back(std::move(flux.incident));
    }
    const rays::Facets facets = rays::facets_of(mesh);
    const std::vector<bool> sealed = rays::sealed_triangles(mesh);
    out.speed.assign(mesh.triangles.size(), 0.0);
    std::vector<double> here(arrivals.size());
    for (std::size_t t = 0; t < out.speed.size(); ++t) {
        for (std::size_t k = 0; k < here.size(); ++k) here[k] = arrivals[k][t];
        if (!sealed[t]) out.speed[t] = p.speed(mesh.material[t], facets.normal[t].z, here);
    }
    return out;
}

// A step shows its own progress; what happens within a flux evaluation only cancels.
Context quiet(const Context& context) { return {.cancel_requested = context.cancel_requested}; }

double largest(const std::vector<double>& v) {
    double most = 0;
    for (double x : v) most = std::max(most, std::abs(x));
    return most;
}

void check_room(const Volume& v, const TriangleMesh& mesh, double time) {
    double low = v.box.z1_nm, high = v.box.z0_nm;
    for (const auto& p : mesh.points) low = std::min(low, p[2]), high = std::max(high, p[2]);
    const double margin = 2 * v.box.h_nm;
    if (high > v.box.z1_nm - margin || low < v.box.z0_nm + margin)
        throw InputError("D0402",
                         fmt::format("the surface reaches the {} of the box after {:.6g} s",
                                     high > v.box.z1_nm - margin ? "top" : "bottom", time),
                         "make the box taller");
}

// Frames, history and books of a run.
class Diary {
  public:
    Diary(const VolumeStep& step, VolumeOutcome& out) : step_(step), out_(out) {}
    void frame(double time) {
        if (step_.snapshots <= 0 || time < next_ * (1 - 1e-9)) return;
        const VolumeBox& b = out_.volume.box;
        out_.frames.push_back({time, section_at(out_.volume, step_.section_y_nm.value_or(0.5 * (b.y0_nm + b.y1_nm)))});
        next_ = time + step_.duration_s / step_.snapshots;
    }
    void add(double time, double added, double removed, double swept) {
        out_.added += added, out_.removed += removed, out_.swept += swept;
        moved_ += std::abs(swept);
        if (moved_ > 0) out_.mass_balance_error = std::abs(out_.added - out_.removed - out_.swept) / moved_;
        out_.history.push_back({time, out_.added - out_.removed, out_.mass_balance_error});
        out_.duration_s = time;
        ++out_.steps;
    }
    /// True once gas is shut in.
    bool closed(double time) {
        if (!step_.until_closed || voids(out_.volume).empty()) return false;
        out_.closure_time_s = time;
        return true;
    }
    void end(double time) {
        if (step_.snapshots > 0 && (out_.frames.empty() || out_.frames.back().time_s < time)) {
            next_ = 0;
            frame(time);
        }
        out_.voids = voids(out_.volume);
    }

  private:
    const VolumeStep& step_;
    VolumeOutcome& out_;
    double next_ = 0, moved_ = 0;
};

double area_of(const TriangleMesh& mesh) {
    double sum = 0;
    for (double a : volume3::front_areas(mesh, std::array{1.0})) sum += a;
    return sum;
}

}  // namespace

VolumeOutcome run_volume_process(Volume start, const VolumeProcess& p, const std::string& film, const VolumeStep& step,
                                 const Context& context) {
    check(start, p, step);
    VolumeOutcome out{.volume = std::move(start)};
    if (out.volume.materials.back() != film) begin_film(out.volume, film);
    Diary diary(step, out);
    double time = 0;
    while (time < step.duration_s * (1 - 1e-12)) {
        context.check();
        context.progress({"grow", time / step.duration_s, {}});
        diary.frame(time);
        const TriangleMesh mesh = surface_mesh(out.volume);
        check_room(out.volume, mesh, time);
        RayOptions rays = step.rays;
        rays.seed = draw_of(step.rays.seed, static_cast<std::uint64_t>(out.steps));
        const Evaluated now = evaluated(out.volume, mesh, p, rays, quiet(context));
        out.flux_error = std::max(out.flux_error, now.error), out.flux_missed = std::max(out.flux_missed, now.missed);
        const double fastest = largest(now.speed);
        if (fastest == 0) {
            out.warnings.push_back("nothing moves: every speed is zero");
            break;
        }
        const double dt = std::min(step.duration_s - time, step.largest_move * out.volume.box.h_nm / fastest);
        const VolumeMotion m = move(out.volume, mesh, now.speed, dt, step.motion);
        time += dt;
        diary.add(time, m.added, m.removed, m.swept);
        if (diary.closed(time)) break;
    }
    diary.end(time);
    return out;
}

VolumeOutcome run_volume_offset(Volume start, double rate, const std::string& film, const VolumeStep& step,
                                const Context& context) {
    VolumeProcess same;
    same.speed = [rate](int, double, std::span<const double>) { return rate; };
    check(start, same, step);
    if (!(rate > 0) || !std::isfinite(rate)) throw InputError("D0402", "the growth rate is no number above 0");
    VolumeOutcome out{.volume = std::move(start)};
    if (out.volume.materials.back() != film) begin_film(out.volume, film);
    Diary diary(step, out);
    const int moves =
        std::max({1, step.snapshots, static_cast<int>(std::ceil(rate * step.duration_s / (2 * out.volume.box.h_nm)))});
    const double dt = step.duration_s / moves, way = rate * dt;
    double area = area_of(surface_mesh(out.volume)), gas = gas_volume(out.volume), time = 0;
    for (int k = 0; k < moves; ++k) {
        context.check();
        context.progress({"grow", time / step.duration_s, {}});
        diary.frame(time);
        check_room(out.volume, surface_mesh(out.volume), time);
        offset_surface(out.volume, way);
        time = (k + 1) * dt;
        const double area_now = area_of(surface_mesh(out.volume)), gas_now = gas_volume(out.volume);
        diary.add(time, gas - gas_now, 0, 0.5 * (area + area_now) * way);
        area = area_now, gas = gas_now;
        if (diary.closed(time)) break;
    }
    diary.end(time);
    return out;
}

}  // namespace damascene::feature
