#include "thread_sampler.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "clock.h"
#include "code_layout.h"
#include "collector.h"
#include "within_memory.h"

namespace acme {
namespace {

class BusyScope {
 public:
  explicit BusyScope(bool* busy) : busy_(busy) { *busy_ = true; }
  ~BusyScope() { *busy_ = false; }

 private:
  bool* busy_;
};

}  // namespace

ThreadSampler* ThreadSampler::Start(v8::Local<v8::Context> context, ThreadIdentity identity,
                                    const SamplerOptions& options, v8::Local<v8::Object> resolver) {
  // Before V8's own thread, for which there may then be no room either.
  if (!Collector::Get()->EnsureThread()) return nullptr;
  struct Undo {
    void operator()(ThreadSampler* started) const { started->Release(); }
  };
  std::unique_ptr<ThreadSampler, Undo> sampler(new ThreadSampler(context, options, resolver));
  identity.os_thread_id = static_cast<int>(syscall(SYS_gettid));
  // Before the first tick can come: one from before its window would stand for less than nothing.
  sampler->window_begin_ = sampler->Now();
  if (options.wall && !sampler->StartCpu(options.sampling_interval_micros)) return nullptr;
  if (options.heap) {
    sampler->heap_ = std::make_unique<HeapSampler>(sampler->isolate_, options.heap_sampling_interval_bytes,
                                                   options.allocations, options.max_heap_share);
  }
  // V8's sampler would otherwise wake a waiting event loop at every tick: an idle process looks busy.
  uv_loop_configure(sampler->loop_, UV_LOOP_BLOCK_SIGNAL, SIGPROF);
  sampler->wake_ = new uv_async_t;
  sampler->wake_->data = sampler.get();
  uv_async_init(sampler->loop_, sampler->wake_, [](uv_async_t* handle) {
    if (handle->data != nullptr) static_cast<ThreadSampler*>(handle->data)->Serve();
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(sampler->wake_));
  sampler->channel_ =
      std::make_shared<ThreadChannel>(std::move(identity), sampler->isolate_, sampler.get(), sampler->wake_);
  sampler->labels_.UseHooks(options.store_version, options.async_id, sampler->channel_);
  Collector::Get()->Attach(sampler->channel_);
  return sampler.release();
}

ThreadSampler::ThreadSampler(v8::Local<v8::Context> context, const SamplerOptions& options,
                             v8::Local<v8::Object> resolver)
    : isolate_(v8::Isolate::GetCurrent()),
      loop_(node::GetCurrentEventLoop(isolate_)),
      labels_(context, resolver, &state_, options.context_frames) {}

bool ThreadSampler::StartCpu(int sampling_interval_micros) {
  cpu_ = std::make_unique<CpuSampler>(isolate_, sampling_interval_micros);
  state_.layout = CodeLayoutOf(isolate_);
  // V8 takes one sample without a signal, when it starts. It gets what making the profiler has cost; else the
  // first signal's stack would, and on a busy machine the application runs by then.
  Tick* start = state_.ring.Reserve();
  *start = {MonotonicNanos(), 0, ThreadCpuNanos(), HandlerState::kNoContext, 0};
  state_.ring.Commit();
  ArmThread(&state_);
  const bool started = cpu_->Start();
  start->after_nanos = MonotonicNanos();
  return started;
}

// Acquired downwards in Start, released upwards here: first the source of ticks, then what ticks touch.
ThreadSampler::~ThreadSampler() {
  cpu_.reset();
  DisarmThread();
  heap_.reset();
}

void ThreadSampler::Stop() {
  Finish();
  Release();
}

void ThreadSampler::Release() {
  labels_.DropHooks(channel_.get());
  if (channel_ != nullptr) channel_->Close();
  if (wake_ != nullptr) {
    wake_->data = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(wake_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_async_t*>(handle); });
  }
  v8::HandleScope scope(isolate_);
  delete this;
}

Boundary ThreadSampler::Now() const {
  return {MonotonicNanos(), ThreadCpuNanos(), static_cast<int64_t>(uv_metrics_idle_time(loop_))};
}

void ThreadSampler::Serve() {
  if (busy_) return;
  const BusyScope busy(&busy_);
  const uint32_t requests = channel_->BeginServing();
  if (requests != 0 && !finished_ && !WithinMemory([&] { Serve(requests); })) LoseWindow();
  channel_->EndServing();
}

void ThreadSampler::Serve(uint32_t requests) {
  const CostScope cost(&channel_->cost);
  v8::HandleScope scope(isolate_);
  // The collector asks one step at a time; more at once means that this thread was away. What was rotated
  // before that has to leave first: V8 holds two windows at most, and the interval must not end before this
  // moment.
  const bool late = (requests & kRotate) && cpu_ != nullptr && cpu_->rotated();
  if (late) channel_->Deliver(Harvest(false), nullptr);
  if (requests & kRotate) Rotate(channel_->interval_multiple);
  if ((requests & kEndInterval) || ((requests & kHarvest) && !late)) {
    auto window = Harvest(false);
    channel_->Deliver(std::move(window), requests & kEndInterval ? Tail() : nullptr);
  }
}

void ThreadSampler::Finish() {
  if (finished_ || busy_) return;
  const BusyScope busy(&busy_);
  finished_ = true;
  const CostScope cost(&channel_->cost);
  v8::HandleScope scope(isolate_);
  const auto finish = [this] {
    if (cpu_ != nullptr && cpu_->rotated()) channel_->Deliver(Harvest(false), nullptr);
    auto window = Harvest(true);
    channel_->Deliver(std::move(window), Tail());
  };
  if (WithinMemory(finish)) return;
  LoseWindow();
  cpu_.reset();
}

void ThreadSampler::LoseWindow() {
  channel_->cost.errors++;
  if (cpu_ != nullptr) cpu_->Discard();
  labels_.Lose();
  strings_lost_ = true;
  window_begin_ = window_end_;
}

void ThreadSampler::Rotate(int interval_multiple) {
  if (cpu_ == nullptr || !cpu_->Rotate(interval_multiple)) return;
  // After the next profile has started: the one before holds every tick until here.
  EndWindow();
}

void ThreadSampler::EndWindow() {
  window_end_ = Now();
  Count(labels_.EndWindow());
}

std::unique_ptr<Window> ThreadSampler::Harvest(bool last) {
  if (cpu_ == nullptr || (!last && !cpu_->rotated())) return nullptr;
  if (last) EndWindow();
  std::unique_ptr<Window> window = labels_.BeginHarvest();
  if (channel_->strings_lost.exchange(false)) strings_lost_ = true;
  if (strings_.full() || strings_lost_) {
    strings_.Clear();
    strings_lost_ = false;
    window->strings_cleared = true;
  }
  if (last) {
    cpu_->Finish(&strings_, window.get());
  } else {
    cpu_->Harvest(window_end_.time_nanos / 1000, &strings_, window.get());
  }
  window->begin = window_begin_;
  window->end = window_end_;
  window_begin_ = window_end_;
  Count(labels_.Harvest(window_end_.time_nanos, window.get()));
  channel_->dropped_ticks = state_.ring.dropped();
  channel_->cost.windows++;
  return window;
}

void ThreadSampler::LabelTicks() {
  if (finished_ || busy_) return;
  const BusyScope busy(&busy_);
  const CostScope cost(&channel_->cost);
  labels_.LabelWaiting();
}

std::unique_ptr<IntervalTail> ThreadSampler::Tail() {
  auto tail = std::make_unique<IntervalTail>();
  Count(labels_.EndInterval(tail.get()));
  if (!channel_->heap_wanted) heap_.reset();
  if (heap_ != nullptr) tail->heap = heap_->Take();
  return tail;
}

}  // namespace acme
