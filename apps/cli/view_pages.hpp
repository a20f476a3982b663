// Pages of `damascene view` about a folder: its runs, its files. Nothing of a folder is trusted: names and titles are
// escaped, links leave it neither by ".." nor by symbolic links.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace damascene::cli {

/// A folder that holds a run: its record, or a log while it is still computed.
struct RunFolder {
    std::string place;  ///< relative to the page, with a '/' at its end; empty for the folder itself
    std::string title, state, finished;
    double seconds = 0;
    bool running = false, report = false;
};

/// root / names when that exists and lies below root after all links are followed.
std::optional<std::filesystem::path> path_below(const std::filesystem::path& root,
                                                const std::vector<std::string>& names);

bool is_run(const std::filesystem::path& folder);
bool is_running(const std::filesystem::path& folder);
/// Runs in the folder and below, newest first; the cases inside a sweep belong to its report.
std::vector<RunFolder> runs_below(const std::filesystem::path& folder);

std::string media_type(std::string_view file_name);
/// `nonce` names the page's own style and script in its content-security policy; the top folder has none above.
std::string folder_page(const std::filesystem::path& folder, const std::string& title, const std::string& nonce,
                        bool top);

}  // namespace damascene::cli
