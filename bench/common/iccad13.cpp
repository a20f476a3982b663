#include "common/iccad13.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "damascene/io.hpp"

namespace damascene::bench {
namespace {

io::Bytes file(const std::string& name) {
    std::ifstream in(std::string(DAMASCENE_TEST_DATA) + "/iccad13/" + name, std::ios::binary);
    if (!in) throw std::runtime_error("missing " + name);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

}  // namespace

KernelSet contest_kernels(const std::string& state) {
    std::map<std::string, io::Bytes> files;
    for (const auto& name : {"kernels_" + state + ".c64le", "weights_" + state + ".f32le"})
        files[name] = file("kernels/" + name);
    return io::read_kernels(files, state);
}

opc::ProcessCorners contest_corners() {
    return opc::iccad13_corners(contest_kernels("focus"), contest_kernels("defocus"));
}

Field2<std::uint8_t> clip(int number) {
    const Layout layout = io::read_glp(file("clips/M1_test" + std::to_string(number) + ".glp"));
    return binary_raster(centred(merged(flatten(layout, 0, {1, 0})), canvas), {}, canvas, canvas, RasterRule::exact);
}

Field2<std::uint8_t> reference_mask(int number) {
    auto mask = io::read_png_gray(file("reference_masks/CurvILT_mask" + std::to_string(number) + ".png"));
    for (auto& v : mask.values) v = v > 127;
    return mask;
}

AlignedFloats on_grid(const Field2<std::uint8_t>& raster, int n) {
    const int pixels = raster.grid.nx / n;
    AlignedFloats out(static_cast<std::size_t>(n) * static_cast<std::size_t>(n), 0.0f);
    for (int y = 0; y < n * pixels; ++y)
        for (int x = 0; x < n * pixels; ++x)
            out[static_cast<std::size_t>(y / pixels) * static_cast<std::size_t>(n) +
                static_cast<std::size_t>(x / pixels)] +=
                static_cast<float>(raster.at(x, y)) / static_cast<float>(pixels * pixels);
    return out;
}

}  // namespace damascene::bench
