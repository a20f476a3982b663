// GDSII and GLP: real files, round trips, damaged files.
#include <cmath>
#include <limits>
#include <random>

#include "bytes.hpp"

namespace damascene {

static bool operator==(const Boundary& a, const Boundary& b) { return a.layer == b.layer && a.count == b.count; }
static bool operator==(const Path& a, const Path& b) {
    return a.layer == b.layer && a.type == b.type && a.width == b.width && a.begin_extension == b.begin_extension &&
           a.end_extension == b.end_extension && a.count == b.count;
}
static bool operator==(const Text& a, const Text& b) { return a.layer == b.layer && a.at == b.at && a.text == b.text; }
static bool operator==(const Reference& a, const Reference& b) {
    return a.cell == b.cell && a.origin == b.origin && a.magnification == b.magnification &&
           a.angle_deg == b.angle_deg && a.mirror_x == b.mirror_x && a.columns == b.columns && a.rows == b.rows &&
           a.column_step == b.column_step && a.row_step == b.row_step;
}

namespace io {
namespace {

/// Elements in file order with their points, whatever the order of the pool.
template <class Element>
std::vector<Point> points_of(const Cell& cell, const std::vector<Element>& elements) {
    std::vector<Point> points;
    for (const Element& e : elements)
        points.insert(points.end(), cell.points.begin() + e.first, cell.points.begin() + e.first + e.count);
    return points;
}

void expect_equal(const Layout& a, const Layout& b) {
    EXPECT_EQ(a.library, b.library);
    EXPECT_EQ(a.unit, b.unit);
    EXPECT_EQ(a.user_units_per_database_unit, b.user_units_per_database_unit);
    ASSERT_EQ(a.cells.size(), b.cells.size());
    for (std::size_t i = 0; i < a.cells.size(); ++i) {
        const Cell &p = a.cells[i], &q = b.cells[i];
        EXPECT_EQ(p.name, q.name);
        EXPECT_TRUE(p.boundaries == q.boundaries && p.paths == q.paths && p.texts == q.texts &&
                    p.references == q.references)
            << p.name;
        EXPECT_EQ(points_of(p, p.boundaries), points_of(q, q.boundaries)) << p.name;
        EXPECT_EQ(points_of(p, p.paths), points_of(q, q.paths)) << p.name;
    }
}

double merged_area_um2(const Layout& layout, LayerKey layer) {
    const Region region = merged(flatten(layout, find_cell(layout, ""), layer));
    return area(region) * layout.unit.in(um)*layout.unit.in(um);
}

// ------------------------------------------------------------------------------------------------ published files
TEST(Gds, RoutedMetalHasTenthNanometreUnitAndKnownCounts) {
    const Layout layout = read_gds(data_file("layouts/gcd_45nm_metal1.gds"));
    EXPECT_EQ(layout.unit.si(), 1e-10);
    ASSERT_EQ(layout.cells.size(), 1u);
    const Cell& cell = layout.cells[0];
    EXPECT_EQ(cell.boundaries.size(), 1776u);
    std::size_t most = 0;
    for (const Boundary& b : cell.boundaries) most = std::max<std::size_t>(most, b.count);
    EXPECT_EQ(cell.points.size(), 21590u);
    EXPECT_EQ(most + 1, 529u);
    Point low = cell.points[0], high = low;
    for (Point p : cell.points) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
    EXPECT_EQ(low, (Point{11400, 13150}));
    EXPECT_EQ(high, (Point{317300, 308850}));
    EXPECT_NEAR(merged_area_um2(layout, {11, 0}), 285.946525, 1e-9);
}

TEST(Gds, ClipOfRoutedMetalHasKnownAreaAndLines) {
    const Layout layout = read_gds(data_file("layouts/gcd_45nm_metal1.gds"));
    const Region all = merged(flatten(layout, 0, {11, 0}));
    const Region clip = clipped(all, {220000, 180000, 240000, 200000});
    EXPECT_NEAR(area(clip) * 1e-8, 1.563575, 1e-12);
    for (const int x : {223050, 224950, 226850}) {
        const Region line = clipped(clip, {x - 10, 192500, x + 710, 192501});
        EXPECT_EQ(area(line), 700) << x;
    }
}

TEST(Gds, StandardCellsHaveKnownPathsTextsAndAreas) {
    const Layout inverter = read_gds(data_file("layouts/sky130_fd_sc_hd__inv_1.gds"));
    EXPECT_EQ(inverter.cells[0].boundaries.size(), 44u);
    EXPECT_EQ(inverter.cells[0].paths.size(), 2u);
    EXPECT_EQ(inverter.cells[0].texts.size(), 8u);
    EXPECT_NEAR(merged_area_um2(inverter, {67, 20}), 1.645700, 1e-12);
    EXPECT_NEAR(merged_area_um2(inverter, {68, 20}), 1.324800, 1e-12);
    EXPECT_EQ(merged(flatten(inverter, 0, {67, 20})).rings.size(), 4u);
    const Layout flop = read_gds(data_file("layouts/sky130_fd_sc_hd__dfxtp_1.gds"));
    EXPECT_NEAR(merged_area_um2(flop, {67, 20}), 10.771075, 1e-12);
    EXPECT_NEAR(merged_area_um2(flop, {66, 20}), 5.510700, 1e-12);
}

TEST(Gds, BoxRecordsAndPaddingAfterTheEndAreRead) {
    ReadReport report;
    const Layout boxes = read_gds(data_file("mpl/sim_c1.gds"), {}, &report);
    EXPECT_TRUE(report.warnings.empty()) << report.warnings[0];
    EXPECT_EQ(boxes.cells[find_cell(boxes, "")].boundaries.size(), 2034u);
    const Region all = merged(flatten(boxes, find_cell(boxes, ""), {1, 0}));
    EXPECT_EQ(all.rings.size(), 1109u);
    EXPECT_NEAR(area(all) * 1e-6, 11.689400, 1e-12);
    const Layout rails = read_gds(data_file("mpl/total_c1.gds"));
    EXPECT_EQ(rails.cells[find_cell(rails, "")].boundaries.size(), 2093u);
    EXPECT_NEAR(merged_area_um2(rails, {1, 0}), 60.719600, 1e-10);
}

TEST(Gds, PublishedFilesSurviveWritingAndReading) {
    for (const char* name : {"layouts/gcd_45nm_metal1.gds", "layouts/sky130_fd_sc_hd__fa_1.gds", "mpl/sim_c1.gds"}) {
        const Layout layout = read_gds(data_file(name));
        expect_equal(read_gds(write_gds(layout)), layout);
    }
}

// --------------------------------------------------------------------------------------------------- round trips
Layout generated_layout(unsigned seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) {
        return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
    };
    const auto coordinate = [&] {
        return pick(0, 9) == 0
                   ? (pick(0, 1) ? std::numeric_limits<std::int32_t>::max() : std::numeric_limits<std::int32_t>::min())
                   : pick(-100000, 100000);
    };
    const auto point = [&] { return Point{coordinate(), coordinate()}; };
    const auto layer = [&] { return LayerKey{pick(0, 65535), pick(0, 255)}; };
    Layout layout;
    layout.library = std::string(static_cast<std::size_t>(pick(1, 20)), 'L');
    layout.unit = Length::from_si(std::exp(pick(-250, -150) / 10.0));
    layout.user_units_per_database_unit = 1.0 / pick(1, 10000);
    for (int c = 0, cells = pick(1, 5); c < cells; ++c) {
        Cell cell;
        cell.name = "cell$" + std::to_string(c);
        const auto add_points = [&](int n) {
            const auto first = static_cast<std::uint32_t>(cell.points.size());
            for (int i = 0; i < n; ++i) cell.points.push_back({coordinate(), pick(-1000, 1000) * 100 + i % 100});
            if (cell.points.back() == cell.points[first] && n > 1) cell.points.back().y += 100000;
            return first;
        };
        for (int i = 0, n = pick(0, 6); i < n; ++i) {
            const int count = pick(3, 40);
            const std::uint32_t first = add_points(count);
            cell.boundaries.push_back({layer(), first, static_cast<std::uint32_t>(count)});
        }
        for (int i = 0, n = pick(0, 4); i < n; ++i) {
            const int count = pick(1, 9), types[] = {0, 1, 2, 4}, type = types[pick(0, 3)];
            const std::uint32_t first = add_points(count);
            cell.paths.push_back({layer(), type, pick(-50, 50), type == 4 ? pick(-9, 9) : 0,
                                  type == 4 ? pick(-9, 9) : 0, first, static_cast<std::uint32_t>(count)});
        }
        for (int i = 0, n = pick(0, 3); i < n; ++i)
            cell.texts.push_back({layer(), point(), std::string(static_cast<std::size_t>(pick(0, 5)), 't')});
        for (int i = 0, n = c == 0 ? 0 : pick(0, 4); i < n; ++i) {
            Reference r;
            r.cell = static_cast<std::uint32_t>(pick(0, c - 1));
            r.origin = {pick(-1000, 1000), pick(-1000, 1000)};
            r.magnification = pick(0, 1) ? 1 : std::exp(pick(-20, 20) / 10.0);
            r.angle_deg = pick(0, 1) ? 90.0 * pick(0, 3) : pick(-7200, 7200) / 7.0;
            r.mirror_x = pick(0, 1);
            if (pick(0, 1)) {
                r.columns = pick(1, 300);
                r.rows = pick(1, 300);
                r.column_step = {pick(-5000, 5000), pick(-5000, 5000)};
                r.row_step = {pick(-5000, 5000), pick(1, 5000)};
            }
            cell.references.push_back(r);
        }
        layout.cells.push_back(cell);
    }
    return layout;
}

TEST(Gds, GeneratedLayoutsSurviveWritingAndReading) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        const Layout layout = generated_layout(seed);
        const Bytes bytes = write_gds(layout);
        const Layout back = read_gds(bytes);
        expect_equal(back, layout);
        EXPECT_EQ(write_gds(back), bytes);
    }
}

