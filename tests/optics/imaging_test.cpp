// Published and closed-form images of gratings, and Abbe = Hopkins = full SOCS.
#include "damascene/optics.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "digits.hpp"
#include "optics/coherent_sum.hpp"
#include "optics/gratings.hpp"

namespace damascene::optics {
namespace {

using namespace test;

double at(const Image& image, double x_nm) { return value_at(image, x_nm * nm, 0 * nm); }

struct LinesRow {
    double sigma, pitch, space, line, edge, nils;
};

std::vector<LinesRow> published_lines() {
    std::ifstream in(std::string(DAMASCENE_TEST_DATA) + "/reference/aerial_image_binary_ls_scalar.csv");
    std::vector<LinesRow> rows;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || !std::isdigit(static_cast<unsigned char>(line[0]))) continue;
        std::vector<double> v;
        std::stringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) v.push_back(std::stod(cell));
        rows.push_back({v[0], v[1], v[5], v[6], v[7], v[9]});
    }
    return rows;
}

/// Normalised image log-slope at the line edge, CD = pitch/2.
double nils(const Image& image, double pitch) {
    const auto v = value_gradient_at(image, pitch / 4 * nm, 0 * nm);
    return std::abs(v.d_dx) / v.value * pitch / 2;
}

double worst_error(const Image& image, const LinesRow& row) {
    return std::max({std::abs(at(image, 0) - row.space), std::abs(at(image, row.pitch / 2) - row.line),
                     std::abs(at(image, row.pitch / 4) - row.edge)});
}

TEST(AerialImage, EqualLinesMatchTheClosedFormWithProductionSources) {  // V-13: n = 41, cells on pupil edges split
    const auto rows = published_lines();
    ASSERT_EQ(rows.size(), 28u);
    for (const LinesRow& row : rows) {
        const Source source = refined(conventional(row.sigma), dry(0.85), row.pitch * nm, 1 * nm);
        EXPECT_LE(source.points.size(), 20000u);
        EXPECT_LT(worst_error(abbe(equal_lines(row.pitch * nm), source, dry(0.85)), row), 1e-4)
            << row.sigma << " " << row.pitch;
    }
}

TEST(AerialImage, UnrefinedSourcesErrAsTheCellTimesTheEdge) {
    // A lattice of cell h counts the area of a smooth shape with an error ~ sqrt(edge length) h^1.5: 4e-3 at n = 41, a
    // tenth of it at n = 191. Holds the figures in the header of conventional().
    double coarse = 0, fine = 0;
    for (const LinesRow& row : published_lines()) {
        coarse =
            std::max(coarse, worst_error(abbe(equal_lines(row.pitch * nm), conventional(row.sigma), dry(0.85)), row));
        fine = std::max(fine,
                        worst_error(abbe(equal_lines(row.pitch * nm), conventional(row.sigma, 191), dry(0.85)), row));
    }
    EXPECT_LT(coarse, 4e-3);
    EXPECT_LT(fine, coarse / 5);
}

TEST(AerialImage, EqualLinesMatchTheClosedFormWithExactTransmission) {  // V-13; the table holds 10 digits
    for (const LinesRow& row : published_lines()) {
        const Image image = hopkins_exact_circular(equal_lines(row.pitch * nm), row.sigma, dry(0.85));
        const std::string name = conditions("equal lines, sigma", row.sigma, "pitch in nm", row.pitch),
                          source = "closed form, table aerial_image_binary_ls_scalar";
        expect_digit(name + ": space", source, at(image, 0), row.space, 1e-8);
        expect_digit(name + ": line", source, at(image, row.pitch / 2), row.line, 1e-8);
        expect_digit(name + ": edge", source, at(image, row.pitch / 4), row.edge, 1e-8);
        expect_digit(name + ": NILS", source, nils(image, row.pitch), row.nils, 1e-8 * std::max(1.0, row.nils));
    }
}

TEST(AerialImage, CoherentEqualLinesHaveNils8) {  // V-14: a0 = 1/2, a1 = 1/pi, orders 0 and +-1 pass
    const double pitch = 260;
    const Image image = abbe(equal_lines(pitch * nm), point_source(), dry(0.85));
    const std::string source = "orders 0 and +-1: (1/2 + 2/pi cos(2 pi x/p))^2";
    expect_digit("three beams, space", source, at(image, 0), 1.2919045069369328, 1e-9);
    expect_digit("three beams, line", source, at(image, pitch / 2), 0.018664962201769754, 1e-9);
    expect_digit("three beams, edge", source, at(image, pitch / 4), 0.25, 1e-9);
    expect_digit("three beams, contrast", source,
                 (at(image, 0) - at(image, pitch / 2)) / (at(image, 0) + at(image, pitch / 2)), 0.9715162566482854,
                 1e-9);
    expect_digit("three beams, NILS", source, nils(image, pitch), 8, 1e-9);
}

