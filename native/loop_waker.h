#pragma once

#include <uv.h>
#include <v8.h>

#include <functional>
#include <memory>
#include <mutex>

namespace acme {

/// Lets any thread have something done in the event loop of one JavaScript thread. Never keeps that loop
/// alive, and closes itself when the thread's environment ends; Wake() does nothing from then on.
class LoopWaker : public std::enable_shared_from_this<LoopWaker> {
 public:
  /// On the loop's thread. `on_wake` runs there, at least once after each Wake(), inside a HandleScope.
  static std::shared_ptr<LoopWaker> Open(v8::Isolate* isolate, std::function<void()> on_wake);

  /// From any thread.
  void Wake();
  /// On the loop's thread; may be called in `on_wake`. Frees what `on_wake` holds.
  void Close();

 private:
  explicit LoopWaker(v8::Isolate* isolate) : isolate_(isolate) {}
  static void OnEnvironmentEnds(void* waker);
  void CloseHandle();

  v8::Isolate* isolate_;
  std::shared_ptr<const std::function<void()>> on_wake_;  // only used on the loop's thread
  std::mutex mutex_;
  uv_async_t* handle_ = nullptr;  // guarded
};

}  // namespace acme
