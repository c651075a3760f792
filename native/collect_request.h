#pragma once

#include <v8.h>

namespace acme {

/// One call of collect(): carries a JavaScript function to the collector's thread and the interval back.
class CollectRequest {
 public:
  static void Send(v8::Isolate* isolate, v8::Local<v8::Function> done);
};

}  // namespace acme
