// Source of single points read from a text file: lines `sx sy weight`, s in NA/lambda.
#include "optics/models/rows.hpp"

namespace damascene::optics {

extern const SourceModel model_points;
const SourceModel model_points = {
    {.catalogue = "source",
     .name = "points",
     .summary = "Points from a text file, one `sx sy weight` a line.",
     .equation = "w_i as given, normalised to sum w = 1",
     .citation = "Hopkins1953",
     .params = {{.name = "file", .kind = ParamKind::path, .doc = "text file; # begins a comment"}}},
    [](const ParamValues& v, const std::string& text) { return source_from_text(text, v.text("file")); }};

}  // namespace damascene::optics
