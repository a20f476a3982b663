// Pixelated source: n x n weights over [-1, 1]^2, row = sy from -1 upwards, one point per pixel centre.
#include <cmath>

#include <fmt/format.h>

#include "optics/models/rows.hpp"

namespace damascene::optics {

extern const SourceModel model_pixels;
const SourceModel model_pixels = {
    {.catalogue = "source",
     .name = "pixels",
     .summary = "Table of n x n pixel weights over the pupil square, as from source optimisation.",
     .equation = "s = ((2 ix + 1 - n)/n, (2 iy + 1 - n)/n), w = weights[iy n + ix], sum w = 1",
     .citation = "Hopkins1953",
     .params = {{.name = "weights",
                 .kind = ParamKind::real_list,
                 .low = 0,
                 .doc = "n x n weights, row by row from sy = -1; lit pixels lie inside the pupil"}}},
    [](const ParamValues& v, const std::string&) {
        Field2<double> weights;
        weights.values = v.reals("weights");
        const int n = static_cast<int>(std::lround(std::sqrt(static_cast<double>(weights.values.size()))));
        if (static_cast<std::size_t>(n) * static_cast<std::size_t>(n) != weights.values.size())
            throw InputError("D0204",
                             fmt::format("source pixels: {} weights are not a square table", weights.values.size()),
                             "needs n x n weights");
        weights.grid.nx = weights.grid.ny = n;
        return pixelated(weights);
    }};

}  // namespace damascene::optics
