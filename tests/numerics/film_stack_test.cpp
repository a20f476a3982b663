// Films against exact recursion digits, closed forms and a dense boundary-value solution. V-27, V-41.
#include "damascene/numerics/film_stack.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include "digits.hpp"

namespace damascene::numerics {
namespace {

using Complex = std::complex<double>;
constexpr double pi = std::numbers::pi;

double radians(double degrees) { return degrees * pi / 180; }

std::vector<std::vector<std::string>> table(const std::string& name, std::size_t columns) {
    std::ifstream in(std::string(DAMASCENE_TEST_DATA) + "/reference/" + name);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> cells(1);
        bool quoted = false;
        for (const char c : line)
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                cells.emplace_back();
            else
                cells.back() += c;
        if (cells.size() == columns) rows.push_back(cells);
    }
    rows.erase(rows.begin());  // names of the columns
    return rows;
}

Complex silicon(double wavelength) {  // inputs of the table
    return wavelength == 193   ? Complex(0.883, 2.778)
           : wavelength == 248 ? Complex(1.570, 3.565)
                               : Complex(6.522, 2.705);
}

Complex index_of(const std::string& text) {  // "1.69+0.0278j"
    const std::size_t plus = text.find('+');
    return {std::stod(text), std::stod(text.substr(plus + 1))};
}

/// The table rounds whole quarter waves m lambda/(4 n) to 1e-6 nm, which alone would move R by 5e-9.
double unrounded(double thickness, double quarter_wave) {
    const double whole = std::round(thickness / quarter_wave) * quarter_wave;
    return std::abs(whole - thickness) < 1e-6 ? whole : thickness;
}

TEST(FilmStack, ReflectivitiesMatchTheExactTable) {  // V-27; the table prints 10 decimals
    const auto rows = table("thin_film_reflectivity.csv", 7);
    ASSERT_EQ(rows.size(), 27u);
    for (const auto& row : rows) {
        const Length wavelength = std::stod(row[1]) * nm;
        FilmStack stack{1, {}, silicon(std::stod(row[1])), 0};
        if (!row[2].empty()) {
            const Complex n = index_of(row[2]);
            stack.films.push_back({"resist", n, unrounded(std::stod(row[3]), std::stod(row[1]) / (4 * n.real())), 0});
        }
        const bool in_resist = row[0].starts_with("resist-ambient");
        if (in_resist) stack.films.push_back({"resist", 1.7, 0, 0});
        if (row[0].find("BARC") != std::string::npos)
            stack.films.push_back({"barc", {1.82, 0.34}, std::stod(row[4]), 0});
        const double r = in_resist ? std::norm(substrate_reflection(stack, 0, wavelength, 0, PlaneWave::s))
                                   : stack_light(stack, wavelength, 0, PlaneWave::p).reflected;
        expect_digit("reflectivity, " + row[0] + " " + row[1] + " nm " + row[3] + " " + row[4],
                     "transfer matrix, table thin_film_reflectivity", r, std::stod(row[6]), 1e-10);
    }
}

FilmStack mirror(double period, double ruthenium, int pairs) {
    FilmStack stack{1, {}, {0.978, 0.01083}, 0};
    if (ruthenium > 0) stack.films.push_back({"Ru", {0.8863, 0.01706}, ruthenium, 0});
    for (int i = 0; i < pairs; ++i) {
        stack.films.push_back({"Si", {0.999, 0.001826}, 0.6 * period, 0});
        stack.films.push_back({"Mo", {0.9238, 0.006435}, 0.4 * period, 0});
    }
    return stack;
}

TEST(FilmStack, ExtremeUltravioletMirrorsMatchTheExactTable) {  // V-41, 80 and more films; 8 decimals
    int compared = 0;
    for (const auto& row : table("euv_multilayer_tmm.csv", 11)) {
        if (row[3].empty()) continue;
        const FilmStack stack = mirror(std::stod(row[2]), std::stod(row[4]), std::stoi(row[1]));
        const double kappa = std::sin(radians(std::stod(row[5])));
        const StackLight s = stack_light(stack, std::stod(row[6]) * nm, kappa, PlaneWave::s),
                         p = stack_light(stack, std::stod(row[6]) * nm, kappa, PlaneWave::p);
        const std::string source = "transfer matrix, table euv_multilayer_tmm";
        expect_digit("EUV mirror, s: " + row[0], source, s.reflected, std::stod(row[7]), 1e-8);
        expect_digit("EUV mirror, p: " + row[0], source, p.reflected, std::stod(row[8]), 1e-8);
        EXPECT_NEAR(s.reflection.real(), std::stod(row[9]), 1e-8) << row[0];
        EXPECT_NEAR(s.reflection.imag(), std::stod(row[10]), 1e-8) << row[0];
        ++compared;
    }
    EXPECT_EQ(compared, 7);
}

TEST(FilmStack, MirrorsWithSilicideLayersMatchTheExactTable) {  // V-41, the last two rows
    for (const auto& row : table("euv_multilayer_tmm.csv", 11)) {
        if (!row[3].empty()) continue;
        const bool thick_first = row[0].find("order 0") != std::string::npos;
        FilmStack stack{
            1, {{"Ru", {0.8863, 0.01706}, 2.5, 0}, {"RuSi", {0.9099, 0.01547}, 0.8, 0}}, {0.978, 0.01083}, 0};
        for (int i = 0; i < 40; ++i) {
            stack.films.push_back({"Si", {0.999, 0.001826}, 2.283, 0});
            stack.films.push_back({"MoSi2", {0.9693, 0.004333}, thick_first ? 1.661 : 1.045, 0});
            stack.films.push_back({"Mo", {0.9238, 0.006435}, 2.052, 0});
            stack.films.push_back({"MoSi2", {0.9693, 0.004333}, thick_first ? 1.045 : 1.661, 0});
        }
        EXPECT_NEAR(stack_light(stack, 13.5 * nm, std::sin(radians(6)), PlaneWave::s).reflected, std::stod(row[7]),
                    1e-8);
        EXPECT_NEAR(stack_light(stack, 13.5 * nm, std::sin(radians(6)), PlaneWave::p).reflected, std::stod(row[8]),
                    1e-8);
    }
}

TEST(FilmStack, RoughPlanesReflectByNevotAndCroce) {  // r -> r exp(-2 k0^2 q_0 q_1 s^2)
    const FilmStack smooth{1, {}, {0.9238, 0.006435}, 0}, rough{1, {}, {0.9238, 0.006435}, 0.5};
    const double kappa = std::sin(radians(60)), k0 = 2 * pi / 13.5;
    const Complex q0 = std::sqrt(Complex(1 - kappa * kappa)),
                  q1 = std::sqrt(smooth.substrate * smooth.substrate - kappa * kappa);
    EXPECT_LT(std::abs(stack_light(rough, 13.5 * nm, kappa, PlaneWave::s).reflection -
                       stack_light(smooth, 13.5 * nm, kappa, PlaneWave::s).reflection *
                           std::exp(-2 * k0 * k0 * q0 * q1 * 0.25)),
              1e-16);
}

TEST(FilmStack, RoughMirrorsReflectLess) {
    // 0.5 nm rms in the 40-pair mirror, 6 deg, s. The loss grows as the square of the roughness.
    const auto lost = [](double roughness) {
        FilmStack stack = mirror(6.95, 0, 40);
        for (Film& f : stack.films) f.roughness_nm = roughness;
        const StackLight light = stack_light(stack, 13.5 * nm, std::sin(radians(6)), PlaneWave::s);
        double sum = light.reflected + light.transmitted;
        for (const double a : light.absorbed) sum += a;
        EXPECT_NEAR(sum, 1, 1e-12);
        return 0.73025064 - light.reflected;
    };
    EXPECT_NEAR(lost(0), 0, 1e-8);
    EXPECT_NEAR(lost(0.1) / lost(0.2), 0.25, 0.01);
    EXPECT_NEAR(lost(0.5), 0.031, 0.002);  // 0.699 is left; makers of real mirrors report 0.66 to 0.70
}

FilmStack immersion_stack() {
    return {1.4366,
            {{"topcoat", {1.55, 0}, 90, 0}, {"resist", {1.70, 0.03}, 120, 0}, {"barc", {1.82, 0.34}, 38, 0}},
            {0.883, 2.778},
            0};
}

TEST(FilmStack, LightIsReflectedTransmittedOrAbsorbed) {  // R + T + A = 1; A by Poynting = volume integral of |E|^2
    const FilmStack stack = immersion_stack();
    const double k0 = 2 * pi / 193.368;
    for (const double kappa : {0.0, 0.4, 0.9, 1.2, 1.35, 1.43})
        for (const PlaneWave wave : {PlaneWave::s, PlaneWave::p}) {
            const StackLight light = stack_light(stack, 193.368 * nm, kappa, wave);
            double sum = light.reflected + light.transmitted;
            for (std::size_t f = 0; f < 3; ++f) {
                sum += light.absorbed[f];
                // A = k0 Im(n^2) / (n_0 cos(theta)) int |E|^2 dz by Simpson's rule, h ~ 0.1 nm: error ~ h^4
                const int n = 1000;
                const double d = stack.films[f].thickness_nm, h = d / n;
                std::vector<double> depth;
                for (int i = 0; i <= n; ++i) depth.push_back(i * h);
                const auto field = field_in_film(stack, f, depth, 193.368 * nm, kappa, wave);
                double integral = 0;
                for (int i = 0; i <= n; ++i) {
                    const auto& e = field[static_cast<std::size_t>(i)];
                    integral += (i == 0 || i == n ? 1
                                 : i % 2 == 1     ? 4
                                                  : 2) *
                                h / 3 * (std::norm(e.lateral) + std::norm(e.normal));
                }
                const Complex index = stack.films[f].index;
                const double q0 = std::sqrt(stack.ambient * stack.ambient - kappa * kappa);
                EXPECT_NEAR(light.absorbed[f], k0 * (index * index).imag() / q0 * integral, 1e-9) << kappa << " " << f;
            }
            EXPECT_NEAR(sum, 1, 1e-12) << kappa;
        }
}

/// Down and up amplitudes of all layers from the boundary conditions as one dense linear system: no recursion.
/// Unknowns per film: down at its top, up at its bottom; up in the ambient; down in the substrate.
Complex dense_reflection(const FilmStack& stack, double wavelength, double kappa, PlaneWave wave) {
    const std::size_t films = stack.films.size(), n = 2 * films + 2;
    const double k0 = 2 * pi / wavelength;
    std::vector<Complex> q, y;
    const auto add = [&](Complex index) {
        q.push_back(std::sqrt(index * index - kappa * kappa));
        y.push_back(wave == PlaneWave::s ? q.back() : index * index / q.back());
    };
    add(stack.ambient);
    for (const Film& f : stack.films) add(f.index);
    add(stack.substrate);
    Eigen::MatrixXcd m = Eigen::MatrixXcd::Zero(static_cast<long>(n), static_cast<long>(n));
    Eigen::VectorXcd b = Eigen::VectorXcd::Zero(static_cast<long>(n));
    for (std::size_t j = 0; j <= films; ++j) {
        const long e = static_cast<long>(2 * j), h = e + 1;
        if (j == 0) {
            b(e) = -1, b(h) = -y[0];
            m(e, 0) = 1, m(h, 0) = -y[0];
        } else {
            const Complex x = std::exp(Complex(0, 1) * k0 * q[j] * stack.films[j - 1].thickness_nm);
            const long down = static_cast<long>(2 * j - 1), up = down + 1;
            m(e, down) = x, m(e, up) = 1, m(h, down) = y[j] * x, m(h, up) = -y[j];
        }
        const long below = static_cast<long>(2 * j + 1);
        m(e, below) = -1, m(h, below) = -y[j + 1];
        if (j < films) {
            const Complex x = std::exp(Complex(0, 1) * k0 * q[j + 1] * stack.films[j].thickness_nm);
            m(e, below + 1) = -x, m(h, below + 1) = y[j + 1] * x;
        }
    }
    return Complex(m.fullPivLu().solve(b)(0));
}

TEST(FilmStack, RecursionSolvesTheBoundaryConditions) {
    for (const double kappa : {0.0, 0.7, 1.3})
        for (const PlaneWave wave : {PlaneWave::s, PlaneWave::p})
            EXPECT_LT(std::abs(stack_light(immersion_stack(), 193.368 * nm, kappa, wave).reflection -
                               dense_reflection(immersion_stack(), 193.368, kappa, wave)),
                      1e-13);
}

TEST(FilmStack, OnePlaneReflectsByFresnel) {  // n = 1.5 glass at Brewster's angle: no p light comes back
    const FilmStack glass{1, {}, 1.5, 0};
    const double brewster = std::atan(1.5);
    EXPECT_NEAR(stack_light(glass, 500 * nm, std::sin(brewster), PlaneWave::p).reflected, 0, 1e-30);
    const double cosine = std::cos(radians(30)), q = std::sqrt(2.25 - 0.25);
    EXPECT_NEAR(stack_light(glass, 500 * nm, std::sin(radians(30)), PlaneWave::s).reflected,
                std::pow((cosine - q) / (cosine + q), 2), 1e-15);
}

TEST(FilmStack, MatchedMediumCarriesTheIncidentWave) {
    const FilmStack stack = uniform_medium(1.7, 300);
    const std::vector<double> depth = {0, 17, 123.4, 300};
    const double kappa = 0.85, q = std::sqrt(1.7 * 1.7 - kappa * kappa), k0 = 2 * pi / 193;
    const auto s = field_in_film(stack, 0, depth, 193 * nm, kappa, PlaneWave::s),
               p = field_in_film(stack, 0, depth, 193 * nm, kappa, PlaneWave::p);
    for (std::size_t i = 0; i < depth.size(); ++i) {
        const Complex phase = std::polar(1.0, k0 * q * depth[i]);
        EXPECT_LT(std::abs(s[i].lateral - phase), 1e-14);
        EXPECT_LT(std::abs(p[i].lateral - q / 1.7 * phase), 1e-14);
        EXPECT_LT(std::abs(p[i].normal + kappa / 1.7 * phase), 1e-14);
    }
}

TEST(FilmStack,
     StandingWavesRepeatEveryHalfWavelength) {  // lambda / (2 Re q) between maxima, loss-free resist on silicon
    const FilmStack stack{1, {{"resist", 1.7, 200, 0}}, {0.883, 2.778}, 0};
    const double half = 193.0 / (2 * 1.7);
    for (const double z : {10.0, 33.0, 60.0}) {
        const std::vector<double> pair = {z, z + half};
        const auto e = field_in_film(stack, 0, pair, 193 * nm, 0, PlaneWave::s);
        EXPECT_NEAR(std::norm(e[0].lateral), std::norm(e[1].lateral), 1e-12);
    }
}

TEST(FilmStack, ThickAbsorbersStayFinite) {  // a transfer matrix would overflow: exp(2 k0 k d) ~ 1e3900
    const FilmStack stack{1, {{"metal", {1.0, 3.0}, 46000, 0}, {"resist", {1.7, 0.02}, 100, 0}}, {0.883, 2.778}, 0};
    const StackLight light = stack_light(stack, 193 * nm, 0.3, PlaneWave::p);
    EXPECT_NEAR(light.reflected + light.absorbed[0], 1, 1e-12);
    EXPECT_EQ(light.transmitted, 0);
    EXPECT_LT(std::abs(light.reflection - stack_light({1, {}, {1.0, 3.0}, 0}, 193 * nm, 0.3, PlaneWave::p).reflection),
              1e-14);
}

TEST(FilmStack, TotallyReflectedLightLeavesThroughThinGaps) {  // glass, air gap, glass: tunnelling falls with the gap
    const auto transmitted = [](double gap) {
        return stack_light({1.5, {{"gap", 1.0, gap, 0}}, 1.5, 0}, 500 * nm, 1.2, PlaneWave::p).transmitted;
    };
    EXPECT_NEAR(transmitted(0), 1, 1e-13);
    EXPECT_LT(transmitted(500), transmitted(100));
    // Far apart T ~ exp(-2 k0 |q| d).
    const double slope = std::log(transmitted(2000) / transmitted(1500)) / 500;
    EXPECT_NEAR(slope, -2 * 2 * pi / 500 * std::sqrt(1.44 - 1), 1e-9);
}

TEST(FilmStack, GrazingInsideAFilmIsTheLimitOfItsNeighbours) {  // kappa = n_film: q = 0
    const FilmStack stack{1.6, {{"film", 1.2, 80, 0}}, {0.883, 2.778}, 0};
    for (const PlaneWave wave : {PlaneWave::s, PlaneWave::p}) {
        const double at = stack_light(stack, 193 * nm, 1.2, wave).reflected,
                     beside = stack_light(stack, 193 * nm, 1.2 + 1e-9, wave).reflected;
        EXPECT_NEAR(at, beside, 1e-6);
    }
}

TEST(FilmStack, SlicedFilmsHaveTheFieldOfTheWholeFilm) {
    const FilmStack stack = immersion_stack();
    const std::vector<Complex> slices(24, stack.films[1].index);
    const auto sliced = intensity_in_slices(stack, 1, slices, 193.368 * nm);
    std::vector<double> depth;
    for (int k = 0; k < 24; ++k) depth.push_back((k + 0.5) * 5);
    const auto field = field_in_film(stack, 1, depth, 193.368 * nm, 0, PlaneWave::s);
    for (std::size_t k = 0; k < 24; ++k) EXPECT_NEAR(sliced[k], 1.70 / 1.4366 * std::norm(field[k].lateral), 1e-12);
}

TEST(FilmStack, BeersLawHoldsWithoutReflection) {
    // k rises and falls as sin^2 over 2 um, so hardly anything reflects: I = exp(-int alpha dz).
    const double n = 1.7, d = 2000, k0 = 2 * pi / 365;
    const int slices = 400;
    const FilmStack stack{n, {{"resist", {n, 0.01}, d, 0}}, n, 0};
    std::vector<Complex> index;
    for (int i = 0; i < slices; ++i) index.push_back({n, 1e-2 * std::pow(std::sin(pi * (i + 0.5) / slices), 2)});
    const auto intensity = intensity_in_slices(stack, 0, index, 365 * nm);
    double depth_sum = 0, worst = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
        const double alpha = 2 * k0 * index[i].imag(), dz = d / slices;
        worst = std::max(worst, std::abs(intensity[i] - std::exp(-depth_sum - alpha * dz / 2)));
        depth_sum += alpha * dz;
    }
    EXPECT_LT(worst, 2e-4);  // local standing wave ~ (dk/dz) lambda / (8 pi n^2)
    EXPECT_LT(intensity.back(), 0.75);
}

