#include "collector.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "background_thread.h"
#include "within_memory.h"

namespace acme {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
/// How long an event loop may take to turn before its running JavaScript is interrupted instead.
constexpr int64_t kPatienceNanos = 100 * kMillisecond;
/// How long the end of an interval waits for a thread that neither turns nor can be interrupted.
constexpr int64_t kEndPatienceNanos = 300 * kMillisecond;
/// V8's own thread files a tick one sampling period after it was taken; three, to be sure.
constexpr int kSettlePeriods = 3;

void SleepNanos(int64_t nanos) {
  timespec duration{nanos / 1'000'000'000, nanos % 1'000'000'000};
  while (nanosleep(&duration, &duration) != 0) {
  }
}

}  // namespace

Collector* Collector::Get() {
  static auto* collector = new Collector();
  return collector;
}

void Collector::Configure(const ProfileOptions& options) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!running_) options_ = options;
}

bool Collector::EnsureThread() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!running_) running_ = StartBackgroundThread("acme-collector", [this] { Run(); });
  return running_;
}

void Collector::Attach(std::shared_ptr<ThreadChannel> channel) {
  std::lock_guard<std::mutex> lock(mutex_);
  attached_.push_back(std::move(channel));
}

void Collector::Collect(Done done) {
  std::lock_guard<std::mutex> lock(mutex_);
  collects_.push_back(std::move(done));
  work_.notify_one();
}

void Collector::Run() {
  interval_.Start();
  while (true) {
    const bool end_interval = WaitForWork();
    if (!WithinMemory([&] { RunWindow(end_interval); })) interval_.Lose(threads_);
    if (end_interval) EndInterval();
  }
}

/// Returns after a window's time, or at once with true when an interval is to end.
bool Collector::WaitForWork() {
  std::unique_lock<std::mutex> lock(mutex_);
  const std::chrono::nanoseconds window(pace_.nanos(AllSlow()));
  work_.wait_for(lock, window, [this] { return !collects_.empty(); });
  return !collects_.empty();
}

void Collector::RunWindow(bool end_interval) {
  AddAttached();
  const int64_t patience_nanos = end_interval ? kEndPatienceNanos : kPatienceNanos;
  AskAll(kRotate, patience_nanos);
  interval_.EndWindows();
  SleepNanos(SettleNanos());
  AskAll(end_interval ? kHarvest | kEndInterval : uint32_t{kHarvest}, patience_nanos);
  pace_.Follow(interval_.Take(threads_));
}

void Collector::AddAttached() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (; !attached_.empty(); attached_.pop_back()) {
    threads_.push_back(std::make_unique<CollectedThread>(attached_.back(), options_.max_overhead_share));
  }
}

void Collector::AskAll(uint32_t requests, int64_t patience_nanos) {
  for (const auto& thread : threads_) thread->Ask(requests);
  // Of this thread's own sleep: a process that was frozen has not waited.
  int64_t waited = 0;
  int64_t pause = kMillisecond / 4;
  while (true) {
    const bool all_served = std::none_of(threads_.begin(), threads_.end(),
                                         [](const auto& thread) { return thread->HasUnserved(); });
    if (all_served || waited > patience_nanos) break;
    if (waited > kPatienceNanos / 2) {
      for (const auto& thread : threads_) {
        if (thread->HasUnserved()) thread->InterruptToServe();
      }
    }
    SleepNanos(pause);
    waited += pause;
    pause = std::min(pause * 2, 10 * kMillisecond);
  }
}

void Collector::EndInterval() {
  Done done;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    done = std::move(collects_.front());
    collects_.pop_front();
  }
  std::unique_ptr<Interval> interval;
  WithinMemory([&] { interval = interval_.Finish(threads_); });
  interval_.Next(&threads_);
  done(std::move(interval));
}

bool Collector::AllSlow() const {
  return std::all_of(threads_.begin(), threads_.end(), [](const auto& thread) { return thread->is_slow(); });
}

/// Until V8's thread has filed the ticks of a window that has just ended.
int64_t Collector::SettleNanos() const {
  int multiple = 1;
  for (const auto& thread : threads_) multiple = std::max(multiple, thread->interval_multiple());
  return options_.sampling_interval_nanos * kSettlePeriods * multiple;
}

}  // namespace acme
