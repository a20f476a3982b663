// Errors a user can act on: what, where, what is allowed, one fix.
//
// The library throws and never prints or exits; apps/cli renders (docs/guide/errors.md) and chooses the exit code:
// InputError 2, ResourceError 3, anything else 4.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace damascene {

/// A place in a file: text files have line and column (1-based), binary files a byte offset and perhaps a cell.
struct Where {
    std::string file;
    int line = 0, column = 0, length = 1;
    std::string text;  ///< the offending line, without its newline
    std::int64_t byte_offset = -1;
    std::string cell, element;  ///< layout context, may be empty
};

/// One located message. `code` is stable ("D0204"); see `damascene explain CODE`.
struct Diagnostic {
    std::string code;
    std::string message;  ///< one sentence: "'sticking' is out of range"
    Where where;
    std::string label;               ///< what stands under the caret: allowed values
    std::vector<std::string> notes;  ///< further facts, one line each
    std::string help;                ///< one concrete fix, may be empty
};

/// Bad input: recipe, layout, data file or argument.
class InputError : public std::runtime_error {
  public:
    explicit InputError(Diagnostic diagnostic);
    explicit InputError(std::vector<Diagnostic> diagnostics);  ///< all faults of one file, at least one
    InputError(std::string code, std::string message, std::string help = {});
    const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

  private:
    std::vector<Diagnostic> diagnostics_;
};

/// Memory, disk or time would exceed (or did exceed) its limit.
class ResourceError : public std::runtime_error {
  public:
    ResourceError(std::string code, std::string message, std::string help = {});
    const Diagnostic& diagnostic() const { return diagnostic_; }

  private:
    Diagnostic diagnostic_;
};

/// The computation produced no usable number (NaN, singular system).
class NumericalError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Thrown by Context::check() after a cancel request.
class Cancelled : public std::runtime_error {
  public:
    Cancelled() : std::runtime_error("cancelled") {}
};

/// The candidate nearest to `word` (Damerau-Levenshtein, at most a third of its letters changed), or "".
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

/// `text` with control bytes and invalid UTF-8 escaped as \xNN, safe for a terminal, HTML, CSV and XML.
std::string escape_text(std::string_view text);

}  // namespace damascene
