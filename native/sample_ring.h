#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace acme {

/// What the signal handler records of one tick. Times are MonotonicNanos.
struct Tick {
  int64_t before_nanos;  // V8 takes its own timestamp between `before` and `after`: that joins the two
  int64_t after_nanos;
  int64_t cpu_nanos;  // CPU clock of the sampled thread
  uintptr_t context;  // raw context word; replaced by a frame index once promoted (ContextFrames)
  uint64_t version;   // hooks mode: HandlerState::ContextVersion(); else 0
};

/// A ring of ticks between the signal handler (the only writer) and the thread that it interrupts
/// (the only reader). Both run on one thread, so a compiler fence is all the ordering that is needed;
/// the atomics are for the collector, which looks at the fill level from outside.
class SampleRing {
 public:
  static constexpr uint32_t kCapacity = 8192;  // 80 s at 99 Hz, 8 s at 1 kHz; a power of two

  SampleRing() : ticks_(new Tick[kCapacity]()) {}

  /// Slot for the next tick, or nullptr (counted) when the reader has fallen behind.
  Tick* Reserve() {
    if (head_.load(std::memory_order_relaxed) - tail_.load(std::memory_order_relaxed) >= kCapacity) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return nullptr;
    }
    return &ticks_[head_.load(std::memory_order_relaxed) % kCapacity];
  }
  void Commit() { head_.store(head_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  uint32_t head() const { return head_.load(std::memory_order_acquire); }
  uint32_t tail() const { return tail_.load(std::memory_order_relaxed); }
  /// Tail first: from another thread the head may move on meanwhile, never the other way.
  uint32_t size() const {
    const uint32_t first = tail();
    return head() - first;
  }
  Tick& at(uint32_t position) { return ticks_[position % kCapacity]; }
  void ConsumeUntil(uint32_t position) { tail_.store(position, std::memory_order_relaxed); }
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::unique_ptr<Tick[]> ticks_;
  std::atomic<uint32_t> head_{0};
  std::atomic<uint32_t> tail_{0};
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace acme
