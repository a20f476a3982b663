// Choice of instruction set for the row kernels of films.
#include "numerics/film_rows.hpp"

#include <string_view>

#include "numerics/lanes.hpp"

namespace damascene::lanes {
namespace sse2 {
extern const FilmRows<float> film_rows_float;
extern const FilmRows<double> film_rows_double;
}  // namespace sse2
#if defined(__x86_64__)
namespace avx2 {
extern const FilmRows<float> film_rows_float;
extern const FilmRows<double> film_rows_double;
}  // namespace avx2
namespace avx512 {
extern const FilmRows<float> film_rows_float;
extern const FilmRows<double> film_rows_double;
}  // namespace avx512
#endif

template <>
const FilmRows<float>& film_rows<float>() {
#if defined(__x86_64__)
    if (std::string_view(kernels().name) == "avx512") return avx512::film_rows_float;
    if (std::string_view(kernels().name) == "avx2") return avx2::film_rows_float;
#endif
    return sse2::film_rows_float;
}

template <>
const FilmRows<double>& film_rows<double>() {
#if defined(__x86_64__)
    if (std::string_view(kernels().name) == "avx512") return avx512::film_rows_double;
    if (std::string_view(kernels().name) == "avx2") return avx2::film_rows_double;
#endif
    return sse2::film_rows_double;
}

}  // namespace damascene::lanes
