#include "thread_sampler.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "clock.h"
#include "collector.h"
#include "resolution.h"
#include "tick_watcher.h"
#include "within_memory.h"

namespace acme {
namespace {

void OnGcPrologue(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* frames) {
  static_cast<ContextFrames*>(frames)->Hold();
}

void OnGcEpilogue(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* frames) {
  static_cast<ContextFrames*>(frames)->Release();
}

CodeLayout LayoutOf(v8::Isolate* isolate) {
  CodeLayout layout;
  void* code = nullptr;
  const void* builtins = nullptr;
  size_t code_bytes = 0, builtins_bytes = 0;
  isolate->GetCodeRange(&code, &code_bytes);
  isolate->GetEmbeddedCodeRange(&builtins, &builtins_bytes);
  layout.code_begin = reinterpret_cast<uintptr_t>(code);
  layout.code_end = layout.code_begin + code_bytes;
  layout.builtins_begin = reinterpret_cast<uintptr_t>(builtins);
  layout.builtins_end = layout.builtins_begin + builtins_bytes;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return layout;
  void* stack = nullptr;
  size_t stack_bytes = 0;
  pthread_attr_getstack(&attributes, &stack, &stack_bytes);
  pthread_attr_destroy(&attributes);
  layout.stack_end = reinterpret_cast<uintptr_t>(stack) + stack_bytes;
  return layout;
}

class BusyScope {
 public:
  explicit BusyScope(bool* busy) : busy_(busy) { *busy_ = true; }
  ~BusyScope() { *busy_ = false; }

 private:
  bool* busy_;
};

/// The resolver makes other frames current.
class ResolutionScope {
 public:
  ResolutionScope(v8::Isolate* isolate, ContextFrames* frames)
      : isolate_(isolate), frames_(frames), current_(ContextFrames::Current(isolate)) {
    frames_->Hold();
  }
  ~ResolutionScope() {
    ContextFrames::SetCurrent(isolate_, current_);
    frames_->Release();
  }

 private:
  v8::Isolate* isolate_;
  ContextFrames* frames_;
  const v8::Local<v8::Data> current_;
};

/// Adds what a piece of work on the sampled thread has cost.
class CostScope {
 public:
  explicit CostScope(SamplerCost* cost)
      : cost_(cost), begin_nanos_(MonotonicNanos()), begin_cpu_nanos_(ThreadCpuNanos()) {}
  ~CostScope() {
    const int64_t cpu_nanos = ThreadCpuNanos() - begin_cpu_nanos_;
    const int64_t block_nanos = MonotonicNanos() - begin_nanos_;
    cost_->cpu_nanos += cpu_nanos;
    if (block_nanos > cost_->longest_block_nanos) cost_->longest_block_nanos = block_nanos;
    if (cpu_nanos > cost_->longest_block_cpu_nanos) cost_->longest_block_cpu_nanos = cpu_nanos;
  }

