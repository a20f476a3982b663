// Reactions as text, balanced element by element.
//
//   reaction := side "->" side;  side := term (" + " term)*;  term := [number] formula
//   formula  := (group [count])+;  group := element | alias | "*" | "(" formula ")";  "-" and "=" between groups: bonds
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>

#include "damascene/base/error.hpp"
#include "damascene/feature/surface_kinetics.hpp"

namespace damascene::feature {
namespace {

constexpr std::string_view elements =
    " H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo "
    "Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg "
    "Tl Pb "
    "Bi Po At Rn Fr Ra Ac Th Pa U D ";

bool is_element(const std::string& name) { return elements.find(' ' + name + ' ') != std::string_view::npos; }

void add(Composition& to, const Composition& what, double times) {
    for (const auto& [element, count] : what) to[element] += times * count;
}

// Recursive descent over one formula.
class FormulaReader {
  public:
    explicit FormulaReader(std::string_view text) : text_(text) {}

    Composition read() {
        Composition all = groups(0);
        if (at_ != text_.size()) fail("')' without '('");
        if (all.empty()) fail("a formula is missing");
        return all;
    }

  private:
    [[noreturn]] void fail(const std::string& why) const {
        throw InputError("D0702", fmt::format("'{}': {}", escape_text(text_), why),
                         "write formulas as in Si(OC2H5)4; '*' is a surface site, Me is CH3, Et is C2H5");
    }
    bool more() const { return at_ < text_.size(); }

    Composition groups(int depth) {
        if (depth > 32) fail("brackets nested too deeply");
        Composition sum;
        while (more() && text_[at_] != ')') {
            if (text_[at_] == '-' || text_[at_] == '=') {
                ++at_;
                continue;
            }
            const Composition group = one_group(depth);
            add(sum, group, count());
        }
        return sum;
    }
    Composition one_group(int depth) {
        if (text_[at_] == '*') return ++at_, Composition{{"*", 1}};
        if (text_[at_] != '(') return symbol();
        ++at_;
        Composition inner = groups(depth + 1);
        if (!more()) fail("'(' is never closed");
        if (inner.empty()) fail("empty brackets");
        ++at_;
        return inner;
    }
    Composition symbol() {
        std::string name(1, text_[at_++]);
        while (more() && text_[at_] >= 'a' && text_[at_] <= 'z') name += text_[at_++];
        if (name == "Me") return {{"C", 1}, {"H", 3}};
        if (name == "Et") return {{"C", 2}, {"H", 5}};
        if (!is_element(name)) fail(fmt::format("'{}' is not an element", escape_text(name)));
        return {{name, 1}};
    }
    double count() {
        int n = 1;
        const char* const begin = text_.data() + at_;
        const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), n);
        if (end == begin || *begin == '-') return 1;
        if (error != std::errc{} || n < 1 || n > 100000) fail("a count must be 1 to 100000");
        at_ += static_cast<std::size_t>(end - begin);
        return n;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string_view trimmed(std::string_view s) {
    const auto first = s.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : s.substr(first, s.find_last_not_of(" \t") - first + 1);
}

std::pair<double, std::string> term(std::string_view text) {
    double coefficient = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), coefficient);
    if (error == std::errc{})
        text = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    else
        coefficient = 1;
    if (text.empty() || !(coefficient > 0 && std::isfinite(coefficient)))
        throw InputError("D0702", "a reaction has terms such as '24 O', joined by ' + '");
    return {coefficient, std::string(text)};
}

std::vector<std::pair<double, std::string>> side(std::string_view text) {
    std::vector<std::pair<double, std::string>> terms;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t plus = std::min(text.find(" + ", begin), text.size());
        terms.push_back(term(trimmed(text.substr(begin, plus - begin))));
        begin = plus + 3;
    }
    return terms;
}

Composition total(const std::vector<std::pair<double, std::string>>& terms) {
    Composition sum;
    for (const auto& [coefficient, formula] : terms) add(sum, composition_of(formula), coefficient);
    return sum;
}

std::vector<std::string> imbalances(const Composition& left, const Composition& right) {
    std::set<std::string> names;
    for (const Composition* s : {&left, &right})
        for (const auto& [element, count] : *s) names.insert(element);
    std::vector<std::string> faults;
    auto count = [](const Composition& c, const std::string& e) { return c.contains(e) ? c.at(e) : 0.0; };
    for (const std::string& e : names)
        if (std::abs(count(left, e) - count(right, e)) > 1e-9 * (count(left, e) + count(right, e)))
            faults.push_back(fmt::format("{}: {:g} left, {:g} right", e, count(left, e), count(right, e)));
    return faults;
}

}  // namespace

Composition composition_of(std::string_view formula) { return FormulaReader(formula).read(); }

Reaction parse_reaction(std::string_view text) {
    const std::size_t arrow = text.find("->");
    if (arrow == std::string_view::npos || text.find("->", arrow + 2) != std::string_view::npos)
        throw InputError("D0702", fmt::format("'{}' needs one '->'", escape_text(text)));
    const Reaction reaction{side(text.substr(0, arrow)), side(text.substr(arrow + 2))};
    const auto faults = imbalances(total(reaction.left), total(reaction.right));
    if (!faults.empty())
        throw InputError("D0701", fmt::format("the reaction is not balanced: {}", fmt::join(faults, "; ")));
    return reaction;
}

}  // namespace damascene::feature
