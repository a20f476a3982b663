// GDSII stream files, release 3 to 7: big-endian records {uint16 length, uint8 type, uint8 data type, payload}.
//
// real8 = (-1)^s m 2^-56 16^(e-64), 7-bit e, 56-bit m. UNITS holds {user units per database unit, database unit in m}.
// GDSII Stream Format Manual, Calma 1987.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "byte_reader.hpp"

namespace damascene::io {
namespace {

enum RecordType : std::uint8_t {
    HEADER = 0x00,
    BGNLIB = 0x01,
    LIBNAME = 0x02,
    UNITS = 0x03,
    ENDLIB = 0x04,
    BGNSTR = 0x05,
    STRNAME = 0x06,
    ENDSTR = 0x07,
    BOUNDARY = 0x08,
    PATH = 0x09,
    SREF = 0x0A,
    AREF = 0x0B,
    TEXT = 0x0C,
    LAYER = 0x0D,
    DATATYPE = 0x0E,
    WIDTH = 0x0F,
    XY = 0x10,
    ENDEL = 0x11,
    SNAME = 0x12,
    COLROW = 0x13,
    NODE = 0x15,
    TEXTTYPE = 0x16,
    PRESENTATION = 0x17,
    STRING = 0x19,
    STRANS = 0x1A,
    MAG = 0x1B,
    ANGLE = 0x1C,
    REFLIBS = 0x1F,
    FONTS = 0x20,
    PATHTYPE = 0x21,
    GENERATIONS = 0x22,
    ATTRTABLE = 0x23,
    ELFLAGS = 0x26,
    NODETYPE = 0x2A,
    PROPATTR = 0x2B,
    PROPVALUE = 0x2C,
    BOX = 0x2D,
    BOXTYPE = 0x2E,
    PLEX = 0x2F,
    BGNEXTN = 0x30,
    ENDEXTN = 0x31,
    FORMAT = 0x36,
    MASK = 0x37,
    ENDMASKS = 0x38,
    LIBDIRSIZE = 0x39,
    SRFNAME = 0x3A,
    LIBSECUR = 0x3B
};
enum DataType : std::uint8_t { none = 0, bits16 = 1, int16 = 2, int32 = 3, real8 = 5, ascii = 6 };

constexpr std::size_t max_payload = 65530, max_xy_points = (65534 - 4) / 8, max_depth = 1000, max_listed = 100;

std::string record_name(std::uint8_t type) {
    static const std::map<std::uint8_t, const char*> names = {{HEADER, "HEADER"},
                                                              {BGNLIB, "BGNLIB"},
                                                              {LIBNAME, "LIBNAME"},
                                                              {UNITS, "UNITS"},
                                                              {ENDLIB, "ENDLIB"},
                                                              {BGNSTR, "BGNSTR"},
                                                              {STRNAME, "STRNAME"},
                                                              {ENDSTR, "ENDSTR"},
                                                              {BOUNDARY, "BOUNDARY"},
                                                              {PATH, "PATH"},
                                                              {SREF, "SREF"},
                                                              {AREF, "AREF"},
                                                              {TEXT, "TEXT"},
                                                              {LAYER, "LAYER"},
                                                              {DATATYPE, "DATATYPE"},
                                                              {WIDTH, "WIDTH"},
                                                              {XY, "XY"},
                                                              {ENDEL, "ENDEL"},
                                                              {SNAME, "SNAME"},
                                                              {COLROW, "COLROW"},
                                                              {NODE, "NODE"},
                                                              {TEXTTYPE, "TEXTTYPE"},
                                                              {STRING, "STRING"},
                                                              {STRANS, "STRANS"},
                                                              {MAG, "MAG"},
                                                              {ANGLE, "ANGLE"},
                                                              {PATHTYPE, "PATHTYPE"},
                                                              {NODETYPE, "NODETYPE"},
                                                              {PROPATTR, "PROPATTR"},
                                                              {PROPVALUE, "PROPVALUE"},
                                                              {BOX, "BOX"},
                                                              {BOXTYPE, "BOXTYPE"},
                                                              {BGNEXTN, "BGNEXTN"},
                                                              {ENDEXTN, "ENDEXTN"}};
    const auto found = names.find(type);
    char code[8];
    constexpr char digits[] = "0123456789ABCDEF";
    const char text[] = {'(', '0', 'x', digits[type >> 4], digits[type & 15], ')', 0};
    std::copy(std::begin(text), std::end(text), code);
    return found == names.end() ? code : std::string(found->second) + " " + code;
}

/// Exact for mantissas of at most 53 bits, else rounded to nearest.
double from_real8(std::uint64_t bits) {
    const auto mantissa = static_cast<double>(bits & 0x00FFFFFFFFFFFFFFull);
    const int exponent = static_cast<int>(bits >> 56 & 0x7F);
    const double magnitude = std::ldexp(mantissa, 4 * (exponent - 64) - 56);
    return bits >> 63 ? -magnitude : magnitude;
}

/// Exact for every finite double in [16^-65, 16^63).
std::uint64_t to_real8(double value) {
    if (value == 0) return 0;
    int exponent2 = 0;
    std::frexp(value, &exponent2);
    const int exponent16 = static_cast<int>(std::ceil(exponent2 / 4.0));
    if (!std::isfinite(value) || exponent16 < -64 || exponent16 > 63)
        throw InputError("D0316", "the number " + shortest(value) + " has no GDSII representation");
    const auto mantissa = static_cast<std::uint64_t>(std::ldexp(std::abs(value), 56 - 4 * exponent16));
    return (std::uint64_t{value < 0} << 63) | (static_cast<std::uint64_t>(exponent16 + 64) << 56) | mantissa;
}

// ------------------------------------------------------------------------------------------------------- reading
struct Record {
    std::uint8_t type = 0, data_type = 0;
    ByteView payload;
    std::size_t offset = 0;
};

/// The file cannot be walked on: no next record.
struct BrokenFraming {
    std::string note;
    std::size_t offset;
};

/// What the records of one element said; unset numbers stay negative.
struct Element {
    std::int32_t layer = -1, kind = -1, path_type = 0, width = 0, begin_extension = 0, end_extension = 0;
    std::int32_t columns = -1, rows = -1;
    std::uint16_t transform = 0;
    double magnification = 1, angle_deg = 0;
    std::string_view name, text;
    bool has_text = false;
    std::size_t first = 0, offset = 0;  ///< first point in the pool; byte offset in the file
};

class GdsReader {
  public:
    GdsReader(ByteView bytes, const ReadOptions& options, ReadReport& report)
        : bytes_(bytes), options_(options), report_(report) {}

