// The table [sweep]: which values of a recipe vary, and how the cases are drawn.
//
//   grid         every combination of the listed values
//   lhs          one value in each of N equal slices per axis, shuffled       [McKay 1979]
//   sobol        scrambled net: 2^m points fill boxes evenly; a longer sweep contains the shorter one [Owen 1997]
//   monte-carlo  independent draws
//   list         the rows of a CSV file
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

#include "damascene/base/random.hpp"
#include "damascene/flow/sweep.hpp"
#include "flow/recipe_tree.hpp"
#include "flow/text.hpp"
#include "numerics/sobol.hpp"

namespace damascene::flow {
namespace {

constexpr std::size_t most_cases = 20000;
const std::vector<std::string> vary_keys = {"key", "values", "from", "to", "points", "scale", "mean", "sigma"};

struct Number {
    double value = 0, si = 0;
    std::string unit;
};

/// An axis as the recipe states it: listed values, a range, or a normal distribution.
struct Vary {
    std::string key;
    Span key_span, span;
    std::vector<Node> values;
    std::optional<Number> from, to, mean, sigma;
    std::int64_t points = 0;
    bool log = false, whole = false;
};

std::optional<Number> number_of(const Node& node) {
    if (node.kind == Node::Kind::integer)
        return Number{static_cast<double>(node.integer), static_cast<double>(node.integer), ""};
    if (node.kind == Node::Kind::real && std::isfinite(node.real)) return Number{node.real, node.real, ""};
    if (node.kind != Node::Kind::text) return {};
    const QuantityParse parsed = parse_quantity(node.text);
    if (!parsed.value) return {};
    const std::string shown = format_quantity(parsed.value->si, parsed.value->unit);
    return Number{std::strtod(shown.c_str(), nullptr), parsed.value->si, parsed.value->unit};
}

/// The same quantity counted in another unit of its dimension.
double in_unit(const Number& number, const std::string& unit) {
    return number.unit == unit ? number.value : std::strtod(format_quantity(number.si, unit).c_str(), nullptr);
}

/// A standard deviation counted in the unit of its mean; degrees Celsius have the spacing of kelvins.
double spread(const Number& mean, const Number& sigma) {
    if (mean.unit != "degC") return in_unit(sigma, mean.unit);
    return in_unit({0, mean.si + sigma.si, "K"}, mean.unit) - mean.value;
}

bool same_dimension(const Number& a, const Number& b) {
    const auto dimension = [](const Number& n) { return n.unit.empty() ? Dimension{} : parse_unit(n.unit).dimension; };
    return dimension(a) == dimension(b);
}

Node node_of(double value, const std::string& unit, bool whole, const Span& span) {
    Node node;
    node.span = node.key_span = span;
    if (unit.empty() && whole) {
        node.kind = Node::Kind::integer;
        node.integer = static_cast<std::int64_t>(std::llround(value));
    } else if (unit.empty()) {
        node.kind = Node::Kind::real;
        node.real = value;
    } else {
        node.kind = Node::Kind::text;
        node.text = shortest(value) + " " + unit;
    }
    return node;
}

/// A drawn value as a person would write it; the same digits on every machine.
double trimmed(double value) { return std::strtod(rounded(value, 12).c_str(), nullptr); }

double between(const Number& from, const Number& to, bool log, double u) {
    const double a = from.value, b = in_unit(to, from.unit);
    return trimmed(log ? a * std::pow(b / a, u) : a + (b - a) * u);
}

/// Whether the recipe takes whole numbers at a key.
bool takes_whole(const Node& tree, const std::string& key) {
    const std::vector<std::string> parts = split(key, '.');
    const Node* steps = tree.find("step");
    if (parts.size() < 3 || parts[0] != "step" || !steps) return false;
    const std::string name = key.substr(parts[0].size() + parts[1].size() + 2);
    for (const Node& step : steps->items) {
        const Node *own = step.find("name"), *model = step.find("model");
        if (!model || (own ? own->text : model->text) != parts[1]) continue;
        if (const StepModel* found = find_step_model(model->text))
            for (const ParamSpec& spec : found->info.params)
                if (spec.name == name) return spec.kind == ParamKind::integer;
    }
    return false;
}

class SweepReader {
  public:
    SweepReader(const Node& table, Node tree, SweepPlan& plan, std::uint64_t seed, const std::string& folder)
        : table_(table), tree_(std::move(tree)), plan_(plan), seed_(seed), folder_(folder) {}

