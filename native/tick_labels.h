#pragma once

#include <v8.h>

#include <memory>
#include <vector>

#include "context_frames.h"
#include "resolution.h"
#include "sigprof.h"
#include "thread_channel.h"

namespace acme {

/// Whose the ticks of a thread are. With context frames each distinct frame of a window is resolved when the
/// window is harvested; in hooks mode (see TickWatcher) each tick is, right after it was taken.
class TickLabels {
 public:
  /// `context_frames`: those, where this V8 is as expected.
  TickLabels(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver, HandlerState* state,
             bool context_frames);
  ~TickLabels();
  TickLabels(const TickLabels&) = delete;

  /// Hooks mode where there are no context frames: a Uint32Array and a Float64Array of one element each, else
  /// ticks go without labels.
  void UseHooks(v8::Local<v8::Value> store_version, v8::Local<v8::Value> async_id,
                const std::shared_ptr<ThreadChannel>& channel);
  void DropHooks(const ThreadChannel* channel);

  /// Hooks mode: gives the ticks that wait the labels of the current context, if it is still theirs.
  void LabelWaiting();
  /// At the border between two windows. False when JavaScript has thrown.
  bool EndWindow();
  /// For the window that has ended: with its labels, where they are known already.
  std::unique_ptr<Window> BeginHarvest();
  /// Moves the ticks before `end_nanos` to `window`, with their labels. False when JavaScript has thrown.
  bool Harvest(int64_t end_nanos, Window* window);
  /// False when JavaScript has thrown.
  bool EndInterval(IntervalTail* tail) { return resolution_.EndInterval(tail); }
  /// Which of the waiting ticks went with a lost window is not known, nor what their frames are.
  void Lose();

  /// The frame that the resolver asked for becomes the current one, until the resolution ends.
  void EnterFrame(uint32_t frame);

 private:
  bool context_frames_on() const { return state_->context_word != nullptr; }
  bool hooks_on() const { return state_->store_version != nullptr; }
  bool ResolveFrames(Window* window);

  v8::Isolate* isolate_;
  HandlerState* state_;
  Resolution resolution_;
  ContextFrames frames_;
  std::vector<uint32_t> frames_to_resolve_;  // of the window being harvested
  // Hooks mode.
  std::shared_ptr<v8::BackingStore> store_version_;
  std::shared_ptr<v8::BackingStore> async_id_;
  uint32_t labelled_until_ = 0;                // ring position
  std::unique_ptr<Window> labels_of_rotated_;  // of the window that waits for its harvest
};

}  // namespace acme
