// An addon that commits the planted fault that CANARY names. Not when it is loaded but after: TSAN looks away
// in dlopen().
#include <node.h>

#include <cstdlib>
#include <cstring>

#include "canary.h"

static void Leak() {
  void* volatile lost = malloc(4242);
  lost = nullptr;
}

NODE_MODULE_INIT() {
  const char* name = getenv("CANARY");
  if (name == nullptr) return;
  if (strcmp(name, "planted-leak") == 0) Leak();
  RunCanary(name);
}
