#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "command.hpp"
#include "damascene/optics.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

struct Finding {
    std::string name, text;
    bool good = true;
};

/// Two plane waves of equal weight: a fringe of contrast 1, mean |a|^2 + |b|^2.
Finding fringe_test() {
    optics::Pupil pupil;
    Spectrum2 mask;
    mask.band_x = 2, mask.band_y = 0, mask.period_x = mask.period_y = 1000 * nm;
    mask.coefficients.assign(5, 0.0);
    mask.at(1, 0) = mask.at(-1, 0) = 0.5;
    const Image image = optics::abbe(mask, optics::point_source(), pupil);
    const double high = value_at(image, 0 * nm, 0 * nm), low = value_at(image, 250 * nm, 0 * nm);
    return {"two-beam fringe", "contrast " + flow::rounded((high - low) / (high + low), 15),
            std::abs(high - 1) < 1e-12 && std::abs(low) < 1e-12};
}

Finding unit_test() {
    const bool same = parse_quantity("193 nm").value->si == parse_quantity("0.193 um").value->si;
    return {"unit strings", same ? "193 nm and 0.193 um are the same double" : "prefixes are not exact", same};
}

Finding hash_test() {
    const bool good =
        sha256_hex(std::string_view("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    return {"SHA-256 of 'abc'", good ? "FIPS 180-4 value" : "wrong digest", good};
}

Finding program(const std::string& name, const std::vector<std::string>& places) {
    std::error_code error;
    for (const std::string& place : places)
        if (std::filesystem::exists(place, error)) return {name, place};
    return {name, "not found (optional)"};
}

int examine(const Session& session) {
    const double ram = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
    const std::vector<Finding> findings = {
        {"version", flow::version_text() + ", build " + flow::build_id() +
                        (std::string(DAMASCENE_GIT).empty() ? "" : ", git " DAMASCENE_GIT)},
        {"threads", std::to_string(thread_count())},
        {"memory", flow::rounded(ram * 1e-9, 4) + " GB"},
#if defined(__x86_64__)
        {"instruction sets", std::string("sse2") + (__builtin_cpu_supports("avx2") ? " avx2" : "") +
                                 (__builtin_cpu_supports("avx512f") ? " avx512f" : "")},
#endif
        {"models", std::to_string(flow::models_in("step").size()) + " steps, " +
                       std::to_string(flow::models_in("source").size()) + " sources, " +
                       std::to_string(flow::presets().size()) + " presets"},
        unit_test(),
        hash_test(),
        fringe_test(),
        program("chromium", {"/usr/bin/chromium", "/usr/bin/google-chrome"}),
        program("node", {"/usr/bin/node", "/usr/local/bin/node"})
    };
    bool good = true;
    std::vector<std::string> items;
    for (const Finding& f : findings) {
        good = good && f.good;
        items.push_back("{\"name\":" + json_text(f.name) + ",\"text\":" + json_text(f.text) +
                        ",\"good\":" + (f.good ? "true" : "false") + "}");
        if (!session.json) print((f.good ? "ok    " : "FAIL  ") + f.name + ": " + f.text + "\n");
    }
    if (session.json) print("[" + flow::join(items, ",") + "]\n");
    return good ? 0 : 4;
}

}  // namespace

extern const Command command_doctor;
const Command command_doctor = {"doctor", "versions, processor, memory, self-tests", "damascene doctor", {}, examine};

}  // namespace damascene::cli
