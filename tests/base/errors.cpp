// Suggestions are near, text is safe, messages name their place.
#include "damascene/base/error.hpp"

#include <gtest/gtest.h>

#include "damascene/base/context.hpp"

namespace damascene {
namespace {

TEST(NearestName, FindsTypingSlips) {
    const std::vector<std::string> names = {"sticking", "thickness", "step", "threshold", "wavelength", "na"};
    EXPECT_EQ(nearest_name("stiking", names), "sticking");       // omission
    EXPECT_EQ(nearest_name("sticknig", names), "sticking");      // swap counts once
    EXPECT_EQ(nearest_name("thicknesss", names), "thickness");   // repetition
    EXPECT_EQ(nearest_name("treshhold", names), "threshold");    // two slips in nine letters
    EXPECT_EQ(nearest_name("Wavelength", names), "wavelength");  // case is not a slip
    EXPECT_EQ(nearest_name("NA", names), "na");
    EXPECT_EQ(nearest_name("setp", names), "step");
}

TEST(NearestName, StaysSilentWhenNothingIsNear) {
    const std::vector<std::string> names = {"sticking", "step", "na"};
    EXPECT_EQ(nearest_name("pressure", names), "");
    EXPECT_EQ(nearest_name("xx", names), "");  // half of the letters
    EXPECT_EQ(nearest_name("", names), "");
    EXPECT_EQ(nearest_name("step", {}), "");
}

TEST(NearestName, PrefersTheFewestChangesThenTheFirst) {
    EXPECT_EQ(nearest_name("abcdef", {"abcxyf", "abcxef", "abcdxf"}), "abcxef");
    EXPECT_EQ(nearest_name("abcdef", {"abcdef1", "abcdef2"}), "abcdef1");
}

TEST(EscapeText, KeepsText) {
    EXPECT_EQ(escape_text("SRAM_8T \u00b5m \u5149 \U0001f52c <&>"), "SRAM_8T \u00b5m \u5149 \U0001f52c <&>");
    EXPECT_EQ(escape_text(""), "");
}

TEST(EscapeText, ControlBytesNeverReachTheTerminal) {
    EXPECT_EQ(escape_text("\x1b[2J"), "\\x1b[2J");
    EXPECT_EQ(escape_text(std::string_view("a\0b\n\t\x7f", 6)), "a\\x00b\\x0a\\x09\\x7f");
    EXPECT_EQ(escape_text("\u009b31m"), "\\xc2\\x9b31m");       // one-byte CSI of C1
    EXPECT_EQ(escape_text("\u202eabc"), "\\xe2\\x80\\xaeabc");  // right-to-left override
    EXPECT_EQ(escape_text("\uffff"), "\\xef\\xbf\\xbf");        // not an XML character
}

TEST(EscapeText, InvalidUtf8IsShownByteByByte) {
    EXPECT_EQ(escape_text("\xff"), "\\xff");
    EXPECT_EQ(escape_text("\xc3"), "\\xc3");                             // cut short
    EXPECT_EQ(escape_text("\xc0\xaf"), "\\xc0\\xaf");                    // overlong '/'
    EXPECT_EQ(escape_text("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");           // overlong
    EXPECT_EQ(escape_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
    EXPECT_EQ(escape_text("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");  // beyond U+10FFFF
    EXPECT_EQ(escape_text("a\xe2\x82z"), "a\\xe2\\x82z");
}

TEST(EscapeText, EveryByteStringBecomesPrintable) {
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) {
            const std::string text = {static_cast<char>(a), static_cast<char>(b)};
            for (char c : escape_text(text)) ASSERT_TRUE((c & 0x80) || (c >= 0x20 && c < 0x7f)) << a << " " << b;
        }
}

TEST(InputError, MessageNamesFileLineAndColumn) {
    const InputError error(Diagnostic{.code = "D0204",
                                      .message = "'sticking' is out of range",
                                      .where = {.file = "recipe.toml", .line = 59, .column = 12}});
    EXPECT_STREQ(error.what(), "recipe.toml:59:12: D0204: 'sticking' is out of range");
    const InputError binary(
        Diagnostic{.code = "D0302", .message = "damaged", .where = {.file = "a.gds", .byte_offset = 7}});
    EXPECT_STREQ(binary.what(), "a.gds: byte 7: D0302: damaged");
}

TEST(InputError, CarriesAllFaults) {
    const InputError error(
        std::vector<Diagnostic>{{.code = "D0102", .message = "first"}, {.code = "D0201", .message = "second"}});
    EXPECT_EQ(error.diagnostics().size(), 2u);
    EXPECT_EQ(error.diagnostics()[1].code, "D0201");
    EXPECT_EQ(InputError("D0301", "no file", "check the path").diagnostics()[0].help, "check the path");
    EXPECT_EQ(ResourceError("D0601", "too large", "coarser grid").diagnostic().help, "coarser grid");
}

TEST(Context, CancelStopsAtTheNextCheck) {
    std::atomic<bool> cancel{false};
    const Context context{.cancel_requested = &cancel};
    EXPECT_NO_THROW(context.check());
    EXPECT_NO_THROW(Context{}.check());
    cancel = true;
    EXPECT_THROW(context.check(), Cancelled);
}

}  // namespace
}  // namespace damascene
