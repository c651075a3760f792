#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "interval.h"
#include "running_interval.h"
#include "thread_channel.h"
#include "window_pace.h"

namespace acme {

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
  Collector() = default;
  void Run();
  bool WaitForWork();
  void RunWindow(bool end_interval);
  void AddAttached();
  void AskAll(uint32_t requests, int64_t patience_nanos);
  void EndInterval();
  bool AllSlow() const;
  int64_t SettleNanos() const;

  ProfileOptions options_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<std::shared_ptr<ThreadChannel>> attached_;  // guarded; moved to threads_ by the collector
  std::deque<Done> collects_;                             // guarded
  bool running_ = false;                                  // guarded

  // Only the collector's thread from here on.
  RunningInterval::Threads threads_;
  RunningInterval interval_{options_};
  WindowPace pace_;
};

}  // namespace acme
