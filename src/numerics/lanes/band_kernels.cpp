// Lane kernels, see numerics/lanes.hpp. Compiled once per instruction set (DAMASCENE_ISA).
//
// Every transform below is a Stockham mixed-radix FFT over 16 independent lanes:
//   pass over length L = r m, stride s:  y[q + s (r p + k)] = w^{pk} sum_j x[q + s (p + m j)] e^{sign 2 pi i jk / r},
//   w = e^{sign 2 pi i / L}; then L <- m, s <- s r.   [Stockham 1966; Van Loan 1992, sec. 1.7]
#include "numerics/lanes.hpp"

#include <cmath>
#include <cstring>

namespace damascene::lanes::DAMASCENE_ISA {
namespace {

typedef float V __attribute__((vector_size(64), aligned(64)));
typedef std::int32_t VI __attribute__((vector_size(64), aligned(64)));

struct C {
    V re, im;
};
#define INLINE inline __attribute__((always_inline))

INLINE C operator+(C a, C b) { return {a.re + b.re, a.im + b.im}; }
INLINE C operator-(C a, C b) { return {a.re - b.re, a.im - b.im}; }
INLINE C scaled(C a, float s) { return {a.re * s, a.im * s}; }
template <int Sign>
INLINE C turned(C a) {  // a * (Sign i)
    if constexpr (Sign > 0)
        return {-a.im, a.re};
    else
        return {a.im, -a.re};
}
template <int Sign>
INLINE C twiddled(C a, const float* w) {
    const float c = w[0], s = Sign > 0 ? w[1] : -w[1];
    return {a.re * c - a.im * s, a.re * s + a.im * c};
}

template <int Sign, int R>
INLINE void butterfly(C* a);

template <int Sign>
INLINE void butterfly2(C& a, C& b) {
    const C t = a - b;
    a = a + b;
    b = t;
}
template <int Sign>
INLINE void butterfly3(C& a, C& b, C& c) {
    const float h = 0.866025403784438647f;
    const C sum = b + c, difference = turned<Sign>(scaled(b - c, h)),
            middle = {a.re - 0.5f * sum.re, a.im - 0.5f * sum.im};
    a = a + sum;
    b = middle + difference;
    c = middle - difference;
}
template <int Sign>
INLINE void butterfly4(C& a, C& b, C& c, C& d) {
    const C s0 = a + c, s1 = a - c, s2 = b + d, s3 = turned<Sign>(b - d);
    a = s0 + s2;
    b = s1 + s3;
    c = s0 - s2;
    d = s1 - s3;
}
template <int Sign>
INLINE void butterfly5(C& a, C& b, C& c, C& d, C& e) {
    const float c1 = 0.309016994374947424f, c2 = -0.809016994374947424f, s1 = 0.951056516295153572f,
                s2 = 0.587785252292473129f;
    const C p = b + e, q = c + d, r = b - e, t = c - d;
    const C u = {a.re + c1 * p.re + c2 * q.re, a.im + c1 * p.im + c2 * q.im};
    const C v = {a.re + c2 * p.re + c1 * q.re, a.im + c2 * p.im + c1 * q.im};
    const C x = turned<Sign>(C{s1 * r.re + s2 * t.re, s1 * r.im + s2 * t.im});
    const C y = turned<Sign>(C{s2 * r.re - s1 * t.re, s2 * r.im - s1 * t.im});
    a = a + p + q;
    b = u + x;
    c = v + y;
    d = v - y;
    e = u - x;
}

template <int Sign, int R>
INLINE void butterfly(C* a) {
    if constexpr (R == 2) {
        butterfly2<Sign>(a[0], a[1]);
    } else if constexpr (R == 3) {
        butterfly3<Sign>(a[0], a[1], a[2]);
    } else if constexpr (R == 4) {
        butterfly4<Sign>(a[0], a[1], a[2], a[3]);
    } else if constexpr (R == 5) {
        butterfly5<Sign>(a[0], a[1], a[2], a[3], a[4]);
    } else if constexpr (R == 8) {
        // Even and odd halves by radix 4, joined with w = e^{sign 2 pi i/8}.
        const float r = 0.707106781186547524f;
        butterfly4<Sign>(a[0], a[2], a[4], a[6]);
        butterfly4<Sign>(a[1], a[3], a[5], a[7]);
        const C o1 = scaled(a[3] + turned<Sign>(a[3]), r);
        const C o2 = turned<Sign>(a[5]);
        const C o3 = scaled(turned<Sign>(a[7]) - a[7], r);
        const C e0 = a[0], e1 = a[2], e2 = a[4], e3 = a[6], o0 = a[1];
        a[0] = e0 + o0;
        a[4] = e0 - o0;
        a[1] = e1 + o1;
        a[5] = e1 - o1;
        a[2] = e2 + o2;
        a[6] = e2 - o2;
        a[3] = e3 + o3;
        a[7] = e3 - o3;
    } else if constexpr (R == 9) {
        // 3 x 3 with the inner twiddles w9^{jk}.
        static constexpr float w[4][2] = {{0.766044443118978035f, 0.642787609686539326f},    // 1/9
                                          {0.173648177666930349f, 0.984807753012208059f},    // 2/9
                                          {0.173648177666930349f, 0.984807753012208059f},    // 2/9
                                          {-0.939692620785908384f, 0.342020143325668733f}};  // 4/9
        for (int j = 0; j < 3; ++j) butterfly3<Sign>(a[j], a[j + 3], a[j + 6]);
        a[4] = twiddled<Sign>(a[4], w[0]);
        a[5] = twiddled<Sign>(a[5], w[1]);
        a[7] = twiddled<Sign>(a[7], w[2]);
        a[8] = twiddled<Sign>(a[8], w[3]);
        butterfly3<Sign>(a[0], a[1], a[2]);
        butterfly3<Sign>(a[3], a[4], a[5]);
        butterfly3<Sign>(a[6], a[7], a[8]);
        // a[3 k1 + k2] holds output k1 + 3 k2.
        const C b1 = a[3], b2 = a[6], b3 = a[1], b5 = a[7], b6 = a[2], b7 = a[5];
        a[1] = b1;
        a[2] = b2;
        a[3] = b3;
        a[5] = b5;
        a[6] = b6;
        a[7] = b7;
    }
}

template <int Sign, int R>
void pass(int length, int stride, const float* twiddles, const C* x, C* y) {
    const int m = length / R;
    for (int p = 0; p < m; ++p) {
        const float* w = twiddles + 2 * static_cast<std::ptrdiff_t>(p) * (R - 1);
        for (int q = 0; q < stride; ++q) {
            C a[R];
            for (int j = 0; j < R; ++j) a[j] = x[q + stride * (p + m * j)];
            butterfly<Sign, R>(a);
            C* out = y + q + static_cast<std::ptrdiff_t>(stride) * R * p;
            out[0] = a[0];
            if (p == 0) {
                for (int k = 1; k < R; ++k) out[stride * k] = a[k];
            } else {
                for (int k = 1; k < R; ++k) out[stride * k] = twiddled<Sign>(a[k], w + 2 * (k - 1));
            }
        }
    }
}

/// Transforms `data` (plan.n lane vectors); the result lies in `data` or `other`, whichever is returned.
template <int Sign>
C* transform(const FftPlan& plan, C* data, C* other) {
    int length = plan.n, stride = 1;
    const float* w = plan.twiddles.data();
    for (int r : plan.radices) {
        switch (r) {
            case 2: pass<Sign, 2>(length, stride, w, data, other); break;
            case 3: pass<Sign, 3>(length, stride, w, data, other); break;
            case 4: pass<Sign, 4>(length, stride, w, data, other); break;
            case 5: pass<Sign, 5>(length, stride, w, data, other); break;
            case 8: pass<Sign, 8>(length, stride, w, data, other); break;
            default: pass<Sign, 9>(length, stride, w, data, other); break;
        }
        w += 2 * static_cast<std::ptrdiff_t>(length / r) * (r - 1);
        length /= r;
        stride *= r;
        std::swap(data, other);
    }
    return data;
}

INLINE std::ptrdiff_t wrapped(int f, int n) { return f < 0 ? f + n : f; }
INLINE C* lanes_at(float* p) { return reinterpret_cast<C*>(p); }
INLINE const C* lanes_at(const float* p) { return reinterpret_cast<const C*>(p); }
INLINE float sum(V v) {
    float s = 0;
    for (int i = 0; i < width; ++i) s += v[i];
    return s;
}

/// exp(x), |relative error| < 3e-7 for -87 < x < 88, clamped outside: 2^k times a degree-6 polynomial.
INLINE V exponential(V x) {
    const V low = V{} - 87.0f, high = V{} + 87.0f;
    x = x < low ? low : x;
    x = x > high ? high : x;
    const V t = x * 1.44269504088896341f;
    const V magic = V{} + 12582912.0f;  // 1.5 * 2^23: rounds to an integer
    const V k = (t + magic) - magic;
    const V r = (x - k * 0.693145751953125f) - k * 1.42860682030941723e-6f;
    V p = V{} + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 0.5f;
    p = p * r * r + r + 1.0f;
    const VI shift = (__builtin_convertvector(k, VI) + 127) << 23;
    V scale;
    std::memcpy(&scale, &shift, sizeof(V));
    return p * scale;
}
INLINE V logistic(V u) { return 1.0f / (1.0f + exponential(-u)); }

void field_column(const FieldPlan& plan, int fx, const float* mask, float* columns, float* scratch) {
    const int b = plan.band, w = 2 * b + 1, g = plan.grid;
    for (int batch = 0; batch < plan.batches; ++batch) {
        C* data = lanes_at(scratch);
        const C* kernel = lanes_at(plan.kernels.data()) + static_cast<std::ptrdiff_t>(batch) * w * w + fx;
        for (int f = b + 1; f < g - b; ++f) data[f] = C{};
        for (int fy = -b; fy <= b; ++fy) {
            const std::ptrdiff_t row = fy + b;
            const float* m = mask + 2 * (row * w + fx);
            const C k = kernel[row * w];
            data[wrapped(fy, g)] = {k.re * m[0] - k.im * m[1], k.re * m[1] + k.im * m[0]};
        }
        const C* result = transform<+1>(plan.fft, data, data + g);
        C* out = lanes_at(columns) + static_cast<std::ptrdiff_t>(batch) * g * w + fx;
        for (int y = 0; y < g; ++y) out[static_cast<std::ptrdiff_t>(y) * w] = result[y];
    }
}

void field_row(const FieldPlan& plan, int y, const float* columns, float* fields, float* intensity, float* scratch) {
    const int b = plan.band, w = 2 * b + 1, g = plan.grid;
    C* data = lanes_at(scratch);
    V* totals = reinterpret_cast<V*>(data + 2 * g);  // [state][x], at most two states per pass over scratch
    for (int s0 = 0; s0 < plan.states; s0 += 2) {
        const int states = plan.states - s0 < 2 ? plan.states - s0 : 2;
        for (int i = 0; i < states * g; ++i) totals[i] = V{};
        for (int batch = 0; batch < plan.batches; ++batch) {
            const C* in = lanes_at(columns) + (static_cast<std::ptrdiff_t>(batch) * g + y) * w;
            for (int f = b + 1; f < g - b; ++f) data[f] = C{};
            for (int fx = -b; fx <= b; ++fx) data[wrapped(fx, g)] = in[fx + b];
            const C* result = transform<+1>(plan.fft, data, data + g);
            if (fields != nullptr && s0 == 0)
                std::memcpy(lanes_at(fields) + (static_cast<std::ptrdiff_t>(batch) * g + y) * g, result,
                            sizeof(C) * static_cast<std::size_t>(g));
            for (int s = 0; s < states; ++s) {
                const V weight = reinterpret_cast<const V*>(plan.weights.data())[(s0 + s) * plan.batches + batch];
                V* total = totals + s * g;
                for (int x = 0; x < g; ++x)
                    total[x] += weight * (result[x].re * result[x].re + result[x].im * result[x].im);
            }
        }
        for (int s = 0; s < states; ++s) {
            float* out = intensity + (static_cast<std::ptrdiff_t>(s0 + s) * g + y) * g;
            for (int x = 0; x < g; ++x) out[x] = sum(totals[s * g + x]);
        }
    }
}

void adjoint_row(const FieldPlan& plan, int y, const float* fields, const float* d_intensity, float* columns,
                 float* scratch) {
    const int b = plan.band, w = 2 * b + 1, g = plan.grid;
    C* data = lanes_at(scratch);
    for (int batch = 0; batch < plan.batches; ++batch) {
        const C* e = lanes_at(fields) + (static_cast<std::ptrdiff_t>(batch) * g + y) * g;
        for (int x = 0; x < g; ++x) {
            V d = V{};
            for (int s = 0; s < plan.states; ++s)
                d += reinterpret_cast<const V*>(plan.weights.data())[s * plan.batches + batch] *
                     d_intensity[(static_cast<std::ptrdiff_t>(s) * g + y) * g + x];
            data[x] = {e[x].re * d, e[x].im * d};
        }
        const C* result = transform<-1>(plan.fft, data, data + g);
        C* out = lanes_at(columns) + (static_cast<std::ptrdiff_t>(batch) * g + y) * w;
        for (int fx = -b; fx <= b; ++fx) out[fx + b] = result[wrapped(fx, g)];
    }
}

void adjoint_column(const FieldPlan& plan, int fx, const float* columns, float* gradient, float* scratch) {
    const int b = plan.band, w = 2 * b + 1, g = plan.grid;
    C* data = lanes_at(scratch);
    C* total = data + 2 * g;
    for (int i = 0; i < w; ++i) total[i] = C{};
    for (int batch = 0; batch < plan.batches; ++batch) {
        const C* in = lanes_at(columns) + static_cast<std::ptrdiff_t>(batch) * g * w + fx;
        for (int y = 0; y < g; ++y) data[y] = in[static_cast<std::ptrdiff_t>(y) * w];
        const C* result = transform<-1>(plan.fft, data, data + g);
        const C* kernel = lanes_at(plan.kernels.data()) + static_cast<std::ptrdiff_t>(batch) * w * w + fx;
        for (int fy = -b; fy <= b; ++fy) {
            const C k = kernel[static_cast<std::ptrdiff_t>(fy + b) * w], v = result[wrapped(fy, g)];
            total[fy + b] = total[fy + b] + C{k.re * v.re + k.im * v.im, k.re * v.im - k.im * v.re};
        }
    }
    for (int i = 0; i < w; ++i) {
        gradient[2 * (static_cast<std::ptrdiff_t>(i) * w + fx)] = sum(total[i].re);
        gradient[2 * (static_cast<std::ptrdiff_t>(i) * w + fx) + 1] = sum(total[i].im);
    }
}

INLINE int padded_height(int band) { return (2 * band + 1 + width - 1) / width * width; }

void expand_rows(const FftPlan& plan, int band, int block, const float* spectrum, float* strip, float* scratch) {
    const int n = plan.n, w = 2 * band + 1, height = padded_height(band), y0 = block * width;
    C* data = lanes_at(scratch);
    for (int f = band + 1; f < n - band; ++f) data[f] = C{};
    for (int fx = -band; fx <= band; ++fx) {
        C v{};
        for (int lane = 0; lane < width && y0 + lane < w; ++lane) {
            const float* c = spectrum + 2 * (static_cast<std::ptrdiff_t>(y0 + lane) * w + fx + band);
            v.re[lane] = c[0];
            v.im[lane] = c[1];
        }
        data[wrapped(fx, n)] = v;
    }
    const C* result = transform<+1>(plan, data, data + n);
    for (int x = 0; x < n; ++x)
        std::memcpy(strip + 2 * (static_cast<std::ptrdiff_t>(x) * height + y0), &result[x], sizeof(C));
}

// strip[x] holds blocks of 16 frequencies, each [2][16]; frequency row r of column x sits at 2 (x height + 16 (r/16)) +
// r % 16 (+16 for im).
INLINE const float* strip_entry(const float* strip, int height, int x, int row) {
    return strip + 2 * (static_cast<std::ptrdiff_t>(x) * height + row / width * width) + row % width;
}

void expand_columns(const FftPlan& plan, int band, int x0, const float* strip, float* values, float* scratch) {
    const int n = plan.n, height = padded_height(band);
    C* data = lanes_at(scratch);
    for (int f = band + 1; f < n - band; ++f) data[f] = C{};
    for (int fy = -band; fy <= band; ++fy) {
        C v;
        for (int lane = 0; lane < width; ++lane) {
            const float* c = strip_entry(strip, height, x0 + lane, fy + band);
            v.re[lane] = c[0];
            v.im[lane] = c[width];
        }
        data[wrapped(fy, n)] = v;
    }
    const C* result = transform<+1>(plan, data, data + n);
    std::memcpy(values, result, sizeof(C) * static_cast<std::size_t>(n));
}

void project_columns(const FftPlan& plan, int band, int x0, float* values, float* strip, float* scratch) {
    const int n = plan.n, height = padded_height(band);
    const C* result = transform<-1>(plan, lanes_at(values), lanes_at(scratch));
    for (int fy = -band; fy <= band; ++fy) {
        const C v = result[wrapped(fy, n)];
        for (int lane = 0; lane < width; ++lane) {
            float* c = const_cast<float*>(strip_entry(strip, height, x0 + lane, fy + band));
            c[0] = v.re[lane];
            c[width] = v.im[lane];
        }
    }
}

void project_rows(const FftPlan& plan, int band, int block, const float* strip, float* spectrum, float* scratch) {
    const int n = plan.n, w = 2 * band + 1, height = padded_height(band), y0 = block * width;
    C* data = lanes_at(scratch);
    for (int x = 0; x < n; ++x)
        std::memcpy(&data[x], strip + 2 * (static_cast<std::ptrdiff_t>(x) * height + y0), sizeof(C));
    const C* result = transform<-1>(plan, data, data + n);
    for (int fx = -band; fx <= band; ++fx) {
        const C v = result[wrapped(fx, n)];
        for (int lane = 0; lane < width && y0 + lane < w; ++lane) {
            float* c = spectrum + 2 * (static_cast<std::ptrdiff_t>(y0 + lane) * w + fx + band);
            c[0] = v.re[lane];
            c[1] = v.im[lane];
        }
    }
}

INLINE V load(const float* p) {
    V v;
    std::memcpy(&v, p, sizeof(V));
    return v;
}

double print_loss(const PrintLoss& l, int n, float* values, const float* target, const float* weight,
                  std::size_t row_stride) {
    C* data = lanes_at(values);
    double loss = 0;
    const float s = l.steepness;
    V block = V{};
    for (int y = 0; y < n; ++y) {
        const V t = load(target + static_cast<std::size_t>(y) * row_stride),
                w = weight ? load(weight + static_cast<std::size_t>(y) * row_stride) : V{} + 1.0f;
        const V i0 = data[y].re, i1 = data[y].im;
        const V zn = logistic(s * (l.dose_nominal * i0 - l.threshold));
        const V zo = logistic(s * (l.dose_outer * i0 - l.threshold));
        const V zi = logistic(s * (l.dose_inner * i1 - l.threshold));
        const V en = zn - t, eo = zo - t, ei = zi - t, band = zo - zi, wn = l.nominal * w, wo = l.outer * w,
                wi = l.inner * w;
        block += wn * en * en + wo * eo * eo + wi * ei * ei + l.pv_band * band * band;
        const V dn = 2 * s * l.dose_nominal * wn * en * zn * (1.0f - zn);
        const V d_o = 2 * s * l.dose_outer * (wo * eo + l.pv_band * band) * zo * (1.0f - zo);
        const V di = 2 * s * l.dose_inner * (wi * ei - l.pv_band * band) * zi * (1.0f - zi);
        data[y] = {dn + d_o, di};
        if (y % 64 == 63 || y == n - 1) {
            loss += static_cast<double>(sum(block));
            block = V{};
        }
    }
    return loss;
}

void print_counts(const PrintLoss& l, int n, const float* values, const float* target, std::size_t row_stride,
                  std::int64_t* counts) {
    const C* data = lanes_at(values);
    VI l2 = VI{}, pvb = VI{};
    const V half = V{} + 0.5f, threshold = V{} + l.threshold;
    for (int y = 0; y < n; ++y) {
        const V t = load(target + static_cast<std::size_t>(y) * row_stride);
        const VI nominal = l.dose_nominal * data[y].re >= threshold, outer = l.dose_outer * data[y].re >= threshold,
                 inner = l.dose_inner * data[y].im >= threshold, wanted = t > half;
        l2 -= nominal ^ wanted;
        pvb -= outer ^ inner;
    }
    for (int i = 0; i < width; ++i) {
        counts[0] += l2[i];
        counts[1] += pvb[i];
    }
}

void real_columns(const FftPlan& plan, int band, int x0, const float* field, float* strip, float* scratch) {
    const int n = plan.n;
    C* data = lanes_at(scratch);
    for (int y = 0; y < n; ++y) {
        const float* row = field + static_cast<std::ptrdiff_t>(y) * n + x0;
        data[y] = {load(row), load(row + width)};
    }
    const C* z = transform<-1>(plan, data, data + n);
    for (int f = 0; f <= band; ++f) {
        const C a = z[f], b = z[f == 0 ? 0 : n - f];
        const V first_re = 0.5f * (a.re + b.re), first_im = 0.5f * (a.im - b.im);
        const V second_re = 0.5f * (a.im + b.im), second_im = 0.5f * (b.re - a.re);
        float* out = strip + 2 * (static_cast<std::ptrdiff_t>(f) * n + x0);
        for (int lane = 0; lane < width; ++lane) {
            out[2 * lane] = first_re[lane];
            out[2 * lane + 1] = first_im[lane];
            out[2 * (lane + width)] = second_re[lane];
            out[2 * (lane + width) + 1] = second_im[lane];
        }
    }
}

void real_rows(const FftPlan& plan, int band, int block, const float* strip, float* spectrum, float* scratch) {
    const int n = plan.n, w = 2 * band + 1, f0 = block * width;
    C* data = lanes_at(scratch);
    for (int x = 0; x < n; ++x) {
        C v{};
        for (int lane = 0; lane < width && f0 + lane <= band; ++lane) {
            const float* c = strip + 2 * (static_cast<std::ptrdiff_t>(f0 + lane) * n + x);
            v.re[lane] = c[0];
            v.im[lane] = c[1];
        }
        data[x] = v;
    }
    const C* z = transform<-1>(plan, data, data + n);
    for (int fx = -band; fx <= band; ++fx) {
        const C v = z[wrapped(fx, n)];
        for (int lane = 0; lane < width && f0 + lane <= band; ++lane) {
            float* c = spectrum + 2 * (static_cast<std::ptrdiff_t>(f0 + lane) * w + fx + band);
            c[0] = v.re[lane];
            c[1] = v.im[lane];
        }
    }
}

void synth_rows(const FftPlan& plan, int band, int block, const float* spectrum, float* strip, float* scratch) {
    const int n = plan.n, w = 2 * band + 1, f0 = block * width;
    C* data = lanes_at(scratch);
    for (int f = band + 1; f < n - band; ++f) data[f] = C{};
    for (int fx = -band; fx <= band; ++fx) {
        C v{};
        for (int lane = 0; lane < width && f0 + lane <= band; ++lane) {
            const float* c = spectrum + 2 * (static_cast<std::ptrdiff_t>(f0 + lane) * w + fx + band);
            v.re[lane] = c[0];
            v.im[lane] = c[1];
        }
        data[wrapped(fx, n)] = v;
    }
    const C* z = transform<+1>(plan, data, data + n);
    for (int x = 0; x < n; ++x)
        for (int lane = 0; lane < width && f0 + lane <= band; ++lane) {
            float* c = strip + 2 * (static_cast<std::ptrdiff_t>(f0 + lane) * n + x);
            c[0] = z[x].re[lane];
            c[1] = z[x].im[lane];
        }
}

void synth_columns(const FftPlan& plan, int band, int x0, const float* strip, float* field, float* scratch) {
    const int n = plan.n;
    C* data = lanes_at(scratch);
    for (int f = band + 1; f < n - band; ++f) data[f] = C{};
    for (int f = 0; f <= band; ++f) {
        C a, b;  // first and second group of 16 columns
        const float* in = strip + 2 * (static_cast<std::ptrdiff_t>(f) * n + x0);
        for (int lane = 0; lane < width; ++lane) {
            a.re[lane] = in[2 * lane];
            a.im[lane] = in[2 * lane + 1];
            b.re[lane] = in[2 * (lane + width)];
            b.im[lane] = in[2 * (lane + width) + 1];
        }
        if (f == 0) {
            data[0] = {a.re, b.re};
            continue;
        }
        data[f] = {a.re - b.im, a.im + b.re};      // a + i b
        data[n - f] = {a.re + b.im, b.re - a.im};  // conj a + i conj b
    }
    const C* z = transform<+1>(plan, data, data + n);
    for (int y = 0; y < n; ++y) {
        float* row = field + static_cast<std::ptrdiff_t>(y) * n + x0;
        std::memcpy(row, &z[y].re, sizeof(V));
        std::memcpy(row + width, &z[y].im, sizeof(V));
    }
}

void level_set_row(int n, float feather, const float* below, const float* row, const float* above, float* mask,
                   float* slope) {
    const V floor_slope = V{} + 1e-6f, steepest = V{} + 20.0f;
    for (int x0 = 0; x0 < n; x0 += width) {
        V left, right;
        if (x0 > 0 && x0 + width < n) {
            left = load(row + x0 - 1);
            right = load(row + x0 + 1);
        } else {
            for (int lane = 0; lane < width; ++lane) {
                left[lane] = row[(x0 + lane + n - 1) % n];
                right[lane] = row[(x0 + lane + 1) % n];
            }
        }
        const V gx = 0.5f * (right - left), gy = 0.5f * (load(above + x0) - load(below + x0));
        const V squared = gx * gx + gy * gy + floor_slope;
        V gradient;
        for (int lane = 0; lane < width; ++lane) gradient[lane] = __builtin_sqrtf(squared[lane]);
        const V per_q = 4.0f / (feather * gradient);
        const V z = logistic(per_q * (load(row + x0) - 0.5f));
        V d = per_q * z * (1.0f - z);
        d = d > steepest ? steepest : d;
        std::memcpy(mask + x0, &z, sizeof(V));
        std::memcpy(slope + x0, &d, sizeof(V));
    }
}

void sigmoid(std::size_t n, float steepness, const float* x, float* y, float* slope) {
    std::size_t i = 0;
    for (; i + width <= n; i += width) {
        const V z = logistic(steepness * (load(x + i) - 0.5f)), d = steepness * z * (1.0f - z);
        std::memcpy(y + i, &z, sizeof(V));
        std::memcpy(slope + i, &d, sizeof(V));
    }
    for (; i < n; ++i) {
        y[i] = 1.0f / (1.0f + std::exp(-steepness * (x[i] - 0.5f)));
        slope[i] = steepness * y[i] * (1.0f - y[i]);
    }
}

#define STRING2(x) #x
#define STRING(x) STRING2(x)

}  // namespace

extern const Kernels table;
const Kernels table = {STRING(DAMASCENE_ISA), field_column,   field_row,       adjoint_row,  adjoint_column,
                       expand_rows,           expand_columns, project_columns, project_rows, print_loss,
                       print_counts,          real_columns,   real_rows,       synth_rows,   synth_columns,
                       level_set_row,         sigmoid};

}  // namespace damascene::lanes::DAMASCENE_ISA
