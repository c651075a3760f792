#pragma once

#include <cstddef>
#include <cstdint>

#include "account.h"

namespace acme {

/// What sampling costs one thread, held against a share of the CPU time that the thread uses. Where it is
/// more, the rate is lowered step by step, and at last the heap profile given up. Stacks keep their depth: V8
/// takes none for wall profiles, and a heap sampler that starts anew with another one forgets what is alive.
class OverheadBudget {
 public:
  /// `share` of the thread's CPU, 0.02 is 2 %; 0 is no bound.
  explicit OverheadBudget(double share) : share_(share) {}

  /// What the heap's samples may take of the bound.
  static constexpr double kHeapPart = 0.5;

  /// What a window cost, the CPU time of its thread and its length.
  void Add(int64_t cost_nanos, int64_t thread_cpu_nanos, int64_t elapsed_nanos);

  /// V8's work for the heap's samples of an interval, which HeapPace bounds: it is in the bill, and what it
  /// takes of the bound is not left for the rest.
  void AddHeap(int64_t nanos);

  /// The sampling interval is to be so many times the usual one.
  int interval_multiple() const { return kMultiples[step_ < kRateSteps ? step_ : kRateSteps - 1]; }
  bool heap_given_up() const { return step_ == kRateSteps; }
  /// The share of all windows since the last call.
  double TakeShare();

 private:
  static constexpr int kMultiples[] = {1, 2, 4, 10};
  static constexpr size_t kRateSteps = sizeof kMultiples / sizeof kMultiples[0];

  const double share_;
  size_t step_ = 0;
  double heap_share_ = 0;  // of the last interval
  int calm_ = 0;           // judgements in a row that were far below the bound
  Account judged_;
  Account interval_;
};

}  // namespace acme
