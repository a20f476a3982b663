// Constant threshold on the aerial image: printed where dose I >= I_th.
#include "resist/models/rows.hpp"

namespace damascene::resist {

extern const ResistModel model_threshold;
const ResistModel model_threshold = {{.catalogue = "resist",
                                      .name = "threshold",
                                      .summary = "Constant threshold on the aerial image.",
                                      .equation = "printed = [dose I >= threshold]",
                                      .citation = "Banerjee2013",
                                      .params = {row_threshold}},
                                     [](const ParamValues&, const Image& image) { return image; }};

}  // namespace damascene::resist
