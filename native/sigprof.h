#pragma once

#include <csignal>
#include <cstdint>

#include "sample_ring.h"

namespace acme {

/// What the handler may touch on a sampled thread. Owned by the thread's ThreadSampler and outlives
/// every signal that can reach the thread: DisarmThread() comes first.
struct HandlerState {
  static constexpr uintptr_t kNoContext = 0;
  /// Ticks inside a garbage collection carry this; they get the frame that was current when it began.
  static constexpr uintptr_t kDuringGc = 2;  // a Smi: never the address of a frame

  SampleRing ring;
  const uintptr_t* context_word = nullptr;  // one word, read and never followed
  const uint32_t* version_word = nullptr;   // hooks mode only
  volatile sig_atomic_t gc_depth = 0;
};

/// Puts a handler that does nothing below all others, once, before V8's first start: V8 restores what it
/// found when its last profile stops, and with SIG_DFL one late SIGPROF would kill the process.
void InstallSigprofFloor();

/// Puts our handler above V8's. To be called after a CpuProfiler has started; idempotent.
void InstallSigprofHandler();

void ArmThread(HandlerState* state);
void DisarmThread();

}  // namespace acme
