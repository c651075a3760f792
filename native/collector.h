#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "epoch_clock.h"
#include "overhead_budget.h"
#include "thread_channel.h"
#include "wall_profile.h"

namespace acme {

/// What the agent measured of itself in an interval.
struct Measured {
  TickCounts ticks;
  uint64_t windows = 0;
  uint64_t interrupts = 0;
  uint64_t errors = 0;
  int64_t sampled_thread_cpu_nanos = 0;
  int64_t handler_nanos = 0;
  double largest_share = 0;  // of a thread's CPU, see OverheadBudget
  int interval_multiple = 1;
  uint64_t heaps_given_up = 0;
  int64_t longest_block_nanos = 0;
  int64_t longest_block_cpu_nanos = 0;
  int64_t process_cpu_nanos = 0;
  uint64_t threads = 0;
};

/// One upload's worth of profiles.
struct Interval {
  int64_t start_epoch_nanos = 0;
  int64_t end_epoch_nanos = 0;
  std::string wall;   // pprof, not compressed; empty if off
  std::string space;  // the same
  std::vector<std::pair<std::string, int64_t>> endpoint_counts;
  Measured measured;
  bool has_samples = false;
};

/// The one background thread of the process: asks every sampled thread for its windows, and turns them into
/// profiles. Never destroyed: it may outlive main().
class Collector {
 public:
  using Done = std::function<void(std::unique_ptr<Interval>)>;

  static Collector* Get();

  /// Before the thread is there.
  void Configure(const ProfileOptions& options);
  /// False where the system has no thread left.
  bool EnsureThread();
  void Attach(std::shared_ptr<ThreadChannel> channel);
  /// Ends the interval; `done` runs on the collector's thread, once. Given nullptr: there was no memory for
  /// all of the interval, and it is lost.
  void Collect(Done done);

 private:
  struct Thread {
    explicit Thread(double max_overhead_share) : budget(max_overhead_share) {}

    std::shared_ptr<ThreadChannel> channel;
    ThreadRecord record;
    std::unique_ptr<AllocationTree> heap;
    std::vector<std::pair<std::string, int64_t>> endpoint_counts;
    OverheadBudget budget;
    int64_t cost_nanos_before = 0;  // when the last windows were taken
    int64_t window_cpu_nanos = 0;   // of the windows of this interval
    uint64_t dropped_ticks_before = 0;
    int idle_windows = 0;       // in a row
    bool strings_lost = false;  // until they are told again, windows cannot be read
    bool closed = false;
  };

  Collector() = default;
  void Run();
  void RunWindow(bool end_interval);
  void AddAttached();
  void AskAll(uint32_t requests, int64_t patience_nanos);
  int64_t SettleNanos() const;
  void TakeDeliveries();
  void Charge(Thread* thread, const std::vector<std::unique_ptr<Window>>& windows);
  static bool IsSlow(const Thread& thread);
  static int IntervalMultiple(const Thread& thread);
  bool AllSlow() const;
  void LoseInterval();
  std::unique_ptr<Interval> FinishInterval();
  void BeginInterval();
  void Measure(Measured* measured);
  std::string Bill(const Measured& measured) const;
  bool WaitForWork();

  ProfileOptions options_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<std::shared_ptr<ThreadChannel>> attached_;  // guarded; moved to threads_ by the collector
  std::deque<Done> collects_;                             // guarded
  bool running_ = false;                                  // guarded

  // Only the collector's thread from here on.
  std::vector<std::unique_ptr<Thread>> threads_;
  std::unique_ptr<WallProfile> wall_;  // from the interval's first window on
  bool interval_lost_ = false;
  ThreadCpu thread_cpu_;
  int64_t window_nanos_ = 0;
  // In this interval, all threads.
  int64_t served_nanos_ = 0;
  int64_t handler_nanos_ = 0;
  EpochClock epoch_;
  int64_t interval_begin_nanos_ = 0;
  int64_t rotated_nanos_ = 0;  // when the last windows ended
};

}  // namespace acme
