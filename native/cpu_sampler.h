#pragma once

#include <v8-profiler.h>

#include "sigprof.h"
#include "string_table.h"
#include "window.h"

namespace acme {

/// One V8 CpuProfiler, rotated in short windows so that no profile grows: stopping, copying and deleting
/// a profile costs what it holds, and all of that runs on the application's thread.
///
/// A window ends in two steps. Rotate() starts the next profile, which fixes the border. Harvest() comes a
/// few sampling periods later: V8's own thread needs that long to file the last ticks under the old profile.
class CpuSampler {
 public:
  CpuSampler(v8::Isolate* isolate, int sampling_interval_micros);
  ~CpuSampler();
  CpuSampler(const CpuSampler&) = delete;

  bool Start();
  /// The next profile samples at `interval_multiple` times the interval given above. A change of pace
  /// restarts V8's thread.
  bool Rotate(int interval_multiple);
  /// Copies the rotated profile's samples taken before `end_micros` into `window`, and deletes it.
  void Harvest(int64_t end_micros, StringTable* strings, Window* window);
  /// Instead of Harvest(): nobody wants the rotated profile.
  void Discard();
  /// Stops sampling for good; the last profile goes into `window` whole. Not between Rotate() and Harvest().
  void Finish(StringTable* strings, Window* window);

  bool rotated() const { return previous_ != kNoProfile; }

 private:
  static constexpr v8::ProfilerId kNoProfile = 0;

  v8::ProfilerId StartProfile(int interval_multiple);
  void Copy(const v8::CpuProfile& profile, int64_t end_micros, StringTable* strings, Window* window);

  v8::Isolate* isolate_;
  const int sampling_interval_micros_;
  v8::CpuProfiler* profiler_;
  v8::ProfilerId current_ = kNoProfile;
  v8::ProfilerId previous_ = kNoProfile;
  int64_t copied_until_micros_ = 0;
};

}  // namespace acme
