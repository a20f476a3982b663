// Kernel files of the ICCAD-2013 contest: SOCS kernels K_k(f) in the frequency domain, centred, step 1/period.
//
//   I(r) = sum_k w_k |sum_f K_k(f) M_f exp(2 pi i f.r/L)|^2
//
// fh<k>.bin: big-endian uint32 {w, h, 2, x, x} (20 bytes), w*h*2 big-endian float32 (re, im) in file order [fx][fy],
// 4 zero bytes; scales.txt: count, then the weights. kernels_<state>.c64le: complex64 [k][fy][fx], little-endian;
// weights_<state>.f32le. S. Banerjee, Z. Li, S. R. Nassif, ICCAD 2013 (contest).

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

constexpr std::size_t bin_header_bytes = 20, bin_trailer_bytes = 4, max_kernels = 65536, max_json_bytes = 1 << 20;
constexpr int contest_band = 17;
constexpr double contest_period_nm = 2048;

std::string in_folder(const std::string& folder, const std::string& name) {
    return folder == ReadOptions{}.file ? name : folder + "/" + name;
}

const Bytes* find_file(const std::map<std::string, Bytes>& files, const std::string& name) {
    const auto found = files.find(name);
    return found == files.end() ? nullptr : &found->second;
}

float load_float(const std::byte* bytes, std::endian order) {
    return std::bit_cast<float>(load<std::uint32_t>(bytes, order));
}

std::complex<double> load_complex(const std::byte* bytes, std::endian order) {
    return {load_float(bytes, order), load_float(bytes + 4, order)};
}

void require_finite(const KernelSet& set, const ReadOptions& options) {
    const bool kernels = std::all_of(set.kernels.begin(), set.kernels.end(), [](std::complex<double> v) {
        return std::isfinite(v.real()) && std::isfinite(v.imag());
    });
    const bool weights =
        std::all_of(set.weights.begin(), set.weights.end(), [](double w) { return std::isfinite(w) && w >= 0; });
    if (!kernels) fail_at_byte("D0314", "a kernel value is not finite", options, 0, {}, "check the byte order");
    if (!weights) fail_at_byte("D0314", "a kernel weight is negative or not finite", options, 0);
}

// ------------------------------------------------------------------------------------------------ fh<k>.bin
struct BinSize {
    std::uint32_t width = 0, height = 0;
};

BinSize read_bin_header(ByteReader& reader, const ReadOptions& options) {
    std::uint32_t words[5];
    for (std::uint32_t& word : words) word = reader.take_integer<std::uint32_t>(std::endian::big, "the kernel header");
    const auto odd_size = [](std::uint32_t n) { return n % 2 == 1 && n < 4096; };
    if (words[2] == swap_bytes(std::uint32_t{2})) {
        fail_at_byte("D0314", "kernel file is little-endian", options, 0,
                     {"the header reads " + std::to_string(words[0]) + ", big-endian 35 is expected"},
                     "write the header and the floats in big-endian byte order");
    }
    if (!odd_size(words[0]) || !odd_size(words[1]) || words[2] != 2) {
        fail_at_byte("D0314", "kernel header is not {odd width, odd height, 2}", options, 0,
                     {"the header reads " + std::to_string(words[0]) + ", " + std::to_string(words[1]) + ", " +
                      std::to_string(words[2])});
    }
    return {words[0], words[1]};
}

/// Appends one kernel in working order [fy][fx].
BinSize append_bin_kernel(const Bytes& bytes, const ReadOptions& options, std::vector<std::complex<double>>& kernels) {
    ByteReader reader(bytes, "D0314", options);
    const BinSize size = read_bin_header(reader, options);
    const std::size_t payload = std::size_t{8} * size.width * size.height;
    if (reader.left() != payload + bin_trailer_bytes) {
        fail_at_byte(
            "D0314", "kernel file length disagrees with its header", options, bin_header_bytes,
            {"expected " + std::to_string(bin_header_bytes + payload + bin_trailer_bytes) + " bytes (20 header, " +
             std::to_string(payload) + " values, 4 zero), found " + std::to_string(bytes.size())});
    }
    const ByteView values = reader.take(payload, "the kernel values");
    for (std::size_t fy = 0; fy < size.height; ++fy)
        for (std::size_t fx = 0; fx < size.width; ++fx)
            kernels.push_back(load_complex(values.data() + 8 * (fx * size.height + fy), std::endian::big));
    return size;
}