    Layout read() {
        try {
            read_library();
        } catch (const BrokenFraming& broken) {
            if (!options_.lenient || !layout_has_units_) fail_damaged(broken);
            warn("file is damaged at byte " + std::to_string(broken.offset) + ": " + broken.note +
                 "; the rest is not read");
        }
        resolve_references();
        check_hierarchy();
        for (const auto& [text, count] : counted_) report_.warnings.push_back(text + ": " + std::to_string(count));
        return std::move(layout_);
    }

  private:
    // ---- records
    Record next() {
        const std::size_t left = bytes_.size() - at_;
        if (left < 4) throw BrokenFraming{"the file ends without ENDLIB", at_};
        const std::byte* head = bytes_.data() + at_;
        const std::size_t length = load<std::uint16_t>(head, std::endian::big);
        Record r{std::to_integer<std::uint8_t>(head[2]), std::to_integer<std::uint8_t>(head[3]), {}, at_};
        if (length < 4 || length % 2 != 0 || length > left)
            throw BrokenFraming{framing_note(r.type, length, left), at_};
        r.payload = bytes_.subspan(at_ + 4, length - 4);
        at_ += length;
        return r;
    }
    static std::string framing_note(std::uint8_t type, std::size_t length, std::size_t left) {
        const std::string start = "record " + record_name(type) + " announces " + std::to_string(length) + " bytes, ";
        return length > left ? start + "the file has " + std::to_string(left) + " left"
                             : start + "an even number of at least 4 is expected";
    }

