#pragma once

#include <atomic>
#include <cstdint>

#include "clock.h"

namespace acme {

/// What a sampled thread's work has cost that thread. Written there, read by the collector.
struct SamplerCost {
  std::atomic<uint64_t> windows{0};
  std::atomic<uint64_t> interrupts{0};  // windows served inside running JavaScript
  std::atomic<uint64_t> errors{0};
  std::atomic<int64_t> cpu_nanos{0};
  // Of the longest piece of work since the last time it was read. CPU is what it did; wall time may contain
  // that the system ran other threads meanwhile.
  std::atomic<int64_t> longest_block_nanos{0};
  std::atomic<int64_t> longest_block_cpu_nanos{0};
};

/// Adds what a piece of work on the sampled thread has cost.
class CostScope {
 public:
  explicit CostScope(SamplerCost* cost)
      : cost_(cost), begin_nanos_(MonotonicNanos()), begin_cpu_nanos_(ThreadCpuNanos()) {}
  ~CostScope() {
    const int64_t cpu_nanos = ThreadCpuNanos() - begin_cpu_nanos_;
    const int64_t block_nanos = MonotonicNanos() - begin_nanos_;
    cost_->cpu_nanos += cpu_nanos;
    if (block_nanos > cost_->longest_block_nanos) cost_->longest_block_nanos = block_nanos;
    if (cpu_nanos > cost_->longest_block_cpu_nanos) cost_->longest_block_cpu_nanos = cpu_nanos;
  }

 private:
  SamplerCost* cost_;
  const int64_t begin_nanos_;
  const int64_t begin_cpu_nanos_;
};

}  // namespace acme
