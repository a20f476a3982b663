// One process step on a section: arrival of every species, speeds, motion, until the stop rule.
//
//   flux(S) -> V(S);   S <- move(S, V + dt / (2 dt') (V - V'), dt)      second order in time, one flux a step
//
// with V', dt' of the step before (level_set/two_step.hpp). The first step, noisy arrivals, layers that clear and
// speeds without arrivals take Heun's rule: S1 = move(S, V(S), dt), then
//   S <- (S + move(S1, V(S1), dt)) / 2              one speed for all orientations and layers
//   S <- move(S, (V(S) + V(S1)) / 2, dt)            else
// Level functions of two times must not be averaged across kinks and layers that travel in between: the kink of a facet
// is cut off, a film that is gone comes half back. Where speeds are smooth the average is the more exact of the two.
//
// The deposited volume counted on the pieces, int int V dA dt, is held against the volume between the surfaces.
#include "damascene/feature/process.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "damascene/feature/gas_arrival.hpp"
#include "feature/draws.hpp"
#include "feature/level_set/ledger.hpp"
#include "feature/level_set/two_step.hpp"

namespace damascene::feature {
namespace {

struct Arrivals {
    Section section;
    std::vector<std::vector<double>> incident;        ///< [species][piece]
    std::vector<std::vector<double>> standard_error;  ///< the same, of species that meet gas; else empty
    double balance_error = 0;
};

std::vector<double> sticking_of(const Process& process, int k, const Section& section,
                                const std::vector<std::vector<double>>& arrivals) {
    std::vector<double> sticking(section.size(), 1.0);
    if (process.sticking) process.sticking(k, section, arrivals, sticking);
    return sticking;
}

/// Sticking that depends on the arrival itself: fixed point of Gamma -> s(Gamma) -> Gamma.
FluxSolution diffuse_arrival(const Process& process, int k, const Section& section, const ViewFactors& factors,
                             std::span<const double> direct, std::vector<std::vector<double>>& arrivals) {
    constexpr int most = 60;
    constexpr double settled = 1e-8;
    std::vector<double>& mine = arrivals[static_cast<std::size_t>(k)];
    FluxSolution flux = diffuse_flux(factors, sticking_of(process, k, section, arrivals), direct);
    mine = flux.incident;
    if (!process.species[static_cast<std::size_t>(k)].nonlinear) return flux;
    for (int i = 0; i < most; ++i) {
        flux = diffuse_flux(factors, sticking_of(process, k, section, arrivals), direct);
        double change = 0;
        for (std::size_t p = 0; p < mine.size(); ++p) change = std::max(change, std::abs(flux.incident[p] - mine[p]));
        mine = flux.incident;
        if (change < settled) return flux;
    }
    flux.converged = false;
    return flux;
}

/// Emission per piece spread over what the pieces see: the direct arrival of a species that starts on the surface.
std::vector<double> launched(const ViewFactors& factors, std::span<const double> emitted) {
    const auto n = static_cast<std::size_t>(factors.n);
    std::vector<double> direct(n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) direct[i] += factors.factor[i * n + j] * emitted[j];
    return direct;
}

/// By rays that scatter in the gas; `draw` names the random numbers.
GasArrival gas_arrival_of(const Process& process, int k, const Section& section, const Arrivals& a, double rel_error,
                          std::uint64_t draw, const Context& context) {
    const Species& species = process.species[static_cast<std::size_t>(k)];
    if (species.nonlinear || species.from_surface || !species.diffuse)
        throw InputError("D0402", "species '" + species.name + "' cannot be followed through a gas",
                         "collisions want a diffuse species of order 1 that comes from above");
    const std::vector<double> sticking = sticking_of(process, k, section, a.incident);
    RayOptions rays{.rel_error = rel_error, .max_rays = 20'000'000, .seed = draw};
    return gas_arrival(section, sticking, species.beam, species.mean_free_path_nm, rays, context);
}

Arrivals arrivals_on(Section section, const Process& process, double rel_error, std::uint64_t draw,
                     const Context& context) {
    Arrivals a;
    a.section = std::move(section);
    a.incident.resize(process.species.size());
    a.standard_error.resize(process.species.size());
    const bool diffuse = std::any_of(process.species.begin(), process.species.end(),
                                     [](const Species& s) { return s.diffuse && s.mean_free_path_nm == 0; });
    const ViewFactors factors = diffuse ? view_factors(a.section, context) : ViewFactors{};
    for (std::size_t k = 0; k < process.species.size(); ++k) {
        const Species& species = process.species[k];
        const int index = static_cast<int>(k);
        if (species.mean_free_path_nm > 0) {
            GasArrival gas = gas_arrival_of(process, index, a.section, a, rel_error, draw, context);
            a.incident[k] = std::move(gas.incident), a.standard_error[k] = std::move(gas.standard_error);
            a.balance_error = std::max(a.balance_error, gas.balance_error);
            continue;
        }
        if (!species.diffuse) {
            const auto weight = [&](double cos_theta) { return process.arrival_weight(index, cos_theta); };
            a.incident[k] = process.arrival_weight ? beam_flux(a.section, species.beam, weight)
                                                   : beam_flux(a.section, species.beam);
            continue;
        }
        std::vector<double> direct(a.section.size());
        if (species.from_surface) {
            std::vector<double> emitted(a.section.size(), 0.0);
            process.launch(index, a.section, a.incident, emitted);
            direct = launched(factors, emitted);
        } else
            direct = species.beam.cosine_power == 1 ? factors.sky : beam_flux(a.section, species.beam);
        const FluxSolution flux = diffuse_arrival(process, index, a.section, factors, direct, a.incident);
        if (!flux.converged) throw NumericalError("the arrival of '" + species.name + "' did not settle");
        a.balance_error = std::max(a.balance_error, species.from_surface ? 0.0 : flux.balance_error);
    }
    return a;
}

/// Speed of every piece along its own normal, in the row of the exposed material.
std::vector<double> piece_speeds(const Section& section, const SurfaceSpeed& speed) {
    std::vector<double> out(section.size(), 0.0);
    for (std::size_t i = 0; i < section.size(); ++i) {
        const auto row = [&](const std::vector<std::vector<double>>& rows) {
            return rows.size() > 1 ? static_cast<std::size_t>(section.pieces[i].material) : 0;
        };
        if (!speed.isotropic.empty()) out[i] += speed.isotropic[row(speed.isotropic)][i];
        if (!speed.beam.empty()) {
            const std::size_t r = row(speed.beam);
            out[i] += speed.beam[r][i] * speed.beam_law[r](normal(section.pieces[i]).z);
        }
    }
    return out;
}

std::vector<double> scaled(std::vector<double> values, double factor) {
    for (double& v : values) v *= factor;
    return values;
}

struct State {
    Arrivals arrivals;
    SurfaceSpeed speed;
    std::vector<double> pieces;  ///< along their normals
};
struct Past {
    State state;
    double dt = 0;
};

/// What a step has booked: see level_set::owed.
struct Ledger {
    Contour before;
    Section now;
    std::vector<double> way_now, owed;
    Section then;
    std::vector<double> way_then;
};

std::vector<double> owed_by(const Ledger& l, const Contour& after, const Section& section, double h,
                            level_set::Kinks kinks = level_set::Kinks::move) {
    return level_set::owed(l.before, {l.now, l.way_now}, l.owed, {l.then, l.way_then}, after, section, h, kinks);
}

/// Debts of either sign, nm^2 or nm^3.
double amount(const Section& section, std::span<const double> owed) {
    const std::vector<double> area = areas(section);
    double sum = 0;
    for (std::size_t i = 0; i < area.size(); ++i) sum += area[i] * std::abs(owed[i]);
    return sum;
}

/// Added to the part that depends on the place alone.
SurfaceSpeed with_more(SurfaceSpeed speed, const std::vector<double>& more, double factor) {
    for (auto& row : speed.isotropic)
        for (std::size_t i = 0; i < row.size(); ++i) row[i] += factor * more[i];
    return speed;
}

double largest_of(const std::vector<double>& values) {
    double largest = 0;
    for (const double v : values) largest = std::max(largest, std::abs(v));
    return largest;
}

/// Twice the signed area of a chain closed straight from its end to its start: > 0 where it runs around gas.
double turned_area(const Section& section, std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) {
        const Piece& p = section.pieces[i];
        sum += p.a.x * p.b.z - p.b.x * p.a.z;
    }
    const Vec2 last = section.pieces[end - 1].b, first = section.pieces[begin].a;
    return sum + last.x * first.z - first.x * last.z;
}

/// Nothing reaches gas that is shut in: its walls stand, whatever the model says.
void still_in_voids(const Section& section, SurfaceSpeed& speed) {
    for (std::size_t c = 1; c < section.chain_begin.size(); ++c) {
        const std::size_t begin = section.chain_begin[c],
                          end = c + 1 < section.chain_begin.size() ? section.chain_begin[c + 1] : section.size();
        if (begin == end || turned_area(section, begin, end) <= 0) continue;
        for (auto& row : speed.isotropic)
            std::fill(row.begin() + static_cast<long>(begin), row.begin() + static_cast<long>(end), 0.0);
        for (auto& beam : speed.beam)
            std::fill(beam.begin() + static_cast<long>(begin), beam.begin() + static_cast<long>(end), 0.0);
    }
}

double gap_cutoff(const StopRule& stop, double h) {
    return stop.gap_cutoff_nm > 0 ? stop.gap_cutoff_nm : std::max(2 * h, 0.5);
}

/// When the gap falls through `level` between two times, linearly. A gap of a few cells that is gone the next moment
/// has pinched off between them.
std::optional<double> crossing(const TimePoint& a, const TimePoint& b, double level, double h) {
    constexpr double few = 3;
    if (std::isfinite(a.gap_nm) && !std::isfinite(b.gap_nm) && a.gap_nm < std::max(level, few * h)) return b.time_s;
    if (!(a.gap_nm > level) || !(b.gap_nm <= level)) return {};
    if (!std::isfinite(a.gap_nm)) return b.time_s;
    return a.time_s + (b.time_s - a.time_s) * (a.gap_nm - level) / (a.gap_nm - b.gap_nm);
}

/// Headroom for the growth a step can ask for.
Surface prepared(Surface surface, const Contour& contour, const Process& process, double duration) {
    const Grid2& g = surface.grid;
    const double h = surface.h_nm(), z0 = g.y0.in(nm), z1 = z0 + h * (g.ny - 1);
    const double growth = process.flat_speed_nm_s > 0 && duration < 1e30 ? process.flat_speed_nm_s * duration : 0;
    double top = z0, bottom = z1;
    for (const Piece& p : section_of(surface, contour, 2 * h).pieces) {
        top = std::max({top, p.a.z, p.b.z});
        bottom = std::min({bottom, p.a.z, p.b.z});
    }
    const double dig = duration < 1e30 ? std::abs(process.deepest_speed_nm_s) * duration : 0;
    return with_room(std::move(surface), std::min(z0, bottom - dig - 10 * h), std::max(z1, top + growth + 10 * h));
}

class Step {
  public:
    Step(Surface start, const Process& process, const std::string& film, StepOptions options, const Context& context)
        : process_(process), options_(options), context_(context), start_(std::move(start)), contour_(start_) {
        const StopRule& stop = options_.stop;
        if (options_.piece_nm <= 0) options_.piece_nm = 2 * start_.h_nm();
        duration_ = stop.duration_s > 0 ? stop.duration_s : std::numeric_limits<double>::infinity();
        if (stop.thickness_nm > 0)
            duration_ = std::min(duration_, stop.thickness_nm / std::abs(process.flat_speed_nm_s));
        if (!std::isfinite(duration_) && !stop.until_closed)
            throw InputError("D0402", "the step has no end", "give a thickness, a duration or until = \"closed\"");
        if (!std::isfinite(duration_)) limit_ = longest_fill();
        start_ = prepared(std::move(start_), contour_, process, duration_);
        out_.surface = start_;
        if (!film.empty()) begin_film(out_.surface, film);
        out_.passage = arrival_map(out_.surface);
        volume_before_ = solid_above_datum(out_.surface, contour_);
    }

