#pragma once

#include <v8.h>

#include "window.h"

namespace acme {

/// The JavaScript side of labels (src/agent/resolve.ts), an object with methods.
///
/// `resolveFrames(count)` visits the frames 0 to count - 1 with the addon's `enterFrame(n)` and returns a
/// WindowLabels. `endInterval()` returns `{ endpoints, endpointCounts }`: [slot, name, ...] of requests that
/// still run, and finished requests by endpoint. Slots begin anew afterwards.
/// In hooks mode instead: `resolveCurrent()` resolves the current context and returns its label set's number
/// (0 is none), and `takeWindow()` returns the WindowLabels of all since the last call.
class Resolution {
 public:
  Resolution(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver);

  /// False when JavaScript cannot run or has thrown, each of them: the window stays without labels.
  bool ResolveFrames(uint32_t count, Window* window);
  bool TakeWindow(Window* window);
  bool EndInterval(IntervalTail* tail);
  /// 0 then.
  uint32_t ResolveCurrent();

  /// Of the running interval: the resolver numbers its slots anew with every one.
  uint32_t slots_generation() const { return slots_generation_; }

 private:
  v8::Isolate* isolate_;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Object> resolver_;
  uint32_t slots_generation_ = 0;
  uint32_t custom_slots_ = 0;  // that it has handed out in this one
};

}  // namespace acme
