#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "collected_thread.h"
#include "epoch_clock.h"
#include "interval.h"
#include "thread_cpu.h"
#include "wall_profile.h"

namespace acme {

/// The interval that is being collected. Each begins where the one before has ended.
class RunningInterval {
 public:
  using Threads = std::vector<std::unique_ptr<CollectedThread>>;

  /// The options may be set until Start().
  explicit RunningInterval(const ProfileOptions& options) : options_(options) {}

  void Start();
  /// The threads' windows have ended now.
  void EndWindows();
  /// Adds what the threads have delivered. Returns the nodes of the largest window.
  size_t Take(const Threads& threads);
  /// Of what a window has told a part may be noted: nothing that was noted can be relied upon.
  void Lose(const Threads& threads);
  /// nullptr where it was lost. Throws std::bad_alloc.
  std::unique_ptr<Interval> Finish(const Threads& threads);
  /// Begins the next one; threads that have stopped go.
  void Next(Threads* threads);

 private:
  void Measure(const Threads& threads, const ThreadCpu::Usage& usage, Measured* measured);

  const ProfileOptions& options_;
  ThreadCpu thread_cpu_;
  EpochClock epoch_;
  std::unique_ptr<WallProfile> wall_;  // from the interval's first window on
  bool lost_ = false;
  int64_t begin_nanos_ = 0;
  int64_t end_nanos_ = 0;  // so far
  // All threads.
  int64_t served_nanos_ = 0;
  int64_t handler_nanos_ = 0;
};

}  // namespace acme
