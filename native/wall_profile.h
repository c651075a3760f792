#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "frame_strings.h"
#include "interval_labels.h"
#include "pprof_encoder.h"
#include "profile_options.h"
#include "stack_tree.h"
#include "thread_cpu.h"
#include "wall_sample.h"
#include "weights.h"
#include "window.h"

namespace acme {

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
  void LearnStrings(ThreadRecord* thread, const Window& window);
  std::vector<uint32_t> StacksAbove(const ThreadRecord& thread, const Window& window);
  void AddIdle(const ThreadRecord& thread, const Window& window, int64_t ticks);
  uint64_t Location(const ThreadRecord& thread, const WindowNode& node, int32_t line);
  FrameStrings& StringsOf(const ThreadRecord& thread);

  const ProfileOptions options_;
  PprofEncoder encoder_;
  const int64_t epoch_offset_nanos_;
  StackTree stacks_;
  IntervalLabels labels_;
  std::unordered_map<const ThreadRecord*, FrameStrings> frame_strings_;
  std::vector<WallSample> samples_;
  std::map<std::string, int64_t> other_threads_;
  TickCounts counts_;
};

}  // namespace acme
