#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wall_profile.h"

namespace acme {

struct ThreadHeap {
  const ThreadIdentity* identity;
  const AllocationTree* tree;
};

/// The heap profile of all threads as a pprof: what is alive and, if every tree can tell, what was allocated
/// in the interval; with `comment` for whoever opens it.
std::string EncodeSpaceProfile(const std::vector<ThreadHeap>& heaps, int64_t time_nanos,
                               int64_t duration_nanos, const std::string& comment);

}  // namespace acme
