// Rows of numbers of a reference table (tests/data/reference).
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace damascene::feature {

inline std::vector<std::vector<double>> reference_rows(const std::string& name) {
    std::ifstream file(std::string(DAMASCENE_TEST_DATA) + "/reference/" + name);
    std::vector<std::vector<double>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] < '0' || line[0] > '9') continue;
        std::vector<double>& row = rows.emplace_back();
        std::stringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(std::stod(cell));
    }
    EXPECT_FALSE(rows.empty()) << name;
    return rows;
}

}  // namespace damascene::feature