    [[noreturn]] void fail(std::string code, std::string message, std::size_t offset, std::string note,
                           std::string help = {}) const {
        Diagnostic d;
        d.code = std::move(code);
        d.message = std::move(message);
        d.where.file = options_.file;
        d.where.byte_offset = static_cast<std::int64_t>(offset);
        if (in_cell_) d.where.cell = escape_text(layout_.cells.back().name);
        if (in_element_) d.where.element = std::to_string(element_index_);
        if (!note.empty()) d.notes.push_back(std::move(note));
        d.help = std::move(help);
        throw InputError(std::move(d));
    }
    [[noreturn]] void fail_damaged(const BrokenFraming& broken) const {
        fail("D0302", "damaged GDSII record", broken.offset, broken.note,
             in_cell_ ? "--lenient keeps the " + std::to_string(element_index_) +
                            " good elements of this cell and reports the rest"
                      : "");
    }
    void require(const Record& r, DataType type, std::size_t low, std::size_t high) const {
        if (r.data_type == type && r.payload.size() >= low && r.payload.size() <= high) return;
        fail("D0302", "damaged GDSII record", r.offset,
             "record " + record_name(r.type) + " has data type " + std::to_string(r.data_type) + " and " +
                 std::to_string(r.payload.size()) + " bytes; expected data type " + std::to_string(type) + " and " +
                 std::to_string(low) + (low == high ? "" : " to " + std::to_string(high)) + " bytes");
    }
    std::int32_t small_integer(const Record& r) const {
        require(r, int16, 2, 2);
        return static_cast<std::int16_t>(load<std::uint16_t>(r.payload.data(), std::endian::big));
    }
    /// Layers and types: written by some tools up to 65535.
    std::int32_t layer_number(const Record& r) const {
        require(r, int16, 2, 2);
        return load<std::uint16_t>(r.payload.data(), std::endian::big);
    }
    std::int32_t integer(const Record& r) const {
        require(r, int32, 4, 4);
        return static_cast<std::int32_t>(load<std::uint32_t>(r.payload.data(), std::endian::big));
    }
    double real(const Record& r) const {
        require(r, real8, 8, 8);
        return from_real8(load<std::uint64_t>(r.payload.data(), std::endian::big));
    }
    std::string_view string(const Record& r) const {
        require(r, ascii, 0, max_payload);
        std::string_view text = as_text(r.payload);
        while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
        return text;
    }
    void warn(std::string text) {
        if (report_.warnings.size() < max_listed) report_.warnings.push_back(std::move(text));
    }
    void count(const std::string& text) { ++counted_[text]; }

    // ---- library
    void read_library() {
        const Record header = next();
        if (header.type != HEADER)
            fail("D0301", "not a GDSII file", 0, "the first record is " + record_name(header.type));
        for (Record r = next(); r.type != ENDLIB; r = next()) {
            switch (r.type) {
                case LIBNAME: layout_.library = string(r); break;
                case UNITS: read_units(r); break;
                case BGNSTR: read_structure(r); break;
                case BGNLIB:
                case REFLIBS:
                case FONTS:
                case ATTRTABLE:
                case GENERATIONS:
                case FORMAT:
                case MASK:
                case ENDMASKS:
                case LIBDIRSIZE:
                case SRFNAME:
                case LIBSECUR: break;
                default: unexpected(r, "in the library");
            }
        }
        if (!layout_has_units_) fail("D0312", "UNITS record is missing", at_, "");
        const ByteView rest = bytes_.subspan(at_);
        if (!std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; }))
            warn(std::to_string(rest.size()) + " bytes that are not NUL follow ENDLIB");
    }
    void unexpected(const Record& r, const std::string& place) {
        const bool known = r.type <= ENDEXTN && record_name(r.type).front() != '(';
        if (known)
            fail("D0302", "damaged GDSII record", r.offset,
                 "record " + record_name(r.type) + " is not allowed " + place);
        count("records of unknown type " + record_name(r.type) + " skipped");
    }
    void read_units(const Record& r) {
        require(r, real8, 16, 16);
        const double user = from_real8(load<std::uint64_t>(r.payload.data(), std::endian::big));
        const double metres = from_real8(load<std::uint64_t>(r.payload.data() + 8, std::endian::big));
        if (!(user > 0) || !(metres > 0)) {
            fail("D0312", "database unit is not positive", r.offset,
                 "UNITS reads " + shortest(user) + " user units and " + shortest(metres) + " m per database unit");
        }
        layout_.user_units_per_database_unit = user;
        layout_.unit = Length::from_si(metres);
        layout_has_units_ = true;
    }

