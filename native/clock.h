#pragma once

#include <time.h>

#include <cstdint>

// Every clock that the profiler reads. All are async-signal-safe: the handler uses them.

namespace acme {

inline int64_t ReadClockNanos(clockid_t id) {
  timespec now;
  if (clock_gettime(id, &now) != 0) return 0;
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

/// The clock of V8's sample timestamps (base::TimeTicks), of libuv and of every duration here.
inline int64_t MonotonicNanos() { return ReadClockNanos(CLOCK_MONOTONIC); }

/// CPU time of the calling thread, user and system.
inline int64_t ThreadCpuNanos() { return ReadClockNanos(CLOCK_THREAD_CPUTIME_ID); }

/// CPU time of all threads of the process, those that have ended included.
inline int64_t ProcessCpuNanos() { return ReadClockNanos(CLOCK_PROCESS_CPUTIME_ID); }

/// Wall-clock time since 1970. May jump: only for timestamps that leave the process.
inline int64_t EpochNanos() { return ReadClockNanos(CLOCK_REALTIME); }

}  // namespace acme
