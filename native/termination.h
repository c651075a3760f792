#pragma once

#include <v8.h>

#include <vector>

namespace acme {

/// Holds SIGTERM, SIGINT, SIGHUP and SIGUSR2 (by which nodemon restarts) back for as long as the last upload
/// takes, where the application itself does not listen to them, and then lets them do what they would have
/// done: the parent sees the same signal.
///
/// Done with sigaction and not with process.on(): a JavaScript listener would turn off the default, and a
/// process whose event loop is stuck could no longer be terminated. When the application adds a listener,
/// libuv replaces this handler and the signal is the application's alone.
class Termination {
 public:
  /// Of these those that are in `signals`. `on_signal` runs once on the calling (main) thread's
  /// event loop. If it has not called Resume() after `grace_ms`, because the loop is stuck or the upload is,
  /// the signal goes on without it.
  static void Hold(v8::Isolate* isolate, const std::vector<int>& signals, v8::Local<v8::Function> on_signal,
                   int grace_ms);
  /// `on_signal` runs on the calling (uploader's) thread if the main thread's event loop is stuck.
  static void OnStuckMainThread(v8::Isolate* isolate, v8::Local<v8::Function> on_signal);
  /// Lets the held signal go on. Does nothing if there is none.
  static void Resume();
  /// Puts back what was there before, unless somebody else has changed it since.
  static void Release();
};

}  // namespace acme
