// Encodes one profile in the pprof format (https://github.com/google/pprof/blob/main/proto/profile.proto),
// uncompressed. Knows no V8 and no threads: one encoder per profile, on one thread. Nothing fails; what it
// refuses is said at each method.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pprof_tables.h"

namespace acme {

struct ValueType {
  std::string_view type;
  std::string_view unit;
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

  size_t sample_count() const { return tables_.samples.size(); }

  // The file. Unused strings, functions and locations are not in it. May be called again, after more samples
  // too.
  std::string Finish(int64_t time_nanos, int64_t duration_nanos) const;

 private:
  PprofTables::ValueType Intern(ValueType type) { return {String(type.type), String(type.unit)}; }
  uint32_t KnownString(uint32_t string) const { return string < tables_.strings.size() ? string : 0; }

  PprofTables tables_;
  std::vector<uint32_t> pending_stack_;
};

}  // namespace acme
