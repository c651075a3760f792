#include "sigprof.h"

#include <atomic>
#include <cerrno>

#include "clock.h"
#include "leaf_frame.h"

// Everything that runs inside the SIGPROF handler, alone in this object file: a test holds its undefined
// symbols against an allow-list. No allocation, no lock, no V8 call, no C++ run-time here.

namespace acme {
namespace {

// initial-exec: the general model may allocate on a thread's first access, inside the handler.
#define ACME_HANDLER_TLS __attribute__((tls_model("initial-exec")))
thread_local HandlerState* volatile tls_state ACME_HANDLER_TLS = nullptr;
thread_local volatile sig_atomic_t tls_inside ACME_HANDLER_TLS = 0;

// The handler below ours. A late signal may run ours on one thread while another thread installs it anew;
// whoever reads between the two writes finds the old one, the new one or none.
// They throw nothing: else the C++ run-time would be asked for here.
using HandlerWithInfo = void (*)(int, siginfo_t*, void*) noexcept;
using PlainHandler = void (*)(int) noexcept;
std::atomic<HandlerWithInfo> next_with_info{nullptr};
std::atomic<PlainHandler> next_plain{nullptr};

void CallNext(int signal, siginfo_t* info, void* context) {
  if (const auto with_info = next_with_info.load(std::memory_order_acquire)) {
    with_info(signal, info, context);
  } else if (const auto plain = next_plain.load(std::memory_order_acquire)) {
    plain(signal);
  }
}

void RememberNext(const struct sigaction& next) {
  const bool with_info = next.sa_flags & SA_SIGINFO;
  const bool is_handler = with_info || (next.sa_handler != SIG_DFL && next.sa_handler != SIG_IGN);
  const auto plain = reinterpret_cast<PlainHandler>(next.sa_handler);
  const auto with_info_handler = reinterpret_cast<HandlerWithInfo>(next.sa_sigaction);
  next_plain.store(is_handler && !with_info ? plain : nullptr, std::memory_order_release);
  next_with_info.store(with_info ? with_info_handler : nullptr, std::memory_order_release);
}

void OnSigprof(int signal, siginfo_t* info, void* context) {
  // Two profilers that chain to each other would recurse until the stack ends.
  if (tls_inside) return;
  tls_inside = 1;
  const int saved_errno = errno;
  HandlerState* state = tls_state;
  Tick* tick = state != nullptr ? state->ring.Reserve() : nullptr;
  if (tick != nullptr) {
    tick->before_nanos = MonotonicNanos();
    tick->cpu_nanos = ThreadCpuNanos();
    tick->version = state->store_version != nullptr ? state->ContextVersion() : 0;
    if (state->context_word == nullptr) {
      tick->context = HandlerState::kNoContext;
    } else {
      tick->context = state->hold_depth > 0 ? HandlerState::kHeld : *state->context_word;
    }
  }
  if (tick == nullptr) {
    CallNext(signal, info, context);
  } else {
    const LeafFrame leaf(context, state->layout);
    CallNext(signal, info, context);
  }
  if (tick != nullptr) {
    tick->after_nanos = MonotonicNanos();
    state->ring.Commit();
    if (state->wake_watcher != nullptr) {
      state->tick_waits->store(true, std::memory_order_release);
      sem_post(state->wake_watcher);
    }
  }
  errno = saved_errno;
  tls_inside = 0;
}

void FloorHandler(int) {}

/// Whether a SIGPROF of this thread comes to our handler, through whatever is installed above it.
bool IsReached() {
  const HandlerState* state = tls_state;
  if (state == nullptr) return false;
  const uint32_t before = state->ring.head();
  raise(SIGPROF);
  return state->ring.head() != before;
}

}  // namespace

void InstallSigprofFloor() {
  struct sigaction current;
  if (sigaction(SIGPROF, nullptr, &current) != 0) return;
  if ((current.sa_flags & SA_SIGINFO) || current.sa_handler != SIG_DFL) return;
  struct sigaction floor = {};
  floor.sa_handler = FloorHandler;
  floor.sa_flags = SA_RESTART;
  sigemptyset(&floor.sa_mask);
  sigaction(SIGPROF, &floor, nullptr);
}

void InstallSigprofHandler() {
  struct sigaction current;
  if (sigaction(SIGPROF, nullptr, &current) != 0) return;
  if ((current.sa_flags & SA_SIGINFO) && current.sa_sigaction == OnSigprof) return;
  // A second copy of this addon calls us. To call it in turn would leave nobody who calls V8.
  if (IsReached()) return;
  RememberNext(current);
  struct sigaction action = {};
  action.sa_sigaction = OnSigprof;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGPROF, &action, nullptr);
}

void ArmThread(HandlerState* state) { tls_state = state; }

void DisarmThread() { tls_state = nullptr; }

}  // namespace acme
