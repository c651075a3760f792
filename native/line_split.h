#pragma once

#include <cstdint>
#include <vector>

#include "window.h"

namespace acme {

/// Hands the executing lines of a window's leaf frames to its samples.
///
/// V8 counts lines per node, not per sample. A node with one line, the usual case in a window of a second, is
/// exact. Where a node has several, its samples get them in proportion, so that sums per line stay right.
class LineSplit {
 public:
  /// `leaves`: the node of each sample that will ask.
  LineSplit(const Window& window, const std::vector<uint32_t>& leaves);

  /// Line for the next sample of `node`, 0 where V8 knows none. Once per sample.
  int32_t NextLine(uint32_t node);

 private:
  struct NodeLines {
    uint32_t first = 0;  // range of lines_
    uint32_t end = 0;
    uint32_t total = 0;    // line ticks
    uint32_t samples = 0;  // samples that will ask
    uint32_t asked = 0;
  };
  std::vector<NodeLines> nodes_;
  std::vector<LineTicks> lines_;
};

}  // namespace acme
