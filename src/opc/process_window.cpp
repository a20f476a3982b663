// Dose limits of a size through focus, by continuation of their roots, and overlapping bands.
//
//   E(F): CD(F, E) = target -+ tolerance;   table: CD(ln E) by monotone cubics [Fritsch & Carlson 1980]
// Focus nm, dose relative to nominal.
#include "damascene/opc/process_window.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace damascene::opc {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double reach = 16;         ///< doses tried: start / 16 .. 16 start
constexpr double size_error = 1e-9;  ///< nm, of a root
constexpr double first_factor = 1.02, largest_log_factor = 0.3;
using Size = std::function<double(double)>;

bool rises(std::span<const double> x) {
    return std::adjacent_find(x.begin(), x.end(), [](double a, double b) { return !(a < b); }) == x.end();
}

void require_rising(const char* name, std::span<const double> x) {
    if (!rises(x))
        throw InputError("D0426", std::string("the ") + name + " list does not rise", "sort it; give each value once");
}

/// Root of g between a and b, g(a) and g(b) of opposite sign, NaN nowhere between: false position, Illinois rule.
double root_between(const Size& g, double a, double ga, double b, double gb) {
    for (int i = 0; i < 200 && std::abs(b - a) > 1e-14 * (std::abs(a) + std::abs(b)); ++i) {
        double c = i % 16 == 15 ? 0.5 * (a + b) : (a * gb - b * ga) / (gb - ga);
        if (!(c > std::min(a, b) && c < std::max(a, b))) c = 0.5 * (a + b);
        const double gc = g(c);
        if (!std::isfinite(gc) || std::abs(gc) <= size_error) return c;
        if ((gc < 0) == (gb < 0))
            ga *= 0.5;
        else
            a = b, ga = gb;
        b = c, gb = gc;
    }
    return b;
}

/// The outermost printing dose between one that prints and one that does not, or the first one beyond the root of g.
double last_printing(const Size& g, double prints, double empty, bool negative) {
    for (int i = 0; i < 50 && std::abs(empty - prints) > 1e-12 * prints; ++i) {
        const double middle = 0.5 * (prints + empty), value = g(middle);
        (std::isfinite(value) ? prints : empty) = middle;
        if (std::isfinite(value) && (value < 0) != negative) break;
    }
    return prints;
}

struct Search {
    double root = nan, edge = nan;  ///< edge: the last dose that prints when the root is not met
};

/// Steps out from a printing dose by growing factors until g changes sign or nothing prints.
Search search(const Size& g, double start, double factor) {
    double at = start, value = g(at);
    if (!std::isfinite(value)) return {};
    if (std::abs(value) <= size_error) return {at, nan};
    const bool negative = value < 0;
    while (at < start * reach && at > start / reach) {
        double next = at * factor, following = g(next);
        const bool ended = !std::isfinite(following);
        if (ended) next = last_printing(g, at, next, negative), following = g(next);
        if ((following < 0) != negative) return {root_between(g, at, value, next, following), nan};
        if (ended) return {nan, next};
        at = next, value = following;
        if (std::abs(std::log(factor)) < largest_log_factor) factor = std::pow(factor, 1.3);
    }
    return {};
}

Search nearer(const Search& a, const Search& b, double start) {
    if (std::isnan(a.root) || std::isnan(b.root)) return std::isnan(a.root) ? b : a;
    return std::abs(std::log(a.root / start)) <= std::abs(std::log(b.root / start)) ? a : b;
}

/// A dose that prints, near `start`, on a ladder of factors; NaN if none.
double printing_dose(const Size& size, double start) {
    for (double factor = 1; factor < reach; factor *= 1.05)
        for (const double dose : {start * factor, start / factor})
            if (std::isfinite(size(dose))) return dose;
    return nan;
}

struct Limits {
    double low = nan, high = nan;
    bool found() const { return std::isfinite(low) && std::isfinite(high); }
};

