#include "command.hpp"

namespace damascene::cli {

extern const Command command_schema;
const Command command_schema = {"schema",
                                "JSON schema of a recipe (draft 4, as TOML editors accept it)",
                                "damascene schema > damascene.schema.json",
                                {},
                                [](const Session&) {
                                    print(flow::recipe_schema());
                                    return 0;
                                }};

}  // namespace damascene::cli
