// What a random test decides by: a seed, or a fuzzer's bytes while they last.
#pragma once

#include <cstddef>
#include <cstdint>

// splitmix64 (Steele, Lea, Flood 2014).
class Choices {
 public:
  explicit Choices(uint64_t seed) : state_(seed) {}
  Choices(const uint8_t* bytes, size_t size) : bytes_(bytes), size_(size) {}

  uint64_t Next() {
    if (size_ > 0) {
      size_--;
      return *bytes_++;
    }
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t n) { return Next() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

 private:
  uint64_t state_ = 0;
  const uint8_t* bytes_ = nullptr;
  size_t size_ = 0;
};
