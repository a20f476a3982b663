#include "flow/focus_images.hpp"

#include <algorithm>

#include "damascene/resist.hpp"
#include "flow/image_blur.hpp"
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

FocusImage sharp_image(const Projection& p, double focus_nm) {
    if (by_kernels(p)) {
        const KernelSet kernels = kernels_at(p.optics, p.clip.period_nm, focus_nm, p.image_tol);
        return {placed(optics::image(kernels, spectrum_by_kernels(p, kernels)), p.clip), kernels.count(),
                kernels.truncation_bound};
    }
    const optics::Pupil pupil = pupil_at(p, focus_nm);
    const Spectrum2 spectrum = spectrum_by_pupil(p, pupil);
    return {placed(p.method == "abbe" ? optics::abbe(spectrum, *p.optics.source, pupil)
                                      : optics::hopkins(spectrum, *p.optics.source, pupil),
                   p.clip),
            0, 0};
}

Spectrum2 sharp_adjoint(const Projection& p, double focus_nm, const Spectrum2& dloss_dimage) {
    if (by_kernels(p)) {
        const KernelSet kernels = kernels_at(p.optics, p.clip.period_nm, focus_nm, p.image_tol);
        return placed(optics::image_adjoint(kernels, spectrum_by_kernels(p, kernels), dloss_dimage), p.clip);
    }
    const optics::Pupil pupil = pupil_at(p, focus_nm);
    return placed(optics::abbe_adjoint(spectrum_by_pupil(p, pupil), *p.optics.source, pupil, dloss_dimage).mask,
                  p.clip);
}

}  // namespace

double Projection::clear_area() const {
    return std::clamp(mask_spectrum(shapes, clip, 0, clear_field, false).at(0, 0).real(), 0.0, 1.0);
}

Projection Projection::grown(Length distance) const {
    const double unit_nm = shapes.unit.in(nm);
    const auto units = [&](double length_nm) { return std::lround(length_nm / unit_nm); };
    const std::int64_t period = units(clip.period_nm), x0 = units(clip.x0_nm), y0 = units(clip.y0_nm),
                       reach = units(4 * std::abs(distance.in(nm)));
    Region around{shapes.unit, {}};
    for (const int i : {-1, 0, 1})
        for (const int j : {-1, 0, 1})
            for (Ring& ring : translated(shapes, i * period, j * period).rings) around.rings.push_back(std::move(ring));
    const Region near = merged(clipped(around, {x0 - reach, y0 - reach, x0 + period + reach, y0 + period + reach}));
    Projection out = *this;
    out.shapes = clipped(offset(near, distance, false), {x0, y0, x0 + period, y0 + period});
    return out;
}

FocusImage Projection::at(double focus_nm) const {
    FocusImage out;
    out.image = blurred(
        optics.blur, [&] { return clear_area(); },
        [&](Length shift) {
            FocusImage sharp = sharp_image(*this, focus_nm + shift.in(nm));
            out.kernels = std::max(out.kernels, sharp.kernels), out.bound = std::max(out.bound, sharp.bound);
            return std::move(sharp.image);
        });
    return out;
}

Spectrum2 Projection::adjoint(double focus_nm, const Spectrum2& dloss_dimage) const {
    return adjoint_of_blurred(optics.blur, dloss_dimage, [&](Length shift, const Spectrum2& d) {
        return sharp_adjoint(*this, focus_nm + shift.in(nm), d);
    });
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
