// Several solids in a box (x, y, z): built from layouts and resist, measured, meshed, grown.
//
// phi[m] < 0 inside the union of materials 0..m, a signed distance near its boundary (level sets in sparse tiles); so
// films thinner than a cell survive. Lateral walls are mirrors or periodic; gas above, solid below.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "damascene/feature/level_set.hpp"
#include "damascene/feature/rays.hpp"

namespace damascene::feature {

namespace volume3 {
class Field;
}

/// Extents are whole numbers of cells.
struct VolumeBox {
    double x0_nm = 0, x1_nm = 0, y0_nm = 0, y1_nm = 0, z0_nm = 0, z1_nm = 0, h_nm = 1;
    Side side = Side::mirror;  ///< of all four lateral walls: mirror or periodic
};
/// Copies share what has not changed since.
struct Volume {
    VolumeBox box;
    std::vector<std::string> materials;  ///< bottom up
    std::vector<std::shared_ptr<const volume3::Field>> phi;
};

// ------------------------------------------------------------------------------------------------------- construction
/// The box that holds `window` (layout nm), its x1 and y1 raised to whole cells.
VolumeBox box_around(double x0_nm, double y0_nm, double x1_nm, double y1_nm, double z0_nm, double z1_nm, double h_nm,
                     Side side = Side::mirror);
/// Substrate up to z_nm, then the layers from the bottom up.
Volume flat_volume(const VolumeBox&, const std::string& substrate, double z_nm = 0, std::span<const Layer> stack = {});
/// A solid by its signed distance (nm, < 0 inside; slope at most 1) at (x, y, z).
using Solid = std::function<double(double, double, double)>;
Solid sphere_solid(std::array<double, 3> center_nm, double radius_nm);
Solid box_solid(std::array<double, 3> low_nm, std::array<double, 3> high_nm);
/// Union with the top material, or with a new one on top.
void add_solid(Volume&, const Solid&, const std::string& material);
void remove_solid(Volume&, const Solid&);
/// Polygons between two heights. The region need not be merged; what lies outside the box is dropped and the walls
/// continue it.
void add_extrusion(Volume&, const Region&, double z0_nm, double z1_nm, const std::string& material);
/// One layer of an etch: the opening is the polygons offset by -(bias + depth below the layer's top / tan(sidewall)).
struct EtchLayer {
    double depth_nm = 0, bias_nm = 0;
    double sidewall_deg = 90;  ///< < 90 narrows downwards
};
/// Cuts the open polygons downwards from z_nm (and all above it), layer by layer; offsets add up. Round where they
/// widen.
void etch(Volume&, const Region& openings, double z_nm, std::span<const EtchLayer>);
/// Resist with its openings standing on z_nm; between two levels the distance to the opening is interpolated.
void add_resist(Volume&, const Profile&, double z_nm, const std::string& material);
/// A new top material, of no thickness yet.
void begin_film(Volume&, const std::string& material);
/// Conformal growth (> 0) or recess of the surface by an exact distance.
void offset_surface(Volume&, double distance_nm);
/// The same solids in a box that is at least this much taller and deeper (raised by whole blocks of 8 cells).
Volume with_room(const Volume&, double z0_nm, double z1_nm);

// ------------------------------------------------------------------------------------------------------------ storage
/// phi of one union near its boundary: per block of 8^3 nodes (z fastest) its place in phi, or -1 gas, -2 solid.
struct SparseField {
    std::vector<std::int32_t> slot;
    std::vector<double> phi;
};
std::vector<SparseField> sparse_fields(const Volume&);
/// Their inverse; InputError where the numbers are not those of a volume in this box.
Volume volume_of(const VolumeBox&, const std::vector<std::string>& materials, const std::vector<SparseField>&);

// --------------------------------------------------------------------------------------------------------- extraction
/// The gas boundary, watertight between the walls (check_mesh), with the material that shows on every triangle.
TriangleMesh surface_mesh(const Volume&);
RayDomain ray_domain(const Volume&);  ///< its walls; the source at the top of the box
/// nm^3, exact for the interface that is linear in every sixth of a cell.
double volume(const Volume&, std::size_t material);
double gas_volume(const Volume&);
struct Void3 {
    double volume = 0;  ///< nm^3
    std::array<double, 3> centroid{}, low{}, high{};
};
/// Gas without a way to the top of the box.
std::vector<Void3> voids(const Volume&, double least_volume_nm3 = 0);
/// The cross-section at y, on the same grid: for outlines and measurements of planar surfaces.
Surface section_at(const Volume&, double y_nm);
/// Trilinear phi of the union of materials 0..m, cut off at some cells from its boundary.
double distance_nm(const Volume&, std::size_t material, std::array<double, 3> at_nm);

// ------------------------------------------------------------------------------------------------------------- motion
struct VolumeMotion {
    int substeps = 0;
    double added = 0, removed = 0;  ///< nm^3, from phi
    double swept = 0;               ///< nm^3: int V dA dt on the meshes before and after, trapezoidal
};
/// Moves the surface for `duration_s` with speeds (nm/s, > 0 grows) frozen on the triangles of its mesh, each carried
/// along normals. Growth adds to the top material; removal takes whatever is there.
VolumeMotion move(Volume&, const TriangleMesh& its_mesh, std::span<const double> speed_nm_s, double duration_s,
                  const MotionOptions& = {});

struct VolumeSpecies {
    std::string name;
    std::vector<double> sticking = {1};  ///< one value, or one per material
    Beam beam = {.cosine_power = 1};
    double mean_free_path_nm = 0;  ///< 0 = no gas
};
struct VolumeProcess {
    std::vector<VolumeSpecies> species;
    /// nm/s on a place of this material with upward normal component n_z, arrivals per species (flat field = 1).
    std::function<double(int material, double n_z, std::span<const double> arrivals)> speed;
};
struct VolumeStep {
    double duration_s = 0;
    double largest_move = 0.5;  ///< of h between flux evaluations
    MotionOptions motion = {.space = SpaceOrder::weno3, .time = TimeOrder::rk2};
    RayOptions rays = {.rel_error = 0.03, .least_flux = 0.05};
    bool until_closed = false;             ///< ends once some gas is shut in
    int snapshots = 0;                     ///< frames between start and end
    std::optional<double> section_y_nm{};  ///< where frames are cut; absent: the middle of the box
};
struct VolumeFrame {
    double time_s = 0;
    Surface section;
};
struct VolumeTimePoint {
    double time_s = 0, added = 0, error = 0;  ///< nm^3 from phi; mass balance so far, relative
};
struct VolumeOutcome {
    Volume volume;
    int steps = 0;
    double duration_s = 0;
    double added = 0, removed = 0, swept = 0;  ///< nm^3, as VolumeMotion
    double mass_balance_error = 0;             ///< |added - removed - swept| over sum |swept|
    double flux_error = 0;                     ///< mean relative standard error of the elements, worst flux evaluation
    double flux_missed = 0;                    ///< share of elements above the wanted error, worst flux evaluation
    std::optional<double> closure_time_s;      ///< when gas was first found shut in (until_closed only)
    std::vector<VolumeFrame> frames;
    std::vector<VolumeTimePoint> history;
    std::vector<Void3> voids;
    std::vector<std::string> warnings;
};
/// Grows (or etches) with the flux of every species traced on the present surface, `film` on top. Sealed gas is frozen.
VolumeOutcome run_volume_process(Volume start, const VolumeProcess&, const std::string& film, const VolumeStep&,
                                 const Context& = {});
/// Conformal growth at `rate_nm_s` by exact offsets; no transport.
VolumeOutcome run_volume_offset(Volume start, double rate_nm_s, const std::string& film, const VolumeStep&,
                                const Context& = {});

/// Film on one triangle of the starting surface, along its normal. `met`: it ends where two films met, or is thicker
/// than the given limit (the film of another wall stands there).
struct FilmPlace {
    double thickness_nm = 0;
    bool met = false;
};
std::vector<FilmPlace> film_places(const TriangleMesh& start_mesh, const Volume& start, const Volume& end,
                                   double most_nm);
/// Means of a film over places of a feature, nm; over those where it met another film only where there are no others.
/// NaN where there are none at all.
struct VolumeCoverage {
    double floor = 0;         ///< lowest level floor
    double sidewall_min = 0;  ///< least mean over a slice of 1/20 of the depth, 10 .. 90 % of the depth
    double sidewall_mid = 0;  ///< 45 .. 55 % of the depth
    double field = 0;         ///< highest level floor
};
VolumeCoverage volume_coverage(const TriangleMesh& start_mesh, std::span<const FilmPlace>, double h_nm);

}  // namespace damascene::feature
