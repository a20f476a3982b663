// Comma-separated tables: RFC 4180, UTF-8, one header record `name [unit]`, point as decimal mark. Leading records
// whose first cell begins with # are comments. Text cells that a spreadsheet would take for a formula carry an
// apostrophe.

#include <algorithm>

#include "csv_lines.hpp"

namespace damascene::io {
namespace {

constexpr std::uint64_t max_cells = 100000000;

bool is_number(std::string_view text) {
    double value = 0;
    return parse_number(text, value);
}
/// True for '' ... '=  (any number of apostrophes before = + - @).
bool looks_like_formula(std::string_view text) {
    while (text.starts_with('\'')) text.remove_prefix(1);
    return !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos;
}

bool valid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
        if (length == 0 || i + length > text.size()) return false;
        std::uint32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if (next >> 6 != 2) return false;
            code = code << 6 | (next & 0x3F);
        }
        constexpr std::uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < lowest[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
        i += length;
    }
    return true;
}

/// Record by record; a quoted cell may hold commas, doubled quotes and newlines.
class CsvScanner {
  public:
    CsvScanner(std::string_view text, const ReadOptions& options) : text_(text), options_(options) {}

    bool at_end() const { return at_ == text_.size(); }
    int line() const { return line_; }
    bool last_cell_quoted() const { return quoted_; }

    std::vector<std::string> record() {
        std::vector<std::string> cells;
        cells.reserve(last_width_);
        line_start_ = at_;
        do cells.push_back(cell());
        while (accept(','));
        if (!at_end()) end_of_line();
        last_width_ = cells.size();
        return cells;
    }
    [[noreturn]] void fail(const std::string& message, const std::string& label) const {
        const std::size_t end = std::min(text_.find('\n', line_start_), text_.size());
        fail_at_line("D0327", message, options_, line_,
                     static_cast<int>(std::min(at_ - line_start_, std::size_t{1} << 30)) + 1, 1,
                     text_.substr(line_start_, end - line_start_), label);
    }

  private:
    bool accept(char c) {
        const bool here = at_ < text_.size() && text_[at_] == c;
        at_ += here;
        return here;
    }
    std::string cell() {
        quoted_ = accept('"');
        std::string value = quoted_ ? quoted() : plain();
        if (value.starts_with('\'') && looks_like_formula(value)) value.erase(0, 1);
        if (!valid_utf8(value)) fail("CSV cell is not UTF-8", "save the table as UTF-8");
        return value;
    }
    std::string plain() {
        const std::size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
        const std::string_view value = text_.substr(at_, end - at_);
        at_ = end;
        if (at_ < text_.size() && text_[at_] == '"')
            fail("quote inside an unquoted CSV cell", "quote the whole cell and double the quote");
        return std::string(value);
    }
    std::string quoted() {
        std::string value;
        for (;;) {
            const std::size_t end = text_.find('"', at_);
            if (end == std::string_view::npos) fail("quoted CSV cell has no end", "closing quote expected");
            value += text_.substr(at_, end - at_);
            newlines_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                     text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
            at_ = end + 1;
            if (!accept('"')) break;
            value += '"';
        }
        if (!at_end() && std::string_view(",\r\n").find(text_[at_]) == std::string_view::npos)
            fail("text after a quoted CSV cell", "comma or end of line expected");
        return value;
    }
    void end_of_line() {
        accept('\r');
        if (!at_end() && !accept('\n')) fail("carriage return inside a CSV record", "end lines with LF or CR LF");
        line_ += 1 + newlines_;
        newlines_ = 0;
    }

    std::string_view text_;
    const ReadOptions& options_;
    std::size_t at_ = 0, line_start_ = 0, last_width_ = 0;
    int line_ = 1, newlines_ = 0;
    bool quoted_ = false;
};

bool is_blank(const std::vector<std::string>& record) { return record.size() == 1 && record[0].empty(); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// "dose [mJ/cm^2]" -> name and unit.
void add_column(Table& table, std::string_view header) {
    header = trimmed(header);
    const std::size_t open = header.rfind('[');
    const bool has_unit = open != std::string_view::npos && header.ends_with(']');
    table.names.emplace_back(trimmed(has_unit ? header.substr(0, open) : header));
    table.units.emplace_back(has_unit ? trimmed(header.substr(open + 1, header.size() - open - 2)) : "");
}

/// Cells take 32 bytes and more, so a table of very short cells may exceed the bound of all readers.
void require_affordable(std::string_view text, const ReadOptions& options) {
    const auto rows = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    const auto cells = rows + static_cast<std::uint64_t>(std::count(text.begin(), text.end(), ','));
    if (cells > max_cells || 32 * cells + 64 * rows + text.size() > memory_budget(text.size())) {
        fail_at_line("D0315", "CSV table is too large", options, 1, 1, 1, "",
                     "at most 10^8 cells, and 64 MiB + 32 x the file size in memory", "split the table");
    }
}

std::string csv_cell(const std::string& text) {
    std::string value = looks_like_formula(text) && !is_number(text) ? "'" + text : text;
    if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
    std::string quoted = "\"";
    for (char c : value) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

void append_record(std::string& out, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i ? "," : "") + csv_cell(cells[i]);
    if (cells.size() == 1 && cells[0].empty()) out += "\"\"";
    out += "\r\n";
}

}  // namespace

int Table::column(const std::string& name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

LocatedTable read_located_csv(ByteView bytes, const ReadOptions& options) {
    std::string_view text = as_text(bytes);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    require_affordable(text, options);
    CsvScanner scanner(text, options);
    LocatedTable result;
    bool has_header = false;
    while (!scanner.at_end()) {
        const int line = scanner.line();
        std::vector<std::string> cells = scanner.record();
        if (is_blank(cells) && !scanner.last_cell_quoted()) continue;
        if (!has_header && cells[0].starts_with('#')) continue;
        if (!has_header) {
            for (const std::string& cell : cells) add_column(result.table, cell);
            result.header_line = line;
            has_header = true;
        } else if (cells.size() != result.table.names.size()) {
            fail_at_line("D0323",
                         "CSV row has " + std::to_string(cells.size()) + " cells, the header has " +
                             std::to_string(result.table.names.size()),
                         options, line, 1, 1, "",
                         "row " + std::to_string(result.table.rows.size() + 1) + " of the table");
        } else {
            result.table.rows.push_back(std::move(cells));
            result.lines.push_back(line);
        }
    }
    if (!has_header)
        fail_at_line("D0320", "CSV table has no header", options, 1, 1, 1, "",
                     "a line of `name [unit]` cells expected");
    return result;
}

Table read_csv(ByteView bytes, const ReadOptions& options) { return read_located_csv(bytes, options).table; }

Bytes write_csv(const Table& table) {
    std::vector<std::string> header;
    for (std::size_t i = 0; i < table.names.size(); ++i) {
        const bool has_unit = i < table.units.size() && !table.units[i].empty();
        header.push_back(table.names[i] + (has_unit ? " [" + table.units[i] + "]" : ""));
    }
    if (header.empty()) throw InputError("D0316", "CSV table has no columns");
    std::string out;
    append_record(out, header);
    for (const std::vector<std::string>& row : table.rows) {
        if (row.size() != header.size()) throw InputError("D0316", "CSV table is ragged");
        append_record(out, row);
    }
    return as_bytes(out);
}

}  // namespace damascene::io
