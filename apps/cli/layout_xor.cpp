#include "layout.hpp"

#include <cmath>

#include "flow/text.hpp"

namespace damascene::cli {
namespace {

/// Both layouts on the finer database unit of the two.
Region on_unit(const Region& shapes, Length unit) {
    const double factor = shapes.unit / unit;
    Region out{unit, shapes.rings};
    for (Ring& ring : out.rings)
        for (Point& p : ring)
            p = {static_cast<std::int32_t>(std::lround(p.x * factor)),
                 static_cast<std::int32_t>(std::lround(p.y * factor))};
    return out;
}

int layout_xor(const Session& session) {
    const Sheet a = open_sheet(session, "A"), b = open_sheet(session, "B");
    const Length unit = a.layout.unit < b.layout.unit ? a.layout.unit : b.layout.unit;
    const Region first = on_unit(layer_shapes(a, session.args.text("--layer")), unit),
                 second = on_unit(layer_shapes(b, session.args.text("--layer")), unit);
    Region difference = combine(first, second, Boolean::exclusive_or);
    difference.unit = unit;
    const double area_nm2 = area(difference) * unit.in(nm)*unit.in(nm);
    if (!session.output().empty()) write_layout(session.output(), flat_layout({{{1, 0}, difference}}, "XOR"));
    if (session.json)
        print("{\"rings\":" + std::to_string(difference.rings.size()) + ",\"area_nm2\":" + flow::shortest(area_nm2) +
              "}\n");
    else
        print(difference.rings.empty() ? "identical\n"
                                       : std::to_string(difference.rings.size()) + " rings differ, " +
                                             flow::rounded(area_nm2, 10) + " nm^2\n");
    return difference.rings.empty() ? 0 : 1;
}

}  // namespace

extern const Command command_layout_xor;
const Command command_layout_xor = {"layout xor",
                                    "shapes in one layout and not in the other; exit 1 if any",
                                    "damascene layout xor a.gds b.gds --layer 11/0",
                                    {{"A", Flag::positional, "layout", true},
                                     {"B", Flag::positional, "layout", true},
                                     {"--layer", Flag::value, "layer/datatype", false, {}, "", "L/D"},
                                     cell_flag()},
                                    layout_xor};

}  // namespace damascene::cli
