// wall_profile_twin <canary's name> or <first seed> <count>: random windows of threads that work and wait.
// Per seed two blocks of a uint32 length (little-endian) and as many bytes: the pprof, and the JSON of the
// windows (Interval in wall_profile.test.ts).
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "../../native/wall_profile.h"
#include "canary.h"
#include "choices.h"

namespace {

using acme::Window;

void WriteBlock(const std::string& bytes) {
  const uint32_t size = static_cast<uint32_t>(bytes.size());
  fwrite(&size, sizeof size, 1, stdout);
  fwrite(bytes.data(), 1, bytes.size(), stdout);
}

std::string List(const std::vector<std::string>& items) {
  std::string json;
  for (const std::string& item : items) json += (json.empty() ? "" : ",") + item;
  return "[" + json + "]";
}
std::string Quoted(const std::string& text) { return '"' + text + '"'; }
template <typename Number>
std::string Text(Number number) {
  return Quoted(std::to_string(number));
}

const char* const kNames[] = {
    "", "handler", "(program)", "(garbage collector)", "get a", "r\xc3\xa9sum\xc3\xa9", "__proto__"};
const char* const kScripts[] = {"", "/app/server.js", "file:///app/a%20b.mjs", "node:internal/timers",
                                "file:///app/m.mjs"};
const char* const kEndpoints[] = {"", "GET /users/:id", "POST /orders"};

// A sampled thread as its sampler sees it.
struct Thread {
  acme::ThreadRecord record;
  acme::Boundary now{5'000'000'000'000, 700'000, 0};
  std::map<std::string, uint32_t> numbers;  // as its StringTable
  uint32_t generation = 1, endpoint_slots = 0, custom_slots = 0;
  std::map<uint32_t, std::string> unnamed;  // endpoints whose name is told later
  std::vector<std::string> custom_json{"[]"};

  uint32_t Number(const std::string& text, Window* window) {
    if (text.empty()) return 0;
    const auto [entry, added] = numbers.try_emplace(text, static_cast<uint32_t>(numbers.size() + 1));
    if (added) window->fresh_strings.push_back(text);
    return entry->second;
  }
};

std::string RandomLabelSet(Choices& choices, Thread* thread, Window* window) {
  acme::LabelSet labels;
  std::string endpoint, custom = "[]";
  if (!choices.OneIn(4)) {
    labels.span_id = choices.Next();
    if (!choices.OneIn(4)) labels.root_span_id = choices.Next();
    if (!choices.OneIn(4)) labels.trace_id_low = choices.Next();
    if (!choices.OneIn(4)) labels.trace_id_high = choices.Next();
  }
  if (!choices.OneIn(3)) {
    endpoint = kEndpoints[choices.Below(3)];
    labels.endpoint = ++thread->endpoint_slots;
    if (choices.OneIn(2)) {
      window->endpoint_names.emplace_back(labels.endpoint, endpoint);
    } else {
      if (choices.OneIn(2)) window->endpoint_names.emplace_back(labels.endpoint, "GET");
      thread->unnamed[labels.endpoint] = endpoint;
    }
  }
  if (choices.OneIn(3)) {
    if (thread->custom_slots > 0 && choices.OneIn(2)) {
      labels.custom = 1 + static_cast<uint32_t>(choices.Below(thread->custom_slots));
    } else {
      labels.custom = ++thread->custom_slots;
      const auto number = static_cast<int64_t>(choices.Next());
      window->fresh_custom_labels.push_back({{"tenant", "acme", 0, false}, {"size", "", number, true}});
      thread->custom_json.push_back("[[\"tenant\",\"acme\",\"0\"],[\"size\",\"\"," + Text(number) + "]]");
    }
    custom = thread->custom_json[labels.custom];
  }
  window->label_sets.push_back(labels);
  return List({Text(labels.span_id), Text(labels.root_span_id), Text(labels.trace_id_high),
               Text(labels.trace_id_low), Quoted(endpoint), custom});
}

std::string AddWindow(Choices& choices, Thread* thread, acme::WallProfile* profile) {
  Window window;
  if (choices.OneIn(6)) {
    window.strings_cleared = true;
    thread->numbers.clear();
  }
  if (choices.OneIn(6)) {
    for (const auto& name : thread->unnamed)
      profile->NameEndpoints(&thread->record, thread->generation, {name});
    thread->unnamed.clear();
    thread->generation++;
    thread->endpoint_slots = thread->custom_slots = 0;
    thread->custom_json.resize(1);
  }
  window.slots_generation = thread->generation;
  window.custom_slots_before = thread->custom_slots;

  std::vector<std::string> nodes_json{"[-1,\"\",\"\",0]"};
  window.nodes.push_back({-1, thread->Number("(root)", &window), 0, 0, 0});
  for (uint64_t n = 1 + choices.Below(30); n > 0; n--) {
    const std::string name = kNames[choices.Below(std::size(kNames))],
                      script = kScripts[choices.Below(std::size(kScripts))];
    const auto parent = static_cast<int32_t>(choices.Below(window.nodes.size()));
    const auto call_line = static_cast<int32_t>(choices.Below(100));
    window.nodes.push_back(
        {parent, thread->Number(name, &window), thread->Number(script, &window), call_line, 0});
    nodes_json.push_back(
        List({std::to_string(parent), Quoted(name), Quoted(script), std::to_string(call_line)}));
  }

  std::vector<std::string> label_sets_json;
  window.label_set_of_frame = {0};
  for (uint64_t n = choices.Below(8); n > 0; n--) {
    label_sets_json.push_back(RandomLabelSet(choices, thread, &window));
    window.label_set_of_frame.push_back(choices.OneIn(5) ? 0
                                                         : static_cast<uint32_t>(window.label_sets.size()));
  }

  std::vector<std::string> ticks_json, samples_json;
  std::map<uint32_t, uint32_t> samples_of_node;
  const bool all_busy = choices.OneIn(2);
  const auto tick = [&](bool idle) {
    const auto begin = thread->now.time_nanos;
    thread->now.time_nanos += 40'000;
    thread->now.cpu_nanos += 40'000;
    const auto frame = static_cast<uintptr_t>(choices.Below(window.label_set_of_frame.size()));
    acme::Tick tick = {};
    tick.before_nanos = begin;
    tick.after_nanos = begin + 20'000;
    tick.cpu_nanos = thread->now.cpu_nanos - 40'000;
    tick.context = frame;
    window.ticks.push_back(tick);
    ticks_json.push_back(
        List({Text(begin), Text(begin + 20'000), std::to_string(window.label_set_of_frame[frame])}));
    if (!all_busy && choices.OneIn(8)) return;
    const auto node = static_cast<uint32_t>(1 + choices.Below(window.nodes.size() - 1));
    const auto state = static_cast<uint8_t>(idle ? 8 : choices.Below(8));
    const int64_t micros = begin / 1000 + 1 + static_cast<int64_t>(choices.Below(19));
    window.samples.push_back({micros, node, state});
    samples_of_node[node]++;
    samples_json.push_back(List({Text(micros), std::to_string(node), std::to_string(state)}));
  };
  window.begin = thread->now;
  for (uint64_t spans = choices.Below(40); spans > 0; spans--) {
    const auto work = static_cast<int64_t>(1'000'000 + choices.Below(20'000'000));
    thread->now.time_nanos += work;
    thread->now.cpu_nanos += work;
    if (choices.OneIn(2)) tick(false);
    // V8 records the stack when a profile starts, without a tick.
    if (!all_busy && choices.OneIn(10)) {
      const auto node = static_cast<uint32_t>(1 + choices.Below(window.nodes.size() - 1));
      window.samples.push_back({thread->now.time_nanos / 1000 - 500, node, 0});
      samples_of_node[node]++;
      samples_json.push_back(List({Text(window.samples.back().time_micros), std::to_string(node), "0"}));
    }
    if (!all_busy && choices.OneIn(3)) {
      const auto wait = static_cast<int64_t>(choices.Below(300'000'000));
      thread->now.time_nanos += wait;
      thread->now.idle_nanos += wait;
      if (choices.OneIn(2)) tick(true);
    }
  }
  window.end = thread->now;
  // V8 gives samples in no order that anyone promised.
  for (size_t i = window.samples.size(); i > 1; i--)
    std::swap(window.samples[i - 1], window.samples[choices.Below(i)]);

  std::vector<std::string> lines_json;
  for (auto [node, left] : samples_of_node) {
    if (choices.OneIn(5)) continue;  // V8 knows no lines
    for (int32_t line = 1; left > 0; line += 7) {
      const uint32_t count = 1 + static_cast<uint32_t>(choices.Below(left));
      window.line_ticks.push_back({node, line, count});
      lines_json.push_back(List({std::to_string(node), std::to_string(line), std::to_string(count)}));
      left -= count;
    }
  }

  const std::string json =
      "{\"thread\":" + thread->record.identity->thread_id + ",\"begin\":" +
      List({Text(window.begin.time_nanos), Text(window.begin.cpu_nanos), Text(window.begin.idle_nanos)}) +
      ",\"end\":" +
      List({Text(window.end.time_nanos), Text(window.end.cpu_nanos), Text(window.end.idle_nanos)}) +
      ",\"allBusy\":" + (all_busy ? "true" : "false") + ",\"nodes\":" + List(nodes_json) +
      ",\"labelSets\":" + List(label_sets_json) + ",\"ticks\":" + List(ticks_json) +
      ",\"samples\":" + List(samples_json) + ",\"lines\":" + List(lines_json) + "}";
  profile->Add(&thread->record, window);
  return json;
}

void WriteInterval(Choices& choices) {
  acme::ProfileOptions options;
  options.cpu = !choices.OneIn(4);
  options.span_ids = !choices.OneIn(4);
  options.endpoints = !choices.OneIn(4);
  options.timeline = !choices.OneIn(4);
  options.sampling_interval_nanos = 10'101'010;
  acme::WallProfile profile(options, 0);

  std::vector<Thread> threads(1 + choices.Below(3));
  for (size_t i = 0; i < threads.size(); i++) {
    threads[i].record.identity = std::make_shared<const acme::ThreadIdentity>(
        acme::ThreadIdentity{"Worker #" + std::to_string(i), std::to_string(i), static_cast<int>(4711 + i)});
  }
  std::vector<std::string> windows_json;
  for (uint64_t n = choices.Below(8); n > 0; n--) {
    windows_json.push_back(AddWindow(choices, &threads[choices.Below(threads.size())], &profile));
  }
  std::vector<std::string> pending_json;
  for (Thread& thread : threads) {
    for (const auto& name : thread.unnamed) profile.NameEndpoints(&thread.record, thread.generation, {name});
    const acme::Weight& pending = thread.record.clock.pending();
    pending_json.push_back(List({Text(pending.wall_nanos), Text(pending.cpu_nanos)}));
  }
  std::vector<std::string> others_json;
  if (choices.OneIn(2)) {
    acme::ThreadCpu::Usage usage;
    usage.nanos_by_name["libuv-worker"] = static_cast<int64_t>(choices.Below(1'000'000));
    profile.AddOtherThreads(usage);
    others_json.push_back(List({Quoted("libuv-worker"), Text(usage.nanos_by_name["libuv-worker"])}));
  }
  const auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
  WriteBlock(profile.Finish(1, 2, ""));
  WriteBlock("{\"cpu\":" + flag(options.cpu) + ",\"spanIds\":" + flag(options.span_ids) +
             ",\"endpoints\":" + flag(options.endpoints) + ",\"timeline\":" + flag(options.timeline) +
             ",\"windows\":" + List(windows_json) + ",\"pending\":" + List(pending_json) +
             ",\"others\":" + List(others_json) + "}");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && RunCanary(argv[1])) return 0;
  if (argc != 3) return 2;
  const uint64_t first = strtoull(argv[1], nullptr, 10), count = strtoull(argv[2], nullptr, 10);
  for (uint64_t seed = first; seed < first + count; seed++) {
    Choices choices(seed);
    WriteInterval(choices);
  }
  return 0;
}
