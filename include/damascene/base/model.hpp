// One parameter table per model: from it derive range checks, JSON schema, CLI help, documentation, error text and
// suggestions (and later the Python signature, optimiser bounds, report sliders). Nothing else lists parameters.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "damascene/base/error.hpp"

namespace damascene {

enum class ParamKind {
    real,  ///< quantity or pure number; `unit` names the display unit, "" = pure number
    integer,
    boolean,
    choice,  ///< one of `choices`
    text,
    path,       ///< file path relative to the recipe
    real_list,  ///< list of real; `count` > 0 fixes its length
    text_list,
    text_table,  ///< name -> text, e.g. layers = { metal1 = "11/0" }
    model,       ///< a sub-table whose `kind` names a model of the catalogue `choices[0]`
};

/// One row of a model's parameter table. Dotted names are nested tables: "mrc.min_width".
struct ParamSpec {
    std::string_view name;
    ParamKind kind = ParamKind::real;
    std::string_view unit = "";  ///< display unit; bounds and default are in it
    std::string_view default_text =
        "";  ///< as a user would write it in TOML ("0.6", "90 nm", "[\"98 %\"]"); "" = required
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    bool low_open = false, high_open = false;
    std::string_view doc = "";  ///< one line
    std::vector<std::string_view> choices = {};
    std::string_view citation = "";   ///< key in docs/references.bib, with equation where it matters
    std::string_view label = "user";  ///< pub | ver | recall | user
    double warn_low = -std::numeric_limits<double>::infinity(), warn_high = std::numeric_limits<double>::infinity();
    int count = 0;
    bool optional = false;  ///< may be absent although it has no default
};

struct ModelInfo {
    std::string_view catalogue;  ///< "step", "source", "resist", ...
    std::string_view name;       ///< "annular"
    std::string_view summary;    ///< one sentence
    std::string_view equation;   ///< plain text, may be several lines
    std::string_view citation;   ///< bib keys, comma separated
    std::vector<ParamSpec> params;
    int version = 1;  ///< raise when results change
};

class ParamValues;
using ParamValue = std::variant<std::monostate, double, std::int64_t, bool, std::string, std::vector<double>,
                                std::vector<std::string>, std::map<std::string, std::string>>;

/// Resolved parameters of one model: SI values, checked. Asking for a name the model does not declare asserts.
class ParamValues {
  public:
    void set(std::string name, ParamValue value);
    void set_model(std::string name, std::string kind, ParamValues values);
    bool has(std::string_view name) const;
    double real(std::string_view name) const;  ///< SI
    std::int64_t integer(std::string_view name) const;
    bool boolean(std::string_view name) const;
    const std::string& text(std::string_view name) const;
    const std::vector<double>& reals(std::string_view name) const;
    const std::vector<std::string>& texts(std::string_view name) const;
    const std::map<std::string, std::string>& table(std::string_view name) const;
    const std::string& model_kind(std::string_view name) const;
    const ParamValues& model(std::string_view name) const;
    const std::map<std::string, ParamValue, std::less<>>& all() const { return values_; }
    const std::map<std::string, std::pair<std::string, ParamValues>, std::less<>>& models() const { return models_; }

  private:
    std::map<std::string, ParamValue, std::less<>> values_;
    std::map<std::string, std::pair<std::string, ParamValues>, std::less<>> models_;
};

/// Defaults of a model, parsed from its table. Required parameters and nested models are absent: only flow knows the
/// catalogues that resolve the latter.
ParamValues default_values(const ModelInfo& model);

}  // namespace damascene
