// handler_check <canary's name> or <signals>: the real handler and ring on one thread, and another that looks
// on as the collector may.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "../../native/sigprof.h"
#include "canary.h"

namespace {

std::atomic<unsigned> below{0};
void HandlerBelow(int) { below++; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  if (RunCanary(argv[1])) return 0;
  const unsigned long signals = strtoul(argv[1], nullptr, 10);

  acme::HandlerState state;
  const uintptr_t context = 4711;
  state.context_word = &context;
  signal(SIGPROF, HandlerBelow);
  acme::InstallSigprofHandler();
  acme::InstallSigprofHandler();
  acme::ArmThread(&state);

  std::atomic<bool> ended{false};
  std::thread onlooker([&] {
    uint64_t dropped = 0;
    while (!ended) {
      const uint64_t now = state.ring.dropped();
      if (now < dropped) abort();
      dropped = now;
      if (state.ring.tail() > state.ring.head()) abort();
    }
  });

  uint64_t taken = 0;
  int64_t time = 0;
  for (unsigned long i = 1; i <= signals; i++) {
    state.hold_depth = i % 7 == 0;
    raise(SIGPROF);
    // Falls behind now and then, so that the ring overflows.
    if (i % 20'000 != 0 && (i % 32 != 0 || i / 10'000 % 2 == 1)) continue;
    for (uint32_t at = state.ring.tail(); at != state.ring.head(); at++) {
      const acme::Tick& tick = state.ring.at(at);
      if (tick.before_nanos < time || tick.after_nanos < tick.before_nanos) abort();
      if (tick.context != context && tick.context != acme::HandlerState::kHeld) abort();
      time = tick.after_nanos;
      taken++;
    }
    state.ring.ConsumeUntil(state.ring.head());
  }
  acme::DisarmThread();
  raise(SIGPROF);
  ended = true;
  onlooker.join();
  if (below != signals + 1) abort();
  if (taken + state.ring.size() + state.ring.dropped() != signals) abort();
  printf("%lu signals, %llu ticks taken, %llu dropped", signals, static_cast<unsigned long long>(taken),
         static_cast<unsigned long long>(state.ring.dropped()));
  return 0;
}
