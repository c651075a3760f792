#include "cpu_sampler.h"

#include <v8.h>

#include <algorithm>
#include <deque>
#include <memory>

namespace acme {
namespace {

/// V8's TimeTicks adds one microsecond to the monotonic clock so as never to be zero
/// (src/base/platform/time.cc).
constexpr int64_t kTimestampBiasMicros = 1;

/// V8's thread wrote the node: it is in no cache of this one. A node has some 200 bytes; a hint cannot fault.
void Prefetch(const v8::CpuProfileNode* node) {
  for (int line = 0; line < 4; line++) __builtin_prefetch(reinterpret_cast<const char*>(node) + 64 * line);
}

}  // namespace

CpuSampler::CpuSampler(v8::Isolate* isolate, int sampling_interval_micros)
    : isolate_(isolate),
      sampling_interval_micros_(sampling_interval_micros),
      // Eager logging from before the application is loaded: a later or lazy start walks the whole heap.
      profiler_(v8::CpuProfiler::New(isolate, v8::kDebugNaming, v8::kEagerLogging)) {
  v8::CpuProfiler::UseDetailedSourcePositionsForProfiling(isolate);
  profiler_->SetSamplingInterval(sampling_interval_micros);
}

CpuSampler::~CpuSampler() {
  v8::HandleScope scope(isolate_);
  for (const v8::ProfilerId id : {previous_, current_}) {
    if (id == kNoProfile) continue;
    if (v8::CpuProfile* profile = profiler_->Stop(id)) profile->Delete();
  }
  profiler_->Dispose();
}

v8::ProfilerId CpuSampler::StartProfile(int interval_multiple) {
  v8::CpuProfilingOptions options(v8::kCallerLineNumbers, v8::CpuProfilingOptions::kNoSampleLimit,
                                  sampling_interval_micros_ * interval_multiple);
  const v8::CpuProfilingResult result = profiler_->Start(std::move(options));
  return result.status == v8::CpuProfilingStatus::kStarted ? result.id : kNoProfile;
}

bool CpuSampler::Start() {
  InstallSigprofFloor();
  current_ = StartProfile(1);
  InstallSigprofHandler();
  return current_ != kNoProfile;
}

bool CpuSampler::Rotate(int interval_multiple) {
  if (current_ == kNoProfile || previous_ != kNoProfile) return false;
  // The next profile starts before the last one stops: a profiler without profiles ends its thread.
  const v8::ProfilerId next = StartProfile(interval_multiple);
  if (next == kNoProfile) return false;
  previous_ = current_;
  current_ = next;
  return true;
}

void CpuSampler::Harvest(int64_t end_micros, StringTable* strings, Window* window) {
  if (previous_ == kNoProfile) return;
  v8::HandleScope scope(isolate_);
  struct Delete {
    void operator()(v8::CpuProfile* profile) const { profile->Delete(); }
  };
  // Deleted at once: one that is kept while the next one samples has corrupted heaps in the field.
  const std::unique_ptr<v8::CpuProfile, Delete> profile(profiler_->Stop(previous_));
  previous_ = kNoProfile;
  if (profile != nullptr) Copy(*profile, end_micros, strings, window);
}

void CpuSampler::Discard() {
  if (previous_ == kNoProfile) return;
  v8::HandleScope scope(isolate_);
  if (v8::CpuProfile* profile = profiler_->Stop(previous_)) profile->Delete();
  previous_ = kNoProfile;
}

void CpuSampler::Finish(StringTable* strings, Window* window) {
  previous_ = current_;
  current_ = kNoProfile;
  Harvest(INT64_MAX, strings, window);
}

void CpuSampler::Copy(const v8::CpuProfile& profile, int64_t end_micros, StringTable* strings,
                      Window* window) {
  const int sample_count = profile.GetSamplesCount();
  std::vector<uint32_t> index_of_id;
  // Level by level: between the hint for a node and its turn there is time to fetch it.
  std::deque<std::pair<const v8::CpuProfileNode*, int32_t>> pending{{profile.GetTopDownRoot(), -1}};
  std::vector<v8::CpuProfileNode::LineTick> line_ticks;
  // Most calls stay in one script, and looking up a path is what a node costs most.
  const char* script = nullptr;
  uint32_t script_number = StringTable::kEmpty;
  while (!pending.empty()) {
    const auto [node, parent] = pending.front();
    pending.pop_front();
    const uint32_t index = static_cast<uint32_t>(window->nodes.size());
    const uint32_t id = node->GetNodeId();
    if (id >= index_of_id.size()) index_of_id.resize(std::max<size_t>(id + 1, index_of_id.size() * 2));
    index_of_id[id] = index;
    if (const char* its_script = node->GetScriptResourceNameStr(); its_script != script) {
      script = its_script;
      script_number = strings->Intern(script, &window->fresh_strings);
    }
    window->nodes.push_back({parent, strings->Intern(node->GetFunctionNameStr(), &window->fresh_strings),
                             script_number, std::max(node->GetLineNumber(), 0), node->GetColumnNumber()});
    if (const unsigned lines = node->GetHitLineCount(); lines > 0) {
      line_ticks.resize(lines);
      node->GetLineTicks(line_ticks.data(), lines);
      for (const auto& tick : line_ticks) window->line_ticks.push_back({index, tick.line, tick.hit_count});
    }
    for (int child = 0; child < node->GetChildrenCount(); child++) {
      pending.emplace_back(node->GetChild(child), static_cast<int32_t>(index));
      Prefetch(pending.back().first);
    }
  }
  for (int i = 0; i < sample_count; i++) {
    const int64_t time_micros = profile.GetSampleTimestamp(i) - kTimestampBiasMicros;
    // While two profiles overlap V8 files a tick under both.
    if (time_micros < copied_until_micros_ || time_micros >= end_micros) continue;
    window->samples.push_back({time_micros, index_of_id[profile.GetSample(i)->GetNodeId()],
                               static_cast<uint8_t>(profile.GetSampleState(i))});
  }
  copied_until_micros_ = end_micros;
}

}  // namespace acme
