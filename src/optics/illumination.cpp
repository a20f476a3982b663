// Clear field and passed orders; see illumination.hpp.
#include "optics/illumination.hpp"

#include <cmath>

#include <fmt/format.h>

namespace damascene::optics {

double clear_field(const Source& source, const Pupil& pupil) {
    double sum = 0;
    for (const SourcePoint& p : source.points) sum += p.weight * std::norm(pupil_value(pupil, p.sx, p.sy));
    if (!(sum > 0))
        throw InputError("D0404",
                         "no light passes the pupil without a mask, so the image has no clear field to refer to",
                         fmt::format("needs a source point with {} <= |s| <= 1", pupil.obscuration));
    return sum;
}

std::vector<Order> passed_orders(const Source& source, const Pupil& pupil, Length period_x, Length period_y) {
    const int bx = mask_band(source, pupil, period_x), by = mask_band(source, pupil, period_y);
    const double ux = order_step(pupil, period_x), uy = order_step(pupil, period_y),
                 reach = 1 + source.sigma_max() + 1e-9;
    std::vector<Order> orders;
    for (int fy = -by; fy <= by; ++fy)
        for (int fx = -bx; fx <= bx; ++fx)
            if (std::hypot(fx * ux, fy * uy) <= reach) orders.push_back({fx, fy});
    return orders;
}

void require_memory(std::size_t bytes, const char* what) {
    if (bytes > std::size_t{4} << 30)
        throw ResourceError("D0601",
                            fmt::format("the {} would take {:.1f} GB", what, static_cast<double>(bytes) / (1 << 30)),
                            "split the field into smaller tiles: the cost grows as the fourth power of the period");
}

}  // namespace damascene::optics