TEST(FilmStack, SwingRepeatsEveryHalfWavelengthAndConservesEnergy) {
    FilmStack stack{1, {{"resist", 1.7, 100, 0}}, {0.883, 2.778}, 0};  // loss-free: the swing does not fade
    const double half = 193.0 / (2 * 1.7);
    const auto curve = swing_curve(stack, 0, 193 * nm, 0, 0.5, 100, 100 + half, half / 8);
    ASSERT_EQ(curve.size(), 9u);
    EXPECT_NEAR(curve.front().light.reflected, curve.back().light.reflected, 1e-12);
    for (const SwingPoint& point : curve)
        EXPECT_NEAR(point.light.reflected + point.light.transmitted + point.light.absorbed[0], 1, 1e-12);
}

TEST(CoatingDesign, FindsTheThicknessOfLeastReflection) {
    const FilmStack stack{1.4366, {{"resist", {1.7, 0.03}, 120, 0}, {"barc", {1.82, 0.34}, 0, 0}}, {0.883, 2.778}, 0};
    const auto light = ring_incidences(1.35, 0.6, 0.9);
    const CoatingDesign design = best_coating(stack, 1, 0, 193.368 * nm, light, 0, 150, 1);
    for (const double d : {design.thickness_nm - 0.01, design.thickness_nm + 0.01}) {
        FilmStack other = stack;
        other.films[1].thickness_nm = d;
        EXPECT_GT(mean_substrate_reflectivity(other, 0, 193.368 * nm, light), design.reflectivity);
    }
    for (const double r : design.scanned_reflectivity) EXPECT_GE(r, design.reflectivity);
    EXPECT_LT(design.reflectivity, 0.1 * design.scanned_reflectivity.front());
}

