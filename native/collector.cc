#include "collector.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <utility>

#include "background_thread.h"
#include "clock.h"
#include "space_profile.h"
#include "within_memory.h"

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
constexpr int kSlowMultiple = 10;
constexpr double kIdleShare = 0.01;
constexpr int kIdleWindows = 5;
/// Whoever was in the handler for longer was not running: the system had taken the CPU away.
constexpr int64_t kLongestHandlerNanos = 200'000;
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
  WithinMemory([this] { thread_cpu_.Take({}); });
  window_nanos_ = kWindowNanos;
  interval_begin_nanos_ = MonotonicNanos();
  while (true) {
    const bool end_interval = WaitForWork();
    if (!WithinMemory([&] { RunWindow(end_interval); })) LoseInterval();
    if (!end_interval) continue;
    Done done;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      done = std::move(collects_.front());
      collects_.pop_front();
    }
    std::unique_ptr<Interval> interval;
    if (!interval_lost_) WithinMemory([&] { interval = FinishInterval(); });
    BeginInterval();
    done(std::move(interval));
  }
}

/// Returns after a window's time, or at once with true when an interval is to end.
bool Collector::WaitForWork() {
  std::unique_lock<std::mutex> lock(mutex_);
  const int64_t window_nanos = AllSlow() ? kSlowWindowNanos : window_nanos_;
  work_.wait_for(lock, std::chrono::nanoseconds(window_nanos), [this] { return !collects_.empty(); });
  return !collects_.empty();
}

void Collector::AddAttached() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (; !attached_.empty(); attached_.pop_back()) {
    auto thread = std::make_unique<Thread>(options_.max_overhead_share);
    thread->record.identity = attached_.back()->identity;
    thread->channel = attached_.back();
    threads_.push_back(std::move(thread));
  }
}

void Collector::RunWindow(bool end_interval) {
  AddAttached();
  AskAll(kRotate, end_interval ? kEndPatienceNanos : kPatienceNanos);
  rotated_nanos_ = MonotonicNanos();
  SleepNanos(SettleNanos());
  AskAll(end_interval ? kHarvest | kEndInterval : uint32_t{kHarvest},
         end_interval ? kEndPatienceNanos : kPatienceNanos);
  TakeDeliveries();
}

void Collector::AskAll(uint32_t requests, int64_t patience_nanos) {
  for (auto& thread : threads_) {
    if (thread->closed) continue;
    thread->channel->interval_multiple = IntervalMultiple(*thread);
    thread->channel->heap_wanted = !thread->budget.heap_given_up();
    thread->channel->Ask(requests);
  }
  // Of this thread's own sleep: a process that was frozen has not waited.
  int64_t waited = 0;
  int64_t pause = kMillisecond / 4;
  while (true) {
    const bool all_served = std::none_of(threads_.begin(), threads_.end(), [](const auto& thread) {
      return !thread->closed && thread->channel->HasUnserved();
    });
    if (all_served || waited > patience_nanos) break;
    if (waited > kPatienceNanos / 2) {
      for (auto& thread : threads_) {
        if (!thread->closed && thread->channel->HasUnserved()) thread->channel->InterruptToServe();
      }
    }
    SleepNanos(pause);
    waited += pause;
    pause = std::min(pause * 2, 10 * kMillisecond);
  }
}

bool Collector::IsSlow(const Thread& thread) { return thread.idle_windows >= kIdleWindows; }

int Collector::IntervalMultiple(const Thread& thread) {
  return std::max(IsSlow(thread) ? kSlowMultiple : 1, thread.budget.interval_multiple());
}

bool Collector::AllSlow() const {
  return std::all_of(threads_.begin(), threads_.end(), [](const auto& thread) { return IsSlow(*thread); });
}

/// Until V8's thread has filed the ticks of a window that has just ended.
int64_t Collector::SettleNanos() const {
  int multiple = 1;
  for (const auto& thread : threads_) multiple = std::max(multiple, IntervalMultiple(*thread));
  return options_.sampling_interval_nanos * kSettlePeriods * multiple;
}

