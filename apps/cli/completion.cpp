#include <algorithm>
#include <map>

#include "command.hpp"
#include "examples.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

struct Words {
    std::vector<std::string> first;
    std::map<std::string, std::vector<std::string>> second, flags;
};

Words all_words() {
    Words words;
    std::vector<std::string> global;
    for (const Flag& flag : global_flags()) global.emplace_back(flag.name);
    for (const Command* command : commands()) {
        const std::string name(command->name), head = name.substr(0, name.find(' '));
        if (std::find(words.first.begin(), words.first.end(), head) == words.first.end()) words.first.push_back(head);
        if (name != head) words.second[head].push_back(name.substr(head.size() + 1));
        auto& flags = words.flags[head];
        for (const Flag& flag : command->flags)
            if (flag.name.starts_with("--")) flags.emplace_back(flag.name);
    }
    for (auto& [head, flags] : words.flags) {
        flags.insert(flags.end(), global.begin(), global.end());
        std::sort(flags.begin(), flags.end());
        flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
    }
    for (const std::string& example : whole_examples()) words.second["init"].emplace_back(plain_name(example));
    for (const ModelInfo* model : flow::models_in("step")) words.second["models show"].emplace_back(model->name);
    for (const flow::Preset& preset : flow::presets()) words.second["presets show"].push_back(preset.name);
    for (const flow::CodeEntry& code : flow::error_codes()) words.second["explain"].emplace_back(code.code);
    return words;
}

std::string bash_script() {
    const Words words = all_words();
    std::string text =
        "# bash completion of damascene; source this file\n_damascene() {\n  local cur=${COMP_WORDS[COMP_CWORD]} "
        "words=\"\"\n  case \"$COMP_CWORD:${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n    1:*) words=\"" +
        flow::join(words.first, " ") + "\" ;;\n";
    for (const auto& [head, list] : words.second) {
        const bool deep = head.find(' ') != std::string::npos;
        text += std::string("    ") + (deep ? "3:\"" + head + "\"" : "2:\"" + head + " \"*") + ") words=\"" +
                flow::join(list, " ") + "\" ;;\n";
    }
    text += "  esac\n  if [[ $cur == -* ]]; then\n    case \"${COMP_WORDS[1]}\" in\n";
    for (const auto& [head, list] : words.flags)
        text += "      " + head + ") words=\"" + flow::join(list, " ") + "\" ;;\n";
    return text +
           "    esac\n  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n  [[ -z $words ]] && "
           "COMPREPLY=($(compgen -f -- \"$cur\"))\n  return 0\n}\ncomplete -F _damascene damascene\n";
}

/// Condition of fish that the words of a command stand on the line.
std::string seen_in_fish(const std::string& head) {
    std::vector<std::string> seen = flow::split(head, ' ');
    for (std::string& word : seen) word = "__fish_seen_subcommand_from " + word;
    return flow::join(seen, "; and ");
}

std::string fish_script() {
    const Words words = all_words();
    std::string text = "# fish completion of damascene\ncomplete -c damascene -n __fish_use_subcommand -f -a '" +
                       flow::join(words.first, " ") + "'\n";
    for (const auto& [head, list] : words.second)
        text += "complete -c damascene -n '" + seen_in_fish(head) + "' -f -a '" + flow::join(list, " ") + "'\n";
    for (const auto& [head, list] : words.flags)
        for (const std::string& flag : list)
            text += "complete -c damascene -n '__fish_seen_subcommand_from " + head + "' -l " + flag.substr(2) + "\n";
    return text;
}

int write_completion(const Session& session) {
    const std::string shell = session.args.text("SHELL");
    if (shell == "bash")
        print(bash_script());
    else if (shell == "zsh")
        print("#compdef damascene\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script());
    else
        print(fish_script());
    return 0;
}

}  // namespace

extern const Command command_completion;
const Command command_completion = {"completion",
                                    "shell completion script",
                                    "damascene completion bash > ~/.local/share/bash-completion/completions/damascene",
                                    {{"SHELL", Flag::positional, "shell", true, {"bash", "zsh", "fish"}}},
                                    write_completion};

}  // namespace damascene::cli
