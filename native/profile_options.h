#pragma once

#include <cstdint>

namespace acme {

struct ProfileOptions {
  bool cpu = true;
  bool span_ids = true;
  bool endpoints = true;
  bool timeline = true;
  int64_t sampling_interval_nanos = 0;
  /// Times are multiples of this, a power of two: random low bits are a tenth of a compressed profile.
  int64_t resolution_nanos = 1;
  double max_overhead_share = 0;  // of a thread's CPU; 0 is no bound
};

}  // namespace acme
