// argv -> Arguments, by the tables of commands. The only place that knows CLI11.
#include <CLI/CLI.hpp>
#include <charconv>

#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

using Values = std::map<std::string, std::vector<std::string>>;

void add_flag(CLI::App& app, const Flag& flag, Values& values, std::map<std::string, bool>& toggles) {
    const std::string name(flag.name),
        help = std::string(flag.help) +
               (flag.default_text.empty() ? "" : " (default " + std::string(flag.default_text) + ")");
    static const std::map<std::string, std::string> short_names = {
        {"--output", "-o,"}, {"--quiet", "-q,"}, {"--verbose", "-v,"}, {"--threads", "-j,"}};
    const auto alias = short_names.find(name);
    const std::string names = (alias == short_names.end() ? "" : alias->second) + name;
    if (flag.kind == Flag::toggle) {
        app.add_flag(names, toggles[name], help);
        return;
    }
    CLI::Option* option = app.add_option(names, values[name], help);
    option->required(flag.required)->type_name(std::string(flag.metavar));
    if (flag.kind != Flag::positional_list)
        option->expected(1)->allow_extra_args(false)->multi_option_policy(
            flag.kind == Flag::repeated ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
    if (!flag.choices.empty())
        option->check(CLI::IsMember(std::vector<std::string>(flag.choices.begin(), flag.choices.end())));
}

std::string with_suggestion(const std::string& message, int argc, const char* const* argv, const Command* command) {
    std::vector<std::string> known;
    for (const Flag& flag : global_flags()) known.emplace_back(flag.name);
    if (command)
        for (const Flag& flag : command->flags) known.emplace_back(flag.name);
    for (const Command* c : commands()) known.push_back(std::string(c->name.substr(0, c->name.find(' '))));
    for (int i = 1; i < argc; ++i) {
        const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
        if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) continue;
        if (message.find(word) == std::string::npos) continue;
        if (const std::string near = nearest_name(word, known); !near.empty()) return "did you mean " + near + "?";
    }
    return "damascene --help lists commands and flags";
}

/// The word where a command should stand, if it names none.
std::string unknown_command(int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word.starts_with('-') || std::string_view(argv[i - 1]).starts_with('-'))
            continue;  // a flag, or a flag's value
        const bool known = std::any_of(commands().begin(), commands().end(),
                                       [&](const Command* c) { return c->name.substr(0, c->name.find(' ')) == word; });
        return known ? "" : word;
    }
    return "";
}

}  // namespace

const std::vector<Flag>& global_flags() {
    static const std::vector<Flag> flags = {
        {"--output", Flag::value, "folder (or file) for results", false, {}, "", "DIR"},
        {"--threads", Flag::value, "threads, default all; results do not depend on it", false, {}, "", "N"},
        {"--seed", Flag::value, "seed of random draws", false, {}, "", "N"},
        {"--max-memory", Flag::value, "refuse to start above this, e.g. 8GB", false, {}, "", "SIZE"},
        {"--max-time", Flag::value, "stop after this, e.g. \"10 min\"; resumable", false, {}, "", "TIME"},
        {"--strict", Flag::toggle, "warnings become exit code 1"},
        {"--lenient", Flag::toggle, "readers skip and count faulty layout elements"},
        {"--json", Flag::toggle, "one JSON object on stdout"},
        {"--progress",
         Flag::value,
         "how progress is shown on stderr",
         false,
         {"auto", "tty", "plain", "json", "none"},
         "auto",
         "KIND"},
        {"--progress-fd", Flag::value, "file descriptor for progress", false, {}, "2", "N"},
        {"--color",
         Flag::value,
         "colours on stderr; NO_COLOR is honoured",
         false,
         {"auto", "always", "never"},
         "auto",
         "WHEN"},
        {"--quiet", Flag::toggle, "no progress and no notes"},
        {"--verbose", Flag::toggle, "more detail"},
    };
    return flags;
}