std::vector<double> read_scales(const Bytes& bytes, const ReadOptions& options) {
    std::vector<double> numbers;
    const std::string_view text = as_text(bytes);
    int line = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view word = text.substr(at, end - at);
        at = end + 1;
        ++line;
        while (!word.empty() && (word.back() == '\r' || word.back() == ' ' || word.back() == '\t'))
            word.remove_suffix(1);
        while (!word.empty() && (word.front() == ' ' || word.front() == '\t')) word.remove_prefix(1);
        if (word.empty()) continue;
        float value = 0;
        if (!parse_number(word, value)) {
            fail_at_line("D0314", "kernel weight is not a number", options, line, 1,
                         static_cast<int>(std::min<std::size_t>(word.size(), 200)), word,
                         "one number per line: the count, then the weights");
        }
        numbers.push_back(value);
    }
    if (numbers.empty()) fail_at_line("D0314", "scales.txt is empty", options, 1, 1, 1, "", "the kernel count");
    const double count = numbers.front();
    numbers.erase(numbers.begin());
    if (count != static_cast<double>(numbers.size()) || numbers.empty() || numbers.size() > max_kernels) {
        fail_at_line("D0314", "weight count disagrees with the first line", options, 1, 1, 1, shortest(count),
                     "the file holds " + std::to_string(numbers.size()) + " weights");
    }
    return numbers;
}

KernelSet read_bin_set(const std::map<std::string, Bytes>& files, const Bytes& scales, const ReadOptions& options) {
    KernelSet set;
    set.weights = read_scales(scales, {in_folder(options.file, "scales.txt"), options.lenient});
    BinSize size;
    for (int k = 0; k < set.count(); ++k) {
        const std::string name = "fh" + std::to_string(k) + ".bin";
        const ReadOptions one{in_folder(options.file, name), options.lenient};
        const Bytes* bytes = find_file(files, name);
        if (!bytes) {
            fail_at_byte("D0314", "kernel file is missing", one, 0,
                         {"scales.txt announces " + std::to_string(set.count()) + " kernels"});
        }
        const BinSize here = append_bin_kernel(*bytes, one, set.kernels);
        if (k > 0 && (here.width != size.width || here.height != size.height))
            fail_at_byte("D0314", "kernel sizes of one set differ", one, 0);
        size = here;
    }
    set.band_x = static_cast<int>(size.width / 2);
    set.band_y = static_cast<int>(size.height / 2);
    set.period_x = set.period_y = contest_period_nm * nm;
    return set;
}

// --------------------------------------------------------------------------------------------- kernels_*.c64le
struct KernelHeader {
    int width = 0, height = 0;  ///< 0 = not stated
    double period_x_nm = contest_period_nm, period_y_nm = contest_period_nm, truncation_bound = -1;
    std::string description;
};

nlohmann::json parse_json(const Bytes& bytes, const ReadOptions& options) {
    if (bytes.size() > max_json_bytes) fail_at_byte("D0315", "kernels.json exceeds 1 MiB", options, 0);
    const auto shallow = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        if (depth > 32) fail_at_byte("D0314", "kernels.json is nested deeper than 32", options, 0);
        return true;
    };
    try {
        return nlohmann::json::parse(as_text(bytes), shallow);
    } catch (const nlohmann::json::parse_error& e) {
        fail_at_byte("D0314", "kernels.json is not valid JSON", options, e.byte, {escape_text(e.what())});
    }
}

double json_number(const nlohmann::json& j, const char* key, double fallback, const ReadOptions& options) {
    const auto found = j.find(key);
    if (found == j.end()) return fallback;
    if (!found->is_number())
        fail_at_byte("D0314", std::string("'") + key + "' in kernels.json is not a number", options, 0);
    return found->get<double>();
}

/// A number, or a pair of numbers; false if absent.
bool json_pair(const nlohmann::json& j, const char* key, double& a, double& b, const ReadOptions& options) {
    const auto found = j.find(key);
    if (found == j.end()) return false;
    const bool pair = found->is_array() && found->size() == 2 && (*found)[0].is_number() && (*found)[1].is_number();
    if (!pair && !found->is_number())
        fail_at_byte("D0314", std::string("'") + key + "' in kernels.json is neither a number nor a pair", options, 0);
    a = pair ? (*found)[0].get<double>() : found->get<double>();
    b = pair ? (*found)[1].get<double>() : a;
    return true;
}

