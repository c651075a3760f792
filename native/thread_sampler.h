#pragma once

#include <node.h>
#include <uv.h>

#include <memory>

#include "cpu_sampler.h"
#include "heap_sampler.h"
#include "thread_channel.h"
#include "tick_labels.h"

namespace acme {

struct SamplerOptions {
  bool wall = true;
  bool heap = true;
  bool allocations = true;
  bool context_frames = true;
  /// Hooks mode, see TickWatcher: a Uint32Array and a Float64Array of one element each, else undefined.
  v8::Local<v8::Value> store_version;
  v8::Local<v8::Value> async_id;
  int sampling_interval_micros = 0;
  uint64_t heap_sampling_interval_bytes = 0;
  double max_heap_share = 0;  // of the thread's CPU; 0 is no bound
};

/// All samplers of one isolate. Lives on the isolate's thread; the collector speaks to it through its
/// channel.
class ThreadSampler {
 public:
  /// Starts sampling the current isolate. `resolver` is the JavaScript side of labels, see resolution.h.
  /// nullptr if V8 would not start. Throws std::bad_alloc, and then nothing is left of it.
  static ThreadSampler* Start(v8::Local<v8::Context> context, ThreadIdentity identity,
                              const SamplerOptions& options, v8::Local<v8::Object> resolver);

  /// Does what the collector has asked for. On the isolate's thread, in its event loop or in an interrupt.
  void Serve();
  /// Hooks mode: gives the ticks that wait the labels of the current context, if it is still theirs.
  void LabelTicks();
  /// The last window and the interval's tail; sampling is over afterwards. Idempotent. What there is no
  /// memory for is lost, here and in Serve(), and counted.
  void Finish();
  /// Finishes and gives everything back.
  void Stop();

  void EnterFrame(uint32_t frame) { labels_.EnterFrame(frame); }
  const std::shared_ptr<ThreadChannel>& channel() const { return channel_; }

 private:
  ThreadSampler(v8::Local<v8::Context> context, const SamplerOptions& options,
                v8::Local<v8::Object> resolver);
  ~ThreadSampler();

  bool StartCpu(int sampling_interval_micros);
  /// Gives up every hold on the isolate, and deletes the sampler once libuv lets go of the handle.
  void Release();
  void Serve(uint32_t requests);
  Boundary Now() const;
  void Rotate(int interval_multiple);
  std::unique_ptr<Window> Harvest(bool last);
  /// Of which there is only a part now, for want of memory.
  void LoseWindow();
  void EndWindow();
  /// JavaScript of ours that has thrown is no reason to end.
  void Count(bool ok) {
    if (!ok) channel_->cost.errors++;
  }
  std::unique_ptr<IntervalTail> Tail();

  v8::Isolate* isolate_;
  uv_loop_t* loop_;
  HandlerState state_;
  TickLabels labels_;
  StringTable strings_;
  std::unique_ptr<CpuSampler> cpu_;
  std::unique_ptr<HeapSampler> heap_;
  std::shared_ptr<ThreadChannel> channel_;
  uv_async_t* wake_ = nullptr;
  Boundary window_begin_;
  Boundary window_end_;
  bool strings_lost_ = false;  // with a window: they are to be told again
  // JavaScript that we call may itself be interrupted to call us.
  bool busy_ = false;
  bool finished_ = false;
};

}  // namespace acme
