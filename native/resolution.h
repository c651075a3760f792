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
  /// False when JavaScript cannot run or has thrown: the window stays without labels. `custom_slots` counts
  /// the slots of custom labels that JavaScript has handed out in the interval.
  static bool ResolveFrames(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver, uint32_t count,
                            Window* window, uint32_t* custom_slots);
  static uint32_t ResolveCurrent(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver);
  static bool TakeWindow(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver, Window* window,
                         uint32_t* custom_slots);
  static bool EndInterval(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver, IntervalTail* tail);
};

}  // namespace acme
