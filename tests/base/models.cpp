// Parameter tables: defaults are read as a recipe would be, values keep their SI meaning.
#include "damascene/base/model.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "../../src/base/decimal.hpp"

namespace damascene {
namespace {

ModelInfo etch_model() {
    ModelInfo model;
    model.name = "etch";
    model.params = {
        {.name = "depth", .unit = "nm", .default_text = "90 nm"},
        {.name = "chuck", .unit = "degC", .default_text = "60"},
        {.name = "bake", .unit = "K", .default_text = "\"110 degC\""},
        {.name = "sticking", .default_text = "12 %"},
        {.name = "steps", .kind = ParamKind::integer, .default_text = "25"},
        {.name = "log", .kind = ParamKind::boolean, .default_text = "true"},
        {.name = "mode", .kind = ParamKind::choice, .default_text = "soft", .choices = {"soft", "hard"}},
        {.name = "doses", .kind = ParamKind::real_list, .default_text = "[\"98 %\", \"1\", 1.02]"},
        {.name = "offsets", .kind = ParamKind::real_list, .unit = "nm", .default_text = "[-40, \"0 nm\", \"0.04 um\"]"},
        {.name = "outputs", .kind = ParamKind::text_list, .default_text = "[\"a,b\", \"c\"]"},
        {.name = "layers", .kind = ParamKind::text_table, .default_text = "{ metal1 = \"11/0\", via = \"12/0\" }"},
        {.name = "empty", .kind = ParamKind::real_list, .default_text = "[]"},
        {.name = "required", .unit = "nm"},
        {.name = "source", .kind = ParamKind::model, .default_text = "annular", .choices = {"source"}},
    };
    return model;
}

TEST(ParameterTable, DefaultsAreSi) {
    const ParamValues v = default_values(etch_model());
    EXPECT_EQ(v.real("depth"), 90e-9);
    EXPECT_EQ(v.real("chuck"), 333.15);  // a bare default is in the display unit
    EXPECT_EQ(v.real("bake"), 383.15);
    EXPECT_EQ(v.real("sticking"), 0.12);
    EXPECT_EQ(v.integer("steps"), 25);
    EXPECT_TRUE(v.boolean("log"));
    EXPECT_EQ(v.text("mode"), "soft");
    EXPECT_EQ(v.reals("doses"), (std::vector<double>{0.98, 1, 1.02}));
    EXPECT_EQ(v.reals("offsets"), (std::vector<double>{-40e-9, 0, 40e-9}));
    EXPECT_EQ(v.texts("outputs"), (std::vector<std::string>{"a,b", "c"}));
    EXPECT_EQ(v.table("layers").at("via"), "12/0");
    EXPECT_TRUE(v.reals("empty").empty());
}

TEST(ParameterTable, RequiredAndNestedParametersHaveNoDefault) {
    const ParamValues v = default_values(etch_model());
    EXPECT_FALSE(v.has("required"));
    EXPECT_FALSE(v.has("source"));
    EXPECT_THROW(v.real("required"), std::logic_error);
    EXPECT_THROW(v.real("mode"), std::logic_error);  // another kind
}

TEST(ParameterTable, BrokenDefaultsAreFoundAtOnce) {
    const auto defaults_of = [](ParamSpec spec) { return default_values({.params = {spec}}); };
    EXPECT_THROW(defaults_of({.name = "a", .unit = "nm", .default_text = "90 nmm"}), std::logic_error);
    EXPECT_THROW(defaults_of({.name = "a", .kind = ParamKind::integer, .default_text = "2.5"}), std::logic_error);
    EXPECT_THROW(defaults_of({.name = "a", .kind = ParamKind::text_table, .default_text = "{ x }"}), std::logic_error);
    EXPECT_THROW(defaults_of({.name = "a", .unit = "nm", .default_text = "5 s"}), std::logic_error);  // wrong dimension
    EXPECT_THROW(defaults_of({.name = "a", .default_text = "5 s"}), std::logic_error);
}

TEST(ParameterTable, ModelsNest) {
    ParamValues inner, outer;
    inner.set("sigma", 0.6);
    outer.set_model("source", "annular", inner);
    outer.set("steps", std::int64_t{3});
    outer.set("unset", {});
    EXPECT_TRUE(outer.has("source"));
    EXPECT_FALSE(outer.has("unset"));
    EXPECT_EQ(outer.model_kind("source"), "annular");
    EXPECT_EQ(outer.model("source").real("sigma"), 0.6);
    EXPECT_EQ(outer.real("steps"), 3);  // a whole number is a number
    EXPECT_THROW(outer.model("steps"), std::logic_error);
}

TEST(Decimal, DivisionNeverLooksLikeATie) {
    const Decimal third = divided_by({.digits = "1"}, 3);
    EXPECT_GE(third.digits.size(), 40u);
    EXPECT_EQ(to_double(third), 1.0 / 3);
    EXPECT_EQ(to_double(divided_by({.digits = "6"}, 3)), 2);
    EXPECT_EQ(to_double(times(divided_by({.digits = "101325"}, 760), 760)), 101325);
    EXPECT_EQ(divided_by({.digits = "8"}, 4).digits, "2");
}

TEST(Decimal, SumsOfEitherSign) {
    EXPECT_EQ(to_text(plus({.digits = "27315", .exponent = -2}, {.digits = "220"})), "493.15");
    EXPECT_EQ(to_text(plus({.digits = "27315", .exponent = -2}, {.negative = true, .digits = "40"})), "233.15");
    EXPECT_EQ(to_text(plus({.digits = "1"}, {.negative = true, .digits = "1001", .exponent = -3})), "-0.001");
    EXPECT_EQ(to_text(plus({.digits = "999"}, {.digits = "1"})), "1000");
    EXPECT_EQ(to_text(plus({.digits = "5"}, {.negative = true, .digits = "5"})), "0");
    EXPECT_EQ(to_text(plus({.digits = "1", .exponent = 3}, {.digits = "1", .exponent = -3})), "1000.001");
}

TEST(Decimal, DoublesAreExact) {
    EXPECT_EQ(from_double(0.5).digits, "5");
    EXPECT_EQ(from_double(0.1).digits, "1000000000000000055511151231257827021181583404541015625");
    for (double x : {1e-320, 5e-324, 1.7976931348623157e308, 1e22, -0.1, 2.2250738585072014e-308})
        EXPECT_EQ(std::strtod(to_text(from_double(x)).c_str(), nullptr), x);
}

TEST(Decimal, RoundsHalfUp) {
    EXPECT_EQ(to_text(rounded({.digits = "12349", .exponent = -2}, 3)), "123");
    EXPECT_EQ(to_text(rounded({.digits = "12350", .exponent = -2}, 3)), "124");
    EXPECT_EQ(to_text(rounded({.digits = "9996", .exponent = -3}, 3)), "10");
    EXPECT_EQ(to_text({.negative = true, .digits = "5", .exponent = -1}), "-0.5");
    EXPECT_EQ(to_text({.digits = "14", .exponent = -22}), "1.4e-21");
    EXPECT_EQ(to_text({.digits = "0", .exponent = 5}), "0");
}

}  // namespace
}  // namespace damascene
