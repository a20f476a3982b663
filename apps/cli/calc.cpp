#include <chrono>

#include "command.hpp"
#include "damascene/feature.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

std::string list_text(const std::vector<double>& values) {
    std::vector<std::string> items;
    for (const double v : values) items.push_back(flow::shortest(v));
    return "[" + flow::join(items, ",") + "]";
}

double checked(const Session& session, std::string_view flag, double low, double high, const char* allowed) {
    const double value = session.args.number(flag, 0);
    if (!(value > low) || !(value <= high))
        throw InputError("D0114", std::string(flag) + " is out of range: " + flow::shortest(value), allowed);
    return value;
}

struct Timed {
    feature::HoleFlux flux;
    double seconds = 0;
};

Timed timed_flux(const Session& session, Symmetry symmetry, double ratio, double sticking) {
    const auto elements = static_cast<int>(session.args.whole("--elements", 400));
    if (elements < 16 || elements > 20000)
        throw InputError("D0114", "--elements is out of range: " + std::to_string(elements), "16 .. 20000");
    Context context;
    context.cancel_requested = session.cancel;
    const auto start = std::chrono::steady_clock::now();
    Timed out;
    if (session.args.text("--engine", "radiosity") == "montecarlo")
        out.flux = feature::hole_flux_by_rays(symmetry, ratio, sticking, elements,
                                              session.args.number("--rel-error", 0.01), context);
    else
        out.flux = feature::hole_flux(symmetry, ratio, sticking, elements, context);
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

int calc_flux(const Session& session) {
    const std::string shape = session.args.text("--shape");
    const double ratio = checked(session, "--aspect-ratio", 0, 1000, "greater than 0, at most 1000");
    const double sticking = checked(session, "--sticking", 0, 1, "a probability: greater than 0, at most 1");
    const auto [f, seconds] = timed_flux(session, shape == "via" ? Symmetry::axial : Symmetry::planar, ratio, sticking);
    const std::string across = shape == "via" ? "radius" : "width";
    if (session.json) {
        print("{\"shape\":" + json_text(shape) + ",\"aspect_ratio\":" + flow::shortest(ratio) + ",\"sticking\":" +
              flow::shortest(sticking) + ",\"engine\":" + json_text(session.args.text("--engine", "radiosity")) +
              ",\"elements\":" + std::to_string(f.elements) + ",\"wall_top\":" + flow::shortest(f.wall_top) +
              ",\"wall_mid\":" + flow::shortest(f.wall_mid) + ",\"wall_mean\":" + flow::shortest(f.wall_mean) +
              ",\"bottom_center\":" + flow::shortest(f.bottom_center) + ",\"bottom_mean\":" +
              flow::shortest(f.bottom_mean) + ",\"captured_fraction\":" + flow::shortest(f.captured_fraction) +
              ",\"error_estimate\":" + flow::shortest(f.error_estimate) + ",\"seconds\":" + flow::rounded(seconds, 4) +
              ",\"wall\":{\"depth\":" + list_text(f.depth) + ",\"flux\":" + list_text(f.wall) +
              (f.wall_error.empty() ? "" : ",\"standard_error\":" + list_text(f.wall_error)) +
              "},\"bottom\":{\"position\":" + list_text(f.across) + ",\"flux\":" + list_text(f.bottom) +
              (f.bottom_error.empty() ? "" : ",\"standard_error\":" + list_text(f.bottom_error)) + "}}\n");
        return 0;
    }
    print(shape + ", depth / " + (shape == "via" ? "diameter " : "width ") + flow::shortest(ratio) + ", sticking " +
          flow::shortest(sticking) + "; incident flux, open flat field = 1\n" + "  wall, mouth      " +
          flow::rounded(f.wall_top, 7) + "\n  wall, half depth " + flow::rounded(f.wall_mid, 7) +
          "\n  wall, mean       " + flow::rounded(f.wall_mean, 7) + "\n  bottom, centre   " +
          flow::rounded(f.bottom_center, 7) + "\n  bottom, mean     " + flow::rounded(f.bottom_mean, 7) +
          "\n  captured         " + flow::rounded(f.captured_fraction, 7) + " of what enters\n  error            " +
          flow::rounded(f.error_estimate, 2) + " (" + std::to_string(f.elements) + " elements, " +
          flow::rounded(1e3 * seconds, 3) + " ms)\n");
    if (!session.output().empty()) {
        std::string text = "place,position [" + across + " or depth fraction],flux\n";
        for (std::size_t i = 0; i < f.depth.size(); ++i)
            text += "wall," + flow::shortest(f.depth[i]) + "," + flow::shortest(f.wall[i]) + "\n";
        for (std::size_t i = 0; i < f.across.size(); ++i)
            text += "bottom," + flow::shortest(f.across[i]) + "," + flow::shortest(f.bottom[i]) + "\n";
        flow::write_file(session.output(), text);
        print(session.output() + "\n");
    }
    return 0;
}

int calc_clausing(const Session& session) {
    const std::string shape = session.args.text("--shape");
    const double ratio = checked(session, "--ratio", 0, 1e4, "greater than 0, at most 10000");
    const double w = shape == "slit" ? feature::clausing_slit(ratio) : feature::clausing_tube(ratio);
    if (session.json)
        print("{\"shape\":" + json_text(shape) + ",\"ratio\":" + flow::shortest(ratio) +
              ",\"transmission\":" + flow::shortest(w) + "}\n");
    else
        print(flow::rounded(w, 10) + "\n");
    return 0;
}

}  // namespace

extern const Command command_calc_flux;
const Command command_calc_flux = {
    "calc flux",
    "arrival of particles in a trench or via, constant sticking, free molecular",
    "damascene calc flux --shape trench --aspect-ratio 4 --sticking 0.2 --json",
    {{"--shape", Flag::value, "cross-section", true, {"trench", "via"}, "", "NAME"},
     {"--aspect-ratio", Flag::value, "depth / width, or depth / diameter", true, {}, "", "A"},
     {"--sticking", Flag::value, "probability to stick per hit", true, {}, "", "S"},
     {"--engine",
      Flag::value,
      "radiosity = exact exchange factors; montecarlo = rays in 3D with error bars",
      false,
      {"radiosity", "montecarlo"},
      "radiosity",
      "NAME"},
     {"--elements", Flag::value, "surface elements", false, {}, "400", "N"},
     {"--rel-error", Flag::value, "wanted standard error of montecarlo", false, {}, "0.01", "X"}},
    calc_flux};

extern const Command command_calc_clausing;
const Command command_calc_clausing = {
    "calc clausing",
    "probability that a gas particle passes a tube or slit with diffuse walls",
    "damascene calc clausing --shape tube --ratio 10",
    {{"--shape", Flag::value, "cross-section", true, {"tube", "slit"}, "", "NAME"},
     {"--ratio", Flag::value, "length / radius of a tube, length / gap of a slit", true, {}, "", "R"}},
    calc_clausing};

}  // namespace damascene::cli
