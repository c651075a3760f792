#pragma once

#include <cstdint>
#include <string>

#include "pprof_tables.h"

namespace acme {

/// The file, uncompressed. Unused strings, functions and locations are not in it.
std::string WritePprof(const PprofTables& tables, int64_t time_nanos, int64_t duration_nanos);

}  // namespace acme