TEST(AerialImage, CoherentEqualLinesHaveMeefOneHalf) {  // V-15: dCD_print/dCD_mask at threshold 1/4
    const double pitch = 260, step = 0.01;
    const auto printed = [&](double space) {
        Spectrum2 m = line_mask(pitch * nm, 4);
        for (int f = -4; f <= 4; ++f) m.at(f, 0) = f == 0 ? space / pitch : std::sin(pi * f * space / pitch) / (pi * f);
        const Image image = abbe(m, point_source(), dry(0.85));
        double x = pitch / 4;
        for (int i = 0; i < 30; ++i) {
            const auto v = value_gradient_at(image, x * nm, 0 * nm);
            x -= (v.value - 0.25) / v.d_dx;
        }
        return 2 * x;
    };
    expect_digit("three beams, mask error factor", "closed form: 1/2",
                 (printed(pitch / 2 + step) - printed(pitch / 2 - step)) / (2 * step), 0.5, 1e-5);
}

TEST(AerialImage, AlternatingPhaseLinesAreATwoBeamFringe) {  // V-16: +-1 clear spaces, P = 2 pitch
    const double period = 260;
    Spectrum2 m = line_mask(period * nm, 4);
    // Clear quarters of phase 0 centred at 0 and of phase pi centred at P/2, chrome between.
    for (int f = -4; f <= 4; ++f) m.at(f, 0) = f % 2 == 0 ? 0.0 : 2 * std::sin(pi * f / 4) / (pi * f);
    Spectrum2 open = line_mask(period * nm, 4);  // phase edges without chrome: the published value (2/pi)^2 4/2
    for (int f = -4; f <= 4; ++f) open.at(f, 0) = f % 2 == 0 ? 0.0 : 2 * std::sin(pi * f / 2) / (pi * f);
    for (double defocus : {0.0, 150.0}) {
        Pupil pupil = dry(0.85);
        pupil.defocus = defocus * nm;
        const Image image = abbe(m, point_source(), pupil);
        for (double x : {0.0, 17.0, 65.0, 100.0, 200.0}) {
            const double amplitude = 4 * std::sin(pi / 4) / pi * std::cos(2 * pi * x / period);
            EXPECT_NEAR(at(image, x), amplitude * amplitude, 1e-12);
            EXPECT_NEAR(at(image, x), 0.8105694691 * std::pow(std::cos(2 * pi * x / period), 2), 1e-9);
        }
        // NILS at the edge of the chrome, CD = pitch/2 = P/4, x = P/8.
        const auto v = value_gradient_at(image, period / 8 * nm, 0 * nm);
        expect_digit("two beams, NILS, defocus in nm " + std::to_string(int(defocus)), "closed form: pi",
                     std::abs(v.d_dx) / v.value * period / 4, pi, 1e-9);
    }
}

TEST(AerialImage, IsolatedEdgeHasQuarterIntensityAndSlope8) {  // V-17, 40 um cell: tail ~ lambda/(NA L)
    const double period = 40000;
    Pupil pupil = dry(0.85);
    const int band = mask_band(point_source(), pupil, period * nm);
    const Image image = abbe(equal_lines(period * nm, band), point_source(), pupil);
    const double edge = period / 4, scale = 193 / 0.85;
    const auto v = value_gradient_at(image, edge * nm, 0 * nm);
    expect_digit("isolated edge, intensity", "closed form: 1/4", v.value, 0.25, 1e-9);
    expect_digit("isolated edge, slope in lambda/NA", "closed form: 8, cell of 40 um", -v.d_dx / v.value * scale, 8,
                 8 * 6e-3);
    double overshoot = 0;
    for (int i = 0; i < 400; ++i) overshoot = std::max(overshoot, at(image, edge - scale * (0.2 + i * 0.002)));
    expect_digit("isolated edge, overshoot", "(1/2 + Si(pi)/pi)^2, cell of 40 um", overshoot, 1.1869881817049976,
                 2e-3 * 2);
}

TEST(Transmission, LargeSourceGivesTheIncoherentTransferFunction) {  // V-18: v = f lambda/(2 NA)
    const double expected[][2] = {{.1, 0.8728885715695383},
                                  {.25, 0.6850376424742927},
                                  {.5, 0.3910022189557706},
                                  {.75, 0.14429361281438752},
                                  {.9, 0.037386073468498655}};
    for (const auto& [v, mtf] : expected)
        EXPECT_NEAR(tcc_circular_exact(3.0, {2 * v, 0}, {0, 0}) / tcc_circular_exact(3.0, {0, 0}, {0, 0}), mtf, 1e-9);
}

