// Closed forms on the command line: gas, oxide, flat ALD cycles, sputter yields, corners. Every quantity wants its
// unit.
#include <cmath>

#include "command.hpp"
#include "damascene/feature.hpp"
#include "damascene/feature/ald.hpp"
#include "damascene/feature/gas.hpp"
#include "damascene/feature/oxidation.hpp"
#include "damascene/feature/yield.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

/// One line of an answer: name in JSON, words and unit in text.
struct Answer {
    std::string name, label;
    double value = 0;
    std::string unit;
};

int answer(const Session& session, const std::vector<Answer>& list, const std::string& remark = {}) {
    if (session.json) {
        std::vector<std::string> items;
        for (const Answer& a : list)
            items.push_back(json_text(a.name + (a.unit.empty() ? "" : " [" + a.unit + "]")) + ":" +
                            (std::isfinite(a.value) ? flow::shortest(a.value) : "null"));
        if (!remark.empty()) items.push_back("\"remark\":" + json_text(remark));
        print("{" + flow::join(items, ",") + "}\n");
        return 0;
    }
    std::size_t widest = 0;
    for (const Answer& a : list) widest = std::max(widest, a.label.size());
    std::string text;
    for (const Answer& a : list)
        text += a.label + std::string(widest + 2 - a.label.size(), ' ') + flow::rounded(a.value, 8) +
                (a.unit.empty() ? "" : " " + a.unit) + "\n";
    if (!remark.empty()) text += remark + "\n";
    print(text);
    return 0;
}

/// A quantity in SI that lies in (low, high].
double within(const Session& session, std::string_view flag, std::string_view unit, double low, double high,
              const std::string& allowed, double otherwise = 0) {
    const double value = session.args.quantity(flag, unit, otherwise);
    if (!(value > low) || !(value <= high))
        throw InputError("D0114", std::string(flag) + " is out of range: " + session.args.text(flag), allowed);
    return value;
}

double probability(const Session& session, std::string_view flag, double otherwise) {
    const double value = session.args.number(flag, otherwise);
    if (!(value > 0) || !(value <= 1))
        throw InputError("D0114", std::string(flag) + " is out of range: " + flow::shortest(value),
                         "a probability: greater than 0, at most 1");
    return value;
}

double temperature(const Session& session) {
    return within(session, "--temperature", "K", 50, 2000, "50 K .. 2000 K, for example \"220 degC\"");
}

double pressure(const Session& session, std::string_view flag) {
    return within(session, flag, "Pa", 0, 1.1e5, "greater than 0, at most 1.1e5 Pa, for example \"0.1 Torr\"");
}

double molar_mass(const Session& session) {
    return within(session, "--molar-mass", "kg/mol", 0, 2,
                  "greater than 0, at most 2 kg/mol, for example \"0.0721 kg/mol\"");
}

int calc_gas(const Session& session) {
    const double p = pressure(session, "--pressure"), t = temperature(session), m = molar_mass(session);
    const double d = within(session, "--diameter", "nm", 0, 5e-9, "greater than 0, at most 5 nm", 0.4e-9);
    const double path = feature::mean_free_path(d, p, t);
    std::vector<Answer> list = {
        {"mean_free_path", "mean free path", 1e6 * path, "um"},
        {"mean_speed", "mean speed", feature::mean_speed(m, t), "m/s"},
        {"impingement_flux", "impingement flux", feature::impingement_flux(p, m, t), "1/m^2/s"}};
    if (!session.args.has("--width")) return answer(session, list);
    const double w = within(session, "--width", "nm", 0, 1, "greater than 0, at most 1 m, for example \"70 nm\"");
    list.push_back({"knudsen", "Knudsen number", path / w, ""});
    const feature::Regime regime = feature::regime(path / w);
    return answer(session, list,
                  std::string(feature::regime_name(regime)) + ": " + std::string(feature::regime_advice(regime)));
}

int calc_oxide(const Session& session) {
    const std::string gas = session.args.text("--ambient", "dry-O2");
    feature::OxidationConditions c;
    c.ambient = gas == "H2O"      ? feature::Ambient::h2o
                : gas == "wet-O2" ? feature::Ambient::wet_o2
                                  : feature::Ambient::dry_o2;
    c.face =
        session.args.text("--face", "100") == "111" ? feature::SiliconFace::face_111 : feature::SiliconFace::face_100;
    c.temperature_K = temperature(session);
    c.pressure_atm = session.args.quantity("--pressure", "Pa", 101325) / 101325;
    c.thin_regime = session.args.has("--thin-regime");
    const double hours =
        within(session, "--time", "s", 0, 1e7, "greater than 0, at most 1e7 s, for example \"30 min\"") / 3600;
    const double initial = 1e6 * session.args.quantity("--initial", "nm", 0);
    const feature::OxidationRates r = feature::oxidation_rates(c);
    const double x = feature::oxide_thickness(r, hours, initial);
    return answer(session,
                  {{"thickness", "oxide", 1e3 * x, "nm"},
                   {"silicon_consumed", "silicon consumed", 1e3 * feature::silicon_consumed * (x - initial), "nm"},
                   {"parabolic_rate", "B", r.parabolic, "um^2/h"},
                   {"linear_rate", "B/A", r.linear, "um/h"}},
                  std::string(feature::oxidation_warning(c)));
}