KernelHeader read_kernel_header(const Bytes* bytes, const ReadOptions& options) {
    KernelHeader header;
    if (!bytes) return header;
    const nlohmann::json j = parse_json(*bytes, options);
    if (!j.is_object()) fail_at_byte("D0314", "kernels.json is not an object", options, 0);
    double width = 0, height = 0;  // "size" is [fy, fx]: rows first
    if (json_pair(j, "size", height, width, options)) {
        const auto odd = [](double n) { return n >= 1 && n < 4096 && std::fmod(n, 2) == 1; };
        if (!odd(width) || !odd(height)) fail_at_byte("D0314", "kernel size is not a pair of odd numbers", options, 0);
    }
    header.width = static_cast<int>(width);
    header.height = static_cast<int>(height);
    json_pair(j, "period_nm", header.period_x_nm, header.period_y_nm, options);
    const auto positive = [](double v) { return std::isfinite(v) && v > 0; };
    if (!positive(header.period_x_nm) || !positive(header.period_y_nm))
        fail_at_byte("D0314", "kernel period is not a positive length", options, 0);
    header.truncation_bound = json_number(j, "truncation_bound", -1, options);
    if (const auto name = j.find("name"); name != j.end() && name->is_string())
        header.description = name->get<std::string>();
    return header;
}

void infer_square(KernelHeader& header, std::size_t values_per_kernel) {
    const auto side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(values_per_kernel))));
    header.width = header.height = side % 2 == 1 ? side : 0;
}

KernelSet read_c64le_set(const std::map<std::string, Bytes>& files, const std::string& state, const Bytes& kernels,
                         const ReadOptions& options) {
    const ReadOptions kernel_file{in_folder(options.file, "kernels_" + state + ".c64le"), options.lenient};
    const ReadOptions weight_file{in_folder(options.file, "weights_" + state + ".f32le"), options.lenient};
    const Bytes* weights = find_file(files, "weights_" + state + ".f32le");
    if (!weights) fail_at_byte("D0314", "weight file is missing", weight_file, 0);
    const std::size_t count = weights->size() / 4;
    if (count == 0 || weights->size() % 4 != 0 || count > max_kernels) {
        fail_at_byte("D0314", "weight file is not a list of float32", weight_file, 0,
                     {"found " + std::to_string(weights->size()) + " bytes, 1 to 65536 values of 4 bytes are allowed"});
    }
    KernelHeader header =
        read_kernel_header(find_file(files, "kernels.json"), {in_folder(options.file, "kernels.json")});
    if (header.width == 0) infer_square(header, kernels.size() / (8 * count));
    const std::size_t expected =
        8 * count * static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.height);
    if (expected == 0 || kernels.size() != expected) {
        fail_at_byte("D0314", "kernel file length disagrees with the weight count", kernel_file, 0,
                     {"expected " + std::to_string(count) + " kernels of " + std::to_string(header.width) + " x " +
                      std::to_string(header.height) + " complex64 = " + std::to_string(expected) + " bytes, found " +
                      std::to_string(kernels.size())});
    }
    KernelSet set;
    set.band_x = header.width / 2;
    set.band_y = header.height / 2;
    set.period_x = header.period_x_nm * nm;
    set.period_y = header.period_y_nm * nm;
    set.truncation_bound = header.truncation_bound;
    set.description = header.description;
    for (std::size_t k = 0; k < count; ++k)
        set.weights.push_back(load_float(weights->data() + 4 * k, std::endian::little));
    set.kernels.reserve(kernels.size() / 8);
    for (std::size_t i = 0; i < kernels.size() / 8; ++i)
        set.kernels.push_back(load_complex(kernels.data() + 8 * i, std::endian::little));
    return set;
}

// ------------------------------------------------------------------------------------------------------ writing
void store_float(Bytes& out, double value, std::endian order) {
    store(out, std::bit_cast<std::uint32_t>(static_cast<float>(value)), order);
}

void require_complete(const KernelSet& set) {
    const std::size_t size =
        static_cast<std::size_t>(2 * set.band_x + 1) * static_cast<std::size_t>(2 * set.band_y + 1);
    if (set.weights.empty() || set.kernels.size() != size * set.weights.size())
        throw InputError("D0316", "kernel set is incomplete: values, bands and weights disagree");
}

