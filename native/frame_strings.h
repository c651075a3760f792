#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pprof_encoder.h"
#include "script_path.h"

namespace acme {

/// What a profile writes of the strings of frames. They come as numbers of a table that V8's thread has
/// filled; each is written once.
class FrameStrings {
 public:
  explicit FrameStrings(PprofEncoder* encoder) : encoder_(encoder) {}

  uint32_t FunctionName(const std::vector<std::string>& table, uint32_t number) {
    return HandleOf(table, number, [this](const std::string& name) {
      return encoder_->String(name.empty() ? "(anonymous)" : name);
    });
  }
  uint32_t ScriptName(const std::vector<std::string>& table, uint32_t number) {
    return HandleOf(table, number,
                    [this](const std::string& script) { return encoder_->String(ScriptPath(script)); });
  }
  /// The table begins anew.
  void Clear() { handles_.clear(); }

 private:
  template <typename Write>
  uint32_t HandleOf(const std::vector<std::string>& table, uint32_t number, Write write) {
    if (number >= table.size()) return 0;
    // The empty string is no name and no script.
    if (table[number].empty()) return write(table[number]);
    if (number >= handles_.size()) handles_.resize(table.size(), 0);
    if (handles_[number] == 0) handles_[number] = write(table[number]) + 1;
    return handles_[number] - 1;
  }

  PprofEncoder* encoder_;
  std::vector<uint32_t> handles_;  // by number, + 1
};

}  // namespace acme