/// Doses of both size limits. From inside, both lie outward; from outside, the nearer one is met first.
Limits limits_at(const Size& size, SizeLimits wanted, double start) {
    const double from = std::isfinite(size(start)) ? start : printing_dose(size, start);
    if (!std::isfinite(from)) return {};
    const double middle = 0.5 * (wanted.low_nm + wanted.high_nm);
    const auto against = [&](double limit) { return [&size, limit](double dose) { return size(dose) - limit; }; };
    double inside = from;
    if (const double now = size(from); now < wanted.low_nm || now > wanted.high_nm) {
        inside = dose_for_size(size, middle, from);
        if (!std::isfinite(inside)) inside = dose_for_size(size, now < middle ? wanted.low_nm : wanted.high_nm, from);
        if (!std::isfinite(inside)) return {};
    }
    const auto outward = [&](double factor) {
        const Search narrow = search(against(wanted.low_nm), inside, factor),
                     wide = search(against(wanted.high_nm), inside, factor), first = nearer(narrow, wide, inside);
        return std::isfinite(first.root) ? first.root : first.edge;
    };
    return {outward(1 / first_factor), outward(first_factor)};
}

void put(DoseBand& band, std::size_t at, const Limits& limits) {
    band.low[at] = limits.low;
    band.high[at] = limits.high;
}

DoseBand empty_band(std::vector<double> focus_nm) {
    const std::size_t n = focus_nm.size();
    return {std::move(focus_nm), std::vector<double>(n, nan), std::vector<double>(n, nan), std::vector<int>(n, 0),
            std::vector<int>(n, 0)};
}

}  // namespace

FocusExposure focus_exposure(const SizeAt& size, std::vector<double> focus_nm, std::vector<double> dose) {
    require_rising("focus", focus_nm);
    require_rising("dose", dose);
    FocusExposure matrix{std::move(focus_nm), std::move(dose), {}};
    for (const double f : matrix.focus_nm) {
        auto& row = matrix.cd_nm.emplace_back();
        for (const double e : matrix.dose) row.push_back(size(f, e));
    }
    return matrix;
}

double dose_for_size(const std::function<double(double)>& size, double wanted_nm, double start, int step) {
    const Size g = [&](double dose) { return size(dose) - wanted_nm; };
    const Search up = step >= 0 ? search(g, start, first_factor) : Search{},
                 down = step <= 0 ? search(g, start, 1 / first_factor) : Search{};
    return nearer(up, down, start).root;
}

DoseBand dose_band(const SizeAt& size, SizeLimits wanted, std::span<const double> focus_nm, double start_dose) {
    require_rising("focus", focus_nm);
    DoseBand band = empty_band({focus_nm.begin(), focus_nm.end()});
    if (focus_nm.empty()) return band;
    const auto closer = [](double a, double b) { return std::abs(a) < std::abs(b); };
    const auto middle =
        static_cast<std::size_t>(std::min_element(focus_nm.begin(), focus_nm.end(), closer) - focus_nm.begin());
    const auto walk = [&](std::size_t at, double start) {
        const Limits found = limits_at([&](double dose) { return size(focus_nm[at], dose); }, wanted, start);
        put(band, at, found);
        return found.found() ? 0.5 * (found.low + found.high) : start;
    };
    const double first = walk(middle, start_dose);
    double start = first;
    for (std::size_t i = middle + 1; i < focus_nm.size(); ++i) start = walk(i, start);
    start = first;
    for (std::size_t i = middle; i-- > 0;) start = walk(i, start);
    return band;
}

