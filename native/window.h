#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sample_ring.h"

// What leaves a sampled thread: plain memory, no V8. One Window a second, one IntervalTail an upload.

namespace acme {

struct ThreadIdentity {
  std::string name;       // "Main Event Loop", "Worker #3 Event Loop"
  std::string thread_id;  // of worker_threads; "0" is the main thread
  int os_thread_id = 0;
};

/// The clocks of a sampled thread at the border between two windows.
struct Boundary {
  int64_t time_nanos = 0;
  int64_t cpu_nanos = 0;
  int64_t idle_nanos = 0;  // time that the event loop has spent waiting so far
};

/// A node of V8's call tree. Strings are numbers of the thread's StringTable.
struct WindowNode {
  int32_t parent;  // index, -1 for the root
  uint32_t function_name;
  uint32_t script_name;
  int32_t call_line;  // line of the parent's function that runs, 0 where V8 knows none
  int32_t column;     // where the function begins: tells functions of one name apart
};

struct LineTicks {
  uint32_t node;
  int32_t line;
  uint32_t count;
};

struct V8Sample {
  int64_t time_micros;
  uint32_t node;
  uint8_t state;  // v8::StateTag
};

/// The labels that one distinct context frame resolved to.
struct LabelSet {
  uint64_t span_id = 0;
  uint64_t root_span_id = 0;
  uint64_t trace_id_high = 0;
  uint64_t trace_id_low = 0;
  uint32_t endpoint = 0;  // slot, named when the request ends or the interval does; 0 is none
  uint32_t custom = 0;    // slot, in the order of fresh_custom_labels; 0 is none
};

struct CustomLabel {
  std::string key;
  std::string text;
  int64_t number;
  bool is_number;
};
using CustomLabels = std::vector<CustomLabel>;

/// An endpoint slot of the running interval and its name.
using EndpointName = std::pair<uint32_t, std::string>;

struct Window {
  Boundary begin;
  Boundary end;
  std::vector<std::string> fresh_strings;
  bool strings_cleared = false;  // numbering began anew with this window
  std::vector<WindowNode> nodes;
  std::vector<LineTicks> line_ticks;
  std::vector<V8Sample> samples;
  std::vector<Tick> ticks;  // `context` is an index into label_set_of_frame, 0 is none
  std::vector<uint32_t> label_set_of_frame;
  uint32_t slots_generation = 0;  // which numbering of slots the label sets use
  std::vector<LabelSet> label_sets;
  std::vector<CustomLabels> fresh_custom_labels;
  uint32_t custom_slots_before = 0;  // what earlier windows of the interval have, those that were lost too
  std::vector<EndpointName> endpoint_names;
};

struct AllocationNode {
  int32_t parent;          // index, -1 for the root
  uint32_t function_name;  // index of AllocationTree::strings
  uint32_t script_name;
  int32_t line;  // where the function begins: V8 keeps no line of the allocation itself
  int32_t column;
  int32_t depth;  // frames, 0 is V8's root
  int64_t inuse_objects = 0;
  int64_t inuse_bytes = 0;
  int64_t alloc_objects = 0;
  int64_t alloc_bytes = 0;
};

struct AllocationTree {
  std::vector<std::string> strings;
  std::vector<AllocationNode> nodes;
  uint64_t sampling_interval_bytes = 0;
  uint64_t samples = 0;          // taken since the tree before, as far as one of the newest is alive
  int64_t cost_nanos = 0;        // of these, see HeapPace
  bool has_allocations = false;  // alloc_* are meaningful
  bool restarted = false;        // the sampler had to forget what was alive
};

struct IntervalTail {
  uint32_t slots_generation = 0;
  std::vector<EndpointName> endpoint_names;
  std::vector<std::pair<std::string, int64_t>> endpoint_counts;
  std::unique_ptr<AllocationTree> heap;
};

}  // namespace acme
