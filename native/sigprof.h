#pragma once

#include <semaphore.h>

#include <atomic>
#include <csignal>
#include <cstdint>

#include "leaf_frame.h"
#include "sample_ring.h"

namespace acme {

/// What the handler may touch on a sampled thread. Owned by the thread's ThreadSampler and outlives
/// every signal that can reach the thread: DisarmThread() comes first.
struct HandlerState {
  static constexpr uintptr_t kNoContext = 0;
  /// Ticks while the context is held (ContextFrames::Hold) carry this; they get the frame that was current
  /// when the hold began.
  static constexpr uintptr_t kHeld = 2;  // a Smi: never the address of a frame

  SampleRing ring;
  CodeLayout layout;
  const uintptr_t* context_word = nullptr;  // one word, read and never followed
  /// Hooks mode: two words that change whenever the current context does, and whom to tell of a tick.
  const uint32_t* store_version = nullptr;
  const double* async_id = nullptr;
  std::atomic<bool>* tick_waits = nullptr;
  sem_t* wake_watcher = nullptr;
  volatile sig_atomic_t hold_depth = 0;

  uint64_t ContextVersion() const {
    return (uint64_t{*store_version} << 32) ^ static_cast<uint64_t>(static_cast<int64_t>(*async_id));
  }
};

/// Puts a handler that does nothing below all others, once, before V8's first start: V8 restores what it
/// found when its last profile stops, and with SIG_DFL one late SIGPROF would kill the process.
void InstallSigprofFloor();

/// Puts our handler above V8's, where none calls it yet. To be called on an armed thread, after a CpuProfiler
/// has started; idempotent.
void InstallSigprofHandler();

void ArmThread(HandlerState* state);
void DisarmThread();

}  // namespace acme
