#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>

#include "clock.h"

namespace acme {

/// Wall-clock times for MonotonicNanos, by one offset, so that intervals that follow each other do so in
/// wall-clock time too. Both clocks read apart would not: the thread may be preempted or frozen in between.
class EpochClock {
 public:
  int64_t offset_nanos() const { return offset_nanos_; }
  int64_t At(int64_t monotonic_nanos) const { return monotonic_nanos + offset_nanos_; }

  /// The system's clock may have been set since. Then what comes may overlap what was, or leave a gap.
  void Follow() {
    const int64_t now = ReadOffset();
    if (std::abs(now - offset_nanos_) > kStepNanos) offset_nanos_ = now;
  }

 private:
  /// Slewing moves both clocks alike. What differs by less is how they were read.
  static constexpr int64_t kStepNanos = 10'000'000;
  static constexpr int kReads = 5;

  /// Of the read that was disturbed least.
  static int64_t ReadOffset() {
    int64_t offset = 0;
    int64_t shortest = std::numeric_limits<int64_t>::max();
    for (int read = 0; read < kReads; read++) {
      const int64_t before = MonotonicNanos();
      const int64_t epoch = EpochNanos();
      const int64_t took = MonotonicNanos() - before;
      if (took >= shortest) continue;
      shortest = took;
      offset = epoch - before - took / 2;
    }
    return offset;
  }

  int64_t offset_nanos_ = ReadOffset();
};

}  // namespace acme
