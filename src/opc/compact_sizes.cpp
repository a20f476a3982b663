// Sizes of the compact model and their derivatives.
//
//   CD = x_r - x_l,  I_b(x) = level at both,  I_b = I * G_sigma,  level = threshold / (dose_i dose)
//   dCD/dp = sum over both edges of -(dI_b/dp - dlevel/dp) / (dI_b/dx) n = sum_f conj(d_f) dI_b,f/dp - conj(d_0)
//   dlevel/dp dI_b/dsigma = -4 pi^2 sigma f^2 I_b;  focus and Zernikes: abbe_adjoint, or differences of images of
//   fourth order
// d: size_derivative, the adjoint of one cut. Lengths nm.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>

#include "damascene/opc.hpp"
#include "damascene/opc/calibration.hpp"
#include "damascene/resist.hpp"

namespace damascene::opc {
namespace {

using Kind = CompactTerm::Kind;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<std::pair<double, double>, 4> central4 = {
    {{-2, 1.0 / 12}, {-1, -8.0 / 12}, {1, 8.0 / 12}, {2, -1.0 / 12}}};

bool optical(const CompactTerm& t) { return t.kind >= Kind::defocus_nm; }

/// The model at one place in parameter space.
struct State {
    optics::Source source;
    optics::Pupil pupil;
    double threshold = 0, diffusion_nm = 0, dose = 0;
};

void put(State& s, const CompactTerm& t, double value, std::span<const double> all) {
    switch (t.kind) {
        case Kind::threshold: s.threshold = value; break;
        case Kind::diffusion_nm: s.diffusion_nm = value; break;
        case Kind::dose: s.dose = value; break;
        case Kind::defocus_nm: s.pupil.defocus = value * nm; break;
        case Kind::zernike_waves: s.pupil.zernike_waves[static_cast<std::size_t>(t.zernike)] = value; break;
        case Kind::optics: t.apply(all, s.source, s.pupil); break;
    }
}

State state_at(const CompactSizes& m, std::span<const double> p) {
    State s{m.source, m.pupil, m.threshold, m.diffusion_nm, m.dose};
    for (std::size_t j = 0; j < p.size(); ++j) put(s, m.terms[j], p[j], p);
    return s;
}

/// Gauges that share an image.
struct Condition {
    std::size_t mask = 0;
    double focus_nm = 0;
    std::vector<std::size_t> gauges;
};

std::vector<Condition> conditions_of(const CompactSizes& m) {
    std::map<std::pair<std::size_t, double>, std::size_t> index;
    std::vector<Condition> list;
    for (std::size_t i = 0; i < m.gauges.size(); ++i) {
        const SizeGauge& g = m.gauges[i];
        const auto [at, is_new] = index.emplace(std::pair{g.mask, g.focus_nm}, list.size());
        if (is_new) list.push_back({g.mask, g.focus_nm, {}});
        list[at->second].gauges.push_back(i);
    }
    return list;
}

optics::Pupil pupil_at(const State& s, const Condition& c) {
    optics::Pupil pupil = s.pupil;
    pupil.defocus = pupil.defocus + c.focus_nm * nm;
    return pupil;
}

/// Re sum_f conj(d_f) I_f over the common band.
double action(const Spectrum2& d, const Image& image) {
    const int bx = std::min(d.band_x, image.band_x), by = std::min(d.band_y, image.band_y);
    double sum = 0;
    for (int fy = -by; fy <= by; ++fy)
        for (int fx = -bx; fx <= bx; ++fx) sum += (std::conj(d.at(fx, fy)) * image.at(fx, fy)).real();
    return sum;
}

/// Re sum_f conj(d_f) dI_b,f/dsigma.
double action_of_diffusion(const Spectrum2& d, const Image& blurred, double sigma_nm) {
    constexpr double four_pi2 = 4 * std::numbers::pi * std::numbers::pi;
    const double lx = blurred.period_x.in(nm), ly = blurred.period_y.in(nm);
    double sum = 0;
    for (int fy = -blurred.band_y; fy <= blurred.band_y; ++fy)
        for (int fx = -blurred.band_x; fx <= blurred.band_x; ++fx) {
            const double k2 = std::pow(fx / lx, 2) + std::pow(fy / ly, 2);
            sum -= four_pi2 * sigma_nm * k2 * (std::conj(d.at(fx, fy)) * blurred.at(fx, fy)).real();
        }
    return sum;
}

double level_of(const State& s, const SizeGauge& g) { return s.threshold / (s.dose * g.dose); }

double size_of(const Image& blurred, double level, const SizeGauge& g) {
    const CutMetrics cut =
        measure_cut(blurred, level, g.cut.x0_nm * nm, g.cut.y0_nm * nm, g.cut.x1_nm * nm, g.cut.y1_nm * nm);
    return cut.found && (!g.bright || *g.bright == cut.bright) ? cut.cd_nm : nan;
}

/// Difference step: a small share of the depth of focus, of a wave, or as the term says.
double step_of(const CompactTerm& t, const State& s) {
    if (t.kind == Kind::defocus_nm) return 0.01 * s.pupil.wavelength.in(nm) / (s.pupil.na * s.pupil.na);
    return t.kind == Kind::zernike_waves ? 0.004 : t.step;
}

class Compact {
  public:
    Compact(CompactSizes model, Context context)
        : m_(std::move(model)), context_(std::move(context)), conditions_(conditions_of(m_)) {
        for (const Spectrum2& mask : m_.masks)
            sources_.push_back(m_.source_points == 0 ? m_.source
                                                     : optics::refined(m_.source, m_.pupil, mask.period_x,
                                                                       mask.period_y, m_.source_points));
    }

