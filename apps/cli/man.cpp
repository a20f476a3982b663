// The manual page (man(7) macros) and the command reference of the documentation, from the tables of commands.
#include <algorithm>

#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

struct ExitCode {
    int code;
    std::string_view meaning;
};
constexpr ExitCode exit_codes[] = {
    {0, "done, and every expect of the recipe is met"},
    {1, "ran, but a limit, an expect, a warning under --strict or a wanted convergence was not met"},
    {2, "bad input: recipe, layout, data or flag"},
    {3, "out of a resource: memory, disk or time"},
    {4, "internal error"},
    {130, "interrupted; what was finished is kept and --resume goes on (143: terminated)"},
};

bool by_position(const Flag& flag) { return flag.kind == Flag::positional || flag.kind == Flag::positional_list; }

std::string allowed(const Flag& flag) {
    const std::vector<std::string> choices(flag.choices.begin(), flag.choices.end());
    return choices.empty() ? std::string(flag.metavar) : flow::join(choices, "|");
}

/// "--kernels DIR", "RECIPE".
std::string usage_word(const Flag& flag) {
    const std::string name(flag.name);
    if (by_position(flag)) return name + (flag.kind == Flag::positional_list ? "..." : "");
    return flag.kind == Flag::toggle ? name : name + " " + allowed(flag);
}

std::string usage(const Command& command) {
    std::string text = "damascene " + std::string(command.name);
    for (const Flag& flag : command.flags)
        if (by_position(flag) || flag.required)
            text += " " + (flag.required ? usage_word(flag) : "[" + usage_word(flag) + "]");
    const bool more = std::any_of(command.flags.begin(), command.flags.end(),
                                  [](const Flag& f) { return !by_position(f) && !f.required; });
    return text + (more ? " [flags]" : "");
}

std::string meaning(const Flag& flag) {
    std::string text(flag.help);
    if (by_position(flag) && !flag.choices.empty()) text += ": " + allowed(flag);
    if (!flag.default_text.empty()) text += " (default " + std::string(flag.default_text) + ")";
    if (flag.required && !by_position(flag)) text += " (required)";
    return text;
}

/// Text of a man page: hyphens that may be copied, no control line from a leading point.
std::string troff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if ((c == '.' || c == '\'') && out.empty())
            out += "\\&" + std::string(1, c);
        else
            out += c;
    }
    return out;
}

std::string troff_flag(const Flag& flag) {
    return ".TP\n.B " + troff(usage_word(flag)) + "\n" + troff(meaning(flag)) + "\n";
}

std::string manual_page() {
    std::string text =
        ".TH DAMASCENE 1 \"\" \"damascene\" \"User commands\"\n.SH NAME\n"
        "damascene \\- process modelling of lithography, films and etches\n.SH SYNOPSIS\n"
        ".B damascene\n[\\fIglobal flags\\fR] \\fIcommand\\fR [\\fIarguments\\fR]\n.SH DESCRIPTION\n"
        "From a layout and a recipe to masks, images, resist profiles, etched and filled trenches, and one report. "
        "Results go to stdout, progress and messages to stderr.\n.SH GLOBAL FLAGS\n"
        "\\-o, \\-j, \\-q and \\-v are short for \\-\\-output, \\-\\-threads, \\-\\-quiet and \\-\\-verbose.\n";
    for (const Flag& flag : global_flags()) text += troff_flag(flag);
    text += ".SH COMMANDS\n";
    for (const Command* command : commands()) {
        text += ".SS " + troff(usage(*command)) + "\n" + troff(command->summary) + "\n";
        for (const Flag& flag : command->flags) text += troff_flag(flag);
        text += ".PP\nExample:\n.PP\n.RS\n.nf\n" + troff(command->example) + "\n.fi\n.RE\n";
    }
    text += ".SH EXIT STATUS\n";
    for (const ExitCode& row : exit_codes)
        text += ".TP\n.B " + std::to_string(row.code) + "\n" + troff(row.meaning) + "\n";
    return text;
}

/// Text in a cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '<' || c == '*' || c == '_') out += '\\';
        out += c;
    }
    return out;
}

std::string markdown_flags(const std::vector<Flag>& flags) {
    if (flags.empty()) return "";
    std::string text = "| flag | value | meaning |\n|---|---|---|\n";
    for (const Flag& flag : flags)
        text += "| `" + std::string(flag.name) + "` | " +
                (flag.kind == Flag::toggle || by_position(flag) ? std::string() : cell(allowed(flag))) +
                (flag.kind == Flag::repeated ? ", may repeat" : "") + " | " + cell(meaning(flag)) + " |\n";
    return text + "\n";
}

std::string markdown_reference() {
    std::string text =
        "# Command line\n\nResults go to stdout, progress and messages to stderr. Every command takes the global "
        "flags; `-o`, `-j`, `-q`, `-v` are short for `--output`, `--threads`, `--quiet`, `--verbose`.\n\n## Global "
        "flags\n\n" +
        markdown_flags(global_flags()) + "## Exit codes\n\n| code | meaning |\n|---|---|\n";
    for (const ExitCode& row : exit_codes) text += "| " + std::to_string(row.code) + " | " + cell(row.meaning) + " |\n";
    for (const Command* command : commands())
        text += "\n## " + std::string(command->name) + "\n\n" + std::string(command->summary) + "\n\n    " +
                usage(*command) + "\n\n" + markdown_flags(command->flags) + "Example:\n\n    " +
                std::string(command->example) + "\n";
    return text;
}

int write_manual(const Session& session) {
    print(session.args.has("--markdown") ? markdown_reference() : manual_page());
    return 0;
}

}  // namespace

extern const Command command_man;
const Command command_man = {"man",
                             "manual page of all commands",
                             "damascene man > damascene.1",
                             {{"--markdown", Flag::toggle, "as a documentation page"}},
                             write_manual};

}  // namespace damascene::cli
