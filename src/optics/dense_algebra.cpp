// BLAS and LAPACK behind plain functions; see dense_algebra.hpp.
#include "optics/dense_algebra.hpp"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>

#include "damascene/base.hpp"

extern "C" void openblas_set_num_threads(int);

namespace damascene::optics {
namespace {

void single_threaded() {
    static const bool done = (openblas_set_num_threads(1), true);
    (void)done;
}

void product(CBLAS_TRANSPOSE transpose_b, int rows, int inner, int columns, const Complex* a, const Complex* b,
             int stride_b, Complex* c) {
    single_threaded();
    const Complex one = 1, zero = 0;
    cblas_zgemm(CblasRowMajor, CblasNoTrans, transpose_b, rows, columns, inner, &one, a, inner, b, stride_b, &zero, c,
                columns);
}

/// Lower triangle, column-major, of A A^T.
void gram(const std::vector<double>& a, int n, int columns, double* g) {
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, n, columns, 1.0, a.data(), columns, 0.0, g, n);
}
/// Row-major upper A A^H read column-major is its conjugate's lower triangle; undone in gram_eigensystem.
void gram(const std::vector<Complex>& a, int n, int columns, Complex* g) {
    cblas_zherk(CblasRowMajor, CblasUpper, CblasNoTrans, n, columns, 1.0, a.data(), columns, 0.0, g, n);
}

int decompose(int n, double* g, double* values) { return LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', n, g, n, values); }
int decompose(int n, Complex* g, double* values) {
    return LAPACKE_zheevd(LAPACK_COL_MAJOR, 'V', 'L', n, reinterpret_cast<lapack_complex_double*>(g), n, values);
}

double conjugated(double x) { return x; }
Complex conjugated(Complex x) { return std::conj(x); }

template <class T>
EigenSystem<T> solve(const std::vector<T>& a, int n, int columns) {
    EigenSystem<T> e;
    if (n == 0) return e;
    single_threaded();
    const auto size = static_cast<std::size_t>(n);
    std::vector<T> g(size * size);
    std::vector<double> ascending(size);
    gram(a, n, columns, g.data());
    if (decompose(n, g.data(), ascending.data()) != 0)
        throw NumericalError("the transmission matrix has no eigenvalues: it contains non-finite numbers");
    e.values.assign(ascending.rbegin(), ascending.rend());
    e.vectors.resize(size * size);
    for (std::size_t k = 0; k < size; ++k)
        std::transform(g.begin() + static_cast<std::ptrdiff_t>((size - 1 - k) * size),
                       g.begin() + static_cast<std::ptrdiff_t>((size - k) * size),
                       e.vectors.begin() + static_cast<std::ptrdiff_t>(k * size), [](T x) { return conjugated(x); });
    return e;
}

}  // namespace

void multiply(int rows, int inner, int columns, const Complex* a, const Complex* b, Complex* c) {
    product(CblasNoTrans, rows, inner, columns, a, b, columns, c);
}
void multiply_transposed(int rows, int inner, int columns, const Complex* a, const Complex* b, Complex* c) {
    product(CblasTrans, rows, inner, columns, a, b, inner, c);
}
void multiply_transposed(int rows, int inner, int columns, const double* a, const double* b, double* c) {
    single_threaded();
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, inner, 1.0, a, inner, b, inner, 0.0, c,
                columns);
}
void multiply_adjoint(int rows, int inner, int columns, const Complex* a, const Complex* b, Complex* c) {
    product(CblasConjTrans, rows, inner, columns, a, b, inner, c);
}

EigenSystem<double> gram_eigensystem(const std::vector<double>& a, int n, int columns) { return solve(a, n, columns); }
EigenSystem<Complex> gram_eigensystem(const std::vector<Complex>& a, int n, int columns) {
    return solve(a, n, columns);
}

}  // namespace damascene::optics
