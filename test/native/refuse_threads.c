// Preloaded into a process, refuses new threads to the library whose path ends in REFUSE_THREADS_TO, as a full system would.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef int (*Create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

static int IsRefused(const char* to) {
  // A few frames up: the C++ library starts the thread, which may be part of node.
  void* frames[5];
  const int count = backtrace(frames, 5);
  for (int i = 0; i < count; i++) {
    Dl_info caller;
    if (!dladdr(frames[i], &caller) || !caller.dli_fname) continue;
    const size_t length = strlen(caller.dli_fname);
    if (length >= strlen(to) && strcmp(caller.dli_fname + length - strlen(to), to) == 0) return 1;
  }
  return 0;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*run)(void*), void* data) {
  const char* to = getenv("REFUSE_THREADS_TO");
  if (to && IsRefused(to)) return EAGAIN;
  return ((Create)dlsym(RTLD_NEXT, "pthread_create"))(thread, attr, run, data);
}
