// Thermal oxidation of silicon of any section: quasi-steady diffusion, moving fronts.
//
//   lap c = 0 in the oxide;  c = 1 at the gas;  dc/dn = (2/A) c at silicon;  dc/dn = 0 at masks
//   G = (B/A) c + C exp(-x/L): oxide per area and time;  silicon front -0.44 G
//
// The oxide made displaces what lies above by 0.56 G. Flow by a potential (no slip resistance, pressure 0 at the gas,
// masks held) obeys the same equations, so the gas front moves at 0.56 (B/2) dc/dn  [Deal & Grove 1965; Kao 1987].
// Where the oxide is thinner than three cells the local law takes over, with the curvature k of the front:
// path = x - k x^2/2, G = B/(A + 2 path), gas front 0.56 G (1 - k x).
#include "damascene/feature/oxidation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "feature/kinetics/oxide_diffusion.hpp"
#include "feature/models/rows.hpp"

namespace damascene::feature {
namespace {

using level_set::interpolate;
using level_set::Lattice;
using level_set::lattice_of;
using oxidation::cover_nm;
using oxidation::OxidantField;
using oxidation::Stack;

constexpr double thin_cells = 2, thick_cells = 4;  // local law below, diffusion above, both between

/// Rates in nm and s.
struct Law {
    double parabolic = 0, linear = 0, surplus = 0, surplus_length = 7;
    double A() const { return parabolic / linear; }
    double local(double x, double curvature) const {
        return parabolic / (A() + 2 * (x - 0.5 * bend(x, curvature) * x)) + thin(x);
    }
    double thin(double x) const { return surplus * std::exp(-x / surplus_length); }
    static double bend(double x, double curvature) { return std::clamp(curvature * x, -0.5, 0.5); }
};

Law law_of(const OxidationRates& r) {
    return {r.parabolic * 1e6 / 3600, r.linear * 1e3 / 3600, r.surplus * 1e3 / 3600, r.surplus_length_um * 1e3};
}

struct Front {
    Section section;
    std::vector<double> speed;  ///< nm/s, > 0 grows
};
struct Fronts {
    Front silicon, oxide;
};

Surface alone(const Surface& s, std::size_t m) {
    return {s.symmetry, s.left, s.right, s.grid, {s.materials[m]}, {s.phi[m]}};
}

/// div(grad phi/|grad phi|) at a place, > 0 for a rod; axial: with n_r / r.
double curvature(const Lattice& l, const std::vector<double>& phi, Vec2 p, Vec2 n) {
    const double d = l.h;
    const auto f = [&](double x, double z) { return interpolate(l, phi, {x, z}); };
    const double around =
        (f(p.x + d, p.z) + f(p.x - d, p.z) + f(p.x, p.z + d) + f(p.x, p.z - d) - 4 * f(p.x, p.z)) / (d * d);
    const double revolved = l.symmetry == Symmetry::axial && p.x > d ? n.x / p.x : 0;
    return std::clamp(around + revolved, -0.5 / d, 0.5 / d);
}

double smooth(double low, double high, double x) {
    const double t = std::clamp((x - low) / (high - low), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

class Oxidation {
  public:
    Oxidation(const Surface& s, Stack stack, const Law& law)
        : s_(s),
          stack_(stack),
          law_(law),
          l_(lattice_of(s)),
          field_(s, stack, 2 / law.A()),
          open_(oxidation::open_gas(s, l_)) {}

    Fronts fronts(double piece_nm) const {
        Fronts f;
        f.silicon.section = section_of(alone(s_, stack_.silicon), piece_nm);
        f.oxide.section = section_of(alone(s_, stack_.oxide), piece_nm);
        for (const Piece& p : f.silicon.section.pieces)
            f.silicon.speed.push_back(-silicon_consumed * made(midpoint(p), normal(p)));
        for (const Piece& p : f.oxide.section.pieces) f.oxide.speed.push_back(swelling(midpoint(p), normal(p)));
        return f;
    }

  private:
    double h() const { return l_.h; }
    bool masked(Vec2 p) const { return cover_nm(s_, stack_, l_, p) > 0.25 * h(); }
    bool sealed(Vec2 p, Vec2 n) const {
        const Vec2 q{p.x + 1.5 * h() * n.x, p.z + 1.5 * h() * n.z};
        const int i = l_.column(static_cast<int>(std::lround((q.x - l_.x0) / h()))),
                  j = l_.row(static_cast<int>(std::lround((q.z - l_.z0) / h())));
        const std::size_t n_q = l_.index(i, j);
        return s_.phi.back().values[n_q] > 0 && !open_[n_q];
    }
    bool inert(Vec2 p) const {
        return stack_.silicon > 0 && interpolate(l_, s_.phi[stack_.silicon - 1].values, p) -
                                             interpolate(l_, s_.phi[stack_.silicon].values, p) <
                                         0.25 * h();
    }
    /// Oxide per area and time on silicon.
    double made(Vec2 p, Vec2 n) const {
        if (inert(p)) return 0;
        const double x = std::max(0.0, -interpolate(l_, s_.phi[stack_.oxide].values, p));
        const double w = smooth(thin_cells * h(), thick_cells * h(), x);
        const std::optional<double> c = w > 0 ? field_.at_silicon(p, n) : std::nullopt;
        const double by_field = c ? law_.linear * std::max(0.0, *c) + law_.thin(x) : 0;
        if (c && w == 1) return by_field;
        const Vec2 foot{p.x + x * n.x, p.z + x * n.z};
        const double by_law =
            masked(foot) || sealed(foot, n) ? 0.0 : law_.local(x, curvature(l_, s_.phi[stack_.silicon].values, p, n));
        return c ? w * by_field + (1 - w) * by_law : by_law;
    }
    /// Speed of the oxide's free surface.
    double swelling(Vec2 p, Vec2 n) const {
        if (masked(p) || sealed(p, n)) return 0;
        const double x = std::max(0.0, interpolate(l_, s_.phi[stack_.silicon].values, p));
        const double w = smooth(thin_cells * h(), thick_cells * h(), x);
        const double k = curvature(l_, s_.phi[stack_.oxide].values, p, n), gathered = 1 - Law::bend(x, k);
        const std::optional<double> slope = w > 0 ? field_.slope_at_gas(p, n) : std::nullopt;
        const double by_field = slope ? std::max(0.0, 0.5 * law_.parabolic * *slope) + law_.thin(x) * gathered : 0;
        const Vec2 foot{p.x - x * n.x, p.z - x * n.z};
        // An exact cylinder: path = (a/b) int dr (b/r), so the front's own curvature serves as well as the silicon's.
        const double by_law = inert(foot) && x < h() ? 0.0 : law_.local(x, k) * gathered;
        return (1 - silicon_consumed) * (slope ? w * by_field + (1 - w) * by_law : by_law);
    }

    const Surface& s_;
    Stack stack_;
    Law law_;
    Lattice l_;
    OxidantField field_;
    std::vector<bool> open_;
};

Field2<double> moved(const Surface& s, std::size_t m, const Front& front, double dt) {
    Surface one = alone(s, m);
    MotionOptions options;
    options.freeze_voids = false;
    if (!front.section.pieces.empty()) move(one, front.section, {{front.speed}, {}, {}}, dt, options);
    return one.phi[0];
}

/// Both fronts as distances, so that depths can be read from phi.
Surface measured(Surface s, Stack stack) {
    for (std::size_t m : {stack.silicon, stack.oxide}) {
        Surface one = alone(s, m);
        redistance(one);
        s.phi[m] = std::move(one.phi[0]);
    }
    return s;
}

/// Silicon and oxide fronts move; masks stay, and the oxide grows round them.
Surface advanced(const Surface& s, Stack stack, const Fronts& fronts, double dt) {
    Surface out = s;
    out.phi[stack.silicon] = moved(s, stack.silicon, fronts.silicon, dt);
    out.phi[stack.oxide] = moved(s, stack.oxide, fronts.oxide, dt);
    const std::size_t last = s.phi.size() - 1;
    for (std::size_t n = 0; n < s.grid.size(); ++n) {
        double& silicon = out.phi[stack.silicon].values[n];
        double& oxide = out.phi[stack.oxide].values[n];
        if (stack.silicon > 0) silicon = std::min(silicon, s.phi[stack.silicon - 1].values[n]);
        const double old = s.phi[stack.oxide].values[n], outside = std::max(s.phi[last].values[n], -old);
        if (last > stack.oxide && outside < 0) oxide = std::max(oxide, -outside);
        oxide = std::min(oxide, silicon);
        for (std::size_t m = stack.oxide + 1; m <= last; ++m) {
            const bool nothing = std::abs(s.phi[m].values[n] - s.phi[m - 1].values[n]) < 1e-9;
            out.phi[m].values[n] =
                nothing ? out.phi[m - 1].values[n] : std::min(s.phi[m].values[n], out.phi[m - 1].values[n]);
        }
    }
    return out;
}

/// Distances for the nodes that both stages of a step reach, before the surface is blended with its moved copy.
Surface readied(Surface s, Stack stack, double way_nm) {
    for (std::size_t m : {stack.silicon, stack.oxide}) {
        Surface one = alone(s, m);
        refresh_band(one, way_nm);
        s.phi[m] = std::move(one.phi[0]);
    }
    return s;
}

Fronts fronts_of(const Surface& s, Stack stack, const Law& law, double piece_nm) {
    const Surface distances = measured(s, stack);
    return Oxidation(distances, stack, law).fronts(piece_nm);
}

double largest(const Front& f) {
    double v = 0;
    for (double s : f.speed) v = std::max(v, std::abs(s));
    return v;
}

/// Index of the silicon; a layer of oxide right above it, new unless it is there.
Stack with_oxide(Surface& s, const std::string& silicon, const std::string& oxide) {
    const auto found = std::find(s.materials.begin(), s.materials.end(), silicon);
    if (found == s.materials.end())
        throw InputError("D0409", "no material '" + silicon + "' to oxidise", [&] {
            const std::string near = nearest_name(silicon, s.materials);
            return near.empty() ? "one of the materials that are there, silicon = \"" + s.materials.front() + "\""
                                : "did you mean '" + near + "'?";
        }());
    const auto m = static_cast<std::size_t>(found - s.materials.begin());
    if (m + 1 < s.materials.size() && s.materials[m + 1] == oxide) return {m, m + 1};
    s.materials.insert(s.materials.begin() + static_cast<std::ptrdiff_t>(m) + 1, oxide);
    const Field2<double> copy = s.phi[m];
    s.phi.insert(s.phi.begin() + static_cast<std::ptrdiff_t>(m) + 1, copy);
    return {m, m + 1};
}

/// Thickness per place of the starting surface: way to the gas less way to the silicon.
std::vector<WallPoint> oxide_along(const Surface& start, const Surface& end, Stack stack, double piece_nm) {
    const Section section = section_of(start, piece_nm);
    std::vector<WallPoint> wall = wall_of(section, start, end);
    const std::vector<WallPoint> inner = wall_of(section, start, alone(end, stack.silicon));
    for (std::size_t i = 0; i < wall.size(); ++i) {
        wall[i].thickness_nm -= std::min(0.0, inner[i].thickness_nm);
        if (section.pieces[i].material > static_cast<int>(stack.oxide)) wall[i].thickness_nm = 0;
    }
    return wall;
}

OxidationConditions conditions(const ParamValues& v) {
    const std::string& gas = v.text("ambient");
    return {.ambient = gas == "dry-O2"   ? Ambient::dry_o2
                       : gas == "wet-O2" ? Ambient::wet_o2
                                         : Ambient::h2o,
            .face = v.text("face") == "111" ? SiliconFace::face_111 : SiliconFace::face_100,
            .temperature_K = v.real("temperature"),
            .pressure_atm = v.real("pressure") / 101325.0,
            .linear_exponent = v.real("linear_exponent"),
            .thin_regime = v.boolean("thin_regime")};
}

/// Hours; the flat field starts with the native oxide.
double hours_of(const ParamValues& v, const OxidationRates& rates) {
    if (v.has("duration") == v.has("thickness"))
        throw InputError("D0402", "an oxidation wants either 'duration' or 'thickness'",
                         "duration = \"30 min\", or thickness = \"100 nm\" of oxide on flat silicon");
    if (v.has("duration")) return v.real("duration") / 3600;
    return oxidation_time(rates, v.real("thickness") * 1e6, v.real("native") * 1e6);
}

void grow_native(Surface& s, Stack stack, const Law& law, double native_nm) {
    if (native_nm <= 0) return;
    Law uniform = law;  // one step, no diffusion: the same thickness on all bare silicon
    uniform.linear = 1e9, uniform.parabolic = 1e30, uniform.surplus = 0;
    const Oxidation state(s, stack, uniform);
    Fronts f = state.fronts(2 * s.h_nm());
    for (double& v : f.silicon.speed) v = v != 0 ? -silicon_consumed * native_nm : 0;
    for (double& v : f.oxide.speed) v = v != 0 ? (1 - silicon_consumed) * native_nm : 0;
    s = advanced(s, stack, f, 1);
}

ProcessOutcome run(Surface start, const ParamValues& v, const Context& context) {
    const OxidationConditions c = conditions(v);
    const OxidationRates rates = oxidation_rates(c);
    const Law law = law_of(rates);
    const double duration = 3600 * hours_of(v, rates), native = nm_of(v, "native");
    ProcessOutcome out;
    if (const std::string_view text = oxidation_warning(c); !text.empty()) out.warnings.emplace_back(text);
    Surface s = on_grid(std::move(start), v);
    const double flat = 1e3 * oxide_thickness(rates, duration / 3600, native / 1e3), h = s.h_nm();
    const double z0 = s.grid.y0.in(nm), z1 = z0 + h * (s.grid.ny - 1);
    s = with_room(std::move(s), z0 - silicon_consumed * flat - 10 * h, z1 + flat + 10 * h);
    const Stack stack = with_oxide(s, v.text("silicon"), v.text("film"));
    if (2 * h / law.A() > 0.5)
        out.warnings.emplace_back("the grid is coarser than a quarter of A = " + std::to_string(law.A()) + " nm");
    const double piece = v.has("element") ? nm_of(v, "element") : 2 * h;
    const Surface before = s;
    const double silicon_before = volume(s, stack.silicon), oxide_before = volume(s, stack.oxide);
    out.frames.push_back(frame_of(s, 0));
    grow_native(s, stack, law, native);

    constexpr int pictures = 24;
    double time = 0;
    const auto note = [&] {
        const double gone = silicon_before - volume(s, stack.silicon), made = volume(s, stack.oxide) - oxide_before;
        out.mass_balance_error = gone > 0 ? std::abs(silicon_consumed * made - gone) / gone : 0;
        out.removed = gone, out.added = made;
        out.history.push_back({time, 1e3 * oxide_thickness(rates, time / 3600, native / 1e3), neck(s).gap_nm, made,
                               out.mass_balance_error});
    };
    note();
    while (time < duration * (1 - 1e-12) && volume(s, stack.silicon) > h * h) {
        context.check();
        const Fronts now = fronts_of(s, stack, law, piece);
        const double fastest = std::max(largest(now.silicon), largest(now.oxide));
        const double next_picture = duration * static_cast<double>(out.frames.size()) / (pictures - 1);
        double dt = std::min(duration, next_picture) - time;
        if (fastest > 0) dt = std::min(dt, v.real("largest_move") * h / fastest);
        s = readied(std::move(s), stack, 2 * dt * fastest);
        const Surface predicted = advanced(s, stack, now, dt);
        const Fronts then = fronts_of(predicted, stack, law, piece);
        s = blend(s, advanced(predicted, stack, then, dt), 0.5);
        time += dt;
        if (++out.steps % 5 == 0) s = measured(std::move(s), stack);
        note();
        if (time >= next_picture * (1 - 1e-12)) out.frames.push_back(frame_of(s, time));
        context.progress({"oxide", std::min(1.0, time / duration), {{"flat", out.history.back().field_nm}}});
    }
    if (out.frames.back().time_s < time) out.frames.push_back(frame_of(s, time));
    out.duration_s = time, out.field_thickness_nm = out.history.back().field_nm;
    out.voids = voids(s);
    out.wall = oxide_along(before, s, stack, piece);
    out.coverage = step_coverage(out.wall, s.symmetry, out.field_thickness_nm);
    out.extra = {{"oxide_flat", "oxide on flat silicon", out.field_thickness_nm, "nm"},
                 {"silicon_flat", "silicon consumed there", silicon_consumed * out.field_thickness_nm, "nm"},
                 {"parabolic_rate", "B", rates.parabolic, "um^2/h"},
                 {"linear_rate", "B/A", rates.linear, "um/h"}};
    out.surface = std::move(s);
    return out;
}

}  // namespace

extern const SurfaceModel model_oxidise;
const SurfaceModel model_oxidise =
    {.info =
         {.catalogue = "step",
          .name = "oxidise",
          .summary =
              "Thermal oxidation of silicon: diffusion through the oxide of any section, swelling by potential flow.",
          .equation = "lap c = 0; dc/dn = (2/A) c at silicon; silicon front -0.44 (B/A) c; gas front 0.56 (B/2) dc/dn",
          .citation = "DealGrove1965, Kao1987, Massoud1985",
          .params = joined({film_row("SiO2"),
                            {.name = "silicon",
                             .kind = ParamKind::text,
                             .default_text = "Si",
                             .doc = "name of the material that oxidises; what lies above it and is not the film masks"},
                            {.name = "ambient",
                             .kind = ParamKind::choice,
                             .default_text = "dry-O2",
                             .doc = "oxidant",
                             .choices = {"dry-O2", "wet-O2", "H2O"},
                             .citation = "DealGrove1965",
                             .label = "pub"},
                            {.name = "face",
                             .kind = ParamKind::choice,
                             .default_text = "100",
                             .doc = "silicon face, for all orientations",
                             .choices = {"100", "111"}},
                            {.name = "temperature",
                             .unit = "degC",
                             .default_text = "1000 degC",
                             .low = 527,
                             .high = 1426,
                             .doc = "of the furnace; constants fitted from 700 to 1250 degC",
                             .warn_low = 699.85,
                             .warn_high = 1249.85},
                            {.name = "pressure",
                             .unit = "atm",
                             .default_text = "1 atm",
                             .low = 0,
                             .high = 50,
                             .low_open = true,
                             .doc = "of the oxidant"},
                            {.name = "linear_exponent",
                             .default_text = "1",
                             .low = 0,
                             .high = 2,
                             .doc = "power of the pressure in B/A; 0.75 is used for dry oxygen",
                             .label = "recall"},
                            {.name = "thin_regime",
                             .kind = ParamKind::boolean,
                             .default_text = "false",
                             .doc = "faster growth of the first 30 nm in dry oxygen; give a native oxide with it",
                             .citation = "Massoud1985"},
                            {.name = "native",
                             .unit = "nm",
                             .default_text = "0 nm",
                             .low = 0,
                             .high = 1000,
                             .doc = "oxide on all bare silicon at the start"},
                            {.name = "thickness",
                             .unit = "nm",
                             .low = 0,
                             .high = 1e4,
                             .low_open = true,
                             .doc = "oxide wanted on flat silicon",
                             .optional = true},
                            {.name = "duration",
                             .unit = "min",
                             .low = 0,
                             .high = 1e5,
                             .low_open = true,
                             .doc = "time in the furnace",
                             .optional = true},
                            {.name = "largest_move",
                             .default_text = "0.5",
                             .low = 0.05,
                             .high = 1,
                             .doc = "of a grid spacing per time step"}},
                           grid_rows())},
     .run = run,
     .transport = false};

}  // namespace damascene::feature
