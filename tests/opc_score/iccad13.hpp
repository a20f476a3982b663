// The ICCAD-2013 benchmark data as values: clips, masks, kernels, golden scores.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include "damascene/io.hpp"
#include "damascene/opc.hpp"

#include <gtest/gtest.h>

namespace iccad13 {

using namespace damascene;

inline constexpr int canvas = 2048;

inline io::Bytes file(const std::string& name) {
    std::ifstream in(std::string(DAMASCENE_TEST_DATA) + "/iccad13/" + name, std::ios::binary);
    if (!in) throw std::runtime_error("missing test data " + name);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

/// Golden integer scores: [row name][column name].
inline std::map<std::string, std::map<std::string, long>> golden_scores() {
    const auto bytes = file("golden/scores.csv");
    std::istringstream lines(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    std::vector<std::string> names;
    std::map<std::string, std::map<std::string, long>> scores;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        std::istringstream cells(line);
        std::vector<std::string> row;
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
        if (names.empty())
            names = row;
        else
            for (std::size_t i = 1; i < row.size(); ++i) scores[row[0]][names[i]] = std::stol(row[i]);
    }
    return scores;
}

inline Region clip(int k) {
    const Layout layout = io::read_glp(file("clips/M1_test" + std::to_string(k) + ".glp"));
    return centred(merged(flatten(layout, 0, {1, 0})), canvas);
}

inline Field2<std::uint8_t> target(int k, RasterRule rule) { return binary_raster(clip(k), {}, canvas, canvas, rule); }

inline Field2<std::uint8_t> reference_mask(int k) {
    auto mask = io::read_png_gray(file("reference_masks/CurvILT_mask" + std::to_string(k) + ".png"));
    for (auto& v : mask.values) v = v > 127;
    return mask;
}

inline KernelSet kernels(const std::string& state) {
    std::map<std::string, io::Bytes> files;
    for (const auto& name : {"kernels_" + state + ".c64le", "weights_" + state + ".f32le"})
        files[name] = file("kernels/" + name);
    return io::read_kernels(files, state);
}

inline opc::ProcessCorners corners() { return opc::iccad13_corners(kernels("focus"), kernels("defocus")); }

}  // namespace iccad13
