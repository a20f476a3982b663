// General discrete Fourier transform on KissFFT (BSD). Plans are cached per thread and length.
#include <kissfft/kissfft.hh>

#include <cassert>
#include <map>
#include <memory>

#include "damascene/base/parallel.hpp"
#include "damascene/numerics.hpp"

namespace damascene::numerics {
namespace {

using Complex = std::complex<double>;

kissfft<double>& plan(std::size_t n, bool inverse) {
    thread_local std::map<std::pair<std::size_t, bool>, std::unique_ptr<kissfft<double>>> plans;
    auto& entry = plans[{n, inverse}];
    if (!entry) entry = std::make_unique<kissfft<double>>(n, inverse);
    return *entry;
}

constexpr std::size_t rows_per_block = 16;

}  // namespace

void fft(std::span<Complex> data, int sign) {
    assert(sign == 1 || sign == -1);
    if (data.size() < 2) return;
    thread_local std::vector<Complex> result;
    result.resize(data.size());
    plan(data.size(), sign > 0).transform(data.data(), result.data());
    std::copy(result.begin(), result.end(), data.begin());
}

void fft2(std::span<Complex> data, int nx, int ny, int sign) {
    const auto width = static_cast<std::size_t>(nx), height = static_cast<std::size_t>(ny);
    assert(data.size() == width * height);
    parallel_blocks(height, rows_per_block, [&](std::size_t begin, std::size_t end) {
        for (std::size_t y = begin; y < end; ++y) fft(data.subspan(y * width, width), sign);
    });
    parallel_blocks(width, rows_per_block, [&](std::size_t begin, std::size_t end) {
        std::vector<Complex> column(height);
        for (std::size_t x = begin; x < end; ++x) {
            for (std::size_t y = 0; y < height; ++y) column[y] = data[y * width + x];
            fft(column, sign);
            for (std::size_t y = 0; y < height; ++y) data[y * width + x] = column[y];
        }
    });
}

int smooth_size(int at_least) {
    for (int n = at_least < 1 ? 1 : at_least;; ++n) {
        int rest = n;
        for (int prime : {2, 3, 5})
            while (rest % prime == 0) rest /= prime;
        if (rest == 1) return n;
    }
}

}  // namespace damascene::numerics
