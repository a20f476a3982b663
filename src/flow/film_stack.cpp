// The table [stack]: films as text, materials by name.
//
//   film := NAME (MATERIAL | INDEX) THICKNESS;  INDEX := n ["+" k "i"];  for example "resist 1.70+0.03i 120 nm"
#include "damascene/numerics/film_stack.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <complex>
#include <optional>
#include <sstream>

#include "damascene/optics/materials.hpp"
#include "flow/litho.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

using Complex = std::complex<double>;

constexpr const char* film_form = "NAME INDEX THICKNESS, for example \"resist 1.70+0.03i 120 nm\"";

struct Reader {
    const Resolved& table;
    Length wavelength;
    Faults& faults;

    Span span(const std::string& key) const {
        const auto found = table.spans.find(key);
        return found == table.spans.end() ? Span{} : found->second;
    }
    void fault(const std::string& key, const char* code, const std::string& message, const std::string& label,
               const std::string& help = {}) {
        faults.error(code, message, span(key), label, help);
    }

    /// "1.70+0.03i" or a material; 1 after a fault.
    Complex index(const std::string& key, const std::string& whose, const std::string& text) {
        const char first = text.empty() ? ' ' : text.front();
        if (std::isdigit(static_cast<unsigned char>(first)) || first == '.' || first == '-' || first == '+')
            return number(key, whose, text);
        try {
            return optics::find_material(text, wavelength).index;
        } catch (const InputError& e) {
            const Diagnostic& d = e.diagnostics().front();
            fault(key, d.code.c_str(), whose + ": " + d.message, "a material, or n+ki", d.help);
            return 1;
        }
    }

    Complex number(const std::string& key, const std::string& whose, const std::string& text) {
        const std::optional<Complex> n = complex_number(text);
        if (!n)
            fault(key, "D0105", whose + ": '" + text + "' is not a refractive index",
                  "n or n+ki, for example 1.70+0.03i");
        else if (n->imag() < 0)
            fault(key, "D0204", whose + ": extinction k = " + shortest(n->imag()) + " is negative", "k >= 0",
                  "this code uses n + ik: write a plus sign, k > 0 absorbs");
        else if (!(n->real() > 0) || !std::isfinite(n->real()) || !std::isfinite(n->imag()))
            fault(key, "D0204", whose + ": refractive index " + text + " is out of range", "n > 0, k >= 0");
        else
            return *n;
        return 1;
    }

    static std::optional<Complex> complex_number(const std::string& text) {
        const char *at = text.data(), *end = at + text.size();
        const auto real = [&]() -> std::optional<double> {
            double value = 0;
            if (at < end && *at == '+') ++at;
            const auto [next, error] = std::from_chars(at, end, value);
            if (error != std::errc()) return {};
            at = next;
            return value;
        };
        const std::optional<double> n = real();
        if (!n || at == end) return n ? std::optional<Complex>(*n) : std::nullopt;
        if (*at != '+' && *at != '-') return {};
        const std::optional<double> k = real();
        if (!k || end - at != 1 || (*at != 'i' && *at != 'j')) return {};
        return Complex(*n, *k);
    }

    std::optional<numerics::Film> film(const std::string& text) {
        std::vector<std::string> words;
        std::istringstream in(text);
        for (std::string word; in >> word;) words.push_back(word);
        if (words.empty()) {
            fault("films", "D0105", "a film is empty", film_form);
            return {};
        }
        const std::string whose = "film '" + words[0] + "'";
        // "120 nm" is two words, "120nm" one.
        for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
            if (words.size() < count + 2) continue;
            const auto split = words.end() - static_cast<std::ptrdiff_t>(count);
            const QuantityParse thickness = parse_quantity(join({split, words.end()}, " "));
            if (!thickness.value || !(thickness.value->dimension == parse_unit("nm").dimension)) continue;
            const Complex n = index("films", whose, join({words.begin() + 1, split}, ""));
            const double d = thickness.value->si / 1e-9;
            if (!(d >= 0) || !std::isfinite(d))
                fault("films", "D0204", whose + ": thickness " + join({split, words.end()}, " ") + " is out of range",
                      "a length, at least 0 nm");
            return numerics::Film{words[0], n, d, 0};
        }
        const QuantityParse last = parse_quantity(words.back());
        if (words.size() > 2 && last.value && !last.value->has_unit)
            fault("films", "D0201", whose + ": the thickness needs a unit", film_form, "write \"" + text + " nm\"");
        else
            fault("films", "D0107", whose + " has no thickness", film_form);
        return {};
    }
};