/// 39 44 B8 2F A0 9B 5A 54 is the nanometre in every GDSII file; 3E 41 89 37 4B C6 A7 EF is 1/1000 cut to 56 bits.
TEST(Gds, DatabaseUnitIsWrittenInTheCustomaryBits) {
    const Bytes bytes = write_gds(Layout{});
    const std::string text = text_of(bytes);
    const std::size_t at = text.find(std::string("\0\x14\3\5", 4));
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(text.substr(at + 12, 8), "\x39\x44\xB8\x2F\xA0\x9B\x5A\x54");
    EXPECT_EQ(text.substr(at + 4, 7), "\x3E\x41\x89\x37\x4B\xC6\xA7");
    EXPECT_EQ(read_gds(bytes).unit.si(), 1e-9);
}

TEST(Gds, LongPolygonIsSplitWithoutChangingItsArea) {
    Layout layout;
    Cell& cell = layout.cells.emplace_back();
    cell.name = "COMB";
    for (int i = 0; i < 6000; ++i) {  // teeth upward; 12000 vertices at the top plus two at the bottom
        cell.points.push_back({20 * i, i % 2 ? 100 : 200 + i});
        cell.points.push_back({20 * i + 20, i % 2 ? 100 : 200 + i});
    }
    cell.points.push_back({120000, 0});
    cell.points.push_back({0, 0});
    cell.boundaries.push_back({{1, 0}, 0, static_cast<std::uint32_t>(cell.points.size())});
    const Layout back = read_gds(write_gds(layout));
    EXPECT_GT(back.cells[0].boundaries.size(), 1u);
    for (const Boundary& b : back.cells[0].boundaries) EXPECT_LE(b.count, 8190u);
    const Region a = flatten(layout, 0, {1, 0}), b = flatten(back, 0, {1, 0});
    EXPECT_EQ(area(combine(a, b, Boolean::exclusive_or)), 0);
    EXPECT_EQ(area(merged(a)), area(merged(b)));
}

