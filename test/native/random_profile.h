// Makes random profiles: feeds the encoder, and writes down in JSON what it was fed. The source of the
// choices is a seed or a fuzzer's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../../native/pprof_encoder.h"

// splitmix64, after the fuzzer's bytes if there are any.
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

struct RandomProfile {
  std::string encoded;
  std::string model;  // JSON, see Model in pprof_encoder.test.ts
};

RandomProfile MakeRandomProfile(Choices choices);
