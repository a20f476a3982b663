// Arrival by rays against closed forms and the tables of the radiosity integral equation.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "damascene/base/parallel.hpp"
#include "feature_rays/shapes.hpp"

namespace damascene::feature {
namespace {

// Student's t, 15 degrees of freedom, two-sided 95 %.
constexpr double t95 = 2.1314;

struct Row {
    double aspect, sticking, wall_mid, bottom_mean, wall_mean;
};
std::vector<Row> table(const std::string& name) {
    std::ifstream file(std::string(DAMASCENE_TEST_DATA) + "/reference/" + name);
    std::vector<Row> rows;
    for (std::string text; std::getline(file, text);) {
        if (text.empty() || text[0] == '#' || text[0] == 'A') continue;
        std::array<double, 10> v{};
        std::istringstream cells(text);
        for (double& x : v) {
            std::string cell;
            std::getline(cells, cell, ',');
            x = std::stod(cell);
        }
        rows.push_back({v[0], v[1], v[3], v[6], v[7]});
    }
    return rows;
}

RayOptions sized(std::int64_t per_scramble, std::uint64_t seed = 1) {
    return {.rel_error = 1e-9, .max_rays = 16 * per_scramble, .seed = seed, .start = RayStart::source};
}

struct Count {
    int inside = 0, all = 0;
    double share() const { return static_cast<double>(inside) / all; }
    void note(const MeanFlux& flux, double exact) {
        ++all;
        inside += std::abs(flux.value - exact) <= t95 * flux.standard_error;
    }
};

const std::vector<double> wall_cuts = {0, 0.49, 0.51, 1};  // 2 % of the depth about its middle

TEST(TrenchFlux, NinetyFivePercentBarsHoldTheTable) {
    Count count;
    std::uint64_t seed = 100;
    for (const Row& row : table("trench_static_flux.csv")) {
        const auto mesh = extruded(shapes::trench(row.aspect, wall_cuts, 1), 2, 1);
        const auto flux = ray_flux(mesh, box_of(mesh), {.sticking = {row.sticking}}, sized(1024, ++seed));
        auto wall = shapes::pieces(1, 4, 2), middle = shapes::pieces(2, 3, 2);
        for (std::int32_t t : shapes::pieces(5, 8, 2)) wall.push_back(t);
        for (std::int32_t t : shapes::pieces(6, 7, 2)) middle.push_back(t);
        count.note(mean_flux(mesh, flux, shapes::pieces(4, 5, 2)), row.bottom_mean);
        count.note(mean_flux(mesh, flux, wall), row.wall_mean);
        count.note(mean_flux(mesh, flux, middle), row.wall_mid);
        EXPECT_EQ(flux.lost, 0);
    }
    EXPECT_GE(count.all, 200);
    EXPECT_GE(count.share(), 0.93);
    EXPECT_LE(count.share(), 0.985);
}

// 128 facets: the wall is 1e-4 longer than the circle's.
TEST(ViaFlux, NinetyFivePercentBarsHoldTheTable) {
    Count count;
    std::uint64_t seed = 300;
    constexpr int around = 128;
    for (const Row& row : table("via_static_flux.csv")) {
        const auto mesh = revolved(shapes::via(row.aspect, wall_cuts, 1), around);
        const auto flux = ray_flux(mesh, box_of(mesh), {.sticking = {row.sticking}}, sized(1024, ++seed));
        const auto band = [&](int first, int last) {  // the bottom is a fan of `around`, further pieces have twice that
            std::vector<std::int32_t> out;
            for (int t = first ? around + 2 * around * (first - 1) : 0; t < around + 2 * around * (last - 1); ++t)
                out.push_back(t);
            return out;
        };
        count.note(mean_flux(mesh, flux, band(0, 1)), row.bottom_mean);
        count.note(mean_flux(mesh, flux, band(1, 4)), row.wall_mean);
        count.note(mean_flux(mesh, flux, band(2, 3)), row.wall_mid);
        EXPECT_EQ(flux.lost, 0);
    }
    EXPECT_GE(count.all, 200);
    EXPECT_GE(count.share(), 0.93);
    EXPECT_LE(count.share(), 0.985);
}

// Direct flux, mean over [a, b] of the bottom: [sqrt(u^2 + d^2)] / 2 at both walls; of a wall: [z - sqrt(z^2 + 1)] / 2.
TEST(TrenchFlux, BarsHoldEveryStripOfTheDirectFlux) {
    constexpr int strips = 80;
    constexpr double depth = 2;
    const auto mesh = extruded(shapes::trench(depth, shapes::even_cuts(strips), strips), 1, 1);
    const auto flux = ray_flux(mesh, box_of(mesh), {.sticking = {1}}, sized(2048, 7));
    Count count;
    for (int k = 0; k < strips; ++k) {
        const double a = static_cast<double>(k) / strips, b = static_cast<double>(k + 1) / strips;
        const auto slant = [](double u) { return std::hypot(u, depth); };
        const double bottom = (slant(b) - slant(a) + slant(1 - a) - slant(1 - b)) / (2 * (b - a));
        const double wall =
            (depth * (b - a) - std::hypot(depth * b, 1) + std::hypot(depth * a, 1)) / (2 * depth * (b - a));
        count.note(mean_flux(mesh, flux, shapes::pieces(1 + strips + k, 2 + strips + k, 2)), bottom);
        count.note(mean_flux(mesh, flux, shapes::pieces(1 + k, 2 + k, 2)), wall);
        count.note(mean_flux(mesh, flux, shapes::pieces(3 * strips - k, 3 * strips + 1 - k, 2)), wall);
    }
    EXPECT_EQ(count.all, 3 * strips);
    EXPECT_GE(count.share(), 0.93);
}

// H = f / (f + s (1 - f)), f = missing cap / sphere: the same everywhere in the pit.
TEST(SphericalPit, FluxIsUniformAndHasItsClosedForm) {
    for (double polar : {std::numbers::pi / 2, 0.75 * std::numbers::pi})
        for (double s : {0.5, 0.1}) {
            constexpr int rows = 48, around = 32;
            const auto mesh = revolved(shapes::spherical_pit(polar, rows), around);
            const auto flux = ray_flux(mesh, box_of(mesh), {.sticking = {s}}, {.rel_error = 0.03, .seed = 11});
            const auto sent = ray_flux(mesh, box_of(mesh), {.sticking = {s}}, sized(4096, 11));
            const double f = (1 + std::cos(polar)) / 2, exact = f / (f + s * (1 - f));
            const double facets = 4e-4 * exact;  // inscribed rows: the area of the sphere to (polar / rows)^2 / 8
            const auto ring = [&](int a, int b) { return shapes::pieces(std::max(2 * a - 1, 0), 2 * b - 1, around); };
            const MeanFlux all = mean_flux(mesh, flux, ring(0, rows));
            EXPECT_NEAR(all.value, exact, 3 * all.standard_error + facets) << polar << " " << s;
            EXPECT_LT(all.standard_error, 1e-3 * exact);
            EXPECT_TRUE(flux.missed.empty());
            const MeanFlux from_source = mean_flux(mesh, sent, ring(0, rows));
            EXPECT_NEAR(from_source.value, exact, 3 * from_source.standard_error + facets) << polar << " " << s;
            for (int quarter = 0; quarter < 4; ++quarter) {
                const MeanFlux part = mean_flux(mesh, flux, ring(rows * quarter / 4, rows * (quarter + 1) / 4));
                EXPECT_NEAR(part.value, exact, 3.5 * part.standard_error + 2 * facets)
                    << polar << " " << s << " " << quarter;
            }
        }
}

// Isotropic scattering between a cosine inlet and an absorbing floor at optical depth L / lambda.
TEST(GasSlab, TransmissionHasItsValue) {
    const std::vector<std::array<double, 2>> exact = {{0.1, 0.915703}, {0.5, 0.704169}, {1, 0.553406},
                                                      {2, 0.390060},   {5, 0.207657},   {10, 0.116745}};
    const auto mesh = extruded(shapes::flat(), 10, 1);
    for (const auto& [depth, transmission] : exact) {
        RayDomain box = box_of(mesh);
        box.source_z_nm = 1;
        const auto flux = ray_flux(mesh, box, {.sticking = {1}, .mean_free_path_nm = 1 / depth}, sized(80000, 5));
        const MeanFlux floor = mean_flux(mesh, flux, {0, 1});
        EXPECT_LE(floor.standard_error, 5e-4);
        EXPECT_NEAR(floor.value, transmission, 3 * floor.standard_error) << depth;
        EXPECT_NEAR(flux.captured + flux.escaped, 1, 1e-12);
    }
}

// Centre of a trench under cos^n: int over the visible angles of cos^n; here the mean over the bottom from a double
// integral, n = 50, aspect ratio 4 (midpoint rule to 1e-7).
TEST(BeamFlux, NarrowSourceReachesTheBottom) {
    constexpr double depth = 4, n = 50;
    double norm = 0, mean = 0;
    constexpr int angles = 20000;
    for (int k = 0; k < angles; ++k) {
        const double a = (k + 0.5) / angles * std::numbers::pi / 2, w = std::pow(std::cos(a), n);
        norm += w;
        mean += w * std::max(0.0, 1 - depth * std::tan(a));  // share of the bottom that sees this angle
    }
    const auto mesh = extruded(shapes::trench(depth, {0, 1}, 1), 2, 1);
    const auto flux = ray_flux(mesh, box_of(mesh), {.sticking = {1}, .beam = {.cosine_power = n}}, sized(8192, 3));
    const MeanFlux bottom = mean_flux(mesh, flux, shapes::pieces(2, 3, 2));
    EXPECT_LT(bottom.standard_error, 1e-3);
    EXPECT_NEAR(bottom.value, mean / norm, 3 * bottom.standard_error);
}

// A ray tilted by a: the far wall of a trench takes cos(theta)/cos(a) = tan a down to depth 1 / tan a, the near one
// none.
TEST(BeamFlux, TiltedRayLightsOneWall) {
    const double tilt = std::atan(0.4);
    const auto mesh = extruded(shapes::trench(5, {0, 0.5, 1}, 1), 1, 1);
    const auto flux = ray_flux(mesh, box_of(mesh), {.sticking = {1}, .beam = {.tilt_rad = tilt}}, sized(4096));
    EXPECT_EQ(flux.incident[2], 0);
    const MeanFlux upper = mean_flux(mesh, flux, shapes::pieces(5, 6, 2)),
                   lower = mean_flux(mesh, flux, shapes::pieces(4, 5, 2));
    EXPECT_NEAR(upper.value, 0.4, 0.4 * 1e-3);
    EXPECT_EQ(lower.value, 0);
}

TEST(RayFlux, NothingIsLostAndTheBalanceCloses) {
    for (const Side side : {Side::mirror, Side::periodic}) {
        const auto mesh = extruded(shapes::trench(3, shapes::even_cuts(30), 20), 0.7, 9);
        const auto flux = ray_flux(mesh, box_of(mesh, side), {.sticking = {0.02}}, sized(1 << 16));
        EXPECT_EQ(flux.lost, 0);
        EXPECT_NEAR(flux.captured + flux.escaped + flux.roulette, flux.entering, 1e-12);
        EXPECT_LT(std::abs(flux.roulette), 2e-3);
        double scored = 0;
        for (std::size_t t = 0; t < flux.incident.size(); ++t) {
            const auto& p = mesh.points;
            const auto& c = mesh.triangles[t];
            const auto at = [&](int k) { return p[static_cast<std::size_t>(c[static_cast<std::size_t>(k)])]; };
            const double ux = at(1)[0] - at(0)[0], uy = at(1)[1] - at(0)[1], uz = at(1)[2] - at(0)[2];
            const double vx = at(2)[0] - at(0)[0], vy = at(2)[1] - at(0)[1], vz = at(2)[2] - at(0)[2];
            const double area = 0.5 * std::hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
            scored += 0.02 * flux.incident[t] * area / (1.2 * 0.7);
        }
        EXPECT_NEAR(scored, flux.captured, 1e-10);
    }
}

// A trench that straddles the seam of a periodic box gets what a centred one gets.
TEST(RayFlux, PeriodicBoxHasNoSeam) {
    Section shifted{.symmetry = Symmetry::planar, .pieces = {}, .chain_begin = {0}};
    shapes::line(shifted, {0, -2}, {0.5, -2}, 1);
    shapes::line(shifted, {0.5, -2}, {0.5, 0}, 1);
    shapes::line(shifted, {0.5, 0}, {0.7, 0}, 1);
    shapes::line(shifted, {0.7, 0}, {0.7, -2}, 1);
    shapes::line(shifted, {0.7, -2}, {1.2, -2}, 1);
    const RaySpecies species = {.sticking = {0.2}, .beam = {.cosine_power = 3, .tilt_rad = 0.3}};
    const auto a = extruded(shifted, 1, 1), b = extruded(shapes::trench(2, {0, 1}, 1), 1, 1);
    const auto fa = ray_flux(a, box_of(a, Side::periodic), species, sized(1 << 14));
    const auto fb = ray_flux(b, box_of(b, Side::periodic), species, sized(1 << 14, 2));
    EXPECT_EQ(fa.lost, 0);
    const auto same = [&](const std::vector<std::int32_t>& ta, const std::vector<std::int32_t>& tb) {
        const MeanFlux x = mean_flux(a, fa, ta), y = mean_flux(b, fb, tb);
        EXPECT_NEAR(x.value, y.value, 3.5 * std::hypot(x.standard_error, y.standard_error));
    };
    same({0, 1, 8, 9}, {4, 5});
    same({2, 3}, {6, 7});
    same({6, 7}, {2, 3});
}

TEST(RayFlux, SameBitsAtAnyThreadCount) {
    const auto mesh = extruded(shapes::trench(2, shapes::even_cuts(20), 10), 1, 10);
    const int before = thread_count();
    std::vector<RayFlux> flux;
    for (int threads : {1, 2, 3}) {
        set_thread_count(threads);
        flux.push_back(ray_flux(mesh, box_of(mesh), {.sticking = {0.05}}, sized(20000)));
    }
    set_thread_count(before);
    for (std::size_t k : {1u, 2u}) {
        EXPECT_EQ(flux[0].by_scramble, flux[k].by_scramble);
        EXPECT_EQ(flux[0].standard_error, flux[k].standard_error);
        EXPECT_EQ(flux[0].flights, flux[k].flights);
        EXPECT_EQ(flux[0].escaped, flux[k].escaped);
    }
}

TEST(RayFlux, StopsWhenEveryElementHasItsError) {
    const auto mesh = extruded(shapes::trench(1, {0, 1}, 1), 1, 1);
    const auto loose =
        ray_flux(mesh, box_of(mesh), {.sticking = {0.5}}, {.rel_error = 0.02, .start = RayStart::source});
    const auto tight =
        ray_flux(mesh, box_of(mesh), {.sticking = {0.5}}, {.rel_error = 0.002, .start = RayStart::source});
    EXPECT_TRUE(loose.missed.empty());
    EXPECT_TRUE(tight.missed.empty());
    EXPECT_GT(tight.rays, loose.rays);
    for (std::size_t t = 0; t < tight.incident.size(); ++t)
        EXPECT_LE(tight.standard_error[t], 0.002 * tight.incident[t]);
    const auto poor = ray_flux(mesh, box_of(mesh), {.sticking = {0.5}},
                               {.rel_error = 1e-5, .max_rays = 1600, .start = RayStart::source});
    EXPECT_EQ(poor.missed.size(), poor.incident.size());
    EXPECT_EQ(poor.rays, 1600);
}

TEST(RayFlux, CanBeCancelledAndReportsProgress) {
    const auto mesh = extruded(shapes::flat(), 10, 1);
    std::atomic<bool> stop = false;
    double last = 0;
    int calls = 0;
    Context context;
    context.cancel_requested = &stop;
    context.on_progress = [&](const Progress& p) {
        EXPECT_GE(p.done, last);
        last = p.done;
        stop = ++calls == 3;
    };
    EXPECT_THROW(ray_flux(mesh, box_of(mesh), {.sticking = {1}}, sized(1 << 22), context), Cancelled);
    EXPECT_EQ(calls, 3);
}

double rms_error(const RayFlux& flux) {
    double sum = 0;
    for (double e : flux.standard_error) sum += e * e;
    return std::sqrt(sum / static_cast<double>(flux.standard_error.size()));
}

// Slope of the RMS error of the elements over a factor 64 of rays; independent draws fall like n^-0.5.
TEST(RayFlux, ErrorFallsFasterThanIndependentDraws) {
    const auto mesh = extruded(shapes::trench(1, {0, 1}, 1), 2, 1);
    for (const RayStart start : {RayStart::source, RayStart::surface, RayStart::gather}) {
        const auto rms = [&](std::int64_t rays, bool quasi) {
            RayOptions options = {.rel_error = 1e-9, .max_rays = rays, .seed = 21, .start = start};
            options.quasi_random = quasi;
            return rms_error(ray_flux(mesh, box_of(mesh), {.sticking = {0.5}}, options));
        };
        const std::int64_t few =
            start == RayStart::source ? 1 << 14 : static_cast<std::int64_t>(mesh.triangles.size()) << 11;
        const auto slope = [&](bool quasi) {
            return std::log(rms(64 * few, quasi) / rms(few, quasi)) / std::log(64.0);
        };
        const double quasi = slope(true), plain = slope(false);
        RecordProperty(start == RayStart::source ? "source" : "surface", std::to_string(quasi));
        EXPECT_LE(quasi, start == RayStart::source ? -0.6 : -0.57);
        EXPECT_NEAR(plain, -0.5, 0.1);  // ten errors known to 18 % each
    }
}

// Both estimators, the same values; from the surface in fewer flights than independent draws from the source
// where most particles leave again.
TEST(RayFlux, SurfaceStartAgreesAndIsCheaper) {
    const auto mesh = extruded(shapes::trench(4, shapes::even_cuts(16), 4), 1, 8);
    const RaySpecies species = {.sticking = {0.01}};
    RayOptions plain = {.rel_error = 1e-9, .max_rays = 1 << 20, .start = RayStart::source};
    plain.quasi_random = false;
    const auto sent = ray_flux(mesh, box_of(mesh), species, plain);
    const auto back = ray_flux(mesh, box_of(mesh), species, {.rel_error = 0.01, .start = RayStart::surface});
    double chi = 0;
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t) {
        const double spread = std::hypot(sent.standard_error[t], back.standard_error[t]);
        chi += std::pow((sent.incident[t] - back.incident[t]) / spread, 2);
    }
    EXPECT_NEAR(chi / static_cast<double>(mesh.triangles.size()), 1, 0.35);
    const auto work = [](const RayFlux& f) { return rms_error(f) * rms_error(f) * static_cast<double>(f.flights); };
    RecordProperty("gain", std::to_string(work(sent) / work(back)));
    EXPECT_GT(work(sent) / work(back), 5);
    EXPECT_NEAR(back.captured + back.escaped, 1, 5e-3);
    EXPECT_EQ(back.lost, 0);
}

// One flight per ray and a linear system give what whole walks give, for a fraction of the flights.
TEST(RayFlux, GatheringAgreesWithWalksAndIsCheaper) {
    const auto mesh = extruded(shapes::trench(4, shapes::even_cuts(16), 4), 1, 8);
    for (const double sticking : {0.5, 0.1, 0.01}) {
        const RaySpecies species = {.sticking = {sticking}};
        const auto walked =
            ray_flux(mesh, box_of(mesh), species, {.rel_error = 0.02, .seed = 3, .start = RayStart::surface});
        const auto gathered =
            ray_flux(mesh, box_of(mesh), species, {.rel_error = 0.02, .seed = 4, .start = RayStart::gather});
        double chi = 0, mean = 0;
        for (std::size_t t = 0; t < mesh.triangles.size(); ++t) {
            const double spread = std::hypot(walked.standard_error[t], gathered.standard_error[t]);
            if (spread > 0) chi += std::pow((walked.incident[t] - gathered.incident[t]) / spread, 2);
            mean += (walked.incident[t] - gathered.incident[t]) / walked.incident[t];
        }
        const auto n = static_cast<double>(mesh.triangles.size());
        EXPECT_NEAR(chi / n, 1, 0.4) << sticking;
        EXPECT_NEAR(mean / n, 0, 3e-3) << sticking;
        const auto work = [](const RayFlux& f) { return rms_error(f) * rms_error(f) * static_cast<double>(f.flights); };
        EXPECT_GT(work(walked) / work(gathered), 1.5) << sticking;
        EXPECT_NEAR(gathered.captured + gathered.escaped, 1, 1e-2) << sticking;
        EXPECT_EQ(gathered.lost, 0);
        EXPECT_TRUE(gathered.missed.empty());
    }
}

// A sealed void receives nothing even where nothing sticks.
TEST(RayFlux, SealedVoidGetsNothing) {
    Section s = shapes::trench(1, {0, 1}, 1);
    s.chain_begin.push_back(s.size());
    for (const auto& [a, b] : std::vector<std::pair<Vec2, Vec2>>{{{-0.2, -1.5}, {-0.2, -2}},
                                                                 {{-0.2, -2}, {0.2, -2}},
                                                                 {{0.2, -2}, {0.2, -1.5}},
                                                                 {{0.2, -1.5}, {-0.2, -1.5}}})
        shapes::line(s, a, b, 1);
    const auto mesh = extruded(s, 1, 1);
    RaySpecies species = {.sticking = std::vector<double>(mesh.triangles.size(), 0.0)};
    species.sticking[0] = 1;
    for (const RayStart start : {RayStart::source, RayStart::surface, RayStart::gather}) {
        const auto flux =
            ray_flux(mesh, box_of(mesh), species, {.rel_error = 0.02, .max_rays = 1 << 16, .start = start});
        for (std::size_t t = 10; t < 18; ++t) EXPECT_EQ(flux.incident[t], 0) << t;
        EXPECT_NEAR(flux.incident[4], 1, 0.1);
    }
}

}  // namespace
}  // namespace damascene::feature
