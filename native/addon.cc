#include <node.h>

#include "bindings.h"
#include "within_memory.h"

// Loadable by every thread of the process: what is per process lives in Collector, what is per thread in
// ThreadSampler.
NODE_MODULE_INIT() {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (!acme::WithinMemory([&] { acme::Bind(isolate, context, exports); })) {
    isolate->ThrowError("out of memory");
  }
}
