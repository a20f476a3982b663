// TOML 1.0 text -> Node tree with the place of every key and value. The only place that knows toml++.
#include <algorithm>

#include "damascene/flow.hpp"
#include "flow/text.hpp"

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace damascene::flow {
namespace {

using SourcePtr = std::shared_ptr<const Source>;

Span span_of(const toml::source_region& region, const SourcePtr& source) {
    Span span{source, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column), 1};
    const int line_length = span.line >= 1 && span.line <= static_cast<int>(source->lines.size())
                                ? code_points(source->lines[static_cast<std::size_t>(span.line - 1)])
                                : 0;
    const bool one_line = region.end.line == region.begin.line;
    const int end = one_line ? static_cast<int>(region.end.column) : line_length + 1;
    span.length = std::max(1, end - span.column);
    return span;
}

Node convert(const toml::node& value, const SourcePtr& source);

Node convert_table(const toml::table& table, const SourcePtr& source) {
    Node node;
    for (auto&& [key, child] : table) {
        Node entry = convert(child, source);
        entry.key_span = span_of(key.source(), source);
        entry.key_span.length = code_points(std::string(key.str()));
        node.entries.push_back({std::string(key.str()), std::move(entry)});
    }
    std::stable_sort(node.entries.begin(), node.entries.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.key_span.line, a.second.key_span.column) <
               std::pair(b.second.key_span.line, b.second.key_span.column);
    });
    return node;
}

Node convert(const toml::node& value, const SourcePtr& source) {
    Node node;
    if (const toml::table* table = value.as_table())
        node = convert_table(*table, source);
    else if (const toml::array* array = value.as_array()) {
        node.kind = Node::Kind::array;
        for (const toml::node& item : *array) node.items.push_back(convert(item, source));
    } else if (auto text = value.value_exact<std::string>()) {
        node.kind = Node::Kind::text;
        node.text = *text;
    } else if (auto integer = value.value_exact<std::int64_t>()) {
        node.kind = Node::Kind::integer;
        node.integer = *integer;
    } else if (auto real = value.value_exact<double>()) {
        node.kind = Node::Kind::real;
        node.real = *real;
    } else if (auto boolean = value.value_exact<bool>()) {
        node.kind = Node::Kind::boolean;
        node.boolean = *boolean;
    } else {  // dates and times: no recipe value has this type
        Faults faults;
        faults.error("D0103", "a date or time is not a recipe value", span_of(value.source(), source),
                     "write a quantity such as \"30 s\"");
        faults.throw_if_any();
    }
    node.span = span_of(value.source(), source);
    return node;
}

/// Refuses bytes beyond ASCII outside of quotes and comments. TOML allows none there, and toml++ 3.3 classifies U+00A1
/// to U+0499 as whitespace by way of undefined behaviour.
void require_ascii_outside_quotes(const std::string& text, const SourcePtr& source) {
    int line = 1, column = 1;
    std::string quote;  // the delimiter of the open string, "#" inside a comment
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n') {
            ++line, column = 1;
            if (quote.size() == 1) quote.clear();
            continue;
        }
        if (quote.empty() && byte >= 0x80 && !(i < 3 && text.starts_with("\xEF\xBB\xBF"))) {
            Faults faults;
            faults.error("D0101", "a character beyond ASCII outside of quotes", Span{source, line, column, 1},
                         "put the text into quotes");
            faults.throw_if_any();
        }
        if ((byte & 0xC0) != 0x80) ++column;
        const bool escapes = !quote.empty() && quote[0] == '"';
        if (escapes && byte == '\\' && i + 1 < text.size() && text[i + 1] != '\n') {
            ++i, ++column;
        } else if (quote.empty() && byte == '#') {
            quote = "#";
        } else if (quote.empty() && (byte == '"' || byte == '\'')) {
            const std::string triple(3, text[i]);
            quote = text.compare(i, 3, triple) == 0 ? triple : triple.substr(0, 1);
            i += quote.size() - 1, column += static_cast<int>(quote.size()) - 1;
        } else if (!quote.empty() && quote != "#" && text.compare(i, quote.size(), quote) == 0) {
            i += quote.size() - 1, column += static_cast<int>(quote.size()) - 1;
            quote.clear();
        }
    }
}

}  // namespace

Node read_toml(const std::string& text, const std::string& file, const std::string& kind) {
    auto source = std::make_shared<Source>(Source{file, kind, split_lines(text)});
    require_ascii_outside_quotes(text, source);
    try {
        const toml::table table = toml::parse(text, file);
        Node node = convert_table(table, source);
        node.span = Span{source, 1, 1, 1};
        return node;
    } catch (const toml::parse_error& error) {
        Faults faults;
        faults.error("D0103", "not valid TOML: " + std::string(error.description()), span_of(error.source(), source),
                     "TOML wants one key = value per line; texts stand in double quotes");
        faults.throw_if_any();
        throw;
    }
}

}  // namespace damascene::flow
