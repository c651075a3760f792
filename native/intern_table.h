// An open-addressing hash set of dense ids, for interning: the owner keeps the things, this keeps hash and
// id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace acme {

// Not stable between processes: the seed keeps a remote party, who chooses trace ids, from choosing
// collisions.
inline uint64_t HashBytes(const void* data, size_t size, uint64_t seed) {
  constexpr uint64_t kOdd = 0x9fb21c651e98df25;
  const auto mix = [](uint64_t a, uint64_t b) {
    const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  const char* bytes = static_cast<const char*>(data);
  uint64_t hash = seed ^ size;
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    hash = mix(hash ^ word, kOdd ^ seed);
  }
  uint64_t word = 0;
  if (size > 0) memcpy(&word, bytes, size);
  return mix(hash ^ word, kOdd ^ seed);
}

class InternTable {
 public:
  // The id for which `equals(id)` holds among those added with `hash`; where there is none, `add()` makes and
  // returns one.
  template <typename Equals, typename Add>
  uint32_t FindOrAdd(uint64_t hash, Equals equals, Add add) {
    if (size_ * 2 >= slots_.size()) Grow();
    size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].used; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == hash && equals(slots_[at].id)) return slots_[at].id;
    }
    const uint32_t id = add();
    slots_[at] = {hash, id, true};
    size_++;
    return id;
  }

 private:
  struct Slot {
    uint64_t hash;
    uint32_t id;
    bool used;
  };

  void Grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2, Slot{0, 0, false});
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (!slot.used) continue;
      size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].used) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t size_ = 0;
};

}  // namespace acme