    // ---- structures
    void read_structure(const Record& begin) {
        if (!layout_has_units_) fail("D0312", "UNITS record is missing", begin.offset, "the first cell begins here");
        require(begin, int16, 24, 24);
        const Record name_record = next();
        if (name_record.type != STRNAME)
            fail("D0302", "damaged GDSII record", name_record.offset, "STRNAME (0x06) is expected here");
        const std::string_view name = string(name_record);
        if (name.empty()) fail("D0304", "cell name is empty", name_record.offset, "");
        const auto index = static_cast<std::uint32_t>(layout_.cells.size());
        if (!cell_of_name_.emplace(name, index).second)
            fail("D0304", "cell '" + escape_text(name) + "' is defined twice", name_record.offset, "",
                 "rename one of the two cells");
        layout_.cells.emplace_back().name = name;
        in_cell_ = true;
        element_index_ = 0;
        for (Record r = next(); r.type != ENDSTR; r = next(), ++element_index_) read_element(r);
        in_cell_ = false;
    }

    void read_element(const Record& begin) {
        Cell& cell = layout_.cells.back();
        const std::size_t first = cell.points.size();
        in_element_ = true;
        try {
            parse_element(cell, begin);
        } catch (const InputError& error) {
            if (!options_.lenient) throw;
            cell.points.resize(first);
            ++report_.skipped_elements;
            warn("cell '" + escape_text(cell.name) + "', element " + std::to_string(element_index_) + ": " +
                 error.what());
            skip_element(begin);
        } catch (const BrokenFraming& broken) {
            cell.points.resize(first);
            if (!options_.lenient) fail_damaged(broken);
            ++report_.skipped_elements;
            throw;
        }
        in_element_ = false;
    }
    void skip_element(const Record& begin) {
        at_ = begin.offset;
        while (next().type != ENDEL) {
        }
    }

    void parse_element(Cell& cell, const Record& begin) {
        Element e;
        e.first = cell.points.size();
        e.offset = begin.offset;
        for (Record r = next(); r.type != ENDEL; r = next()) read_field(cell, e, r);
        switch (begin.type) {
            case BOUNDARY:
            case BOX: add_boundary(cell, e); break;
            case PATH: add_path(cell, e); break;
            case TEXT: add_text(cell, e); break;
            case SREF: add_reference(cell, e, false); break;
            case AREF: add_reference(cell, e, true); break;
            case NODE:
                ++report_.nodes;
                cell.points.resize(e.first);
                break;
            default:
                fail("D0302", "damaged GDSII record", begin.offset,
                     "record " + record_name(begin.type) + " does not begin an element");
        }
    }

    void read_field(Cell& cell, Element& e, const Record& r) {
        switch (r.type) {
            case LAYER: e.layer = layer_number(r); break;
            case DATATYPE:
            case TEXTTYPE:
            case BOXTYPE:
            case NODETYPE: e.kind = layer_number(r); break;
            case XY: append_points(cell, r); break;
            case WIDTH: e.width = integer(r); break;
            case PATHTYPE: e.path_type = small_integer(r); break;
            case BGNEXTN: e.begin_extension = integer(r); break;
            case ENDEXTN: e.end_extension = integer(r); break;
            case SNAME: e.name = string(r); break;
            case STRING:
                e.text = string(r);
                e.has_text = true;
                break;
            case COLROW:
                require(r, int16, 4, 4);
                e.columns = load<std::uint16_t>(r.payload.data(), std::endian::big);
                e.rows = load<std::uint16_t>(r.payload.data() + 2, std::endian::big);
                break;
            case STRANS:
                require(r, bits16, 2, 2);
                e.transform = load<std::uint16_t>(r.payload.data(), std::endian::big);
                break;
            case MAG: e.magnification = real(r); break;
            case ANGLE: e.angle_deg = real(r); break;
            case PROPATTR: ++report_.properties; break;
            case PROPVALUE:
            case ELFLAGS:
            case PLEX:
            case PRESENTATION: break;
            default: unexpected(r, "inside an element");
        }
    }

