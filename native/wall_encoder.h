#pragma once

#include <cstdint>
#include <string>

#include "interval_labels.h"
#include "pprof_encoder.h"
#include "profile_options.h"
#include "sample_labels.h"
#include "stack_tree.h"
#include "wall_sample.h"

namespace acme {

/// Writes the samples of a wall profile: their values rounded, their labels by name.
class WallEncoder {
 public:
  /// `epoch_offset_nanos`: from MonotonicNanos to the time since 1970.
  WallEncoder(PprofEncoder* encoder, const ProfileOptions& options, const StackTree& stacks,
              const IntervalLabels& labels, int64_t epoch_offset_nanos)
      : encoder_(encoder),
        options_(options),
        stacks_(stacks),
        interval_labels_(labels),
        epoch_offset_nanos_(epoch_offset_nanos),
        labels_(encoder) {}

  void Add(const WallSample& sample);
  /// The CPU of threads that run no JavaScript.
  void AddOtherThread(const std::string& name, int64_t cpu_nanos);

 private:
  int64_t RoundedDown(int64_t nanos) const { return nanos - nanos % options_.resolution_nanos; }
  void AddSpanLabels(const LabelSet& labels);

  PprofEncoder* encoder_;
  const ProfileOptions& options_;
  const StackTree& stacks_;
  const IntervalLabels& interval_labels_;
  const int64_t epoch_offset_nanos_;
  SampleLabels labels_;
  int64_t wall_rest_nanos_ = 0;
  int64_t cpu_rest_nanos_ = 0;
};

}  // namespace acme
