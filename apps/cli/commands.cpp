#include "command.hpp"

namespace damascene::cli {

#define DAMASCENE_COMMANDS(X) \
    X(demo)                   \
    X(init)                   \
    X(new_)                   \
    X(check)                  \
    X(estimate)               \
    X(run)                    \
    X(fit)                    \
    X(rerun)                  \
    X(diff)                   \
    X(report)                 \
    X(view)                   \
    X(score)                  \
    X(optimize)               \
    X(kernels)                \
    X(layout_info)            \
    X(layout_clip)            \
    X(layout_convert)         \
    X(layout_flatten)         \
    X(layout_xor)             \
    X(layout_validate)        \
    X(layout_density)         \
    X(models_list)            \
    X(models_show)            \
    X(models_search)          \
    X(presets_list)           \
    X(presets_show)           \
    X(schema)                 \
    X(explain)                \
    X(doctor)                 \
    X(completion)             \
    X(man)                    \
    X(calc_flux)              \
    X(calc_clausing)          \
    X(calc_gas)               \
    X(calc_oxide) X(calc_ald_flat) X(calc_yield) X(calc_corner) X(calc_film) X(calc_ald_channel) X(calc_sensitivity)
#define DECLARE(name) extern const Command command_##name;
#define ADDRESS(name) &command_##name,
DAMASCENE_COMMANDS(DECLARE)

const std::vector<const Command*>& commands() {
    static const std::vector<const Command*> list = {DAMASCENE_COMMANDS(ADDRESS)};
    return list;
}

}  // namespace damascene::cli
