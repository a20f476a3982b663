// Recipe text in two steps, for those who change values in between.
#pragma once

#include "damascene/flow.hpp"

namespace damascene::flow {

/// Files it extends and settings merged; presets not yet spread.
Node recipe_tree(const std::string& text, const std::string& file, const LoadOptions& options);
/// Checked and resolved: every fault at once, or none.
Recipe recipe_of_tree(Node tree, const std::string& text, const std::string& file, const LoadOptions& options);
/// Puts `value` at a dotted key ("step.fill.sticking"); steps are addressed by name. Faults are placed at `key_span`.
void put_value(Node& recipe, const std::string& key, const Node& value, const Span& key_span);

}  // namespace damascene::flow
