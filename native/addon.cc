#include <node.h>

#include "bindings.h"

// Loadable by every thread of the process: what is per process lives in Collector, what is per thread in
// ThreadSampler.
NODE_MODULE_INIT() { acme::Bind(v8::Isolate::GetCurrent(), context, exports); }