    /// No values where the optics is impossible (sigma_in above sigma_out).
    std::vector<double> values(std::span<const double> p) {
        State s;
        try {
            s = state_at(m_, p);
            optics::validate(s.pupil);
        } catch (const InputError&) {
            return std::vector<double>(m_.gauges.size(), nan);
        }
        expose(p, s);
        std::vector<double> sizes(m_.gauges.size(), nan);
        parallel_for(conditions_.size(), [&](std::size_t c) {
            const Image blurred = resist::diffused(images_[c], s.diffusion_nm * nm);
            for (const std::size_t i : conditions_[c].gauges)
                sizes[i] = size_of(blurred, level_of(s, m_.gauges[i]), m_.gauges[i]);
        });
        return sizes;
    }

    std::vector<double> jacobian(std::span<const double> p) {
        const State s = state_at(m_, p);
        expose(p, s);
        const std::vector<Displaced> displaced = displaced_images(p, s);
        std::vector<double> rows(m_.gauges.size() * p.size(), 0);
        parallel_for(conditions_.size(), [&](std::size_t c) {
            const Image blurred = resist::diffused(images_[c], s.diffusion_nm * nm);
            for (const std::size_t i : conditions_[c].gauges)
                fill_row(s, c, i, blurred, displaced, {rows.data() + i * p.size(), p.size()});
        });
        return rows;
    }

  private:
    /// Images of one condition at term j displaced by 2, 1 steps to both sides.
    struct Displaced {
        std::size_t condition = 0, term = 0;
        double step = 0;
        std::array<Image, 4> images;
    };

    /// Images depend on the optical parameters alone.
    void expose(std::span<const double> p, const State& s) {
        std::vector<double> key;
        for (std::size_t j = 0; j < p.size(); ++j)
            if (optical(m_.terms[j])) key.push_back(p[j]);
        if (!images_.empty() && key == key_) return;
        context_.check();
        images_.assign(conditions_.size(), {});
        key_ = key;
        parallel_for(conditions_.size(), [&](std::size_t c) { images_[c] = image_of(s, conditions_[c]); });
    }

    const optics::Source& source_of(const State& s, const Condition& c) const {
        return m_.source_points == 0 ? s.source : sources_[c.mask];
    }
    Image image_of(const State& s, const Condition& c) const {
        const Spectrum2& mask = m_.masks[c.mask];
        Image image = optics::abbe(mask, source_of(s, c), pupil_at(s, c));
        image.x0 = mask.x0, image.y0 = mask.y0;
        return image;
    }

    static bool has_adjoint(const CompactTerm& t) {
        return t.kind == Kind::defocus_nm || t.kind == Kind::zernike_waves;
    }
    /// An adjoint costs about 2.5 images a gauge and gives all its terms, differences cost 4 images a term.
    bool by_adjoint(const Condition& c) const {
        const auto terms = std::count_if(m_.terms.begin(), m_.terms.end(), has_adjoint);
        return 2.5 * static_cast<double>(c.gauges.size()) <= 4.0 * static_cast<double>(terms);
    }

