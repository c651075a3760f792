#pragma once

#include <cstdint>
#include <vector>

#include "window.h"

namespace acme {

constexpr uint8_t kIdleState = 8;  // v8::StateTag::IDLE

/// A sample of the wall profile before it is encoded.
struct WallSample {
  const ThreadIdentity* thread;
  uint32_t stack;      // of a StackTree
  uint32_t label_set;  // number + 1 within IntervalLabels, 0 is none
  int64_t end_nanos;   // MonotonicNanos
  int64_t count;
  int64_t wall_nanos;
  int64_t cpu_nanos;
  uint8_t state;  // v8::StateTag
};

/// Makes one sample of those that differ in their time alone.
void MergeSamples(std::vector<WallSample>* samples);

}  // namespace acme
