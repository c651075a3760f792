#include "collector.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "background_thread.h"
#include "clock.h"
#include "space_profile.h"

namespace acme {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kWindowNanos = 1000 * kMillisecond;
/// Copying a window and having V8 forget it takes its thread a millisecond for about so many nodes. Deep and
/// changing stacks reach that sooner: then windows are halved, down to the shortest.
constexpr size_t kWindowNodes = 800;
constexpr int64_t kShortestWindowNanos = 250 * kMillisecond;
/// V8's thread wakes the sampled one at every tick. A thread that was busy for less than kIdleShare of some
/// windows in a row is ticked slowly, in longer windows, until it works again.
constexpr int64_t kSlowWindowNanos = 2000 * kMillisecond;
constexpr double kIdleShare = 0.01;
constexpr int kIdleWindows = 5;
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

void Collector::Attach(std::shared_ptr<ThreadChannel> channel) {
  std::lock_guard<std::mutex> lock(mutex_);
  attached_.push_back(std::move(channel));
  if (running_) return;
  running_ = true;
  StartBackgroundThread("acme-collector", [this] { Run(); });
}

void Collector::Collect(Done done) {
  std::lock_guard<std::mutex> lock(mutex_);
  collects_.push_back(std::move(done));
  work_.notify_one();
}

void Collector::Run() {
  thread_cpu_.Take({});
  window_nanos_ = kWindowNanos;
  interval_begin_nanos_ = MonotonicNanos();
  interval_begin_epoch_nanos_ = EpochNanos();
  wall_ = std::make_unique<WallProfile>(options_);
  while (true) {
    const bool end_interval = WaitForWork();
    RunWindow(end_interval);
    if (!end_interval) continue;
    Done done;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      done = std::move(collects_.front());
      collects_.pop_front();
    }
    done(FinishInterval());
  }
}

/// Returns after a window's time, or at once with true when an interval is to end.
bool Collector::WaitForWork() {
  std::unique_lock<std::mutex> lock(mutex_);
  const int64_t window_nanos = AllSlow() ? kSlowWindowNanos : window_nanos_;
  work_.wait_for(lock, std::chrono::nanoseconds(window_nanos), [this] { return !collects_.empty(); });
  for (auto& channel : attached_) {
    auto thread = std::make_unique<Thread>();
    thread->record.identity = channel->identity;
    thread->channel = std::move(channel);
    threads_.push_back(std::move(thread));
  }
  attached_.clear();
  return !collects_.empty();
}

void Collector::RunWindow(bool end_interval) {
  AskAll(kRotate, end_interval ? kEndPatienceNanos : kPatienceNanos);
  SleepNanos(SettleNanos());
  AskAll(end_interval ? kHarvest | kEndInterval : uint32_t{kHarvest},
         end_interval ? kEndPatienceNanos : kPatienceNanos);
  TakeDeliveries();
}

void Collector::AskAll(uint32_t requests, int64_t patience_nanos) {
  for (auto& thread : threads_) {
    const uint32_t pace = (requests & kRotate) && IsSlow(*thread) ? uint32_t{kSlowly} : 0;
    if (!thread->closed) thread->channel->Ask(requests | pace);
  }
  const int64_t begin = MonotonicNanos();
  int64_t pause = kMillisecond / 4;
  while (true) {
    const bool all_served = std::none_of(threads_.begin(), threads_.end(), [](const auto& thread) {
      return !thread->closed && thread->channel->HasUnserved();
    });
    const int64_t waited = MonotonicNanos() - begin;
    if (all_served || waited > patience_nanos) break;
    if (waited > kPatienceNanos / 2) {
      for (auto& thread : threads_) {
        if (!thread->closed && thread->channel->HasUnserved()) thread->channel->InterruptToServe();
      }
    }
    SleepNanos(pause);
    pause = std::min(pause * 2, 10 * kMillisecond);
  }
}

bool Collector::IsSlow(const Thread& thread) { return thread.idle_windows >= kIdleWindows; }

bool Collector::AllSlow() const {
  return std::all_of(threads_.begin(), threads_.end(), [](const auto& thread) { return IsSlow(*thread); });
}

/// Until V8's thread has filed the ticks of a window that has just ended.
int64_t Collector::SettleNanos() const {
  const bool any_slow =
      std::any_of(threads_.begin(), threads_.end(), [](const auto& thread) { return IsSlow(*thread); });
  return options_.sampling_interval_nanos * kSettlePeriods * (any_slow ? kSlowMultiple : 1);
}

