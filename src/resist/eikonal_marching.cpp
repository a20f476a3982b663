// Arrival of the developer by fast marching: |grad t| r = 1, cells accepted in the order of their time. Upwind
// differences of second order from accepted cells only. O(N log N); the slow truth of eikonal_sweeping.cpp.
// [Sethian 1996]
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <queue>

#include "damascene/resist/physical.hpp"
#include "resist/eikonal_axes.hpp"

namespace damascene::resist {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// c (t - v) is the derivative along an axis.
struct Term {
    double v = never, c = 0;
};

/// Smallest t with sum c^2 max(t - v, 0)^2 = s^2, terms in the order of v.
double solved(std::array<Term, 3> term, double slowness) {
    std::sort(term.begin(), term.end(), [](const Term& a, const Term& b) { return a.v < b.v; });
    double a = 0, b = 0, c = -slowness * slowness, t = never;
    for (const Term& x : term) {
        if (!(x.v < t)) break;
        a += x.c * x.c;
        b += x.c * x.c * x.v;
        c += x.c * x.c * x.v * x.v;
        t = (b + std::sqrt(std::max(0.0, b * b - a * c))) / a;
    }
    return t;
}

template <class T>
class March {
  public:
    explicit March(const Field3<T>& rate) : rate_(rate), g_(rate.grid), time_(g_.size(), never), accepted_(g_.size()) {}

    std::vector<double> run(double until_s) {
        for (int j = 0; j < g_.ny; ++j)
            for (int i = 0; i < g_.nx; ++i) update(i, j, 0);
        while (!front_.empty() && front_.top().time <= until_s) {
            const Entry e = front_.top();
            front_.pop();
            if (!accepted_[g_.at(e.i, e.j, e.k)]) accept(e.i, e.j, e.k);
        }
        for (std::size_t c = 0; c < time_.size(); ++c)
            if (!accepted_[c]) time_[c] = never;
        return std::move(time_);
    }

  private:
    struct Entry {
        double time;
        int i, j, k;
        bool operator>(const Entry& o) const { return std::tie(time, k, j, i) > std::tie(o.time, o.k, o.j, o.i); }
    };

    double known(int i, int j, int k) const {
        if (k < 0) return 0;
        if (k >= g_.nz) return never;
        const std::size_t c = g_.at((i + g_.nx) % g_.nx, (j + g_.ny) % g_.ny, k);
        return accepted_[c] ? time_[c] : never;
    }
    static Term term(double near, double far, const UpwindWeights& w) {
        return far <= near && near < never ? Term{w.alpha * near - w.beta * far, w.c2} : Term{near, w.c1};
    }
    Term along(int i, int j, int k, std::array<int, 3> e, const UpwindWeights& minus, const UpwindWeights& plus) const {
        const double m = known(i - e[0], j - e[1], k - e[2]), p = known(i + e[0], j + e[1], k + e[2]);
        return m <= p ? term(m, known(i - 2 * e[0], j - 2 * e[1], k - 2 * e[2]), minus)
                      : term(p, known(i + 2 * e[0], j + 2 * e[1], k + 2 * e[2]), plus);
    }
    void update(int i, int j, int k) {
        const std::size_t c = g_.at(i, j, k);
        if (accepted_[c] || !(rate_.values[c] > 0)) return;
        const UpwindWeights x = upwind_weights(g_.dx_nm), y = upwind_weights(g_.dy_nm), z = upwind_weights(g_.dz_nm);
        std::array<Term, 3> terms{along(i, j, k, {0, 0, 1}, upwind_weights_above(k, g_.dz_nm), z)};
        if (g_.nx > 1) terms[1] = along(i, j, k, {1, 0, 0}, x, x);
        if (g_.ny > 1) terms[2] = along(i, j, k, {0, 1, 0}, y, y);
        const double t = solved(terms, 1 / static_cast<double>(rate_.values[c]));
        if (t < time_[c]) front_.push({time_[c] = t, i, j, k});
    }
    void accept(int i, int j, int k) {
        accepted_[g_.at(i, j, k)] = true;
        const int left = (i + g_.nx - 1) % g_.nx, right = (i + 1) % g_.nx;
        const int front = (j + g_.ny - 1) % g_.ny, back = (j + 1) % g_.ny;
        update(left, j, k);
        update(right, j, k);
        update(i, front, k);
        update(i, back, k);
        if (k > 0) update(i, j, k - 1);
        if (k + 1 < g_.nz) update(i, j, k + 1);
    }

    const Field3<T>& rate_;
    Grid3 g_;
    std::vector<double> time_;
    std::vector<char> accepted_;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> front_;
};

}  // namespace

template <class T>
Field3<T> arrival_by_marching(const Field3<T>& rate, double until_s) {
    const std::vector<double> time = March<T>(rate).run(until_s);
    return {rate.grid, std::vector<T>(time.begin(), time.end())};
}

template Field3<float> arrival_by_marching(const Field3<float>&, double);
template Field3<double> arrival_by_marching(const Field3<double>&, double);

}  // namespace damascene::resist
