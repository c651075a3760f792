#include "weights.h"

#include <algorithm>

namespace acme {
namespace {

struct Gap {
  int64_t wall_nanos;
  int64_t cpu_nanos;
  bool ends_idle;

  int64_t off_cpu_nanos() const { return std::max<int64_t>(wall_nanos - cpu_nanos, 0); }
};

/// How much of each gap the event loop spent waiting; the sum is `idle_nanos` as far as the gaps have room.
std::vector<int64_t> SpreadIdle(const std::vector<Gap>& gaps, int64_t idle_nanos) {
  int64_t in_idle_gaps = 0;
  int64_t in_other_gaps = 0;
  for (const Gap& gap : gaps) (gap.ends_idle ? in_idle_gaps : in_other_gaps) += gap.off_cpu_nanos();
  // What the gaps that end idle can hold is theirs; the rest were waits shorter than a sampling period.
  const double idle_share = in_idle_gaps > 0 ? std::min(1.0, double(idle_nanos) / in_idle_gaps) : 0;
  const double rest = std::max(0.0, idle_nanos - idle_share * in_idle_gaps);
  const double other_share = in_other_gaps > 0 ? std::min(1.0, rest / in_other_gaps) : 0;
  std::vector<int64_t> idle;
  idle.reserve(gaps.size());
  for (const Gap& gap : gaps) {
    idle.push_back(static_cast<int64_t>(gap.off_cpu_nanos() * (gap.ends_idle ? idle_share : other_share)));
  }
  return idle;
}

}  // namespace

std::vector<Weight> BusyClock::Weigh(const Boundary& begin, const Boundary& end,
                                     const std::vector<TickTime>& ticks) {
  std::vector<Gap> gaps;
  gaps.reserve(ticks.size() + 1);
  int64_t time = begin.time_nanos;
  int64_t cpu = begin.cpu_nanos;
  for (const TickTime& tick : ticks) {
    gaps.push_back({tick.time_nanos - time, tick.cpu_nanos - cpu, tick.idle});
    time = tick.time_nanos;
    cpu = tick.cpu_nanos;
  }
  gaps.push_back({end.time_nanos - time, end.cpu_nanos - cpu, false});

  const std::vector<int64_t> idle = SpreadIdle(gaps, end.idle_nanos - begin.idle_nanos);
  std::vector<Weight> weights(ticks.size());
  for (size_t i = 0; i < gaps.size(); i++) {
    pending_.wall_nanos += gaps[i].wall_nanos - idle[i];
    pending_.cpu_nanos += gaps[i].cpu_nanos;
    if (i == ticks.size() || ticks[i].idle || !ticks[i].filed) continue;
    weights[i] = pending_;
    pending_ = {};
  }
  return weights;
}

}  // namespace acme
