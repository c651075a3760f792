#include "running_interval.h"

#include <algorithm>
#include <map>
#include <utility>

#include "clock.h"
#include "space_profile.h"
#include "within_memory.h"

namespace acme {

void RunningInterval::Start() {
  WithinMemory([this] { thread_cpu_.Take({}); });
  begin_nanos_ = MonotonicNanos();
}

void RunningInterval::EndWindows() { end_nanos_ = MonotonicNanos(); }

size_t RunningInterval::Take(const Threads& threads) {
  if (wall_ == nullptr) wall_ = std::make_unique<WallProfile>(options_, epoch_.offset_nanos());
  size_t nodes = 0;
  for (const auto& thread : threads) {
    const CollectedThread::Taken taken = thread->TakeDelivery(wall_.get());
    nodes = std::max(nodes, taken.nodes);
    served_nanos_ += taken.served_nanos;
    handler_nanos_ += taken.handler_nanos;
  }
  return nodes;
}

void RunningInterval::Lose(const Threads& threads) {
  lost_ = true;
  wall_.reset();
  for (const auto& thread : threads) thread->Lose();
}

std::unique_ptr<Interval> RunningInterval::Finish(const Threads& threads) {
  if (lost_) return nullptr;
  auto interval = std::make_unique<Interval>();
  // Where its windows end: time that is over before the profile is encoded is time of the next one.
  const int64_t duration_nanos = end_nanos_ - begin_nanos_;
  interval->start_epoch_nanos = epoch_.At(begin_nanos_);
  interval->end_epoch_nanos = epoch_.At(end_nanos_);

  std::map<pid_t, int64_t> sampled_nanos;
  std::vector<ThreadHeap> heaps;
  for (const auto& thread : threads) {
    sampled_nanos[thread->identity().os_thread_id] += thread->sampled_nanos();
    if (thread->heap() != nullptr) heaps.push_back({&thread->identity(), thread->heap()});
    const auto& counts = thread->endpoint_counts();
    interval->endpoint_counts.insert(interval->endpoint_counts.end(), counts.begin(), counts.end());
  }
  const ThreadCpu::Usage usage = thread_cpu_.Take(sampled_nanos);
  // Alone they are no reason for an upload: after the last sampled thread has stopped nobody waits for one.
  interval->has_samples = !wall_->empty() || !heaps.empty();
  if (interval->has_samples) wall_->AddOtherThreads(usage);
  Measure(threads, usage, &interval->measured);
  const std::string bill = interval->measured.Bill(options_);
  if (!wall_->empty()) interval->wall = wall_->Finish(interval->start_epoch_nanos, duration_nanos, bill);
  if (!heaps.empty()) {
    interval->space = EncodeSpaceProfile(heaps, interval->start_epoch_nanos, duration_nanos, bill);
  }
  return interval;
}

void RunningInterval::Measure(const Threads& threads, const ThreadCpu::Usage& usage, Measured* measured) {
  measured->ticks = wall_->tick_counts();
  measured->threads = threads.size();
  measured->sampled_thread_cpu_nanos = std::exchange(served_nanos_, 0);
  measured->handler_nanos = std::exchange(handler_nanos_, 0);
  measured->process_cpu_nanos = usage.process_nanos;
  for (const auto& thread : threads) thread->MeasureInto(measured);
}

void RunningInterval::Next(Threads* threads) {
  lost_ = false;
  begin_nanos_ = end_nanos_;
  epoch_.Follow();
  wall_.reset();
  for (const auto& thread : *threads) thread->BeginInterval();
  threads->erase(
      std::remove_if(threads->begin(), threads->end(), [](const auto& thread) { return thread->closed(); }),
      threads->end());
}

}  // namespace acme
