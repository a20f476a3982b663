// The eight messages of the error standard, byte for byte, and the kinds of faults a table can hold.
#include <gtest/gtest.h>

#include "damascene/flow.hpp"
#include "damascene/optics.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

/// A film model of the error standard; its parameter names and ranges are those of the printed messages.
const ModelInfo deposit{
    .catalogue = "test",
    .name = "deposit-flux",
    .summary = "Film growth by a flux.",
    .equation = "",
    .citation = "",
    .params = {
        {.name = "sticking",
         .default_text = "0.2",
         .low = 0,
         .high = 1,
         .low_open = true,
         .doc = "probability that an arriving particle stays"},
        {.name = "thickness",
         .unit = "nm",
         .low = 1,
         .high = 100000,
         .doc = "film on the flat field",
         .optional = true},
        {.name = "depth", .unit = "nm", .low = 1, .high = 100000, .doc = "trench depth", .optional = true},
    }};

std::string at_line(int line, const std::string& text) {
    return std::string(static_cast<std::size_t>(line - 1), '\n') + text + "\n";
}

std::string message_of(const std::string& toml, const std::string& context = "step 'fill' (model deposit-flux)") {
    Faults faults;
    resolve(read_toml(toml, "recipe.toml"), deposit, context, "step.fill", faults);
    std::string text;
    for (const Diagnostic& d : faults.errors) text += render_diagnostic(d);
    return text;
}

std::string message_of_recipe(const std::string& text, const std::string& file = "recipe.toml") {
    try {
        recipe_from_text(text, file);
    } catch (const InputError& error) {
        std::string all;
        for (const Diagnostic& d : error.diagnostics()) all += render_diagnostic(d);
        return all;
    }
    return "accepted";
}

}  // namespace

TEST(ErrorMessages, MissingUnit) {
    EXPECT_EQ(message_of(at_line(41, "thickness = 90")),
              "error[D0201]: 'thickness' needs a unit\n"
              "  --> recipe.toml:41:13\n"
              "41 | thickness = 90\n"
              "   |             ^^ a length; allowed 1 nm .. 100 um\n"
              "   = help: write thickness = \"90 nm\"\n");
}

TEST(ErrorMessages, WrongDimension) {
    EXPECT_EQ(message_of(at_line(50, "depth = \"280 s\"")),
              "error[D0203]: wrong dimension for 'depth'\n"
              "  --> recipe.toml:50:9\n"
              "50 | depth = \"280 s\"\n"
              "   |         ^^^^^^^ this is a time, 'depth' is a length\n"
              "   = help: did you mean \"280 nm\"?\n");
}

TEST(ErrorMessages, UnknownKeyWithSuggestion) {
    EXPECT_EQ(message_of(at_line(59, "stiking = 0.2")),
              "error[D0102]: unknown key 'stiking' in step 'fill' (model deposit-flux)\n"
              "  --> recipe.toml:59:1\n"
              "59 | stiking = 0.2\n"
              "   | ^^^^^^^ did you mean 'sticking'?\n");
}

TEST(ErrorMessages, OutOfRange) {
    EXPECT_EQ(message_of(at_line(59, "sticking = 1.4")),
              "error[D0204]: 'sticking' is out of range\n"
              "  --> recipe.toml:59:12\n"
              "59 | sticking = 1.4\n"
              "   |            ^^^ a probability: greater than 0, at most 1\n");
}

TEST(ErrorMessages, ApertureAboveTheIndexOfTheMedium) {
    const std::string text =
        "damascene = \"1\"\nstep = [ { model = \"aerial-image\" } ]\n[optics]\nna = 1.35\nmedium = "
        "\"air\"\n[layout]\nfile = \"a.gds\"\n";
    EXPECT_EQ(message_of_recipe(text, "optics.toml"),
              "error[D0401]: numerical aperture exceeds the refractive index of the image-side medium\n"
              "  --> optics.toml:4:6\n"
              " 4 | na = 1.35\n"
              "   |      ^^^^ needs n_medium >= 1.35, but medium = \"air\" (optics.toml:5) has n = 1.000\n"
              "   = help: preset = \"arf-immersion-1.35\", or na <= 0.99\n");
}