int calc_ald_flat(const Session& session) {
    const double t = temperature(session), p = pressure(session, "--pressure"), m = molar_mass(session);
    const double pulse =
        within(session, "--pulse", "s", 0, 1e6, "greater than 0, at most 1e6 s, for example \"100 ms\"");
    const double sites =
        within(session, "--site-density", "1/nm^2", 0, 1e20, "greater than 0, at most 100 1/nm^2", 2.5e18);
    const double s = probability(session, "--sticking", 0.01), gpc = session.args.quantity("--gpc", "nm", 1e-10);
    const double dose = feature::impingement_flux(p, m, t) * pulse / sites, share = -std::expm1(-s * dose);
    std::vector<Answer> list = {{"exposure", "exposure", p * pulse, "Pa s"},
                                {"dose", "arrivals per site", dose, ""},
                                {"saturation", "share of the sites that react", share, ""},
                                {"growth_per_cycle", "film per cycle", 1e9 * gpc * share, "nm"}};
    if (session.args.has("--aspect-ratio"))
        list.push_back({"full_exposure", "exposure that coats a round hole to its bottom",
                        feature::full_exposure(sites, m, t, session.args.number("--aspect-ratio", 0)), "Pa s"});
    return answer(session, list);
}

feature::YieldLaw law_of(const Session& session) { return feature::yield_law(session.args.text("--law", "sqrt_sin2")); }

double electron_volts(const Session& session) {
    constexpr double one = 1.602176634e-19;
    return within(session, "--energy", "eV", 0, 1e5 * one, "greater than 0, at most 1e5 eV, for example \"300 eV\"") /
           one;
}

int calc_yield(const Session& session) {
    const double energy = electron_volts(session), angle = session.args.quantity("--angle", "deg", 0);
    if (!(angle >= 0) || !(angle < std::acos(-1.0) / 2))
        throw InputError("D0114", "--angle is out of range: " + session.args.text("--angle"), "0 deg .. below 90 deg");
    const bool pair = session.args.has("--ion") || session.args.has("--target");
    if (pair && !(session.args.has("--ion") && session.args.has("--target")))
        throw InputError("D0114", "--ion and --target stand together", "--ion Ar --target Si");
    const feature::YieldLaw law =
        pair ? feature::YieldLaw(feature::SeparableYield{
                   feature::yamamura_tawara(session.args.text("--ion"), session.args.text("--target")),
                   feature::FlatAngle{}})
             : law_of(session);
    if (pair && angle > 0) throw InputError("D0114", "--angle goes with --law", "leave --ion and --target, or --angle");
    return answer(session, {{"yield", "yield per ion", feature::sputter_yield(law, energy, std::cos(angle)), ""},
                            {"yield_normal", "at normal incidence", feature::sputter_yield(law, energy, 1), ""}});
}

int calc_corner(const Session& session) {
    const feature::IonEnergies energies = feature::single_energy(electron_volts(session));
    const feature::YieldLaw law = law_of(session);
    if (!(feature::mean_yield(law, energies, 1) > 0))
        throw InputError("D0114", "--energy is below the sputter threshold: " + session.args.text("--energy"),
                         "a higher energy");
    const feature::CornerView view =
        session.args.text("--view", "half-sky") == "flat" ? feature::CornerView::flat : feature::CornerView::half_sky;
    const feature::CriticalCorner c = feature::critical_corner(law, energies, view);
    constexpr double degree = 3.14159265358979323846 / 180;
    std::vector<Answer> list = {{"critical_ratio", "D/S where a facet stalls", c.ratio, ""},
                                {"critical_angle", "its angle", c.angle_rad / degree, "deg"}};
    if (session.args.has("--ratio")) {
        const double ratio = session.args.number("--ratio", 0);
        if (!(ratio > 1))
            throw InputError("D0114", "--ratio is out of range: " + flow::shortest(ratio),
                             "D/S = (net + sputter)/sputter, above 1");
        const double angle = session.args.quantity("--angle", "deg", 45 * degree);
        list.push_back({"facet_rate", "rate of the facet over gross flat deposition",
                        feature::facet_rate(law, energies, ratio, std::cos(angle), view), ""});
    }
    return answer(session, list);
}