void Collector::TakeDeliveries() {
  size_t nodes = 0;
  for (auto& thread : threads_) {
    Delivery delivery = thread->channel->Take();
    for (const auto& window : delivery.windows) {
      wall_->Add(&thread->record, *window);
      nodes = std::max(nodes, window->nodes.size());
      const double total_nanos = window->end.time_nanos - window->begin.time_nanos;
      const double idle_nanos = window->end.idle_nanos - window->begin.idle_nanos;
      thread->idle_windows =
          total_nanos - idle_nanos < kIdleShare * total_nanos ? thread->idle_windows + 1 : 0;
    }
    if (delivery.tail != nullptr) {
      wall_->NameEndpoints(&thread->record, delivery.tail->slots_generation, delivery.tail->endpoint_names);
      thread->heap = std::move(delivery.tail->heap);
      thread->endpoint_counts = std::move(delivery.tail->endpoint_counts);
    }
    thread->closed = delivery.closed;
  }
  if (nodes > kWindowNodes) window_nanos_ = std::max(window_nanos_ / 2, kShortestWindowNanos);
  if (nodes < kWindowNodes / 3) window_nanos_ = std::min(window_nanos_ * 2, kWindowNanos);
}

std::unique_ptr<Interval> Collector::FinishInterval() {
  auto interval = std::make_unique<Interval>();
  const int64_t duration_nanos = MonotonicNanos() - interval_begin_nanos_;
  interval->start_epoch_nanos = interval_begin_epoch_nanos_;
  interval->end_epoch_nanos = interval_begin_epoch_nanos_ + duration_nanos;

  std::set<pid_t> sampled;
  std::vector<ThreadHeap> heaps;
  for (const auto& thread : threads_) {
    sampled.insert(thread->record.identity->os_thread_id);
    if (thread->heap != nullptr) heaps.push_back({thread->record.identity.get(), thread->heap.get()});
    interval->endpoint_counts.insert(interval->endpoint_counts.end(), thread->endpoint_counts.begin(),
                                     thread->endpoint_counts.end());
  }
  const ThreadCpu::Usage usage = thread_cpu_.Take(sampled);
  // Alone they are no reason for an upload: after the last sampled thread has stopped nobody waits for one.
  interval->has_samples = !wall_->empty() || !heaps.empty();
  if (interval->has_samples) wall_->AddOtherThreads(usage);
  Measure(&interval->measured);
  interval->measured.process_cpu_nanos = usage.process_nanos;
  if (!wall_->empty()) interval->wall = wall_->Finish(interval->start_epoch_nanos, duration_nanos);
  if (!heaps.empty()) {
    interval->space = EncodeSpaceProfile(heaps, options_.heap_sampling_interval_bytes,
                                         interval->start_epoch_nanos, duration_nanos);
  }

  interval_begin_nanos_ += duration_nanos;
  interval_begin_epoch_nanos_ = EpochNanos();
  wall_ = std::make_unique<WallProfile>(options_);
  for (auto& thread : threads_) {
    thread->heap.reset();
    thread->endpoint_counts.clear();
  }
  threads_.erase(
      std::remove_if(threads_.begin(), threads_.end(), [](const auto& thread) { return thread->closed; }),
      threads_.end());
  return interval;
}

void Collector::Measure(Measured* measured) {
  measured->ticks = wall_->tick_counts();
  measured->threads = threads_.size();
  for (auto& thread : threads_) {
    SamplerCost& cost = thread->channel->cost;
    measured->windows += cost.windows.exchange(0);
    measured->interrupts += cost.interrupts.exchange(0);
    measured->errors += cost.errors.exchange(0);
    measured->sampled_thread_cpu_nanos += cost.cpu_nanos.exchange(0);
    measured->longest_block_nanos =
        std::max(measured->longest_block_nanos, cost.longest_block_nanos.exchange(0));
    measured->longest_block_cpu_nanos =
        std::max(measured->longest_block_cpu_nanos, cost.longest_block_cpu_nanos.exchange(0));
    const uint64_t dropped = thread->channel->dropped_ticks;
    measured->ticks.dropped += dropped - thread->dropped_ticks_before;
    thread->dropped_ticks_before = dropped;
  }
}

}  // namespace acme
