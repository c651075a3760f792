#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "interval.h"
#include "overhead_budget.h"
#include "thread_channel.h"
#include "wall_profile.h"

namespace acme {

/// What the collector keeps of one sampled thread: its pace, its account, and what it has told of the
/// interval.
class CollectedThread {
 public:
  /// What a delivery held.
  struct Taken {
    size_t nodes = 0;          // of the largest window
    int64_t served_nanos = 0;  // CPU of the thread for serving windows
    int64_t handler_nanos = 0;
  };

  CollectedThread(std::shared_ptr<ThreadChannel> channel, double max_overhead_share);

  /// Also tells the thread its pace, and whether its heap is wanted.
  void Ask(uint32_t requests);
  bool HasUnserved() const { return !closed_ && channel_->HasUnserved(); }
  void InterruptToServe() { channel_->InterruptToServe(); }
  /// Adds the windows that were delivered to `wall`.
  Taken TakeDelivery(WallProfile* wall);
  /// Nothing that was noted of it can be relied upon, nor the strings that it has told.
  void Lose();
  void BeginInterval();

  bool closed() const { return closed_; }
  /// V8's thread wakes the sampled one at every tick. A thread that was busy for less than a hundredth of
  /// some windows in a row is ticked slowly, in longer windows, until it works again.
  bool is_slow() const;
  int interval_multiple() const;

  const ThreadIdentity& identity() const { return *record_.identity; }
  /// nullptr where there is none.
  const AllocationTree* heap() const { return heap_.get(); }
  const std::vector<std::pair<std::string, int64_t>>& endpoint_counts() const { return endpoint_counts_; }
  /// CPU time that the samples of this interval stand for.
  int64_t sampled_nanos() const { return window_cpu_nanos_ - record_.clock.pending().cpu_nanos; }
  /// Adds its own and begins to count anew.
  void MeasureInto(Measured* measured);

 private:
  void FollowIdle(const Window& window);
  void Charge(const std::vector<std::unique_ptr<Window>>& windows, Taken* taken);

  const std::shared_ptr<ThreadChannel> channel_;
  ThreadRecord record_;
  std::unique_ptr<AllocationTree> heap_;
  std::vector<std::pair<std::string, int64_t>> endpoint_counts_;
  OverheadBudget budget_;
  int64_t cost_nanos_before_ = 0;  // when the last windows were taken
  int64_t window_cpu_nanos_ = 0;   // of the windows of this interval
  uint64_t dropped_ticks_before_ = 0;
  int idle_windows_ = 0;       // in a row
  bool strings_lost_ = false;  // until they are told again, windows cannot be read
  bool closed_ = false;
};

}  // namespace acme
