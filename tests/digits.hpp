// A published or exact digit beside the value computed here: checked as EXPECT_NEAR does, and recorded among the
// properties of the test, from where tools/docs_validation.py takes it to the validation page.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace damascene {

/// `source` names the publication or the closed form; `tolerance` is absolute, in the unit of the value.
inline void expect_digit(const std::string& what, const std::string& source, double computed, double reference,
                         double tolerance) {
    EXPECT_NEAR(computed, reference, tolerance) << what;
    static int number = 0;
    std::ostringstream row;
    row.precision(17);
    row << what << '\t' << source << '\t' << reference << '\t' << computed << '\t' << tolerance;
    testing::Test::RecordProperty("digit" + std::to_string(++number), row.str());
}

/// The digits of one row of a table, named by its conditions.
inline std::string conditions(const std::string& first, double a, const std::string& second, double b) {
    std::ostringstream text;
    text << first << ' ' << a << ", " << second << ' ' << b;
    return text.str();
}

}  // namespace damascene
