// Inverse lithography on a level-set mask.
//
// Variable p on cells of `cell_pixels` pixels; q = 3 x 3 binomial mean of p; the mask is {q > 1/2}, smooth and
// curvilinear.
//   printing loss   L = sum_x W nominal (Zn - T)^2 + pv_band (Zo - Zi)^2,   Z = 1/(1 + e^{-s (dose I - I_th)})
// Stage 1 (search): m = 1/(1 + e^{-4 (q - 1/2)}), grey, moderate s: features and assists find their place.
// Stage 2 (refine): m = {q > 1/2} with an edge feathered over about one cell (level set), s raised until the loss is
// the pixel count itself, L2 + PV band. Both by heavy-ball descent on exact gradients: the optics run on the minimal
// grid (optics/band_limited.hpp) and the loss on a grid `loss_pixels` fine. [Poonawala and Milanfar 2007; Gao et al.
// 2014 for the loss]
#include <algorithm>
#include <chrono>
#include <cmath>

#include "damascene/numerics.hpp"
#include "damascene/opc.hpp"
#include "opc/mask_repair.hpp"
#include "optics/band_limited.hpp"

namespace damascene::opc {
namespace {

using optics::BandLimitedImager, optics::BandSpectrum, optics::GridSampler, optics::RealTransform;
using Raster = Field2<std::uint8_t>;

constexpr int cell_pixels = 8, loss_pixels = 4, recovery_rounds = 2;

struct Stage {
    const char* name;
    int iterations;
    double steepness_first, steepness_last;  ///< of the printing sigmoid, geometric in between
    float nominal, pv_band;                  ///< loss weights
    bool level_set;                          ///< stage 2 mask
    float step, momentum;                    ///< heavy ball, per 8 nm cell
};

/// The same schedule for every layout. Chosen on loss against time over metal and contact clips (docs/theory/ilt.md).
std::vector<Stage> default_schedule(int iterations) {
    const int search = iterations > 0 ? (iterations + 1) / 2 : 200, refine = iterations > 0 ? iterations / 2 : 200;
    return {{"search", search, 20, 60, 1.0f, 0.7f, false, 0.4f, 0.8f},
            {"refine", refine, 60, 600, 1.0f, 1.0f, true, 0.07f, 0.9f}};
}

/// Mean of pixel_count^2 blocks of a binary raster.
AlignedFloats block_means(const Raster& raster, int pixels) {
    const int n = raster.grid.nx / pixels;
    AlignedFloats means(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    const float scale = 1.0f / static_cast<float>(pixels * pixels);
    parallel_for(static_cast<std::size_t>(n), [&](std::size_t row) {
        for (int x = 0; x < n; ++x) {
            int filled = 0;
            for (int dy = 0; dy < pixels; ++dy)
                for (int dx = 0; dx < pixels; ++dx)
                    filled += raster.at(x * pixels + dx, static_cast<int>(row) * pixels + dy) != 0;
            means[row * static_cast<std::size_t>(n) + static_cast<std::size_t>(x)] = scale * static_cast<float>(filled);
        }
    });
    return means;
}

/// The raster's pixels (x0 + pixels i, y0 + pixels j).
AlignedFloats every_nth(const Raster& raster, int pixels, int x0, int y0) {
    const int n = raster.grid.nx / pixels;
    AlignedFloats samples(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    parallel_for(static_cast<std::size_t>(n), [&](std::size_t row) {
        for (int x = 0; x < n; ++x)
            samples[row * static_cast<std::size_t>(n) + static_cast<std::size_t>(x)] =
                raster.at(x * pixels + x0, static_cast<int>(row) * pixels + y0) != 0;
    });
    return samples;
}

/// Where the loss grid sits in iteration i: all loss_pixels^2 offsets in turn, far apart in sequence. A fixed grid
/// would let a steep print hide its edges between the samples.
struct LossOffset {
    int x, y;
};
LossOffset loss_offset(int i) {
    constexpr int order[4] = {0, 2, 1, 3};
    const int k = i % (loss_pixels * loss_pixels);
    return {order[k % 4], order[(k + k / 4) % 4]};
}

/// 3 x 3 periodic binomial mean; self-adjoint, zero at the cells' own frequency.
void smooth(int n, const AlignedFloats& in, AlignedFloats& rows, AlignedFloats& out) {
    const auto width = static_cast<std::size_t>(n);
    parallel_blocks(width, 32, [&](std::size_t begin, std::size_t end) {
        for (std::size_t y = begin; y < end; ++y) {
            const float* r = in.data() + y * width;
            float* o = rows.data() + y * width;
            for (std::size_t x = 1; x + 1 < width; ++x) o[x] = r[x - 1] + 2 * r[x] + r[x + 1];
            o[0] = r[width - 1] + 2 * r[0] + r[1];
            o[width - 1] = r[width - 2] + 2 * r[width - 1] + r[0];
        }
    });
    parallel_blocks(width, 32, [&](std::size_t begin, std::size_t end) {
        for (std::size_t y = begin; y < end; ++y) {
            const float* below = rows.data() + (y == 0 ? width - 1 : y - 1) * width;
            const float* above = rows.data() + (y + 1 == width ? 0 : y + 1) * width;
            const float* here = rows.data() + y * width;
            float* o = out.data() + y * width;
            for (std::size_t x = 0; x < width; ++x) o[x] = (1.0f / 16.0f) * (below[x] + 2 * here[x] + above[x]);
        }
    });
}

/// 1 within `reach` loss points of a target edge, 1 + far_weight farther away: a wrong pixel there is a placement error
/// of more than about 12 nm, not a rounded corner.
AlignedFloats placement_weight(int n, const AlignedFloats& target) {
    constexpr int reach = 12 / loss_pixels;
    constexpr float far_weight = 0.3f;
    AlignedFloats low = target, high = target;
    const int strides[] = {1, n};
    for (int stride : strides) {
        const AlignedFloats low0 = low, high0 = high;
        for (int i = 0; i < n * n; ++i) {
            const int at = stride == 1 ? i % n : i / n;
            for (int k = std::max(-reach, -at); k <= std::min(reach, n - 1 - at); ++k) {
                const auto j = static_cast<std::size_t>(i + k * stride);
                low[static_cast<std::size_t>(i)] = std::min(low[static_cast<std::size_t>(i)], low0[j]);
                high[static_cast<std::size_t>(i)] = std::max(high[static_cast<std::size_t>(i)], high0[j]);
            }
        }
    }
    for (std::size_t i = 0; i < low.size(); ++i) low[i] = high[i] > low[i] ? 1.0f : 1.0f + far_weight;
    return low;
}

void require_clip(const Raster& target, const ProcessCorners& corners) {
    const int n = target.grid.nx;
    if (n != target.grid.ny || n < 256 || n % 256 != 0 || numerics::smooth_size(n) != n)
        throw InputError(
            "D0311",
            "inverse lithography needs a square clip of 256 k pixels a side, k a product of 2, 3 and 5, not " +
                std::to_string(n) + " x " + std::to_string(target.grid.ny),
            "choose the period so that period / pixel is 256, 512, 768, 1024, 1280, 1536, 2048, ...");
    const double period = (target.grid.dx * n).in(nm), kernel_period = corners.focus.period_x.in(nm);
    if (std::abs(period - kernel_period) > 1e-6 * period)
        throw InputError("D0312",
                         "the kernels hold for a period of " + std::to_string(kernel_period) + " nm, the clip is " +
                             std::to_string(period) + " nm wide",
                         "make kernels for this period (damascene kernels) or tile the layout");
    // The cells must carry the mask band B and the loss points the image band 2B, or high frequencies fold back.
    const int band =
        std::max({corners.focus.band_x, corners.focus.band_y, corners.defocus.band_x, corners.defocus.band_y});
    if (n < std::max(cell_pixels * (2 * band + 1), loss_pixels * (4 * band + 1)))
        throw InputError("D0311",
                         "inverse lithography needs a pixel of at most a sixteenth of the optical resolution: " +
                             std::to_string(cell_pixels * (2 * band + 1)) + " pixels a side or more, not " +
                             std::to_string(n),
                         "choose a smaller pixel");
}

class ClipOptimizer {
  public:
    ClipOptimizer(const Raster& target, const ProcessCorners& corners)
        : n_(target.grid.nx / cell_pixels),
          loss_n_(target.grid.nx / loss_pixels),
          pixels_(target.grid.nx),
          corners_(corners),
          imager_(corners.focus, corners.defocus, 0, corners.diffusion_length),
          sampler_(loss_n_, 2 * imager_.band()),
          transform_(n_, imager_.band()),
          loss_weight_(placement_weight(loss_n_, block_means(target, loss_pixels))),
          p_(block_means(target, cell_pixels)),
          mask_(imager_.band()),
          gradient_(imager_.band()),
          intensity_(2 * imager_.band()),
          dloss_(2 * imager_.band()) {
        const std::size_t cells = p_.size();
        for (AlignedFloats* field : {&q_, &m_, &slope_, &rows_, &d_}) field->assign(cells, 0.0f);
        for (int i = 0; i < loss_pixels * loss_pixels; ++i) {
            const auto [x, y] = loss_offset(i);
            loss_targets_.push_back(every_nth(target, loss_pixels, x, y));
        }
        velocity_.assign(cells, 0.0f);
        repair_.assign(cells, 0.0f);
        free_.assign(cells, 1.0f);
    }

    void run(const Stage& stage, int done, int total, std::vector<IterationRecord>& history, double started,
             const Context& context) {
        std::fill(velocity_.begin(), velocity_.end(), 0.0f);
        for (int i = 0; i < stage.iterations; ++i) {
            context.check();
            const double loss = iterate(stage, i, static_cast<double>(i) / stage.iterations);
            const bool report = (done + i) % 10 == 0 || i + 1 == stage.iterations;
            if (!report) continue;
            const auto [l2, pvb] = scores(stage, i);
            history.push_back({done + i, loss, l2, pvb, gradient_norm_, seconds_since(started)});
            context.progress({stage.name,
                              static_cast<double>(done + i + 1) / total,
                              {{"loss", loss}, {"l2", history.back().l2}, {"pvb", history.back().pvb}}});
        }
    }

    /// q, the level-set function of the mask, at cell centres.
    const AlignedFloats& mask_function() {
        update_mask_function();
        return q_;
    }

    /// Takes over a repaired mask function: what the repair changed, and one cell around it, stays as it is from here
    /// on.
    void keep(const AlignedFloats& repaired) {
        update_mask_function();
        for (int y = 0; y < n_; ++y)
            for (int x = 0; x < n_; ++x) {
                const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(n_) + static_cast<std::size_t>(x);
                const float change = repaired[i] - q_[i];
                if (std::abs(change) < 1e-4f) continue;
                repair_[i] += change;
                for (int v = std::max(0, y - 1); v <= std::min(n_ - 1, y + 1); ++v)
                    for (int u = std::max(0, x - 1); u <= std::min(n_ - 1, x + 1); ++u)
                        free_[static_cast<std::size_t>(v) * static_cast<std::size_t>(n_) +
                              static_cast<std::size_t>(u)] = 0;
            }
    }

    static double clock_seconds() {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    static double seconds_since(double started) { return clock_seconds() - started; }

  private:
    lanes::PrintLoss print_loss(const Stage& stage, double steepness) const {
        return {static_cast<float>(corners_.threshold),
                static_cast<float>(steepness),
                static_cast<float>(corners_.dose_nominal),
                static_cast<float>(corners_.dose_outer),
                static_cast<float>(corners_.dose_inner),
                stage.nominal,
                0.0f,
                0.0f,
                stage.pv_band};
    }

    /// L2 and PV band in pixels from four offsets that meet every pixel row and column once.
    std::pair<double, double> scores(const Stage& stage, int i) {
        const auto [x, y] = loss_offset(i);
        const double pixel = 1.0 / pixels_;
        double l2 = 0, pvb = 0;
        for (int k = 0; k < loss_pixels; ++k) {
            const auto [u, v] = loss_offset(k);
            BandSpectrum moved = intensity_;
            optics::shift(moved, (u - x) * pixel, (v - y) * pixel);
            const auto counts = sampler_.print_counts(print_loss(stage, 50), moved, loss_target(k).data());
            l2 += loss_pixels * static_cast<double>(counts[0]);
            pvb += loss_pixels * static_cast<double>(counts[1]);
        }
        return {l2, pvb};
    }

    const AlignedFloats& loss_target(int i) const {
        return loss_targets_[static_cast<std::size_t>(i) % loss_targets_.size()];
    }

    void update_mask_function() {
        smooth(n_, p_, rows_, q_);
        for (std::size_t i = 0; i < q_.size(); ++i) q_[i] += repair_[i];
    }

    void make_mask(const Stage& stage) {
        update_mask_function();
        const auto& k = lanes::kernels();
        const auto width = static_cast<std::size_t>(n_);
        parallel_blocks(width, 32, [&](std::size_t begin, std::size_t end) {
            if (!stage.level_set) {
                k.sigmoid((end - begin) * width, 4, q_.data() + begin * width, m_.data() + begin * width,
                          slope_.data() + begin * width);
                return;
            }
            for (std::size_t y = begin; y < end; ++y)
                k.level_set_row(n_, 1.5f, q_.data() + (y == 0 ? width - 1 : y - 1) * width, q_.data() + y * width,
                                q_.data() + (y + 1 == width ? 0 : y + 1) * width, m_.data() + y * width,
                                slope_.data() + y * width);
        });
    }

    /// One forward and adjoint pass and a heavy-ball step; returns the loss in pixels.
    double iterate(const Stage& stage, int i, double fraction) {
        const double steepness =
            stage.steepness_first * std::pow(stage.steepness_last / stage.steepness_first, fraction);
        const float per_cell = 1.0f / static_cast<float>(n_ * n_);
        const double cell_shift = 0.5 * (cell_pixels - 1) / pixels_;
        const auto [x, y] = loss_offset(i);
        const double pixel = 1.0 / pixels_;
        make_mask(stage);
        transform_.analyse(m_.data(), mask_);
        for (float& v : mask_.values) v *= per_cell;
        optics::shift(mask_, -cell_shift);
        imager_.image(mask_, intensity_);
        optics::shift(intensity_, x * pixel, y * pixel);
        const double loss = sampler_.print_loss(print_loss(stage, steepness), intensity_, loss_target(i).data(), dloss_,
                                                loss_weight_.data());
        optics::shift(dloss_, -x * pixel, -y * pixel);
        imager_.adjoint(dloss_, gradient_);
        optics::shift(gradient_, cell_shift);
        // The step is stated for loss points of one cell: 64 pixels each, whatever the loss grid.
        const float scale = 2 * per_cell * static_cast<float>(loss_pixels * loss_pixels) / (cell_pixels * cell_pixels);
        for (float& v : gradient_.values) v *= scale;
        transform_.synthesise(gradient_, d_.data());
        for (std::size_t i = 0; i < d_.size(); ++i) d_[i] *= slope_[i];
        smooth(n_, d_, rows_, m_);  // m_ is free again: it holds dL/dp now
        descend(stage);
        return loss * loss_pixels * loss_pixels;
    }

    void descend(const Stage& stage) {
        const auto width = static_cast<std::size_t>(n_);
        const double squared = parallel_sum(p_.size(), 32 * width, [&](std::size_t begin, std::size_t end) {
            float sum = 0;
            for (std::size_t i = begin; i < end; ++i) {
                const float slope = free_[i] * m_[i];
                sum += slope * slope;
                velocity_[i] = stage.momentum * velocity_[i] - stage.step * slope;
                p_[i] += velocity_[i];
            }
            return static_cast<double>(sum);
        });
        gradient_norm_ = std::sqrt(squared);
    }

    int n_, loss_n_, pixels_;
    const ProcessCorners& corners_;
    BandLimitedImager imager_;
    GridSampler sampler_;
    RealTransform transform_;
    std::vector<AlignedFloats> loss_targets_;
    AlignedFloats loss_weight_, p_, q_, m_, slope_, rows_, d_, velocity_, repair_, free_;
    BandSpectrum mask_, gradient_, intensity_, dloss_;
    double gradient_norm_ = 0;
};

}  // namespace

MaskResult optimize_ilt(const Raster& target, const ProcessCorners& corners, const IltOptions& options,
                        const Context& context) {
    require_clip(target, corners);
    const double started = ClipOptimizer::clock_seconds();
    MaskResult result;
    ClipOptimizer optimizer(target, corners);
    const auto schedule = default_schedule(options.iterations);
    const bool ruled = has_rules(options.rules);
    const Stage recover = {"recover", schedule.back().iterations / 4, 300, 600, 1.0f, 1.0f, true, 0.07f, 0.9f};
    int total = ruled ? recovery_rounds * recover.iterations : 0, done = 0;
    for (const Stage& stage : schedule) total += stage.iterations;
    for (const Stage& stage : schedule) {
        optimizer.run(stage, done, total, result.history, started, context);
        done += stage.iterations;
    }
    LevelSetMask mask{target.grid.nx / cell_pixels, cell_pixels, target.grid, optimizer.mask_function()};
    result.mask = manufacturable(mask, options.rules, result.violations, context);
    for (int round = 0; ruled && result.violations.size() < 1000 && round < recovery_rounds;
         ++round) {  // none for rules out of reach
        optimizer.keep(mask.q);
        optimizer.run(recover, done, total, result.history, started, context);
        done += recover.iterations;
        mask.q = optimizer.mask_function();
        std::vector<RuleViolation> violations;
        Region again = manufacturable(mask, options.rules, violations, context);
        if (violations.size() > result.violations.size()) break;  // the mask before was cleaner
        result.mask = std::move(again);
        result.violations = std::move(violations);
    }
    result.raster = pixel_raster(result.mask, target.grid);
    result.converged = true;
    result.seconds = ClipOptimizer::seconds_since(started);
    return result;
}

}  // namespace damascene::opc
