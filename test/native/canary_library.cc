// Loaded into Node, it commits the planted fault that CANARY names.
#include <cstdlib>

#include "canary.h"

namespace {

__attribute__((constructor)) void Plant() {
  if (const char* name = getenv("CANARY")) RunCanary(name);
}

}  // namespace
