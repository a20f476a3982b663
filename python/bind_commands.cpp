// The commands of the program, called in this process: damascene.calc and friends compute nothing of their own.
#include "command.hpp"
#include "native.hpp"

namespace damascene::python {
namespace {

struct Answer {
    int exit = 0;
    cli::Captured text;
};

Answer run_command(const std::vector<std::string>& words, const std::atomic<bool>& cancel) {
    std::vector<const char*> argv = {"damascene"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    const cli::Parsed parsed = cli::parse_command_line(static_cast<int>(argv.size()), argv.data());
    if (parsed.done) return {0, {parsed.text, {}}};
    cli::Session session;
    session.args = parsed.args;
    session.program = session.command_line = "damascene";
    session.json = parsed.args.has("--json");
    session.quiet = true;
    session.cancel = &cancel;
    Answer answer;
    cli::capture(&answer.text);  // of this thread, which ends with the command
    answer.exit = parsed.command->run(session);
    return answer;
}

nb::list flags_of(const cli::Command& command) {
    nb::list rows;
    for (const cli::Flag& flag : command.flags) {
        nb::dict row;
        row["name"] = flag.name;
        row["kind"] = flag.kind == cli::Flag::toggle     ? "toggle"
                      : flag.kind == cli::Flag::repeated ? "repeated"
                      : flag.kind == cli::Flag::value    ? "value"
                                                         : "positional";
        row["help"] = flag.help;
        row["required"] = flag.required;
        row["choices"] = std::vector<std::string>(flag.choices.begin(), flag.choices.end());
        row["default"] = flag.default_text;
        row["file"] = flag.metavar == "FILE" && flag.required;
        rows.append(row);
    }
    return rows;
}

}  // namespace

void bind_commands(nb::module_& m) {
    m.def(
        "command",
        [](const std::vector<std::string>& words) {
            std::atomic<bool> cancel = false;
            Answer answer;
            away(cancel, [&] { answer = run_command(words, cancel); });
            return std::make_tuple(answer.exit, answer.text.printed, answer.text.notes);
        },
        "words"_a, "Runs a command of the program in this process: (exit code, what it printed, its notes).");
    m.def(
        "command_table",
        [] {
            nb::list list;
            for (const cli::Command* command : cli::commands()) {
                nb::dict item;
                item["name"] = command->name;
                item["summary"] = command->summary;
                item["example"] = command->example;
                item["flags"] = flags_of(*command);
                list.append(item);
            }
            return list;
        },
        nb::sig("def command_table() -> list[dict[str, typing.Any]]"), "Every command with its flags.");
}

}  // namespace damascene::python