    ProcessOutcome run() {
        begin();
        const double end = std::min(duration_, limit_);
        while (out_.duration_s < end * (1 - 1e-12) && !(shut_ && options_.stop.until_closed)) {
            context_.check();
            advance();
            report();
        }
        if (!shut_ && end == limit_) warn_of_open_mouth();
        finish();
        return std::move(out_);
    }

  private:
    /// By twice the breadth and the relief of the section every mouth that ever closes has closed, s.
    double longest_fill() const {
        if (!(process_.flat_speed_nm_s > 0))
            throw InputError("D0402", "nothing grows on the open field, so no mouth closes",
                             "a step that deposits, or a thickness or duration");
        double low = std::numeric_limits<double>::infinity(), high = -low;
        const std::vector<Piece> pieces = section_of(start_, contour_, 2 * start_.h_nm()).pieces;
        for (const Piece& p : pieces) low = std::min({low, p.a.z, p.b.z}), high = std::max({high, p.a.z, p.b.z});
        const double breadth = start_.h_nm() * (start_.grid.nx - 1);
        return 2 * (breadth + high - low) / process_.flat_speed_nm_s;
    }

    void warn_of_open_mouth() {
        out_.warnings.push_back("no mouth has closed by " +
                                std::to_string(std::lround(process_.flat_speed_nm_s * out_.duration_s)) +
                                " nm of film on the open field, twice the breadth and relief of the section; the step "
                                "ended there");
    }