const Flag flag_temperature = {"--temperature", Flag::value, "with unit: \"220 degC\", \"473 K\"", true, {}, "", "T"};
const Flag flag_molar_mass = {"--molar-mass", Flag::value, "with unit: \"0.0721 kg/mol\"", true, {}, "", "M"};
const Flag flag_law = {
    "--law",     Flag::value, "sputter yield law", false, {"sqrt_sin2", "yamamura_angle", "yamamura_iaea"},
    "sqrt_sin2", "NAME"};
const Flag flag_energy = {"--energy", Flag::value, "ion energy with unit: \"300 eV\"", true, {}, "", "E"};
const Flag flag_angle = {"--angle", Flag::value, "angle with unit: \"45 deg\"", false, {}, "", "ANGLE"};

}  // namespace

extern const Command command_calc_gas;
const Command command_calc_gas = {
    "calc gas",
    "mean free path, impingement flux and flow regime of a gas",
    "damascene calc gas --pressure \"0.1 Torr\" --temperature \"220 degC\" --molar-mass \"0.0721 kg/mol\" --width \"70 "
    "nm\"",
    {{"--pressure", Flag::value, "with unit: \"0.1 Torr\"", true, {}, "", "P"},
     flag_temperature,
     flag_molar_mass,
     {"--diameter", Flag::value, "hard-sphere diameter with unit", false, {}, "0.4 nm", "D"},
     {"--width", Flag::value, "opening, for the Knudsen number, with unit", false, {}, "", "W"}},
    calc_gas};

extern const Command command_calc_oxide;
const Command command_calc_oxide = {
    "calc oxide",
    "thermal oxide on flat silicon",
    "damascene calc oxide --ambient H2O --temperature \"1000 degC\" --time \"1 h\"",
    {{"--ambient", Flag::value, "oxidant", false, {"dry-O2", "wet-O2", "H2O"}, "dry-O2", "NAME"},
     {"--face", Flag::value, "silicon face", false, {"100", "111"}, "100", "NAME"},
     flag_temperature,
     {"--time", Flag::value, "with unit: \"30 min\"", true, {}, "", "T"},
     {"--initial", Flag::value, "oxide at the start, with unit", false, {}, "", "X"},
     {"--pressure", Flag::value, "of the oxidant, with unit", false, {}, "1 atm", "P"},
     {"--thin-regime", Flag::toggle, "faster first 30 nm in dry oxygen"}},
    calc_oxide};

extern const Command command_calc_ald_flat;
const Command command_calc_ald_flat = {
    "calc ald-flat",
    "saturation of one ALD pulse on an open field",
    "damascene calc ald-flat --pressure \"10 Pa\" --pulse \"20 ms\" --temperature \"473 K\" --molar-mass \"0.15 "
    "kg/mol\"",
    {{"--pressure", Flag::value, "partial pressure with unit: \"10 Pa\"", true, {}, "", "P"},
     {"--pulse", Flag::value, "duration with unit: \"100 ms\"", true, {}, "", "T"},
     flag_temperature,
     flag_molar_mass,
     {"--sticking", Flag::value, "reaction probability on a free site", false, {}, "0.01", "S"},
     {"--site-density", Flag::value, "with unit", false, {}, "2.5 1/nm^2", "N"},
     {"--gpc", Flag::value, "film per cycle at saturation, with unit", false, {}, "0.1 nm", "X"},
     {"--aspect-ratio", Flag::value, "length / diameter of a hole, for its full exposure", false, {}, "", "A"}},
    calc_ald_flat};

extern const Command command_calc_yield;
const Command command_calc_yield = {
    "calc yield",
    "sputter yield of an ion",
    "damascene calc yield --energy \"500 eV\" --ion Ar --target Si",
    {flag_energy,
     flag_law,
     flag_angle,
     {"--ion", Flag::value, "He N O Ne Ar Kr Xe; with --target, at normal incidence", false, {}, "", "NAME"},
     {"--target", Flag::value, "C Al Si Ti Ni Cu Ge Mo Hf Ta W Au", false, {}, "", "NAME"}},
    calc_yield};

extern const Command command_calc_corner;
const Command command_calc_corner = {"calc corner",
                                     "deposition over sputter at which a convex corner is no longer clipped",
                                     "damascene calc corner --energy \"300 eV\" --ratio 4 --angle \"45 deg\"",
                                     {flag_energy,
                                      flag_law,
                                      {"--view",
                                       Flag::value,
                                       "what a facet sees of the depositing gas",
                                       false,
                                       {"half-sky", "flat"},
                                       "half-sky",
                                       "NAME"},
                                      {"--ratio", Flag::value, "D/S = (net + sputter)/sputter", false, {}, "", "D/S"},
                                      flag_angle},
                                     calc_corner};

}  // namespace damascene::cli
