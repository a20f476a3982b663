// From the light in the film stack to the developed resist: exposure, bake, development as one function of mask, focus
// and dose. What the process window, the calibration and the recipe's resist step share.
#pragma once

#include <memory>

#include "damascene/optics/vector_image.hpp"
#include "damascene/resist/physical.hpp"

namespace damascene::opc {

/// amplified: acid from 1 - M deblocks during the bake. conventional: the inhibitor M itself diffuses.
enum class Chemistry { amplified, conventional };

struct ResistProcess {
    numerics::FilmStack stack;
    std::size_t film = 0;  ///< of the stack: the resist
    bool vector = true;
    optics::VectorLight light;
    Chemistry chemistry = Chemistry::amplified;
    resist::Dill dill;
    bool bleaching = false;
    double dose_mj_cm2 = 30;
    double quencher = 0;  ///< relative to the photo-acid generator
    resist::Bake bake;
    const resist::DevelopmentModel* development = nullptr;
    ParamValues rate;
    resist::Tone tone = resist::Tone::positive;
    double development_s = 60;
    double shrink_vertical = 0, shrink_lateral = 0;  ///< negative tone: shares of height and of the space's width
    double lateral_nm = 2, slice_nm = 1;             ///< largest spacings
};
/// InputError naming the quantity and its allowed range.
void validate(const ResistProcess&);

/// Light at the film's Chebyshev depths for one mask and one pupil (its defocus: of the top of the resist), per unit of
/// the dose incident where the mask is clear: sum over depth of alpha times it = absorptance. With bleaching: one image
/// at depth 0, of the light that falls on the stack; the films' standing wave changes with the dose and belongs to the
/// exposure (resist::exposed_bleaching).
ImageInDepth light_in_resist(const Spectrum2& mask, const optics::Source&, const optics::Pupil&, const ResistProcess&);

/// Whole numbers of samples over the periods of the images, slices over the film. One sample along an axis on which no
/// image varies.
Grid3 resist_grid(const ImageInDepth&, const ResistProcess&);

struct PhysicalPrint {
    Field3<float> blocked;  ///< after bake: inhibitor, 0..1
    Field3<float> arrival;  ///< of the developer, s; +infinity beyond thrice development_s
    int bake_steps = 0;
    double bake_error = 0;  ///< of the inhibitor, estimated
    bool fully_quenched = false;
};
/// The chain at `relative_dose` x process dose.
PhysicalPrint physical_print(const ImageInDepth&, const Grid3&, const ResistProcess&, Length wavelength,
                             double relative_dose = 1);
/// What stands along a cut (layout nm), shrink included.
resist::ResistSection printed_section(const PhysicalPrint&, const ResistProcess&, std::array<double, 4> cut_nm);
/// Width (nm) of the feature in the middle of the cut at `height` (share of the film thickness); NaN if it does not
/// print as `line` (resist) or space.
double printed_cd(const PhysicalPrint&, const ResistProcess&, std::array<double, 4> cut_nm, double height, bool line);

}  // namespace damascene::opc
