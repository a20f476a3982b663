// Feature-scale deposition and etch: surfaces, arrival of particles, surface kinetics and models, process steps.
#pragma once

#include "damascene/feature/ald.hpp"
#include "damascene/feature/arrival_time.hpp"
#include "damascene/feature/film_data.hpp"
#include "damascene/feature/film_flow.hpp"
#include "damascene/feature/gas.hpp"
#include "damascene/feature/gas_arrival.hpp"
#include "damascene/feature/level_set.hpp"
#include "damascene/feature/oxidation.hpp"
#include "damascene/feature/process.hpp"
#include "damascene/feature/profile_sensitivity.hpp"
#include "damascene/feature/rays.hpp"
#include "damascene/feature/surface_kinetics.hpp"
#include "damascene/feature/transport.hpp"
#include "damascene/feature/volume3.hpp"
#include "damascene/feature/yield.hpp"