TEST(Gds, LongestPolygonOfOneRecordIsNotSplit) {
    Layout layout;
    Cell& cell = layout.cells.emplace_back();
    cell.name = "A";
    for (int i = 0; i < 8190; ++i) cell.points.push_back({i, i * i % 1000});
    cell.boundaries.push_back({{1, 0}, 0, 8190});
    expect_equal(read_gds(write_gds(layout)), layout);
}

// ------------------------------------------------------------------------------------------------- damaged files
std::string record(int type, int data_type, const std::string& payload) {
    const auto length = static_cast<int>(payload.size()) + 4;
    return {std::string{static_cast<char>(length >> 8), static_cast<char>(length), static_cast<char>(type),
                        static_cast<char>(data_type)} +
            payload};
}
std::string int2(int v) { return {static_cast<char>(v >> 8), static_cast<char>(v)}; }
std::string int4(std::int32_t v) { return int2(v >> 16 & 0xFFFF) + int2(v & 0xFFFF); }
const std::string units = record(3, 5, "\x3E\x41\x89\x37\x4B\xC6\xA7\xF0\x39\x44\xB8\x2F\xA0\x9B\x5A\x54");
const std::string dates(24, '\0');
const std::string library_start = record(0, 2, int2(600)) + record(1, 2, dates) + record(2, 6, "LI") + units;
const std::string library_end = record(4, 0, "");
std::string cell_of(const std::string& name, const std::string& elements) {
    return record(5, 2, dates) + record(6, 6, name) + elements + record(7, 0, "");
}
std::string triangle(int vertices = 3) {
    std::string xy;
    const int x[] = {0, 100, 0, 50}, y[] = {0, 0, 100, 50};
    for (int i = 0; i < vertices; ++i) xy += int4(x[i]) + int4(y[i]);
    xy += int4(0) + int4(0);
    return record(8, 0, "") + record(13, 2, int2(1)) + record(14, 2, int2(0)) + record(16, 3, xy) + record(17, 0, "");
}
std::string reference(const std::string& name) {
    return record(10, 0, "") + record(18, 6, name) + record(16, 3, int4(0) + int4(0)) + record(17, 0, "");
}
Diagnostic gds_fault(const std::string& text) {
    return fault([&] { read_gds(bytes_of(text), {"chip.gds"}); });
}

