#include "command.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

int explain_word(const Session& session) {
    const std::string word = session.args.text("WORD");
    if (word.empty()) {
        for (const flow::CodeEntry& entry : flow::error_codes())
            print(std::string(entry.code) + "  " + std::string(entry.meaning) + "\n");
        return 0;
    }
    const std::string text = flow::explain(word);
    if (text.empty())
        throw InputError("D0114", "nothing is known about '" + escape_text(word) + "'",
                         "an error code, a model, a parameter or a metric; 'damascene explain' lists the codes");
    print(text);
    return 0;
}

}  // namespace

extern const Command command_explain;
const Command command_explain = {"explain",
                                 "error code, parameter, model or metric: meaning, cause, fix",
                                 "damascene explain D0203",
                                 {{"WORD", Flag::positional, "code, parameter, model or metric"}},
                                 explain_word};

}  // namespace damascene::cli
