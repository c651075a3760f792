#pragma once

#include <pthread.h>

#include <csignal>
#include <functional>
#include <thread>

namespace acme {

/// A thread of ours for the rest of the process, on which no signal of the application can land.
/// `name` has up to 15 bytes: it is what the CPU of the thread is reported under.
inline void StartBackgroundThread(const char* name, std::function<void()> run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // The new thread inherits the mask.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([name, run = std::move(run)] {
    pthread_setname_np(pthread_self(), name);
    run();
  }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace acme
