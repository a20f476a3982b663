#include "common/full_grid_transform.hpp"

#ifdef DAMASCENE_WITH_FFTW
#include <fftw3.h>

namespace damascene::bench {

struct FullGridTransform::Plans {
    fftwf_plan forward = nullptr, inverse = nullptr;
};

namespace {
fftwf_complex* raw(ComplexField& f) { return reinterpret_cast<fftwf_complex*>(f.data()); }
}  // namespace

FullGridTransform::FullGridTransform(int n) : n_(n), plans_(std::make_unique<Plans>()) {
    ComplexField work(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    plans_->forward = fftwf_plan_dft_2d(n, n, raw(work), raw(work), FFTW_FORWARD, FFTW_MEASURE | FFTW_UNALIGNED);
    plans_->inverse = fftwf_plan_dft_2d(n, n, raw(work), raw(work), FFTW_BACKWARD, FFTW_MEASURE | FFTW_UNALIGNED);
}
FullGridTransform::~FullGridTransform() {
    fftwf_destroy_plan(plans_->forward);
    fftwf_destroy_plan(plans_->inverse);
}
void FullGridTransform::forward(ComplexField& f) { ++count_, fftwf_execute_dft(plans_->forward, raw(f), raw(f)); }
void FullGridTransform::inverse(ComplexField& f) { ++count_, fftwf_execute_dft(plans_->inverse, raw(f), raw(f)); }
std::string FullGridTransform::library() { return "FFTW 3, measured plans"; }

}  // namespace damascene::bench

#else
#include <kissfft/kiss_fftnd.h>

namespace damascene::bench {

struct FullGridTransform::Plans {
    kiss_fftnd_cfg forward = nullptr, inverse = nullptr;
    ComplexField result;
    void run(kiss_fftnd_cfg plan, ComplexField& f) {
        kiss_fftnd(plan, reinterpret_cast<const kiss_fft_cpx*>(f.data()),
                   reinterpret_cast<kiss_fft_cpx*>(result.data()));
        f.swap(result);
    }
};

FullGridTransform::FullGridTransform(int n) : n_(n), plans_(std::make_unique<Plans>()) {
    const int sides[] = {n, n};
    plans_->forward = kiss_fftnd_alloc(sides, 2, 0, nullptr, nullptr);
    plans_->inverse = kiss_fftnd_alloc(sides, 2, 1, nullptr, nullptr);
    plans_->result.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
}
FullGridTransform::~FullGridTransform() {
    kiss_fft_free(plans_->forward);
    kiss_fft_free(plans_->inverse);
}
void FullGridTransform::forward(ComplexField& f) { ++count_, plans_->run(plans_->forward, f); }
void FullGridTransform::inverse(ComplexField& f) { ++count_, plans_->run(plans_->inverse, f); }
std::string FullGridTransform::library() { return "KissFFT"; }

}  // namespace damascene::bench
#endif
