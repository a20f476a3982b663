// Surfaces that move: phi_t + V |grad phi| = 0 on a narrow band, several materials, topology.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/geometry/surface.hpp"

namespace damascene::feature {

// ------------------------------------------------------------------------------------------------------- construction
/// A hole (trench when planar, via when axial) in a flat substrate at z = 0, centred on x = 0. Exact signed distance.
struct Hole {
    double width_nm = 0, depth_nm = 0;  ///< opening at the top (diameter when axial)
    double sidewall_deg = 90;           ///< of the wall against the field; < 90 narrows downwards
    double top_radius_nm = 0, bottom_radius_nm = 0, bow_nm = 0;  ///< bow: extra half-width at mid depth
};
struct Layer {
    std::string material;
    double thickness_nm = 0;
};
/// A closed or left-to-right polyline is a solid's boundary; see Section for orientation.
using Polyline = std::vector<Vec2>;

struct Domain {
    Symmetry symmetry = Symmetry::planar;
    Side left = Side::mirror, right = Side::mirror;
    double x0_nm = 0, x1_nm = 0, z0_nm = 0, z1_nm = 0, h_nm = 1;
};
Surface flat_surface(const Domain&, const std::string& material, double z_nm = 0);
/// Cuts a hole through everything that is there.
void carve(Surface&, const Hole&);
/// Polygon (implicitly closed, either orientation) added as solid of the top material, or removed from all materials.
void add_solid(Surface&, const Polyline&);
void remove_solid(Surface&, const Polyline&);
/// A new top material, of no thickness yet (phi equal to the present surface).
void begin_film(Surface&, const std::string& material);
/// Moves the top boundary of the stack by an exact distance everywhere (conformal growth, > 0) or the gas's (< 0).
void offset_surface(Surface&, double distance_nm);
/// Makes the top field a distance again; its contour moves by at most 1e-3 h where smooth. move() does so when needed.
void redistance(Surface&);

// --------------------------------------------------------------------------------------------------------- extraction
namespace level_set {
struct Chain;
}
/// The gas boundary as it stands, drawn once for several uses. Holds until phi changes next to it; rows that are added
/// to the grid do not matter.
class Contour {
  public:
    explicit Contour(const Surface&);
    const std::vector<level_set::Chain>& chains() const { return *chains_; }

  private:
    std::shared_ptr<const std::vector<level_set::Chain>> chains_;
};
/// The gas boundary as pieces of near-uniform length (0.5..1.5 `piece_nm`), corners sharper than 25 deg kept.
Section section_of(const Surface&, double piece_nm);
Section section_of(const Surface&, const Contour&, double piece_nm);
/// Solid between z = 0 and the gas boundary, corners included (nm^2 or nm^3): sum of int z dx, or 2 pi int r z dr.
double solid_above_datum(const Surface&, const Contour&);
/// Closed outlines of one material (0-based) for drawing and area: clipped at the domain.
std::vector<Polyline> outlines(const Surface&, std::size_t material);
/// Solid cross-section area (planar, nm^2 per unit depth) or volume (axial, nm^3) of material m; exact for the
/// piecewise linear interface.
double volume(const Surface&, std::size_t material);
double gas_volume(const Surface&);

struct Void {
    Polyline outline;
    double area = 0;  ///< nm^2; axial: volume, nm^3
    Vec2 centroid, top, bottom;
    double width_nm = 0;
};
/// Gas regions that have no way to the sky.
std::vector<Void> voids(const Surface&, double least_area_nm2 = 0);
/// Narrowest open gap that separates some deeper gas from the sky (nm), and its height; infinity when nothing narrows.
struct Neck {
    double gap_nm = 0, z_nm = 0;
};
Neck neck(const Surface&);
Neck neck(const Surface&, const Contour&);

// ------------------------------------------------------------------------------------------------------------- motion
/// Normal speeds on the pieces of a section, nm/s, > 0 grows into the gas. Total at a place with surface normal n:
///   V = isotropic + beam * beam_law(n_z)
/// beam_law makes the Hamiltonian orientation dependent: local Lax-Friedrichs is used when present.
/// Growth (> 0) adds to the top material whatever is exposed. Removal uses the speed of the exposed material; give one
/// row per material then (rows bottom up), one row else. Beam rows come in groups of isotropic.size(), and add.
struct SurfaceSpeed {
    std::vector<std::vector<double>> isotropic;
    std::vector<std::vector<double>> beam;
    std::vector<std::function<double(double)>> beam_law;  ///< per row of `beam`; argument n_z in [-1, 1]
};
enum class SpaceOrder { first, weno3, weno5 };
enum class TimeOrder { euler, rk2, rk3 };
struct MotionOptions {
    SpaceOrder space = SpaceOrder::weno5;
    TimeOrder time = TimeOrder::rk3;
    double cfl = 0.45;
    bool freeze_voids = true;  ///< sealed gas does not move
};
struct MotionReport {
    int substeps = 0;
    double added = 0, removed = 0;  ///< area or volume, from phi
    double farthest_nm = 0;         ///< largest displacement
};
/// Moves the surface for `duration_s` with speeds frozen on the given section (extended along normals).
MotionReport move(Surface&, const Section&, const SurfaceSpeed&, double duration_s, const MotionOptions& = {});
/// A surface about to leave a section of it, for several trial motions: its feet are found once. Makes its band ready.
class Departure {
  public:
    /// `way_nm`: how far each piece may go. Where two are equally near, the one that goes less far counts.
    Departure(Surface&, const Contour&, const Section&, std::span<const double> way_nm);
    ~Departure();
    Surface moved(const SurfaceSpeed&, double duration_s, const MotionOptions& = {}) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};
/// Mean of two speeds on the pieces of a section: its own, and those of a later section at the places its pieces reach
/// after `way_nm` along their normals. Where nothing of the later section is near, its own.
SurfaceSpeed mean_speed(const Section&, const SurfaceSpeed&, std::span<const double> way_nm, const Section& later,
                        const SurfaceSpeed& of_later);
/// Distances for the nodes that a motion by up to `way_nm` is about to reach; move() does so for the surface it moves.
/// A surface that is to be blended with a moved copy wants it before it is copied.
void refresh_band(Surface&, double way_nm);
/// phi <- (1 - w) a + w b, material by material: combines the stages of a Runge-Kutta step.
Surface blend(const Surface& a, const Surface& b, double w);

}  // namespace damascene::feature
