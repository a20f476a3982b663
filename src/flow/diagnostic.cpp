// How a fault is shown: code, one sentence, place, offending line with caret, what is allowed, one fix.
#include "damascene/flow.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

std::string place_text(const Where& where) {
    if (where.byte_offset >= 0) {
        std::string text = escape_text(where.file) + ": byte " + std::to_string(where.byte_offset);
        if (!where.cell.empty()) text += ", cell '" + escape_text(where.cell) + "'";
        if (!where.element.empty()) text += ", element " + escape_text(where.element);
        return text;
    }
    std::string text = escape_text(where.file);
    if (where.line > 0) text += ":" + std::to_string(where.line);
    if (where.line > 0 && where.column > 0) text += ":" + std::to_string(where.column);
    return text;
}

std::string right_aligned(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

/// The blank that puts the caret under the column: tabs are kept, escapes widen.
std::string indent_to(const std::string& line, int column) {
    std::string blank;
    std::size_t i = 0;
    for (int c = 1; c < column; ++c) {
        std::size_t n = 1;
        while (i + n < line.size() && (static_cast<unsigned char>(line[i + n]) & 0xC0) == 0x80) ++n;
        const std::string shown = i < line.size() ? escape_text(line.substr(i, n)) : " ";
        blank += i < line.size() && line[i] == '\t' ? "    "
                                                    : std::string(static_cast<std::size_t>(code_points(shown)), ' ');
        i += n;
    }
    return blank;
}

std::string shown_line(const std::string& line) {
    std::string text;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= line.size(); ++i)
        if (i == line.size() || line[i] == '\t') {
            text += escape_text(line.substr(begin, i - begin));
            if (i < line.size()) text += "    ";
            begin = i + 1;
        }
    return text;
}

}  // namespace

std::string render_diagnostic(const Diagnostic& d, std::string_view severity) {
    std::string text =
        std::string(severity) + (d.code.empty() ? "" : "[" + d.code + "]") + ": " + escape_text(d.message) + "\n";
    if (!d.where.file.empty()) text += "  --> " + place_text(d.where) + "\n";
    if (d.where.line > 0 && d.where.byte_offset < 0) {
        const std::string number = std::to_string(d.where.line);
        const std::size_t width = std::max<std::size_t>(2, number.size());
        text += right_aligned(number, width) + " | " + shown_line(d.where.text) + "\n";
        text += std::string(width, ' ') + " | " + indent_to(d.where.text, d.where.column) +
                std::string(static_cast<std::size_t>(std::max(1, d.where.length)), '^');
        text += (d.label.empty() ? "" : " " + escape_text(d.label)) + "\n";
    } else if (!d.label.empty())
        text += "   = " + escape_text(d.label) + "\n";
    for (const std::string& note : d.notes) text += "   = " + escape_text(note) + "\n";
    if (!d.help.empty()) text += "   = help: " + escape_text(d.help) + "\n";
    return text;
}

std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
    std::vector<std::string> items;
    for (const Diagnostic& d : diagnostics) {
        std::vector<std::string> notes;
        for (const std::string& note : d.notes) notes.push_back(json_quote(note));
        items.push_back(
            "{\"code\":" + json_quote(d.code) + ",\"message\":" + json_quote(d.message) +
            ",\"file\":" + json_quote(d.where.file) + ",\"line\":" + std::to_string(d.where.line) +
            ",\"column\":" + std::to_string(d.where.column) + ",\"length\":" + std::to_string(d.where.length) +
            ",\"byte_offset\":" + std::to_string(d.where.byte_offset) + ",\"cell\":" + json_quote(d.where.cell) +
            ",\"element\":" + json_quote(d.where.element) + ",\"label\":" + json_quote(d.label) + ",\"notes\":[" +
            join(notes, ",") + "],\"help\":" + json_quote(d.help) + "}");
    }
    return "[" + join(items, ",") + "]";
}

Diagnostic& Faults::error(std::string code, std::string message, const Span& span, std::string label,
                          std::string help) {
    return errors.emplace_back(
        Diagnostic{std::move(code), std::move(message), where(span), std::move(label), {}, std::move(help)});
}

void Faults::throw_if_any() const {
    if (errors.empty()) return;
    std::vector<Diagnostic> shown(
        errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(errors.size(), 20)));
    if (errors.size() > 20)
        shown.back().notes.push_back(std::to_string(errors.size() - 20) + " further errors are not shown");
    throw InputError(shown);
}

}  // namespace damascene::flow
