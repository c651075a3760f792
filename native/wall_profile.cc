#include "wall_profile.h"

#include <algorithm>

#include "filed_ticks.h"
#include "line_split.h"
#include "wall_encoder.h"

namespace acme {
namespace {

std::vector<ValueType> WallTypes(bool cpu) {
  std::vector<ValueType> types{{"sample", "count"}, {"wall", "nanoseconds"}};
  if (cpu) types.push_back({"cpu", "nanoseconds"});
  return types;
}

std::vector<TickTime> TimesOf(const std::vector<FiledTick>& filed_ticks) {
  std::vector<TickTime> times;
  times.reserve(filed_ticks.size());
  for (const auto& [tick, sample] : filed_ticks) {
    times.push_back({tick->before_nanos, tick->cpu_nanos, sample != nullptr && sample->state >= kIdleState,
                     sample != nullptr});
  }
  return times;
}

}  // namespace

WallProfile::WallProfile(const ProfileOptions& options, int64_t epoch_offset_nanos)
    : options_(options),
      encoder_(WallTypes(options.cpu), {"wall", "nanoseconds"}, options.sampling_interval_nanos),
      epoch_offset_nanos_(epoch_offset_nanos) {}

void WallProfile::Add(ThreadRecord* thread, const Window& window) {
  LearnStrings(thread, window);
  const std::vector<V8Sample> samples = SamplesInOrder(window);
  const std::vector<FiledTick> filed_ticks = FileTicks(window, samples);
  const std::vector<TickTime> times = TimesOf(filed_ticks);
  const std::vector<Weight> weights = thread->clock.Weigh(window.begin, window.end, times);
  const std::vector<uint32_t> stack_above = StacksAbove(*thread, window);
  const uint32_t first_label_set = labels_.Add(thread->identity.get(), window);

  std::vector<uint32_t> leaves;
  for (size_t i = 0; i < filed_ticks.size(); i++) {
    if (filed_ticks[i].sample != nullptr && !times[i].idle) leaves.push_back(filed_ticks[i].sample->node);
  }
  LineSplit lines(window, leaves);
  int64_t idle_ticks = 0;
  for (size_t i = 0; i < filed_ticks.size(); i++) {
    const auto& [tick, sample] = filed_ticks[i];
    if (sample == nullptr) {
      counts_.unfiled++;
      continue;
    }
    if (times[i].idle) {
      idle_ticks++;
      continue;
    }
    const uint32_t label_set =
        tick->context < window.label_set_of_frame.size() ? window.label_set_of_frame[tick->context] : 0;
    (label_set != 0 ? counts_.labelled : counts_.unlabelled)++;
    const int32_t line = lines.NextLine(sample->node);
    const uint32_t stack =
        stacks_.Below(stack_above[sample->node], Location(*thread, window.nodes[sample->node], line));
    samples_.push_back({thread->identity.get(), stack, label_set != 0 ? first_label_set + label_set : 0,
                        tick->before_nanos, 1, weights[i].wall_nanos, weights[i].cpu_nanos, sample->state});
  }
  AddIdle(*thread, window, idle_ticks);
}

void WallProfile::LearnStrings(ThreadRecord* thread, const Window& window) {
  if (window.strings_cleared) {
    thread->strings.assign(1, std::string());
    StringsOf(*thread).Clear();
  }
  thread->strings.insert(thread->strings.end(), window.fresh_strings.begin(), window.fresh_strings.end());
}

/// By node. Executing lines included: a node carries the line of its parent.
std::vector<uint32_t> WallProfile::StacksAbove(const ThreadRecord& thread, const Window& window) {
  std::vector<uint32_t> stack_above(window.nodes.size(), 0);
  for (size_t i = 1; i < window.nodes.size(); i++) {
    const WindowNode& node = window.nodes[i];
    if (node.parent <= 0) continue;
    const size_t parent = static_cast<size_t>(node.parent);
    stack_above[i] =
        stacks_.Below(stack_above[parent], Location(thread, window.nodes[parent], node.call_line));
  }
  return stack_above;
}

void WallProfile::AddIdle(const ThreadRecord& thread, const Window& window, int64_t ticks) {
  counts_.idle += static_cast<uint64_t>(ticks);
  const int64_t idle_nanos = window.end.idle_nanos - window.begin.idle_nanos;
  if (idle_nanos <= 0) return;
  const uint32_t function = encoder_.Function(encoder_.String("(idle)"), 0, 0);
  samples_.push_back({thread.identity.get(), stacks_.Below(0, encoder_.Location(function, 0, 0)), 0,
                      window.end.time_nanos, ticks, idle_nanos, 0, kIdleState});
}

uint64_t WallProfile::Location(const ThreadRecord& thread, const WindowNode& node, int32_t line) {
  FrameStrings& strings = StringsOf(thread);
  const uint32_t name = strings.FunctionName(thread.strings, node.function_name);
  // For a native function V8 gives the line of its caller.
  const int32_t own_line = node.script_name == 0 ? 0 : line;
  // The column is where the function begins, on this line or on an earlier one: the uploader needs it to find
  // the function in the script, and takes it out.
  const int32_t column = node.script_name == 0 ? 0 : std::max(node.column, 0);
  const uint32_t script = strings.ScriptName(thread.strings, node.script_name);
  return encoder_.Location(encoder_.Function(name, script, 0), own_line, column);
}

FrameStrings& WallProfile::StringsOf(const ThreadRecord& thread) {
  return frame_strings_.try_emplace(&thread, &encoder_).first->second;
}

void WallProfile::NameEndpoints(const ThreadRecord* thread, uint32_t slots_generation,
                                const std::vector<EndpointName>& names) {
  labels_.NameEndpoints(thread->identity.get(), slots_generation, names);
}

void WallProfile::AddOtherThreads(const ThreadCpu::Usage& usage) {
  for (const auto& [name, nanos] : usage.nanos_by_name) other_threads_[name] += nanos;
}

std::string WallProfile::Finish(int64_t time_nanos, int64_t duration_nanos, const std::string& comment) {
  if (!options_.timeline) MergeSamples(&samples_);
  WallEncoder wall(&encoder_, options_, stacks_, labels_, epoch_offset_nanos_);
  for (const WallSample& sample : samples_) wall.Add(sample);
  if (options_.cpu) {
    for (const auto& [name, nanos] : other_threads_) wall.AddOtherThread(name, nanos);
  }
  encoder_.Comment(encoder_.String(comment));
  return encoder_.Finish(time_nanos, duration_nanos);
}

}  // namespace acme