TEST(ErrorMessages, DamagedBinaryRecord) {
    Diagnostic d{.code = "D0302", .message = "damaged GDSII record", .where = {}, .label = {}, .notes = {}, .help = {}};
    d.where.file = "chip.gds";
    d.where.byte_offset = 1048722;
    d.where.cell = "SRAM_8T";
    d.where.element = "312";
    d.notes = {"record XY (0x10) announces 40004 bytes, the file has 212 left"};
    d.help = "--lenient keeps the 311 good elements of this cell and reports the rest";
    EXPECT_EQ(render_diagnostic(d),
              "error[D0302]: damaged GDSII record\n"
              "  --> chip.gds: byte 1048722, cell 'SRAM_8T', element 312\n"
              "   = record XY (0x10) announces 40004 bytes, the file has 212 left\n"
              "   = help: --lenient keeps the 311 good elements of this cell and reports the rest\n");
}

TEST(ErrorMessages, EmptyLayerInTheWindow) {
    const std::string text =
        "damascene = \"1\"\n\n\n\nstep = [ { model = \"aerial-image\" } ]\n[optics]\n[layout]\nfile = "
        "\"gcd_45nm_metal1.gds\"\n"
        "layers = { metal1 = \"12/0\" }\nwindow = [\"22 um\", \"18 um\", \"24 um\", \"20 um\"]\n";
    Recipe recipe = recipe_from_text(text, "recipe.toml");
    Inputs in{.folder = std::string(DAMASCENE_TEST_DATA) + "/layouts",
              .layout = &*recipe.layout,
              .optics = &*recipe.optics,
              .params = nullptr,
              .values = {},
              .seed = 1};
    try {
        load_clip(in);
        FAIL() << "accepted";
    } catch (const InputError& error) {
        EXPECT_EQ(render_diagnostic(error.diagnostics().front()),
                  "error[D0305]: layer 12/0 (metal1) is empty inside the window\n"
                  "  --> recipe.toml:9:21\n"
                  " 9 | layers = { metal1 = \"12/0\" }\n"
                  "   |                     ^^^^^^ present in window: 11/0 (13 polygons), nothing else\n"
                  "   = help: try metal1 = \"11/0\"\n");
    }
}

TEST(ErrorMessages, AbsentFileWithItsNeighbour) {
    const Recipe recipe = recipe_from_text(
        "damascene = \"1\"\n[layout]\nfile = \"layouts/sky130_fd_sc_hd__nand2.gds\"\n"
        "layers = { target = \"67/20\" }\n[optics]\npreset = \"krf-0.80\"\n[[step]]\nmodel = \"aerial-image\"\n",
        std::string(DAMASCENE_TEST_DATA) + "/r.toml");
    const auto faults = missing_files(recipe);
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].code, "D0301");
    EXPECT_EQ(faults[0].where.line, 3);
    EXPECT_EQ(faults[0].help, "did you mean \"sky130_fd_sc_hd__nand2_1.gds\"?");
    EXPECT_THROW(run(recipe, {}), InputError);
    EXPECT_TRUE(missing_files(recipe, {"layout.file"}).empty());
}

TEST(ErrorMessages, MemoryLimit) {
    const Diagnostic d{
        .code = "D0601",
        .message = "this run would need 36.2 GB, the limit is 16 GB",
        .where = {},
        .label = {},
        .notes =
            {"largest: step 'resist', 4096 x 4096 x 90 double cells, 3 fields; grid = \"0.5 nm\" (recipe.toml:40)"},
        .help = "grid = \"1 nm\" needs 9.1 GB; or --max-memory 40GB"};
    EXPECT_EQ(
        render_diagnostic(d),
        "error[D0601]: this run would need 36.2 GB, the limit is 16 GB\n"
        "   = largest: step 'resist', 4096 x 4096 x 90 double cells, 3 fields; grid = \"0.5 nm\" (recipe.toml:40)\n"
        "   = help: grid = \"1 nm\" needs 9.1 GB; or --max-memory 40GB\n");
}