    void read() {
        const Resolved own = resolve(without_axes(), sweep_table(), "[sweep]", "sweep", faults_, {"vary"});
        faults_.throw_if_any();
        plan_.method = own.values.text("method");
        plan_.keep_all = own.values.text("keep") == "all";
        for (const auto& [key, used] : {std::pair("cases", plan_.method != "grid" && plan_.method != "list"),
                                        std::pair("file", plan_.method == "list")})
            if (own.given(key) && !used)
                faults_.error("D0402", std::string("'") + key + "' does not go with method = \"" + plan_.method + "\"",
                              table_.find(key)->span, "", "remove it, or choose another method");
        if (own.values.has("outputs")) plan_.outputs = own.values.texts("outputs");
        if (const Node* list = table_.find("outputs"))
            for (const Node& item : list->items) plan_.output_spans.push_back(item.span);
        axes();
        faults_.throw_if_any();
        if (plan_.method == "list")
            list(own);
        else if (plan_.method == "grid")
            grid();
        else
            draw(static_cast<std::size_t>(own.values.integer("cases")));
        faults_.throw_if_any();
        plan_.tree = std::move(tree_);
    }

  private:
    static bool is_axis(const std::string& key, const Node& node) {
        return key.find('.') != std::string::npos || (node.kind == Node::Kind::table && key != "vary");
    }
    Node without_axes() const {
        Node own = table_;
        std::erase_if(own.entries, [](const NodeEntry& e) { return is_axis(e.first, e.second); });
        return own;
    }

