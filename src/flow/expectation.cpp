#include "flow/expectation.hpp"

#include <algorithm>
#include <cmath>

#include "flow/text.hpp"

namespace damascene::flow {
namespace {

bool known_unit(const std::string& unit) { return !unit.empty() && unit != "clear field"; }

Dimension unit_dimension(const std::string& unit) {
    return known_unit(unit) ? parse_unit(unit).dimension : Dimension{};
}

double bare(double value, const Node& node, const Scalar& scalar) {
    if (unit_dimension(scalar.unit) == Dimension{}) return value;
    Faults faults;
    faults.error("D0201", "a limit on '" + scalar.id + "' needs a unit", node.span,
                 dimension_name(unit_dimension(scalar.unit)), "write \"" + shortest(value) + " " + scalar.unit + "\"");
    faults.throw_if_any();
    return 0;
}

/// SI value of a limit and of the scalar it limits; a dimension mismatch is bad input.
double limit_of(const Node& node, const Scalar& scalar) {
    if (node.kind == Node::Kind::integer) return bare(static_cast<double>(node.integer), node, scalar);
    if (node.kind == Node::Kind::real) return bare(node.real, node, scalar);
    const ParsedQuantity parsed = *parse_quantity(node.text).value;
    const Dimension wanted = unit_dimension(scalar.unit);
    if (!(parsed.dimension == wanted)) {
        Faults faults;
        faults.error("D0203", "wrong dimension for a limit on '" + scalar.id + "'", node.span,
                     "this is " + dimension_name(parsed.dimension) + ", the value is " + dimension_name(wanted));
        faults.throw_if_any();
    }
    return parsed.si;
}

const Scalar& reported(const Expectation& expect, const std::vector<Scalar>& scalars) {
    std::vector<std::string> ids;
    for (const Scalar& s : scalars) {
        if (s.id == expect.value) return s;
        ids.push_back(s.id);
    }
    const std::string near = nearest_name(expect.value, ids);
    Faults faults;
    faults.error("D0112", "no step reported '" + expect.value + "'", expect.span,
                 near.empty() ? "reported: " + join(ids, ", ") : "did you mean '" + near + "'?");
    faults.throw_if_any();
    std::abort();
}

Verdict judged(const Expectation& expect, const Scalar& scalar) {
    const double value = known_unit(scalar.unit) ? to_si(scalar.value, scalar.unit) : scalar.value;
    const double tolerance = expect.tolerance ? limit_of(*expect.tolerance, scalar) : 0;
    bool pass = std::isfinite(value);
    std::vector<std::string> limits;
    const auto check = [&](const std::optional<Node>& node, const char* name, auto&& met) {
        if (!node) return;
        pass = pass && met(limit_of(*node, scalar));
        limits.push_back(std::string(name) + " " + to_toml_value(*node));
    };
    check(expect.low, "min", [&](double l) { return value >= l; });
    check(expect.high, "max", [&](double l) { return value <= l; });
    check(expect.equals, "equals", [&](double l) { return std::abs(value - l) <= tolerance; });
    return {expect.value, pass, scalar.value, scalar.unit, join(limits, ", ")};
}

}  // namespace

std::vector<Verdict> judged(const Recipe& recipe, const std::vector<Scalar>& scalars) {
    std::vector<Verdict> verdicts;
    for (const Expectation& expect : recipe.expects) verdicts.push_back(judged(expect, reported(expect, scalars)));
    return verdicts;
}

}  // namespace damascene::flow