TEST(AerialImage, IncoherentImageOfACosineMask) {  // V-18: I_D = MTF(D) (|t|^2)_D, clear field re-normalised
    const double period = 300;
    Spectrum2 m = line_mask(period * nm, 1);
    m.at(0, 0) = 0.5, m.at(1, 0) = m.at(-1, 0) = 0.25;
    const Pupil pupil = dry(0.85);
    const Image image = hopkins_exact_circular(m, 2.5, pupil), sampled = abbe(m, conventional(2.5, 401, true), pupil);
    const auto mtf = [&](double f) {
        const double v = f * 193 / (2 * .85 * period);
        return 2 / pi * (std::acos(v) - v * std::sqrt(1 - v * v));
    };
    EXPECT_NEAR(image.at(1, 0).real(), 2 * 0.5 * 0.25 * mtf(1), 1e-13);
    EXPECT_NEAR(image.at(2, 0).real(), 0.25 * 0.25 * mtf(2), 1e-13);
    EXPECT_LT(largest_difference(image, sampled), 1e-4);
}

TEST(AerialImage, DefocusedThreeBeamImage) {  // V-19
    Pupil pupil = dry(0.85);
    pupil.defocus = 120 * nm;
    const double pitch = 260, c = std::cos(2 * pi * 120 / 193 * (1 - std::sqrt(1 - std::pow(193 / pitch, 2))));
    const Image image = abbe(equal_lines(pitch * nm), point_source(), pupil);
    EXPECT_NEAR(at(image, 0), 0.83234064, 1e-8);
    EXPECT_NEAR(at(image, 65), 0.25, 1e-8);
    EXPECT_NEAR(at(image, 130), 0.47822883, 1e-8);
    for (double x : {10.0, 40.0, 99.0}) {
        const double wave = std::cos(2 * pi * x / pitch);
        EXPECT_NEAR(at(image, x), 0.25 + 2 * c * wave / pi + 4 / (pi * pi) * wave * wave, 1e-12);
    }
}

TEST(AerialImage, ComaShiftsATwoBeamFringe) {  // V-20: dx = -W(f) p/lambda for the odd wavefront at +-f
    const double period = 300, coma = 0.03;
    Spectrum2 m = line_mask(period * nm, 1);
    m.at(1, 0) = m.at(-1, 0) = 0.5;
    Pupil pupil = dry(0.85);
    const Image flat = abbe(m, point_source(), pupil);
    pupil.zernike_waves.assign(7, 0.0);
    pupil.zernike_waves[6] = coma;
    const Image shifted = abbe(m, point_source(), pupil);
    const double rho = 193 / (.85 * period), waves = coma * (3 * rho * rho * rho - 2 * rho);
    for (double x : {0.0, 20.0, 77.0}) EXPECT_NEAR(at(shifted, x - waves * period), at(flat, x), 1e-10);
}

TEST(AerialImage, UnresolvedGratingIsConstant) {  // V-21: lambda/(p NA) > 1 + sigma
    const double pitch = 193 / .85 / 1.55;
    const Image image = abbe(equal_lines(pitch * nm), conventional(0.5), dry(0.85));
    for (double x : {0.0, 10.0, 60.0}) EXPECT_NEAR(at(image, x), 0.25, 1e-12);
}

TEST(AerialImage, ClearFieldIsOne) {
    Spectrum2 clear = line_mask(500 * nm, 0);
    clear.at(0, 0) = 1;
    Pupil pupil = immersion();
    pupil.obliquity = true, pupil.obscuration = 0.3, pupil.defocus = 40 * nm,
    pupil.zernike_waves = {0, 0, 0, 0.02, 0.01, 0, 0.03};
    for (const Source& source :
         {annular(0.6, 0.9), quasar(0.5, 1.0, 30 * deg, 45 * deg), conventional(1.4, 41, true)}) {
        EXPECT_NEAR(at(abbe(clear, source, pupil), 3), 1, 1e-13);
        EXPECT_NEAR(at(hopkins(clear, source, pupil), 3), 1, 1e-13);
        EXPECT_NEAR(open_frame_intensity(socs(source, pupil, 500 * nm, 400 * nm, 0)), 1, 1e-12);
    }
    pupil.obscuration = 0.5;
    EXPECT_THROW(abbe(clear, point_source(), pupil), InputError);
}

