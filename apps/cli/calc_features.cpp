// Films in features on the command line: ALD in long channels, sensitivities of a growing trench.
#include <algorithm>
#include <cmath>

#include "command.hpp"
#include "damascene/feature/ald.hpp"
#include "damascene/feature/gas.hpp"
#include "damascene/feature/profile_sensitivity.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

using flow::rounded;
using flow::shortest;

double quantity(const Session& session, std::string_view flag, std::string_view unit, double low, double high,
                const std::string& allowed, double otherwise = 0) {
    const double value = session.args.quantity(flag, unit, otherwise);
    if (!(value > low) || !(value <= high))
        throw InputError("D0114", std::string(flag) + " is out of range: " + session.args.text(flag), allowed);
    return value;
}

double fraction(const Session& session, std::string_view flag, double low, double high, const std::string& allowed,
                double otherwise) {
    const double value = session.args.number(flag, otherwise);
    if (!(value >= low) || !(value <= high) || value == 0)
        throw InputError("D0114", std::string(flag) + " is out of range: " + shortest(value), allowed);
    return value;
}

// ------------------------------------------------------------------------------------------------------- ALD channel
feature::AldChannel channel_of(const Session& s) {
    feature::AldChannel c;
    c.height = quantity(s, "--height", "m", 0, 1, "greater than 0, for example \"500 nm\"");
    c.width = quantity(s, "--width", "m", 0, 1e3, "greater than 0, for example \"100 um\"", 1e-4);
    c.temperature = quantity(s, "--temperature", "K", 50, 2000, "50 K .. 2000 K");
    c.pressure = quantity(s, "--pressure", "Pa", 0, 1.1e5, "greater than 0, at most 1.1e5 Pa");
    c.inert_pressure = quantity(s, "--inert-pressure", "Pa", -1e-300, 1.1e5, "0 .. 1.1e5 Pa");
    c.molar_mass = quantity(s, "--molar-mass", "kg/mol", 0, 2, "greater than 0, at most 2 kg/mol");
    c.inert_molar_mass = quantity(s, "--inert-molar-mass", "kg/mol", 0, 2, "greater than 0", 0.0280134);
    c.diameter = quantity(s, "--diameter", "m", 0, 5e-9, "greater than 0, at most 5 nm", 0.6e-9);
    c.inert_diameter = quantity(s, "--inert-diameter", "m", 0, 5e-9, "greater than 0, at most 5 nm", 3.74e-10);
    c.sticking = fraction(s, "--sticking", 0, 1, "a probability: greater than 0, at most 1", 0.01);
    c.equilibrium = quantity(s, "--equilibrium", "1/Pa", 0, 1e12, "greater than 0, for example \"219 1/Pa\"", 1e4);
    c.sites = quantity(s, "--site-density", "1/m^2", 0, 1e21, "greater than 0, for example \"2.5 1/nm^2\"", 2.5e18);
    c.gpc = quantity(s, "--gpc", "m", 0, 1e-8, "greater than 0, for example \"0.1 nm\"", 1e-10);
    return c;
}

struct ChannelAnswer {
    feature::AldChannel channel;
    double pulse = 0, length = 0, knudsen = 0, saturation_pulse = 0;
    int cycles = 1;
    feature::ChannelCoverage profile, closed_form;
};

std::string channel_csv(const ChannelAnswer& a) {
    std::string text = "depth [um],coverage,thickness [nm]\n";
    for (std::size_t i = 0; i < a.profile.x.size(); ++i)
        text += shortest(1e6 * a.profile.x[i]) + "," + shortest(a.profile.coverage[i]) + "," +
                shortest(1e9 * a.cycles * a.profile.thickness[i]) + "\n";
    return text;
}

