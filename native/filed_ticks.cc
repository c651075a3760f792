#include "filed_ticks.h"

#include <algorithm>

namespace acme {

std::vector<V8Sample> SamplesInOrder(const Window& window) {
  std::vector<V8Sample> samples = window.samples;
  std::sort(samples.begin(), samples.end(),
            [](const V8Sample& a, const V8Sample& b) { return a.time_micros < b.time_micros; });
  return samples;
}

std::vector<FiledTick> FileTicks(const Window& window, const std::vector<V8Sample>& samples) {
  std::vector<FiledTick> filed;
  filed.reserve(window.ticks.size());
  size_t next = 0;
  for (const Tick& tick : window.ticks) {
    while (next < samples.size() && samples[next].time_micros < tick.before_nanos / 1000) next++;
    const bool found = next < samples.size() && samples[next].time_micros <= tick.after_nanos / 1000;
    filed.push_back({&tick, found ? &samples[next++] : nullptr});
  }
  return filed;
}

}  // namespace acme
