#pragma once

#include <cstdint>
#include <vector>

#include "pprof_tables.h"

// The order in which things are written decides how well the file compresses, and nothing else.

namespace acme {

/// Numbers of the samples: those that share ids of spans and stacks lie together.
std::vector<uint32_t> OrderOfSamples(const PprofTables& tables);

/// The locations that take part in most samples: they get the ids that fit one byte.
std::vector<uint32_t> FrequentLocations(const PprofTables& tables);

}  // namespace acme
