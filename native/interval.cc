#include "interval.h"

#include <cstdio>

namespace acme {

std::string Measured::Bill(const ProfileOptions& options) const {
  char text[160];
  const double interval_ms = static_cast<double>(options.sampling_interval_nanos) / 1e6 * interval_multiple;
  snprintf(text, sizeof text,
           "profiler overhead %.2f %% of the thread it costs most, bound %.2f %%, a sample every %.1f ms%s",
           largest_share * 100, options.max_overhead_share * 100, interval_ms,
           heaps_given_up > 0 ? ", heap profile given up" : "");
  return text;
}

}  // namespace acme