    void append_points(Cell& cell, const Record& r) {
        const std::size_t n = r.payload.size() / 8, first = cell.points.size();
        if (r.data_type != int32 || r.payload.size() % 8 != 0 || n == 0) {
            fail("D0302", "damaged GDSII record", r.offset,
                 "record XY (0x10) has " + std::to_string(r.payload.size()) + " bytes of data type " +
                     std::to_string(r.data_type) + "; pairs of int32 (data type 3) are expected");
        }
        if (first + n > std::numeric_limits<std::uint32_t>::max())
            fail("D0315", "cell has more than 2^32-1 points", r.offset, "");
        cell.points.resize(first + n);
        const std::byte* from = r.payload.data();
        for (Point* to = cell.points.data() + first; to != cell.points.data() + first + n; ++to, from += 8) {
            to->x = static_cast<std::int32_t>(load<std::uint32_t>(from, std::endian::big));
            to->y = static_cast<std::int32_t>(load<std::uint32_t>(from + 4, std::endian::big));
        }
    }

    // ---- elements
    LayerKey layer_of(const Element& e) const {
        if (e.layer < 0 || e.kind < 0)
            fail("D0303", "element has no layer or no type", e.offset,
                 "LAYER and DATATYPE, BOXTYPE or TEXTTYPE are expected");
        return {e.layer, e.kind};
    }
    void require_points(const Cell& cell, const Element& e, std::size_t low, std::size_t high, const char* what) const {
        const std::size_t n = cell.points.size() - e.first;
        if (n >= low && n <= high) return;
        fail("D0303", std::string(what) + " has " + std::to_string(n) + (n == 1 ? " point" : " points"), e.offset,
             low == high ? std::to_string(low) + " expected" : "at least " + std::to_string(low) + " expected");
    }

    void add_boundary(Cell& cell, const Element& e) {
        const LayerKey layer = layer_of(e);
        if (cell.points.size() > e.first + 1 && cell.points.back() == cell.points[e.first])
            cell.points.pop_back();
        else
            count("boundaries without a closing point");
        require_points(cell, e, 3, std::numeric_limits<std::size_t>::max(), "polygon");
        cell.boundaries.push_back(
            {layer, static_cast<std::uint32_t>(e.first), static_cast<std::uint32_t>(cell.points.size() - e.first)});
    }

    void add_path(Cell& cell, const Element& e) {
        const LayerKey layer = layer_of(e);
        require_points(cell, e, 1, std::numeric_limits<std::size_t>::max(), "path");
        if (e.path_type != 0 && e.path_type != 1 && e.path_type != 2 && e.path_type != 4)
            fail("D0303", "path type " + std::to_string(e.path_type) + " is not known", e.offset,
                 "0, 1, 2 or 4 expected");
        cell.paths.push_back({layer, e.path_type, e.width, e.begin_extension, e.end_extension,
                              static_cast<std::uint32_t>(e.first),
                              static_cast<std::uint32_t>(cell.points.size() - e.first)});
    }

    void add_text(Cell& cell, const Element& e) {
        const LayerKey layer = layer_of(e);
        require_points(cell, e, 1, 1, "text");
        if (!e.has_text) fail("D0303", "text has no STRING", e.offset, "");
        cell.texts.push_back({layer, cell.points.back(), std::string(e.text)});
        cell.points.resize(e.first);
    }

    void add_reference(Cell& cell, const Element& e, bool array) {
        require_points(cell, e, array ? 3 : 1, array ? 3 : 1, array ? "array reference" : "reference");
        if (e.name.empty()) fail("D0304", "reference has no cell name", e.offset, "SNAME is expected");
        if (!(e.magnification > 0))
            fail("D0313", "magnification is not positive", e.offset, "MAG reads " + shortest(e.magnification));
        if (e.transform & 0x0006) count("references with absolute magnification or angle, read as relative");
        Reference reference;
        reference.origin = cell.points[e.first];
        reference.magnification = e.magnification;
        reference.angle_deg = e.angle_deg;
        reference.mirror_x = (e.transform & 0x8000) != 0;
        if (array) set_lattice(reference, cell, e);
        cell.points.resize(e.first);
        reference.cell = referenced_name(e);
        cell.references.push_back(reference);
    }
    void set_lattice(Reference& reference, const Cell& cell, const Element& e) const {
        if (e.columns < 1 || e.rows < 1 || e.columns > 32767 || e.rows > 32767)
            fail("D0313", "array counts are out of range", e.offset, "1 to 32767 columns and rows expected in COLROW");
        reference.columns = e.columns;
        reference.rows = e.rows;
        reference.column_step = lattice_step(cell.points[e.first], cell.points[e.first + 1], e.columns, e);
        reference.row_step = lattice_step(cell.points[e.first], cell.points[e.first + 2], e.rows, e);
    }
    Point lattice_step(Point from, Point to, std::int32_t steps, const Element& e) const {
        const std::int64_t dx = std::int64_t{to.x} - from.x, dy = std::int64_t{to.y} - from.y;
        constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min(),
                               high = std::numeric_limits<std::int32_t>::max();
        const bool whole = dx % steps == 0 && dy % steps == 0;
        if (!whole || dx / steps < low || dx / steps > high || dy / steps < low || dy / steps > high) {
            fail("D0313", "array step is not a whole number of database units", e.offset,
                 "extent (" + std::to_string(dx) + ", " + std::to_string(dy) + ") over " + std::to_string(steps) +
                     " steps");
        }
        return {static_cast<std::int32_t>(dx / steps), static_cast<std::int32_t>(dy / steps)};
    }
    std::uint32_t referenced_name(const Element& e) {
        const auto [found, is_new] =
            index_of_reference_.emplace(e.name, static_cast<std::uint32_t>(referenced_.size()));
        if (is_new) referenced_.push_back({e.name, e.offset});
        return found->second;
    }

