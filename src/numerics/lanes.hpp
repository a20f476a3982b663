// The innermost loops of band-limited imaging, compiled once per instruction set and chosen at run time.
//
// A lane vector holds 16 floats. In the field kernels a lane is one SOCS kernel; in the grid kernels a lane is one
// column (or one frequency). Complex arrays are [..][2][16]: 16 real parts, then 16 imaginary parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "numerics/aligned.hpp"

namespace damascene::lanes {

inline constexpr int width = 16;
inline constexpr int complex_floats = 2 * width;  ///< floats per complex lane vector

/// Mixed-radix Stockham transform of length n = product of radices in {2, 3, 4, 5, 8, 9}.
struct FftPlan {
    int n = 0;
    std::vector<int> radices;
    std::vector<float> twiddles;  ///< per pass: (p, k) -> (cos, sin) of 2 pi p k / length, k = 1..r-1
};
FftPlan make_fft_plan(int n);  ///< n must be 2,3,5-smooth

/// SOCS fields on a g x g grid (g >= 4 band + 1). Kernels of up to `states` focus states lie side by side in lanes.
struct FieldPlan {
    int band = 0, grid = 0, batches = 0, states = 0;
    FftPlan fft;
    AlignedFloats kernels;  ///< [batch][fy][fx][2][16], zero in unused lanes
    AlignedFloats weights;  ///< [state][batch][16]
};

/// Printing loss of one pixel, Z = sigmoid(steepness (dose I - threshold)):
///   W [nominal (Zn - T)^2 + outer (Zo - T)^2 + inner (Zi - T)^2] + pv_band (Zo - Zi)^2
/// with Zn, Zo on state 0, Zi on state 1, target T and weight W (1 if none is given) per pixel.
struct PrintLoss {
    float threshold = 0.225f, steepness = 50, dose_nominal = 1, dose_outer = 1.0404f, dose_inner = 0.9604f;
    float nominal = 1, outer = 0, inner = 0, pv_band = 1;
};

struct Kernels {
    const char* name;
    /// Column fx of the fields: A[batch][y][fx] = sum_fy K(fy, fx) M(fy, fx) e^{2 pi i fy y / g}.
    /// mask: [fy][fx][2] centred. scratch: 2 * grid complex lane vectors.
    void (*field_column)(const FieldPlan&, int fx, const float* mask, float* columns, float* scratch);
    /// Row y: fields E[batch][y][x] (kept if fields != nullptr) and intensity[state][y][x] = sum_k w_k |E_k|^2.
    void (*field_row)(const FieldPlan&, int y, const float* columns, float* fields, float* intensity, float* scratch);
    /// Row y of the adjoint: columns[batch][y][fx] = sum_x E sum_s w_s D_s(y, x) e^{-2 pi i fx x / g}.
    void (*adjoint_row)(const FieldPlan&, int y, const float* fields, const float* d_intensity, float* columns,
                        float* scratch);
    /// Column fx: gradient[fy][fx][2] = sum_k conj K sum_y columns e^{-2 pi i fy y / g}.
    void (*adjoint_column)(const FieldPlan&, int fx, const float* columns, float* gradient, float* scratch);

    /// Two real band-limited functions as one complex spectrum c = c_0 + i c_1, [fy][fx][2] centred, band b, sampled on
    /// n x n. Rows first: strip[x][fy] for frequencies fy0..fy0+15 (padded height `strip_height` = 16 ceil((2b+1)/16)).
    void (*expand_rows)(const FftPlan&, int band, int block, const float* spectrum, float* strip, float* scratch);
    /// Columns x0..x0+15 of both functions: values (n complex lane vectors: re = first, im = second function).
    void (*expand_columns)(const FftPlan&, int band, int x0, const float* strip, float* values, float* scratch);
    /// Transposes of the two above (no normalisation).
    void (*project_columns)(const FftPlan&, int band, int x0, float* values, float* strip, float* scratch);
    void (*project_rows)(const FftPlan&, int band, int block, const float* strip, float* spectrum, float* scratch);

    /// In place on n complex lane vectors: values -> dLoss/d(I_0, I_1); returns the loss. target, weight: column x0 of
    /// row 0.
    double (*print_loss)(const PrintLoss&, int n, float* values, const float* target, const float* weight,
                         std::size_t row_stride);
    /// counts[0] += pixels printed (dose_nominal) != target, counts[1] += pixels with outer != inner.
    void (*print_counts)(const PrintLoss&, int n, const float* values, const float* target, std::size_t row_stride,
                         std::int64_t* counts);

    /// Real field n x n -> spectrum |f| <= band, half plane fy >= 0: strip[fy][x][2], columns x0..x0+31.
    void (*real_columns)(const FftPlan&, int band, int x0, const float* field, float* strip, float* scratch);
    /// strip -> spectrum [fy >= 0][fx][2] for the 16 frequencies from 16 * block.
    void (*real_rows)(const FftPlan&, int band, int block, const float* strip, float* spectrum, float* scratch);
    /// The way back: half-plane spectrum -> strip -> real field (synthesis).
    void (*synth_rows)(const FftPlan&, int band, int block, const float* spectrum, float* strip, float* scratch);
    void (*synth_columns)(const FftPlan&, int band, int x0, const float* strip, float* field, float* scratch);

    /// One periodic row of a level-set mask: u = (q - 1/2) / (feather |grad q|) with |grad q| per sample by central
    /// differences (rows below, at, above, each n long), mask = 1 / (1 + e^{-4u}), slope = d mask / d q at fixed |grad
    /// q|.
    void (*level_set_row)(int n, float feather, const float* below, const float* row, const float* above, float* mask,
                          float* slope);
    /// y = sigmoid(steepness (x - 1/2)), slope = dy/dx.
    void (*sigmoid)(std::size_t n, float steepness, const float* x, float* y, float* slope);
};

/// Kernels of the best instruction set of this machine, or the one chosen by select().
const Kernels& kernels();
/// "sse2", "avx2", "avx512" or "native"; false if this machine lacks it.
bool select(const std::string& isa);

/// Floats of scratch any kernel above needs for transform length n (also >= grid).
inline std::size_t scratch_floats(int n) { return 3 * static_cast<std::size_t>(n) * complex_floats; }

}  // namespace damascene::lanes
