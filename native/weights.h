#pragma once

#include <cstdint>
#include <vector>

#include "window.h"

namespace acme {

struct TickTime {
  int64_t time_nanos;
  int64_t cpu_nanos;
  bool idle;   // taken while the event loop was waiting
  bool filed;  // V8 filed a stack for it
};

struct Weight {
  int64_t wall_nanos = 0;
  int64_t cpu_nanos = 0;
};

/// Gives every nanosecond of a thread to exactly one tick or to idle, so that sums match the clock.
///
/// A tick stands for the time since the tick before it, with two corrections. A tick in a waiting event loop
/// is delivered when the wait ends, right before the work: were it to end the preceding span of time, the
/// work would lose it. So idle ticks only say where the waiting was, and a busy tick stands for the *busy*
/// time since the last busy tick. And where the waiting was is an estimate (wall time less CPU time), but how
/// much there was is known from the event loop: the estimates are scaled to that sum.
class BusyClock {
 public:
  /// A weight for each tick of a window, zero for those that are idle or not filed: their time goes to the
  /// next one that is. Ticks are in order of time. Windows of one thread are passed in order.
  std::vector<Weight> Weigh(const Boundary& begin, const Boundary& end, const std::vector<TickTime>& ticks);

  /// Time that no tick has taken yet.
  const Weight& pending() const { return pending_; }

 private:
  Weight pending_;
};

}  // namespace acme
