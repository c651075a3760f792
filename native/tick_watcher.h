#pragma once

#include <semaphore.h>

#include <memory>
#include <mutex>
#include <vector>

#include "thread_channel.h"

namespace acme {

/// Hooks mode (Node 20, and 22 without its flag): the context of a tick cannot be captured in one word, so it
/// is read right after the tick, in an interrupt of the sampled thread. The handler may not ask for one
/// itself, V8 takes a lock for it; this thread waits for the handler's semaphore and asks.
class TickWatcher {
 public:
  static TickWatcher* Get();

  void Add(std::shared_ptr<ThreadChannel> channel);
  void Remove(const ThreadChannel* channel);
  /// What the handler posts to.
  sem_t* semaphore() { return &ticks_; }

 private:
  TickWatcher();
  void Run();

  sem_t ticks_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<ThreadChannel>> channels_;
};

}  // namespace acme
