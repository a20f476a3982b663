// The ground floor: quantities, errors, progress, deterministic parallel loops, keyed random numbers, parameter tables.
#pragma once

#include "damascene/base/context.hpp"   // IWYU pragma: export
#include "damascene/base/error.hpp"     // IWYU pragma: export
#include "damascene/base/model.hpp"     // IWYU pragma: export
#include "damascene/base/parallel.hpp"  // IWYU pragma: export
#include "damascene/base/quantity.hpp"  // IWYU pragma: export
#include "damascene/base/random.hpp"    // IWYU pragma: export
#include "damascene/base/sha256.hpp"    // IWYU pragma: export
#include "damascene/base/units.hpp"     // IWYU pragma: export
