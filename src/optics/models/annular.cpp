// Uniform ring source: sigma_in <= |s| <= sigma_out, s in NA/lambda.
#include "optics/models/rows.hpp"

namespace damascene::optics {

extern const SourceModel model_annular;
const SourceModel model_annular = {{.catalogue = "source",
                                    .name = "annular",
                                    .summary = "Uniform ring between sigma_in and sigma_out.",
                                    .equation = "w(s) = const for sigma_in <= |s| <= sigma_out, sum w = 1",
                                    .citation = "Hopkins1953",
                                    .params = {row_sigma_in, row_sigma_out, row_grid}},
                                   [](const ParamValues& v, const std::string&) {
                                       return annular(v.real("sigma_in"), v.real("sigma_out"), grid_of(v));
                                   }};

}  // namespace damascene::optics