// -------------------------------------------------------------------------------------------------- tables and
// refining
namespace {

/// Monotone cubic through rising x [Fritsch & Carlson 1980, eq. 2 with the harmonic mean of slopes].
class MonotoneCubic {
  public:
    MonotoneCubic(std::vector<double> x, std::vector<double> y) : x_(std::move(x)), y_(std::move(y)) {
        const std::size_t n = x_.size();
        std::vector<double> chord(n - 1);
        for (std::size_t i = 0; i + 1 < n; ++i) chord[i] = (y_[i + 1] - y_[i]) / (x_[i + 1] - x_[i]);
        slope_.assign(n, 0);
        slope_.front() = chord.front();
        slope_.back() = chord.back();
        for (std::size_t i = 1; i + 1 < n; ++i)
            if (chord[i - 1] * chord[i] > 0) slope_[i] = 2 / (1 / chord[i - 1] + 1 / chord[i]);
    }
    double operator()(double x) const {
        if (!(x >= x_.front() && x <= x_.back())) return nan;
        const std::size_t i = interval(x);
        const double h = x_[i + 1] - x_[i], t = (x - x_[i]) / h, u = 1 - t;
        return u * u * (1 + 2 * t) * y_[i] + t * t * (3 - 2 * t) * y_[i + 1] +
               h * t * u * (u * slope_[i] - t * slope_[i + 1]);
    }
    double straight(double x) const {
        if (!(x >= x_.front() && x <= x_.back())) return nan;
        const std::size_t i = interval(x);
        return y_[i] + (y_[i + 1] - y_[i]) * (x - x_[i]) / (x_[i + 1] - x_[i]);
    }

  private:
    std::size_t interval(double x) const {
        const auto above = std::upper_bound(x_.begin() + 1, x_.end() - 1, x);
        return static_cast<std::size_t>(above - x_.begin()) - 1;
    }
    std::vector<double> x_, y_, slope_;
};

/// Printed entries of one row against ln E.
std::pair<std::vector<double>, std::vector<double>> printed(const FocusExposure& matrix, std::size_t row) {
    std::pair<std::vector<double>, std::vector<double>> points;
    for (std::size_t i = 0; i < matrix.dose.size(); ++i)
        if (std::isfinite(matrix.cd_nm[row][i])) {
            points.first.push_back(std::log(matrix.dose[i]));
            points.second.push_back(matrix.cd_nm[row][i]);
        }
    return points;
}

/// Limits along one interpolant, only where both are roots inside the table.
Limits table_limits(const Size& size, SizeLimits wanted, double start) {
    Limits limits;
    const double a = dose_for_size(size, wanted.low_nm, start), b = dose_for_size(size, wanted.high_nm, start);
    if (std::isfinite(a) && std::isfinite(b)) limits = {std::min(a, b), std::max(a, b)};
    return limits;
}

double moved(double a, double b) { return std::isfinite(a) && std::isfinite(b) ? std::abs(a - b) / a : 0; }

/// Value of the polyline (x, y) between i and i + 1.
double between(double x0, double y0, double x1, double y1, double x) { return y0 + (y1 - y0) * (x - x0) / (x1 - x0); }

}  // namespace

DoseBand dose_band(const FocusExposure& matrix, SizeLimits wanted) {
    require_rising("focus", matrix.focus_nm);
    require_rising("dose", matrix.dose);
    DoseBand band = empty_band(matrix.focus_nm);
    const double middle = 0.5 * (wanted.low_nm + wanted.high_nm);
    for (std::size_t row = 0; row < matrix.focus_nm.size(); ++row) {
        const auto [x, y] = printed(matrix, row);
        if (x.size() < 2) continue;
        const MonotoneCubic cubic(x, y);
        const auto closest = std::min_element(
            y.begin(), y.end(), [&](double a, double b) { return std::abs(a - middle) < std::abs(b - middle); });
        const double start = std::exp(x[static_cast<std::size_t>(closest - y.begin())]);
        const Limits curved = table_limits([&](double e) { return cubic(std::log(e)); }, wanted, start),
                     straight = table_limits([&](double e) { return cubic.straight(std::log(e)); }, wanted, start);
        put(band, row, curved);
        band.dose_error =
            std::max({band.dose_error, moved(curved.low, straight.low), moved(curved.high, straight.high)});
    }
    return band;
}