std::complex<double> kernel_value(const KernelSet& set, std::size_t k, int fx, int fy) {
    if (std::abs(fx) > set.band_x || std::abs(fy) > set.band_y) return 0;
    const std::size_t width = static_cast<std::size_t>(2 * set.band_x + 1),
                      height = static_cast<std::size_t>(2 * set.band_y + 1);
    return set.kernels[(k * height + static_cast<std::size_t>(fy + set.band_y)) * width +
                       static_cast<std::size_t>(fx + set.band_x)];
}

Bytes bin_kernel(const KernelSet& set, std::size_t k) {
    Bytes out;
    for (std::uint32_t word : {2 * contest_band + 1, 2 * contest_band + 1, 2, 0, 0}) store(out, word, std::endian::big);
    for (int fx = -contest_band; fx <= contest_band; ++fx) {
        for (int fy = -contest_band; fy <= contest_band; ++fy) {
            const std::complex<double> value = kernel_value(set, k, fx, fy);
            store_float(out, value.real(), std::endian::big);
            store_float(out, value.imag(), std::endian::big);
        }
    }
    store(out, std::uint32_t{0}, std::endian::big);
    return out;
}

}  // namespace

KernelSet read_kernels(const std::map<std::string, Bytes>& files, const std::string& state,
                       const ReadOptions& options) {
    const Bytes* native = find_file(files, "kernels_" + state + ".c64le");
    const Bytes* scales = find_file(files, "scales.txt");
    if (!native && !scales) {
        fail_at_byte("D0314", "no kernel set for state '" + escape_text(state) + "'", options, 0, {},
                     "give kernels_" + escape_text(state) + ".c64le with weights_" + escape_text(state) +
                         ".f32le, or scales.txt with fh<k>.bin");
    }
    KernelSet set = native ? read_c64le_set(files, state, *native, options) : read_bin_set(files, *scales, options);
    require_finite(set, options);
    return set;
}

std::map<std::string, Bytes> write_kernels_c64le(const KernelSet& set, const std::string& state) {
    require_complete(set);
    Bytes kernels, weights;
    for (const std::complex<double>& value : set.kernels) {
        store_float(kernels, value.real(), std::endian::little);
        store_float(kernels, value.imag(), std::endian::little);
    }
    for (double weight : set.weights) store_float(weights, weight, std::endian::little);
    nlohmann::json header = {{"name", escape_text(set.description)},
                             {"kernels", set.count()},
                             {"size", {2 * set.band_y + 1, 2 * set.band_x + 1}},
                             {"order", "[k][fy][fx], centred, complex64 little-endian"},
                             {"period_nm", {set.period_x.in(nm), set.period_y.in(nm)}}};
    if (set.truncation_bound >= 0) header["truncation_bound"] = set.truncation_bound;
    return {{"kernels_" + state + ".c64le", kernels},
            {"weights_" + state + ".f32le", weights},
            {"kernels.json", as_bytes(header.dump(1) + "\n")}};
}

std::map<std::string, Bytes> write_kernels_bin(const KernelSet& set) {
    require_complete(set);
    const auto contest_period = [](Length period) { return std::abs(period.in(nm)-contest_period_nm) < 1e-6; };
    if (!contest_period(set.period_x) || !contest_period(set.period_y)) {
        throw InputError(
            "D0316",
            "the contest kernel file has a period of 2048 nm, this set has " + shortest(set.period_x.in(nm)) + " nm",
            "write the .c64le form, which states its period");
    }
    if (set.band_x > contest_band || set.band_y > contest_band) {
        throw InputError("D0316",
                         "the contest kernel file holds 35 x 35 values, this set has " +
                             std::to_string(2 * set.band_x + 1) + " x " + std::to_string(2 * set.band_y + 1),
                         "write the .c64le form; a kernel is never interpolated or cut");
    }
    std::map<std::string, Bytes> files;
    std::string scales = std::to_string(set.count()) + "\n";
    for (std::size_t k = 0; k < set.weights.size(); ++k) {
        files["fh" + std::to_string(k) + ".bin"] = bin_kernel(set, k);
        scales += shortest(static_cast<float>(set.weights[k])) + "\n";
    }
    files["scales.txt"] = as_bytes(scales);
    return files;
}

}  // namespace damascene::io