/// Film against depth: the numerical profile as a line, the closed form dashed.
std::string channel_svg(const ChannelAnswer& a) {
    constexpr double left = 70, right = 690, top = 20, bottom = 360;
    const double most = 1.1 * 1e9 * a.cycles * a.channel.gpc, length = 1e6 * a.length;
    const auto px = [&](double depth_um) { return shortest(left + (right - left) * std::min(1.0, depth_um / length)); };
    const auto py = [&](double nm) { return shortest(bottom - (bottom - top) * nm / most); };
    const auto line = [&](const feature::ChannelCoverage& c, double cycles, const char* style) {
        std::string points;
        for (std::size_t i = 0; i < c.x.size(); ++i)
            if (1e6 * c.x[i] <= length) points += px(1e6 * c.x[i]) + "," + py(1e9 * cycles * c.thickness[i]) + " ";
        return "<polyline fill=\"none\" stroke-width=\"2\" " + std::string(style) + " points=\"" + points + "\"/>\n";
    };
    const auto words = [](double x, double y, const char* anchor, const std::string& text) {
        return "<text x=\"" + shortest(x) + "\" y=\"" + shortest(y) + "\" text-anchor=\"" + anchor + "\">" + text +
               "</text>\n";
    };
    std::string svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"420\" font-family=\"sans-serif\" "
        "font-size=\"13\">\n<rect width=\"720\" height=\"420\" fill=\"#fff\"/>\n";
    for (int k = 0; k <= 5; ++k) {
        const double depth = length * k / 5, film = most * k / 5;
        svg += "<path stroke=\"#ddd\" d=\"M" + px(depth) + " 20V360M70 " + py(film) + "H690\"/>\n" +
               words(left + (right - left) * k / 5, 378, "middle", rounded(depth, 3)) +
               words(64, bottom - (bottom - top) * k / 5 + 4, "end", rounded(film, 3));
    }
    svg += line(a.closed_form, 1, "stroke=\"#d55e00\" stroke-dasharray=\"6 4\"") +
           line(a.profile, a.cycles, "stroke=\"#0072b2\"");
    svg += words(380, 404, "middle", "depth [um]") + words(74, 14, "start", "thickness [nm]") +
           words(680, 40, "end", "line: diffusion and reaction, dashed: closed form") +
           words(680, 58, "end", "half thickness at " + rounded(1e6 * a.profile.half_depth, 4) + " um");
    return svg + "</svg>\n";
}

ChannelAnswer channel_answer(const Session& session) {
    ChannelAnswer a{.channel = channel_of(session)};
    a.pulse = quantity(session, "--pulse", "s", 0, 1e6, "greater than 0, for example \"100 ms\"");
    a.cycles = static_cast<int>(session.args.whole("--cycles", 1));
    if (a.cycles < 1 || a.cycles > 100000)
        throw InputError("D0114", "--cycles is out of range: " + std::to_string(a.cycles), "1 .. 100000");
    const double reach = 1.5 * feature::channel_front(a.channel, a.pulse).full_depth;
    a.length = quantity(session, "--length", "m", 0, 1, "greater than 0, for example \"200 um\"", reach);
    const feature::GasComponent gas[] = {
        {a.channel.molar_mass, a.channel.diameter, a.channel.pressure},
        {a.channel.inert_molar_mass, a.channel.inert_diameter, a.channel.inert_pressure}};
    a.knudsen = feature::mean_free_path(gas, 0, a.channel.temperature) / a.channel.height;
    Context context;
    context.cancel_requested = session.cancel;
    a.profile = feature::channel_diffusion(a.channel, a.pulse, a.length, 600, 1e-4, context);
    a.closed_form = feature::channel_analytic(a.channel, a.pulse, a.cycles, 400);
    if (session.args.has("--length")) a.saturation_pulse = feature::channel_pulse(a.channel, a.length);
    return a;
}