TEST(ErrorMessages, AllFaultsOfARecipeAtOnceAtMostTwenty) {
    std::string text =
        "damascene = \"1\"\nstep = [ { model = \"aerial-image\" } ]\n[layout]\nfile = \"a.gds\"\n[optics]\n";
    for (int i = 0; i < 25; ++i) text += "qqqq" + std::to_string(i) + "zzzz = 1\n";
    try {
        recipe_from_text(text, "recipe.toml");
        FAIL() << "accepted";
    } catch (const InputError& error) {
        ASSERT_EQ(error.diagnostics().size(), 20u);
        EXPECT_EQ(error.diagnostics().back().notes, std::vector<std::string>{"5 further errors are not shown"});
    }
}

TEST(ErrorMessages, HostileTextIsEscaped) {
    Diagnostic d{.code = "D0302", .message = "cell '\x1b[31m'", .where = {}, .label = {}, .notes = {}, .help = {}};
    EXPECT_EQ(render_diagnostic(d), "error[D0302]: cell '\\x1b[31m'\n");
}

TEST(ErrorMessages, CaretStandsUnderTheColumnAfterMultibyteText) {
    EXPECT_EQ(message_of("depth = \"280 \xC2\xB5s\""),
              "error[D0203]: wrong dimension for 'depth'\n  --> recipe.toml:1:9\n 1 | depth = \"280 \xC2\xB5s\"\n   |  "
              "       ^^^^^^^^ this is a time, 'depth' is a length\n"
              "   = help: did you mean \"280 nm\"?\n");
}

TEST(RecipeTree, JsonAndTomlGiveTheSamePlaces) {
    const Node toml = read_toml("[layout]\n  \"cell\" = \"TOP\"\n", "a");
    const Node json = read_json("{ \"layout\": {\n  \"cell\": \"TOP\" } }", "a");
    const Node* a = toml.find("layout")->find("cell");
    const Node* b = json.find("layout")->find("cell");
    EXPECT_EQ(a->text, b->text);
    EXPECT_EQ(a->span.line, b->span.line);
    EXPECT_EQ(b->span.column, 11);
    EXPECT_EQ(b->span.length, 5);
    EXPECT_EQ(b->key_span.column, 3);
}

TEST(RecipeTree, JsonFaultsAreLocated) {
    const std::pair<const char*, int> cases[] = {
        {"{\"a\": }", 7},   {"{\"a\": 01}", 7},           {"{\"a\" 1}", 6}, {"{\"a\": 1,}", 9},
        {"{\"a\": \"x", 9}, {"{\"a\": 1, \"a\": 2}", 13}, {"[1]", 1},       {"{\"a\": \"\\ud800\"}", 14},
        {"{} x", 4},        {"{\"a\": nan}", 7}};
    for (const auto& [text, column] : cases) {
        try {
            read_json(text, "r.json");
            ADD_FAILURE() << "accepted: " << text;
        } catch (const InputError& error) {
            EXPECT_EQ(error.diagnostics().front().code, "D0103") << text;
            EXPECT_EQ(error.diagnostics().front().where.column, column) << text;
        }
    }
}

TEST(RecipeTree, JsonNestedDeeperThan128LevelsIsRefused) {
    EXPECT_THROW(read_json("{\"a\":" + std::string(100000, '[') + "}", "r.json"), InputError);
}

TEST(RecipeTree, SettingsAddressStepsByName) {
    Node node = read_toml("step = [ { name = \"opc\", iterations = 5 } ]", "r.toml");
    apply_setting(node, "step.opc.mrc.min_width=30 nm");
    apply_setting(node, "step.opc.iterations=20");
    const Node& step = node.find("step")->items.front();
    EXPECT_EQ(step.find("iterations")->integer, 20);
    EXPECT_EQ(step.find("mrc")->find("min_width")->text, "30 nm");
    EXPECT_EQ(origin_text(step.find("iterations")->span), "--set");
    EXPECT_THROW(apply_setting(node, "step.ocp.iterations=20"), InputError);
    EXPECT_THROW(apply_setting(node, "no equals sign"), InputError);
}

