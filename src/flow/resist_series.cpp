#include "flow/resist_series.hpp"

#include "flow/image_blur.hpp"
#include "flow/litho.hpp"

namespace damascene::flow {
namespace {

constexpr std::size_t most_prints = 64;  // kept: some features share a print, a root search moves on

Spectrum2 open_mask(const Spectrum2& mask) { return {0, 0, mask.period_x, mask.period_y, mask.x0, mask.y0, {1}}; }

}  // namespace

bool draws_resist(const Projection& p, const opc::ResistProcess& process) {
    return p.clear_field == (process.tone == resist::Tone::positive);
}

ResistSeries::ResistSeries(Projection projection, opc::ResistProcess process, double height)
    : projection_(std::move(projection)), process_(std::move(process)), height_(height) {
    if (!projection_.optics.source)
        throw InputError("D0404", "kernel files hold no light inside the resist", "give source and lens in [optics]");
}

ResistSeries ResistSeries::with_chemistry(opc::ResistProcess process) const {
    ResistSeries other(projection_, std::move(process), height_);
    other.light_ = light_;
    return other;
}

ImageInDepth ResistSeries::sharp_light(const Spectrum2& mask, double focus_nm) const {
    optics::Pupil pupil = projection_.optics.pupil;
    pupil.defocus = pupil.defocus + focus_nm * nm;
    return opc::light_in_resist(mask, *projection_.optics.source, pupil, process_);
}

ImageInDepth ResistSeries::blurred_light(const Spectrum2& mask, double focus_nm) const {
    const Blur& blur = projection_.optics.blur;
    std::map<double, ImageInDepth> sharp;  // by shift of focus, nm
    const auto sharp_at = [&](Length shift) -> const ImageInDepth& {
        const auto known = sharp.find(shift.in(nm));
        if (known != sharp.end()) return known->second;
        return sharp.emplace(shift.in(nm), sharp_light(mask, focus_nm + shift.in(nm))).first->second;
    };
    const ImageInDepth open = blur.flare > 0 ? sharp_light(open_mask(mask), 0) : ImageInDepth{};
    ImageInDepth light = sharp_at(0 * nm);
    for (std::size_t k = 0; k < light.images.size(); ++k)
        light.images[k] = blurred(
            blur, [&] { return projection_.clear_area() * open.images[k].at(0, 0).real(); },
            [&](Length shift) { return sharp_at(shift).images[k]; });
    return light;
}

const ImageInDepth& ResistSeries::light(double focus_nm) {
    const auto found = light_.find(focus_nm);
    if (found != light_.end()) return found->second;
    const Clip& clip = projection_.clip;
    const Optics& optics = projection_.optics;
    const Spectrum2 mask =
        mask_spectrum(projection_.shapes, clip, optics::mask_band(*optics.source, optics.pupil, clip.period_nm * nm),
                      projection_.clear_field, false);
    ImageInDepth light = optics.blur.none() ? sharp_light(mask, focus_nm) : blurred_light(mask, focus_nm);
    for (Image& image : light.images) image.x0 = clip.x0_nm * nm, image.y0 = clip.y0_nm * nm;
    return light_.emplace(focus_nm, std::move(light)).first->second;
}

const opc::PhysicalPrint& ResistSeries::at(double focus_nm, double dose) {
    const std::pair key(focus_nm, dose);
    const auto found = prints_.find(key);
    if (found != prints_.end()) return found->second;
    if (prints_.size() >= most_prints) prints_.clear();
    const ImageInDepth& in = light(focus_nm);
    return prints_
        .emplace(key, opc::physical_print(in, opc::resist_grid(in, process_), process_,
                                          projection_.optics.pupil.wavelength, dose))
        .first->second;
}

double ResistSeries::size(double focus_nm, double dose, const std::array<double, 4>& cut_nm) {
    return opc::printed_cd(at(focus_nm, dose), process_, cut_nm, height_, draws_resist(projection_, process_));
}

}  // namespace damascene::flow
