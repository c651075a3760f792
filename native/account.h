#pragma once

#include <algorithm>
#include <cstdint>

namespace acme {

/// What something has cost a thread, and the CPU time that it is a share of.
struct Account {
  int64_t cost_nanos = 0;
  int64_t base_nanos = 0;

  /// Of a thread that does next to nothing any cost is a large share and no harm: it counts as busy for a
  /// tenth.
  void Add(int64_t cost, int64_t thread_cpu_nanos, int64_t elapsed_nanos) {
    cost_nanos += cost;
    base_nanos += std::max(thread_cpu_nanos, elapsed_nanos / 10);
  }
  void Halve() {
    cost_nanos /= 2;
    base_nanos /= 2;
  }
  double share() const {
    return base_nanos == 0 ? 0 : static_cast<double>(cost_nanos) / static_cast<double>(base_nanos);
  }
};

}  // namespace acme
