// Linked into a copy of the addon, in the place of its operator new: counts what the addon holds, and fails
// the allocation it is told to. What Node and V8 allocate does not pass here. ALLOCATIONS_FILE is a file of
// five 64-bit integers, in the order below, mapped by the process and written and read by the test.
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

struct Allocations {
  std::atomic<int64_t> live_bytes;
  std::atomic<int64_t> live_blocks;
  std::atomic<int64_t> calls;
  std::atomic<int64_t> calls_until_failure;  // 1 fails the next one; 0: none fails
  std::atomic<int64_t> failures;
};

Allocations* Map() {
  const char* path = getenv("ALLOCATIONS_FILE");
  const int file = path != nullptr ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return nullptr;
  void* mapped = mmap(nullptr, sizeof(Allocations), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return mapped == MAP_FAILED ? nullptr : static_cast<Allocations*>(mapped);
}

Allocations& Counted() {
  static Allocations none;
  static Allocations* const mapped = Map();
  return mapped != nullptr ? *mapped : none;
}

bool IsToFail(Allocations& counted) {
  int64_t left = counted.calls_until_failure.load();
  while (left > 0) {
    if (!counted.calls_until_failure.compare_exchange_weak(left, left - 1)) continue;
    return left == 1;
  }
  return false;
}

void* Allocate(size_t size) {
  Allocations& counted = Counted();
  counted.calls++;
  if (IsToFail(counted)) {
    counted.failures++;
    return nullptr;
  }
  void* memory = malloc(size);
  if (memory == nullptr) return nullptr;
  counted.live_bytes += static_cast<int64_t>(malloc_usable_size(memory));
  counted.live_blocks++;
  return memory;
}

void Free(void* memory) {
  if (memory == nullptr) return;
  Allocations& counted = Counted();
  counted.live_bytes -= static_cast<int64_t>(malloc_usable_size(memory));
  counted.live_blocks--;
  free(memory);
}

}  // namespace

void* operator new(size_t size) {
  void* memory = Allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](size_t size) { return operator new(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete[](void* memory) noexcept { Free(memory); }
void operator delete(void* memory, size_t) noexcept { Free(memory); }
void operator delete[](void* memory, size_t) noexcept { Free(memory); }
