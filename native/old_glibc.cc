#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

// Linked into prebuilt binaries only (old-glibc.mjs): what libstdc++.a asks of a glibc newer than the oldest
// one that Node runs on. Compiled with hidden visibility, so nobody else gets to see these.

namespace {

int64_t Nanos(const timespec& time) { return time.tv_sec * INT64_C(1000000000) + time.tv_nsec; }
int64_t Now(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return Nanos(now);
}
}  // namespace

extern "C" {

// Of glibc 2.32. Zero says: there may be threads.
char __libc_single_threaded = 0;

// Of glibc 2.36.
uint32_t arc4random() {
  uint32_t value;
  return getentropy(&value, sizeof(value)) == 0 ? value : 0;
}

// Of glibc 2.30, and the machine's own where it has one. Else the deadline is turned into one of the
// real-time clock, as libstdc++ did before, and looked at again in case that clock has jumped forward.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
  using Clockwait = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const Clockwait clockwait =
      reinterpret_cast<Clockwait>(dlsym(RTLD_DEFAULT, "pthread_cond_clockwait"));
  if (clockwait) return clockwait(condition, mutex, clock, deadline);
  while (true) {
    const int64_t remaining = Nanos(*deadline) - Now(clock);
    if (remaining <= 0) return ETIMEDOUT;
    const int64_t until = Now(CLOCK_REALTIME) + remaining;
    const timespec time = {static_cast<time_t>(until / 1000000000), static_cast<long>(until % 1000000000)};
    const int result = pthread_cond_timedwait(condition, mutex, &time);
    if (result != ETIMEDOUT) return result;
  }
}

}  // extern "C"

// Not of glibc, but for the same link: the default one prints the name of an exception and brings 50 KB of
// demangler along. The addon is compiled without exceptions.
namespace __gnu_cxx {
void __verbose_terminate_handler() { abort(); }
}  // namespace __gnu_cxx