namespace {

constexpr double end_share = 1.0 / 16;  ///< of the widest interval: how far the ends of a band are traced

struct Node {
    double focus_nm;
    Limits limits;
    bool open = true;  ///< the interval to the next node may be split
};

class Refiner {
  public:
    Refiner(const SizeAt& size, SizeLimits wanted, double tolerance, double shortest, int most)
        : size_(size), wanted_(wanted), tolerance_(tolerance), shortest_(shortest), most_(most) {}

    /// Inserts a middle into every open interval; true when there was one.
    bool pass(std::vector<Node>& nodes) const {
        std::vector<Node> next;
        bool any = false;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            next.push_back(nodes[i]);
            if (i + 1 == nodes.size() || !divisible(nodes[i], nodes[i + 1])) {
                next.back().open = false;
                continue;
            }
            if (static_cast<int>(next.size() + nodes.size() - i - 1) >= most_) continue;
            Node middle = node_between(nodes[i], nodes[i + 1]);
            middle.open = next.back().open = !straight(nodes[i].limits, middle.limits, nodes[i + 1].limits);
            next.push_back(middle);
            any = true;
        }
        nodes = std::move(next);
        return any;
    }

  private:
    bool divisible(const Node& a, const Node& b) const {
        if (!a.open || !(a.limits.found() || b.limits.found())) return false;
        return a.limits.found() == b.limits.found() || b.focus_nm - a.focus_nm > shortest_;
    }
    Node node_between(const Node& a, const Node& b) const {
        const double focus_nm = 0.5 * (a.focus_nm + b.focus_nm);
        const Limits& known = a.limits.found() ? a.limits : b.limits;
        return {focus_nm,
                limits_at([&](double dose) { return size_(focus_nm, dose); }, wanted_, 0.5 * (known.low + known.high))};
    }
    /// Half an interval has a quarter of its sagitta.
    bool straight(const Limits& a, const Limits& m, const Limits& b) const {
        if (!a.found() || !m.found() || !b.found()) return false;
        return std::max(moved(m.low, 0.5 * (a.low + b.low)), moved(m.high, 0.5 * (a.high + b.high))) <= 4 * tolerance_;
    }
    const SizeAt& size_;
    SizeLimits wanted_;
    double tolerance_, shortest_;
    int most_;
};

double widest_interval(std::span<const double> x) {
    double widest = 0;
    for (std::size_t i = 1; i < x.size(); ++i) widest = std::max(widest, x[i] - x[i - 1]);
    return widest;
}

}  // namespace

DoseBand refined(DoseBand band, const SizeAt& size, SizeLimits wanted, double dose_tolerance, int max_foci) {
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < band.focus_nm.size(); ++i)
        nodes.push_back({band.focus_nm[i], {band.low[i], band.high[i]}});
    const Refiner refiner(size, wanted, dose_tolerance, end_share * widest_interval(band.focus_nm), max_foci);
    while (refiner.pass(nodes)) {
    }
    std::vector<double> focus_nm;
    for (const Node& n : nodes) focus_nm.push_back(n.focus_nm);
    DoseBand fine = empty_band(std::move(focus_nm));
    for (std::size_t i = 0; i < nodes.size(); ++i) put(fine, i, nodes[i].limits);
    fine.dose_error = band.dose_error;
    return fine;
}