ParamSpec thickness_row(std::string_view name, double low, std::string_view doc) {
    return {.name = name, .unit = "nm", .low = low, .high = 10000, .doc = doc, .optional = true};
}
/// Numbers that a sweep or a fit can vary.
ParamSpec index_row(std::string_view name, std::string_view doc) {
    const bool real_part = name.ends_with("_n");
    return {.name = name, .low = 0, .high = 10, .low_open = real_part, .doc = doc, .optional = true};
}

/// resist_*, coating_*: numbers in place of those in the film texts.
void replace_numbers(Reader& read, numerics::FilmStack& stack) {
    const ParamValues& v = read.table.values;
    const auto resist = std::find_if(stack.films.begin(), stack.films.end(),
                                     [&](const numerics::Film& f) { return f.name == v.text("resist"); });
    for (const std::string whose : {"resist", "coating"})
        for (const std::string what : {"_thickness", "_n", "_k"}) {
            const std::string key = whose + what;
            if (!v.has(key)) continue;
            const auto film = whose == "resist" || resist == stack.films.end() ? resist : resist + 1;
            if (film == stack.films.end())
                read.fault(key, "D0402", "'" + key + "' has no film to act on", "below the resist lies the substrate",
                           "add a film, or remove this key");
            else if (what == "_thickness")
                film->thickness_nm = v.real(key) / 1e-9;
            else
                film->index =
                    what == "_n" ? Complex(v.real(key), film->index.imag()) : Complex(film->index.real(), v.real(key));
        }
}

}  // namespace

const ModelInfo& stack_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "stack",
        .summary = "Films under the lens: what stands above, the films from the top down, the substrate.",
        .equation = "n + i k, k > 0 absorbs;  r = (Y_j - Y_{j+1})/(Y_j + Y_{j+1}),  Y = q (s) or n^2/q (p)",
        .citation = "BornWolf1999",
        .params = {
            {.name = "ambient",
             .kind = ParamKind::text,
             .default_text = "air",
             .doc = "medium above the films: a material, or its index as a text"},
            {.name = "films",
             .kind = ParamKind::text_list,
             .doc = "from the top down, each \"NAME INDEX THICKNESS\" or \"NAME MATERIAL THICKNESS\""},
            {.name = "substrate",
             .kind = ParamKind::text,
             .default_text = "silicon",
             .doc = "below the films: a material, or n+ki as a text"},
            {.name = "resist",
             .kind = ParamKind::text,
             .default_text = "resist",
             .doc = "name of the film that holds the image"},
            thickness_row("resist_thickness", 1, "of the film that holds the image, in place of that in films"),
            thickness_row("coating_thickness", 0, "of the film below it, in place of that in films"),
            index_row("resist_n", "n of the film that holds the image"),
            index_row("resist_k", "k of the film that holds the image"),
            index_row("coating_n", "n of the film below it"),
            index_row("coating_k", "k of the film below it"),
        }};
    return table;
}

numerics::FilmStack load_stack(const Resolved& table, Length wavelength) {
    Faults faults;
    Reader read{table, wavelength, faults};
    numerics::FilmStack stack;
    const Complex above = read.index("ambient", "the ambient", table.values.text("ambient"));
    if (above.imag() > 0)
        read.fault("ambient", "D0204", "the ambient absorbs: k = " + shortest(above.imag()), "a real index");
    stack.ambient = above.real();
    for (const std::string& text : table.values.texts("films"))
        if (const auto film = read.film(text)) {
            for (const numerics::Film& other : stack.films)
                if (other.name == film->name)
                    read.fault("films", "D0108", "film '" + film->name + "' stands twice", "names are unique",
                               "rename one");
            stack.films.push_back(*film);
        }
    stack.substrate = read.index("substrate", "the substrate", table.values.text("substrate"));
    replace_numbers(read, stack);
    faults.throw_if_any();
    return stack;
}

std::size_t resist_film(const Resolved& table, const numerics::FilmStack& stack) {
    try {
        return numerics::find_film(stack, table.values.text("resist"));
    } catch (const InputError& e) {
        Diagnostic d = e.diagnostics().front();
        const auto found = table.spans.find(std::string("resist"));
        if (found != table.spans.end()) d.where = where(found->second);
        d.label = "the film that holds the image";
        throw InputError(d);
    }
}

Resolved load_stack_table(const std::string& path) {
    const Node node = read_recipe_text(read_text_file(path), path);
    const Node* table = node.find("stack");
    Faults faults;
    Resolved resolved = resolve(table ? *table : node, stack_table(), "[stack]", "stack", faults);
    faults.throw_if_any();
    return resolved;
}

}  // namespace damascene::flow