    std::vector<Displaced> displaced_images(std::span<const double> p, const State& s) const {
        std::vector<Displaced> list;
        for (std::size_t c = 0; c < conditions_.size(); ++c)
            for (std::size_t j = 0; j < p.size(); ++j)
                if (optical(m_.terms[j]) && !(has_adjoint(m_.terms[j]) && by_adjoint(conditions_[c])))
                    list.push_back({c, j, step_of(m_.terms[j], s), {}});
        context_.check();
        parallel_for(list.size() * central4.size(), [&](std::size_t k) {
            Displaced& d = list[k / central4.size()];
            std::vector<double> q(p.begin(), p.end());
            q[d.term] += central4[k % central4.size()].first * d.step;
            d.images[k % central4.size()] = image_of(state_at(m_, q), conditions_[d.condition]);
        });
        return list;
    }

    void fill_row(const State& s, std::size_t c, std::size_t gauge, const Image& blurred,
                  const std::vector<Displaced>& displaced, std::span<double> row) const {
        const SizeGauge& g = m_.gauges[gauge];
        const double level = level_of(s, g);
        const Spectrum2 d = size_derivative(blurred, level, g.cut);
        const double by_level = -d.at(0, 0).real();
        for (std::size_t j = 0; j < row.size(); ++j) {
            const Kind kind = m_.terms[j].kind;
            if (kind == Kind::threshold) row[j] = by_level / (s.dose * g.dose);
            if (kind == Kind::dose) row[j] = -by_level * level / s.dose;
            if (kind == Kind::diffusion_nm) row[j] = action_of_diffusion(d, blurred, s.diffusion_nm);
        }
        const Spectrum2 sharp = resist::diffused(d, s.diffusion_nm * nm);
        for (const Displaced& at : displaced) {
            if (at.condition != c) continue;
            for (std::size_t k = 0; k < central4.size(); ++k)
                row[at.term] += central4[k].second * action(sharp, at.images[k]) / at.step;
        }
        if (by_adjoint(conditions_[c])) add_adjoint(s, conditions_[c], sharp, row);
    }

    void add_adjoint(const State& s, const Condition& c, const Spectrum2& dsize, std::span<double> row) const {
        const optics::OpticsGradient gradient =
            optics::abbe_adjoint(m_.masks[c.mask], source_of(s, c), pupil_at(s, c), dsize);
        for (std::size_t j = 0; j < row.size(); ++j) {
            const CompactTerm& t = m_.terms[j];
            if (t.kind == Kind::defocus_nm) row[j] = gradient.defocus_per_nm;
            if (t.kind == Kind::zernike_waves) row[j] = gradient.zernike_waves[static_cast<std::size_t>(t.zernike)];
        }
    }

    CompactSizes m_;
    Context context_;
    std::vector<Condition> conditions_;
    std::vector<optics::Source> sources_;  ///< by mask
    std::vector<Image> images_;
    std::vector<double> key_;
};

void check(const CompactSizes& m) {
    for (const SizeGauge& g : m.gauges)
        if (g.mask >= m.masks.size() || !(g.dose > 0))
            throw InputError("D0454", "a gauge names no mask, or its dose is not positive");
    for (const CompactTerm& t : m.terms)
        if (t.kind == Kind::optics && m.source_points > 0)
            throw InputError("D0454", "a source that is refined once cannot have free optics");
}

}  // namespace

FitModel fit_model(CompactSizes model, const Context& context) {
    check(model);
    for (const CompactTerm& t : model.terms)
        if (t.kind == Kind::zernike_waves && static_cast<int>(model.pupil.zernike_waves.size()) <= t.zernike)
            model.pupil.zernike_waves.resize(static_cast<std::size_t>(t.zernike) + 1, 0.0);
    const auto compact = std::make_shared<Compact>(std::move(model), context);
    return {[compact](std::span<const double> p) { return compact->values(p); },
            [compact](std::span<const double> p) { return compact->jacobian(p); }};
}

}  // namespace damascene::opc
