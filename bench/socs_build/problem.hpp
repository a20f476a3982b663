// Coherent kernels of a partially coherent system: eigenvectors of T(f1, f2) = sum_s w_s P(f1 + s) conj P(f2 + s),
// the leading `count` of them. [Cobb 1998]
#pragma once

#include "damascene/optics.hpp"

namespace damascene::bench {

KernelSet damascene_socs(const optics::Source&, const optics::Pupil&, Length period, int count);
/// The textbook way: the dense matrix over all (2B+1)^2 frequencies and all its eigenvectors.
KernelSet dense_eigen_socs(const optics::Source&, const optics::Pupil&, Length period, int count);

}  // namespace damascene::bench
