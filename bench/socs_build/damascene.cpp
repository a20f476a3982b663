#include "socs_build/problem.hpp"

namespace damascene::bench {

KernelSet damascene_socs(const optics::Source& source, const optics::Pupil& pupil, Length period, int count) {
    return optics::socs(source, pupil, period, period, 1e-3, count);
}

}  // namespace damascene::bench
