#pragma once

#include <v8.h>

#include <string>

namespace acme {

/// One call of lookup(): getaddrinfo on a thread of our own. On a thread of libuv's pool a name server that
/// does not answer would hold up what the application wants of the pool, and the end of the process.
class NameLookup {
 public:
  /// False where the system has no thread left; `done` is not called then.
  static bool Send(v8::Isolate* isolate, std::string host, v8::Local<v8::Function> done);
};

}  // namespace acme
