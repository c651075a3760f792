#pragma once

#include <v8.h>

#include "leaf_frame.h"

namespace acme {

/// Of the calling thread and its isolate.
CodeLayout CodeLayoutOf(v8::Isolate* isolate);

}  // namespace acme