int calc_ald_channel(const Session& session) {
    const ChannelAnswer a = channel_answer(session);
    const feature::ChannelFront front = feature::channel_front(a.channel, a.pulse);
    const feature::Regime regime = feature::regime(a.knudsen);
    std::vector<std::array<std::string, 4>> rows = {
        {"half_depth", "depth of half the inlet's thickness (PD50)", shortest(1e6 * a.profile.half_depth), "um"},
        {"half_depth_closed_form", "the same by the closed form, all cycles", shortest(1e6 * a.closed_form.half_depth),
         "um"},
        {"thickness_inlet", "film at the inlet", shortest(1e9 * a.cycles * a.profile.thickness.front()), "nm"},
        {"full_depth", "depth of the full front", shortest(1e6 * front.full_depth), "um"},
        {"exposure", "pressure x pulse", shortest(a.channel.pressure * a.pulse), "Pa s"},
        {"knudsen", "mean free path over height", shortest(a.knudsen), ""}};
    if (a.saturation_pulse > 0) {
        rows.push_back(
            {"saturation_pulse", "pulse that brings half thickness to the end", shortest(a.saturation_pulse), "s"});
        rows.push_back(
            {"saturation_exposure", "its exposure", shortest(a.channel.pressure * a.saturation_pulse), "Pa s"});
    }
    if (session.json) {
        std::vector<std::string> items;
        for (const auto& [name, label, value, unit] : rows)
            items.push_back(json_text(name + (unit.empty() ? "" : " [" + unit + "]")) + ":" + value);
        items.push_back("\"regime\":" + json_text(feature::regime_name(regime)));
        print("{" + flow::join(items, ",") + "}\n");
    } else {
        std::string text;
        for (const auto& [name, label, value, unit] : rows)
            text += label + std::string(46 - label.size(), ' ') + rounded(std::stod(value), 6) + " " + unit + "\n";
        print(text + std::string(feature::regime_name(regime)) + " between the walls, Kn = " + rounded(a.knudsen, 3) +
              "\n");
    }
    for (const auto& [path, content] :
         {std::pair{session.output(), channel_csv(a)}, {session.args.text("--picture"), channel_svg(a)}})
        if (!path.empty()) {
            flow::write_file(path, content);
            if (!session.json) print(path + "\n");
        }
    return 0;
}

// ----------------------------------------------------------------------------------------------------- sensitivities
feature::TrenchGrowth growth_of(const Session& s) {
    feature::TrenchGrowth g;
    g.width_nm = 1e9 * quantity(s, "--width", "nm", 0, 1e-3, "greater than 0, for example \"100 nm\"");
    g.depth_nm = 1e9 * quantity(s, "--depth", "nm", 0, 1e-2, "greater than 0, for example \"300 nm\"");
    g.top_radius_nm = 1e9 * quantity(s, "--top-radius", "nm", 0, 1e-3, "greater than 0", 0.05e-9 * g.width_nm);
    g.sticking = fraction(s, "--sticking", 0, 1, "a probability: greater than 0, at most 1", 1);
    g.order = fraction(s, "--order", 0.3, 2, "0.3 .. 2", 1);
    g.rate_nm_s = 1e9 * quantity(s, "--rate", "nm/s", 0, 1e-3, "greater than 0, for example \"60 nm/min\"", 1e-9);
    g.duration_s =
        1e9 * quantity(s, "--thickness", "nm", 0, 1e-3, "greater than 0, for example \"20 nm\"") / g.rate_nm_s;
    return g;
}

std::string profile_csv(const feature::ProfileSensitivity& p) {
    std::string text = "x [nm],z [nm]";
    for (const char* axis : {"x", "z"})
        for (const auto name : feature::growth_parameters) text += ",d" + std::string(axis) + "/d" + std::string(name);
    text += "\n";
    for (const auto& [x, z] : p.node) {
        text += shortest(x.value) + "," + shortest(z.value);
        for (const auto& c : {x, z})
            for (const double d : c.by) text += "," + shortest(d);
        text += "\n";
    }
    return text;
}

std::string padded(const std::string& text, std::size_t width) {
    return std::string(width > text.size() ? width - text.size() : 1, ' ') + text;
}

int calc_sensitivity(const Session& session) {
    const feature::TrenchGrowth g = growth_of(session);
    Context context;
    context.cancel_requested = session.cancel;
    const feature::ProfileSensitivity p = feature::profile_sensitivity(g, {}, context);
    const std::array<double, 5> at = {g.sticking, g.order, g.rate_nm_s, g.width_nm, g.depth_nm};
    const std::pair<const char*, feature::Sensitive> rows[] = {
        {"step_coverage.bottom", p.bottom}, {"step_coverage.sidewall_mid", p.wall}, {"gap [nm]", p.gap_nm}};
    std::string text = padded("", 28) + padded("value", 12), json;
    for (const auto name : feature::growth_parameters) text += padded(std::string(name), 12);
    text += "\n";
    for (const auto& [name, s] : rows) {
        std::string by;
        text += name + padded("", 28 - std::string(name).size()) + padded(rounded(s.value, 5), 12);
        for (std::size_t k = 0; k < at.size(); ++k) {
            text += padded(rounded(s.by[k] * at[k], 4), 12);
            by += (k ? "," : "") + json_text(feature::growth_parameters[k]) + ":" +
                  (std::isfinite(s.by[k]) ? shortest(s.by[k]) : "null");
        }
        text += "\n";
        json += (json.empty() ? "" : ",") + json_text(name) +
                ":{\"value\":" + (std::isfinite(s.value) ? shortest(s.value) : "null") + ",\"by\":{" + by + "}}";
    }
    if (session.json)
        print("{" + json + ",\"steps\":" + std::to_string(p.steps) + ",\"units\":\"rate nm/s, width and depth nm\"}\n");
    else
        print(text + "Columns: change per relative change of the parameter (d value / d ln p).\n");
    if (!session.output().empty()) flow::write_file(session.output(), profile_csv(p));
    return 0;
}

}  // namespace