    void axes() {
        for (const auto& [key, child] : table_.entries)
            if (is_axis(key, child)) short_form(key, child);
        if (const Node* vary = table_.find("vary")) {
            if (vary->kind != Node::Kind::array)
                return (void)faults_.error("D0105", "'vary' is a list of tables", vary->span,
                                           "[ { key = \"step.fill.sticking\", from = 0.02, to = 0.5 } ]");
            for (const Node& item : vary->items) long_form(item);
        }
        for (std::size_t i = 0; i < varied_.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (varied_[i].key == varied_[j].key)
                    faults_.error("D0108", "'" + varied_[i].key + "' varies twice", varied_[i].key_span,
                                  "one axis per value");
        const Node* method = table_.find("method");
        if (varied_.empty() && plan_.method != "list" && faults_.errors.empty())
            faults_.error("D0107", "the sweep varies nothing", table_.span, "a key of the recipe with its values",
                          "add \"step.NAME.KEY\" = [ ... ] or vary = [ { key = \"...\", from = ..., to = ... } ]");
        if (!varied_.empty() && plan_.method == "list")
            faults_.error("D0402", "a list has its values in a file", method ? method->span : table_.span,
                          "columns are the keys", "remove the axes, or another method");
    }

    /// "step.fill.sticking" = [0.1, 0.2], also without the quotes.
    void short_form(const std::string& key, const Node& node) {
        if (node.kind == Node::Kind::table) {
            for (const auto& [inner, child] : node.entries) short_form(key + "." + inner, child);
            return;
        }
        Vary axis{key, node.key_span, node.span, {}, {}, {}, {}, {}, 0, false, false};
        values(axis, node);
        varied_.push_back(std::move(axis));
    }

    void values(Vary& axis, const Node& node) {
        if (node.kind != Node::Kind::array || node.items.empty())
            return (void)faults_.error("D0105", "'" + axis.key + "' needs a list of values", node.span,
                                       "for example [0.02, 0.1, 0.5]");
        axis.values = node.items;
        std::optional<Number> first;
        for (const Node& item : node.items) {
            if (item.kind == Node::Kind::table)
                return (void)faults_.error("D0105", "a table cannot vary as a whole", item.span,
                                           "vary one of its values");
            const auto number = number_of(item);
            if (&item == &node.items.front()) first = number;
            if (number.has_value() != first.has_value() || (number && !same_dimension(*number, *first)))
                return (void)faults_.error("D0203", "the values of '" + axis.key + "' are not of one kind", item.span,
                                           "quantities of one dimension, or words");
        }
    }

    void long_form(const Node& item) {
        if (item.kind != Node::Kind::table)
            return (void)faults_.error("D0105", "an axis is a table", item.span,
                                       "{ key = \"step.fill.sticking\", from = 0.02, to = 0.5 }");
        for (const auto& [key, child] : item.entries)
            if (std::find(vary_keys.begin(), vary_keys.end(), key) == vary_keys.end()) {
                const std::string near = nearest_name(key, vary_keys);
                faults_.error("D0102", "unknown key '" + key + "' in vary", child.key_span,
                              near.empty() ? "allowed: " + join(vary_keys, ", ") : "did you mean '" + near + "'?");
            }
        const Node* key = item.find("key");
        if (!key || key->kind != Node::Kind::text)
            return (void)faults_.error("D0107", "an axis needs a key", key ? key->span : item.span,
                                       "the value it varies, for example key = \"step.fill.sticking\"");
        Span inside = key->span;  // behind the quote
        ++inside.column;
        inside.length = std::max(1, inside.length - 2);
        Vary axis{key->text, inside, item.span, {}, {}, {}, {}, {}, 0, false, takes_whole(tree_, key->text)};
        if (const Node* list = item.find("values")) values(axis, *list);
        axis.from = number(item, "from"), axis.to = number(item, "to");
        axis.mean = number(item, "mean"), axis.sigma = number(item, "sigma");
        if (const Node* scale = item.find("scale")) {
            axis.log = scale->text == "log";
            if (!axis.log && scale->text != "lin")
                faults_.error("D0106", "unknown scale", scale->span, "\"lin\" or \"log\"");
        }
        if (const Node* points = item.find("points")) {
            axis.points = points->kind == Node::Kind::integer ? points->integer : 0;
            if (axis.points < 2 || axis.points > 10000)
                faults_.error("D0105", "'points' has the wrong kind or range", points->span,
                              "a whole number: 2 .. 10000");
        }
        complete(axis, item);
        varied_.push_back(std::move(axis));
    }

    std::optional<Number> number(const Node& item, const char* name) {
        const Node* node = item.find(name);
        if (!node) return {};
        const auto value = number_of(*node);
        if (!value)
            faults_.error("D0202", std::string("'") + name + "' is not a quantity", node->span,
                          "a number, or a quantity with its unit");
        return value;
    }

    void complete(const Vary& axis, const Node& item) {
        if (!faults_.errors.empty()) return;
        const int forms = !axis.values.empty() + (axis.from || axis.to) + (axis.mean || axis.sigma);
        if (forms != 1 || axis.from.has_value() != axis.to.has_value() ||
            axis.mean.has_value() != axis.sigma.has_value())
            return (void)faults_.error("D0107", "'" + axis.key + "' needs its values", item.span,
                                       "one of: values; from and to; mean and sigma");
        const auto &a = axis.from ? axis.from : axis.mean, &b = axis.to ? axis.to : axis.sigma;
        if (a && !same_dimension(*a, *b))
            faults_.error("D0203", "the two numbers of '" + axis.key + "' have different dimensions", item.span);
        else if (axis.log && !(axis.from && axis.from->si > 0 && axis.to->si > 0))
            faults_.error("D0402", "a logarithmic axis needs two positive ends", item.span, "from > 0 and to > 0");
        else if (axis.from && axis.from->si == axis.to->si)
            faults_.error("D0402", "the two ends of '" + axis.key + "' are the same", item.span);
        else if ((axis.log && (axis.from->unit == "degC" || axis.to->unit == "degC")) ||
                 (axis.sigma && axis.sigma->unit == "degC"))
            faults_.error("D0402", "'" + axis.key + "' counts from a zero of degC that means nothing", item.span,
                          axis.log ? "ratios need absolute temperatures" : "a spread is a difference",
                          axis.log ? "write both ends in K" : "write sigma in K");
        else if (item.find("points") && (plan_.method != "grid" || !axis.from))
            faults_.error("D0402", "'points' belongs to a range on a grid", item.find("points")->span, "",
                          axis.from ? "remove it, or method = \"grid\"" : "remove it");
        else if (axis.sigma && !(axis.sigma->value > 0))
            faults_.error("D0402", "'sigma' is not positive", item.find("sigma")->span, "a standard deviation");
    }

    SweepAxis described(const Vary& axis) const {
        SweepAxis out{axis.key, "", axis.log, {}};
        const auto first = axis.values.empty() ? std::nullopt : number_of(axis.values.front());
        if (first)
            out.unit = first->unit;
        else if (axis.values.empty())
            out.unit = (axis.from ? axis.from : axis.mean)->unit;
        else
            for (const Node& item : axis.values)
                out.words.push_back(item.kind == Node::Kind::text ? item.text : to_toml_value(item));
        return out;
    }

    std::vector<Node> grid_values(const Vary& axis) {
        if (!axis.values.empty()) return axis.values;
        if (axis.points == 0 || !axis.from) {
            faults_.error("D0107", "'" + axis.key + "' has no points on a grid", axis.span,
                          "values, or from, to and points", "add points = 5, or method = \"sobol\"");
            return {};
        }
        std::vector<Node> nodes;
        for (std::int64_t i = 0; i < axis.points; ++i)
            nodes.push_back(node_of(
                between(*axis.from, *axis.to, axis.log, static_cast<double>(i) / static_cast<double>(axis.points - 1)),
                axis.from->unit, axis.whole, axis.span));
        return nodes;
    }

    void grid() {
        std::vector<std::vector<Node>> nodes;
        double count = 1;
        for (const Vary& axis : varied_) {
            nodes.push_back(grid_values(axis));
            plan_.axes.push_back(described(axis));
            plan_.levels.push_back(nodes.back().size());
            count *= static_cast<double>(nodes.back().size());
        }
        if (!faults_.errors.empty()) return;
        if (count > most_cases)
            return (void)faults_.error("D0402", "the grid has " + shortest(count) + " cases", table_.span,
                                       "at most " + std::to_string(most_cases), "method = \"sobol\" with cases = 256");
        for (std::size_t c = 0; c < static_cast<std::size_t>(count); ++c) {
            SweepCase item;
            std::size_t stride = static_cast<std::size_t>(count);
            for (std::size_t j = 0; j < nodes.size(); ++j) {
                stride /= nodes[j].size();
                const std::size_t level = c / stride % nodes[j].size();
                push(item, j, nodes[j][level], level,
                     (static_cast<double>(level) + 0.5) / static_cast<double>(nodes[j].size()));
            }
            plan_.cases.push_back(std::move(item));
        }
    }

    void push(SweepCase& item, std::size_t axis, const Node& node, std::size_t level, double position) const {
        const auto number = number_of(node);
        item.values.push_back(number ? in_unit(*number, plan_.axes[axis].unit) : static_cast<double>(level));
        item.positions.push_back(position);
        item.nodes.push_back(node);
        if (axis < varied_.size()) item.nodes.back().key_span = varied_[axis].key_span;
    }

    /// Probabilities of case i, one per axis.
    std::vector<std::vector<double>> unit_points(std::size_t n) const {
        const std::size_t d = varied_.size();
        std::vector<std::vector<double>> points(n, std::vector<double>(d));
        const numerics::ScrambledSobol net(seed_, 0);
        for (std::size_t j = 0; j < d; ++j) {
            const KeyedRandom random(seed_, 0x73776565'70000000u + j);
            std::vector<std::size_t> rank(n);
            std::iota(rank.begin(), rank.end(), 0);
            if (plan_.method == "lhs")
                std::sort(rank.begin(), rank.end(),
                          [&](std::size_t a, std::size_t b) { return random.uniform(a) < random.uniform(b); });
            for (std::size_t i = 0; i < n; ++i)
                points[i][j] = plan_.method == "sobol" ? net.point(static_cast<std::uint32_t>(i))[j]
                               : plan_.method == "lhs"
                                   ? (static_cast<double>(rank[i]) + random.uniform(n + i)) / static_cast<double>(n)
                                   : random.uniform(i);
        }
        return points;
    }

    Node drawn(const Vary& axis, double u) const {
        if (axis.from && axis.whole && !axis.log) {  // each whole number equally often
            const double low = std::min(axis.from->value, axis.to->value),
                         high = std::max(axis.from->value, axis.to->value);
            return node_of(low + std::floor(u * (high - low + 1)), "", true, axis.span);
        }
        if (axis.from)
            return node_of(between(*axis.from, *axis.to, axis.log, u), axis.from->unit, axis.whole, axis.span);
        const double z = boost::math::quantile(boost::math::normal(), u);
        return node_of(trimmed(axis.mean->value + spread(*axis.mean, *axis.sigma) * z), axis.mean->unit, axis.whole,
                       axis.span);
    }

    void draw(std::size_t n) {
        if (plan_.method == "sobol" && varied_.size() > numerics::sobol_dimensions)
            return (void)faults_.error("D0402", "a Sobol' net has at most 8 axes here", table_.find("method")->span,
                                       std::to_string(varied_.size()) + " vary", "method = \"lhs\"");
        for (const Vary& axis : varied_) plan_.axes.push_back(described(axis));
        for (const std::vector<double>& u : unit_points(n)) {
            SweepCase item;
            for (std::size_t j = 0; j < varied_.size(); ++j) {
                const std::vector<Node>& listed = varied_[j].values;
                const auto level = static_cast<std::size_t>(u[j] * static_cast<double>(listed.size()));
                push(item, j, listed.empty() ? drawn(varied_[j], u[j]) : listed[level], level, u[j]);
            }
            plan_.cases.push_back(std::move(item));
        }
    }

    void list(const Resolved& own) {
        const Node* file = table_.find("file");
        if (!file)
            return (void)faults_.error("D0107", "missing key 'file' in [sweep]", table_.span,
                                       "a CSV file: one column per key, \"step.etch.depth [nm]\", one row per case");
        const std::string path = join_path(folder_, own.values.text("file"));
        const std::string text = read_text_file(path);
        const io::Table rows = io::read_csv(std::as_bytes(std::span(text.data(), text.size())), {.file = path});
        if (rows.rows.empty() || rows.rows.size() > most_cases)
            return (void)faults_.error("D0402", "the list has " + std::to_string(rows.rows.size()) + " cases",
                                       file->span, "1 to " + std::to_string(most_cases));
        const auto source = std::make_shared<Source>(Source{path, "file", split_lines(text)});
        for (std::size_t j = 0; j < rows.names.size(); ++j)
            plan_.axes.push_back({rows.names[j], rows.units[j], false, {}});
        for (std::size_t i = 0; i < rows.rows.size(); ++i) {
            SweepCase item;
            for (std::size_t j = 0; j < rows.names.size(); ++j)
                push(item, j, cell(rows.rows[i][j], rows.units[j], {source, static_cast<int>(i) + 2, 1, 1}), i,
                     (static_cast<double>(i) + 0.5) / static_cast<double>(rows.rows.size()));
            plan_.cases.push_back(std::move(item));
        }
        words_of_list();
        by_rank();
    }

    static Node cell(const std::string& text, const std::string& unit, const Span& span) {
        Node node;
        node.kind = Node::Kind::text;
        node.text = unit.empty() ? text : text + " " + unit;
        node.span = node.key_span = span;
        const auto number = number_of(node);
        if (!number || !number->unit.empty()) return node;
        return node_of(number->value, "", text.find_first_not_of("+-0123456789") == std::string::npos, span);
    }

    /// Columns of words count their different words.
    void words_of_list() {
        for (std::size_t j = 0; j < plan_.axes.size(); ++j)
            for (SweepCase& item : plan_.cases) {
                if (number_of(item.nodes[j])) continue;
                auto& words = plan_.axes[j].words;
                auto found = std::find(words.begin(), words.end(), item.nodes[j].text);
                if (found == words.end()) found = words.insert(words.end(), item.nodes[j].text);
                item.values[j] = static_cast<double>(found - words.begin());
            }
    }

    void by_rank() {
        for (std::size_t j = 0; j < plan_.axes.size(); ++j) {
            std::vector<double> sorted;
            for (const SweepCase& item : plan_.cases) sorted.push_back(item.values[j]);
            std::sort(sorted.begin(), sorted.end());
            for (SweepCase& item : plan_.cases) {
                const auto below = std::lower_bound(sorted.begin(), sorted.end(), item.values[j]) - sorted.begin();
                item.positions[j] = (static_cast<double>(below) + 0.5) / static_cast<double>(sorted.size());
            }
        }
    }

    const Node& table_;
    Node tree_;
    SweepPlan& plan_;
    std::uint64_t seed_;
    std::string folder_;
    Faults faults_;
    std::vector<Vary> varied_;
};

Node without_sweep(const Node& tree) {
    Node rest = tree;
    std::erase_if(rest.entries, [](const NodeEntry& e) { return e.first == "sweep"; });
    return rest;
}

Recipe recipe_with(const SweepPlan& plan, const std::vector<Node>& nodes) {
    Node tree = plan.tree;
    std::optional<std::uint64_t> seed = plan.seed;
    for (std::size_t j = 0; j < nodes.size(); ++j) {
        if (plan.axes[j].key == "seed") seed.reset();
        put_value(tree, plan.axes[j].key, nodes[j], nodes[j].key_span);
    }
    return recipe_of_tree(std::move(tree), plan.base.text, plan.base.file, {{}, seed});
}

/// A value out of range or of the wrong kind is wrong in every case; one that does not go with the others is not.
bool wrong_alone(const InputError& error) {
    return std::any_of(error.diagnostics().begin(), error.diagnostics().end(),
                       [](const Diagnostic& d) { return d.code.starts_with("D01") || d.code.starts_with("D02"); });
}

/// Each value of each axis once, beside the first case's other values.
void check_axes(const SweepPlan& plan) {
    for (std::size_t j = 0; j < plan.axes.size(); ++j) {
        const auto [low, high] =
            std::minmax_element(plan.cases.begin(), plan.cases.end(),
                                [&](const SweepCase& a, const SweepCase& b) { return a.values[j] < b.values[j]; });
        std::vector<const SweepCase*> ends = {&*low, &*high};
        if (!plan.axes[j].words.empty()) {
            ends.clear();
            for (const SweepCase& item : plan.cases) ends.push_back(&item);
        }
        std::vector<double> seen;
        for (const SweepCase* end : ends) {
            if (std::find(seen.begin(), seen.end(), end->values[j]) != seen.end()) continue;
            seen.push_back(end->values[j]);
            std::vector<Node> nodes = plan.cases.front().nodes;
            nodes[j] = end->nodes[j];
            try {
                recipe_with(plan, nodes);
            } catch (const InputError& error) {
                if (wrong_alone(error)) throw;
            }
        }
    }
}

void check_outputs(const SweepPlan& plan, const Node& table) {
    const Node* list = table.find("outputs");
    if (!list) return;
    std::vector<std::string> names;
    for (const StepPlan& step : plan.base.steps) names.push_back(step.name);
    Faults faults;
    for (const Node& item : list->items) {
        const std::string step = item.text.substr(0, item.text.find('.'));
        if (item.text.find('.') != std::string::npos && std::find(names.begin(), names.end(), step) != names.end())
            continue;
        const std::string near = nearest_name(step, names);
        faults.error("D0112", "'" + item.text + "' names no step of this recipe", item.span,
                     near.empty() ? "STEP.SCALAR; steps: " + join(names, ", ") : "did you mean '" + near + "'?");
    }
    faults.throw_if_any();
}

}  // namespace

const ModelInfo& sweep_table() {
    static const ModelInfo table{
        .catalogue = "table",
        .name = "sweep",
        .summary = "One recipe, many cases: values of the recipe that vary, and what is tabulated.",
        .equation =
            "\"step.fill.sticking\" = [0.02, 0.1, 0.5]\n"
            "vary = [ { key = \"step.etch.depth\", from = \"140 nm\", to = \"420 nm\", points = 5, scale = "
            "\"lin\" | \"log\" } ]\n"
            "vary = [ { key = \"step.fill.sticking\", mean = 0.2, sigma = 0.02 } ]",
        .citation = "McKay1979,Owen1997",
        .params = {
            {.name = "method",
             .kind = ParamKind::choice,
             .default_text = "grid",
             .doc = "how cases are drawn: all combinations, a net, slices, independent draws, or the rows of a file",
             .choices = {"grid", "list", "lhs", "sobol", "monte-carlo"}},
            {.name = "cases",
             .kind = ParamKind::integer,
             .default_text = "64",
             .low = 1,
             .high = static_cast<double>(most_cases),
             .doc = "of lhs, sobol and monte-carlo; powers of two suit sobol"},
            {.name = "file",
             .kind = ParamKind::path,
             .doc = "of the method list: CSV with one column per key and its unit, one row per case",
             .optional = true},
            {.name = "outputs",
             .kind = ParamKind::text_list,
             .doc = "STEP.SCALAR to tabulate; absent: all of the last step",
             .optional = true},
            {.name = "keep",
             .kind = ParamKind::choice,
             .default_text = "scalars",
             .doc = "\"all\": a result folder with report for every case",
             .choices = {"scalars", "all"}},
        }};
    return table;
}

Recipe sweep_recipe(const SweepPlan& plan, std::size_t index) {
    if (index >= plan.cases.size())
        throw InputError("D0402", "the sweep has no case " + std::to_string(index),
                         "cases 0 to " + std::to_string(plan.cases.size() - 1));
    return recipe_with(plan, plan.cases[index].nodes);
}

std::string SweepPlan::hash() const {
    std::string text = "damascene-sweep-1\n" + base.hash() + "\n" + method + (keep_all ? " all" : "") + "\n";
    for (const SweepAxis& axis : axes) text += axis.key + "\n";
    for (const SweepCase& item : cases)
        for (const Node& node : item.nodes) text += to_toml_value(node) + "\n";
    for (const std::string& output : outputs) text += output + "\n";
    return sha256_hex(std::string_view(text));
}

std::optional<SweepPlan> load_sweep(const std::string& path, const LoadOptions& options) {
    return sweep_from_text(read_text_file(path), path, options);
}

std::optional<SweepPlan> sweep_from_text(const std::string& text, const std::string& path, const LoadOptions& options) {
    const Node tree = recipe_tree(text, path, options);
    const Node* table = tree.find("sweep");
    if (!table) return {};
    if (table->kind != Node::Kind::table) {
        Faults faults;
        faults.error("D0105", "'sweep' is a table", table->span, "begin it with [sweep]");
        faults.throw_if_any();
    }
    SweepPlan plan;
    plan.base.text = text;
    plan.base.file = path;
    plan.seed = options.seed;
    const Node* seed = tree.find("seed");
    SweepReader(*table, without_sweep(tree), plan,
                options.seed ? *options.seed
                : seed && seed->kind == Node::Kind::integer && seed->integer >= 0
                    ? static_cast<std::uint64_t>(seed->integer)
                    : 1,
                folder_of(path))
        .read();
    plan.base = recipe_with(plan, plan.cases.front().nodes);
    check_axes(plan);
    check_outputs(plan, *table);
    return plan;
}

}  // namespace damascene::flow
