#include "termination.h"

#include <node.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <cerrno>

#include "background_thread.h"

namespace acme {
namespace {

constexpr int kSignals[] = {SIGTERM, SIGINT};

struct State {
  std::atomic<int> held_signal{0};
  sem_t arrived;
  sem_t resumed;
  struct sigaction before[2];
  bool installed = false;
  std::atomic<int> grace_ms{0};
  v8::Isolate* isolate = nullptr;
  v8::Global<v8::Function> on_signal;
  uv_async_t* wake = nullptr;
};

// Leaked: the guard thread and the handler may outlive main().
State* state = nullptr;

void PutBack(int signal) {
  for (size_t i = 0; i < 2; i++) {
    if (kSignals[i] == signal) sigaction(signal, &state->before[i], nullptr);
  }
}

void OnSignal(int signal) {
  const int saved_errno = errno;
  int none = 0;
  if (state->held_signal.compare_exchange_strong(none, signal)) {
    sem_post(&state->arrived);
  } else {
    // A second one means at once.
    PutBack(signal);
    kill(getpid(), signal);
  }
  errno = saved_errno;
}

void LetGo() {
  const int signal = state->held_signal.load();
  if (signal == 0) return;
  PutBack(signal);
  kill(getpid(), signal);
}

void Guard() {
  while (sem_wait(&state->arrived) != 0) {
  }
  if (state->wake != nullptr) uv_async_send(state->wake);
  timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  const int64_t nanos = deadline.tv_nsec + int64_t{state->grace_ms} * 1'000'000;
  deadline.tv_sec += nanos / 1'000'000'000;
  deadline.tv_nsec = nanos % 1'000'000'000;
  while (sem_timedwait(&state->resumed, &deadline) != 0 && errno == EINTR) {
  }
  LetGo();
}

void OnWake(uv_async_t*) {
  v8::Isolate* isolate = state->isolate;
  v8::HandleScope scope(isolate);
  const v8::Local<v8::Function> on_signal = state->on_signal.Get(isolate);
  const v8::Local<v8::Context> context = on_signal->GetCreationContextChecked();
  const v8::Context::Scope context_scope(context);
  const v8::TryCatch quiet(isolate);
  on_signal->Call(context, context->Global(), 0, nullptr).IsEmpty();
  Termination::Resume();
}

}  // namespace

void Termination::Hold(v8::Isolate* isolate, v8::Local<v8::Function> on_signal, int grace_ms) {
  if (state == nullptr) {
    state = new State();
    sem_init(&state->arrived, 0, 0);
    sem_init(&state->resumed, 0, 0);
    state->isolate = isolate;
    state->wake = new uv_async_t;
    uv_async_init(node::GetCurrentEventLoop(isolate), state->wake, OnWake);
    uv_unref(reinterpret_cast<uv_handle_t*>(state->wake));
    StartBackgroundThread("acme-guard", Guard);
  }
  state->on_signal.Reset(isolate, on_signal);
  state->grace_ms = grace_ms;
  if (state->installed) return;
  struct sigaction hold = {};
  hold.sa_handler = OnSignal;
  hold.sa_flags = SA_RESTART;
  sigemptyset(&hold.sa_mask);
  for (size_t i = 0; i < 2; i++) {
    sigaction(kSignals[i], nullptr, &state->before[i]);
    // nohup and the like: what the parent has told to ignore stays ignored.
    if (!(state->before[i].sa_flags & SA_SIGINFO) && state->before[i].sa_handler == SIG_IGN) continue;
    sigaction(kSignals[i], &hold, nullptr);
  }
  state->installed = true;
}

void Termination::Resume() {
  if (state != nullptr && state->held_signal.load() != 0) sem_post(&state->resumed);
}

void Termination::Release() {
  if (state == nullptr || !state->installed) return;
  for (size_t i = 0; i < 2; i++) {
    struct sigaction current;
    if (sigaction(kSignals[i], nullptr, &current) == 0 && current.sa_handler == OnSignal) {
      sigaction(kSignals[i], &state->before[i], nullptr);
    }
  }
  state->installed = false;
}

}  // namespace acme
