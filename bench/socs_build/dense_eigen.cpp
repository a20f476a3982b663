#include <Eigen/Dense>

#include "socs_build/problem.hpp"

namespace damascene::bench {

KernelSet dense_eigen_socs(const optics::Source& source, const optics::Pupil& pupil, Length period, int count) {
    const int band = optics::mask_band(source, pupil, period), w = 2 * band + 1, n = w * w;
    const double step = pupil.wavelength / (period * pupil.na);  // frequency step in NA/lambda
    Eigen::MatrixXcd columns(n, static_cast<Eigen::Index>(source.points.size()));
    for (std::size_t s = 0; s < source.points.size(); ++s)
        for (int i = 0; i < n; ++i)
            columns(i, static_cast<Eigen::Index>(s)) =
                std::sqrt(source.points[s].weight) * optics::pupil_value(pupil,
                                                                         (i % w - band) * step + source.points[s].sx,
                                                                         (i / w - band) * step + source.points[s].sy);
    const Eigen::MatrixXcd transmission = columns * columns.adjoint();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> solver(transmission);
    KernelSet set{.band_x = band, .band_y = band, .period_x = period, .period_y = period};
    for (int k = 0; k < count; ++k) {
        const Eigen::VectorXcd v = solver.eigenvectors().col(n - 1 - k);
        set.kernels.insert(set.kernels.end(), v.begin(), v.end());
        set.weights.push_back(solver.eigenvalues()(n - 1 - k));
    }
    return set;
}

}  // namespace damascene::bench
