#pragma once

#include <v8.h>

namespace acme {

/// Puts the addon's functions (declared for JavaScript in src/agent/addon.ts) on `exports`.
void Bind(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Object> exports);

}  // namespace acme
