#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace acme {

/// How long the windows last. Copying one and having V8 forget it takes its thread a millisecond for about
/// kManyNodes. Deep and changing stacks reach that sooner: then windows are halved, down to the shortest.
class WindowPace {
 public:
  int64_t nanos(bool all_slow) const { return all_slow ? kSlowNanos : nanos_; }

  /// `nodes`: of the largest of the last windows.
  void Follow(size_t nodes) {
    if (nodes > kManyNodes) nanos_ = std::max(nanos_ / 2, kShortestNanos);
    if (nodes < kManyNodes / 3) nanos_ = std::min(nanos_ * 2, kUsualNanos);
  }

 private:
  static constexpr int64_t kUsualNanos = 1'000'000'000;
  static constexpr int64_t kShortestNanos = 250'000'000;
  static constexpr int64_t kSlowNanos = 2'000'000'000;  // where no thread works
  static constexpr size_t kManyNodes = 800;

  int64_t nanos_ = kUsualNanos;
};

}  // namespace acme
