#include "thread_channel.h"

#include <new>

#include "thread_sampler.h"

namespace acme {

void ThreadChannel::Ask(uint32_t requests) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (wake_ == nullptr) return;
  requests_.fetch_or(requests);
  uv_async_send(wake_);
}

void ThreadChannel::RequestInterrupt(bool ThreadChannel::*pending, Callback callback) {
  struct Request {
    std::shared_ptr<ThreadChannel> channel;
    bool ThreadChannel::*pending;
    Callback callback;
  };
  std::lock_guard<std::mutex> lock(mutex_);
  if (isolate_ == nullptr || this->*pending) return;
  auto* request = new (std::nothrow) Request{shared_from_this(), pending, callback};
  if (request == nullptr) return;
  this->*pending = true;
  // V8 runs the callback or, if the isolate ends first, forgets it; then the request stays behind.
  isolate_->RequestInterrupt(
      [](v8::Isolate*, void* data) {
        const std::unique_ptr<Request> request(static_cast<Request*>(data));
        ThreadChannel* channel = request->channel.get();
        ThreadSampler* sampler;
        {
          std::lock_guard<std::mutex> inner(channel->mutex_);
          channel->*(request->pending) = false;
          sampler = channel->sampler_;
        }
        if (sampler != nullptr) request->callback(channel, sampler);
      },
      request);
}

void ThreadChannel::InterruptToServe() {
  RequestInterrupt(&ThreadChannel::serve_pending_, [](ThreadChannel* channel, ThreadSampler* sampler) {
    if (!channel->HasUnserved()) return;
    channel->cost.interrupts++;
    sampler->Serve();
  });
}

void ThreadChannel::InterruptToLabel() {
  RequestInterrupt(&ThreadChannel::label_pending_,
                   [](ThreadChannel*, ThreadSampler* sampler) { sampler->LabelTicks(); });
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
  // Nobody waits for what will not be served.
  requests_ = 0;
  delivery_.closed = true;
}

}  // namespace acme
