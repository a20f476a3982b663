// Polygon spectra against closed forms, rasters and finite differences.
#include "geometry/shapes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <numbers>

namespace damascene {
namespace {

using Complex = std::complex<double>;
constexpr double pi = std::numbers::pi;

double sinc(double u) { return u == 0 ? 1 : std::sin(u) / u; }

/// Closed form of one rectangle (nm) on a period L x L.
Complex rectangle_coefficient(double x0, double y0, double x1, double y1, double period, int fx, int fy) {
    const double qx = 2 * pi * fx / period, qy = 2 * pi * fy / period, w = x1 - x0, h = y1 - y0;
    return std::polar(w * h / (period * period) * sinc(qx * w / 2) * sinc(qy * h / 2),
                      -(qx * (x0 + x1) + qy * (y0 + y1)) / 2);
}

/// Slow truth: the textbook edge sum F(q) = i/|q|^2 sum (q x e) e^{-i q.c} sinc(q.e/2), one frequency at a time.
Complex edge_sum(const Region& region, double period_x, double period_y, int fx, int fy) {
    const double qx = 2 * pi * fx / period_x, qy = 2 * pi * fy / period_y, unit = region.unit.in(nm);
    Complex sum = 0;
    for (const Ring& ring : region.rings)
        for (std::size_t k = 0; k < ring.size(); ++k) {
            const Point p = ring[k], q = ring[(k + 1) % ring.size()];
            const double ex = (q.x - p.x) * unit, ey = (q.y - p.y) * unit, cx = (p.x + q.x) * unit / 2,
                         cy = (p.y + q.y) * unit / 2;
            sum += (qx * ey - qy * ex) * sinc((qx * ex + qy * ey) / 2) * std::polar(1.0, -(qx * cx + qy * cy));
        }
    return Complex(0, 1) / (qx * qx + qy * qy) * sum / (period_x * period_y);
}

void expect_edge_sum(const Region& region, double period_x, double period_y, int band_x, int band_y, double tolerance) {
    const Spectrum2 m = polygon_spectrum(region, 0 * nm, 0 * nm, period_x * nm, period_y * nm, band_x, band_y);
    const double unit = region.unit.in(nm);
    EXPECT_NEAR(m.at(0, 0).real(), area(region) * unit * unit / (period_x * period_y), 1e-14);
    double worst = 0;
    for (int fy = -band_y; fy <= band_y; ++fy)
        for (int fx = -band_x; fx <= band_x; ++fx)
            if (fx || fy)
                worst = std::max(worst, std::abs(m.at(fx, fy) - edge_sum(region, period_x, period_y, fx, fy)));
    EXPECT_LT(worst, tolerance);
}

TEST(PolygonSpectrum, LShapeHasItsTabulatedTransform) {
    const Region l_shape = region_of({{{0, 0}, {100, 0}, {100, 40}, {60, 40}, {60, 90}, {0, 90}}});
    const Complex found = polygon_spectrum(l_shape, 0 * nm, 0 * nm, 1000 * nm, 1000 * nm, 5, 5).at(3, 5) * 1e6;
    const Complex expected(-2202.883011904780, -4514.853779625831);
    EXPECT_LT(std::abs(found - expected), 1e-12 * std::abs(expected));
}

TEST(PolygonSpectrum, TriangleHasItsTabulatedTransform) {
    const Region triangle = region_of({{{0, 0}, {80, 10}, {30, 70}}});
    const Complex found = polygon_spectrum(triangle, 0 * nm, 0 * nm, 1000 * nm, 1000 * nm, 3, 5).at(3, 5) * 1e6;
    const Complex expected(71.62576831518, -2240.45871031670);
    EXPECT_LT(std::abs(found - expected), 1e-11 * std::abs(expected));
}

TEST(PolygonSpectrum, RectangleIsAProductOfSincs) {
    const Spectrum2 m =
        polygon_spectrum(region_of({rectangle(120, -70, 355, 410)}), 30 * nm, 10 * nm, 2048 * nm, 2048 * nm, 40, 40);
    for (int fy = -40; fy <= 40; ++fy)
        for (int fx = -40; fx <= 40; ++fx)
            ASSERT_LT(std::abs(m.at(fx, fy) - rectangle_coefficient(90, -80, 325, 400, 2048, fx, fy)), 1e-15);
}

TEST(PolygonSpectrum, ManhattanProductEqualsTheEdgeSum) {
    expect_edge_sum(merged(random_rectangles(50, 200, 2048, 150)), 2048, 2048, 40, 40, 1e-14);
    expect_edge_sum(merged(random_rectangles(51, 60, 2048, 150)), 2048, 3000, 25, 8, 1e-14);
}

TEST(PolygonSpectrum, SlopedEdgesEqualTheEdgeSum) {
    expect_edge_sum(merged(random_triangles(52, 25, 2000)), 2048, 2048, 20, 24, 1e-14);
    // Nearly vertical and nearly horizontal edges: q.e/2 passes through zero.
    expect_edge_sum(region_of({{{0, 0}, {1001, 1}, {1000, 900}, {1, 901}}}), 2048, 2048, 30, 30, 1e-14);
}

TEST(PolygonSpectrum, DatabaseUnitScalesLengths) {
    expect_edge_sum(merged({0.1 * nm, random_rectangles(53, 50, 20000, 1500).rings}), 2048, 2048, 20, 20, 1e-14);
}

TEST(PolygonSpectrum, HoleSubtractsItsRectangle) {
    const Region frame = combine(region_of({rectangle(100, 100, 900, 700)}), region_of({rectangle(300, 200, 500, 600)}),
                                 Boolean::subtract);
    const Spectrum2 m = polygon_spectrum(frame, 0 * nm, 0 * nm, 1024 * nm, 1024 * nm, 12, 12);
    for (int fy = -12; fy <= 12; ++fy)
        for (int fx = -12; fx <= 12; ++fx)
            ASSERT_LT(std::abs(m.at(fx, fy) - rectangle_coefficient(100, 100, 900, 700, 1024, fx, fy) +
                               rectangle_coefficient(300, 200, 500, 600, 1024, fx, fy)),
                      1e-15);
}

TEST(PolygonSpectrum, ShapeAcrossTheBorderWrapsAround) {
    const Spectrum2 across =
        polygon_spectrum(region_of({rectangle(900, 100, 1100, 300)}), 0 * nm, 0 * nm, 1000 * nm, 1000 * nm, 10, 10);
    const Spectrum2 wrapped = polygon_spectrum(region_of({rectangle(900, 100, 1000, 300), rectangle(0, 100, 100, 300)}),
                                               0 * nm, 0 * nm, 1000 * nm, 1000 * nm, 10, 10);
    for (std::size_t k = 0; k < across.coefficients.size(); ++k)
        ASSERT_LT(std::abs(across.coefficients[k] - wrapped.coefficients[k]), 1e-15);
}

TEST(PolygonSpectrum, FullCellIsADeltaAtZero) {
    const Spectrum2 m =
        polygon_spectrum(region_of({rectangle(0, 0, 500, 500)}), 0 * nm, 0 * nm, 500 * nm, 500 * nm, 8, 8);
    for (int fy = -8; fy <= 8; ++fy)
        for (int fx = -8; fx <= 8; ++fx) ASSERT_LT(std::abs(m.at(fx, fy) - (fx == 0 && fy == 0 ? 1.0 : 0.0)), 1e-15);
}

TEST(PolygonSpectrum, SameBitsAtAnyThreadCount) {
    const Region mixed = merged(random_triangles(54, 30, 2000)),
                 manhattan = merged(random_rectangles(55, 3000, 60000, 400));
    const auto spectra = [&] {
        auto a = polygon_spectrum(mixed, 0 * nm, 0 * nm, 2048 * nm, 2048 * nm, 17, 17).coefficients;
        const auto b = polygon_spectrum(manhattan, 0 * nm, 0 * nm, 60000 * nm, 60000 * nm, 40, 40).coefficients;
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    const int threads = thread_count();
    set_thread_count(1);
    const auto one = spectra();
    for (const int n : {2, 3}) {
        set_thread_count(n);
        EXPECT_EQ(spectra(), one);
    }
    set_thread_count(threads);
}

/// Direct DFT of a binary raster at one frequency, rows first.
Complex raster_dft(const Field2<std::uint8_t>& raster, int fx, int fy) {
    const int nx = raster.grid.nx, ny = raster.grid.ny;
    Complex sum = 0;
    for (int y = 0; y < ny; ++y) {
        Complex row = 0;
        for (int x = 0; x < nx; ++x)
            if (raster.at(x, y))
                row += std::polar(1.0, -2 * pi * static_cast<double>((std::int64_t{fx} * x) % nx) / nx);
        sum += row * std::polar(1.0, -2 * pi * static_cast<double>((std::int64_t{fy} * y) % ny) / ny);
    }
    return sum / (static_cast<double>(nx) * ny);
}

TEST(SampledSpectrum, EqualsTheDftOfTheRasterOfClipOne) {
    const Region clip = contest_clip(1);
    EXPECT_EQ(area(clip), 215344);
    const Spectrum2 m = sampled_polygon_spectrum(clip, {0, 0}, 2048, 17);
    const auto raster = binary_raster(clip, {0, 0}, 2048, 2048, RasterRule::exact);
    for (const auto& [fx, fy] :
         std::vector<std::array<int, 2>>{{0, 0}, {1, 0}, {0, 1}, {-5, 3}, {17, -17}, {-17, -2}, {4, 16}, {0, -9}})
        EXPECT_LT(std::abs(m.at(fx, fy) - raster_dft(raster, fx, fy)), 1e-14) << fx << ", " << fy;
}

TEST(SampledSpectrum, EqualsTheDftOfARandomRasterAtEveryFrequency) {
    const Region region = merged(random_rectangles(60, 40, 96, 20));
    const Spectrum2 m = sampled_polygon_spectrum(region, {-3, 5}, 100, 20);
    const auto raster = binary_raster(region, {-3, 5}, 100, 100, RasterRule::exact);
    const Region inside = clipped(region, {-3, 5, 97, 105});
    const Spectrum2 clipped_m = sampled_polygon_spectrum(inside, {-3, 5}, 100, 20);
    double worst = 0;
    for (int fy = -20; fy <= 20; ++fy)
        for (int fx = -20; fx <= 20; ++fx)
            worst = std::max(worst, std::abs(clipped_m.at(fx, fy) - raster_dft(raster, fx, fy)));
    EXPECT_LT(worst, 1e-14);
    EXPECT_GT(std::abs(m.at(0, 0) - clipped_m.at(0, 0)), 0) << "the part below the window wraps around";
}

// Pixels as point samples: sinc(pi f/N) of the pixel is missing and the samples sit half a pixel low.
TEST(SampledSpectrum, DiffersFromTheExactOneByHalfAPixelAndItsSinc) {
    const Region clip = contest_clip(3);
    const Spectrum2 sampled = sampled_polygon_spectrum(clip, {0, 0}, 2048, 17);
    const Spectrum2 exact = polygon_spectrum(clip, 0 * nm, 0 * nm, 2048 * nm, 2048 * nm, 17, 17);
    for (int fy = -17; fy <= 17; ++fy)
        for (int fx = -17; fx <= 17; ++fx) {
            const Complex pixel = std::polar(sinc(pi * fx / 2048) * sinc(pi * fy / 2048), -pi * (fx + fy) / 2048);
            ASSERT_LT(std::abs(sampled.at(fx, fy) * pixel - exact.at(fx, fy)), 1e-14);
        }
}

TEST(SampledSpectrum, RefusesSlopedEdges) {
    EXPECT_THROW(sampled_polygon_spectrum(region_of({{{0, 0}, {9, 0}, {0, 9}}}), {0, 0}, 16, 3), InputError);
}

Spectrum2 random_adjoint(int band_x, int band_y, double period_x, double period_y) {
    Spectrum2 g{band_x, band_y, period_x * nm, period_y * nm, 13 * nm, -7 * nm, {}};
    const KeyedRandom random(99, 3);
    for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(g.width() * g.height()); ++k)
        g.coefficients.emplace_back(random.normal(2 * k), random.normal(2 * k + 1));
    return g;
}

double linear_loss(const Region& region, const Spectrum2& g) {
    const Spectrum2 m = polygon_spectrum(region, g.x0, g.y0, g.period_x, g.period_y, g.band_x, g.band_y);
    double loss = 0;
    for (std::size_t k = 0; k < m.coefficients.size(); ++k)
        loss += 2 * (std::conj(g.coefficients[k]) * m.coefficients[k]).real();
    return loss;
}

// Central difference with step h: the loss along a shift is smooth with wavelength >= 2048/12 nm, so the error is about
// (2 pi 12/2048 h)^2 / 6 = 2e-8 relative at h = 0.01 nm.
TEST(EdgeGradient, EqualsTheFiniteDifferenceOfTheSpectrum) {
    const Spectrum2 g = random_adjoint(12, 9, 2048, 1500);
    const double fine = 1e-2;  // nm per unit
    const Ring l_shape{{10000, 20000}, {70000, 20000}, {70000, 45000}, {40000, 45000}, {40000, 90000}, {10000, 90000}};
    std::vector<EdgeSegment> segments;
    for (std::size_t k = 0; k < 6; ++k) {
        const Point p = l_shape[k], q = l_shape[(k + 1) % 6];
        segments.push_back({p.x * fine, p.y * fine, q.x * fine, q.y * fine});
    }
    const auto gradient = edge_gradient(segments, g);
    for (std::size_t k = 0; k < 6; ++k) {
        const auto shifted = [&](int by) {
            Ring ring = l_shape;
            Point &p = ring[k], &q = ring[(k + 1) % 6];
            const int outward_x = p.y == q.y ? 0 : (q.y > p.y ? 1 : -1),
                      outward_y = p.x == q.x ? 0 : (q.x > p.x ? -1 : 1);
            for (Point* v : {&p, &q}) v->x += by * outward_x, v->y += by * outward_y;
            return linear_loss({fine * nm, {ring}}, g);
        };
        const double difference = (shifted(1) - shifted(-1)) / (2 * fine);
        EXPECT_NEAR(gradient[k], difference, 1e-6 * std::abs(difference) + 1e-9) << "edge " << k;
    }
}

TEST(EdgeGradient, SegmentsOfAnEdgeAddUpToTheEdge) {
    const Spectrum2 g = random_adjoint(20, 20, 2048, 2048);
    const std::vector<EdgeSegment> pieces{{5, 10, 5, 300},  {5, 10, 5, 120}, {5, 120, 5, 300},
                                          {80, 3, 400, 3},  {80, 3, 100, 3}, {100, 3, 400, 3},
                                          {0, 0, 300, 400}, {0, 0, 30, 40},  {30, 40, 300, 400}};
    const auto gradient = edge_gradient(pieces, g);
    for (const std::size_t k : {0, 3, 6})
        EXPECT_NEAR(gradient[k], gradient[k + 1] + gradient[k + 2], 1e-12 * (1 + std::abs(gradient[k])));
}

// The integrand is the band-limited adjoint field; quadrature along the segment is the slow truth.
TEST(EdgeGradient, IsTheLineIntegralOfTheAdjointField) {
    const Spectrum2 g = random_adjoint(10, 14, 2048, 1024);
    const std::vector<EdgeSegment> segments{{100, 200, 100, 260}, {300, 50, 240, 50}, {10, 20, 70, 110}};
    const auto gradient = edge_gradient(segments, g);
    for (std::size_t k = 0; k < segments.size(); ++k) {
        const EdgeSegment s = segments[k];
        const double length = std::hypot(s.x1_nm - s.x0_nm, s.y1_nm - s.y0_nm);
        double integral = 0;
        constexpr int n =
            400;  // midpoint rule, relative error (2 pi 14/1024 x 108/400)^2 / 24 = 2e-5 of the largest term
        for (int i = 0; i < n; ++i) {
            const double t = (i + 0.5) / n, x = s.x0_nm + t * (s.x1_nm - s.x0_nm) - 13,
                         y = s.y0_nm + t * (s.y1_nm - s.y0_nm) + 7;
            for (int fy = -14; fy <= 14; ++fy)
                for (int fx = -10; fx <= 10; ++fx)
                    integral +=
                        2 *
                        (std::conj(g.at(fx, fy)) * std::polar(1.0, -2 * pi * (fx * x / 2048 + fy * y / 1024))).real();
        }
        integral *= length / n / (2048.0 * 1024.0);
        EXPECT_NEAR(gradient[k], integral, 1e-4 * std::abs(integral));
    }
}

TEST(PolygonSpectrum, BlockOfFourMicrometresTakesAboutAMillisecond) {
    const Region block = merged(random_rectangles(70, 125, 4000, 300));
    std::size_t edges = 0;
    for (const Ring& ring : block.rings) edges += ring.size();
    double best = 1e9;
    for (int k = 0; k < 20; ++k) {
        const auto start = std::chrono::steady_clock::now();
        const Spectrum2 m = polygon_spectrum(block, 0 * nm, 0 * nm, 4000 * nm, 4000 * nm, 40, 40);
        best =
            std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
        ASSERT_GT(m.at(0, 0).real(), 0);
    }
    RecordProperty("milliseconds", std::to_string(best));
    std::cout << edges << " edges, band 40: " << best << " ms\n";
    EXPECT_LT(best, 20) << "an order above the goal, for loaded machines";
}

}  // namespace
}  // namespace damascene
