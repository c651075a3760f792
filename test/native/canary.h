// Planted faults. A sanitizer run in which its canary is not reported proves nothing, so each suite runs one
// first.
#pragma once

#include <pthread.h>

#include <cstdlib>
#include <cstring>

inline bool RunCanary(const char* name) {
  if (strcmp(name, "planted-overflow") == 0) {
    volatile char* bytes = static_cast<char*>(malloc(8));
    volatile size_t past_the_end = 8;
    bytes[past_the_end] = 1;
    return true;
  }
  if (strcmp(name, "planted-shift") == 0) {
    volatile int bits = 64;
    volatile int shifted = 1 << bits;
    static_cast<void>(shifted);
    return true;
  }
  if (strcmp(name, "planted-race") == 0) {
    static int shared = 0;
    pthread_t other;
    const auto add = [](void*) -> void* { return shared++, nullptr; };
    pthread_create(&other, nullptr, add, nullptr);
    shared++;
    pthread_join(other, nullptr);
    return true;
  }
  return false;
}