 private:
  SamplerCost* cost_;
  const int64_t begin_nanos_;
  const int64_t begin_cpu_nanos_;
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
  if (options.wall) {
    sampler->cpu_ = std::make_unique<CpuSampler>(sampler->isolate_, options.sampling_interval_micros);
    sampler->state_.layout = LayoutOf(sampler->isolate_);
    ArmThread(&sampler->state_);
    if (!sampler->cpu_->Start()) return nullptr;
  }
  if (options.heap) {
    sampler->heap_ = std::make_unique<HeapSampler>(sampler->isolate_, options.heap_sampling_interval_bytes,
                                                   options.allocations);
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
  if (!sampler->context_frames_on()) sampler->UseHooks(options);
  Collector::Get()->Attach(sampler->channel_);
  return sampler.release();
}

ThreadSampler::ThreadSampler(v8::Local<v8::Context> context, const SamplerOptions& options,
                             v8::Local<v8::Object> resolver)
    : isolate_(v8::Isolate::GetCurrent()),
      loop_(node::GetCurrentEventLoop(isolate_)),
      context_(isolate_, context),
      resolver_(isolate_, resolver),
      frames_(isolate_, &state_) {
  if (options.context_frames && ContextFrames::LayoutIsAsExpected(isolate_)) {
    state_.context_word = ContextFrames::WordOf(isolate_);
  }
  isolate_->AddGCPrologueCallback(OnGcPrologue, &frames_);
  isolate_->AddGCEpilogueCallback(OnGcEpilogue, &frames_);
}

// Acquired downwards in Start, released upwards here: first the source of ticks, then what ticks touch.
ThreadSampler::~ThreadSampler() {
  cpu_.reset();
  DisarmThread();
  heap_.reset();
  isolate_->RemoveGCPrologueCallback(OnGcPrologue, &frames_);
  isolate_->RemoveGCEpilogueCallback(OnGcEpilogue, &frames_);
}

void ThreadSampler::Stop() {
  Finish();
  Release();
}

void ThreadSampler::Release() {
  if (hooks_on()) TickWatcher::Get()->Remove(channel_.get());
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
  labels_of_rotated_.reset();
  strings_lost_ = true;
  // Which of the ticks went with it is not known, nor what their frames are.
  labelled_until_ = state_.ring.head();
  state_.ring.ConsumeUntil(labelled_until_);
  frames_.ReleaseAll();
  frames_to_resolve_.clear();
  window_begin_ = window_end_;
}

void ThreadSampler::Rotate(int interval_multiple) {
  if (cpu_ == nullptr || !cpu_->Rotate(interval_multiple)) return;
  // After the next profile has started: the one before holds every tick until here.
  window_end_ = Now();
  if (hooks_on()) CloseLabels();
}

std::unique_ptr<Window> ThreadSampler::Harvest(bool last) {
  if (cpu_ == nullptr || (!last && !cpu_->rotated())) return nullptr;
  if (last) {
    window_end_ = Now();
    if (hooks_on()) CloseLabels();
  }
  std::unique_ptr<Window> window = std::move(labels_of_rotated_);
  if (window == nullptr) window = std::make_unique<Window>();
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
  window->slots_generation = slots_generation_;
  ConsumeTicks(window.get());
  channel_->cost.windows++;
  return window;
}

void ThreadSampler::ConsumeTicks(Window* window) {
  SampleRing& ring = state_.ring;
  const uint32_t head = ring.head();
  if (context_frames_on()) frames_.PromoteUntil(head);
  std::vector<uint32_t> local_of_frame;
  uint32_t at = ring.tail();
  for (; at != head && ring.at(at).before_nanos < window_end_.time_nanos; at++) {
    Tick tick = ring.at(at);
    if (const size_t frame = tick.context; context_frames_on() && frame != ContextFrames::kNone) {
      if (frame >= local_of_frame.size()) local_of_frame.resize(frame + 1, 0);
      if (local_of_frame[frame] == 0) {
        frames_to_resolve_.push_back(static_cast<uint32_t>(frame));
        local_of_frame[frame] = static_cast<uint32_t>(frames_to_resolve_.size());
      }
      tick.context = local_of_frame[frame];
    }
    window->ticks.push_back(tick);
  }
  if (!frames_to_resolve_.empty()) ResolveLabels(window);
  ring.ConsumeUntil(at);
  if (context_frames_on()) frames_.ReleaseConsumed();
  frames_to_resolve_.clear();
  channel_->dropped_ticks = ring.dropped();
}

void ThreadSampler::ResolveLabels(Window* window) {
  const ResolutionScope resolution(isolate_, &frames_);
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope scope(context);
  const auto count = static_cast<uint32_t>(frames_to_resolve_.size());
  if (!Resolution::ResolveFrames(context, resolver_.Get(isolate_), count, window, &custom_slots_)) {
    channel_->cost.errors++;
  }
}

void ThreadSampler::UseHooks(const SamplerOptions& options) {
  if (!options.store_version->IsUint32Array() || !options.async_id->IsFloat64Array()) return;
  const auto version = options.store_version.As<v8::Uint32Array>();
  const auto async_id = options.async_id.As<v8::Float64Array>();
  store_version_ = version->Buffer()->GetBackingStore();
  async_id_ = async_id->Buffer()->GetBackingStore();
  state_.async_id =
      reinterpret_cast<const double*>(static_cast<const char*>(async_id_->Data()) + async_id->ByteOffset());
  state_.tick_waits = &channel_->tick_waits;
  state_.store_version = reinterpret_cast<const uint32_t*>(static_cast<const char*>(store_version_->Data()) +
                                                           version->ByteOffset());
  TickWatcher::Get()->Add(channel_);
  // Last: from here on the handler uses all of the above.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  state_.wake_watcher = TickWatcher::Get()->semaphore();
}

void ThreadSampler::LabelTicks() {
  if (finished_ || busy_) return;
  const BusyScope busy(&busy_);
  const CostScope cost(&channel_->cost);
  SampleRing& ring = state_.ring;
  const uint64_t version = state_.ContextVersion();
  const uint32_t head = ring.head();
  uint32_t label_set = 0;
  bool resolved = false;
  for (; labelled_until_ != head; labelled_until_++) {
    Tick& tick = ring.at(labelled_until_);
    // What ran at the tick has ended or has entered another span: whose it was cannot be told any more.
    if (tick.version != version) continue;
    if (!resolved) {
      v8::HandleScope scope(isolate_);
      const v8::Local<v8::Context> context = context_.Get(isolate_);
      const v8::Context::Scope context_scope(context);
      label_set = Resolution::ResolveCurrent(context, resolver_.Get(isolate_));
      resolved = true;
    }
    tick.context = label_set;
  }
}

/// Label sets are numbered anew from the border between two windows on.
void ThreadSampler::CloseLabels() {
  labelled_until_ = state_.ring.head();
  labels_of_rotated_ = std::make_unique<Window>();
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope scope(context);
  if (!Resolution::TakeWindow(context, resolver_.Get(isolate_), labels_of_rotated_.get(), &custom_slots_)) {
    channel_->cost.errors++;
  }
}

void ThreadSampler::EnterFrame(uint32_t frame) {
  if (frame >= frames_to_resolve_.size()) return;
  ContextFrames::SetCurrent(isolate_, frames_.Get(frames_to_resolve_[frame]));
}

std::unique_ptr<IntervalTail> ThreadSampler::Tail() {
  auto tail = std::make_unique<IntervalTail>();
  tail->slots_generation = slots_generation_++;
  custom_slots_ = 0;
  const v8::Local<v8::Context> context = context_.Get(isolate_);
  const v8::Context::Scope scope(context);
  if (!Resolution::EndInterval(context, resolver_.Get(isolate_), tail.get())) channel_->cost.errors++;
  if (!channel_->heap_wanted) heap_.reset();
  if (heap_ != nullptr) tail->heap = heap_->Take();
  return tail;
}

}  // namespace acme
