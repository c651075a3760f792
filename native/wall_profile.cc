#include "wall_profile.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <iterator>
#include <tuple>

#include "line_split.h"
#include "script_path.h"

namespace acme {
namespace {

constexpr uint8_t kIdleState = 8;  // v8::StateTag::IDLE

/// Names of v8::StateTag, for the label `vm state`.
constexpr const char* kStateNames[] = {"js",       "gc",      "parser",   "bytecode compiler",
                                       "compiler", "other",   "external", "atomics wait",
                                       "idle",     "logging", "idle"};

const char* StateName(uint8_t state) { return state < std::size(kStateNames) ? kStateNames[state] : "other"; }

std::vector<ValueType> WallTypes(bool cpu) {
  std::vector<ValueType> types{{"sample", "count"}, {"wall", "nanoseconds"}};
  if (cpu) types.push_back({"cpu", "nanoseconds"});
  return types;
}

std::string TraceId(const LabelSet& labels) {
  char hex[33];
  snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, labels.trace_id_high, labels.trace_id_low);
  return hex;
}

struct FiledTick {
  const Tick* tick;
  const V8Sample* sample;  // nullptr where V8 filed none
};

/// Finds for each tick the sample that V8 took inside it, by time. Samples without a tick are V8's own: it
/// records the current stack whenever a profile starts.
std::vector<FiledTick> Join(const Window& window, const std::vector<V8Sample>& samples) {
  std::vector<FiledTick> joined;
  joined.reserve(window.ticks.size());
  size_t next = 0;
  for (const Tick& tick : window.ticks) {
    while (next < samples.size() && samples[next].time_micros < tick.before_nanos / 1000) next++;
    const bool found = next < samples.size() && samples[next].time_micros <= tick.after_nanos / 1000;
    joined.push_back({&tick, found ? &samples[next++] : nullptr});
  }
  return joined;
}

}  // namespace

WallProfile::WallProfile(const ProfileOptions& options, int64_t epoch_offset_nanos)
    : options_(options),
      encoder_(WallTypes(options.cpu), {"wall", "nanoseconds"}, options.sampling_interval_nanos),
      epoch_offset_nanos_(epoch_offset_nanos) {}

void WallProfile::Add(ThreadRecord* thread, const Window& window) {
  if (window.strings_cleared) {
    thread->strings.assign(1, std::string());
    handles_[thread].clear();
  }
  thread->strings.insert(thread->strings.end(), window.fresh_strings.begin(), window.fresh_strings.end());

  std::vector<V8Sample> samples = window.samples;
  std::sort(samples.begin(), samples.end(),
            [](const V8Sample& a, const V8Sample& b) { return a.time_micros < b.time_micros; });
  const std::vector<FiledTick> joined = Join(window, samples);

  std::vector<TickTime> times;
  times.reserve(joined.size());
  for (const FiledTick& filed : joined) {
    times.push_back({filed.tick->before_nanos, filed.tick->cpu_nanos,
                     filed.sample != nullptr && filed.sample->state >= kIdleState, filed.sample != nullptr});
  }
  const std::vector<Weight> weights = thread->clock.Weigh(window.begin, window.end, times);

  // The stack above each node, executing lines included: a node carries the line of its parent.
  std::vector<uint32_t> stack_above(window.nodes.size(), 0);
  for (size_t i = 1; i < window.nodes.size(); i++) {
    const WindowNode& node = window.nodes[i];
    if (node.parent <= 0) continue;
    const size_t parent = static_cast<size_t>(node.parent);
    stack_above[i] = Stack(stack_above[parent], Location(thread, window.nodes[parent], node.call_line));
  }

  const uint32_t first_label_set = static_cast<uint32_t>(label_sets_.size());
  AddLabelSets(thread, window);
  std::vector<uint32_t> leaves;
  for (size_t i = 0; i < joined.size(); i++) {
    if (joined[i].sample != nullptr && !times[i].idle) leaves.push_back(joined[i].sample->node);
  }
  LineSplit lines(window, leaves);
  int64_t idle_ticks = 0;
  for (size_t i = 0; i < joined.size(); i++) {
    const auto& [tick, sample] = joined[i];
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
        Stack(stack_above[sample->node], Location(thread, window.nodes[sample->node], line));
    samples_.push_back({thread, stack, label_set != 0 ? first_label_set + label_set : 0, tick->before_nanos,
                        1, weights[i].wall_nanos, weights[i].cpu_nanos, sample->state});
  }
  AddIdle(thread, window, idle_ticks);
}