TEST(CoatingDesign, QuarterWaveOfTheGeometricMeanIndexReflectsNothing) {  // closed form, loss-free, normal incidence
    const double n1 = 1.5, n2 = 3.0, coat = std::sqrt(n1 * n2);
    const FilmStack stack{1, {{"resist", n1, 100, 0}, {"coat", coat, 0, 0}}, n2, 0};
    const std::vector<Incidence> normal = {{0, 1}};
    const CoatingDesign design = best_coating(stack, 1, 0, 365 * nm, normal, 0, 80, 3);
    EXPECT_NEAR(design.thickness_nm, 365 / (4 * coat), 1e-4);
    EXPECT_LT(design.reflectivity, 1e-10);
}

TEST(CoatingDesign, RingsCarryEqualLight) {  // mean of kappa^2 over an annulus = NA^2 (s_in^2 + s_out^2)/2
    double mean = 0, weight = 0;
    for (const auto& [kappa, w] : ring_incidences(1.2, 0.5, 0.8)) mean += w * kappa * kappa, weight += w;
    EXPECT_NEAR(weight, 1, 1e-14);
    EXPECT_NEAR(mean, 1.44 * (0.25 + 0.64) / 2, 1e-12);
}

TEST(FilmStack, BadFilmsAreRefusedByName) {
    const auto message = [](FilmStack stack) {
        try {
            validate(stack);
        } catch (const InputError& e) {
            return e.diagnostics().front().message + "; " + e.diagnostics().front().help;
        }
        return std::string();
    };
    FilmStack stack = immersion_stack();
    stack.films[1].index = {1.7, -0.03};
    EXPECT_NE(message(stack).find("'resist'"), std::string::npos);
    EXPECT_NE(message(stack).find("n + ik"), std::string::npos);
    stack = immersion_stack(), stack.films[2].thickness_nm = -1;
    EXPECT_NE(message(stack).find("'barc'"), std::string::npos);
    stack = immersion_stack(), stack.substrate = {std::nan(""), 0};
    EXPECT_NE(message(stack).find("substrate"), std::string::npos);
    EXPECT_THROW(stack_light(immersion_stack(), 193 * nm, 1.44, PlaneWave::s), InputError);
    EXPECT_EQ(find_film(immersion_stack(), "barc"), 2u);
    try {
        find_film(immersion_stack(), "resit");
        FAIL();
    } catch (const InputError& e) {
        EXPECT_NE(e.diagnostics().front().help.find("'resist'"), std::string::npos);
    }
}

}  // namespace
}  // namespace damascene::numerics
