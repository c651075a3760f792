#pragma once

#include <v8.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sigprof.h"

namespace acme {

/// Keeps the AsyncContextFrames that ticks refer to, from the tick to the window's end.
///
/// The handler can store only the address of a frame. An address is good until the next garbage
/// collection, which may move or free the frame: so before each collection, and at the window's end, every
/// pending address is turned into a v8::Global and the tick's word into the number of that global.
class ContextFrames {
 public:
  static constexpr uint32_t kNone = 0;  // frames are numbered from 1

  ContextFrames(v8::Isolate* isolate, HandlerState* state);

  /// Address of the word that holds the current frame of `isolate`; nullptr where this V8 has none.
  static const uintptr_t* WordOf(v8::Isolate* isolate);
  /// Whether that word really is the current frame: sets a known object, reads the word, compares.
  static bool LayoutIsAsExpected(v8::Isolate* isolate);
  static v8::Local<v8::Data> Current(v8::Isolate* isolate);
  static void SetCurrent(v8::Isolate* isolate, v8::Local<v8::Data> frame);

  /// Around what moves objects or makes other frames current: a garbage collection, the resolution of labels.
  /// Ticks meanwhile belong to the frame that was current at the outermost Hold().
  void Hold();
  void Release();

  /// Turns the words of all pending ticks before ring position `end` into frame numbers.
  void PromoteUntil(uint32_t end);
  v8::Local<v8::Data> Get(uint32_t frame) const { return frames_[frame - 1].Get(isolate_); }
  /// Frees the frames that no tick in the ring refers to any more, and renumbers the rest.
  void ReleaseConsumed();
  /// Frees all. No tick in the ring may refer to one.
  void ReleaseAll();

 private:
  uint32_t Promote(uintptr_t word);

  v8::Isolate* isolate_;
  HandlerState* state_;
  std::vector<v8::Global<v8::Data>> frames_;            // frame n is frames_[n - 1]
  std::unordered_map<uintptr_t, uint32_t> by_address_;  // valid until the next collection
  uintptr_t undefined_word_;                            // in read-only space: never moves
  uint32_t promoted_until_ = 0;                         // ring position
  uint32_t held_frame_ = kNone;
};

}  // namespace acme
