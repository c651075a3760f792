#include "loop_waker.h"

#include <node.h>

namespace acme {
namespace {

using Owner = std::shared_ptr<LoopWaker>;

}  // namespace

void LoopWaker::OnEnvironmentEnds(void* waker) { static_cast<LoopWaker*>(waker)->CloseHandle(); }

std::shared_ptr<LoopWaker> LoopWaker::Open(v8::Isolate* isolate, std::function<void()> on_wake) {
  Owner waker(new LoopWaker(isolate));
  waker->on_wake_ = std::make_shared<const std::function<void()>>(std::move(on_wake));
  auto owner = std::make_unique<Owner>(waker);
  waker->handle_ = new uv_async_t;
  waker->handle_->data = owner.release();
  uv_async_init(node::GetCurrentEventLoop(isolate), waker->handle_, [](uv_async_t* handle) {
    const Owner held = *static_cast<Owner*>(handle->data);
    // Held too: Close() within it must not free what is running.
    const auto run = held->on_wake_;
    if (run == nullptr) return;
    v8::HandleScope scope(held->isolate_);
    (*run)();
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(waker->handle_));
  node::AddEnvironmentCleanupHook(isolate, OnEnvironmentEnds, waker.get());
  return waker;
}

void LoopWaker::Wake() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (handle_ != nullptr) uv_async_send(handle_);
}

void LoopWaker::Close() {
  node::RemoveEnvironmentCleanupHook(isolate_, OnEnvironmentEnds, this);
  CloseHandle();
}

void LoopWaker::CloseHandle() {
  uv_async_t* handle;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    handle = handle_;
    handle_ = nullptr;
  }
  on_wake_ = nullptr;
  if (handle == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(handle), [](uv_handle_t* closed) {
    delete static_cast<Owner*>(closed->data);
    delete reinterpret_cast<uv_async_t*>(closed);
  });
}

}  // namespace acme
