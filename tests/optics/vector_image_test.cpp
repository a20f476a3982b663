// Vector images against closed forms, plane-wave sums written out here, and energy. V-19, V-28, V-29.
#include "damascene/optics/vector_image.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "optics/gratings.hpp"

namespace damascene::optics {
namespace {

using namespace test;
using numerics::FilmStack;
using numerics::uniform_medium;

constexpr double wavelength = 193;

Pupil lens(double na, double n) {
    Pupil p;
    p.na = na, p.wavelength = wavelength * nm, p.n_medium = n;
    return p;
}

VectorLight linear(Polarisation polarisation) {
    VectorLight light;
    light.polarisation = polarisation;
    light.obliquity = false;
    return light;
}

double at(const Image& image, double x_nm, double y_nm = 0) { return value_at(image, x_nm * nm, y_nm * nm); }

double contrast(const Image& image, double period) {  // of the fringe of period/2 between orders +-1
    return (at(image, 0) - at(image, period / 4)) / (at(image, 0) + at(image, period / 4));
}

/// Orders +-1 only; they reach the pupil edge: period = lambda/NA.
Spectrum2 two_beams(double na) {
    Spectrum2 m = line_mask(wavelength / na * nm, 1);
    m.at(1, 0) = m.at(-1, 0) = 0.5;
    return m;
}

FilmStack immersion_stack() {
    return {1.4366,
            {{"topcoat", {1.55, 0}, 90, 0}, {"resist", {1.70, 0.03}, 120, 0}, {"barc", {1.82, 0.34}, 38, 0}},
            {0.883, 2.778},
            0};
}

TEST(VectorImage, TwoBeamContrastIsTheCosineOfTwiceTheAngle) {  // V-28
    struct Case {
        double na, n, cosine;
    };
    for (const Case& c : {Case{0.85, 1.7, 0.5}, Case{1.2, 1.7, 0.0034602076}, Case{1.35, 1.7, -0.2612456747},
                          Case{0.93, 1.0, -0.7298}}) {
        const double period = wavelength / c.na;
        for (const bool under_water : {false, true}) {
            // Under water the angle in the resist is still that of its own index.
            const double above = under_water ? 1.4366 : c.n;
            if (under_water && c.n == 1.0) continue;
            FilmStack stack = uniform_medium(c.n, 100);
            stack.ambient = above;
            const std::vector<double> depth = {40};
            const auto image = [&](Polarisation p) {
                return vector_abbe(two_beams(c.na), point_source(), lens(c.na, above), linear(p), stack, 0, depth)
                    .images[0];
            };
            EXPECT_NEAR(contrast(image(Polarisation::y), period), 1, 1e-12);
            EXPECT_NEAR(contrast(image(Polarisation::x), period), c.cosine, 1e-9) << c.na;
            EXPECT_NEAR(contrast(image(Polarisation::unpolarised), period),
                        under_water ? contrast(image(Polarisation::unpolarised), period) : (1 + c.cosine) / 2, 1e-9);
        }
    }
}

TEST(VectorImage, ThreeBeamsLoseTheCosinesOfTheirAngles) {
    // I = O_0^2 a0^2 + 2 a1^2 O_1^2 + 4 a0 a1 O_1 g cos(kx) + 2 a1^2 O_1^2 g2 cos(2kx); TE g = g2 = 1, TM g = cos th,
    // g2 = cos 2 th; out of focus the middle term times cos[2 pi z/lambda (n - sqrt(n^2 - (lambda/p)^2))] (V-19, V-29).
    const double na = 1.35, n = 1.4366, pitch = 160, sine = wavelength / pitch / n, a0 = 0.5, a1 = 1 / pi;
    for (const double defocus : {0.0, 70.0})
        for (const bool obliquity : {false, true})
            for (const Polarisation p : {Polarisation::x, Polarisation::y}) {
                Pupil pupil = lens(na, n);
                pupil.defocus = defocus * nm;
                VectorLight light = linear(p);
                light.obliquity = obliquity;
                const bool tm = p == Polarisation::x;
                const double cosine = std::sqrt(1 - sine * sine), g = tm ? cosine : 1,
                             g2 = tm ? 2 * cosine * cosine - 1 : 1,
                             o = obliquity ? std::pow((1 - std::pow(sine * n / 4, 2)) / (1 - sine * sine), 0.25) : 1,
                             phase = std::cos(2 * pi * defocus / wavelength * (n - n * cosine));
                const std::vector<double> top = {0};
                const Image image =
                    vector_abbe(equal_lines(pitch * nm, 1), point_source(), pupil, light, uniform_medium(n, 1), 0, top)
                        .images[0];
                for (const double x : {0.0, 13.0, 40.0, 80.0}) {
                    const double k = 2 * pi * x / pitch, b = a1 * o;
                    EXPECT_NEAR(
                        at(image, x),
                        a0 * a0 + 2 * b * b + 4 * a0 * b * g * phase * std::cos(k) + 2 * b * b * g2 * std::cos(2 * k),
                        1e-12)
                        << defocus << obliquity << tm << " " << x;
                }
            }
}

TEST(VectorImage, DefocusIsExactInTheMediumAboveNotParaxial) {  // V-19: NA 0.85, p = 260, z = 120, scalar = TE
    Pupil pupil = lens(0.85, 1);
    pupil.defocus = 120 * nm;
    const std::vector<double> top = {0};
    const Image image = vector_abbe(equal_lines(260 * nm, 1), point_source(), pupil, linear(Polarisation::y),
                                    uniform_medium(1, 1), 0, top)
                            .images[0];
    EXPECT_NEAR(at(image, 0), 0.83234064, 1e-8);
    EXPECT_NEAR(at(image, 65), 0.25, 1e-8);
    EXPECT_NEAR(at(image, 130), 0.47822883, 1e-8);
    pupil.paraxial_defocus = true;
    const Image paraxial = vector_abbe(equal_lines(260 * nm, 1), point_source(), pupil, linear(Polarisation::y),
                                       uniform_medium(1, 1), 0, top)
                               .images[0];
    EXPECT_GT(std::abs(at(paraxial, 0) - 0.83234064), 1e-2);
    // Going down in the medium by z is the same as moving its top by z.
    const std::vector<double> deep = {120};
    const Image below = vector_abbe(equal_lines(260 * nm, 1), point_source(), lens(0.85, 1), linear(Polarisation::y),
                                    uniform_medium(1, 200), 0, deep)
                            .images[0];
    EXPECT_LT(largest_difference(below, image), 1e-13);
}

Source skew_source() {  // three points without symmetry
    Source s;
    s.points = {{0.31, 0.42, 0.5}, {-0.6, 0.13, 0.3}, {0.05, -0.77, 0.2}};
    s.description = "three points";
    return s;
}

std::array<double, 2> field_of(Polarisation p, const SourcePoint& s, int state) {
    const double r = std::hypot(s.sx, s.sy);
    std::array<double, 2> e = p == Polarisation::y    ? std::array<double, 2>{0, 1}
                              : p == Polarisation::te ? std::array<double, 2>{-s.sy / r, s.sx / r}
                              : p == Polarisation::tm ? std::array<double, 2>{s.sx / r, s.sy / r}
                                                      : std::array<double, 2>{1, 0};
    return state == 0 ? e : std::array<double, 2>{-e[1], e[0]};
}

/// The plane-wave sum at one point, from the definition: fields turned by the rotation matrix in a medium of index n.
double plane_wave_sum(const Spectrum2& mask, const Source& source, const Pupil& pupil, Polarisation p, double degree,
                      double x, double y, double z) {
    const double n = pupil.n_medium, k0 = 2 * pi / pupil.wavelength.in(nm);
    double intensity = 0, clear = 0;
    for (const SourcePoint& s : source.points)
        for (int state = 0; state < 2; ++state) {
            const double share = p == Polarisation::unpolarised ? 0.5
                                 : state == 0                   ? (1 + degree) / 2
                                                                : (1 - degree) / 2;
            const auto e = field_of(p, s, state);
            Complex ex = 0, ey = 0, ez = 0;
            for (int fy = -mask.band_y; fy <= mask.band_y; ++fy)
                for (int fx = -mask.band_x; fx <= mask.band_x; ++fx) {
                    const double px = fx * pupil.wavelength.in(nm) / mask.period_x.in(nm) + s.sx * pupil.na,
                                 py = fy * pupil.wavelength.in(nm) / mask.period_y.in(nm) + s.sy * pupil.na;
                    if (std::hypot(px, py) > pupil.na) continue;
                    const double a = px / n, b = py / n, g = std::sqrt(1 - a * a - b * b), m2 = 1 - g * g;
                    const double o = std::pow((1 - m2 * n * n / 16) / (g * g), 0.25);
                    const Complex wave =
                        mask.at(fx, fy) * o *
                        std::polar(1.0, k0 * (n * g * (z + pupil.defocus.in(nm)) - n * pupil.defocus.in(nm))) *
                        std::polar(1.0, 2 * pi * (fx * x / mask.period_x.in(nm) + fy * y / mask.period_y.in(nm)));
                    const double xx = m2 < 1e-14 ? 1 : (b * b + a * a * g) / m2,
                                 yy = m2 < 1e-14 ? 1 : (a * a + b * b * g) / m2, xy = -a * b / (1 + g);
                    ex += wave * (xx * e[0] + xy * e[1]);
                    ey += wave * (xy * e[0] + yy * e[1]);
                    ez += wave * (-a * e[0] - b * e[1]);
                }
            intensity += s.weight * share * (std::norm(ex) + std::norm(ey) + std::norm(ez));
            const double sine2 = (s.sx * s.sx + s.sy * s.sy) * pupil.na * pupil.na;
            clear += s.weight * share * std::sqrt((1 - sine2 / 16) / (1 - sine2 / (n * n)));
        }
    return intensity / clear;
}

TEST(VectorImage, UniformMediumIsASumOfPlaneWaves) {
    const Spectrum2 mask = random_squares(420 * nm, 6, 8, 3);
    Pupil pupil = lens(1.3, 1.4366);
    pupil.defocus = -35 * nm;
    for (const Polarisation p :
         {Polarisation::unpolarised, Polarisation::x, Polarisation::y, Polarisation::te, Polarisation::tm})
        for (const double degree : {1.0, 0.7}) {
            VectorLight light;
            light.polarisation = p, light.degree = degree;
            const std::vector<double> depths = {0, 55, 140};
            const auto images = vector_abbe(mask, skew_source(), pupil, light, uniform_medium(1.4366, 150), 0, depths);
            for (std::size_t d = 0; d < 3; ++d)
                for (int i = 0; i < 6; ++i)
                    EXPECT_NEAR(at(images.images[d], 61.3 * i, 97.1 * i),
                                plane_wave_sum(mask, skew_source(), pupil, p, degree, 61.3 * i, 97.1 * i, depths[d]),
                                1e-10);
        }
}

/// Fields of a unit s or p wave at z in one film (n1, d) between n0 and a substrate, by Fresnel coefficients and the
/// geometric series of round trips: x (or y) and z components.
std::array<Complex, 2> airy_film(double n0, Complex n1, Complex n2, double d, double k0, double kappa, double z,
                                 bool p_wave) {
    const Complex q0 = std::sqrt(n0 * n0 - kappa * kappa), q1 = std::sqrt(n1 * n1 - kappa * kappa),
                  q2 = std::sqrt(n2 * n2 - kappa * kappa), e = Complex(0, 1) * k0 * q1;
    if (!p_wave) {
        const Complex t = 2.0 * q0 / (q0 + q1), r1 = (q1 - q0) / (q1 + q0), r2 = (q1 - q2) / (q1 + q2),
                      series = t / (1.0 - r1 * r2 * std::exp(2.0 * e * d));
        return {series * (std::exp(e * z) + r2 * std::exp(e * (2 * d - z))), 0};
    }
    // Amplitudes of the magnetic field h_y: h = n E for the incident unit field.
    const auto r = [](Complex na, Complex qa, Complex nb, Complex qb) {
        return (nb * nb * qa - na * na * qb) / (nb * nb * qa + na * na * qb);
    };
    const Complex t = 2.0 * n1 * n1 * q0 / (n1 * n1 * q0 + n0 * n0 * q1), r1 = r(n1, q1, n0, q0),
                  r2 = r(n1, q1, n2, q2), down = n0 * t / (1.0 - r1 * r2 * std::exp(2.0 * e * d)) * std::exp(e * z),
                  up = n0 * t / (1.0 - r1 * r2 * std::exp(2.0 * e * d)) * r2 * std::exp(e * (2 * d - z));
    return {q1 / (n1 * n1) * (down - up), -kappa / (n1 * n1) * (down + up)};
}

TEST(VectorImage, AbsorbingFilmOnASubstrateIsASumOfAiryFields) {
    const Complex n1(1.7, 0.03), n2(0.883, 2.778);
    const double n0 = 1.4366, d = 110, k0 = 2 * pi / wavelength;
    const FilmStack stack{n0, {{"resist", n1, d, 0}}, n2, 0};
    const Spectrum2 mask = random_squares(400 * nm, 5, 8, 9);
    const Pupil pupil = lens(1.2, n0);
    const Source source = skew_source();
    const std::vector<double> depths = {0, 31, 84, 110};
    const auto images = vector_abbe(mask, source, pupil, {}, stack, 0, depths);
    for (std::size_t k = 0; k < depths.size(); ++k)
        for (int i = 0; i < 5; ++i) {
            const double x = 71.7 * i, y = 43.9 * i;
            double intensity = 0, clear = 0;
            for (const SourcePoint& s : source.points)
                for (int state = 0; state < 2; ++state) {
                    Complex field[3] = {0, 0, 0};
                    for (int fy = -8; fy <= 8; ++fy)
                        for (int fx = -8; fx <= 8; ++fx) {
                            const double kx = fx * wavelength / 400 + s.sx * 1.2,
                                         ky = fy * wavelength / 400 + s.sy * 1.2, kappa = std::hypot(kx, ky),
                                         c = kx / kappa, sn = ky / kappa;
                            if (kappa > 1.2) continue;
                            const double o = std::pow((1 - kappa * kappa / 16) / (1 - kappa * kappa / (n0 * n0)), 0.25);
                            const Complex wave =
                                mask.at(fx, fy) * o * std::polar(1.0, 2 * pi * (fx * x + fy * y) / 400);
                            const double along = state == 0 ? c : sn, across = state == 0 ? -sn : c;
                            const auto es = airy_film(n0, n1, n2, d, k0, kappa, depths[k], false),
                                       ep = airy_film(n0, n1, n2, d, k0, kappa, depths[k], true);
                            field[0] += wave * (-sn * across * es[0] + c * along * ep[0]);
                            field[1] += wave * (c * across * es[0] + sn * along * ep[0]);
                            field[2] += wave * along * ep[1];
                        }
                    for (const Complex& f : field) intensity += s.weight / 2 * std::norm(f) * 1.7 / n0;
                    const double kappa2 = (s.sx * s.sx + s.sy * s.sy) * 1.44;
                    clear += s.weight / 2 * std::sqrt((1 - kappa2 / 16) / (1 - kappa2 / (n0 * n0)));
                }
            EXPECT_NEAR(at(images.images[k], x, y), intensity / clear, 1e-10);
        }
}

TEST(VectorImage, ClearMaskInAMediumIsOne) {
    Spectrum2 clear = line_mask(300 * nm, 0);
    clear.at(0, 0) = 1;
    const std::vector<double> depths = {0, 80};
    for (const Polarisation p : {Polarisation::unpolarised, Polarisation::x, Polarisation::te, Polarisation::tm})
        for (const Image& image : vector_abbe(clear, annular(0.6, 0.9, 11), lens(1.35, 1.4366), linear(p),
                                              uniform_medium(1.4366, 100), 0, depths)
                                      .images)
            EXPECT_NEAR(at(image, 0), 1, 1e-13);
}

TEST(VectorImage, ResistAbsorbsWhatTheFilmsSay) {
    // int alpha I dz = absorptance cos(theta_0) at each angle: I refers to power across the beam. alpha = 4 pi
    // k/lambda.
    const FilmStack stack = immersion_stack();
    Spectrum2 clear = line_mask(300 * nm, 0);
    clear.at(0, 0) = 1;
    const auto depths = depths_for(stack, 1, wavelength * nm, 1e-9);
    for (const double sigma : {0.0, 0.4, 0.95})
        for (const Polarisation p : {Polarisation::te, Polarisation::tm, Polarisation::unpolarised}) {
            VectorLight light;
            light.polarisation = p;
            const Source source = point_source(0.6 * sigma, 0.8 * sigma);
            const Pupil pupil = lens(1.35, 1.4366);
            // Simpson over 400 slices of the interpolated images.
            std::vector<double> fine;
            for (int i = 0; i <= 400; ++i) fine.push_back(120.0 * i / 400);
            const auto images = at_depths(vector_abbe(clear, source, pupil, light, stack, 1, depths), fine);
            double absorbed = 0;
            for (int i = 0; i <= 400; ++i)
                absorbed += (i == 0 || i == 400 ? 1
                             : i % 2 == 1       ? 4
                                                : 2) *
                            0.3 / 3 * 4 * pi * 0.03 / wavelength *
                            images.images[static_cast<std::size_t>(i)].at(0, 0).real();
            const auto share = [&](numerics::PlaneWave w) {
                return numerics::stack_light(stack, wavelength * nm, 1.35 * sigma, w).absorbed[1];
            };
            const double s = share(numerics::PlaneWave::s), t = share(numerics::PlaneWave::p),
                         expected = sigma == 0 || p == Polarisation::unpolarised ? (s + t) / 2
                                    : p == Polarisation::te                      ? s
                                                                                 : t;
            EXPECT_NEAR(absorbed / incident_cosine(source, pupil, light), expected, 1e-8) << sigma;
            EXPECT_NEAR(incident_cosine(source, pupil, light), std::sqrt(1 - std::pow(1.35 * sigma / 1.4366, 2)),
                        1e-12);
        }
}

TEST(VectorImage, MeanOverThePeriodIsTheSumOfItsBeams) {  // energy of a grating: orders do not interfere on average
    const FilmStack stack = immersion_stack();
    const Spectrum2 lines = equal_lines(150 * nm, 3);
    const std::vector<double> depth = {60};
    const Image whole = vector_abbe(lines, point_source(0.2, 0.1), lens(1.35, 1.4366), {}, stack, 1, depth).images[0];
    double sum = 0;
    for (int f = -3; f <= 3; ++f) {
        Spectrum2 one = line_mask(150 * nm, 3);
        one.at(f, 0) = lines.at(f, 0);
        sum +=
            vector_abbe(one, point_source(0.2, 0.1), lens(1.35, 1.4366), {}, stack, 1, depth).images[0].at(0, 0).real();
    }
    EXPECT_NEAR(whole.at(0, 0).real(), sum, 1e-14);
}

TEST(VectorImage, ScalarLightIsItsLimitAtLowNumericalAperture) {  // difference ~ NA^2, features scaled with lambda/NA
    const FilmStack stack{1, {{"resist", {1.7, 0.03}, 120, 0}, {"barc", {1.82, 0.34}, 38, 0}}, {0.883, 2.778}, 0};
    const std::vector<double> depths = {0, 30, 60, 90, 120};
    std::vector<double> logs_na, logs_difference;
    for (const double na : {0.05, 0.1, 0.2, 0.4}) {
        const Spectrum2 lines = equal_lines(0.9 * wavelength / na * nm, 3);
        Pupil pupil = lens(na, 1);
        pupil.obliquity = true;
        for (const Polarisation p : {Polarisation::x}) {
            VectorLight light;
            light.polarisation = p;
            const auto vector = vector_abbe(lines, annular(0.3, 0.6, 9), pupil, light, stack, 0, depths),
                       scalar = scalar_images(lines, annular(0.3, 0.6, 9), pupil, stack, 0, depths);
            double worst = 0;
            for (std::size_t d = 0; d < depths.size(); ++d)
                worst = std::max(worst, largest_difference(vector.images[d], scalar.images[d]));
            logs_na.push_back(std::log(na)), logs_difference.push_back(std::log(worst));
        }
    }
    for (std::size_t i = 1; i < logs_na.size(); ++i)
        EXPECT_NEAR((logs_difference[i] - logs_difference[i - 1]) / (logs_na[i] - logs_na[i - 1]), 2, 0.15) << i;
}

TEST(VectorImage, ScalarLightInAMediumIsTheAerialImage) {
    const Spectrum2 mask = random_squares(500 * nm, 6, 8, 4);
    Pupil pupil = lens(0.9, 1);
    const std::vector<double> depths = {0, 90};
    const auto images = scalar_images(mask, annular(0.4, 0.8, 9), pupil, uniform_medium(1, 100), 0, depths);
    EXPECT_LT(largest_difference(images.images[0], abbe(mask, annular(0.4, 0.8, 9), pupil)), 1e-13);
    pupil.defocus = 90 * nm;
    EXPECT_LT(largest_difference(images.images[1], abbe(mask, annular(0.4, 0.8, 9), pupil)), 1e-13);
}

TEST(VectorImage, LensOfCrossedPolarisersPassesNothingItShouldNot) {
    // J = projector on x: y light is gone, x light is untouched, and the clear field is counted behind the lens.
    VectorLight light;
    light.polarisation = Polarisation::x;
    const Spectrum2 lines = equal_lines(200 * nm, 3);
    const std::vector<double> depth = {10};
    const auto plain = vector_abbe(lines, point_source(), lens(1.2, 1.4366), light, immersion_stack(), 1, depth);
    light.polarisation = Polarisation::unpolarised;
    light.jones = [](double, double) { return std::array<Complex, 4>{1, 0, 0, 0}; };
    const auto filtered = vector_abbe(lines, point_source(), lens(1.2, 1.4366), light, immersion_stack(), 1, depth);
    EXPECT_LT(largest_difference(plain.images[0], filtered.images[0]), 1e-14);
    light.jones = [](double, double) { return std::array<Complex, 4>{0, 0, 0, 0}; };
    EXPECT_THROW(vector_abbe(lines, point_source(), lens(1.2, 1.4366), light, immersion_stack(), 1, depth), InputError);
}

TEST(VectorImage, TurningMaskSourceAndPolarisationTurnsTheImage) {  // by 90 degrees: x -> y
    Spectrum2 mask = random_squares(420 * nm, 6, 8, 5), turned = mask;
    for (int fy = -8; fy <= 8; ++fy)
        for (int fx = -8; fx <= 8; ++fx) turned.at(-fy, fx) = mask.at(fx, fy);
    Source source = skew_source(), turned_source = source;
    for (SourcePoint& p : turned_source.points) p = {-p.sy, p.sx, p.weight};
    const std::vector<double> depth = {50};
    VectorLight x, y;
    x.polarisation = Polarisation::x, y.polarisation = Polarisation::y;
    const Image a = vector_abbe(mask, source, lens(1.35, 1.4366), x, immersion_stack(), 1, depth).images[0],
                b = vector_abbe(turned, turned_source, lens(1.35, 1.4366), y, immersion_stack(), 1, depth).images[0];
    for (int i = 0; i < 6; ++i) EXPECT_NEAR(at(a, 51.0 * i, 23.0 * i), at(b, -23.0 * i, 51.0 * i), 1e-12);
}

TEST(VectorKernels, ImagesLieWithinTheCertifiedBound) {  // NA 1.35, 45 nm lines and spaces, and a random clip
    const FilmStack stack = immersion_stack();
    const Pupil pupil = lens(1.35, 1.4366);
    const std::vector<double> depths = {10, 60, 110};
    VectorLight light;
    light.polarisation = Polarisation::te, light.degree = 0.95;
    const Source source = annular(0.6, 0.9, 15);
    for (const Spectrum2& mask : {equal_lines(90 * nm), random_squares(500 * nm, 8, 12, 6)})
        for (const double tolerance : {1e-2, 1e-3, 0.0}) {
            const auto exact = vector_abbe(mask, source, pupil, light, stack, 1, depths);
            const auto kernels =
                vector_kernels(source, pupil, light, stack, 1, depths, mask.period_x, mask.period_y, tolerance);
            const auto fast = vector_images(kernels, mask);
            for (std::size_t d = 0; d < depths.size(); ++d) {
                const double bound = kernels.kernels[d].truncation_bound;
                EXPECT_LE(bound, tolerance);
                for (int i = 0; i < 40; ++i) {
                    const double x = 12.7 * i, y = mask.band_y == 0 ? 0 : 7.9 * i,
                                 missing = at(exact.images[d], x, y) - at(fast.images[d], x, y);
                    EXPECT_GE(missing, -1e-12);
                    EXPECT_LE(missing, bound + 1e-12);
                }
                EXPECT_LT(largest_difference(exact.images[d], fast.images[d]), bound + 1e-12);
            }
        }
}

TEST(VectorKernels, FewSourcePointsGiveFewKernels) {  // two states, three components: at most 6 a point
    const std::vector<double> depth = {30};
    const auto set = vector_kernels(point_source(0.3, 0.2), lens(1.2, 1.4366), {}, immersion_stack(), 1, depth,
                                    800 * nm, 800 * nm, 1e-12)
                         .kernels[0];
    EXPECT_LE(set.count(), 6);
    const Spectrum2 mask = random_squares(800 * nm, 8, 12, 2);
    const Image slow =
        vector_abbe(mask, point_source(0.3, 0.2), lens(1.2, 1.4366), {}, immersion_stack(), 1, depth).images[0];
    EXPECT_LT(largest_difference(slow, image(set, mask)), 1e-12);
}

TEST(VectorImage, SameBitsAtAnyThreadCount) {
    const Spectrum2 mask = random_squares(500 * nm, 8, 12, 7);
    const std::vector<double> depths = {20, 90};
    const int before = thread_count();
    std::vector<ImageInDepth> slow, fast;
    for (const int threads : {1, 2, 3}) {
        set_thread_count(threads);
        slow.push_back(vector_abbe(mask, annular(0.6, 0.9, 9), lens(1.35, 1.4366), {}, immersion_stack(), 1, depths));
        fast.push_back(vector_images(vector_kernels(annular(0.6, 0.9, 9), lens(1.35, 1.4366), {}, immersion_stack(), 1,
                                                    depths, 500 * nm, 500 * nm, 1e-3),
                                     mask));
    }
    set_thread_count(before);
    for (std::size_t t = 1; t < 3; ++t)
        for (std::size_t d = 0; d < 2; ++d) {
            EXPECT_EQ(slow[0].images[d].coefficients, slow[t].images[d].coefficients);
            EXPECT_EQ(fast[0].images[d].coefficients, fast[t].images[d].coefficients);
        }
}

TEST(DepthInterpolation, ChebyshevImagesMeetDirectOnes) {
    const FilmStack stack = immersion_stack();
    const Spectrum2 mask = equal_lines(90 * nm);
    const Source source = annular(0.6, 0.9, 11);
    const std::vector<double> direct = {3, 27.5, 60, 88.8, 117};
    const auto exact = vector_abbe(mask, source, lens(1.35, 1.4366), {}, stack, 1, direct);
    double last = 1;
    for (const double tolerance : {1e-2, 1e-3, 1e-6}) {
        const auto nodes = depths_for(stack, 1, wavelength * nm, tolerance);
        const auto between = at_depths(vector_abbe(mask, source, lens(1.35, 1.4366), {}, stack, 1, nodes), direct);
        double worst = 0;
        for (std::size_t d = 0; d < direct.size(); ++d)
            worst = std::max(worst, largest_difference(between.images[d], exact.images[d]));
        EXPECT_LT(worst, tolerance) << nodes.size();
        EXPECT_LT(worst, last);
        last = worst;
    }
    EXPECT_LE(depths_for(stack, 1, wavelength * nm, 1e-3).size(), 16u);
    // Node values come back unchanged.
    const auto nodes = depths_for(stack, 1, wavelength * nm, 1e-2);
    const auto given = vector_abbe(mask, source, lens(1.35, 1.4366), {}, stack, 1, nodes);
    EXPECT_EQ(at_depths(given, nodes).images[1].coefficients, given.images[1].coefficients);
}

TEST(ImageBlur, VibrationIsAGaussianConvolution) {
    const Image image = abbe(equal_lines(200 * nm), conventional(0.5, 9), lens(0.93, 1));
    const double sigma = 12;
    const Image blurred = vibrated(image, sigma * nm, 5 * nm);
    for (const double x : {0.0, 33.0, 100.0}) {
        double sum = 0, weight = 0;  // trapezoid rule of a smooth, decaying integrand: exact to rounding
        for (double u = -10 * sigma; u <= 10 * sigma; u += sigma / 8) {
            const double w = std::exp(-u * u / (2 * sigma * sigma));
            sum += w * at(image, x - u), weight += w;
        }
        EXPECT_NEAR(at(blurred, x), sum / weight, 1e-12);
    }
}

TEST(ImageBlur, FlareMixesInTheMeanTransmission) {
    const Image image = abbe(equal_lines(200 * nm), point_source(), lens(0.93, 1)),
                flared = with_flare(image, 0.03, 0.5);
    EXPECT_NEAR(at(flared, 40), 0.97 * at(image, 40) + 0.015, 1e-14);
    EXPECT_THROW(with_flare(image, 1.2, 0.5), InputError);
}

TEST(ImageBlur,
     BandwidthNodesIntegratePolynomialsExactly) {  // moments of a Gaussian: 1, 0, s^2, 0, 3 s^4, ..., 10395 s^12
    const double fwhm = 0.35, sigma = fwhm / (2 * std::sqrt(2 * std::log(2.0)));
    const auto nodes = gaussian_spectrum(fwhm);
    ASSERT_EQ(nodes.size(), 7u);
    double expected = 1;
    for (int power = 0; power <= 12; power += 2) {
        double even = 0, odd = 0;
        for (const auto& [offset, weight] : nodes)
            even += weight * std::pow(offset / sigma, power), odd += weight * std::pow(offset / sigma, power + 1);
        EXPECT_NEAR(even / expected, 1, 1e-12) << power;
        EXPECT_NEAR(odd / expected, 0, 1e-10) << power;
        expected *= power + 1;
    }
    EXPECT_EQ(gaussian_spectrum(0.35, 64).size(), 64u);
}

TEST(ImageBlur, BandwidthAveragesThroughFocus) {
    const auto at_focus = [](Length z) {
        Pupil pupil = lens(0.93, 1);
        pupil.defocus = z;
        return abbe(equal_lines(260 * nm, 1), point_source(), pupil);
    };
    // Three beams: only the middle term feels focus, phase c z, so a Gaussian of z damps it by exp(-c^2 sz^2/2).
    const double fwhm = 0.5, slope = 200, c = 2 * pi / wavelength * (1 - std::sqrt(1 - std::pow(wavelength / 260, 2))),
                 sz = slope * fwhm / (2 * std::sqrt(2 * std::log(2.0)));
    const Image image = over_bandwidth(gaussian_spectrum(fwhm, 15), slope, at_focus);
    EXPECT_NEAR(image.at(1, 0).real(), 1 / pi * std::exp(-c * c * sz * sz / 2), 1e-12);
    EXPECT_NEAR(image.at(2, 0).real(), 1 / (pi * pi), 1e-12);
}

TEST(VectorImage, BadRequestsAreRefused) {
    const FilmStack stack = immersion_stack();
    const Spectrum2 mask = equal_lines(200 * nm);
    const std::vector<double> depth = {10}, outside = {130}, backwards = {20, 10};
    EXPECT_THROW(vector_abbe(mask, point_source(), lens(0.93, 1), {}, stack, 1, depth), InputError);  // water, not air
    EXPECT_THROW(vector_abbe(mask, point_source(), lens(1.2, 1.4366), {}, stack, 7, depth), InputError);
    EXPECT_THROW(vector_abbe(mask, point_source(), lens(1.2, 1.4366), {}, stack, 1, outside), InputError);
    EXPECT_THROW(vector_abbe(mask, point_source(), lens(1.2, 1.4366), {}, stack, 1, backwards), InputError);
    VectorLight light;
    light.degree = 1.5;
    EXPECT_THROW(vector_abbe(mask, point_source(), lens(1.2, 1.4366), light, stack, 1, depth), InputError);
    EXPECT_THROW(vector_kernels(point_source(), lens(1.2, 1.4366), {}, stack, 1, depth, 200 * nm, 200 * nm, 2),
                 InputError);
}

}  // namespace
}  // namespace damascene::optics
