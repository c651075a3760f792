#pragma once

#include <pthread.h>

#include <csignal>
#include <functional>
#include <new>
#include <utility>

namespace acme {

/// A thread of ours for the rest of the process, on which no signal of the application can land.
/// `name` has up to 15 bytes: it is what the CPU of the thread is reported under. False where the system has
/// no thread or no memory left: std::thread would end the process.
inline bool StartBackgroundThread(const char* name, std::function<void()> run) {
  struct Begin {
    const char* name;
    std::function<void()> run;
  };
  auto* begin = new (std::nothrow) Begin{name, std::move(run)};
  if (begin == nullptr) return false;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // The new thread inherits the mask.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto body = [](void* data) -> void* {
    auto* const begin = static_cast<Begin*>(data);
    pthread_setname_np(pthread_self(), begin->name);
    begin->run();
    return nullptr;
  };
  pthread_t thread;
  const bool ok = pthread_create(&thread, nullptr, body, begin) == 0;
  if (ok) {
    pthread_detach(thread);
  } else {
    delete begin;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return ok;
}

}  // namespace acme