void WallProfile::AddIdle(ThreadRecord* thread, const Window& window, int64_t ticks) {
  counts_.idle += static_cast<uint64_t>(ticks);
  const int64_t idle_nanos = window.end.idle_nanos - window.begin.idle_nanos;
  if (idle_nanos <= 0) return;
  const uint32_t function = encoder_.Function(encoder_.String("(idle)"), 0, 0);
  samples_.push_back({thread, Stack(0, encoder_.Location(function, 0, 0)), 0, window.end.time_nanos, ticks,
                      idle_nanos, 0, kIdleState});
}

void WallProfile::AddLabelSets(ThreadRecord* thread, const Window& window) {
  const uint32_t generation = window.slots_generation;
  uint32_t custom_slot = window.custom_slots_before;
  for (const CustomLabels& labels : window.fresh_custom_labels) {
    custom_of_slot_[{thread, generation, ++custom_slot}] = static_cast<uint32_t>(custom_labels_.size());
    custom_labels_.push_back(labels);
  }
  for (LabelSet labels : window.label_sets) {
    if (labels.endpoint != 0) labels.endpoint = EndpointOf({thread, generation, labels.endpoint});
    const auto custom = custom_of_slot_.find({thread, generation, labels.custom});
    labels.custom = custom != custom_of_slot_.end() ? custom->second : 0;
    label_sets_.push_back(labels);
  }
  NameEndpoints(thread, generation, window.endpoint_names);
}

uint32_t WallProfile::EndpointOf(const Slot& slot) {
  const auto [entry, added] = endpoint_of_slot_.try_emplace(slot, static_cast<uint32_t>(endpoints_.size()));
  if (added) endpoints_.emplace_back();
  return entry->second;
}

void WallProfile::NameEndpoints(const ThreadRecord* thread, uint32_t slots_generation,
                                const std::vector<EndpointName>& names) {
  for (const auto& [slot, name] : names) endpoints_[EndpointOf({thread, slots_generation, slot})] = name;
}

void WallProfile::AddOtherThreads(const ThreadCpu::Usage& usage) {
  for (const auto& [name, nanos] : usage.nanos_by_name) other_threads_[name] += nanos;
}

uint32_t WallProfile::Stack(uint32_t parent, uint64_t location) {
  std::vector<uint32_t>& siblings = children_of_[(static_cast<uint64_t>(parent) << 32) ^ location];
  for (const uint32_t stack : siblings) {
    if (stacks_[stack].parent == parent && stacks_[stack].location == location) return stack;
  }
  siblings.push_back(static_cast<uint32_t>(stacks_.size()));
  stacks_.push_back({parent, location});
  return siblings.back();
}

uint64_t WallProfile::Location(ThreadRecord* thread, const WindowNode& node, int32_t line) {
  const uint32_t name =
      node.function_name == 0 ? encoder_.String("(anonymous)") : String(thread, node.function_name, false);
  // For a native function V8 gives the line of its caller.
  const int32_t own_line = node.script_name == 0 ? 0 : line;
  // The column is where the function begins, on this line or on an earlier one: the uploader needs it to find
  // the function in the script, and takes it out.
  const int32_t column = node.script_name == 0 ? 0 : std::max(node.column, 0);
  return encoder_.Location(encoder_.Function(name, String(thread, node.script_name, true), 0), own_line,
                           column);
}

uint32_t WallProfile::String(ThreadRecord* thread, uint32_t number, bool is_path) {
  std::vector<uint32_t>& handles = handles_[thread];
  if (number >= thread->strings.size()) return 0;
  if (number >= handles.size()) handles.resize(thread->strings.size(), 0);
  if (handles[number] == 0) {
    const std::string& text = thread->strings[number];
    handles[number] = encoder_.String(is_path ? ScriptPath(text) : text) + 1;
  }
  return handles[number] - 1;
}

std::string WallProfile::Finish(int64_t time_nanos, int64_t duration_nanos, const std::string& comment) {
  if (!options_.timeline) MergeSamples();
  for (const Sample& sample : samples_) Encode(sample);
  if (options_.cpu) {
    for (const auto& [name, nanos] : other_threads_) EncodeOtherThread(name, nanos);
  }
  encoder_.Comment(encoder_.String(comment));
  return encoder_.Finish(time_nanos, duration_nanos);
}