    // ---- hierarchy
    void resolve_references() {
        in_cell_ = in_element_ = false;
        constexpr std::uint32_t missing = std::numeric_limits<std::uint32_t>::max();
        std::vector<std::uint32_t> cell_of(referenced_.size(), missing);
        for (std::size_t i = 0; i < referenced_.size(); ++i) {
            const auto found = cell_of_name_.find(referenced_[i].name);
            if (found != cell_of_name_.end())
                cell_of[i] = found->second;
            else if (!options_.lenient)
                fail_missing(referenced_[i]);
            else
                warn("cell '" + escape_text(referenced_[i].name) +
                     "' is referenced but not defined; its references are skipped");
        }
        for (Cell& cell : layout_.cells) {
            for (Reference& reference : cell.references) reference.cell = cell_of[reference.cell];
            report_.skipped_elements +=
                std::erase_if(cell.references, [](const Reference& r) { return r.cell == missing; });
        }
    }
    struct ReferencedName {
        std::string_view name;
        std::size_t offset;
    };
    [[noreturn]] void fail_missing(const ReferencedName& r) const {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < std::min<std::size_t>(layout_.cells.size(), 1000); ++i)
            names.push_back(layout_.cells[i].name);
        const std::string near = nearest_name(r.name.substr(0, 200), names);
        fail(
            "D0307", "cell '" + escape_text(r.name) + "' is referenced but not defined", r.offset,
            "first reference to it is here",
            near.empty() ? "--lenient drops references to missing cells" : "did you mean '" + escape_text(near) + "'?");
    }

    /// Cells in order of Kahn's topological sort; a cell left over lies on or below a cycle.
    void check_hierarchy() const {
        const std::size_t n = layout_.cells.size();
        std::vector<std::uint32_t> parents(n), depth(n), order;
        for (const Cell& cell : layout_.cells)
            for (const Reference& r : cell.references) ++parents[r.cell];
        for (std::uint32_t i = 0; i < n; ++i)
            if (parents[i] == 0) order.push_back(i);
        for (std::size_t done = 0; done < order.size(); ++done) {
            for (const Reference& r : layout_.cells[order[done]].references) {
                depth[r.cell] = std::max(depth[r.cell], depth[order[done]] + 1);
                if (--parents[r.cell] == 0) order.push_back(r.cell);
            }
        }
        if (order.size() < n) fail_cycle(parents);
        const auto deepest = std::max_element(depth.begin(), depth.end());
        if (n > 0 && *deepest > max_depth)
            fail("D0310", "hierarchy is deeper than " + std::to_string(max_depth) + " levels", 0,
                 "depth " + std::to_string(*deepest));
    }
    /// Walks from parent to parent among the cells left over until one repeats.
    [[noreturn]] void fail_cycle(const std::vector<std::uint32_t>& parents_left) const {
        std::vector<std::uint32_t> parent(layout_.cells.size());
        for (std::uint32_t i = 0; i < layout_.cells.size(); ++i)
            if (parents_left[i] > 0)
                for (const Reference& r : layout_.cells[i].references) parent[r.cell] = i;
        auto at = static_cast<std::uint32_t>(
            std::find_if(parents_left.begin(), parents_left.end(), [](auto p) { return p > 0; }) -
            parents_left.begin());
        std::vector<bool> seen(layout_.cells.size());
        for (; !seen[at]; at = parent[at]) seen[at] = true;
        std::string path = "'" + escape_text(layout_.cells[at].name) + "'";
        std::uint32_t step = parent[at];
        for (int shown = 0; step != at && shown < 8; ++shown, step = parent[step])
            path = "'" + escape_text(layout_.cells[step].name) + "' -> " + path;
        path = "'" + escape_text(layout_.cells[at].name) + (step == at ? "' -> " : "' -> ... -> ") + path;
        fail("D0308", "cells contain each other", 0, path, "remove one reference of the cycle");
    }

    ByteView bytes_;
    const ReadOptions& options_;
    ReadReport& report_;
    std::size_t at_ = 0, element_index_ = 0;
    bool in_cell_ = false, in_element_ = false, layout_has_units_ = false;
    Layout layout_;
    std::unordered_map<std::string_view, std::uint32_t> cell_of_name_, index_of_reference_;
    std::vector<ReferencedName> referenced_;
    std::map<std::string, std::size_t> counted_;
};

