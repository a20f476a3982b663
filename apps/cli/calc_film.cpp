// Light in a film stack on the command line: shares, swing curves, anti-reflective coatings. --output: CSV of a sweep.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "command.hpp"
#include "damascene/numerics/film_stack.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

using numerics::FilmStack;
using numerics::PlaneWave;

/// "FILM=LOW:HIGH:STEP", lengths; a unit on the last holds for all.
struct Range {
    std::string film;
    double low_nm = 0, high_nm = 0, step_nm = 0;
};

Range range_of(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::vector<std::string> parts =
        equals == std::string::npos ? std::vector<std::string>{} : flow::split(text.substr(equals + 1), ':');
    const InputError wrong("D0114", "--sweep wants FILM=LOW:HIGH:STEP, not '" + escape_text(text) + "'",
                           "for example --sweep \"resist=80:200:1 nm\"");
    if (parts.size() != 3) throw wrong;
    const auto unit = parse_quantity(parts[2]);
    if (!unit.value || !(unit.value->dimension == parse_unit("nm").dimension)) throw wrong;
    std::array<double, 3> value{};
    for (std::size_t i = 0; i < 3; ++i) {
        auto parsed = parse_quantity(parts[i]);
        if (parsed.value && !parsed.value->has_unit) parsed = parse_quantity(parts[i] + " " + unit.value->unit);
        if (!parsed.value || !(parsed.value->dimension == unit.value->dimension)) throw wrong;
        value[i] = parsed.value->si / 1e-9;
    }
    return {text.substr(0, equals), value[0], value[1], value[2]};
}

double s_share(const Session& session) {
    const std::string p = session.args.text("--polarisation", "unpolarised");
    return p == "s" ? 1 : p == "p" ? 0 : 0.5;
}

std::string number(double v) { return flow::shortest(v); }

/// Columns of numbers as CSV, JSON or an aligned table.
struct Columns {
    std::vector<std::string> names;
    std::vector<std::vector<double>> rows;
};

std::string csv(const Columns& c) {
    std::string text = flow::join(c.names, ",") + "\n";
    for (const auto& row : c.rows) {
        std::vector<std::string> cells;
        for (const double v : row) cells.push_back(number(v));
        text += flow::join(cells, ",") + "\n";
    }
    return text;
}

std::string json(const Columns& c) {
    std::vector<std::string> lists;
    for (std::size_t k = 0; k < c.names.size(); ++k) {
        std::vector<std::string> values;
        for (const auto& row : c.rows) values.push_back(number(row[k]));
        lists.push_back(json_text(c.names[k]) + ":[" + flow::join(values, ",") + "]");
    }
    return "{" + flow::join(lists, ",") + "}";
}

std::string aligned(const Columns& c) {
    std::string text;
    const auto line = [&](const std::vector<std::string>& cells) {
        for (std::size_t k = 0; k < cells.size(); ++k)
            text += std::string(std::max(c.names[k].size(), std::size_t{12}) + 2 - cells[k].size(), ' ') + cells[k];
        text += "\n";
    };
    line(c.names);
    for (const auto& row : c.rows) {
        std::vector<std::string> cells;
        for (const double v : row) cells.push_back(flow::rounded(v, 7));
        line(cells);
    }
    return text;
}

void show(const Session& session, const Columns& columns, const std::string& json_head, const std::string& text_head) {
    if (!session.output().empty()) flow::write_file(session.output(), csv(columns));
    if (session.json)
        print("{" + json_head + ",\"sweep\":" + json(columns) + "}\n");
    else
        print((session.output().empty() ? aligned(columns) : "") + text_head +
              (session.output().empty() ? "" : session.output() + "\n"));
}

/// Without the last rounding of metres to nanometres.
double nanometres(double v) { return std::stod(flow::rounded(v, 14)); }

std::string pair(const std::string& name, double value) { return json_text(name) + ":" + number(value); }

