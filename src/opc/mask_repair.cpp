// Mask rules as a constraint on a level-set mask. A facing pair at distance d below the limit w needs each side moved
// by delta = (w - d)/2; the contour of q moves by dq / |grad q|, so dq = delta |grad q| is added (width) or taken away
// (space) over the box the checker reports. What is smaller than the area rule is removed (island) or closed (hole).
#include "opc/mask_repair.hpp"

#include <algorithm>
#include <cmath>

#include "optics/band_limited.hpp"

namespace damascene::opc {
namespace {

constexpr double polygon_tolerance_nm = 0.15, margin_nm = 0.6;
constexpr int most_rounds = 40;

/// q sampled `pixels_per_sample` pixels apart, first sample on pixel (0, 0); band-limited interpolation of the cells.
Field2<double> fine_samples(const LevelSetMask& mask, int pixels_per_sample) {
    const int band = mask.n / 2 - 1, fine = mask.pixels.nx / pixels_per_sample;
    optics::BandSpectrum spectrum(band);
    optics::RealTransform(mask.n, band).analyse(mask.q.data(), spectrum);
    for (float& v : spectrum.values) v /= static_cast<float>(mask.n * mask.n);
    optics::shift(spectrum, -0.5 * (mask.cell_pixels - 1) / mask.pixels.nx);
    AlignedFloats values(static_cast<std::size_t>(fine) * static_cast<std::size_t>(fine));
    optics::RealTransform(fine, band).synthesise(spectrum, values.data());
    Field2<double> samples;
    samples.grid = {
        fine,           fine,          mask.pixels.dx * pixels_per_sample, mask.pixels.dy * pixels_per_sample,
        mask.pixels.x0, mask.pixels.y0};
    samples.values.assign(values.begin(), values.end());
    for (int i = 0; i < fine; ++i)  // nothing may cross the border of the clip
        for (double* border :
             {&samples.at(i, 0), &samples.at(i, fine - 1), &samples.at(0, i), &samples.at(fine - 1, i)})
            *border = 0;
    return samples;
}

/// Cells whose centre lies in the box of a violation grown by `reach`.
struct CellBox {
    int x0, y0, x1, y1;  ///< inclusive
    CellBox(const LevelSetMask& mask, const RuleViolation& v, double reach_nm) {
        const double cell = mask.pixels.dx.in(nm)*mask.cell_pixels;
        auto index = [&](double at_nm, Length origin) {
            return (at_nm - origin.in(nm)) / cell - 0.5 * (mask.cell_pixels - 1) / mask.cell_pixels;
        };
        auto clamp = [&](double i) { return std::clamp(static_cast<int>(i), 0, mask.n - 1); };
        x0 = clamp(std::ceil(index(std::min(v.x0_nm, v.x1_nm) - reach_nm, mask.pixels.x0)));
        x1 = clamp(std::floor(index(std::max(v.x0_nm, v.x1_nm) + reach_nm, mask.pixels.x0)));
        y0 = clamp(std::ceil(index(std::min(v.y0_nm, v.y1_nm) - reach_nm, mask.pixels.y0)));
        y1 = clamp(std::floor(index(std::max(v.y0_nm, v.y1_nm) + reach_nm, mask.pixels.y0)));
    }
    template <class Body>
    void each(int n, Body&& body) const {
        for (int y = y0; y <= y1; ++y)
            for (int x = x0; x <= x1; ++x)
                body(x, y, static_cast<std::size_t>(y) * static_cast<std::size_t>(n) + static_cast<std::size_t>(x));
    }
};

float slope_at(const LevelSetMask& mask, int x, int y) {
    const int n = mask.n;
    auto q = [&](int i, int j) {
        return mask.q[static_cast<std::size_t>((j + n) % n) * static_cast<std::size_t>(n) +
                      static_cast<std::size_t>((i + n) % n)];
    };
    return 0.5f * std::hypot(q(x + 1, y) - q(x - 1, y), q(x, y + 1) - q(x, y - 1));
}

/// Mean |grad q| per nm of the cells near the contour.
double edge_slope(const LevelSetMask& mask, const CellBox& box) {
    double sum = 0;
    int count = 0;
    box.each(mask.n, [&](int x, int y, std::size_t i) {
        if (std::abs(mask.q[i] - 0.5f) < 0.3f) sum += slope_at(mask, x, y), ++count;
    });
    const double cell = mask.pixels.dx.in(nm)*mask.cell_pixels;
    return (count ? std::max(sum / count, 0.05) : 0.2) / cell;
}

/// Raises (sign +1) or lowers q around a violation by `amount`, with a soft rim of one cell.
void push(const LevelSetMask& mask, const RuleViolation& v, double amount, AlignedFloats& change) {
    const double cell = mask.pixels.dx.in(nm)*mask.cell_pixels;
    const CellBox box(mask, v, 0.75 * cell);
    box.each(mask.n, [&](int, int, std::size_t i) {
        if (std::abs(change[i]) < std::abs(amount)) change[i] = static_cast<float>(amount);
    });
}

void remove(LevelSetMask& mask, const RuleViolation& v, bool island) {
    const CellBox box(mask, v, 0.75 * mask.pixels.dx.in(nm)*mask.cell_pixels);
    box.each(mask.n, [&](int, int, std::size_t i) {
        mask.q[i] = island ? std::min(mask.q[i], 0.25f) : std::max(mask.q[i], 0.75f);
    });
}

/// Local 3 x 3 mean: rounds a corner that is too sharp.
void round_off(LevelSetMask& mask, const RuleViolation& v) {
    const CellBox box(mask, v, 1.5 * mask.pixels.dx.in(nm)*mask.cell_pixels);
    const AlignedFloats before = mask.q;
    const int n = mask.n;
    box.each(n, [&](int x, int y, std::size_t i) {
        float sum = 0;
        for (int dy = -1; dy <= 1; ++dy)
            for (int dx = -1; dx <= 1; ++dx)
                sum += before[static_cast<std::size_t>((y + dy + n) % n) * static_cast<std::size_t>(n) +
                              static_cast<std::size_t>((x + dx + n) % n)];
        mask.q[i] = sum / 9;
    });
}

void add_change(LevelSetMask& mask, const AlignedFloats& change) {
    const int n = mask.n;
    parallel_for(static_cast<std::size_t>(n), [&](std::size_t row) {
        const int y = static_cast<int>(row);
        for (int x = 0; x < n; ++x) {
            float sum = 0;
            for (int dy = -1; dy <= 1; ++dy)
                for (int dx = -1; dx <= 1; ++dx)
                    sum += static_cast<float>((2 - std::abs(dx)) * (2 - std::abs(dy))) *
                           change[static_cast<std::size_t>((y + dy + n) % n) * static_cast<std::size_t>(n) +
                                  static_cast<std::size_t>((x + dx + n) % n)];
            mask.q[row * static_cast<std::size_t>(n) + static_cast<std::size_t>(x)] += sum / 16;
        }
    });
}

MaskRules with_margin(MaskRules rules) {
    if (rules.min_width > 0 * nm) rules.min_width = rules.min_width + margin_nm * nm;
    if (rules.min_space > 0 * nm) rules.min_space = rules.min_space + margin_nm * nm;
    return rules;
}

void mend(LevelSetMask& mask, const std::vector<RuleViolation>& violations, int round) {
    AlignedFloats change(mask.q.size(), 0.0f);
    const double effort = 1.0 + 0.25 * round;
    bool pushed = false;
    for (const RuleViolation& v : violations) {
        const bool width = v.rule == "width", space = v.rule == "space";
        if (width || space) {
            // A feature that will not grow to its width is given up in the last rounds; a space is never closed up.
            const double sign = width && round < most_rounds / 2 ? 1 : -1;
            const double slope = edge_slope(mask, CellBox(mask, v, 8));
            push(mask, v, sign * effort * (0.5 * (v.limit - v.value) + 0.2) * slope * 1.5, change);
            pushed = true;
        } else if (v.rule == "area" || v.rule == "hole_area") {
            remove(mask, v, v.rule == "area");
        } else if (v.rule == "radius") {
            round_off(mask, v);
        }
    }
    if (pushed) add_change(mask, change);
}

}  // namespace

Region mask_polygons(const LevelSetMask& mask) {
    return curvilinear_region(contours(fine_samples(mask, 2), 0.5), 0.1 * nm, polygon_tolerance_nm * nm);
}

Region manufacturable(LevelSetMask& mask, const MaskRules& rules, std::vector<RuleViolation>& violations,
                      const Context& context) {
    std::size_t at_first = 0;
    for (int round = 0;; ++round) {
        context.check();
        Region polygons = mask_polygons(mask);
        violations = check_mask_rules(polygons, rules);
        auto near = check_mask_rules(polygons, with_margin(rules));
        near.insert(near.end(), violations.begin(), violations.end());  // a pair may count at one limit only
        if (round == 0) at_first = near.size();
        const bool shattered =
            near.size() > 1000 && near.size() > 4 * at_first;  // rules out of reach: pushing breaks the mask up
        if (near.empty() || (violations.empty() && round >= 8) || shattered || round == most_rounds) return polygons;
        mend(mask, near, round);
    }
}

}  // namespace damascene::opc