TEST(Gds, RecordLongerThanTheFileIsLocated) {
    std::string file = library_start + cell_of("SRAM_8T", triangle() + triangle());
    const std::size_t at = library_start.size() + 28 + 4 + 7 + 1 + 64 - 8 + 4 + 6 + 6;
    file.resize(at + 20);
    const Diagnostic d = gds_fault(library_start + record(5, 2, dates) + record(6, 6, std::string("SRAM_8T\0", 8)) +
                                   triangle() + record(8, 0, "") + record(13, 2, int2(1)) + record(14, 2, int2(0)) +
                                   std::string("\x9c\x44\x10\x03", 4) + std::string(16, 'x'));
    EXPECT_EQ(d.code, "D0302");
    EXPECT_EQ(d.message, "damaged GDSII record");
    EXPECT_EQ(d.where.file, "chip.gds");
    EXPECT_EQ(d.where.cell, "SRAM_8T");
    EXPECT_EQ(d.where.element, "1");
    EXPECT_EQ(d.notes.at(0), "record XY (0x10) announces 40004 bytes, the file has 20 left");
    EXPECT_EQ(d.help, "--lenient keeps the 1 good elements of this cell and reports the rest");
}

TEST(Gds, EveryTruncationIsALocatedError) {
    const Bytes whole =
        bytes_of(library_start + cell_of("AA", triangle()) + cell_of("BB", reference("AA")) + library_end);
    read_gds(whole);
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const Diagnostic d = fault([&] { read_gds(ByteView(whole).first(n)); });
        EXPECT_EQ(d.code, "D0302") << n;
        EXPECT_GE(d.where.byte_offset, 0);
        EXPECT_LE(d.where.byte_offset, static_cast<std::int64_t>(n));
    }
}