int one_state(const Session& session, const FilmStack& stack, Length wavelength, double kappa) {
    const auto light = numerics::swing_curve(stack, 0, wavelength, kappa, s_share(session), stack.films[0].thickness_nm,
                                             stack.films[0].thickness_nm, 1)
                           .front()
                           .light;
    double sum = light.reflected + light.transmitted;
    for (const double a : light.absorbed) sum += a;
    if (session.json) {
        std::vector<std::string> films;
        for (std::size_t j = 0; j < stack.films.size(); ++j)
            films.push_back("{\"name\":" + json_text(stack.films[j].name) + "," +
                            pair("n", stack.films[j].index.real()) + "," + pair("k", stack.films[j].index.imag()) +
                            "," + pair("thickness [nm]", nanometres(stack.films[j].thickness_nm)) + "," +
                            pair("absorbed", light.absorbed[j]) + "}");
        print("{" + pair("wavelength [nm]", nanometres(wavelength.in(nm))) + "," + pair("kappa", kappa) + "," +
              pair("reflected", light.reflected) + "," + pair("substrate", light.transmitted) + ",\"films\":[" +
              flow::join(films, ",") + "]," + pair("balance_error", sum - 1) + "}\n");
        return 0;
    }
    std::vector<std::pair<std::string, double>> list{{"reflected", light.reflected}};
    for (std::size_t j = 0; j < stack.films.size(); ++j)
        list.emplace_back("absorbed in " + stack.films[j].name, light.absorbed[j]);
    list.emplace_back("into the substrate", light.transmitted);
    list.emplace_back("sum - 1", sum - 1);
    std::size_t widest = 0;
    for (const auto& [name, value] : list) widest = std::max(widest, name.size());
    std::string text;
    for (const auto& [name, value] : list)
        text += name + std::string(widest + 2 - name.size(), ' ') + flow::rounded(value, 10) + "\n";
    print(text);
    return 0;
}

int swing(const Session& session, const FilmStack& stack, std::size_t resist, Length wavelength, double kappa) {
    const Range range = range_of(session.args.text("--sweep"));
    const auto curve = numerics::swing_curve(stack, numerics::find_film(stack, range.film), wavelength, kappa,
                                             s_share(session), range.low_nm, range.high_nm, range.step_nm);
    const std::string absorbed = "absorbed in " + stack.films[resist].name;
    Columns columns{{range.film + " [nm]", "reflected", absorbed, "substrate"}, {}};
    for (const auto& point : curve)
        columns.rows.push_back(
            {point.thickness_nm, point.light.reflected, point.light.absorbed[resist], point.light.transmitted});
    const auto less = [](const auto& a, const auto& b) { return a.light.reflected < b.light.reflected; };
    const auto [low, high] = std::minmax_element(curve.begin(), curve.end(), less);
    const auto at = [](const numerics::SwingPoint& p) {
        return flow::rounded(p.light.reflected, 7) + " at " + flow::rounded(p.thickness_nm, 7) + " nm\n";
    };
    show(session, columns,
         pair("wavelength [nm]", nanometres(wavelength.in(nm))) + "," + pair("kappa", kappa) + "," +
             pair("least_reflected", low->light.reflected) + "," + pair("most_reflected", high->light.reflected),
         "least reflected " + at(*low) + "most reflected  " + at(*high));
    return 0;
}

/// "0.6:0.9" or "0.7".
std::array<double, 2> sigma_of(const std::string& text) {
    std::vector<double> values;
    for (const std::string& part : flow::split(text, ':')) {
        const auto parsed = parse_quantity(part);
        if (!parsed.value || parsed.value->has_unit)
            throw InputError("D0114", "--sigma wants OUT or IN:OUT, not '" + escape_text(text) + "'",
                             "for example --sigma 0.6:0.9");
        values.push_back(parsed.value->si);
    }
    if (values.empty() || values.size() > 2)
        throw InputError("D0114", "--sigma wants OUT or IN:OUT, not '" + escape_text(text) + "'",
                         "for example --sigma 0.6:0.9");
    return {values.size() == 2 ? values[0] : 0.0, values.back()};
}