    Arrivals arrive(Section section) {
        Arrivals a =
            arrivals_on(std::move(section), process_, options_.ray_error, draw_of(options_.seed, draws_++), context_);
        out_.particle_balance_error = std::max(out_.particle_balance_error, a.balance_error);
        return a;
    }
    SurfaceSpeed speed(const Arrivals& a) const {
        SurfaceSpeed s = process_.speed(a.section, a.incident, out_.surface.materials);
        if (motion_.freeze_voids) still_in_voids(a.section, s);
        return s;
    }

    void begin() {
        now_ = state_of(section_of(out_.surface, contour_, options_.piece_nm));
        start_arrivals_ = now_->arrivals;
        start_speeds_ = now_->pieces;
        if (options_.snapshots > 0) out_.frames.push_back(frame_of(out_.surface, 0));
        out_.history.push_back({0, 0, neck(out_.surface, contour_).gap_nm, 0, 0});
        out_.warnings = process_.warnings;
        for (const Species& s : process_.species) out_.species.push_back(s.name);
    }

    /// Gas rows above the surface before it can reach the ceiling; the solid's volume does not change by that.
    void raise_ceiling(const Section& section) {
        const Grid2& g = out_.surface.grid;
        const double h = out_.surface.h_nm(), ceiling = g.y0.in(nm) + h * (g.ny - 1);
        constexpr double least = 10, added = 40;
        double top = -std::numeric_limits<double>::infinity();
        for (const Piece& p : section.pieces) top = std::max({top, p.a.z, p.b.z});
        if (top > ceiling - least * h)
            out_.surface = with_room(std::move(out_.surface), g.y0.in(nm), ceiling + added * h);
    }

