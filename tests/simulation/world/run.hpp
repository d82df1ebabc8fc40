// Runs of the box, one after another in this process.
#pragma once

#include "simulation/world/world.hpp"

namespace tickcast::simulation {

using Run = World::Draw;

/// Once, before the first run: where random numbers come from, log lines, one processor. One run is
/// made for the sake of all that code makes once in a process: those that follow are alike.
void prepare_process();

/// Throws Broken. After that the process can only end: the threads of the run wait for ever, and
/// `std::_Exit` alone ends them.
Totals run(Run const& how);

}  // namespace tickcast::simulation
