#pragma once

#include <new>

namespace acme {

/// False where there was not the memory for all of `work`. V8, Node, libuv and the system's threads know no
/// exceptions: what allocates in a function that they call is inside of this.
template <typename Work>
bool WithinMemory(Work work) {
  try {
    work();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace acme
