#include "tick_watcher.h"

#include <algorithm>

#include "background_thread.h"

namespace acme {

TickWatcher* TickWatcher::Get() {
  // Leaked: the handler may post while the process ends.
  static auto* watcher = new TickWatcher();
  return watcher;
}

TickWatcher::TickWatcher() {
  sem_init(&ticks_, 0, 0);
  // Without it samples of callbacks that are over stay without labels.
  StartBackgroundThread("acme-labels", [this] { Run(); });
}

void TickWatcher::Run() {
  while (true) {
    if (sem_wait(&ticks_) != 0) continue;
    std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& channel : channels_) {
      if (channel->tick_waits.exchange(false)) channel->InterruptToLabel();
    }
  }
}

void TickWatcher::Add(std::shared_ptr<ThreadChannel> channel) {
  std::lock_guard<std::mutex> lock(mutex_);
  channels_.push_back(std::move(channel));
}

void TickWatcher::Remove(const ThreadChannel* channel) {
  std::lock_guard<std::mutex> lock(mutex_);
  channels_.erase(std::remove_if(channels_.begin(), channels_.end(),
                                 [=](const auto& added) { return added.get() == channel; }),
                  channels_.end());
}

}  // namespace acme