void WallProfile::MergeSamples() {
  std::sort(samples_.begin(), samples_.end(), [](const Sample& a, const Sample& b) {
    return std::tie(a.thread, a.stack, a.label_set, a.state) <
           std::tie(b.thread, b.stack, b.label_set, b.state);
  });
  size_t kept = 0;
  for (size_t i = 1; i < samples_.size(); i++) {
    Sample& into = samples_[kept];
    const Sample& from = samples_[i];
    if (std::tie(into.thread, into.stack, into.label_set, into.state) ==
        std::tie(from.thread, from.stack, from.label_set, from.state)) {
      into.count += from.count;
      into.wall_nanos += from.wall_nanos;
      into.cpu_nanos += from.cpu_nanos;
    } else {
      samples_[++kept] = from;
    }
  }
  if (!samples_.empty()) samples_.resize(kept + 1);
}

void WallProfile::Encode(const Sample& sample) {
  std::vector<uint64_t> leaf_first;
  for (uint32_t stack = sample.stack; stack != 0; stack = stacks_[stack].parent) {
    leaf_first.push_back(stacks_[stack].location);
  }
  labels_.clear();
  const ThreadIdentity& identity = *sample.thread->identity;
  TextLabel("thread name", identity.name);
  TextLabel("thread id", identity.thread_id);
  TextLabel("os thread id", std::to_string(identity.os_thread_id));
  TextLabel("vm state", StateName(sample.state));
  if (options_.timeline) {
    NumberLabel("end_timestamp_ns", RoundedDown(sample.end_nanos + epoch_offset_nanos_));
  }
  if (sample.label_set != 0) AddSpanLabels(sample);
  // What rounding leaves goes to the next sample, so that sums stay exact.
  const int64_t wall_nanos = RoundedDown(sample.wall_nanos + wall_rest_nanos_);
  const int64_t cpu_nanos = RoundedDown(sample.cpu_nanos + cpu_rest_nanos_);
  wall_rest_nanos_ += sample.wall_nanos - wall_nanos;
  cpu_rest_nanos_ += sample.cpu_nanos - cpu_nanos;
  const int64_t values[] = {sample.count, wall_nanos, cpu_nanos};
  encoder_.Sample(leaf_first.data(), leaf_first.size(), values, labels_.data(), labels_.size());
}

int64_t WallProfile::RoundedDown(int64_t nanos) const { return nanos - nanos % options_.resolution_nanos; }

void WallProfile::AddSpanLabels(const Sample& sample) {
  const LabelSet& labels = label_sets_[sample.label_set - 1];
  // In the order that compresses best.
  if (options_.endpoints && !endpoints_[labels.endpoint].empty()) {
    TextLabel("trace endpoint", endpoints_[labels.endpoint]);
  }
  if (options_.span_ids && labels.span_id != 0) {
    if (labels.root_span_id != 0) {
      NumberLabel("local root span id", static_cast<int64_t>(labels.root_span_id));
    }
    NumberLabel("span id", static_cast<int64_t>(labels.span_id));
    if ((labels.trace_id_high | labels.trace_id_low) != 0) TextLabel("trace id", TraceId(labels));
  }
  for (const CustomLabel& label : custom_labels_[labels.custom]) {
    if (label.is_number) {
      NumberLabel(label.key, label.number);
    } else {
      TextLabel(label.key, label.text);
    }
  }
}

void WallProfile::TextLabel(std::string_view key, std::string_view value) {
  labels_.push_back({encoder_.String(key), encoder_.String(value), 0, 0});
}

void WallProfile::NumberLabel(std::string_view key, int64_t value) {
  labels_.push_back({encoder_.String(key), 0, value, 0});
}

void WallProfile::EncodeOtherThread(const std::string& name, int64_t cpu_nanos) {
  const auto frame = [&](std::string_view text) {
    return encoder_.Location(encoder_.Function(encoder_.String(text), 0, 0), 0, 0);
  };
  const uint64_t leaf_first[] = {frame(name), frame("Non-JS threads")};
  const Label labels[] = {{encoder_.String("thread name"), encoder_.String(name), 0, 0},
                          {encoder_.String("thread id"), encoder_.String("NA"), 0, 0},
                          {encoder_.String("os thread id"), encoder_.String("NA"), 0, 0}};
  const int64_t values[] = {0, 0, cpu_nanos};
  encoder_.Sample(leaf_first, std::size(leaf_first), values, labels, std::size(labels));
}

}  // namespace acme
