#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "intern_table.h"

namespace acme {

/// Numbers the strings that one sampled thread has seen, so that a window carries numbers and each string
/// crosses to the collector once. V8 hands out stable pointers for a name while code with that name lives:
/// the pointer is the key, and the content is compared because V8 may reuse the memory.
class StringTable {
 public:
  static constexpr uint32_t kEmpty = 0;

  StringTable() { Clear(); }

  /// Number of `text` (nullptr counts as empty). New strings are appended to `fresh`.
  uint32_t Intern(const char* text, std::vector<std::string>* fresh);

  /// True once the table should be given up: code made by `new Function` has no end of names. What is sampled
  /// again is then told again, which costs less than a window.
  bool full() const { return strings_.size() >= kMaxStrings; }
  void Clear();

 private:
  static constexpr size_t kMaxStrings = 1 << 12;

  struct Known {
    const char* pointer;
    std::string text;
  };

  std::vector<Known> strings_;
  InternTable by_pointer_;
};

}  // namespace acme
