#pragma once

#include <node.h>
#include <uv.h>

#include <memory>

#include "context_frames.h"
#include "cpu_sampler.h"
#include "heap_sampler.h"
#include "thread_channel.h"

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

  /// The frame that the resolver asked for becomes the current one, until the resolution ends.
  void EnterFrame(uint32_t frame);
  const std::shared_ptr<ThreadChannel>& channel() const { return channel_; }

 private:
  ThreadSampler(v8::Local<v8::Context> context, const SamplerOptions& options,
                v8::Local<v8::Object> resolver);
  ~ThreadSampler();

  /// Gives up every hold on the isolate, and deletes the sampler once libuv lets go of the handle.
  void Release();
  void Serve(uint32_t requests);
  Boundary Now() const;
  void Rotate(int interval_multiple);
  std::unique_ptr<Window> Harvest(bool last);
  /// Of which there is only a part now, for want of memory.
  void LoseWindow();
  void ConsumeTicks(Window* window);
  void UseHooks(const SamplerOptions& options);
  void CloseLabels();
  bool context_frames_on() const { return state_.context_word != nullptr; }
  bool hooks_on() const { return state_.store_version != nullptr; }
  void ResolveLabels(Window* window);
  std::unique_ptr<IntervalTail> Tail();

  v8::Isolate* isolate_;
  uv_loop_t* loop_;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Object> resolver_;
  std::shared_ptr<v8::BackingStore> store_version_;
  std::shared_ptr<v8::BackingStore> async_id_;
  HandlerState state_;
  ContextFrames frames_;
  StringTable strings_;
  std::unique_ptr<CpuSampler> cpu_;
  std::unique_ptr<HeapSampler> heap_;
  std::vector<uint32_t> frames_to_resolve_;  // of the window being harvested
  std::shared_ptr<ThreadChannel> channel_;
  uv_async_t* wake_ = nullptr;
  Boundary window_begin_;
  Boundary window_end_;
  uint32_t labelled_until_ = 0;                // ring position, hooks mode
  std::unique_ptr<Window> labels_of_rotated_;  // hooks mode: labels of the window that waits for its harvest
  bool strings_lost_ = false;                  // with a window: they are to be told again
  uint32_t slots_generation_ = 0;              // the resolver numbers its slots anew with every interval
  uint32_t custom_slots_ = 0;                  // that it has handed out in this one
  // JavaScript that we call may itself be interrupted to call us.
  bool busy_ = false;
  bool finished_ = false;
};

}  // namespace acme
