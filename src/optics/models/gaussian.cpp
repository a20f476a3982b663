// Gaussian source: w(s) = exp(-|s|^2/(2 sigma^2)) inside the pupil, s in NA/lambda; sigma is the standard deviation.
#include "optics/models/rows.hpp"

namespace damascene::optics {

extern const SourceModel model_gaussian;
const SourceModel model_gaussian = {{.catalogue = "source",
                                     .name = "gaussian",
                                     .summary = "Gaussian spot of standard deviation sigma, cut at sigma_out.",
                                     .equation = "w(s) = exp(-|s|^2/(2 sigma^2)) for |s| <= sigma_out, sum w = 1",
                                     .citation = "Hopkins1953",
                                     .params = {{.name = "sigma",
                                                 .default_text = "0.3",
                                                 .low = 0,
                                                 .high = 10,
                                                 .low_open = true,
                                                 .doc = "standard deviation, fraction of NA"},
                                                {.name = "sigma_out",
                                                 .default_text = "1",
                                                 .low = 0,
                                                 .high = 1,
                                                 .low_open = true,
                                                 .doc = "cut-off radius, fraction of NA"},
                                                row_grid}},
                                    [](const ParamValues& v, const std::string&) {
                                        return gaussian(v.real("sigma"), v.real("sigma_out"), grid_of(v));
                                    }};

}  // namespace damascene::optics