    /// Arrivals and speeds on the surface as it stands.
    State state_of(Section section) {
        State s;
        s.arrivals = arrive(std::move(section));
        s.speed = speed(s.arrivals);
        s.pieces = piece_speeds(s.arrivals.section, s.speed);
        return s;
    }

    /// Steps of at most `largest_move`, all of equal length up to a known end.
    double time_step(const State& now) const {
        const double fastest = largest_of(now.pieces), left = duration_ - out_.duration_s;
        const bool still = fastest <= 1e-12 * std::abs(process_.flat_speed_nm_s) || fastest == 0;
        if (still && !std::isfinite(duration_)) throw NumericalError("the surface has stopped moving before it closed");
        const double dt = still ? left : options_.largest_move * out_.surface.h_nm() / fastest;
        return std::isfinite(left) ? left / std::max(1.0, std::ceil(left / dt * (1 - 1e-9))) : dt;
    }

    /// Noise of rays is not to be continued, layers end from one step to the next, and without arrivals nothing is
    /// saved.
    bool continues(const State& now) const {
        if (!past_ || process_.species.empty() || now.speed.isotropic.size() != 1) return false;
        if (now.arrivals.section.chain_begin.size() != past_->state.arrivals.section.chain_begin.size()) return false;
        return !by_rays();
    }
    bool by_rays() const {
        return std::any_of(process_.species.begin(), process_.species.end(),
                           [](const Species& s) { return s.mean_free_path_nm > 0; });
    }

