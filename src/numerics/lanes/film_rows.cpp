// Row kernels of films, see numerics/film_rows.hpp. Compiled once per instruction set (DAMASCENE_ISA); every loop is
// free of branches so that the compiler turns samples into lanes.
#include "numerics/film_rows.hpp"

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace damascene::lanes::DAMASCENE_ISA {
namespace {

#define INLINE inline __attribute__((always_inline))

template <class To, class From>
INLINE To bits(From x) {
    To y;
    std::memcpy(&y, &x, sizeof y);
    return y;
}
template <class T>
INLINE T smaller(T a, T b) {
    return a < b ? a : b;
}
template <class T>
INLINE T larger(T a, T b) {
    return a > b ? a : b;
}

// ------------------------------------------------------------------------------------------------------ exp and log
/// Coefficients from the highest power down.
template <class T, class... Rest>
INLINE T polynomial(T x, T first, Rest... rest) {
    T p = first;
    ((p = p * x + T(rest)), ...);
    return p;
}

// e^x = 2^k e^r, |r| <= ln 2 / 2, Taylor in r; relative error 1e-7 (float), 2e-16 (double). Exponents are held within
// [-87, 88] and [-708, 708].
INLINE float exponential(float x) {
    x = smaller(larger(x, -87.0f), 88.0f);
    const float shifted = x * 1.44269504f + 12582912.0f, k = shifted - 12582912.0f;
    const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
    const float p = polynomial(r, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f);
    return p * bits<float>((bits<std::int32_t>(shifted) + 127) << 23);
}
INLINE double exponential(double x) {
    x = smaller(larger(x, -708.0), 708.0);
    const double shifted = x * 1.44269504088896340736 + 6755399441055744.0, k = shifted - 6755399441055744.0;
    const double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    const double p = polynomial(r, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
                                1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0);
    return p * bits<double>((bits<std::int64_t>(shifted) + 1023) << 52);
}

// ln x = k ln 2 + 2 artanh(s), s = (m - 1)/(m + 1), x = 2^k m, m in [1/sqrt 2, sqrt 2); x > 0 and normal.
INLINE float logarithm(float x) {
    const std::int32_t i = bits<std::int32_t>(x), k = (i - 0x3f3504f3) >> 23;
    const float m = bits<float>(i - (k << 23)), s = (m - 1) / (m + 1), s2 = s * s;
    const float p = polynomial(s2, 1.0f / 11, 1.0f / 9, 1.0f / 7, 1.0f / 5, 1.0f / 3, 1.0f);
    return static_cast<float>(k) * 0.69314718f + 2 * s * p;
}
INLINE double logarithm(double x) {
    const std::int64_t i = bits<std::int64_t>(x), k = (i - 0x3fe6a09e667f3bcd) >> 52;
    const double m = bits<double>(i - (k << 52)), s = (m - 1) / (m + 1), s2 = s * s;
    const double p = polynomial(s2, 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0);
    const double exponent =
        bits<double>((k + 1023) | 0x4338000000000000) - bits<double>(std::int64_t{0x43380000000003ff});
    return exponent * 0.693147180559945309417 + 2 * s * p;
}
template <class T>
INLINE T power(T x, T n) {
    const T tiny = std::is_same_v<T, float> ? T(1e-30) : T(1e-300);
    return exponential(n * logarithm(larger(x, tiny)));
}

// -------------------------------------------------------------------------------------------------- sums and filters
/// Sixty-four bytes of samples.
template <class T>
struct Pack {
    typedef T type __attribute__((vector_size(64)));
};
template <class T>
using V = typename Pack<T>::type;
template <class T>
constexpr int pack = 64 / sizeof(T);
template <class T>
INLINE V<T> load(const T* p) {
    V<T> v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
template <class T>
INLINE void store(T* p, V<T> v) {
    std::memcpy(p, &v, sizeof v);
}

template <class T>
INLINE void combine_packs(int terms, const T* weight, const T* const* x, std::size_t i, T* y) {
    constexpr int k = pack<T>;
    V<T> a = {}, b = {}, c = {}, d = {};
    for (int term = 0; term < terms; ++term) {
        const T w = weight[term];
        const T* row = x[term] + i;
        a += w * load(row);
        b += w * load(row + k);
        c += w * load(row + 2 * k);
        d += w * load(row + 3 * k);
    }
    store(y + i, a);
    store(y + i + k, b);
    store(y + i + 2 * k, c);
    store(y + i + 3 * k, d);
}
template <class T>
void combine(std::size_t n, int terms, const T* weight, const T* const* x, T* y) {
    std::size_t i = 0;
    for (; i + 4 * pack<T> <= n; i += 4 * pack<T>) combine_packs(terms, weight, x, i, y);
    for (; i < n; ++i) {
        T sum = 0;
        for (int term = 0; term < terms; ++term) sum += weight[term] * x[term][i];
        y[i] = sum;
    }
}
template <class T>
void combine_four(std::size_t n, int terms, const T* weight, const T* const* x, T* const* y) {
    constexpr int k = pack<T>;
    std::size_t i = 0;
    for (; i + 2 * k <= n; i += 2 * k) {
        V<T> a[4] = {}, b[4] = {};
        for (int term = 0; term < terms; ++term) {
            const V<T> left = load(x[term] + i), right = load(x[term] + i + k);
            for (std::size_t r = 0; r < 4; ++r) {
                a[r] += weight[4 * static_cast<std::size_t>(term) + r] * left;
                b[r] += weight[4 * static_cast<std::size_t>(term) + r] * right;
            }
        }
        for (int r = 0; r < 4; ++r) {
            store(y[r] + i, a[r]);
            store(y[r] + i + k, b[r]);
        }
    }
    for (; i < n; ++i)
        for (std::size_t r = 0; r < 4; ++r) {
            T sum = 0;
            for (int term = 0; term < terms; ++term) sum += weight[4 * static_cast<std::size_t>(term) + r] * x[term][i];
            y[r][i] = sum;
        }
}
template <class T>
void decay(std::size_t n, int terms, const T* weight, const T* const* x, T* y) {
    combine(n, terms, weight, x, y);
    for (std::size_t i = 0; i < n; ++i) y[i] = exponential(-larger(y[i], T(0)));
}

template <class T>
INLINE void convolve_packs(int reach, const T* g, const T* x, T* y) {
    constexpr int k = pack<T>;
    V<T> a = g[0] * load(x), b = g[0] * load(x + k), c = g[0] * load(x + 2 * k), d = g[0] * load(x + 3 * k);
    for (int r = 1; r <= reach; ++r) {
        a += g[r] * (load(x - r) + load(x + r));
        b += g[r] * (load(x + k - r) + load(x + k + r));
        c += g[r] * (load(x + 2 * k - r) + load(x + 2 * k + r));
        d += g[r] * (load(x + 3 * k - r) + load(x + 3 * k + r));
    }
    store(y, a);
    store(y + k, b);
    store(y + 2 * k, c);
    store(y + 3 * k, d);
}
template <class T>
void convolve(std::size_t n, int reach, const T* g, const T* x, T* y) {
    std::size_t i = 0;
    for (; i + 4 * pack<T> <= n; i += 4 * pack<T>) convolve_packs(reach, g, x + i, y + i);
    for (; i < n; ++i) {
        y[i] = g[0] * x[i];
        for (int r = 1; r <= reach; ++r)
            y[i] += g[r] * (x[static_cast<std::ptrdiff_t>(i) - r] + x[i + static_cast<std::size_t>(r)]);
    }
}

// --------------------------------------------------------------------------------------------------------- reactions
/// (1 - e^-x)/x, given e^-x: by its series below 0.1.
template <class T>
INLINE T share(T x, T exp_minus_x) {
    T p;
    if constexpr (std::is_same_v<T, float>)
        p = polynomial(x, 1.0f / 120, -1.0f / 24, 1.0f / 6, -0.5f, 1.0f);
    else
        p = polynomial(x, -1.0 / 3628800, 1.0 / 362880, -1.0 / 40320, 1.0 / 5040, -1.0 / 720, 1.0 / 120, -1.0 / 24,
                       1.0 / 6, -0.5, 1.0);
    const bool small = x < T(0.1);
    return small ? p : (1 - exp_minus_x) / (small ? T(1) : x);
}

/// Concentrations that no longer act are zero: subnormal numbers cost a hundred times the time of others.
template <class T>
INLINE T vanished_is_zero(T x) {
    return x > (std::is_same_v<T, float> ? T(1e-20) : T(1e-100)) ? x : T(0);
}

/// h + q -> 0 over time t with excess a = |h - q|, e = exp(-k a t): the scarcer one falls to scarce e / d,
/// d = 1 + scarce (1 - e)/a; their difference stays.
template <class T>
struct Neutralised {
    T h, q, denominator, excess;
};
template <class T>
INLINE Neutralised<T> neutralise(T h, T q, T excess, T x, T e, T rate_time) {
    const T scarce = smaller(h, q), denominator = 1 + scarce * rate_time * share(x, e);
    const T left = vanished_is_zero(scarce * e / denominator);
    return {h > q ? left + excess : left, h > q ? left : left + excess, denominator, excess};
}

template <class T>
void react(std::size_t n, const AcidReaction& r, T* h, T* q, T* sum) {
    const T time = T(r.time_s), kt = T(r.neutralisation_per_s * r.time_s), amp = T(r.amplification_per_s);
    const T per_k = T(r.neutralisation_per_s > 0 ? 1 / r.neutralisation_per_s : 0);
    const T loss_half = T(__builtin_exp(-0.5 * r.loss_per_s * r.time_s)), order = T(r.order);
    if (q && r.neutralisation_per_s > 0 && r.order == 1) {  // integral of h in closed form
        for (std::size_t i = 0; i < n; ++i) {
            const T h0 = h[i] * loss_half, q0 = q[i], excess = h0 > q0 ? h0 - q0 : q0 - h0, x = kt * excess;
            const auto after = neutralise(h0, q0, excess, x, exponential(-x), kt);
            const T integral = (h0 > q0 ? excess * time : T(0)) + logarithm(after.denominator) * per_k;
            h[i] = after.h * loss_half;
            q[i] = after.q;
            sum[i] += amp * integral;
        }
    } else if (q && r.neutralisation_per_s > 0) {  // integral of h^n by Simpson's rule
        for (std::size_t i = 0; i < n; ++i) {
            const T h0 = h[i] * loss_half, q0 = q[i], excess = h0 > q0 ? h0 - q0 : q0 - h0, x = kt * excess;
            const T e = exponential(T(-0.5) * x);
            const auto middle = neutralise(h0, q0, excess, T(0.5) * x, e, T(0.5) * kt);
            const auto after = neutralise(h0, q0, excess, x, e * e, kt);
            const T simpson = power(h0, order) + 4 * power(middle.h, order) + power(after.h, order);
            h[i] = after.h * loss_half;
            q[i] = after.q;
            sum[i] += amp * time / 6 * simpson;
        }
    } else {
        const double x = r.order * r.loss_per_s * r.time_s;
        const T weight = T(r.amplification_per_s * r.time_s * (x > 1e-8 ? -__builtin_expm1(-x) / x : 1.0));
        for (std::size_t i = 0; i < n; ++i) {
            const T rate = r.order == 1 ? h[i] : power(h[i], order);
            sum[i] += weight * rate;
            h[i] = vanished_is_zero(h[i] * (loss_half * loss_half));
        }
    }
}

/// Neutralisation with acid fed at a steady rate, in two equal pieces on which h - q is held at its middle value u:
/// q falls to q/(e^{ku} + k q t (e^{ku} - 1)/(ku)) after t, and the logarithm of that divisor is k int h dt.
/// Error of int h dt: s t^2/16 at most, at the moment the quencher is used up.
template <class T>
struct Fed {
    T quencher, divisor, exponent;  ///< divisors multiply; those of u > 0 have e^{ku} taken out into the exponent
};
template <class T>
INLINE void react_piece(Fed<T>& f, T u, T rate_time) {
    const bool acid_wins = u > 0;
    const T x = rate_time * (acid_wins ? u : -u), e = exponential(-x);
    const T divisor = (acid_wins ? T(1) : e) + f.quencher * rate_time * share(x, e);
    f.quencher *= (acid_wins ? e : T(1)) / divisor;
    f.divisor *= divisor;
    f.exponent += acid_wins ? x : T(0);
}
/// Acid below zero, left by the supply of a step before, was neutralised too early: the quencher has it back.
template <class T>
INLINE void give_back(T& h, T& q) {
    const T missing = h < 0 ? h : T(0);
    h -= missing;
    q -= missing;
}
template <class T>
struct FedStep {
    T time, k, per_k, amplification, order, per_before, half_next, loss_half;
};
template <bool first_order, class T>
INLINE void react_fed_row(std::size_t n, FedStep<T> r, const T* spread, T* h, T* q, T* sum) {
    const T piece = T(0.5) * r.time, kt = r.k * piece, order = r.order;
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        const T supply = (spread[i] - h[i]) * r.per_before, step = piece * supply;
        T acid = T(0.5) * (spread[i] + h[i]) * r.loss_half, base = q[i];
        give_back(acid, base);
        const T u = acid - base;
        Fed<T> f{base, 1, 0};
        react_piece(f, u + T(0.5) * step, kt);
        T powers = 0;
        if constexpr (!first_order) powers = power(acid, order) + 4 * power(u + step + f.quencher, order);
        react_piece(f, u + T(1.5) * step, kt);
        acid = u + 2 * step + f.quencher;
        if constexpr (!first_order) powers += power(acid, order);
        const T integral = first_order ? (f.exponent + logarithm(f.divisor)) * r.per_k : powers * piece / 3;
        base = vanished_is_zero(f.quencher);
        acid += base - f.quencher;
        acid *= r.loss_half;
        give_back(acid, base);
        h[i] = acid - r.half_next * supply;
        q[i] = base;
        sum[i] += r.amplification * integral;
    }
}
/// The same where no quencher is left: the acid changes at a steady rate.
template <class T>
INLINE void feed_row(std::size_t n, FedStep<T> r, const T* spread, T* h, T* sum) {
    const T weight = r.amplification * r.time;
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        const T supply = (spread[i] - h[i]) * r.per_before, gain = r.time * supply;
        const T acid = T(0.5) * (spread[i] + h[i]) * r.loss_half;
        sum[i] += weight * (acid + T(0.5) * gain);
        h[i] = (acid + gain) * r.loss_half - r.half_next * supply;
    }
}
/// What a stretch of a row needs: quencher without acid stays as it is, acid without quencher only gathers.
enum class Fate { still, free, reacts };
template <class T>
INLINE Fate fate(std::size_t n, const T* spread, const T* h, const T* q) {
    using Bits = std::conditional_t<std::is_same_v<T, float>, std::int32_t, std::int64_t>;
    const T negligible = std::is_same_v<T, float> ? T(1e-8) : T(1e-18);
    Bits acid = 0, quencher = 0, sign = 0;  // positive numbers compare like their bits
    for (std::size_t i = 0; i < n; ++i) {
        const T sum = spread[i] + h[i];
        acid = larger(acid, larger(bits<Bits>(larger(spread[i], -spread[i])), bits<Bits>(larger(h[i], -h[i]))));
        sign |= bits<Bits>(sum < 0 ? T(1) : T(0));
        quencher |= bits<Bits>(q[i] == 0 ? T(0) : T(1));
    }
    return quencher == 0 && sign == 0 ? Fate::free : bits<T>(acid) < negligible ? Fate::still : Fate::reacts;
}
template <class T>
INLINE void react_fed_stretch(std::size_t n, FedStep<T> r, const T* spread, T* h, T* q, T* sum) {
    const Fate f = fate(n, spread, h, q);
    if (f == Fate::still) {
        for (std::size_t i = 0; i < n; ++i) h[i] = spread[i];
    } else if (f == Fate::free && r.order == 1) {
        feed_row(n, r, spread, h, sum);
    } else if (r.order == 1) {
        react_fed_row<true>(n, r, spread, h, q, sum);
    } else {
        react_fed_row<false>(n, r, spread, h, q, sum);
    }
}
template <class T>
void react_fed(std::size_t n, const AcidReaction& r, double before, double next, const T* spread, T* h, T* q, T* sum) {
    constexpr std::size_t stretch = 32;
    const FedStep<T> step{T(r.time_s),
                          T(r.neutralisation_per_s),
                          T(1 / r.neutralisation_per_s),
                          T(r.amplification_per_s),
                          T(r.order),
                          T(1 / before),
                          T(0.5 * next),
                          T(__builtin_exp(-0.5 * r.loss_per_s * r.time_s))};
    std::size_t i = 0;
    for (; i + stretch <= n; i += stretch) react_fed_stretch(stretch, step, spread + i, h + i, q + i, sum + i);
    if (i < n) react_fed_stretch(n - i, step, spread + i, h + i, q + i, sum + i);
}

template <class T>
void add_power(std::size_t n, double weight, double order, const T* h, T* sum) {
    const T w = T(weight), exponent = T(order);
    if (order == 1)
        for (std::size_t i = 0; i < n; ++i) sum[i] += w * h[i];
    else
        for (std::size_t i = 0; i < n; ++i) sum[i] += w * power(h[i], exponent);
}

// ------------------------------------------------------------------------------------------------------ arrival time
template <class T>
struct Side {
    T v, c;
};
template <class T>
INLINE Side<T> side(T near, T far, T c1, T c2, T alpha, T beta) {
    const bool second = far <= near;
    return {second ? alpha * near - beta * far : near, second ? c2 : c1};
}
/// The side of an axis from which the front comes: the earlier nearest neighbour.
template <class T>
INLINE Side<T> upwind(const UpwindAxis<T>& a, std::size_t i, T never) {
    const T m = a.near_minus[i], p = a.near_plus[i];
    const Side<T> minus = side(m, a.far_minus[i], a.c1_minus, a.c2_minus, a.alpha_minus, a.beta_minus);
    const Side<T> plus = side(p, a.far_plus[i], a.c1_plus, a.c2_plus, a.alpha_plus, a.beta_plus);
    const bool from_minus = m <= p;
    const T c = from_minus ? minus.c : plus.c, v = from_minus ? minus.v : plus.v;
    return {c > 0 ? v : never, c > 0 ? c : T(1)};
}
template <class T>
INLINE void order(Side<T>& a, Side<T>& b) {
    const bool swap = b.v < a.v;
    const Side<T> first{swap ? b.v : a.v, swap ? b.c : a.c}, second{swap ? a.v : b.v, swap ? a.c : b.c};
    a = first;
    b = second;
}
INLINE float root(float x) { return __builtin_sqrtf(x); }
INLINE double root(double x) { return __builtin_sqrt(x); }

/// sum over axes of c^2 max(t - v, 0)^2 = s^2.
template <class T>
INLINE T solve(Side<T> a, Side<T> b, Side<T> c, T s) {
    order(a, b);
    order(b, c);
    order(a, b);
    const T one = a.v + s / a.c;
    const T aa = a.c * a.c, bb = b.c * b.c, cc = c.c * c.c, db = b.v - a.v, dc = c.v - a.v;
    const T s2 = aa + bb, m2 = bb * db, r2 = m2 * m2 - s2 * (bb * db * db - s * s);
    const T two = a.v + (m2 + root(r2 > 0 ? r2 : T(0))) / s2;
    const T s3 = s2 + cc, m3 = m2 + cc * dc, r3 = m3 * m3 - s3 * (bb * db * db + cc * dc * dc - s * s);
    const T three = a.v + (m3 + root(r3 > 0 ? r3 : T(0))) / s3;
    const T flat = two > c.v ? three : two;
    return one > b.v ? flat : one;
}

template <class T>
T arrive(std::size_t n, const T* slowness, const UpwindAxis<T>* axes, T until, T never, T relative, T absolute,
         const T* old, T* fresh) {
    using Bits = std::conditional_t<std::is_same_v<T, float>, std::int32_t, std::int64_t>;
    const UpwindAxis<T> x = axes[0], y = axes[1], z = axes[2];
    Bits change = 0;  // positive numbers compare like their bits
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        const T t = solve(upwind(x, i, never), upwind(y, i, never), upwind(z, i, never), slowness[i]);
        const T kept = t <= until ? t : never, step = kept - old[i];
        fresh[i] = kept;
        change = larger(change, bits<Bits>((step < 0 ? -step : step) / (relative * kept + absolute)));
    }
    return bits<T>(change);
}

template <class T>
constexpr FilmRows<T> table_of() {
    return {decay<T>, combine<T>, combine_four<T>, convolve<T>, react<T>, react_fed<T>, add_power<T>, arrive<T>};
}

}  // namespace

extern const FilmRows<float> film_rows_float;
extern const FilmRows<double> film_rows_double;
const FilmRows<float> film_rows_float = table_of<float>();
const FilmRows<double> film_rows_double = table_of<double>();

}  // namespace damascene::lanes::DAMASCENE_ISA
