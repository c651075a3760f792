#pragma once

#include <v8-profiler.h>

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "intern_table.h"
#include "window.h"

namespace acme {

/// V8's sampling heap profiler, started once and left on: a restart forgets all that is alive.
/// V8 has one of these per isolate; where somebody else has started it, this one stays off.
class HeapSampler {
 public:
  /// Deepest stack that V8 keeps for an allocation.
  static constexpr int kMaxStackDepth = 64;
  /// Dead samples kept by V8 (Node 26 and later) before the sampler starts anew to free them.
  static constexpr size_t kMaxSamples = 200'000;

  HeapSampler(v8::Isolate* isolate, uint64_t sampling_interval_bytes, bool allocations);
  ~HeapSampler();
  HeapSampler(const HeapSampler&) = delete;

  /// What is alive now and, where the runtime can tell, what was allocated since the last call.
  /// nullptr if heap sampling is off.
  std::unique_ptr<AllocationTree> Take();

 private:
  struct KnownNode {
    uint32_t function_name;
    uint32_t script_name;
    uint32_t take;   // when it was last in the tree
    uint32_t index;  // and where
  };

  /// V8 hands out the same object for equal names: each is converted once in a take, however many new nodes
  /// have it.
  struct NamesOfTake {
    InternTable table;
    std::vector<std::pair<v8::Local<v8::String>, uint32_t>> known;
  };

  bool Start();
  uint32_t NameNumber(v8::Local<v8::String> name, NamesOfTake* names);
  uint32_t StringNumber(v8::Local<v8::String> text);
  void CopyNodes(v8::AllocationProfile* profile, AllocationTree* tree);
  /// Nodes and strings that are not in `tree`, the latest.
  void ForgetAllBut(const AllocationTree& tree);

  v8::Isolate* isolate_;
  uint64_t sampling_interval_bytes_;
  bool allocations_;
  bool on_;
  uint64_t last_sample_id_ = 0;
  // A node of V8's tree keeps its id and its names: converting them again each time costs most of a Take().
  std::unordered_map<uint32_t, KnownNode> known_nodes_;
  uint32_t takes_ = 0;
  std::unordered_map<std::string, uint32_t> string_numbers_;
  std::vector<std::string> strings_;
};

}  // namespace acme
