// Fourier transform of an n x n complex single-precision field on every grid point, one thread: what the published
// lithography codes call for each kernel. FFTW (measured plans) where built with it, KissFFT else.
#pragma once

#include <complex>
#include <memory>
#include <string>
#include <vector>

namespace damascene::bench {

using ComplexField = std::vector<std::complex<float>>;

class FullGridTransform {
  public:
    explicit FullGridTransform(int n);
    ~FullGridTransform();
    int n() const { return n_; }
    long count() const { return count_; }  ///< transforms done so far
    void forward(ComplexField& field);     ///< sum e^{-2 pi i f x/n}, not normalised
    void inverse(ComplexField& field);     ///< sum e^{+2 pi i f x/n}, not normalised
    static std::string library();

  private:
    struct Plans;
    int n_;
    long count_ = 0;
    std::unique_ptr<Plans> plans_;
};

/// The kernel's window of a full-grid array: entry (fy mod n, fx mod n).
inline std::size_t wrapped(int fx, int fy, int n) {
    return static_cast<std::size_t>(fy < 0 ? fy + n : fy) * static_cast<std::size_t>(n) +
           static_cast<std::size_t>(fx < 0 ? fx + n : fx);
}

}  // namespace damascene::bench
