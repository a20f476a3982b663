# A model is one file under src/<namespace>/models/. File foo_bar.cpp defines `extern const <Type> model_foo_bar`
# of the namespace's model type; this collects them into a table at build time (no registration code, no list to edit).
#
# The namespace states its type and header in src/<namespace>/models/catalogue.in:  line 1 header, line 2 type,
# line 3 C++ namespace, line 4 name of the generated accessor. A second catalogue of the namespace lives beside it in
# src/<namespace>/models/<catalogue>/, with its own catalogue.in.
function(damascene_collect_models name result)
  set(all "")
  file(GLOB inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/models/catalogue.in
       ${CMAKE_SOURCE_DIR}/src/${name}/models/*/catalogue.in)
  foreach(input IN LISTS inputs)
    get_filename_component(folder ${input} DIRECTORY)
    damascene_collect_catalogue(${name} ${folder} sources)
    list(APPEND all ${sources})
  endforeach()
  set(${result} ${all} PARENT_SCOPE)
endfunction()

function(damascene_collect_catalogue name folder result)
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR}/src/${name} ${folder})
  string(REGEX REPLACE "^models/?" "" kind ${relative})
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
  if(kind)
    set(generated ${CMAKE_BINARY_DIR}/generated/${name}_${kind}_catalogue.cpp)
  else()
    set(generated ${CMAKE_BINARY_DIR}/generated/${name}_catalogue.cpp)
  endif()
  file(CONFIGURE OUTPUT ${generated} CONTENT
"// Generated from src/${name}/${relative}.
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
