#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "interned.h"

namespace acme {

// A string label where `str` is not 0, else a number label. So an empty string cannot be a label's value: it
// reads as the number 0. A number 0 is written, but `go tool pprof` shows it only where `num_unit` is set.
struct Label {
  uint32_t key;
  uint32_t str;
  int64_t num;
  uint32_t num_unit;
};

/// What one profile holds, before it is a file. Handles of functions and locations are their numbers + 1, so
/// that 0 is none; string 0 is "".
struct PprofTables {
  struct Function {
    uint32_t name, filename;
    int64_t start_line;
  };
  struct Location {
    int64_t function;
    int64_t line, column;
  };
  struct Sample {
    uint32_t stack;
    size_t labels_end;
  };
  struct ValueType {
    uint32_t type, unit;
  };

  explicit PprofTables(uint64_t seed) : strings(seed), functions(seed), locations(seed), stacks(seed) {}

  std::string_view StringAt(uint32_t string) const {
    return {strings.begin(string), static_cast<size_t>(strings.end(string) - strings.begin(string))};
  }
  size_t LabelsBegin(size_t sample) const { return sample == 0 ? 0 : samples[sample - 1].labels_end; }

  InternedSequences<char> strings;
  InternedValues<Function> functions;
  InternedValues<Location> locations;
  InternedSequences<uint32_t> stacks;  // of locations, leaf first
  std::vector<Sample> samples;
  std::vector<int64_t> values;  // of each sample one per sample type
  std::vector<Label> labels;
  std::vector<ValueType> sample_types;
  ValueType period_type = {0, 0};
  int64_t period = 0;
  std::vector<uint32_t> comments;
  uint32_t default_sample_type = 0;
};

}  // namespace acme
