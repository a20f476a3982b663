// Vibration, flare and laser bandwidth of the table [optics], on images and on the way back to the mask.
#pragma once

#include "damascene/flow.hpp"

namespace damascene::flow {

/// Of the image at a shift of focus. clear_light: what flare spreads, mean transmission of the mask times the image of
/// a clear mask. Without any blur: the image at shift 0, bit for bit.
Image blurred(const Blur&, const std::function<double()>& clear_light,
              const std::function<Image(Length focus_shift)>& sharp_at);
/// Adjoint G of the mask, dL = 2 Re sum conj(G) dM, of a functional of the blurred image: sharp_adjoint gives that of
/// the sharp one at a shift of focus.
Spectrum2 adjoint_of_blurred(
    const Blur&, const Spectrum2& dloss_dimage,
    const std::function<Spectrum2(Length focus_shift, const Spectrum2& dloss_dimage)>& sharp_adjoint);

}  // namespace damascene::flow