    void advance() {
        const double h = out_.surface.h_nm();
        if (!now_) now_ = state_of(*section_);
        State now = std::move(*now_);
        now_.reset();
        const Section& section = now.arrivals.section;
        raise_ceiling(section);
        const Field2<double> before = out_.surface.phi.back();
        const double dt = time_step(now);
        std::vector<double> way = scaled(now.pieces, dt);
        std::vector<double> owed = owed_.size() == way.size() ? owed_ : std::vector<double>(way.size(), 0.0);
        const Departure from(out_.surface, contour_, section, scaled(way, 2));
        const bool layers = now.speed.isotropic.size() > 1, averaged = now.speed.beam.empty() && !layers;
        std::optional<State> then;  // of the predicted surface
        if (continues(now)) {
            const SurfaceSpeed middle =
                level_set::continued_speed(section, now.speed, scaled(now.pieces, -past_->dt),
                                           past_->state.arrivals.section, past_->state.speed, dt / past_->dt);
            out_.surface = from.moved(with_more(middle, owed, 1 / dt), dt, motion_);
        } else {
            // of the two surfaces that are averaged only this one moves by what is owed
            Surface predicted = from.moved(with_more(now.speed, owed, (averaged ? 2 : 1) / dt), dt, motion_);
            const Contour contour(predicted);
            then = state_of(section_of(predicted, contour, options_.piece_nm));
            if (!averaged) {
                const SurfaceSpeed mean = mean_speed(section, now.speed, way, then->arrivals.section, then->speed);
                out_.surface = from.moved(with_more(mean, owed, 1 / dt), dt, motion_);
            } else {
                const Departure onwards(predicted, contour, then->arrivals.section, scaled(then->pieces, dt));
                out_.surface = blend(out_.surface, onwards.moved(then->speed, dt, motion_), 0.5);
            }
        }
        Contour before_move = std::exchange(contour_, Contour(out_.surface));
        record_passage(out_.passage, before, section, now.pieces, out_.surface, out_.duration_s, dt);
        section_ = section_of(out_.surface, contour_, options_.piece_nm);
        const bool as_moved = layers || by_rays();  // other draws than those that moved the surface would be owed
        if (!as_moved) now_ = state_of(*section_);
        const State& end = as_moved ? *then : *now_;
        std::vector<double> way_then = scaled(end.pieces, dt);
        counted_ += level_set::booked({section, way}, {end.arrivals.section, way_then}, h);
        if (!layers) {
            last_ = {std::move(before_move), section, std::move(way), std::move(owed), end.arrivals.section,
                     std::move(way_then)};
            if (!process_.species.empty()) keep_books();
        }
        past_ = {std::move(now), dt};
        ++out_.steps;
        out_.duration_s += dt;
    }

