// Small text functions of flow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace damascene::flow {

int code_points(std::string_view text);
std::vector<std::string> split_lines(const std::string& text);
std::vector<std::string> split(const std::string& text, char separator);
std::string join(const std::vector<std::string>& parts, const std::string& separator);
std::string json_quote(std::string_view text);   ///< with quotes; invalid UTF-8 escaped by escape_text first
std::string shortest(double value);              ///< the shortest digits that read back to the same double
std::string rounded(double value, int digits);   ///< for people: %.<digits>g
std::string folder_of(const std::string& path);  ///< "." when there is none
std::string join_path(const std::string& folder, const std::string& path);

}  // namespace damascene::flow
