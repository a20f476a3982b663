// Uniform disc source: w(s) = 1/(pi sigma^2) for |s| <= sigma, s in NA/lambda.
#include "optics/models/rows.hpp"

namespace damascene::optics {

extern const SourceModel model_conventional;
const SourceModel model_conventional = {
    {.catalogue = "source",
     .name = "conventional",
     .summary = "Uniform disc of radius sigma: partial coherence from sigma -> 0 (coherent) to 1.",
     .equation = "w(s) = const for |s| <= sigma, sum w = 1",
     .citation = "Hopkins1953",
     .params =
         {{.name = "sigma", .default_text = "0.5", .low = 0, .high = 1, .doc = "radius, fraction of NA; 0 = coherent"},
          row_grid}},
    [](const ParamValues& v, const std::string&) { return conventional(v.real("sigma"), grid_of(v)); }};

}  // namespace damascene::optics