TEST(Gds, MissingCellIsNamedWithTheNearestOne) {
    const Diagnostic d = gds_fault(library_start + cell_of("INVERTER_1", triangle()) +
                                   cell_of("TOPP", reference("INVERTER_2")) + library_end);
    EXPECT_EQ(d.code, "D0307");
    EXPECT_EQ(d.help, "did you mean 'INVERTER_1'?");
    EXPECT_GT(d.where.byte_offset, 0);
}

TEST(Gds, ReferencesBeforeTheirCellAreResolved) {
    const Layout layout = read_gds(
        bytes_of(library_start + cell_of("TOPP", reference("LEAF")) + cell_of("LEAF", triangle()) + library_end));
    EXPECT_EQ(layout.cells.at(0).references.at(0).cell, 1u);
    EXPECT_EQ(area(flatten(layout, 0, {1, 0})), 5000);
}

TEST(Gds, CyclesAreNamedNotFollowed) {
    const Diagnostic d =
        gds_fault(library_start + cell_of("AA", reference("BB")) + cell_of("BB", reference("CC")) +
                  cell_of("CC", reference("BB") + reference("DD")) + cell_of("DD", triangle()) + library_end);
    EXPECT_EQ(d.code, "D0308");
    EXPECT_TRUE(d.notes.at(0) == "'BB' -> 'CC' -> 'BB'" || d.notes.at(0) == "'CC' -> 'BB' -> 'CC'") << d.notes.at(0);
    EXPECT_EQ(gds_fault(library_start + cell_of("AA", reference("AA")) + library_end).notes.at(0), "'AA' -> 'AA'");
}

TEST(Gds, HierarchyDepthIsBounded) {
    const auto chain = [](int levels) {
        std::string file = library_start;
        for (int i = 0; i < levels; ++i)
            file += cell_of("C" + std::to_string(1000000 + i).substr(2),
                            i ? reference("C" + std::to_string(1000000 + i - 1).substr(2)) : triangle());
        return file + library_end;
    };
    EXPECT_EQ(read_gds(bytes_of(chain(1001))).cells.size(), 1001u);
    EXPECT_EQ(gds_fault(chain(1002)).code, "D0310");
}

TEST(Gds, FaultyElementsAreRefusedOrSkippedAndCounted) {
    const std::string file =
        library_start + cell_of("AA", triangle(1) + triangle() + triangle(2) + triangle()) + library_end;
    const Diagnostic d = gds_fault(file);
    EXPECT_EQ(d.code, "D0303");
    EXPECT_EQ(d.where.element, "0");
    ReadReport report;
    const Layout layout = read_gds(bytes_of(file), {"chip.gds", true}, &report);
    EXPECT_EQ(layout.cells[0].boundaries.size(), 2u);
    EXPECT_EQ(report.skipped_elements, 2u);
    EXPECT_EQ(report.warnings.size(), 2u);
}

TEST(Gds, LenientReadingKeepsTheGoodPartOfADamagedFile) {
    std::string file = library_start + cell_of("AA", triangle() + triangle() + triangle());
    file.resize(file.size() - 30);
    ReadReport report;
    const Layout layout = read_gds(bytes_of(file), {"chip.gds", true}, &report);
    EXPECT_EQ(layout.cells.at(0).boundaries.size(), 2u);
    EXPECT_EQ(report.skipped_elements, 1u);
}

