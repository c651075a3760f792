#include "line_split.h"

namespace acme {

LineSplit::LineSplit(const Window& window, const std::vector<uint32_t>& leaves)
    : nodes_(window.nodes.size()), lines_(window.line_ticks) {
  // The line ticks of a node stand together: they were copied node by node.
  for (uint32_t i = 0; i < lines_.size(); i++) {
    NodeLines& node = nodes_[lines_[i].node];
    if (node.total == 0) node.first = i;
    node.end = i + 1;
    node.total += lines_[i].count;
  }
  for (const uint32_t node : leaves) nodes_[node].samples++;
}

int32_t LineSplit::NextLine(uint32_t index) {
  NodeLines& node = nodes_[index];
  if (node.total == 0) return 0;
  // The middle of this sample's share of the node's ticks.
  const double position = (node.asked + 0.5) / node.samples * node.total;
  node.asked++;
  uint32_t below = 0;
  for (uint32_t i = node.first; i < node.end; i++) {
    below += lines_[i].count;
    if (position < below) return lines_[i].line;
  }
  return lines_[node.end - 1].line;
}

}  // namespace acme