int coating(const Session& session, const FilmStack& stack, std::size_t resist, Length wavelength) {
    const std::string name = session.args.text("--barc");
    const std::size_t film = numerics::find_film(stack, name);
    Range range{name, 0, 150, 0.5};
    if (session.args.has("--sweep")) range = range_of(session.args.text("--sweep"));
    if (range.film != name)
        throw InputError("D0114", "--sweep and --barc name two films", "vary the coating: --sweep " + name + "=...");
    const double na = session.args.number("--na", 0);
    const auto [inner, outer] = sigma_of(session.args.text("--sigma", "0"));
    if (outer > 0 && !(na > 0 && na < stack.ambient))
        throw InputError("D0114", "--sigma needs --na between 0 and the index above, " + number(stack.ambient),
                         "--na 1.35");
    const auto light =
        outer > 0 ? numerics::ring_incidences(na, inner, outer) : std::vector<numerics::Incidence>{{0, 1}};
    const auto best =
        numerics::best_coating(stack, film, resist, wavelength, light, range.low_nm, range.high_nm, range.step_nm);
    Columns columns{{name + " [nm]", "reflectivity"}, {}};
    for (std::size_t i = 0; i < best.scanned_nm.size(); ++i)
        columns.rows.push_back({best.scanned_nm[i], best.scanned_reflectivity[i]});
    show(session, columns,
         pair("wavelength [nm]", nanometres(wavelength.in(nm))) + "," + pair("best_thickness [nm]", best.thickness_nm) +
             "," + pair("reflectivity", best.reflectivity),
         "best thickness of " + name + "  " + flow::rounded(best.thickness_nm, 7) + " nm\nreflected into " +
             stack.films[resist].name + "  " + flow::rounded(best.reflectivity, 7) + "\n");
    return 0;
}

int calc_film(const Session& session) {
    const Length wavelength = Length::from_si(session.args.quantity("--wavelength", "nm", 193.368e-9));
    const double angle = session.args.quantity("--angle", "deg", 0);
    if (!(angle >= 0) || !(angle < std::numbers::pi / 2))
        throw InputError("D0114", "--angle is out of range: " + session.args.text("--angle"), "0 deg .. below 90 deg");
    const flow::Resolved table = flow::load_stack_table(session.args.text("--stack"));
    const FilmStack stack = flow::load_stack(table, wavelength);
    const double kappa = stack.ambient * std::sin(angle);
    if (session.args.has("--barc")) return coating(session, stack, flow::resist_film(table, stack), wavelength);
    if (session.args.has("--sweep")) return swing(session, stack, flow::resist_film(table, stack), wavelength, kappa);
    return one_state(session, stack, wavelength, kappa);
}

}  // namespace

extern const Command command_calc_film;
const Command command_calc_film = {
    "calc film",
    "reflection and absorption of a film stack, swing curves, anti-reflective coatings",
    "damascene calc film --stack stack.toml --wavelength \"193.368 nm\" --sweep \"resist=80:200:1 nm\"",
    {{"--stack", Flag::value, "file with a table [stack]", true, {}, "", "FILE"},
     {"--wavelength", Flag::value, "with unit", false, {}, "193.368 nm", "W"},
     {"--angle", Flag::value, "of incidence above the films, with unit", false, {}, "0 deg", "A"},
     {"--polarisation", Flag::value, "of the light", false, {"s", "p", "unpolarised"}, "unpolarised", "NAME"},
     {"--sweep", Flag::value, "thicknesses of one film: \"resist=80:200:1 nm\"", false, {}, "", "RANGE"},
     {"--barc", Flag::value, "film whose thickness shall reflect least into the resist", false, {}, "", "FILM"},
     {"--sigma", Flag::value, "source for --barc: OUT or IN:OUT", false, {}, "0", "S"},
     {"--na", Flag::value, "numerical aperture for --barc", false, {}, "0", "NA"}},
    calc_film};

}  // namespace damascene::cli
