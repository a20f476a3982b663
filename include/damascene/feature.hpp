// Feature-scale deposition and etch: surfaces, arrival of particles, surface models, process steps.
#pragma once

#include "damascene/feature/level_set.hpp"
#include "damascene/feature/process.hpp"
#include "damascene/feature/rays.hpp"
#include "damascene/feature/transport.hpp"