TEST(Gds, UnitsNamesAndTransformsAreChecked) {
    const std::string start = record(0, 2, int2(600)) + record(1, 2, dates) + record(2, 6, "LI");
    EXPECT_EQ(gds_fault(start + library_end).code, "D0312");
    EXPECT_EQ(gds_fault(start + record(3, 5, std::string(16, '\0')) + library_end).code, "D0312");
    EXPECT_EQ(gds_fault(library_start + cell_of("AA", "") + cell_of("AA", "") + library_end).code, "D0304");
    EXPECT_EQ(gds_fault(library_start + cell_of("", "") + library_end).code, "D0304");
    const std::string negative = record(26, 1, int2(0)) + record(27, 5, "\xC1\x10" + std::string(6, '\0'));
    EXPECT_EQ(gds_fault(library_start + cell_of("AA", triangle()) +
                        cell_of("BB", record(10, 0, "") + record(18, 6, "AA") + negative +
                                          record(16, 3, int4(0) + int4(0)) + record(17, 0, "")) +
                        library_end)
                  .code,
              "D0313");
    const std::string uneven = record(11, 0, "") + record(18, 6, "AA") + record(19, 2, int2(3) + int2(1)) +
                               record(16, 3, int4(0) + int4(0) + int4(10) + int4(0) + int4(0) + int4(5)) +
                               record(17, 0, "");
    EXPECT_EQ(gds_fault(library_start + cell_of("AA", triangle()) + cell_of("BB", uneven) + library_end).code, "D0313");
    EXPECT_EQ(gds_fault("PNG or something else").code, "D0302");
    EXPECT_EQ(gds_fault(record(5, 2, dates)).code, "D0301");
}

TEST(Gds, ControlBytesOfNamesDoNotReachMessages) {
    const Diagnostic d = gds_fault(library_start + cell_of("A\x1b[2J\n", triangle(1)) + library_end);
    for (const char c : d.where.cell) EXPECT_TRUE(c >= ' ' && c < 127);
}

TEST(Gds, NodesPropertiesAndUnknownRecordsAreCounted) {
    const std::string node = record(0x15, 0, "") + record(13, 2, int2(1)) + record(0x2A, 2, int2(0)) +
                             record(16, 3, int4(1) + int4(2)) + record(17, 0, "");
    std::string with_property = triangle();
    with_property.insert(with_property.size() - 4,
                         record(0x2B, 2, int2(7)) + record(0x2C, 6, "ab") + record(0x60, 0, ""));
    ReadReport report;
    const Layout layout =
        read_gds(bytes_of(library_start + cell_of("AA", node + with_property) + library_end + "tail"), {}, &report);
    EXPECT_EQ(layout.cells[0].boundaries.size(), 1u);
    EXPECT_EQ(layout.cells[0].points.size(), 3u);
    EXPECT_EQ(report.nodes, 1u);
    EXPECT_EQ(report.properties, 1u);
    ASSERT_EQ(report.warnings.size(), 2u);
    EXPECT_EQ(report.warnings[0], "4 bytes that are not NUL follow ENDLIB");
    EXPECT_EQ(report.warnings[1], "records of unknown type (0x60) skipped: 1");
}

// ------------------------------------------------------------------------------------------------------------ GLP
TEST(Glp, ContestClipsHaveThePublishedAreas) {
    const int areas[] = {215344, 169280, 213504, 82560, 282044, 286234, 229149, 128544, 317581, 102400};
    for (int i = 1; i <= 10; ++i) {
        const Layout layout = read_glp(data_file("iccad13/clips/M1_test" + std::to_string(i) + ".glp"));
        EXPECT_EQ(layout.unit.si(), 1e-9);
        EXPECT_EQ(area(merged(flatten(layout, 0, {1, 0}))), areas[i - 1]) << i;
    }
}

