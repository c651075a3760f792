#pragma once

#include <cstdint>

#include "account.h"

namespace acme {

/// How far apart the heap is sampled. V8 takes these samples on the application's thread, where no clock of
/// ours runs: their number is the bill. Only ever wider: another interval takes a new start of V8's sampler,
/// which forgets what is alive.
class HeapPace {
 public:
  static constexpr int kWidest = 256;

  /// V8's work for one sample of so many frames: it walks the stack and copies the name of each function. 11
  /// us in a service of Fastify and dd-trace under load, 2 with a stack of two frames (docs/bench.md).
  static double SampleNanos(double frames) { return 2'000 + 150 * frames; }

  /// `share` of the thread's CPU may go into samples; 0 is no bound.
  explicit HeapPace(double share) : share_(share) {}

  /// What the samples since the last call have cost, the CPU time of the thread and how long it was. Whether
  /// that was too much: then multiple() is larger from now on.
  bool Add(int64_t cost_nanos, int64_t thread_cpu_nanos, int64_t elapsed_nanos);
  /// Twice as far apart, up to `most` times the usual.
  void Widen(int most);

  /// The sampling interval is to be so many times the usual one.
  int multiple() const { return multiple_; }

 private:
  const double share_;
  int multiple_ = 1;
  // Also of the intervals before, each counting half as much as the next: V8 tells how many samples it took
  // as far as one of the newest is alive, so one interval may have those of another.
  Account judged_;
};

}  // namespace acme
