// Windows of focus and dose that fit between two polylines E_lo(F), E_hi(F).
//
//   rectangle: max_[F1,F2] E_lo <= E1, r E1 <= min_[F1,F2] E_hi,   r = (1 + EL/2) / (1 - EL/2)
//   ellipse:   E_lo(F) <= E_c (1 -+ b s) <= E_hi(F),   s = sqrt(1 - ((F - F_c)/a)^2),   b = EL/2
//
// Rectangle: for a given E1 the foci that hold it are intervals whose ends are linear in E1 between the corners of the
// polylines, so the deepest one has its E1 at a corner or at a crossing of E_lo with E_hi / r: exact. Ellipse: for
// given F_c and a the possible E_c are one interval (closed form per straight piece) that shrinks as a grows: bisection
// in a, golden section in F_c [Mack 2007]. Focus nm, dose relative.
#include <algorithm>
#include <cmath>

#include "damascene/opc/process_window.hpp"

namespace damascene::opc {
namespace {

constexpr double slack = 1e-12;  ///< relative, of touching

/// A stretch of foci with both limits.
struct Run {
    std::vector<double> x, low, high;
    std::size_t pieces() const { return x.size() - 1; }
};

std::vector<Run> runs_of(const DoseBand& band) {
    std::vector<Run> runs;
    bool running = false;
    for (std::size_t i = 0; i < band.focus_nm.size(); ++i) {
        const bool printed = std::isfinite(band.low[i]) && std::isfinite(band.high[i]);
        if (printed && !running) runs.emplace_back();
        running = printed;
        if (!printed) continue;
        runs.back().x.push_back(band.focus_nm[i]);
        runs.back().low.push_back(band.low[i]);
        runs.back().high.push_back(band.high[i]);
    }
    std::erase_if(runs, [](const Run& r) { return r.x.size() < 2; });
    return runs;
}

struct Interval {
    double low = 0, high = 0;
    double length() const { return high - low; }
};

/// Part of t in [0, 1] where the line from v0 to v1 is at least 0; low > high when none.
Interval not_negative(double v0, double v1) {
    if (v0 >= 0 && v1 >= 0) return {0, 1};
    if (v0 < 0 && v1 < 0) return {1, 0};
    const double t = v0 / (v0 - v1);
    return v0 < 0 ? Interval{t, 1} : Interval{0, t};
}

/// Intervals of focus where E_lo <= e1 and E_hi >= e2, pieces joined.
std::vector<Interval> holding(const Run& run, double e1, double e2) {
    std::vector<Interval> found;
    const double give1 = slack * std::abs(e1), give2 = slack * std::abs(e2);
    for (std::size_t i = 0; i < run.pieces(); ++i) {
        const Interval a = not_negative(e1 + give1 - run.low[i], e1 + give1 - run.low[i + 1]),
                       b = not_negative(run.high[i] - e2 + give2, run.high[i + 1] - e2 + give2);
        const double t0 = std::max(a.low, b.low), t1 = std::min(a.high, b.high), h = run.x[i + 1] - run.x[i];
        if (t0 > t1) continue;
        if (!found.empty() && t0 == 0 && found.back().high == run.x[i])
            found.back().high = run.x[i] + t1 * h;
        else
            found.push_back({run.x[i] + t0 * h, t1 == 1 ? run.x[i + 1] : run.x[i] + t1 * h});
        if (t1 == 1) found.back().high = run.x[i + 1];
    }
    return found;
}

double value_on(const Run& run, const std::vector<double>& y, double f) {
    const auto above = std::upper_bound(run.x.begin() + 1, run.x.end() - 1, f);
    const auto i = static_cast<std::size_t>(above - run.x.begin()) - 1;
    return y[i] + (y[i + 1] - y[i]) * (f - run.x[i]) / (run.x[i + 1] - run.x[i]);
}

/// The same foci with all the dose they allow.
FocusDoseWindow widened(const Run& run, const Interval& foci) {
    FocusDoseWindow w{foci.low, foci.high,
                      std::max(value_on(run, run.low, foci.low), value_on(run, run.low, foci.high)),
                      std::min(value_on(run, run.high, foci.low), value_on(run, run.high, foci.high))};
    for (std::size_t i = 0; i < run.x.size(); ++i)
        if (run.x[i] > foci.low && run.x[i] < foci.high) {
            w.dose_low = std::max(w.dose_low, run.low[i]);
            w.dose_high = std::min(w.dose_high, run.high[i]);
        }
    return w;
}

/// Lower doses of a rectangle at which its depth can be largest.
std::vector<double> corner_doses(const Run& run, double ratio) {
    std::vector<double> doses = run.low;
    for (const double e : run.high) doses.push_back(e / ratio);
    for (std::size_t i = 0; i < run.pieces(); ++i) {
        const double d0 = run.low[i] - run.high[i] / ratio, d1 = run.low[i + 1] - run.high[i + 1] / ratio;
        if (d0 * d1 < 0) doses.push_back(run.low[i] + (run.low[i + 1] - run.low[i]) * d0 / (d0 - d1));
    }
    return doses;
}

bool better(const FocusDoseWindow& a, const FocusDoseWindow& b) {
    const double equal = 1e-9 * std::max(a.depth_nm(), b.depth_nm());
    if (std::abs(a.depth_nm() - b.depth_nm()) > equal) return a.depth_nm() > b.depth_nm();
    return a.latitude() > b.latitude();
}

FocusDoseWindow deepest_rectangle(const Run& run, double latitude) {
    const double ratio = (1 + latitude / 2) / (1 - latitude / 2);
    FocusDoseWindow best;
    for (const double e1 : corner_doses(run, ratio))
        for (const Interval& foci : holding(run, e1, ratio * e1)) {
            const FocusDoseWindow w = widened(run, foci);
            if (better(w, best)) best = w;
        }
    return best;
}

// -------------------------------------------------------------------------------------------------------------
// ellipses
/// Centre doses for which the ellipse (f_c, a, b) lies between the limits of a run: [low, high], empty when low > high.
class CentreDoses {
  public:
    CentreDoses(const Run& run, double f_c, double a, double b) : run_(run), f_c_(f_c), a_(a), b_(b) {
        for (std::size_t i = 0; i < run.pieces(); ++i) {
            if (run.x[i + 1] <= f_c - a || run.x[i] >= f_c + a) continue;
            for (const double f : {std::max(run.x[i], f_c - a), std::min(run.x[i + 1], f_c + a)}) point(i, f);
            upper_line(i);
            lower_line(i);
        }
    }
    Interval doses{0, std::numeric_limits<double>::infinity()};

