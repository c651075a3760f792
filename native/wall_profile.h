#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "pprof_encoder.h"
#include "thread_cpu.h"
#include "weights.h"
#include "window.h"

namespace acme {

struct ProfileOptions {
  bool cpu = true;
  bool span_ids = true;
  bool endpoints = true;
  bool timeline = true;
  int64_t sampling_interval_nanos = 0;
  /// Times are multiples of this, a power of two: random low bits are a tenth of a compressed profile.
  int64_t resolution_nanos = 1;
  int64_t heap_sampling_interval_bytes = 0;
  double max_overhead_share = 0;  // of a thread's CPU; 0 is no bound
};

/// How the ticks of an interval ended. Every tick is in exactly one of these.
struct TickCounts {
  uint64_t labelled = 0;
  uint64_t unlabelled = 0;
  uint64_t idle = 0;
  uint64_t unfiled = 0;  // V8 filed no stack for the tick
  uint64_t dropped = 0;  // no room in the ring
};

/// What the collector keeps of a sampled thread from interval to interval.
struct ThreadRecord {
  std::shared_ptr<const ThreadIdentity> identity;
  std::vector<std::string> strings{std::string()};  // twin of the thread's StringTable
  BusyClock clock;
};

/// The wall profile of one interval, all threads: takes windows one by one, keeps stacks and samples in plain
/// tables, writes the pprof at the end, when late labels (endpoints) are known.
class WallProfile {
 public:
  /// `epoch_offset_nanos`: from MonotonicNanos to the time since 1970.
  WallProfile(const ProfileOptions& options, int64_t epoch_offset_nanos);

  void Add(ThreadRecord* thread, const Window& window);
  /// Names endpoint slots, those of earlier windows too.
  void NameEndpoints(const ThreadRecord* thread, uint32_t slots_generation,
                     const std::vector<EndpointName>& names);
  void AddOtherThreads(const ThreadCpu::Usage& usage);
  /// The pprof, with `comment` for whoever opens it. The profile is used up afterwards.
  std::string Finish(int64_t time_nanos, int64_t duration_nanos, const std::string& comment);

  bool empty() const { return samples_.empty(); }
  const TickCounts& tick_counts() const { return counts_; }

 private:
  struct StackNode {
    uint32_t parent;
    uint64_t location;
  };
  struct Sample {
    const ThreadRecord* thread;
    uint32_t stack;
    uint32_t label_set;  // index + 1 into label_sets_, 0 is none
    int64_t end_nanos;   // MonotonicNanos
    int64_t count;
    int64_t wall_nanos;
    int64_t cpu_nanos;
    uint8_t state;
  };
  /// A slot of one thread in one of its numberings.
  using Slot = std::tuple<const ThreadRecord*, uint32_t, uint32_t>;

  uint32_t Stack(uint32_t parent, uint64_t location);
  uint64_t Location(ThreadRecord* thread, const WindowNode& node, int32_t line);
  uint32_t String(ThreadRecord* thread, uint32_t number, bool is_path);
  void AddLabelSets(ThreadRecord* thread, const Window& window);
  uint32_t EndpointOf(const Slot& slot);
  void AddIdle(ThreadRecord* thread, const Window& window, int64_t ticks);
  void MergeSamples();
  void Encode(const Sample& sample);
  void AddSpanLabels(const Sample& sample);
  int64_t RoundedDown(int64_t nanos) const;
  void TextLabel(std::string_view key, std::string_view value);
  void NumberLabel(std::string_view key, int64_t value);
  void EncodeOtherThread(const std::string& name, int64_t cpu_nanos);

  const ProfileOptions options_;
  PprofEncoder encoder_;
  const int64_t epoch_offset_nanos_;
  std::vector<StackNode> stacks_{{0, 0}};  // stack 0 is empty
  std::unordered_map<uint64_t, std::vector<uint32_t>> children_of_;
  std::unordered_map<const ThreadRecord*, std::vector<uint32_t>> handles_;  // by string number, + 1
  std::map<Slot, uint32_t> endpoint_of_slot_;
  std::map<Slot, uint32_t> custom_of_slot_;
  std::vector<std::string> endpoints_{std::string()};
  std::vector<CustomLabels> custom_labels_{CustomLabels()};
  std::vector<LabelSet> label_sets_;  // slots are indexes of endpoints_ and custom_labels_ here
  std::vector<Sample> samples_;
  std::vector<Label> labels_;  // of the sample being encoded
  std::map<std::string, int64_t> other_threads_;
  TickCounts counts_;
  int64_t wall_rest_nanos_ = 0;
  int64_t cpu_rest_nanos_ = 0;
};

}  // namespace acme