struct Case {
    const char* name;
    Source source;
    Pupil pupil;
};
std::vector<Case> cases() {
    Pupil focus = immersion(), defocus = immersion(), coma = immersion(), dry_obliq = dry(0.93);
    defocus.defocus = 80 * nm;
    coma.zernike_waves.assign(9, 0.0), coma.zernike_waves[6] = 0.05, coma.zernike_waves[8] = 0.02;
    dry_obliq.obliquity = true, dry_obliq.obscuration = 0.15;
    Source lopsided;
    lopsided.points = {{0.5, 0.1, 1}, {-0.4, 0.3, 2}, {0.2, -0.7, 0.5}, {0.1, 0.1, 1}};
    return {{"focus, annular", annular(0.6, 0.9, 15), focus},
            {"defocus, annular", annular(0.6, 0.9, 15), defocus},
            {"coma, quasar", quasar(0.6, 0.9, 30 * deg, 45 * deg, 15), coma},
            {"obliquity and obscuration, dipole", dipole(0.5, 0.9, 60 * deg, 10 * deg, 16), dry_obliq},
            {"lopsided, focus", normalised(lopsided), focus},
            {"lopsided, coma", normalised(lopsided), coma},
            {"conventional, coarse", conventional(0.3, 5), defocus}};
}

TEST(AerialImage, AbbeHopkinsAndFullSocsAgree) {  // V-22
    for (const Case& c : cases()) {
        Spectrum2 mask = random_squares(520 * nm, 13, 14, 3);
        mask.period_y = 430 * nm;
        for (std::size_t i = 0; i < mask.coefficients.size(); ++i)
            mask.coefficients[i] *= std::polar(1.0, 0.3 * static_cast<double>(i % 7));  // complex mask
        const Image slow = abbe(mask, c.source, c.pupil), direct = hopkins(mask, c.source, c.pupil);
        const KernelSet kernels = socs(c.source, c.pupil, mask.period_x, mask.period_y, 0);
        EXPECT_LT(largest_difference(slow, direct), 1e-14) << c.name;
        EXPECT_LT(largest_difference(slow, image(kernels, mask)), 1e-13) << c.name;
        EXPECT_LE(kernels.truncation_bound, 1e-12);
    }
}

TEST(AerialImage, AbbeMatchesTheDefiningSum) {
    // Nothing fast: every source point and every order at a handful of points.
    const Spectrum2 mask = random_squares(400 * nm, 9, 10, 1);
    Pupil pupil = immersion();
    pupil.defocus = 50 * nm;
    const Source source = dipole(0.6, 0.9, 40 * deg, 0 * deg, 9);
    const Image fast = abbe(mask, source, pupil);
    const double unit = 193.368 / (1.35 * 400);
    for (const auto& [x, y] : {std::pair{0.0, 0.0}, {33.0, 120.5}, {390.0, 7.0}}) {
        double sum = 0;
        for (const SourcePoint& s : source.points) {
            Complex field = 0;
            for (int fy = -10; fy <= 10; ++fy)
                for (int fx = -10; fx <= 10; ++fx)
                    field += pupil_value(pupil, fx * unit + s.sx, fy * unit + s.sy) * mask.at(fx, fy) *
                             std::polar(1.0, 2 * pi * (fx * x + fy * y) / 400);
            sum += s.weight * std::norm(field);
        }
        EXPECT_NEAR(value_at(fast, x * nm, y * nm), sum, 1e-14);
    }
}

TEST(Transmission, ExactCircularAgreesWithFineSamplingOffAxis) {
    const Spectrum2 mask = random_squares(450 * nm, 9, 10, 5);
    const Image exact = hopkins_exact_circular(mask, 0.6, immersion());
    const Source coarse = conventional(0.6, 41), fine = refined(coarse, immersion(), 450 * nm, 450 * nm, 60000);
    EXPECT_LT(largest_difference(exact, abbe(mask, coarse, immersion())), 1.5e-4);
    EXPECT_LT(largest_difference(exact, abbe(mask, fine, immersion())), 2e-5);
    Pupil blurred = immersion();
    blurred.defocus = 10 * nm;
    EXPECT_THROW(hopkins_exact_circular(mask, 0.6, blurred), InputError);
}

TEST(AerialImage, SameBitsAtAnyThreadCount) {
    const Spectrum2 mask = random_squares(600 * nm, 13, 16, 2);
    Pupil pupil = immersion();
    pupil.defocus = 30 * nm;
    const Source source = annular(0.6, 0.9, 21);
    std::vector<Image> abbes, direct, sums, gradients;
    for (int threads : {1, 2, 3}) {
        set_thread_count(threads);
        const KernelSet kernels = socs(source, pupil, mask.period_x, mask.period_y, 1e-3);
        abbes.push_back(abbe(mask, source, pupil));
        direct.push_back(hopkins(mask, source, pupil));
        sums.push_back(image(kernels, mask));
        gradients.push_back(image_adjoint(kernels, mask, sums.back()));
    }
    set_thread_count(2);
    for (const auto* images : {&abbes, &direct, &sums, &gradients})
        for (std::size_t i = 1; i < 3; ++i) EXPECT_EQ((*images)[0].coefficients, (*images)[i].coefficients);
}

}  // namespace
}  // namespace damascene::optics