    /// A shape's own speed moves it exactly, corners that are cut off aside; where things arrive, stretches keep a
    /// book.
    void keep_books() {
        owed_ = owed_by(*last_, contour_, *section_, out_.surface.h_nm());
        settled_ += amount(*section_, owed_);
    }

    /// Again and again, since a kink does not sweep as much as its pieces go; without kinks once that does not help.
    void settle() {
        constexpr int most = 8;
        constexpr double little = 1e-5, helps = 0.5;
        double before = std::numeric_limits<double>::infinity();
        auto kinks = level_set::Kinks::move;
        for (int pass = 0; pass < most && last_; ++pass) {
            const Section section = section_of(out_.surface, contour_, options_.piece_nm);
            std::vector<double> owed = owed_by(*last_, contour_, section, out_.surface.h_nm(), kinks);
            const double debt = amount(section, owed);
            if (debt <= little * std::abs(counted_)) return;
            if (kinks == level_set::Kinks::move && debt > helps * before) {
                kinks = level_set::Kinks::stay;
                owed = owed_by(*last_, contour_, section, out_.surface.h_nm(), kinks);
            }
            before = debt;
            level_set::shift(out_.surface, section, owed);
            contour_ = Contour(out_.surface);
        }
    }

    /// The first step that ends after it makes the next picture.
    double next_snapshot() const {
        if (!std::isfinite(duration_) || options_.snapshots <= 1) return std::numeric_limits<double>::infinity();
        return duration_ * static_cast<double>(out_.frames.size()) / (options_.snapshots - 1);
    }

    void report() {
        Neck at = neck(out_.surface, contour_);
        const double before = out_.history.back().gap_nm;
        if (!std::isfinite(at.gap_nm) && before < 6 * out_.surface.h_nm()) at.gap_nm = 0;  // it has met
        const double grown = solid_above_datum(out_.surface, contour_) - volume_before_;
        const double error = counted_ != 0 ? std::abs(grown - counted_) / std::abs(counted_) : 0;
        const TimePoint last = out_.history.back();
        out_.history.push_back({out_.duration_s, process_.flat_speed_nm_s * out_.duration_s, at.gap_nm, grown, error});
        const double cut = gap_cutoff(options_.stop, out_.surface.h_nm());
        const auto note = [&](std::optional<double>& when, double level) {
            if (when) return;
            when = crossing(last, out_.history.back(), level, out_.surface.h_nm());
            if (when && level == cut) out_.closure_z_nm = at.z_nm;
        };
        note(out_.closure_time_s, cut);
        note(out_.closure_time_half_gap_s, 0.5 * cut);
        closed_ = out_.closure_time_s.has_value();
        shut_ = out_.closure_time_half_gap_s.has_value();
        const bool due = out_.duration_s >= next_snapshot() * (1 - 1e-12);
        if (options_.snapshots > 0 && (due || (!std::isfinite(duration_) && out_.steps % 16 == 0)))
            out_.frames.push_back(frame_of(out_.surface, out_.duration_s));
        const double share = std::isfinite(duration_) ? out_.duration_s / duration_
                             : std::isfinite(at.gap_nm)
                                 ? 1 - std::min(1.0, at.gap_nm / std::max(out_.history.front().gap_nm, 1e-9))
                                 : 0.0;
        progress_ = std::max(progress_, std::clamp(share, 0.0, 1.0));
        context_.progress({"surface",
                           progress_,
                           {{"field", out_.history.back().field_nm}, {"gap", at.gap_nm}, {"mass error", error}}});
    }

