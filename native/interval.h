#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "profile_options.h"
#include "wall_profile.h"

namespace acme {

/// What the agent measured of itself in an interval.
struct Measured {
  TickCounts ticks;
  uint64_t windows = 0;
  uint64_t interrupts = 0;
  uint64_t errors = 0;
  int64_t sampled_thread_cpu_nanos = 0;
  int64_t handler_nanos = 0;
  double largest_share = 0;  // of a thread's CPU, see OverheadBudget
  int interval_multiple = 1;
  uint64_t heaps_given_up = 0;
  uint64_t heap_samples = 0;
  uint64_t heap_sampling_interval_bytes = 0;  // the widest of a thread
  int64_t longest_block_nanos = 0;
  int64_t longest_block_cpu_nanos = 0;
  int64_t process_cpu_nanos = 0;
  uint64_t threads = 0;

  /// One line for whoever opens the file.
  std::string Bill(const ProfileOptions& options) const;
};

/// One upload's worth of profiles.
struct Interval {
  int64_t start_epoch_nanos = 0;
  int64_t end_epoch_nanos = 0;
  std::string wall;   // pprof, not compressed; empty if off
  std::string space;  // the same
  std::vector<std::pair<std::string, int64_t>> endpoint_counts;
  Measured measured;
  bool has_samples = false;
};

}  // namespace acme