TEST(Glp, RegionsSurviveWritingAndReading) {
    for (int i = 1; i <= 10; ++i) {
        const Region clip =
            merged(flatten(read_glp(data_file("iccad13/clips/M1_test" + std::to_string(i) + ".glp")), 0, {1, 0}));
        const Layout back = read_glp(write_glp(clip));
        EXPECT_EQ(back.cells[0].name, "Temp_Top");
        EXPECT_EQ(area(combine(clip, flatten(back, 0, {1, 0}), Boolean::exclusive_or)), 0) << i;
    }
}

TEST(Glp, HolesAreCutOpen) {
    const Region ring{1 * nm, {{{0, 0}, {100, 0}, {100, 100}, {0, 100}}, {{20, 20}, {20, 80}, {80, 80}, {80, 20}}}};
    const Region back = flatten(read_glp(write_glp(ring)), 0, {1, 0});
    EXPECT_EQ(area(merged(back)), 6400);
    EXPECT_EQ(area(combine(ring, back, Boolean::exclusive_or)), 0);
}

TEST(Glp, OtherUnitsAreKept) {
    const Region shape{0.1 * nm, {{{0, 0}, {10, 0}, {0, 10}}}};
    const Layout back = read_glp(write_glp({Length::from_si(1e-10), shape.rings}, "A", "L"));
    EXPECT_EQ(back.unit.si(), 1e-10);
    EXPECT_EQ(fault([] { write_glp({Length::from_si(3e-10), {}}); }).code, "D0316");
    EXPECT_EQ(fault([] { write_glp({1 * nm, {}}, "two words"); }).code, "D0316");
}

Diagnostic glp_fault(const std::string& body) {
    return fault([&] { read_glp(bytes_of("BEGIN\nEQUIV 1 1000 MICRON +X,+Y\nCELL A PRIME\n" + body), {"clip.glp"}); });
}

TEST(Glp, FaultsAreLocatedByLineAndColumn) {
    const Diagnostic d = glp_fault("   RECT N M1 80 492 4x2 88\nENDMSG\n");
    EXPECT_EQ(d.code, "D0317");
    EXPECT_EQ(d.where.line, 4);
    EXPECT_EQ(d.where.column, 21);
    EXPECT_EQ(d.where.length, 3);
    EXPECT_EQ(d.where.text, "   RECT N M1 80 492 4x2 88");
    EXPECT_EQ(glp_fault("RECT N M1 0 0 10\nENDMSG\n").where.line, 4);
    EXPECT_EQ(glp_fault("RECT N M1 0 0 10 0\nENDMSG\n").where.line, 4);
    EXPECT_EQ(glp_fault("RECT N M1 2147483647 0 10 10\nENDMSG\n").where.line, 4);
    EXPECT_EQ(glp_fault("PGON N M1 0 0 10 0 10\nENDMSG\n").message, "GLP line ends early");
    EXPECT_EQ(glp_fault("PGON N M1 0 0 10 0\nENDMSG\n").message, "GLP polygon has fewer than 3 vertices");
    EXPECT_EQ(glp_fault("PGON N M1 0 0 10 0 99999999999 4\nENDMSG\n").where.column, 20);
    EXPECT_EQ(glp_fault("CIRC N M1 0 0 10\nENDMSG\n").message, "GLP keyword is not known");
    EXPECT_EQ(glp_fault("CELL B PRIME\nENDMSG\n").message, "GLP file has more than one cell");
    EXPECT_EQ(glp_fault("RECT N M1 0 0 10 10\n").message, "GLP file ends without ENDMSG");
    EXPECT_EQ(fault([] { read_glp(bytes_of("hello\n"), {"x", true}); }).code, "D0301");
}

}  // namespace
}  // namespace io
}  // namespace damascene