void Collector::TakeDeliveries() {
  size_t nodes = 0;
  if (wall_ == nullptr) wall_ = std::make_unique<WallProfile>(options_, epoch_.offset_nanos());
  for (auto& thread : threads_) {
    Delivery delivery = thread->channel->Take();
    for (const auto& window : delivery.windows) {
      if (thread->strings_lost && !window->strings_cleared) continue;
      thread->strings_lost = false;
      wall_->Add(&thread->record, *window);
      nodes = std::max(nodes, window->nodes.size());
      const double total_nanos = window->end.time_nanos - window->begin.time_nanos;
      const double idle_nanos = window->end.idle_nanos - window->begin.idle_nanos;
      thread->idle_windows =
          total_nanos - idle_nanos < kIdleShare * total_nanos ? thread->idle_windows + 1 : 0;
    }
    Charge(thread.get(), delivery.windows);
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

/// Puts what the windows have cost on the thread's account: the handler, by tick, and what was done to serve
/// them.
void Collector::Charge(Thread* thread, const std::vector<std::unique_ptr<Window>>& windows) {
  int64_t handler_nanos = 0, cpu_nanos = 0, elapsed_nanos = 0;
  for (const auto& window : windows) {
    for (const Tick& tick : window->ticks) {
      handler_nanos += std::min(tick.after_nanos - tick.before_nanos, kLongestHandlerNanos);
    }
    cpu_nanos += window->end.cpu_nanos - window->begin.cpu_nanos;
    elapsed_nanos += window->end.time_nanos - window->begin.time_nanos;
  }
  const int64_t cost_nanos = thread->channel->cost.cpu_nanos;
  const int64_t served_nanos = cost_nanos - thread->cost_nanos_before;
  thread->cost_nanos_before = cost_nanos;
  thread->window_cpu_nanos += cpu_nanos;
  thread->budget.Add(served_nanos + handler_nanos, cpu_nanos, elapsed_nanos);
  served_nanos_ += served_nanos;
  handler_nanos_ += handler_nanos;
}

/// Of what a window has told a part may be noted: nothing that was noted can be relied upon.
void Collector::LoseInterval() {
  interval_lost_ = true;
  wall_.reset();
  for (auto& thread : threads_) {
    thread->strings_lost = true;
    thread->channel->strings_lost = true;
    thread->record.clock = BusyClock();
  }
}

std::unique_ptr<Interval> Collector::FinishInterval() {
  auto interval = std::make_unique<Interval>();
  // Where its windows end: time that is over before the profile is encoded is time of the next one.
  const int64_t end_nanos = rotated_nanos_;
  const int64_t duration_nanos = end_nanos - interval_begin_nanos_;
  interval->start_epoch_nanos = epoch_.At(interval_begin_nanos_);
  interval->end_epoch_nanos = epoch_.At(end_nanos);

  std::map<pid_t, int64_t> sampled_nanos;
  std::vector<ThreadHeap> heaps;
  for (const auto& thread : threads_) {
    sampled_nanos[thread->record.identity->os_thread_id] +=
        thread->window_cpu_nanos - thread->record.clock.pending().cpu_nanos;
    if (thread->heap != nullptr) heaps.push_back({thread->record.identity.get(), thread->heap.get()});
    interval->endpoint_counts.insert(interval->endpoint_counts.end(), thread->endpoint_counts.begin(),
                                     thread->endpoint_counts.end());
  }
  const ThreadCpu::Usage usage = thread_cpu_.Take(sampled_nanos);
  // Alone they are no reason for an upload: after the last sampled thread has stopped nobody waits for one.
  interval->has_samples = !wall_->empty() || !heaps.empty();
  if (interval->has_samples) wall_->AddOtherThreads(usage);
  Measure(&interval->measured);
  interval->measured.process_cpu_nanos = usage.process_nanos;
  const std::string bill = Bill(interval->measured);
  if (!wall_->empty()) interval->wall = wall_->Finish(interval->start_epoch_nanos, duration_nanos, bill);
  if (!heaps.empty()) {
    interval->space = EncodeSpaceProfile(heaps, options_.heap_sampling_interval_bytes,
                                         interval->start_epoch_nanos, duration_nanos, bill);
  }
  return interval;
}

void Collector::BeginInterval() {
  interval_lost_ = false;
  interval_begin_nanos_ = rotated_nanos_;
  epoch_.Follow();
  wall_.reset();
  for (auto& thread : threads_) {
    thread->heap.reset();
    thread->endpoint_counts.clear();
    thread->window_cpu_nanos = 0;
  }
  threads_.erase(
      std::remove_if(threads_.begin(), threads_.end(), [](const auto& thread) { return thread->closed; }),
      threads_.end());
}

void Collector::Measure(Measured* measured) {
  measured->ticks = wall_->tick_counts();
  measured->threads = threads_.size();
  measured->sampled_thread_cpu_nanos = std::exchange(served_nanos_, 0);
  measured->handler_nanos = std::exchange(handler_nanos_, 0);
  for (auto& thread : threads_) {
    SamplerCost& cost = thread->channel->cost;
    measured->windows += cost.windows.exchange(0);
    measured->interrupts += cost.interrupts.exchange(0);
    measured->errors += cost.errors.exchange(0);
    measured->largest_share = std::max(measured->largest_share, thread->budget.TakeShare());
    measured->interval_multiple = std::max(measured->interval_multiple, thread->budget.interval_multiple());
    if (thread->budget.heap_given_up()) measured->heaps_given_up++;
    measured->longest_block_nanos =
        std::max(measured->longest_block_nanos, cost.longest_block_nanos.exchange(0));
    measured->longest_block_cpu_nanos =
        std::max(measured->longest_block_cpu_nanos, cost.longest_block_cpu_nanos.exchange(0));
    const uint64_t dropped = thread->channel->dropped_ticks;
    measured->ticks.dropped += dropped - thread->dropped_ticks_before;
    thread->dropped_ticks_before = dropped;
  }
}

/// One line for whoever opens the file.
std::string Collector::Bill(const Measured& measured) const {
  char text[160];
  const double interval_ms =
      static_cast<double>(options_.sampling_interval_nanos) / 1e6 * measured.interval_multiple;
  snprintf(text, sizeof text,
           "profiler overhead %.2f %% of the thread it costs most, bound %.2f %%, a sample every %.1f ms%s",
           measured.largest_share * 100, options_.max_overhead_share * 100, interval_ms,
           measured.heaps_given_up > 0 ? ", heap profile given up" : "");
  return text;
}

}  // namespace acme
