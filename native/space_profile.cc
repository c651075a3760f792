#include "space_profile.h"

#include <algorithm>

#include "frame_strings.h"
#include "sample_labels.h"

namespace acme {
namespace {

void AddTree(PprofEncoder* encoder, const ThreadHeap& heap, bool allocations) {
  const AllocationTree& tree = *heap.tree;
  FrameStrings strings(encoder);
  std::vector<uint64_t> location_of_node;
  location_of_node.reserve(tree.nodes.size());
  for (const AllocationNode& node : tree.nodes) {
    const uint32_t function =
        encoder->Function(strings.FunctionName(tree.strings, node.function_name),
                          strings.ScriptName(tree.strings, node.script_name), node.line);
    location_of_node.push_back(encoder->Location(function, node.line, node.column));
  }
  SampleLabels labels(encoder);
  labels.Thread(*heap.identity);
  for (const AllocationNode& node : tree.nodes) {
    if ((node.inuse_objects | node.alloc_objects) == 0) continue;
    std::vector<uint64_t> leaf_first;
    const AllocationNode* at = &node;
    // Node 0 is V8's root.
    for (; at->parent >= 0; at = &tree.nodes[static_cast<size_t>(at->parent)]) {
      leaf_first.push_back(location_of_node[static_cast<size_t>(at - tree.nodes.data())]);
    }
    if (allocations) {
      const int64_t values[] = {node.inuse_objects, node.alloc_objects, node.inuse_bytes, node.alloc_bytes};
      encoder->Sample(leaf_first.data(), leaf_first.size(), values, labels.data(), labels.size());
    } else {
      const int64_t values[] = {node.inuse_objects, node.inuse_bytes};
      encoder->Sample(leaf_first.data(), leaf_first.size(), values, labels.data(), labels.size());
    }
  }
}

}  // namespace

std::string EncodeSpaceProfile(const std::vector<ThreadHeap>& heaps, int64_t time_nanos,
                               int64_t duration_nanos, const std::string& comment) {
  bool allocations = true;
  uint64_t widest_interval_bytes = 0;
  for (const ThreadHeap& heap : heaps) {
    allocations &= heap.tree->has_allocations;
    widest_interval_bytes = std::max(widest_interval_bytes, heap.tree->sampling_interval_bytes);
  }
  // The order of dd-trace: readers of the Datadog format go by position in places.
  std::vector<ValueType> types{{"inuse_objects", "count"}, {"inuse_space", "bytes"}};
  if (allocations) {
    types = {{"inuse_objects", "count"},
             {"alloc_objects", "count"},
             {"inuse_space", "bytes"},
             {"alloc_space", "bytes"}};
  }
  PprofEncoder encoder(types, types.back(), static_cast<int64_t>(widest_interval_bytes));
  for (const ThreadHeap& heap : heaps) {
    AddTree(&encoder, heap, allocations);
    if (heap.tree->restarted) {
      encoder.Comment(encoder.String("heap sampling started anew: " + heap.identity->name));
    }
  }
  encoder.Comment(encoder.String(comment));
  return encoder.Finish(time_nanos, duration_nanos);
}

}  // namespace acme
