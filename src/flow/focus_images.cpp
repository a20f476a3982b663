#include "flow/focus_images.hpp"

#include <algorithm>

#include "damascene/resist.hpp"
#include "flow/litho.hpp"

namespace damascene::flow {

ParamSpec polarity_row() {
    return {.name = "polarity",
            .kind = ParamKind::choice,
            .default_text = "dark-field",
            .doc = "of a drawn mask: shapes are openings (dark-field) or opaque (clear-field)",
            .choices = {"dark-field", "clear-field"}};
}

std::vector<ParamSpec> imaging_rows(const char* method) {
    return {polarity_row(),
            {.name = "method",
             .kind = ParamKind::choice,
             .default_text = method,
             .doc = "socs = kernels, hopkins = exact bilinear sum, abbe = slow truth",
             .choices = {"socs", "hopkins", "abbe"}},
            image_tol_row("0.001")};
}

namespace {

bool by_kernels(const Projection& p) { return p.optics.focus || p.method == "socs"; }

optics::Pupil pupil_at(const Projection& p, double focus_nm) {
    optics::Pupil pupil = p.optics.pupil;
    pupil.defocus = pupil.defocus + focus_nm * nm;
    return pupil;
}

Spectrum2 spectrum_by_pupil(const Projection& p, const optics::Pupil& pupil) {
    const int band = optics::mask_band(*p.optics.source, pupil, p.clip.period_nm * nm);
    return mask_spectrum(p.shapes, p.clip, band, p.clear_field, false);
}

Spectrum2 spectrum_by_kernels(const Projection& p, const KernelSet& kernels) {
    return mask_spectrum(p.shapes, p.clip, kernels.band_x, p.clear_field, p.optics.focus.has_value());
}

Spectrum2 placed(Spectrum2 f, const Clip& clip) {
    f.x0 = clip.x0_nm * nm;
    f.y0 = clip.y0_nm * nm;
    return f;
}

}  // namespace

FocusImage Projection::at(double focus_nm) const {
    if (by_kernels(*this)) {
        const KernelSet kernels = kernels_at(optics, clip.period_nm, focus_nm, image_tol);
        return {placed(optics::image(kernels, spectrum_by_kernels(*this, kernels)), clip), kernels.count(),
                kernels.truncation_bound};
    }
    const optics::Pupil pupil = pupil_at(*this, focus_nm);
    const Spectrum2 spectrum = spectrum_by_pupil(*this, pupil);
    return {placed(method == "abbe" ? optics::abbe(spectrum, *optics.source, pupil)
                                    : optics::hopkins(spectrum, *optics.source, pupil),
                   clip),
            0, 0};
}

Spectrum2 Projection::adjoint(double focus_nm, const Spectrum2& dloss_dimage) const {
    if (by_kernels(*this)) {
        const KernelSet kernels = kernels_at(optics, clip.period_nm, focus_nm, image_tol);
        return placed(optics::image_adjoint(kernels, spectrum_by_kernels(*this, kernels), dloss_dimage), clip);
    }
    const optics::Pupil pupil = pupil_at(*this, focus_nm);
    return placed(optics::abbe_adjoint(spectrum_by_pupil(*this, pupil), *optics.source, pupil, dloss_dimage).mask,
                  clip);
}

Projection projection_of(const Inputs& in) {
    const ParamValues& v = in.params->values;
    const Mask* mask = mask_of(in);
    Projection p;
    p.clip = clip_of(in);
    p.shapes = mask ? mask->shapes : p.clip.target;
    p.optics = load_optics(in);
    if (v.has("method")) p.method = v.text("method");
    if (v.has("image_tol")) p.image_tol = v.real("image_tol");
    p.clear_field = mask ? mask->clear_field : v.text("polarity") == "clear-field";
    if (in.layout && in.layout->values.has("pattern") && p.optics.source)
        p.optics.source =
            optics::refined(*p.optics.source, p.optics.pupil, p.clip.period_nm * nm, p.clip.period_nm * nm);
    return p;
}

const Image& ImageSeries::at(double focus_nm) {
    const auto found = images_.find(focus_nm);
    if (found != images_.end()) return found->second;
    FocusImage sharp = projection_.at(focus_nm);
    bound_ = std::max(bound_, sharp.bound);
    return images_[focus_nm] = blur_ > 0 * nm ? resist::diffused(sharp.image, blur_) : std::move(sharp.image);
}

double ImageSeries::mask_error_enhancement(double focus_nm, double level, const opc::CutEnds& cut) {
    Spectrum2 dsize = opc::size_derivative(at(focus_nm), level, cut);
    if (blur_ > 0 * nm) dsize = resist::diffused(dsize, blur_);
    return opc::mask_error_enhancement(projection_.shapes, projection_.adjoint(focus_nm, dsize),
                                       projection_.clear_field ? -1 : 1);
}

}  // namespace damascene::flow
