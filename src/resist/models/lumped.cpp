// Gaussian-diffused aerial image, then a constant threshold: printed where dose (I * G_sigma) >= I_th.
#include "resist/models/rows.hpp"

namespace damascene::resist {

extern const ResistModel model_lumped;
const ResistModel model_lumped = {
    {.catalogue = "resist",
     .name = "lumped",
     .summary = "Acid diffusion as a Gaussian blur of the image, then a constant threshold.",
     .equation = "printed = [dose (I * G_sigma) >= threshold]",
     .citation = "Mack2007",
     .params = {row_threshold,
                {.name = "diffusion_length",
                 .unit = "nm",
                 .default_text = "10 nm",
                 .low = 0,
                 .high = 200,
                 .doc = "standard deviation of the blur",
                 .label = "recall",
                 .warn_high = 50}}},
    [](const ParamValues& v, const Image& image) {
        return diffused(image, Length::from_si(v.real("diffusion_length")));
    }};

}  // namespace damascene::resist
