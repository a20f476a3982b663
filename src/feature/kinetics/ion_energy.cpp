// Ion energy distributions as weighted energies; averages of a yield are sums over them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "damascene/feature/yield.hpp"
#include "feature/kinetics/require.hpp"

namespace damascene::feature {
namespace {

constexpr int samples = 512;

IonEnergies normalised(IonEnergies e) {
    double sum = 0;
    for (double w : e.weight) sum += w;
    for (double& w : e.weight) w /= sum;
    return e;
}

void check_histogram(std::span<const double> edges, std::span<const double> counts) {
    auto fail = [](const char* what, std::size_t row) {
        throw InputError("D0703", fmt::format("ion energy table, row {}: {}", row + 1, what));
    };
    if (counts.empty() || edges.size() != counts.size() + 1) fail("needs one more edge than weights", 0);
    double sum = 0;
    for (std::size_t i = 0; i < edges.size(); ++i)
        if (!(edges[i] >= 0) || (i > 0 && !(edges[i] > edges[i - 1])))
            fail("energies must be zero or positive and increase", i);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!(counts[i] >= 0)) fail("weights must be zero or positive", i);
        sum += counts[i];
    }
    if (!(sum > 0 && std::isfinite(sum))) fail("the weights must have a positive sum", counts.size() - 1);
}

}  // namespace

IonEnergies single_energy(double eV) {
    require(eV >= 0 && std::isfinite(eV), "ion energy", eV, "allowed: zero or positive eV");
    return {{eV}, {1}};
}

// Midpoints over 8 standard deviations: the rule converges faster than any power for a whole Gaussian.
IonEnergies gaussian_energies(double mean, double deviation) {
    require(deviation >= 0, "ion energy deviation", deviation, "allowed: zero or positive eV");
    if (deviation == 0) return single_energy(mean);
    IonEnergies e;
    const double low = std::max(0.0, mean - 8 * deviation), high = mean + 8 * deviation;
    require(high > 0, "mean ion energy", mean, "allowed: zero or positive eV");
    for (int i = 0; i < samples; ++i) {
        const double E = low + (high - low) * (i + 0.5) / samples;
        e.energy_eV.push_back(E);
        e.weight.push_back(std::exp(-0.5 * std::pow((E - mean) / deviation, 2)));
    }
    return normalised(e);
}

// Slowly varying sinusoidal voltage: p(E) = 1/(pi sqrt((w/2)^2 - (E - mean)^2)); Gauss-Chebyshev: equal weights.
IonEnergies sheath_energies(double mean, double width) {
    require(width >= 0 && width <= 2 * mean, "width of the ion energies", width, "allowed: 0 to twice the mean energy");
    IonEnergies e;
    for (int i = 0; i < samples; ++i) {
        e.energy_eV.push_back(mean - width / 2 * std::cos(std::numbers::pi * (i + 0.5) / samples));
        e.weight.push_back(1);
    }
    return normalised(e);
}

// Uniform inside a bin.
IonEnergies histogram_energies(std::span<const double> edges, std::span<const double> counts) {
    check_histogram(edges, counts);
    constexpr int per_bin = 16;
    IonEnergies e;
    for (std::size_t b = 0; b < counts.size(); ++b)
        for (int i = 0; i < per_bin; ++i) {
            e.energy_eV.push_back(edges[b] + (edges[b + 1] - edges[b]) * (i + 0.5) / per_bin);
            e.weight.push_back(counts[b]);
        }
    return normalised(e);
}

double mean_yield(const YieldLaw& law, const IonEnergies& energies, double cos_theta) {
    double sum = 0;
    for (std::size_t i = 0; i < energies.energy_eV.size(); ++i)
        sum += energies.weight[i] * sputter_yield(law, energies.energy_eV[i], cos_theta);
    return sum;
}

}  // namespace damascene::feature