TEST(Parameters, DecimalPrefixesGiveTheSameHash) {
    const auto hash = [](const std::string& wavelength) {
        return recipe_from_text(
                   "damascene = \"1\"\nstep = [ { model = \"aerial-image\" } ]\n[layout]\nfile = "
                   "\"a.gds\"\n[optics]\nwavelength = \"" +
                       wavelength + "\"\n",
                   "r.toml")
            .hash();
    };
    EXPECT_EQ(hash("193 nm"), hash("0.193 um"));
    EXPECT_EQ(hash("193 nm"), hash("1.93e-7 m"));
    EXPECT_NE(hash("193 nm"), hash("193.1 nm"));
}

TEST(Parameters, OnePlaceOverridesTheOther) {
    const std::string text =
        "damascene = \"1\"\nstep = [ { model = \"aerial-image\" } ]\n[layout]\nfile = \"a.gds\"\n[optics]\npreset = "
        "\"krf-0.80\"\nsource = { kind = \"conventional\", sigma = 0.5 }\n";
    const auto origin = [&](const std::vector<std::string>& settings, const std::string& path) {
        for (const ResolvedEntry& e : recipe_from_text(text, "r.toml", {.settings = settings, .seed = {}}).entries)
            if (e.path == path) return e.origin + " " + e.value;
        return std::string("absent");
    };
    EXPECT_EQ(origin({}, "optics.na"), "preset krf-0.80 0.8");
    EXPECT_EQ(origin({"optics.na=0.7"}, "optics.na"), "--set 0.7");
    EXPECT_EQ(origin({}, "optics.source.sigma"), "r.toml:7 0.5");
    EXPECT_EQ(origin({}, "optics.magnification"), "default 4");
}

TEST(Parameters, OneRowFeedsValidationSchemaHelpAndDocumentation) {
    ModelInfo model = deposit;
    const std::string without = model_schema(model) + model_help(model) + model_page(model);
    EXPECT_EQ(without.find("pressure"), std::string::npos);
    model.params.push_back({.name = "pressure",
                            .unit = "Torr",
                            .default_text = "1 Torr",
                            .low = 0.1,
                            .high = 760,
                            .doc = "chamber pressure"});
    EXPECT_NE(model_schema(model).find("\"pressure\""), std::string::npos);
    EXPECT_NE(model_help(model).find("pressure"), std::string::npos);
    EXPECT_NE(model_page(model).find("| `pressure` | Torr | `1 Torr` |"), std::string::npos);
    Faults faults;
    const Resolved ok = resolve(read_toml("pressure = \"2 Torr\"", "r"), model, "c", "p", faults);
    EXPECT_TRUE(faults.errors.empty());
    EXPECT_DOUBLE_EQ(ok.values.real("pressure"), 2 * 101325.0 / 760.0);
    resolve(read_toml("pressure = \"2 bar\"", "r"), model, "c", "p", faults);
    ASSERT_EQ(faults.errors.size(), 1u);
    EXPECT_EQ(faults.errors.front().code, "D0204");
}

TEST(RecipeText, LettersBeyondAsciiStandOnlyInQuotesAndComments) {
    EXPECT_NO_THROW(read_toml("a = \"\u00b5m\" # \u00b5\nb = '''\n\u00e4 \" '''\n", "r.toml"));
    try {
        read_toml("a = 1\nwindow\u00b2 = 2\n", "r.toml");
        FAIL() << "accepted";
    } catch (const InputError& e) {
        EXPECT_EQ(e.diagnostics().front().code, "D0101");
        EXPECT_EQ(e.diagnostics().front().where.line, 2);
        EXPECT_EQ(e.diagnostics().front().where.column, 7);
    }
}