    void finish() {
        redistance(out_.surface);
        contour_ = Contour(out_.surface);
        settle();
        const bool pictures = options_.snapshots > 0;
        if (pictures && out_.frames.back().time_s < out_.duration_s)
            out_.frames.push_back(frame_of(out_.surface, out_.duration_s));
        out_.voids =
            closed_ ? shut_in(out_.surface, gap_cutoff(options_.stop, out_.surface.h_nm())) : voids(out_.surface);
        if (closed_ && pictures) out_.frames.back().voids = out_.voids;
        const double grown = solid_above_datum(out_.surface, contour_) - volume_before_;
        (grown >= 0 ? out_.added : out_.removed) = std::abs(grown);
        out_.mass_balance_error = counted_ != 0 ? std::abs(grown - counted_) / std::abs(counted_) : 0;
        if (settled_ > 0)
            out_.extra.push_back({"settled_share", "moved with the next step to keep the volume, of the film",
                                  settled_ / std::abs(counted_), ""});
        out_.field_thickness_nm = process_.flat_speed_nm_s * out_.duration_s;
        out_.seams =
            seams_of(out_.passage, out_.surface, closed_ ? gap_cutoff(options_.stop, out_.surface.h_nm()) : 0.0);
        if (!options_.measure) return;
        out_.wall = wall_of(start_arrivals_.section, start_, out_.surface);
        for (std::size_t i = 0; i < out_.wall.size(); ++i)
            for (const auto& species : start_arrivals_.incident) out_.wall[i].arrival.push_back(species[i]);
        note_ray_errors();
        const Symmetry symmetry = out_.surface.symmetry;
        out_.coverage = step_coverage(out_.wall, symmetry, out_.field_thickness_nm);
        std::vector<WallPoint> thin = out_.wall;
        for (std::size_t i = 0; i < thin.size(); ++i) thin[i].thickness_nm = start_speeds_[i];
        out_.thin_film = step_coverage(thin, symmetry, process_.flat_speed_nm_s);
    }

    /// Draws of different evaluations are independent: two per step, so the film's error falls with their number.
    void note_ray_errors() {
        for (std::size_t i = 0; i < out_.wall.size(); ++i) {
            double variance = 0;
            for (std::size_t k = 0; k < process_.species.size(); ++k)
                if (i < start_arrivals_.standard_error[k].size() && start_arrivals_.incident[k][i] > 0)
                    variance += std::pow(start_arrivals_.standard_error[k][i] / start_arrivals_.incident[k][i], 2);
            out_.wall[i].thickness_error_nm =
                std::abs(out_.wall[i].thickness_nm) * std::sqrt(variance / std::max(1, 2 * out_.steps));
        }
    }

    const Process& process_;
    StepOptions options_;
    const Context& context_;
    MotionOptions motion_;
    Surface start_;
    Contour contour_;  ///< of the surface as it stands
    Arrivals start_arrivals_;
    std::vector<double> start_speeds_;
    std::optional<State> now_;  ///< of the surface as it stands, where it is known
    std::optional<Past> past_;
    std::optional<Section> section_;  ///< of the surface as it stands, once there was a step
    std::optional<Ledger> last_;
    std::vector<double> owed_;                                ///< by the last step, per piece of `section_`, nm
    double limit_ = std::numeric_limits<double>::infinity();  ///< of a fill, s
    double duration_ = 0, volume_before_ = 0, counted_ = 0, settled_ = 0, progress_ = 0;
    std::uint64_t draws_ = 0;
    bool closed_ = false, shut_ = false;
    ProcessOutcome out_;
};

}  // namespace

ProcessOutcome run_process(Surface start, const Process& process, const std::string& film, const StepOptions& options,
                           const Context& context) {
    return Step(std::move(start), process, film, options, context).run();
}

ProcessOutcome run_surface_model(const SurfaceModel& model, Surface start, const ParamValues& v, std::uint64_t seed,
                                 const Context& context) {
    return model.draw ? model.draw(std::move(start), v, seed, context) : model.run(std::move(start), v, context);
}

}  // namespace damascene::feature
