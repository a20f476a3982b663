# A model is one file under src/<namespace>/models/. File foo_bar.cpp defines `extern const <Type> model_foo_bar`
# of the namespace's model type; this collects them into a table at build time (no registration code, no list to edit).
#
# The namespace states its type and header in src/<namespace>/models/catalogue.in:  line 1 header, line 2 type,
# line 3 C++ namespace, line 4 name of the generated accessor.
function(damascene_collect_models name result)
  set(folder ${CMAKE_SOURCE_DIR}/src/${name}/models)
  set(${result} "" PARENT_SCOPE)
  if(NOT EXISTS ${folder}/catalogue.in)
    return()
  endif()
  file(GLOB models CONFIGURE_DEPENDS ${folder}/*.cpp)
  file(STRINGS ${folder}/catalogue.in lines)
  list(GET lines 0 header)
  list(GET lines 1 type)
  list(GET lines 2 space)
  list(GET lines 3 accessor)
  set(declarations "")
  set(entries "")
  foreach(model IN LISTS models)
    get_filename_component(stem ${model} NAME_WE)
    string(APPEND declarations "extern const ${type} model_${stem};\n")
    string(APPEND entries "        &model_${stem},\n")
  endforeach()
  set(generated ${CMAKE_BINARY_DIR}/generated/${name}_catalogue.cpp)
  file(CONFIGURE OUTPUT ${generated} CONTENT
"// Generated from src/${name}/models.
#include \"${header}\"
#include <vector>

namespace ${space} {
${declarations}
const std::vector<const ${type}*>& ${accessor}() {
    static const std::vector<const ${type}*> models = {
${entries}    };
    return models;
}

}  // namespace ${space}
" @ONLY)
  set(${result} ${models} ${generated} PARENT_SCOPE)
endfunction()