  private:
    void point(std::size_t i, double f) {
        const double t = (f - run_.x[i]) / (run_.x[i + 1] - run_.x[i]), tau = (f - f_c_) / a_;
        const double s = std::sqrt(std::max(0.0, 1 - tau * tau));
        doses.high = std::min(doses.high, (run_.high[i] + t * (run_.high[i + 1] - run_.high[i])) / (1 + b_ * s));
        doses.low = std::max(doses.low, (run_.low[i] + t * (run_.low[i + 1] - run_.low[i])) / (1 - b_ * s));
    }
    /// Line c + q (F - f_c) touched from one side: (c - E)^2 = q^2 a^2 + b^2 E^2; sign -1 below the line, +1 above.
    void tangent(std::size_t i, const std::vector<double>& y, double sign) {
        const double q = (y[i + 1] - y[i]) / (run_.x[i + 1] - run_.x[i]), c = y[i] + q * (f_c_ - run_.x[i]);
        const double one = 1 - b_ * b_, root = c * c - one * (c * c - q * q * a_ * a_);
        if (root < 0) return;
        const double dose = (c + sign * std::sqrt(root)) / one, reach = std::abs(c - dose);
        if (!(reach > 0)) return;
        const double f = f_c_ + sign * q * a_ * a_ / reach;
        if (f <= run_.x[i] || f >= run_.x[i + 1]) return;
        (sign < 0 ? doses.high = std::min(doses.high, dose) : doses.low = std::max(doses.low, dose));
    }
    void upper_line(std::size_t i) { tangent(i, run_.high, -1); }
    void lower_line(std::size_t i) { tangent(i, run_.low, +1); }