// ------------------------------------------------------------------------------------------------------- writing
class GdsWriter {
  public:
    Bytes write(const Layout& layout) {
        integers(HEADER, {600});
        integers(BGNLIB, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        string(LIBNAME, layout.library);
        record(UNITS, real8, 16);
        if (!(layout.unit.si() > 0) || !(layout.user_units_per_database_unit > 0))
            throw InputError("D0316", "database unit is not positive");
        store(out_, to_real8(layout.user_units_per_database_unit), std::endian::big);
        store(out_, to_real8(layout.unit.si()), std::endian::big);
        for (const Cell& cell : layout.cells) write_cell(layout, cell);
        record(ENDLIB, none, 0);
        return std::move(out_);
    }

  private:
    void record(RecordType type, DataType data_type, std::size_t payload) {
        store(out_, static_cast<std::uint16_t>(payload + 4), std::endian::big);
        store(out_, std::uint8_t{type}, std::endian::big);
        store(out_, std::uint8_t{data_type}, std::endian::big);
    }
    void integers(RecordType type, std::initializer_list<int> values) {
        record(type, int16, 2 * values.size());
        for (int value : values) store(out_, static_cast<std::uint16_t>(value), std::endian::big);
    }
    void integer(RecordType type, std::int32_t value) {
        record(type, int32, 4);
        store(out_, static_cast<std::uint32_t>(value), std::endian::big);
    }
    void real(RecordType type, double value) {
        record(type, real8, 8);
        store(out_, to_real8(value), std::endian::big);
    }
    void string(RecordType type, const std::string& text) {
        if (text.size() > max_payload)
            throw InputError("D0316", "text of " + std::to_string(text.size()) + " bytes exceeds a GDSII record");
        record(type, ascii, text.size() + text.size() % 2);
        const auto* first = reinterpret_cast<const std::byte*>(text.data());
        out_.insert(out_.end(), first, first + text.size());
        if (text.size() % 2) out_.push_back(std::byte{0});
    }
    void layer(RecordType type, LayerKey key) {
        if (key.layer < 0 || key.layer > 65535 || key.datatype < 0 || key.datatype > 65535)
            throw InputError("D0316", "layer " + std::to_string(key.layer) + "/" + std::to_string(key.datatype) +
                                          " is outside 0..65535");
        integers(LAYER, {key.layer});
        integers(type, {key.datatype});
    }
    void point(Point p) {
        store(out_, static_cast<std::uint32_t>(p.x), std::endian::big);
        store(out_, static_cast<std::uint32_t>(p.y), std::endian::big);
    }
    void points(std::span<const Point> points_in, bool close) {
        record(XY, int32, 8 * (points_in.size() + close));
        for (Point p : points_in) point(p);
        if (close) point(points_in.front());
    }
    void begin(RecordType type) { record(type, none, 0); }
    void end() { record(ENDEL, none, 0); }

    void write_cell(const Layout& layout, const Cell& cell) {
        if (cell.name.empty() || cell.name.back() == '\0')
            throw InputError("D0316", "cell name is empty or ends in NUL");
        integers(BGNSTR, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        string(STRNAME, cell.name);
        for (const Boundary& b : cell.boundaries)
            write_boundary(layout.unit, b.layer, std::span(cell.points).subspan(b.first, b.count));
        for (const Path& p : cell.paths) write_path(p, std::span(cell.points).subspan(p.first, p.count));
        for (const Text& t : cell.texts) write_text(t);
        for (const Reference& r : cell.references) write_reference(layout, r);
        record(ENDSTR, none, 0);
    }

    void write_boundary(Length unit, LayerKey key, std::span<const Point> ring) {
        if (ring.size() < 3) throw InputError("D0316", "polygon has fewer than 3 vertices");
        if (ring.size() >= max_xy_points) return write_long_boundary(unit, key, ring);
        begin(BOUNDARY);
        layer(DATATYPE, key);
        points(ring, true);
        end();
    }
    void write_long_boundary(Length unit, LayerKey key, std::span<const Point> ring) {
        const Region whole{unit, {Ring(ring.begin(), ring.end())}};
        for (const Ring& part : without_holes(normalised(whole), static_cast<int>(max_xy_points) - 1).rings) {
            if (part.size() >= max_xy_points) throw InputError("D0316", "polygon cannot be split below 8191 points");
            write_boundary(unit, key, part);
        }
    }
    void write_path(const Path& path, std::span<const Point> line) {
        if (line.empty() || line.size() > max_xy_points)
            throw InputError("D0316", "path has " + std::to_string(line.size()) + " points, 1 to 8191 are allowed");
        begin(PATH);
        layer(DATATYPE, path.layer);
        if (path.type != 0) integers(PATHTYPE, {path.type});
        if (path.width != 0) integer(WIDTH, path.width);
        if (path.begin_extension != 0) integer(BGNEXTN, path.begin_extension);
        if (path.end_extension != 0) integer(ENDEXTN, path.end_extension);
        points(line, false);
        end();
    }
    void write_text(const Text& text) {
        begin(TEXT);
        layer(TEXTTYPE, text.layer);
        points({&text.at, 1}, false);
        string(STRING, text.text);
        end();
    }
    void write_reference(const Layout& layout, const Reference& r) {
        if (r.cell >= layout.cells.size()) throw InputError("D0316", "reference to a cell that does not exist");
        const bool array = r.columns != 1 || r.rows != 1 || r.column_step != Point{} || r.row_step != Point{};
        begin(array ? AREF : SREF);
        string(SNAME, layout.cells[r.cell].name);
        write_transform(r);
        if (array)
            write_lattice(r);
        else
            points({&r.origin, 1}, false);
        end();
    }
    void write_transform(const Reference& r) {
        if (!(r.magnification > 0)) throw InputError("D0316", "magnification is not positive");
        if (!r.mirror_x && r.magnification == 1 && r.angle_deg == 0) return;
        record(STRANS, bits16, 2);
        store(out_, static_cast<std::uint16_t>(r.mirror_x ? 0x8000 : 0), std::endian::big);
        if (r.magnification != 1) real(MAG, r.magnification);
        if (r.angle_deg != 0) real(ANGLE, r.angle_deg);
    }
    void write_lattice(const Reference& r) {
        if (r.columns < 1 || r.rows < 1 || r.columns > 32767 || r.rows > 32767)
            throw InputError("D0316", "array counts are outside 1..32767");
        integers(COLROW, {r.columns, r.rows});
        const Point corners[] = {r.origin, lattice_end(r.origin, r.column_step, r.columns),
                                 lattice_end(r.origin, r.row_step, r.rows)};
        points(corners, false);
    }
    static Point lattice_end(Point origin, Point step, std::int32_t count) {
        const std::int64_t x = origin.x + std::int64_t{step.x} * count, y = origin.y + std::int64_t{step.y} * count;
        if (x != static_cast<std::int32_t>(x) || y != static_cast<std::int32_t>(y))
            throw InputError("D0309", "array leaves the int32 range of coordinates");
        return {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
    }

    Bytes out_;
};

}  // namespace

Layout read_gds(ByteView bytes, const ReadOptions& options, ReadReport* report) {
    ReadReport local;
    return GdsReader(bytes, options, report ? *report : local).read();
}

Bytes write_gds(const Layout& layout) { return GdsWriter().write(layout); }

}  // namespace damascene::io
