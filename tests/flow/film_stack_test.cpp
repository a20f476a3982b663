// The table [stack]: what it accepts, and messages that say what to write instead.
#include <gtest/gtest.h>

#include "flow/litho.hpp"

using namespace damascene;
using namespace damascene::flow;

namespace {

Resolved table_of(const std::string& toml) {
    Faults faults;
    Resolved table = resolve(read_toml(toml, "stack.toml"), stack_table(), "[stack]", "stack", faults);
    faults.throw_if_any();
    return table;
}

std::string message_of(const std::string& toml, Length wavelength = 193.368 * nm) {
    try {
        const Resolved table = table_of(toml);
        resist_film(table, load_stack(table, wavelength));
    } catch (const InputError& error) {
        std::string all;
        for (const Diagnostic& d : error.diagnostics()) all += render_diagnostic(d);
        return all;
    }
    return "accepted";
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(StackTable, FilmsMaterialsAndNumbersMakeAStack) {
    const Resolved table = table_of(R"(ambient = "water"
films = ["topcoat 1.55 90 nm", "resist 1.70+0.03i 0.12 um", "barc 1.82 + 0.34j 38nm", "oxide fused_silica 10 nm"]
substrate = "silicon"
)");
    const numerics::FilmStack stack = load_stack(table, 193.368 * nm);
    EXPECT_EQ(stack.ambient, 1.4366);
    ASSERT_EQ(stack.films.size(), 4u);
    EXPECT_EQ(stack.films[0].index, 1.55);
    EXPECT_EQ(stack.films[1].index, std::complex<double>(1.70, 0.03));
    EXPECT_NEAR(stack.films[1].thickness_nm, 120, 1e-12);
    EXPECT_EQ(stack.films[2].index, std::complex<double>(1.82, 0.34));
    EXPECT_NEAR(stack.films[2].thickness_nm, 38, 1e-12);
    EXPECT_EQ(stack.films[3].name, "oxide");
    EXPECT_NEAR(stack.films[3].index.real(), 1.5602, 1e-12);
    EXPECT_EQ(stack.substrate, std::complex<double>(0.883, 2.778));
    EXPECT_EQ(resist_film(table, stack), 1u);
}

TEST(StackTable, FaultsAreLocatedAndSayWhatToWrite) {
    const std::string typo = message_of("films = [\"resist 1.7 120 nm\"]\nsubstrate = \"silicom\"\n");
    EXPECT_TRUE(says(typo, "stack.toml:2:")) << typo;
    EXPECT_TRUE(says(typo, "did you mean 'silicon'?")) << typo;

    const std::string negative = message_of("films = [\"resist 1.7-0.03i 120 nm\"]\n");
    EXPECT_TRUE(says(negative, "film 'resist'") && says(negative, "n + ik")) << negative;

    const std::string missing = message_of("films = [\"resist 1.7+0.03i\"]\n");
    EXPECT_TRUE(says(missing, "has no thickness") && says(missing, "NAME INDEX THICKNESS")) << missing;

    const std::string bare = message_of("films = [\"resist 1.7+0.03i 120\"]\n");
    EXPECT_TRUE(says(bare, "needs a unit") && says(bare, "120 nm")) << bare;

    const std::string twice = message_of("films = [\"resist 1.7 10 nm\", \"resist 1.8 20 nm\"]\n");
    EXPECT_TRUE(says(twice, "stands twice")) << twice;

    const std::string unnamed = message_of("films = [\"resist 1.7 10 nm\"]\nresist = \"resit\"\n");
    EXPECT_TRUE(says(unnamed, "stack.toml:2:") && says(unnamed, "did you mean 'resist'?")) << unnamed;

    const std::string dark = message_of("ambient = \"1.4+0.1i\"\nfilms = [\"resist 1.7 10 nm\"]\n");
    EXPECT_TRUE(says(dark, "ambient absorbs")) << dark;

    const std::string band = message_of("films = [\"resist 1.7 10 nm\"]\n", 157 * nm);
    EXPECT_TRUE(says(band, "has no index at 157 nm")) << band;

    const std::string odd = message_of("films = [\"resist 1.7+0.03 120 nm\"]\n");
    EXPECT_TRUE(says(odd, "not a refractive index")) << odd;
}

/// What a sweep or a fit varies: numbers beside the texts of the films.
TEST(StackTable, NumbersReplaceThoseOfTheFilms) {
    const std::string films =
        "films = [\"topcoat 1.5 30 nm\", \"resist 1.7+0.03i 120 nm\", \"barc 1.82+0.34i 38 nm\"]\n";
    const numerics::FilmStack stack = load_stack(
        table_of(films +
                 "resist_thickness = \"101 nm\"\nresist_k = 0.02\ncoating_n = 1.9\ncoating_thickness = \"0 nm\"\n"),
        193.368 * nm);
    EXPECT_NEAR(stack.films[0].thickness_nm, 30, 1e-12);
    EXPECT_NEAR(stack.films[1].thickness_nm, 101, 1e-12);
    EXPECT_EQ(stack.films[1].index, std::complex<double>(1.7, 0.02));
    EXPECT_EQ(stack.films[2].thickness_nm, 0);
    EXPECT_EQ(stack.films[2].index, std::complex<double>(1.9, 0.34));
    const std::string bare = message_of("films = [\"resist 1.7 10 nm\"]\ncoating_k = 0.3\n");
    EXPECT_TRUE(says(bare, "stack.toml:2:") && says(bare, "no film to act on")) << bare;
}

TEST(StackTable, AllFaultsComeAtOnce) {
    const std::string all = message_of("films = [\"a 1.7\", \"b 1.7-0.1i 10 nm\"]\nsubstrate = \"nosuch\"\n");
    EXPECT_TRUE(says(all, "film 'a'") && says(all, "film 'b'") && says(all, "nosuch")) << all;
}
