// Intersections by Embree 3.13 [Wald 2014]: the only file that knows it. API 4 differs in the header, in
// rtcIntersect1's third argument (RTCIntersectArguments) and in the absence of RTCIntersectContext.
#include <embree3/rtcore.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "damascene/base/error.hpp"
#include "damascene/base/parallel.hpp"
#include "feature/rays/intersect.hpp"

namespace damascene::feature::rays {
namespace {

struct FreeDevice {
    void operator()(RTCDevice device) const { rtcReleaseDevice(device); }
};
struct FreeScene {
    void operator()(RTCScene scene) const { rtcReleaseScene(scene); }
};
using Device = std::unique_ptr<std::remove_pointer_t<RTCDevice>, FreeDevice>;
using Scene = std::unique_ptr<std::remove_pointer_t<RTCScene>, FreeScene>;

void require_no_error(RTCDevice device) {
    const RTCError error = rtcGetDeviceError(device);
    if (error == RTC_ERROR_NONE) return;
    if (error == RTC_ERROR_OUT_OF_MEMORY)
        throw ResourceError("D0601", "no memory for the ray accelerator", "use larger triangles");
    throw std::runtime_error("Embree error " + std::to_string(static_cast<int>(error)));
}

Vec3 centre_of(const std::vector<Vec3>& points) {
    Vec3 least = points.front(), most = points.front();
    for (const Vec3& p : points) {
        least = {std::min(least.x, p.x), std::min(least.y, p.y), std::min(least.z, p.z)};
        most = {std::max(most.x, p.x), std::max(most.y, p.y), std::max(most.z, p.z)};
    }
    return 0.5 * (least + most);
}

void fill(RTCGeometry geometry, const Triangles& triangles, const Vec3& centre) {
    auto* point = static_cast<float*>(rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3,
                                                              3 * sizeof(float), triangles.points.size()));
    auto* corner = static_cast<std::uint32_t*>(rtcSetNewGeometryBuffer(
        geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 3 * sizeof(std::uint32_t), triangles.corners.size()));
    if (!point || !corner) return;
    for (const Vec3& p : triangles.points) {
        *point++ = static_cast<float>(p.x - centre.x);
        *point++ = static_cast<float>(p.y - centre.y);
        *point++ = static_cast<float>(p.z - centre.z);
    }
    for (const auto& t : triangles.corners)
        for (std::int32_t i : t) *corner++ = static_cast<std::uint32_t>(i);
}

class Embree final : public Intersector {
  public:
    explicit Embree(const Triangles& triangles) : centre_(centre_of(triangles.points)), device_(rtcNewDevice(nullptr)) {
        if (!device_) throw std::runtime_error("Embree gives no device");
        scene_.reset(rtcNewScene(device_.get()));
        rtcSetSceneFlags(scene_.get(), RTC_SCENE_FLAG_ROBUST);
        rtcSetSceneBuildQuality(scene_.get(), RTC_BUILD_QUALITY_MEDIUM);
        const RTCGeometry geometry = rtcNewGeometry(device_.get(), RTC_GEOMETRY_TYPE_TRIANGLE);
        fill(geometry, triangles, centre_);
        on_one_thread([&] {
            rtcCommitGeometry(geometry);
            rtcAttachGeometry(scene_.get(), geometry);
            rtcReleaseGeometry(geometry);
            rtcCommitScene(scene_.get());
        });
        require_no_error(device_.get());
    }

    void meet(std::span<const Flight> flights, std::span<Meeting> meetings) const override {
        RTCIntersectContext context;
        rtcInitIntersectContext(&context);
        context.flags = RTC_INTERSECT_CONTEXT_FLAG_INCOHERENT;
        for (std::size_t i = 0; i < flights.size(); ++i) {
            RTCRayHit ray = as_ray(flights[i]);
            rtcIntersect1(scene_.get(), &context, &ray);
            meetings[i] = as_meeting(ray);
        }
    }

  private:
    RTCRayHit as_ray(const Flight& f) const {
        RTCRayHit r;
        r.ray.org_x = static_cast<float>(f.from.x - centre_.x);
        r.ray.org_y = static_cast<float>(f.from.y - centre_.y);
        r.ray.org_z = static_cast<float>(f.from.z - centre_.z);
        r.ray.dir_x = static_cast<float>(f.along.x);
        r.ray.dir_y = static_cast<float>(f.along.y);
        r.ray.dir_z = static_cast<float>(f.along.z);
        r.ray.tnear = static_cast<float>(f.nearest);
        r.ray.tfar = static_cast<float>(f.farthest);
        r.ray.time = 0;
        r.ray.mask = ~0u;
        r.ray.id = 0;
        r.ray.flags = 0;
        r.hit.geomID = RTC_INVALID_GEOMETRY_ID;
        r.hit.instID[0] = RTC_INVALID_GEOMETRY_ID;
        return r;
    }
    static Meeting as_meeting(const RTCRayHit& r) {
        if (r.hit.geomID == RTC_INVALID_GEOMETRY_ID) return {};
        return {static_cast<std::int32_t>(r.hit.primID), r.ray.tfar, r.hit.u, r.hit.v};
    }

    Vec3 centre_;
    Device device_;
    Scene scene_;
};

}  // namespace

std::unique_ptr<Intersector> embree_intersector(const Triangles& triangles) {
    return std::make_unique<Embree>(triangles);
}

}  // namespace damascene::feature::rays