Parsed parse_command_line(int argc, const char* const* argv) {
    CLI::App app("damascene: process modelling for semiconductor lithography and films", "damascene");
    app.set_version_flag("--version", "damascene " + flow::version_text());
    app.require_subcommand(1);
    app.fallthrough();
    Values values;
    std::map<std::string, bool> toggles;
    for (const Flag& flag : global_flags()) add_flag(app, flag, values, toggles);
    std::map<std::string, CLI::App*> groups;
    std::vector<std::pair<CLI::App*, const Command*>> leaves;
    std::vector<Values> own_values(commands().size());
    std::vector<std::map<std::string, bool>> own_toggles(commands().size());
    for (std::size_t i = 0; i < commands().size(); ++i) {
        const Command& command = *commands()[i];
        const std::size_t space = command.name.find(' ');
        CLI::App* parent = &app;
        if (space != std::string_view::npos) {
            CLI::App*& group = groups[std::string(command.name.substr(0, space))];
            if (!group)
                group = app.add_subcommand(std::string(command.name.substr(0, space)),
                                           std::string(command.name.substr(0, space)) + " commands")
                            ->require_subcommand(1)
                            ->fallthrough();
            parent = group;
        }
        CLI::App* leaf =
            parent->add_subcommand(std::string(command.name.substr(space == std::string_view::npos ? 0 : space + 1)),
                                   std::string(command.summary));
        leaf->fallthrough();
        leaf->footer("Example: " + std::string(command.example));
        for (const Flag& flag : command.flags) add_flag(*leaf, flag, own_values[i], own_toggles[i]);
        leaves.emplace_back(leaf, &command);
    }
    const Command* chosen = nullptr;
    const auto find_chosen = [&] {
        for (const auto& [leaf, command] : leaves)
            if (leaf->parsed()) chosen = command;
    };
    Parsed parsed;
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        std::ostringstream text;
        app.exit(success, text, text);
        parsed.done = true;
        parsed.text = text.str();
        return parsed;
    } catch (const CLI::ParseError& error) {
        find_chosen();
        if (const std::string word = chosen ? "" : unknown_command(argc, argv); !word.empty())
            throw InputError("D0114", "there is no command '" + escape_text(word) + "'",
                             with_suggestion(word, argc, argv, nullptr));
        throw InputError("D0114", error.what(), with_suggestion(error.what(), argc, argv, chosen));
    }
    find_chosen();
    parsed.command = chosen;
    const auto take = [&](const Values& given, const std::map<std::string, bool>& set) {
        for (const auto& [name, list] : given)
            if (!list.empty()) parsed.args.values[name] = list;
        for (const auto& [name, on] : set)
            if (on) parsed.args.values[name] = {};
    };
    take(values, toggles);
    for (std::size_t i = 0; i < leaves.size(); ++i)
        if (leaves[i].second == chosen) take(own_values[i], own_toggles[i]);
    return parsed;
}

std::string Arguments::text(std::string_view name, const std::string& otherwise) const {
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? otherwise : found->second.front();
}

std::vector<std::string> Arguments::list(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::vector<std::string>{} : found->second;
}

double Arguments::number(std::string_view name, double otherwise) const {
    if (!has(name)) return otherwise;
    const std::string word = text(name);
    double value = 0;
    const auto result = std::from_chars(word.data(), word.data() + word.size(), value);
    if (result.ec != std::errc() || result.ptr != word.data() + word.size())
        throw InputError("D0114", std::string(name) + " wants a number, not '" + escape_text(word) + "'");
    return value;
}

std::int64_t Arguments::whole(std::string_view name, std::int64_t otherwise) const {
    if (!has(name)) return otherwise;
    const std::string word = text(name);
    std::int64_t value = 0;
    const auto result = std::from_chars(word.data(), word.data() + word.size(), value);
    if (result.ec != std::errc() || result.ptr != word.data() + word.size() || value < 0)
        throw InputError("D0114", std::string(name) + " wants a whole number, not '" + escape_text(word) + "'");
    return value;
}

double Arguments::bytes(std::string_view name) const {
    if (!has(name)) return 0;
    const std::string word = text(name);
    double value = 0;
    const auto result = std::from_chars(word.data(), word.data() + word.size(), value);
    std::string unit(result.ptr, word.data() + word.size());
    unit.erase(0, std::min(unit.find_first_not_of(' '), unit.size()));
    const std::map<std::string, double> factors = {
        {"", 1},     {"B", 1},     {"kB", 1e3},        {"MB", 1e6},
        {"GB", 1e9}, {"TB", 1e12}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}};
    const auto factor = factors.find(unit);
    if (result.ec != std::errc() || factor == factors.end() || !(value > 0))
        throw InputError("D0114", std::string(name) + " wants a size, not '" + escape_text(word) + "'",
                         "for example 8GB");
    return value * factor->second;
}

double Arguments::quantity(std::string_view name, std::string_view unit, double otherwise) const {
    if (!has(name)) return otherwise;
    const QuantityParse parsed = parse_quantity(text(name));
    if (!parsed.value || !(parsed.value->dimension == parse_unit(unit).dimension))
        throw InputError(parsed.value ? "D0203" : "D0202",
                         std::string(name) + " wants " + dimension_name(parse_unit(unit).dimension) + ", not '" +
                             escape_text(text(name)) + "'",
                         parsed.help.empty() ? "for example \"10 " + std::string(unit) + "\"" : parsed.help);
    return parsed.value->si;
}

double Arguments::seconds(std::string_view name) const { return quantity(name, "s", 0); }

}  // namespace damascene::cli