// ------------------------------------------------------------------------------------------------------------- overlap
namespace {

/// Limits of a band at a focus, NaN outside and next to NaN.
Limits at_focus(const DoseBand& band, double focus_nm) {
    const auto& x = band.focus_nm;
    if (x.empty() || focus_nm < x.front() || focus_nm > x.back()) return {};
    const auto above = static_cast<std::size_t>(std::lower_bound(x.begin(), x.end(), focus_nm) - x.begin());
    if (x[above] == focus_nm) return {band.low[above], band.high[above]};
    const std::size_t i = above - 1;
    return {between(x[i], band.low[i], x[above], band.low[above], focus_nm),
            between(x[i], band.high[i], x[above], band.high[above], focus_nm)};
}

/// Where two straight pieces over [x0, x1] cross inside, appended.
void append_crossing(double x0, double x1, double a0, double a1, double b0, double b1, std::vector<double>& at) {
    const double d0 = a0 - b0, d1 = a1 - b1;
    if (d0 * d1 < 0) at.push_back(x0 + (x1 - x0) * d0 / (d0 - d1));
}

std::vector<double> common_foci(std::span<const DoseBand> bands) {
    double low = -std::numeric_limits<double>::infinity(), high = -low;
    std::vector<double> all;
    for (const DoseBand& b : bands) {
        if (b.focus_nm.empty()) return {};
        low = std::max(low, b.focus_nm.front());
        high = std::min(high, b.focus_nm.back());
        all.insert(all.end(), b.focus_nm.begin(), b.focus_nm.end());
    }
    std::erase_if(all, [&](double f) { return f < low || f > high; });
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

/// Foci where the band that sets a limit changes.
std::vector<double> exchanges(std::span<const DoseBand> bands, const std::vector<double>& foci) {
    std::vector<double> at;
    for (std::size_t k = 0; k + 1 < foci.size(); ++k)
        for (std::size_t i = 0; i < bands.size(); ++i)
            for (std::size_t j = i + 1; j < bands.size(); ++j) {
                const Limits a0 = at_focus(bands[i], foci[k]), a1 = at_focus(bands[i], foci[k + 1]),
                             b0 = at_focus(bands[j], foci[k]), b1 = at_focus(bands[j], foci[k + 1]);
                append_crossing(foci[k], foci[k + 1], a0.low, a1.low, b0.low, b1.low, at);
                append_crossing(foci[k], foci[k + 1], a0.high, a1.high, b0.high, b1.high, at);
            }
    return at;
}

}  // namespace

DoseBand overlap(std::span<const DoseBand> bands) {
    std::vector<double> foci = common_foci(bands);
    const std::vector<double> more = exchanges(bands, foci);
    foci.insert(foci.end(), more.begin(), more.end());
    std::sort(foci.begin(), foci.end());
    foci.erase(std::unique(foci.begin(), foci.end()), foci.end());
    DoseBand common = empty_band(foci);
    for (std::size_t k = 0; k < foci.size(); ++k)
        for (std::size_t i = 0; i < bands.size(); ++i) {
            const Limits l = at_focus(bands[i], foci[k]);
            if (!l.found()) {
                put(common, k, {});
                break;
            }
            if (i == 0 || l.low > common.low[k]) common.low[k] = l.low, common.low_by[k] = static_cast<int>(i);
            if (i == 0 || l.high < common.high[k]) common.high[k] = l.high, common.high_by[k] = static_cast<int>(i);
        }
    for (const DoseBand& b : bands) common.dose_error = std::max(common.dose_error, b.dose_error);
    return common;
}

// -------------------------------------------------------------------------------------------------------- scaling laws
ScalingLaws scaling_laws(const optics::Pupil& pupil, double sigma_max, Length half_pitch) {
    const double lambda = pupil.wavelength.in(nm), sine = pupil.na / pupil.n_medium;
    const double one_minus_cosine = sine * sine / (1 + std::sqrt(1 - sine * sine));
    return {half_pitch.in(nm)*pupil.na / lambda, lambda / (pupil.na * (1 + sigma_max)),
            lambda / (2 * pupil.n_medium * one_minus_cosine), pupil.n_medium * lambda / (pupil.na * pupil.na),
            lambda / (pupil.na * pupil.na)};
}

}  // namespace damascene::opc
