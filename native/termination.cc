#include "termination.h"

#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>

#include "background_thread.h"
#include "loop_waker.h"

namespace acme {
namespace {

constexpr int kSignals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR2};
constexpr size_t kSignalCount = std::size(kSignals);
/// A main thread that has not begun its shutdown by then is taken to be stuck.
constexpr int64_t kStuckAfterNanos = 300'000'000;

struct State {
  std::atomic<int> held_signal{0};
  sem_t arrived;
  struct sigaction before[kSignalCount];
  bool installed = false;
  std::atomic<int> grace_ms{0};
  std::atomic<bool> main_began{false};
  std::shared_ptr<LoopWaker> main_loop;
  std::mutex mutex;
  std::condition_variable resumed;
  bool is_resumed = false;                   // guarded
  std::shared_ptr<LoopWaker> uploader_loop;  // guarded
};

// Leaked: the guard thread and the handler may outlive main().
State* state = nullptr;

void PutBack(int signal) {
  for (size_t i = 0; i < kSignalCount; i++) {
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

/// False when `nanos` went by first, of the monotonic clock: sem_timedwait knows only the one that may be
/// set.
bool WaitForResume(int64_t nanos) {
  std::unique_lock<std::mutex> lock(state->mutex);
  return state->resumed.wait_for(lock, std::chrono::nanoseconds(nanos), [] { return state->is_resumed; });
}

void Guard() {
  while (sem_wait(&state->arrived) != 0) {
  }
  state->main_loop->Wake();
  bool resumed = WaitForResume(kStuckAfterNanos);
  if (!resumed && !state->main_began) {
    std::lock_guard<std::mutex> lock(state->mutex);
    if (state->uploader_loop != nullptr) state->uploader_loop->Wake();
  }
  if (!resumed) WaitForResume(int64_t{state->grace_ms} * 1'000'000 - kStuckAfterNanos);
  LetGo();
}

void Call(v8::Isolate* isolate, const v8::Global<v8::Function>& callback) {
  const v8::Local<v8::Function> function = callback.Get(isolate);
  const v8::Local<v8::Context> context = function->GetCreationContextChecked();
  const v8::Context::Scope scope(context);
  const v8::TryCatch quiet(isolate);
  function->Call(context, context->Global(), 0, nullptr).IsEmpty();
}

}  // namespace

void Termination::Hold(v8::Isolate* isolate, const std::vector<int>& signals,
                       v8::Local<v8::Function> on_signal, int grace_ms) {
  if (state == nullptr) {
    state = new State();
    sem_init(&state->arrived, 0, 0);
    if (!StartBackgroundThread("acme-guard", Guard)) {
      delete state;
      state = nullptr;
      return;
    }
  }
  state->grace_ms = grace_ms;
  if (state->installed) return;
  auto callback = std::make_shared<v8::Global<v8::Function>>(isolate, on_signal);
  state->main_loop = LoopWaker::Open(isolate, [=] {
    state->main_began = true;
    Call(isolate, *callback);
    Resume();
  });
  struct sigaction hold = {};
  hold.sa_handler = OnSignal;
  hold.sa_flags = SA_RESTART;
  sigemptyset(&hold.sa_mask);
  for (size_t i = 0; i < kSignalCount; i++) {
    if (std::find(signals.begin(), signals.end(), kSignals[i]) == signals.end()) continue;
    sigaction(kSignals[i], nullptr, &state->before[i]);
    // nohup and the like: what the parent has told to ignore stays ignored.
    if (!(state->before[i].sa_flags & SA_SIGINFO) && state->before[i].sa_handler == SIG_IGN) continue;
    sigaction(kSignals[i], &hold, nullptr);
  }
  state->installed = true;
}

void Termination::OnStuckMainThread(v8::Isolate* isolate, v8::Local<v8::Function> on_signal) {
  if (state == nullptr) return;
  auto callback = std::make_shared<v8::Global<v8::Function>>(isolate, on_signal);
  auto waker = LoopWaker::Open(isolate, [=] { Call(isolate, *callback); });
  std::lock_guard<std::mutex> lock(state->mutex);
  state->uploader_loop = std::move(waker);
}

void Termination::Resume() {
  if (state == nullptr || state->held_signal.load() == 0) return;
  std::lock_guard<std::mutex> lock(state->mutex);
  state->is_resumed = true;
  state->resumed.notify_one();
}

void Termination::Release() {
  if (state == nullptr || !state->installed) return;
  for (size_t i = 0; i < kSignalCount; i++) {
    struct sigaction current;
    if (sigaction(kSignals[i], nullptr, &current) == 0 && current.sa_handler == OnSignal) {
      sigaction(kSignals[i], &state->before[i], nullptr);
    }
  }
  state->main_loop->Close();
  state->installed = false;
}

}  // namespace acme
