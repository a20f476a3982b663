// Meshes that rays may not enter, and shapes made from sections.
#include <gtest/gtest.h>

#include <limits>

#include "feature_rays/shapes.hpp"

namespace damascene::feature {
namespace {

TriangleMesh good() { return extruded(shapes::trench(2, shapes::even_cuts(4), 3), 1, 5); }

std::string message_of(const TriangleMesh& mesh, Side side = Side::mirror) {
    const RayDomain box = box_of(good(), side);
    try {
        (void)ray_flux(mesh, box, {.sticking = {1}}, {.max_rays = 160});
    } catch (const InputError& error) {
        return error.diagnostics().front().message;
    }
    return "";
}

void expect_named(const TriangleMesh& mesh, const std::string& triangle, const std::string& fault,
                  Side side = Side::mirror) {
    const std::string message = message_of(mesh, side);
    EXPECT_EQ(message.find("triangle " + triangle + " at ("), 0u) << message;
    EXPECT_NE(message.find(fault), std::string::npos) << message;
}

TEST(BadMesh, GoodOneIsTaken) {
    EXPECT_EQ(message_of(good()), "");
    EXPECT_EQ(message_of(good(), Side::periodic), "");
}

TEST(BadMesh, HoleIsNamed) {
    auto mesh = good();
    mesh.triangles.erase(mesh.triangles.begin() + 55);
    expect_named(mesh, "44", "open edge");
}

TEST(BadMesh, FlippedTriangleIsNamed) {
    auto mesh = good();
    std::swap(mesh.triangles[23][0], mesh.triangles[23][1]);
    const std::string message = message_of(mesh);
    EXPECT_NE(message.find("faces the other way"), std::string::npos) << message;
}

TEST(BadMesh, UpsideDownIsRefused) {
    auto mesh = good();
    for (auto& t : mesh.triangles) std::swap(t[0], t[1]);
    expect_named(mesh, "0", "faces away from the gas");
}

TEST(BadMesh, NotANumberIsNamed) {
    auto mesh = good();
    mesh.points[static_cast<std::size_t>(mesh.triangles[31][2])][1] = std::numeric_limits<double>::quiet_NaN();
    const std::string message = message_of(mesh);
    EXPECT_NE(message.find("no finite number"), std::string::npos) << message;
}

TEST(BadMesh, ZeroAreaIsNamed) {
    auto mesh = good();
    mesh.triangles.insert(mesh.triangles.begin() + 12,
                          {mesh.triangles[4][0], mesh.triangles[4][1], mesh.triangles[4][0]});
    expect_named(mesh, "12", "no area");
}

TEST(BadMesh, OutsideTheBoxIsNamed) {
    auto mesh = good();
    for (auto& p : mesh.points)
        if (p[0] > 0.55) p[0] = 0.7;
    const std::string message = message_of(mesh);
    EXPECT_NE(message.find("leaves the box"), std::string::npos) << message;
}

TEST(BadMesh, GapAtAWallIsRefused) {
    auto mesh = good();
    for (auto& p : mesh.points)
        if (p[0] > 0.55) p[0] = 0.59;
    const std::string message = message_of(mesh);
    EXPECT_NE(message.find("open edge"), std::string::npos) << message;
}

TEST(BadMesh, UnequalPeriodicWallsAreRefused) {
    auto mesh = good();
    for (auto& p : mesh.points)
        if (p[0] > 0.45 && p[2] == 0) p[2] = 0.01;
    EXPECT_EQ(message_of(mesh).find("D0431"), std::string::npos);
    const std::string message = message_of(mesh, Side::periodic);
    EXPECT_NE(message.find("no partner"), std::string::npos) << message;
}

TEST(BadMesh, IndexBeyondThePointsIsRefused) {
    auto mesh = good();
    mesh.triangles[7][1] = 100000;
    EXPECT_NE(message_of(mesh).find("triangle 7 names point 100000"), std::string::npos);
}

TEST(BadInput, SourceBelowTheSurfaceIsRefused) {
    const auto mesh = good();
    RayDomain box = box_of(mesh);
    box.source_z_nm = -1;
    EXPECT_THROW(ray_flux(mesh, box, {.sticking = {1}}), InputError);
}

TEST(BadInput, StickingBeyondOneIsRefused) {
    const auto mesh = good();
    for (const std::vector<double>& s : {std::vector<double>{1.7}, {-0.1}, {}, {0.1, 0.2}, {std::nan("")}})
        EXPECT_THROW(ray_flux(mesh, box_of(mesh), {.sticking = s}), InputError);
}

// Sum of (p0 x p1) . p2 / 6 of the mesh closed by its top: the hole's volume.
double volume_below_zero(const TriangleMesh& mesh) {
    double sum = 0;
    for (const auto& t : mesh.triangles) {
        const auto& a = mesh.points[static_cast<std::size_t>(t[0])];
        const auto& b = mesh.points[static_cast<std::size_t>(t[1])];
        const auto& c = mesh.points[static_cast<std::size_t>(t[2])];
        sum += (a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) +
                a[2] * (b[0] * c[1] - b[1] * c[0])) /
               6;
    }
    return -sum;
}

TEST(Shapes, RevolvedViaKeepsItsVolume) {
    const auto mesh = revolved(shapes::via(3, shapes::even_cuts(5), 4), 16);
    EXPECT_NEAR(volume_below_zero(mesh), 3 * std::numbers::pi * 0.25, 1e-12);
    EXPECT_EQ(mesh.material.size(), mesh.triangles.size());
    check_mesh(mesh, box_of(mesh));
    check_mesh(mesh, box_of(mesh, Side::periodic));
}

TEST(Shapes, ExtrusionHasTwoTrianglesPerPieceAndStep) {
    const Section section = shapes::trench(2, shapes::even_cuts(4), 3);
    const auto mesh = extruded(section, 1, 5);
    EXPECT_EQ(mesh.triangles.size(), 2 * 5 * section.size());
    EXPECT_THROW(revolved(section, 16), InputError);
    EXPECT_THROW(extruded(shapes::via(1, {0, 1}, 1), 1, 1), InputError);
    EXPECT_THROW(revolved(shapes::via(1, {0, 1}, 1), 9), InputError);
}

}  // namespace
}  // namespace damascene::feature
