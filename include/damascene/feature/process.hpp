// What a surface does with what arrives: a surface model, and the run of one process step on one section.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/feature/arrival_time.hpp"
#include "damascene/feature/level_set.hpp"
#include "damascene/feature/transport.hpp"

namespace damascene::feature {

/// One flying species of a step.
struct Species {
    std::string name;
    Beam beam = {.cosine_power = 1};
    bool diffuse = true;  ///< re-emitted until it sticks (radiosity); else absorbed at first contact
    /// Redeposition: launched from the surface instead of the sky, at a rate the model gives (see Process::launch).
    bool from_surface = false;
    bool nonlinear = false;  ///< its sticking depends on its own arrival: solved as a fixed point
    /// > 0: collisions with a gas below the highest point of the surface, by rays with error bars; 0: free molecular.
    double mean_free_path_nm = 0;
};

/// A surface model bound to its parameters. Vectors are per piece; fluxes have flat field = 1.
struct Process {
    std::vector<Species> species;
    /// Sticking probability of species k on each piece. arrivals[j] is known for j < k; arrivals[k] is that of the last
    /// iterate, empty at first. Absent: 1.
    std::function<void(int k, const Section&, const std::vector<std::vector<double>>& arrivals,
                       std::span<double> sticking)>
        sticking;
    /// Emission of a species with from_surface = true, given the arrivals of the others.
    std::function<void(int k, const Section&, const std::vector<std::vector<double>>& arrivals,
                       std::span<double> emitted)>
        launch;
    /// Weight of a species' direct arrival by angle (cos theta), e.g. a yield; absent: 1.
    std::function<double(int k, double cos_theta)> arrival_weight;
    /// Speeds, nm/s; one row per material of `materials` when removal depends on it, one row else.
    std::function<SurfaceSpeed(const Section&, const std::vector<std::vector<double>>& arrivals,
                               std::span<const std::string> materials)>
        speed;
    /// Growth of the open flat field, nm/s (negative: etch).
    double flat_speed_nm_s = 0;
    /// Fastest removal anywhere, nm/s: room that must be kept below. 0 for pure growth.
    double deepest_speed_nm_s = 0;
    std::vector<std::string> warnings;
};

/// When a step ends: the first that is met.
struct StopRule {
    double duration_s = 0;    ///< 0 = none
    double thickness_nm = 0;  ///< on the flat field; 0 = none
    bool until_closed = false;
    double gap_cutoff_nm = 0;  ///< closure is a gap this narrow; 0 = max(2 h, 0.5 nm)
};
struct StepOptions {
    StopRule stop;
    double piece_nm = 0;        ///< 0 = 1.5 h
    double largest_move = 0.5;  ///< of h between flux evaluations
    int snapshots = 24;         ///< 0 = no frames
    bool measure = true;        ///< thickness along the wall and step coverage
    double ray_error = 0.05;    ///< wanted standard error of arrivals through a gas
    std::uint64_t seed = 1;     ///< of their rays; films of different seeds share no draw
};
struct Frame {
    double time_s = 0;
    std::vector<std::vector<Polyline>> outlines;  ///< [material]
    std::vector<Void> voids;
};
/// Outlines of every material, and the voids, at one time.
Frame frame_of(const Surface&, double time_s);
/// All solid, nm^2 or nm^3.
double solid_volume(const Surface&);
struct WallPoint {
    double arc_nm = 0;
    Vec2 at, normal;
    double thickness_nm = 0;
    std::vector<double> arrival;    ///< per species, on the starting surface
    double thickness_error_nm = 0;  ///< standard error from rays, were the arrivals those of the start
};
struct StepCoverage {
    double bottom = 0, sidewall_min = 0, sidewall_mid = 0, overhang = 0;  ///< over the field; NaN where there is none
};
struct TimePoint {
    double time_s = 0, field_nm = 0, gap_nm = 0, deposited = 0, error = 0;
};
struct ProcessOutcome {
    Surface surface;
    std::vector<Frame> frames;
    std::vector<WallPoint> wall;
    StepCoverage coverage, thin_film;  ///< actual, and that of the starting arrivals
    std::vector<Void> voids;
    ArrivalMap passage;       ///< of the growing front, at the nodes of `surface`
    std::vector<Seam> seams;  ///< where two fronts met
    std::vector<TimePoint> history;
    double duration_s = 0, field_thickness_nm = 0;
    std::optional<double> closure_time_s, closure_time_half_gap_s;
    double closure_z_nm = 0;
    double added = 0, removed = 0;      ///< area or volume, from phi
    double mass_balance_error = 0;      ///< |from phi - int int V dA dt| / the latter
    double particle_balance_error = 0;  ///< worst of all flux solutions
    int steps = 0;
    std::vector<std::string> warnings;
    std::vector<std::string> species;  ///< names of the arrivals of `wall`
    /// Further numbers of a model: id, meaning, value, unit.
    struct Extra {
        std::string id, label;
        double value = 0;
        std::string unit;
    };
    std::vector<Extra> extra;
};
/// Runs one step. Second order in time (one flux evaluation per step and two more; gas rays, layers and speeds without
/// arrivals: two per step).
ProcessOutcome run_process(Surface start, const Process&, const std::string& film, const StepOptions&,
                           const Context& = {});

/// Thickness along the starting normals and step coverage of a film grown from `start` to `end`. Between two walls that
/// met, thickness ends at the medial line.
std::vector<WallPoint> wall_of(const Section& start_section, const Surface& start, const Surface& end);
StepCoverage step_coverage(const std::vector<WallPoint>&, Symmetry, double field_thickness_nm);

/// Voids of a surface whose gaps up to `gap_nm` count as shut: what lies behind them, in its full size.
std::vector<Void> shut_in(const Surface&, double gap_nm);

/// A surface model: src/feature/models/<name>.cpp. `run` starts from the surface it is given and names the film it
/// adds.
struct SurfaceModel {
    ModelInfo info;
    ProcessOutcome (*run)(Surface start, const ParamValues&, const Context&) = nullptr;
    /// In place of `run` where rays are drawn.
    ProcessOutcome (*draw)(Surface start, const ParamValues&, std::uint64_t seed, const Context&) = nullptr;
    /// Throws InputError where parameters do not go together; nullptr: each stands alone.
    void (*check)(const ParamValues&) = nullptr;
    /// Work for the estimate: pieces x steps x flux solutions, from the starting surface.
    bool transport = true;
};
const std::vector<const SurfaceModel*>& surface_models();
/// By whichever of `run` and `draw` the model has.
ProcessOutcome run_surface_model(const SurfaceModel&, Surface start, const ParamValues&, std::uint64_t seed,
                                 const Context& = {});

/// The same section on another grid spacing, and with gas room above / solid room below.
Surface regridded(const Surface&, double h_nm);
Surface with_room(Surface, double z_low_nm, double z_high_nm);

}  // namespace damascene::feature
