// Encodes one profile in the pprof format (https://github.com/google/pprof/blob/main/proto/profile.proto),
// uncompressed. Knows no V8 and no threads: one encoder per profile, on one thread. Nothing fails; what it
// refuses is said at each method.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "intern_table.h"

namespace acme {

struct ValueType {
  std::string_view type;
  std::string_view unit;
};

// A string label where `str` is not 0, else a number label. So an empty string cannot be a label's value: it
// reads as the number 0. A number 0 is written, but `go tool pprof` shows it only where `num_unit` is set.
struct Label {
  uint32_t key;
  uint32_t str;
  int64_t num;
  uint32_t num_unit;
};

class PprofEncoder {
 public:
  static constexpr size_t kMaxStringBytes = 64 * 1024;
  static constexpr size_t kMaxFrames = 1000;
  static constexpr std::string_view kTruncatedFrame = "truncated";

  PprofEncoder(const std::vector<ValueType>& sample_types, ValueType period_type, int64_t period);

  // A handle of the text, 0 for "". Equal text has an equal handle. What is not UTF-8, lone surrogates and
  // NUL become U+FFFD; what is longer than kMaxStringBytes is cut there, between characters. Handles are not
  // the indexes in the file.
  uint32_t String(std::string_view text);

  // A handle of the function, never 0. `start_line` is 1-based, 0 = unknown. An unknown string handle reads
  // as "".
  uint32_t Function(uint32_t name, uint32_t filename, int64_t start_line);

  // A handle of the place in the function, never 0, but 0 for an unknown function. `line` and `column` are
  // 1-based, 0 = unknown.
  uint64_t Location(uint32_t function, int64_t line, int64_t column);

  // `values` holds one value per sample type. A stack of more than kMaxFrames keeps its kMaxFrames - 1 frames
  // next to the leaf below a frame kTruncatedFrame at its root. Leaves out unknown locations, and labels
  // whose key is 0 or unknown.
  void Sample(const uint64_t* locations_leaf_first, size_t n, const int64_t* values, const Label* labels,
              size_t n_labels);

  // Free text of the profile, in the order of the calls; 0 is left out.
  void Comment(uint32_t string);

  // `type` is the handle of a sample type's name: what a viewer shows first.
  void set_default_sample_type(uint32_t type);

  size_t sample_count() const { return samples_.size(); }

  // The file. Unused strings, functions and locations are not in it. May be called again, after more samples
  // too.
  std::string Finish(int64_t time_nanos, int64_t duration_nanos) const;

 private:
  struct FunctionEntry {
    uint32_t name, filename;
    int64_t start_line;
  };
  struct LocationEntry {
    uint32_t function;
    int64_t line, column;
  };
  struct SampleEntry {
    uint32_t stack;
    size_t labels_end;
  };
  struct ValueTypeHandles {
    uint32_t type, unit;
  };
  class Numbering;

  ValueTypeHandles Intern(ValueType type) { return {String(type.type), String(type.unit)}; }
  uint32_t KnownString(uint32_t string) const { return string < string_ends_.size() ? string : 0; }
  std::string_view StringAt(uint32_t string) const;
  size_t StackBegin(uint32_t stack) const { return stack == 0 ? 0 : stack_ends_[stack - 1]; }
  size_t LabelsBegin(size_t sample) const { return sample == 0 ? 0 : samples_[sample - 1].labels_end; }
  uint32_t Stack();
  uint32_t GroupingLabel() const;
  std::vector<uint32_t> StackRanks() const;
  std::vector<uint32_t> OrderOfSamples() const;
  std::vector<uint32_t> FrequentLocations() const;

  const uint64_t seed_;

  std::string string_bytes_;
  std::vector<size_t> string_ends_;
  InternTable string_table_;

  std::vector<FunctionEntry> functions_;
  InternTable function_table_;

  std::vector<LocationEntry> locations_;
  InternTable location_table_;

  std::vector<uint32_t> stack_frames_;
  std::vector<size_t> stack_ends_;
  InternTable stack_table_;
  std::vector<uint32_t> pending_stack_;

  std::vector<SampleEntry> samples_;
  std::vector<int64_t> values_;
  std::vector<Label> labels_;

  std::vector<ValueTypeHandles> sample_types_;
  ValueTypeHandles period_type_;
  const int64_t period_;
  std::vector<uint32_t> comments_;
  uint32_t default_sample_type_ = 0;
};

}  // namespace acme
