#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace acme {

/// The stacks of an interval, each once: a stack is a location below another stack. 0 is the empty one.
class StackTree {
 public:
  uint32_t Below(uint32_t parent, uint64_t location) {
    std::vector<uint32_t>& siblings = children_of_[(static_cast<uint64_t>(parent) << 32) ^ location];
    for (const uint32_t stack : siblings) {
      if (stacks_[stack].parent == parent && stacks_[stack].location == location) return stack;
    }
    siblings.push_back(static_cast<uint32_t>(stacks_.size()));
    stacks_.push_back({parent, location});
    return siblings.back();
  }

  std::vector<uint64_t> LeafFirst(uint32_t stack) const {
    std::vector<uint64_t> locations;
    for (; stack != 0; stack = stacks_[stack].parent) locations.push_back(stacks_[stack].location);
    return locations;
  }

 private:
  struct Stack {
    uint32_t parent;
    uint64_t location;
  };

  std::vector<Stack> stacks_{{0, 0}};
  std::unordered_map<uint64_t, std::vector<uint32_t>> children_of_;
};

}  // namespace acme
