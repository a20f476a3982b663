// Runs one fuzz target over every file of a folder: no exception may leave it and no file may take longer than
// 10 s per MiB (at least 10 s). Exit code 0 if all files pass and there is at least one.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "target.hpp"

namespace {

std::vector<std::uint8_t> contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool passes(const std::filesystem::path& path) {
    const std::vector<std::uint8_t> bytes = contents(path);
    const double limit_s = 10 * std::max(1.0, static_cast<double>(bytes.size()) / (1 << 20));
    const auto start = std::chrono::steady_clock::now();
    try {
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    } catch (const std::exception& error) {
        std::printf("%s: exception left the reader: %s\n", path.c_str(), error.what());
        return false;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds > limit_s) std::printf("%s: took %.1f s, allowed %.1f s\n", path.c_str(), seconds, limit_s);
    return seconds <= limit_s;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::puts("usage: replay_<target> FOLDER"), 2;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    const auto failed = std::count_if(files.begin(), files.end(), [](const auto& path) { return !passes(path); });
    std::printf("%zu files, %td failed\n", files.size(), failed);
    return files.empty() || failed > 0;
}