    const Run& run_;
    double f_c_, a_, b_;
};

/// Largest half axis at a centre focus.
double half_axis_at(const Run& run, double f_c, double b) {
    double low = 0, high = std::min(f_c - run.x.front(), run.x.back() - f_c);
    const auto fits = [&](double a) {
        const Interval d = CentreDoses(run, f_c, a, b).doses;
        return d.low <= d.high * (1 + slack);
    };
    if (!(high > 0) || fits(high)) return std::max(high, 0.0);
    for (int i = 0; i < 46; ++i) {
        const double middle = 0.5 * (low + high);
        (fits(middle) ? low : high) = middle;
    }
    return low;
}

/// Maximum of f over [a, b] with one peak inside: golden section.
template <class Function>
double peak_place(const Function& f, double a, double b) {
    constexpr double g = 0.6180339887498949;
    double c = b - g * (b - a), d = a + g * (b - a), fc = f(c), fd = f(d);
    for (int i = 0; i < 48; ++i) {
        if (fc >= fd)
            b = d, d = c, fd = fc, c = b - g * (b - a), fc = f(c);
        else
            a = c, c = d, fc = fd, d = a + g * (b - a), fd = f(d);
    }
    return 0.5 * (a + b);
}

constexpr int centre_steps = 48;

FocusDoseWindow deepest_ellipse(const Run& run, double latitude) {
    const double b = latitude / 2, span = run.x.back() - run.x.front(), h = span / centre_steps;
    const auto half_axis = [&](double f_c) { return half_axis_at(run, f_c, b); };
    std::vector<double> axis(centre_steps + 1);
    for (int i = 0; i <= centre_steps; ++i) axis[static_cast<std::size_t>(i)] = half_axis(run.x.front() + i * h);
    const auto top = std::max_element(axis.begin(), axis.end());
    const double centre = run.x.front() + h * static_cast<double>(top - axis.begin());
    const double f_c = peak_place(half_axis, std::max(centre - h, run.x.front()), std::min(centre + h, run.x.back()));
    const double a = half_axis(f_c);
    if (!(a > 0)) return {};
    const Interval d = CentreDoses(run, f_c, a, b).doses;
    const double e_c = 0.5 * (d.low + d.high);
    return {f_c - a, f_c + a, e_c * (1 - b), e_c * (1 + b)};
}

FocusDoseWindow deepest_in(const std::vector<Run>& runs, double latitude, WindowShape shape) {
    FocusDoseWindow best;
    for (const Run& run : runs) {
        const FocusDoseWindow w =
            shape == WindowShape::rectangle ? deepest_rectangle(run, latitude) : deepest_ellipse(run, latitude);
        if (better(w, best)) best = w;
    }
    return best;
}

}  // namespace

FocusDoseWindow deepest_window(const DoseBand& band, double latitude, WindowShape shape) {
    if (!(latitude >= 0 && latitude < 2))
        throw InputError("D0427", "the exposure latitude of a window must lie between 0 and 200 %");
    return deepest_in(runs_of(band), latitude, shape);
}

double largest_latitude(const DoseBand& band) {
    double largest = 0;  // of straight limits the ratio is monotone between foci
    for (const Run& run : runs_of(band))
        for (std::size_t i = 0; i < run.x.size(); ++i)
            largest = std::max(largest, 2 * (run.high[i] - run.low[i]) / (run.high[i] + run.low[i]));
    return largest;
}

double latitude_at(const DoseBand& band, double depth_nm, WindowShape shape) {
    const std::vector<Run> runs = runs_of(band);
    const auto deep = [&](double latitude) { return deepest_in(runs, latitude, shape).depth_nm() >= depth_nm; };
    double low = 0, high = largest_latitude(band);
    if (!deep(low)) return 0;
    for (int i = 0; i < 44 && high - low > 1e-12; ++i) {
        const double middle = 0.5 * (low + high);
        (deep(middle) ? low : high) = middle;
    }
    return low;
}

FocusDoseWindow focus_range(const DoseBand& band, double dose, double focus_nm) {
    for (const Run& run : runs_of(band))
        for (const Interval& foci : holding(run, dose, dose))
            if (foci.low <= focus_nm && focus_nm <= foci.high) return {foci.low, foci.high, dose, dose};
    return {};
}

std::vector<LatitudePoint> latitude_curve(const DoseBand& band, int points) {
    const double largest = largest_latitude(band);
    if (!(largest > 0) || points < 2) return {};
    const std::vector<Run> runs = runs_of(band);
    std::vector<LatitudePoint> curve(static_cast<std::size_t>(points));
    parallel_for(curve.size(), [&](std::size_t i) {
        const double latitude = largest * static_cast<double>(i) / (points - 1);
        curve[i] = {latitude, deepest_in(runs, latitude, WindowShape::rectangle).depth_nm(),
                    deepest_in(runs, latitude, WindowShape::ellipse).depth_nm()};
    });
    return curve;
}

}  // namespace damascene::opc
