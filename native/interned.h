// Keeps equal things once, under dense numbers from 0 on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "intern_table.h"

namespace acme {

template <typename Value>
class InternedValues {
  static_assert(std::has_unique_object_representations_v<Value>, "padding would be compared");

 public:
  explicit InternedValues(uint64_t seed) : seed_(seed) {}

  uint32_t FindOrAdd(const Value& value) {
    return table_.FindOrAdd(
        HashBytes(&value, sizeof value, seed_),
        [&](uint32_t id) { return memcmp(&values_[id], &value, sizeof value) == 0; },
        [&] {
          values_.push_back(value);
          return static_cast<uint32_t>(values_.size() - 1);
        });
  }

  const Value& operator[](size_t id) const { return values_[id]; }
  size_t size() const { return values_.size(); }

 private:
  const uint64_t seed_;
  std::vector<Value> values_;
  InternTable table_;
};

/// Sequences of any length, in one growing buffer.
template <typename Element>
class InternedSequences {
 public:
  explicit InternedSequences(uint64_t seed) : seed_(seed) {}

  uint32_t FindOrAdd(const Element* elements, size_t n) {
    return table_.FindOrAdd(
        HashBytes(elements, n * sizeof(Element), seed_),
        [&](uint32_t id) { return std::equal(begin(id), end(id), elements, elements + n); },
        [&] {
          elements_.insert(elements_.end(), elements, elements + n);
          ends_.push_back(elements_.size());
          return static_cast<uint32_t>(ends_.size() - 1);
        });
  }

  const Element* begin(uint32_t id) const { return elements_.data() + (id == 0 ? 0 : ends_[id - 1]); }
  const Element* end(uint32_t id) const { return elements_.data() + ends_[id]; }
  size_t size() const { return ends_.size(); }

 private:
  const uint64_t seed_;
  std::vector<Element> elements_;
  std::vector<size_t> ends_;
  InternTable table_;
};

}  // namespace acme
