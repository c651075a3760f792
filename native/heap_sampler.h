#pragma once

#include <v8-profiler.h>

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "heap_pace.h"
#include "intern_table.h"
#include "window.h"

namespace acme {

/// V8's sampling heap profiler, left on for as long as it costs little: a new start forgets all that is
/// alive. V8 has one of these per isolate; where somebody else has started it, this one stays off.
class HeapSampler {
 public:
  /// Deepest stack that V8 keeps for an allocation.
  static constexpr int kMaxStackDepth = 64;
  /// Dead samples kept by V8 (Node 26 and later) before the sampler starts anew to free them.
  static constexpr size_t kMaxSamples = 200'000;
  /// Each such start doubles the interval, up to so many times the usual: the next is to come later, and some
  /// samples of what is alive are to be left.
  static constexpr int kWidestForSamples = 8;

  /// `max_share` of the thread's CPU may go into V8's samples; 0 is no bound.
  HeapSampler(v8::Isolate* isolate, uint64_t sampling_interval_bytes, bool allocations, double max_share);
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
  void StartAnew();
  /// Of the samples since the last call.
  bool IsTooMuch(int64_t cost_nanos);
  uint64_t interval_bytes() const {
    return sampling_interval_bytes_ * static_cast<uint64_t>(pace_.multiple());
  }
  uint32_t NameNumber(v8::Local<v8::String> name, NamesOfTake* names);
  uint32_t StringNumber(v8::Local<v8::String> text);
  void CopyNodes(v8::AllocationProfile* profile, AllocationTree* tree);
  /// Nodes and strings that are not in `tree`, the latest.
  void ForgetAllBut(const AllocationTree& tree);

  v8::Isolate* isolate_;
  uint64_t sampling_interval_bytes_;
  bool allocations_;
  HeapPace pace_;
  bool on_;
  double frames_per_sample_ = 0;  // of those alive when some last were
  // Of the last Take().
  int64_t cpu_nanos_;
  int64_t time_nanos_;
  uint64_t last_sample_id_ = 0;
  // A node of V8's tree keeps its id and its names: converting them again each time costs most of a Take().
  std::unordered_map<uint32_t, KnownNode> known_nodes_;
  uint32_t takes_ = 0;
  std::unordered_map<std::string, uint32_t> string_numbers_;
  std::vector<std::string> strings_;
};

}  // namespace acme
