// Dissolution rate of a whole film, r(m) S(z) by a model of the catalogue (src/resist/models/development).
#include <algorithm>
#include <cmath>

#include "damascene/resist/physical.hpp"

namespace damascene::resist {
namespace {

constexpr int table_steps = 8192;  ///< linear interpolation in m: r'' / 5e8 of error
constexpr double deep_nm = 1e12;   ///< where surface inhibition has faded

/// r(m) in the bulk at table_steps + 1 equal shares.
std::vector<double> bulk_rates(const DevelopmentModel& model, const ParamValues& v, bool negative) {
    std::vector<double> r;
    for (int i = 0; i <= table_steps; ++i) {
        const double m = static_cast<double>(i) / table_steps;
        r.push_back(model.rate(v, negative ? 1 - m : m, deep_nm));
    }
    return r;
}

/// S at the middle of each slice.
std::vector<double> surface_factors(const DevelopmentModel& model, const ParamValues& v, const Grid3& g) {
    const double bulk = model.rate(v, 0, deep_nm);
    std::vector<double> s;
    for (int k = 0; k < g.nz; ++k) s.push_back(model.rate(v, 0, (k + 0.5) * g.dz_nm) / bulk);
    return s;
}

template <class T>
void look_up(const std::vector<T>& table, T factor, std::size_t n, const T* m, T* rate) {
    for (std::size_t i = 0; i < n; ++i) {
        const T x = std::min(std::max(m[i], T(0)), T(1)) * T(table_steps);
        const int j = std::min(static_cast<int>(x), table_steps - 1);
        const T a = table[static_cast<std::size_t>(j)], b = table[static_cast<std::size_t>(j) + 1];
        rate[i] = factor * (a + (x - T(j)) * (b - a));
    }
}

}  // namespace

template <class T>
Field3<T> dissolution_rate(const Field3<T>& blocked, const DevelopmentModel& model, const ParamValues& values,
                           Tone tone) {
    if (model.check) model.check(values);
    const std::vector<double> r = bulk_rates(model, values, tone == Tone::negative);
    const std::vector<T> table(r.begin(), r.end());
    const std::vector<double> factor = surface_factors(model, values, blocked.grid);
    Field3<T> rate{blocked.grid, std::vector<T>(blocked.values.size())};
    const std::size_t slice = static_cast<std::size_t>(blocked.grid.nx) * static_cast<std::size_t>(blocked.grid.ny);
    parallel_for(static_cast<std::size_t>(blocked.grid.nz), [&](std::size_t k) {
        look_up(table, T(factor[k]), slice, &blocked.values[k * slice], &rate.values[k * slice]);
    });
    return rate;
}

template Field3<float> dissolution_rate(const Field3<float>&, const DevelopmentModel&, const ParamValues&, Tone);
template Field3<double> dissolution_rate(const Field3<double>&, const DevelopmentModel&, const ParamValues&, Tone);

}  // namespace damascene::resist