extern const Command command_calc_ald_channel;
const Command command_calc_ald_channel = {
    "calc ald-channel",
    "ALD in a long narrow channel with gas collisions: thickness against depth",
    "damascene calc ald-channel --height \"500 nm\" --pressure \"147 Pa\" --inert-pressure \"3000 Pa\" --pulse \"100 "
    "ms\" --temperature \"300 degC\" --molar-mass \"0.0749 kg/mol\"",
    {{"--height", Flag::value, "of the channel, with unit: \"500 nm\"", true, {}, "", "H"},
     {"--width", Flag::value, "of the channel, with unit", false, {}, "100 um", "W"},
     {"--length", Flag::value, "to the end, with unit; absent: 1.5 times the front's depth", false, {}, "", "L"},
     {"--pressure", Flag::value, "of the precursor at the inlet, with unit", true, {}, "", "P"},
     {"--inert-pressure", Flag::value, "of the carrier, with unit", false, {}, "0 Pa", "P"},
     {"--pulse", Flag::value, "duration with unit: \"100 ms\"", true, {}, "", "T"},
     {"--cycles", Flag::value, "number of cycles", false, {}, "1", "N"},
     {"--temperature", Flag::value, "with unit: \"300 degC\"", true, {}, "", "T"},
     {"--molar-mass", Flag::value, "of the precursor, with unit", true, {}, "", "M"},
     {"--inert-molar-mass", Flag::value, "of the carrier, with unit", false, {}, "0.0280134 kg/mol", "M"},
     {"--diameter", Flag::value, "hard-sphere diameter of the precursor, with unit", false, {}, "0.6 nm", "D"},
     {"--inert-diameter", Flag::value, "of the carrier, with unit", false, {}, "0.374 nm", "D"},
     {"--sticking", Flag::value, "reaction probability on a free site", false, {}, "0.01", "S"},
     {"--equilibrium", Flag::value, "of adsorption against desorption, with unit", false, {}, "1e4 1/Pa", "K"},
     {"--site-density", Flag::value, "precursors per area and cycle, with unit", false, {}, "2.5 1/nm^2", "N"},
     {"--gpc", Flag::value, "film per cycle at saturation, with unit", false, {}, "0.1 nm", "X"},
     {"--picture", Flag::value, "SVG file of the profile", false, {}, "", "FILE"}},
    calc_ald_channel};

extern const Command command_calc_sensitivity;
const Command command_calc_sensitivity = {
    "calc sensitivity",
    "how the film in a trench depends on sticking, order, rate, width and depth",
    "damascene calc sensitivity --width \"100 nm\" --depth \"200 nm\" --sticking 0.3 --thickness \"20 nm\"",
    {{"--width", Flag::value, "of the trench, with unit", true, {}, "", "W"},
     {"--depth", Flag::value, "of the trench, with unit", true, {}, "", "D"},
     {"--top-radius", Flag::value, "of the mouth's corners, with unit; absent: width / 20", false, {}, "", "R"},
     {"--sticking", Flag::value, "probability to stick per hit", true, {}, "", "S"},
     {"--order", Flag::value, "reaction order", false, {}, "1", "N"},
     {"--rate", Flag::value, "growth on the open field, with unit", false, {}, "1 nm/s", "V"},
     {"--thickness", Flag::value, "of the film on the open field, with unit", true, {}, "", "X"}},
    calc_sensitivity};

}  // namespace damascene::cli
