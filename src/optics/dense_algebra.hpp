// Dense complex and real algebra on row-major arrays, single-threaded so that results do not depend on the machine's
// core count (callers parallelise over independent problems).
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

namespace damascene::optics {

using Complex = std::complex<double>;

/// C (rows x columns) = A (rows x inner) B (inner x columns).
void multiply(int rows, int inner, int columns, const Complex* a, const Complex* b, Complex* c);
/// C (rows x columns) = A (rows x inner) B^T, B stored columns x inner.
void multiply_transposed(int rows, int inner, int columns, const Complex* a, const Complex* b, Complex* c);
void multiply_transposed(int rows, int inner, int columns, const double* a, const double* b, double* c);
/// C (rows x columns) = A (rows x inner) B^H, B stored columns x inner.
void multiply_adjoint(int rows, int inner, int columns, const Complex* a, const Complex* b, Complex* c);

/// Eigenpairs of a Hermitian matrix, values descending, vectors[k * n + i] = component i of vector k.
template <class T>
struct EigenSystem {
    std::vector<double> values;
    std::vector<T> vectors;
};
/// G = A A^H (n x n) of A (n x columns): eigenpairs by divide and conquer (LAPACK syevd / heevd).
EigenSystem<double> gram_eigensystem(const std::vector<double>& a, int n, int columns);
EigenSystem<Complex> gram_eigensystem(const std::vector<Complex>& a, int n, int columns);

}  // namespace damascene::optics
