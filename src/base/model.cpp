// Resolved parameters and the defaults a parameter table states.
#include "damascene/base/model.hpp"

#include <charconv>
#include <stdexcept>

#include "damascene/base/units.hpp"

namespace damascene {
namespace {

[[noreturn]] void undeclared(std::string_view name, std::string_view kind) {
    throw std::logic_error("parameter '" + std::string(name) + "' has no " + std::string(kind) + " value");
}

template <class T>
const T& value_of(const std::map<std::string, ParamValue, std::less<>>& values, std::string_view name,
                  std::string_view kind) {
    const auto found = values.find(name);
    if (found == values.end()) undeclared(name, kind);
    if (const T* value = std::get_if<T>(&found->second)) return *value;
    undeclared(name, kind);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

std::string_view unquoted(std::string_view text) {
    text = trimmed(text);
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

// "[a, b]" or "{a, b}" -> {"a", "b"}; commas inside quotes do not separate.
std::vector<std::string_view> items(std::string_view text, char open, char close) {
    text = trimmed(text);
    if (text.size() < 2 || text.front() != open || text.back() != close) return {text};
    text = text.substr(1, text.size() - 2);
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '"') quoted = !quoted;
        if (i < text.size() && (text[i] != ',' || quoted)) continue;
        if (const auto item = trimmed(text.substr(begin, i - begin)); !item.empty()) out.push_back(item);
        begin = i + 1;
    }
    return out;
}

// "90 nm", "\"90 nm\"" or, in the display unit of the table, "90".
double real_default(std::string_view text, std::string_view unit) {
    const QuantityParse parsed = parse_quantity(unquoted(text));
    if (!parsed.value) throw std::logic_error("default '" + std::string(text) + "': " + parsed.error);
    const bool wrong = parsed.value->has_unit && parsed.value->dimension != parse_unit(unit).dimension;
    if (wrong) throw std::logic_error("default '" + std::string(text) + "' is not in " + std::string(unit));
    return parsed.value->has_unit || unit.empty() ? parsed.value->si : to_si(parsed.value->si, unit);
}

std::int64_t integer_default(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size())
        throw std::logic_error("default '" + std::string(text) + "' is not an integer");
    return value;
}

std::map<std::string, std::string> table_default(std::string_view text) {
    std::map<std::string, std::string> table;
    for (std::string_view item : items(text, '{', '}')) {
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos)
            throw std::logic_error("default '" + std::string(text) + "' is not a table");
        table.emplace(unquoted(item.substr(0, equals)), unquoted(item.substr(equals + 1)));
    }
    return table;
}

ParamValue parsed_default(const ParamSpec& spec) {
    const std::string_view text = spec.default_text;
    switch (spec.kind) {
        case ParamKind::real: return real_default(text, spec.unit);
        case ParamKind::integer: return integer_default(trimmed(text));
        case ParamKind::boolean: return trimmed(text) == "true";
        case ParamKind::real_list: {
            std::vector<double> list;
            for (std::string_view item : items(text, '[', ']')) list.push_back(real_default(item, spec.unit));
            return list;
        }
        case ParamKind::text_list: {
            std::vector<std::string> list;
            for (std::string_view item : items(text, '[', ']')) list.emplace_back(unquoted(item));
            return list;
        }
        case ParamKind::text_table: return table_default(text);
        default: return std::string(unquoted(text));
    }
}

}  // namespace

void ParamValues::set(std::string name, ParamValue value) {
    values_.insert_or_assign(std::move(name), std::move(value));
}

void ParamValues::set_model(std::string name, std::string kind, ParamValues values) {
    models_.insert_or_assign(std::move(name), std::pair(std::move(kind), std::move(values)));
}

bool ParamValues::has(std::string_view name) const {
    const auto found = values_.find(name);
    const bool present = found != values_.end() && !std::holds_alternative<std::monostate>(found->second);
    return present || models_.find(name) != models_.end();
}

double ParamValues::real(std::string_view name) const {
    const auto found = values_.find(name);
    if (found != values_.end())
        if (const auto* whole = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*whole);
    return value_of<double>(values_, name, "real");
}

std::int64_t ParamValues::integer(std::string_view name) const {
    return value_of<std::int64_t>(values_, name, "integer");
}
bool ParamValues::boolean(std::string_view name) const { return value_of<bool>(values_, name, "boolean"); }
const std::string& ParamValues::text(std::string_view name) const {
    return value_of<std::string>(values_, name, "text");
}
const std::vector<double>& ParamValues::reals(std::string_view name) const {
    return value_of<std::vector<double>>(values_, name, "list");
}
const std::vector<std::string>& ParamValues::texts(std::string_view name) const {
    return value_of<std::vector<std::string>>(values_, name, "text list");
}
const std::map<std::string, std::string>& ParamValues::table(std::string_view name) const {
    return value_of<std::map<std::string, std::string>>(values_, name, "table");
}

const std::string& ParamValues::model_kind(std::string_view name) const {
    const auto found = models_.find(name);
    if (found == models_.end()) undeclared(name, "model");
    return found->second.first;
}

const ParamValues& ParamValues::model(std::string_view name) const {
    const auto found = models_.find(name);
    if (found == models_.end()) undeclared(name, "model");
    return found->second.second;
}

ParamValues default_values(const ModelInfo& model) {
    ParamValues values;
    for (const ParamSpec& spec : model.params)
        if (!spec.default_text.empty() && spec.kind != ParamKind::model)
            values.set(std::string(spec.name), parsed_default(spec));
    return values;
}

}  // namespace damascene
