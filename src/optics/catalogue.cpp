// Sources by name: the catalogue of src/optics/models.
#include <fmt/format.h>

#include "damascene/optics.hpp"

namespace damascene::optics {

Source make_source(std::string_view kind, const ParamValues& values, const std::string& file_text) {
    std::vector<std::string> names;
    for (const SourceModel* model : source_models()) {
        if (model->info.name == kind) return model->make(values, file_text);
        names.emplace_back(model->info.name);
    }
    const std::string nearest = nearest_name(kind, names);
    throw InputError("D0409", fmt::format("no source is named '{}'", escape_text(kind)),
                     nearest.empty() ? fmt::format("sources: {}", fmt::join(names, ", "))
                                     : fmt::format("did you mean '{}'?", nearest));
}

}  // namespace damascene::optics
