// JSON (RFC 8259) -> Node tree with the place of every key and value; the same faults as TOML: located, never silent.
// Nesting is limited to 128; duplicate keys are refused.
#include <charconv>
#include <limits>

#include "damascene/flow.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

class JsonReader {
  public:
    JsonReader(const std::string& text, std::shared_ptr<const Source> source)
        : text_(text), source_(std::move(source)) {}

    Node read() {
        skip_blank();
        Node node = value(0);
        skip_blank();
        if (at_ < text_.size()) fail("text after the end of the JSON value", "one object per file");
        return node;
    }

  private:
    [[noreturn]] void fail(const std::string& what, const std::string& label) {
        Faults faults;
        faults.error("D0103", "not valid JSON: " + what, Span{source_, line_, column_, 1}, label);
        faults.throw_if_any();
        std::abort();
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    char next() {
        const char c = text_[at_++];
        if (c == '\n') {
            ++line_;
            column_ = 1;
        } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
            ++column_;
        return c;
    }
    void skip_blank() {
        while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n')) next();
    }
    void expect(char c, const char* label) {
        if (peek() != c) fail(std::string("expected '") + c + "'", label);
        next();
    }

    Span begin() const { return Span{source_, line_, column_, 1}; }
    void close(Span& span) const {
        span.length =
            line_ == span.line
                ? std::max(1, column_ - span.column)
                : std::max(1, code_points(source_->lines[static_cast<std::size_t>(span.line - 1)]) + 1 - span.column);
    }

    Node value(int depth) {
        if (depth > 128) fail("nested deeper than 128 levels", "flatten this");
        const Span span = begin();
        Node node = peek() == '{' ? table(depth) : peek() == '[' ? array(depth) : peek() == '"' ? text_value() : word();
        node.span = span;
        close(node.span);
        return node;
    }

    Node table(int depth) {
        Node node;
        next();
        for (skip_blank(); peek() != '}'; skip_blank()) {
            if (!node.entries.empty()) {
                expect(',', "keys are separated by commas");
                skip_blank();
            }
            Span key_span = begin();
            if (peek() != '"') fail("expected a key in double quotes", "a key is a text");
            const std::string key = string();
            close(key_span);
            if (node.find(key)) fail("key " + json_quote(key) + " stands twice", "keep one of them");
            skip_blank();
            expect(':', "a key is followed by a colon");
            skip_blank();
            Node child = value(depth + 1);
            child.key_span = key_span;
            node.entries.push_back({key, std::move(child)});
        }
        next();
        return node;
    }

    Node array(int depth) {
        Node node;
        node.kind = Node::Kind::array;
        next();
        for (skip_blank(); peek() != ']'; skip_blank()) {
            if (!node.items.empty()) {
                expect(',', "items are separated by commas");
                skip_blank();
            }
            node.items.push_back(value(depth + 1));
        }
        next();
        return node;
    }

    Node text_value() {
        Node node;
        node.kind = Node::Kind::text;
        node.text = string();
        return node;
    }

    std::uint32_t hex4() {
        std::uint32_t code = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = at_ < text_.size() ? next() : '\0';
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) fail("\\u wants four hexadecimal digits", "for example \\u00b5");
            code = code * 16 + static_cast<std::uint32_t>(digit);
        }
        return code;
    }

    static void append_utf8(std::string& out, std::uint32_t code) {
        if (code < 0x80)
            out += static_cast<char>(code);
        else if (code < 0x800) {
            out += static_cast<char>(0xC0 | code >> 6);
            out += static_cast<char>(0x80 | (code & 63));
        } else if (code < 0x10000) {
            out += static_cast<char>(0xE0 | code >> 12);
            out += static_cast<char>(0x80 | (code >> 6 & 63));
            out += static_cast<char>(0x80 | (code & 63));
        } else {
            out += static_cast<char>(0xF0 | code >> 18);
            out += static_cast<char>(0x80 | (code >> 12 & 63));
            out += static_cast<char>(0x80 | (code >> 6 & 63));
            out += static_cast<char>(0x80 | (code & 63));
        }
    }

    void escape(std::string& out) {
        if (at_ >= text_.size()) fail("text without end", "close it with a double quote");
        const char c = next();
        static const std::string from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
        if (const auto i = from.find(c); i != std::string::npos) {
            out += to[i];
            return;
        }
        if (c != 'u') fail("unknown escape in a text", "allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        std::uint32_t code = hex4();
        if (code >= 0xD800 && code < 0xDC00) {
            if (peek() != '\\') fail("half a surrogate pair", "write both \\u halves");
            next();
            if (peek() != 'u') fail("half a surrogate pair", "write both \\u halves");
            next();
            const std::uint32_t low = hex4();
            if (low < 0xDC00 || low > 0xDFFF) fail("half a surrogate pair", "write both \\u halves");
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else if (code >= 0xDC00 && code < 0xE000)
            fail("half a surrogate pair", "write both \\u halves");
        append_utf8(out, code);
    }

    std::string string() {
        std::string out;
        next();
        while (peek() != '"') {
            if (at_ >= text_.size() || static_cast<unsigned char>(peek()) < 0x20)
                fail("text without end", "close it with a double quote");
            const char c = next();
            if (c == '\\')
                escape(out);
            else
                out += c;
        }
        next();
        return out;
    }

    Node word() {
        Node node;
        std::string token;
        while (at_ < text_.size() && std::string_view(" \t\r\n,]}").find(peek()) == std::string_view::npos)
            token += next();
        column_ -= code_points(token);  // faults point at the first letter
        if (token == "true" || token == "false") {
            node.kind = Node::Kind::boolean;
            node.boolean = token == "true";
        } else
            number(token, node);
        column_ += code_points(token);
        return node;
    }

    void number(const std::string& token, Node& node) {
        const char* first = token.data();
        const char* last = first + token.size();
        const bool digits = !token.empty() && (std::isdigit(static_cast<unsigned char>(token[0])) || token[0] == '-');
        const bool leading_zero =
            token.size() > 1 && token[0] == '0' && std::isdigit(static_cast<unsigned char>(token[1]));
        if (!digits || leading_zero) fail("expected a value", "a number, text, true, false, [list] or {table}");
        if (token.find_first_of(".eE") == std::string::npos) {
            node.kind = Node::Kind::integer;
            if (const auto r = std::from_chars(first, last, node.integer); r.ec == std::errc() && r.ptr == last) return;
            fail("not a whole number", "at most 64 bits");
        }
        node.kind = Node::Kind::real;
        if (const auto r = std::from_chars(first, last, node.real); r.ec != std::errc() || r.ptr != last)
            fail("not a number", "for example 0.6 or 1e-3");
    }

    const std::string& text_;
    std::shared_ptr<const Source> source_;
    std::size_t at_ = 0;
    int line_ = 1, column_ = 1;
};

}  // namespace

Node read_json(const std::string& text, const std::string& file) {
    auto source = std::make_shared<Source>(Source{file, "file", split_lines(text)});
    Node node = JsonReader(text, source).read();
    if (node.kind != Node::Kind::table) {
        Faults faults;
        faults.error("D0103", "a recipe is a JSON object", node.span, "begin with { \"damascene\": \"1\"");
        faults.throw_if_any();
    }
    return node;
}

Node read_recipe_text(const std::string& text, const std::string& file) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string::npos && text[first] == '{' ? read_json(text, file) : read_toml(text, file);
}

}  // namespace damascene::flow
