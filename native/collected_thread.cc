#include "collected_thread.h"

#include <algorithm>

namespace acme {
namespace {

constexpr int kSlowMultiple = 10;
constexpr double kIdleShare = 0.01;
constexpr int kIdleWindows = 5;
/// Whoever was in the handler for longer was not running: the system had taken the CPU away.
constexpr int64_t kLongestHandlerNanos = 200'000;

}  // namespace

CollectedThread::CollectedThread(std::shared_ptr<ThreadChannel> channel, double max_overhead_share)
    : channel_(std::move(channel)), budget_(max_overhead_share) {
  record_.identity = channel_->identity;
}

void CollectedThread::Ask(uint32_t requests) {
  if (closed_) return;
  channel_->interval_multiple = interval_multiple();
  channel_->heap_wanted = !budget_.heap_given_up();
  channel_->Ask(requests);
}

bool CollectedThread::is_slow() const { return idle_windows_ >= kIdleWindows; }

int CollectedThread::interval_multiple() const {
  return std::max(is_slow() ? kSlowMultiple : 1, budget_.interval_multiple());
}

CollectedThread::Taken CollectedThread::TakeDelivery(WallProfile* wall) {
  Taken taken;
  Delivery delivery = channel_->Take();
  for (const auto& window : delivery.windows) {
    if (strings_lost_ && !window->strings_cleared) continue;
    strings_lost_ = false;
    wall->Add(&record_, *window);
    taken.nodes = std::max(taken.nodes, window->nodes.size());
    FollowIdle(*window);
  }
  Charge(delivery.windows, &taken);
  if (delivery.tail != nullptr) {
    wall->NameEndpoints(&record_, delivery.tail->slots_generation, delivery.tail->endpoint_names);
    heap_ = std::move(delivery.tail->heap);
    budget_.AddHeap(heap_ == nullptr ? 0 : heap_->cost_nanos);
    endpoint_counts_ = std::move(delivery.tail->endpoint_counts);
  }
  closed_ = delivery.closed;
  return taken;
}

void CollectedThread::FollowIdle(const Window& window) {
  const double total_nanos = window.end.time_nanos - window.begin.time_nanos;
  const double idle_nanos = window.end.idle_nanos - window.begin.idle_nanos;
  idle_windows_ = total_nanos - idle_nanos < kIdleShare * total_nanos ? idle_windows_ + 1 : 0;
}

/// Puts what the windows have cost on the thread's account: the handler, by tick, and what was done to serve
/// them.
void CollectedThread::Charge(const std::vector<std::unique_ptr<Window>>& windows, Taken* taken) {
  int64_t cpu_nanos = 0, elapsed_nanos = 0;
  for (const auto& window : windows) {
    for (const Tick& tick : window->ticks) {
      taken->handler_nanos += std::min(tick.after_nanos - tick.before_nanos, kLongestHandlerNanos);
    }
    cpu_nanos += window->end.cpu_nanos - window->begin.cpu_nanos;
    elapsed_nanos += window->end.time_nanos - window->begin.time_nanos;
  }
  const int64_t cost_nanos = channel_->cost.cpu_nanos;
  taken->served_nanos = cost_nanos - cost_nanos_before_;
  cost_nanos_before_ = cost_nanos;
  window_cpu_nanos_ += cpu_nanos;
  budget_.Add(taken->served_nanos + taken->handler_nanos, cpu_nanos, elapsed_nanos);
}

void CollectedThread::Lose() {
  strings_lost_ = true;
  channel_->strings_lost = true;
  record_.clock = BusyClock();
}

void CollectedThread::BeginInterval() {
  heap_.reset();
  endpoint_counts_.clear();
  window_cpu_nanos_ = 0;
}

void CollectedThread::MeasureInto(Measured* measured) {
  SamplerCost& cost = channel_->cost;
  measured->windows += cost.windows.exchange(0);
  measured->interrupts += cost.interrupts.exchange(0);
  measured->errors += cost.errors.exchange(0);
  measured->largest_share = std::max(measured->largest_share, budget_.TakeShare());
  measured->interval_multiple = std::max(measured->interval_multiple, budget_.interval_multiple());
  if (budget_.heap_given_up()) measured->heaps_given_up++;
  if (heap_ != nullptr) {
    measured->heap_samples += heap_->samples;
    measured->heap_sampling_interval_bytes =
        std::max(measured->heap_sampling_interval_bytes, heap_->sampling_interval_bytes);
  }
  measured->longest_block_nanos =
      std::max(measured->longest_block_nanos, cost.longest_block_nanos.exchange(0));
  measured->longest_block_cpu_nanos =
      std::max(measured->longest_block_cpu_nanos, cost.longest_block_cpu_nanos.exchange(0));
  const uint64_t dropped = channel_->dropped_ticks;
  measured->ticks.dropped += dropped - dropped_ticks_before_;
  dropped_ticks_before_ = dropped;
}

}  // namespace acme
