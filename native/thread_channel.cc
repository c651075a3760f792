#include "thread_channel.h"

#include "thread_sampler.h"

namespace acme {

void ThreadChannel::Ask(uint32_t requests) {
  requests_.fetch_or(requests);
  std::lock_guard<std::mutex> lock(mutex_);
  if (wake_ != nullptr) uv_async_send(wake_);
}

void ThreadChannel::Interrupt() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (isolate_ == nullptr || interrupt_pending_) return;
  interrupt_pending_ = true;
  // V8 runs the callback or, if the isolate ends first, forgets it; then this reference stays behind.
  auto* self = new std::shared_ptr<ThreadChannel>(shared_from_this());
  isolate_->RequestInterrupt(
      [](v8::Isolate*, void* data) {
        std::unique_ptr<std::shared_ptr<ThreadChannel>> channel(
            static_cast<std::shared_ptr<ThreadChannel>*>(data));
        ThreadSampler* sampler;
        {
          std::lock_guard<std::mutex> inner((*channel)->mutex_);
          (*channel)->interrupt_pending_ = false;
          sampler = (*channel)->sampler_;
        }
        if (sampler == nullptr || !(*channel)->HasUnserved()) return;
        (*channel)->cost.interrupts++;
        sampler->Serve();
      },
      self);
}

Delivery ThreadChannel::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  Delivery taken = std::move(delivery_);
  delivery_ = Delivery();
  delivery_.closed = taken.closed;
  return taken;
}

void ThreadChannel::Deliver(std::unique_ptr<Window> window, std::unique_ptr<IntervalTail> tail) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (window != nullptr) delivery_.windows.push_back(std::move(window));
  if (tail != nullptr) delivery_.tail = std::move(tail);
}

void ThreadChannel::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  isolate_ = nullptr;
  sampler_ = nullptr;
  wake_ = nullptr;
  delivery_.closed = true;
}

}  // namespace acme
