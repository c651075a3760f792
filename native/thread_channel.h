#pragma once

#include <uv.h>
#include <v8.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "sampler_cost.h"
#include "window.h"

namespace acme {

class ThreadSampler;

enum Request : uint32_t {
  kRotate = 1,       // begin the next window
  kHarvest = 2,      // copy the window that ended
  kEndInterval = 4,  // with the harvest: heap, endpoints
};

/// What one sampled thread has finished and the collector has not yet taken.
struct Delivery {
  std::vector<std::unique_ptr<Window>> windows;
  std::unique_ptr<IntervalTail> tail;
  bool closed = false;  // nothing will follow
};

/// The seam between a sampled thread and the collector: requests go in, deliveries come out. Outlives both.
class ThreadChannel : public std::enable_shared_from_this<ThreadChannel> {
 public:
  ThreadChannel(ThreadIdentity identity, v8::Isolate* isolate, ThreadSampler* sampler, uv_async_t* wake)
      : identity(std::make_shared<const ThreadIdentity>(std::move(identity))),
        isolate_(isolate),
        sampler_(sampler),
        wake_(wake) {}

  const std::shared_ptr<const ThreadIdentity> identity;
  SamplerCost cost;
  std::atomic<uint64_t> dropped_ticks{0};
  /// What the collector wants of the next window: its sampling interval, as a multiple of the usual one. The
  /// few ticks that hit work weigh as much more as they are rarer.
  std::atomic<int> interval_multiple{1};
  std::atomic<bool> heap_wanted{true};
  /// The collector has lost strings that were told to it: all are to be told again.
  std::atomic<bool> strings_lost{false};

  // From the collector:
  void Ask(uint32_t requests);
  /// For a thread whose event loop has not turned: asks V8 to serve the requests at the next stack check.
  void InterruptToServe();
  /// Hooks mode: asks V8 to label the waiting tick at the next stack check.
  void InterruptToLabel();
  /// Whether a request waits or is being served.
  bool HasUnserved() const { return requests_.load() != 0 || serving_.load(); }
  Delivery Take();

  // From the sampled thread:
  uint32_t BeginServing() {
    serving_ = true;
    return requests_.exchange(0);
  }
  void EndServing() { serving_ = false; }
  void Deliver(std::unique_ptr<Window> window, std::unique_ptr<IntervalTail> tail);
  /// After this neither `wake` nor the isolate is touched again.
  void Close();
  ThreadSampler* sampler() const { return sampler_; }

  std::atomic<bool> tick_waits{false};  // hooks mode: set by the signal handler

 private:
  using Callback = void (*)(ThreadChannel*, ThreadSampler*);
  void RequestInterrupt(bool ThreadChannel::*pending, Callback callback);

  std::mutex mutex_;
  v8::Isolate* isolate_;    // guarded by mutex_ where the collector uses it
  ThreadSampler* sampler_;  // only dereferenced on the sampled thread
  uv_async_t* wake_;
  bool serve_pending_ = false;  // interrupts that V8 has not run yet
  bool label_pending_ = false;
  Delivery delivery_;
  std::atomic<uint32_t> requests_{0};
  std::atomic<bool> serving_{false};
};

}  // namespace acme
