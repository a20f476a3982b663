// Rejection-free lattice kinetics [Bortz, Kalos & Lebowitz 1975; Gillespie 1976].
//
// Event i is chosen with probability k_i / sum k; time advances by -ln(r) / sum k with r drawn independently of the
// choice. Rates live in a binary tree of partial sums: choosing and changing cost O(log n), and every node is the sum
// of its two children, so the total carries no drift.
#include <algorithm>
#include <array>
#include <cmath>

#include "damascene/base.hpp"
#include "damascene/feature/surface_kinetics.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

class RateTree {
  public:
    explicit RateTree(std::size_t n) {
        while (leaves_ < n) leaves_ *= 2;
        sum_.assign(2 * leaves_, 0.0);
    }
    void set(std::size_t i, double rate) {
        std::size_t node = leaves_ + i;
        sum_[node] = rate;
        while (node /= 2) sum_[node] = sum_[2 * node] + sum_[2 * node + 1];
    }
    double total() const { return sum_[1]; }
    /// Event at the place `u` in (0, 1) of the cumulated rates.
    std::size_t choose(double u) const {
        double rest = u * sum_[1];
        std::size_t node = 1;
        while (node < leaves_) {
            node *= 2;
            if (rest >= sum_[node] && sum_[node + 1] > 0) rest -= sum_[node], ++node;
        }
        return node - leaves_;
    }

  private:
    std::size_t leaves_ = 1;
    std::vector<double> sum_;
};

/// Two independent draws per step of one run.
struct Draws {
    KeyedRandom random;
    std::uint64_t step = 0;
    double selection() const { return random.uniform(2 * step); }
    double waiting(double total) const { return -std::log(random.uniform(2 * step + 1)) / total; }
};

class Lattice {
  public:
    explicit Lattice(const LatticeGas& gas)
        : gas_(gas),
          occupied_(static_cast<std::size_t>(gas.nx) * static_cast<std::size_t>(gas.ny)),
          rates_(occupied_.size()) {
        for (std::size_t i = 0; i < occupied_.size(); ++i) rates_.set(i, gas.adsorption);
    }
    /// Coverage integrated from `from` to `to`; state ends at `to`.
    double run(double from, double to, Draws& draws) {
        double integral = 0, time = from;
        while (time < to) {
            const double total = rates_.total(), next = total > 0 ? time + draws.waiting(total) : to;
            integral += coverage() * (std::min(next, to) - time);
            if (next >= to || total <= 0) return ++draws.step, integral;
            flip(rates_.choose(draws.selection()));
            time = next, ++draws.step;
        }
        return integral;
    }
    double coverage() const { return static_cast<double>(count_) / static_cast<double>(occupied_.size()); }

  private:
    std::array<std::size_t, 4> neighbours(std::size_t i) const {
        const auto nx = static_cast<std::size_t>(gas_.nx), ny = static_cast<std::size_t>(gas_.ny);
        const std::size_t x = i % nx, y = i / nx;
        return {y * nx + (x + 1) % nx, y * nx + (x + nx - 1) % nx, (y + 1) % ny * nx + x, (y + ny - 1) % ny * nx + x};
    }
    void update(std::size_t i) {
        int crowd = 0;
        for (std::size_t j : neighbours(i)) crowd += occupied_[j];
        rates_.set(i, occupied_[i] ? gas_.desorption * std::exp(gas_.repulsion_kT * crowd) : gas_.adsorption);
    }
    void flip(std::size_t i) {
        occupied_[i] = !occupied_[i];
        count_ += occupied_[i] ? 1 : -1;
        update(i);
        for (std::size_t j : neighbours(i)) update(j);
    }

    LatticeGas gas_;
    std::vector<char> occupied_;
    RateTree rates_;
    std::int64_t count_ = 0;
};

// Mean and its standard error over independent runs, each with its own key.
LatticeMean over_runs(int runs, const std::function<double(std::uint64_t run, std::int64_t& events)>& one) {
    require(runs >= 2, "runs", runs, "allowed: at least 2");
    std::vector<double> value(static_cast<std::size_t>(runs));
    std::vector<std::int64_t> events(value.size());
    parallel_for(value.size(), [&](std::size_t r) { value[r] = one(r, events[r]); });
    LatticeMean mean;
    for (std::size_t r = 0; r < value.size(); ++r) mean.coverage += value[r] / runs, mean.events += events[r];
    double square = 0;
    for (double v : value) square += (v - mean.coverage) * (v - mean.coverage);
    mean.standard_error = std::sqrt(square / (runs - 1.0) / runs);
    return mean;
}

void check(const LatticeGas& gas) {
    require(gas.nx >= 3 && gas.ny >= 3, "lattice size", std::min(gas.nx, gas.ny), "allowed: at least 3 x 3 sites");
    require_positive("adsorption rate", gas.adsorption, "1/s");
    require(gas.desorption >= 0, "desorption rate", gas.desorption, "allowed: zero or positive 1/s");
}

// State of an n-ring: pair i = sites i, i + 1.
double dimers_on_ring(int n, double until, Draws& draws) {
    const auto size = static_cast<std::size_t>(n);
    std::vector<char> taken(size, 0);
    RateTree pairs(size);
    for (std::size_t i = 0; i < size; ++i) pairs.set(i, 1);
    std::size_t sites = 0;
    for (double time = 0; pairs.total() > 0; ++draws.step) {
        time += draws.waiting(pairs.total());
        if (time > until) break;
        const std::size_t i = pairs.choose(draws.selection());
        taken[i] = taken[(i + 1) % size] = 1, sites += 2;
        for (std::size_t j : {(i + size - 1) % size, i, (i + 1) % size}) pairs.set(j, 0);
    }
    return static_cast<double>(sites) / n;
}

}  // namespace

LatticeMean lattice_coverage(const LatticeGas& gas, double time, int runs, std::uint64_t seed) {
    check(gas);
    return over_runs(runs, [&](std::uint64_t run, std::int64_t& events) {
        Lattice lattice(gas);
        Draws draws{KeyedRandom(seed, run)};
        lattice.run(0, time, draws);
        events = static_cast<std::int64_t>(draws.step);
        return lattice.coverage();
    });
}

LatticeMean lattice_equilibrium(const LatticeGas& gas, double settle, double end, int runs, std::uint64_t seed) {
    check(gas);
    require(end > settle && settle >= 0, "end of the average", end, "must come after the settling time");
    return over_runs(runs, [&](std::uint64_t run, std::int64_t& events) {
        Lattice lattice(gas);
        Draws draws{KeyedRandom(seed, run)};
        lattice.run(0, settle, draws);
        const double integral = lattice.run(settle, end, draws);
        events = static_cast<std::int64_t>(draws.step);
        return integral / (end - settle);
    });
}

LatticeMean dimer_coverage(int n, double time, int runs, std::uint64_t seed) {
    require(n >= 4, "ring size", n, "allowed: at least 4 sites");
    return over_runs(runs, [&](std::uint64_t run, std::int64_t& events) {
        Draws draws{KeyedRandom(seed, run)};
        const double coverage = dimers_on_ring(n, time, draws);
        events = static_cast<std::int64_t>(draws.step);
        return coverage;
    });
}

}  // namespace damascene::feature
