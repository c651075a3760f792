#include "heap_sampler.h"

#include <v8.h>

#include <algorithm>

#include "clock.h"

namespace acme {
namespace {

/// V8 lets go of nodes below which nothing is alive any more, and does not number another the same.
constexpr size_t kMaxKnownPerNode = 2;

/// Node 26 and later mark each sample as alive or not, so one sampler tells both what was allocated and what
/// is left. Before, objects that were collected vanish from the samples: only what is alive can be told.
constexpr bool kSamplesTellLiveness = V8_MAJOR_VERSION >= 14;

bool IsLive(const v8::AllocationProfile::Sample& sample) {
#if V8_MAJOR_VERSION >= 14
  return sample.is_live;
#else
  return true;
#endif
}

}  // namespace

HeapSampler::HeapSampler(v8::Isolate* isolate, uint64_t sampling_interval_bytes, bool allocations,
                         double max_share)
    : isolate_(isolate),
      sampling_interval_bytes_(sampling_interval_bytes),
      allocations_(allocations && kSamplesTellLiveness),
      pace_(max_share),
      on_(Start()),
      cpu_nanos_(ThreadCpuNanos()),
      time_nanos_(MonotonicNanos()) {}

HeapSampler::~HeapSampler() {
  if (on_) isolate_->GetHeapProfiler()->StopSamplingHeapProfiler();
}

bool HeapSampler::Start() {
  // Never kSamplingForceGC: a forced collection stalls the application for 50-130 ms at every upload.
  int flags = v8::HeapProfiler::kSamplingNoFlags;
  if (allocations_) {
    flags = v8::HeapProfiler::kSamplingIncludeObjectsCollectedByMajorGC |
            v8::HeapProfiler::kSamplingIncludeObjectsCollectedByMinorGC;
  }
  return isolate_->GetHeapProfiler()->StartSamplingHeapProfiler(
      interval_bytes(), kMaxStackDepth, static_cast<v8::HeapProfiler::SamplingFlags>(flags));
}

std::unique_ptr<AllocationTree> HeapSampler::Take() {
  if (!on_) return nullptr;
  v8::HandleScope scope(isolate_);
  std::unique_ptr<v8::AllocationProfile> profile(isolate_->GetHeapProfiler()->GetAllocationProfile());
  if (profile == nullptr) return nullptr;
  auto tree = std::make_unique<AllocationTree>();
  tree->has_allocations = allocations_;
  tree->sampling_interval_bytes = interval_bytes();
  CopyNodes(profile.get(), tree.get());

  uint64_t newest = last_sample_id_;
  int64_t frames = 0;
  int64_t found_samples = 0;
  for (const auto& sample : profile->GetSamples()) {
    newest = std::max(newest, sample.sample_id);
    const auto found = known_nodes_.find(sample.node_id);
    if (found == known_nodes_.end() || found->second.take != takes_) continue;
    AllocationNode& node = tree->nodes[found->second.index];
    frames += node.depth;
    found_samples++;
    const int64_t bytes = static_cast<int64_t>(sample.size) * sample.count;
    if (IsLive(sample)) {
      node.inuse_objects += sample.count;
      node.inuse_bytes += bytes;
    }
    if (allocations_ && sample.sample_id > last_sample_id_) {
      node.alloc_objects += sample.count;
      node.alloc_bytes += bytes;
    }
  }
  tree->samples = newest - last_sample_id_;
  if (found_samples > 0) frames_per_sample_ = double(frames) / double(found_samples);
  tree->cost_nanos = static_cast<int64_t>(double(tree->samples) * HeapPace::SampleNanos(frames_per_sample_));
  last_sample_id_ = newest;

  const bool has_many = allocations_ && profile->GetSamples().size() > kMaxSamples;
  if (has_many) pace_.Widen(kWidestForSamples);
  if (IsTooMuch(tree->cost_nanos) || has_many) {
    profile.reset();
    StartAnew();
    tree->restarted = true;
  }
  return tree;
}

bool HeapSampler::IsTooMuch(int64_t cost_nanos) {
  const int64_t cpu_nanos = ThreadCpuNanos();
  const int64_t time_nanos = MonotonicNanos();
  const bool is_too_much = pace_.Add(cost_nanos, cpu_nanos - cpu_nanos_, time_nanos - time_nanos_);
  cpu_nanos_ = cpu_nanos;
  time_nanos_ = time_nanos;
  return is_too_much;
}

void HeapSampler::StartAnew() {
  isolate_->GetHeapProfiler()->StopSamplingHeapProfiler();
  on_ = Start();
  last_sample_id_ = 0;
  // V8 numbers its nodes anew.
  known_nodes_.clear();
  strings_.clear();
  string_numbers_.clear();
}

void HeapSampler::CopyNodes(v8::AllocationProfile* profile, AllocationTree* tree) {
  takes_++;
  NamesOfTake names;
  std::vector<uint32_t> number_in_tree(strings_.size(), UINT32_MAX);
  const auto in_tree = [&](uint32_t number) {
    if (number >= number_in_tree.size()) number_in_tree.resize(strings_.size(), UINT32_MAX);
    if (number_in_tree[number] == UINT32_MAX) {
      number_in_tree[number] = static_cast<uint32_t>(tree->strings.size());
      tree->strings.push_back(strings_[number]);
    }
    return number_in_tree[number];
  };
  std::vector<std::pair<v8::AllocationProfile::Node*, int32_t>> pending{{profile->GetRootNode(), -1}};
  while (!pending.empty()) {
    const auto [node, parent] = pending.back();
    pending.pop_back();
    const uint32_t index = static_cast<uint32_t>(tree->nodes.size());
    const int32_t depth = parent < 0 ? 0 : tree->nodes[static_cast<size_t>(parent)].depth + 1;
    auto entry = known_nodes_.find(node->node_id);
    if (entry == known_nodes_.end()) {
      const KnownNode fresh{NameNumber(node->name, &names), NameNumber(node->script_name, &names), 0, 0};
      entry = known_nodes_.emplace(node->node_id, fresh).first;
    }
    KnownNode& known = entry->second;
    known.take = takes_;
    known.index = index;
    tree->nodes.push_back({parent, in_tree(known.function_name), in_tree(known.script_name),
                           std::max(node->line_number, 0), std::max(node->column_number, 0), depth});
    for (v8::AllocationProfile::Node* child : node->children) {
      pending.emplace_back(child, static_cast<int32_t>(index));
    }
  }
  if (known_nodes_.size() > kMaxKnownPerNode * tree->nodes.size()) ForgetAllBut(*tree);
}

void HeapSampler::ForgetAllBut(const AllocationTree& tree) {
  // First what may find no memory.
  std::vector<std::string> strings = tree.strings;
  std::unordered_map<std::string, uint32_t> string_numbers;
  for (uint32_t number = 0; number < strings.size(); number++)
    string_numbers.emplace(strings[number], number);
  for (auto entry = known_nodes_.begin(); entry != known_nodes_.end();) {
    KnownNode& known = entry->second;
    if (known.take != takes_) {
      entry = known_nodes_.erase(entry);
      continue;
    }
    known.function_name = tree.nodes[known.index].function_name;
    known.script_name = tree.nodes[known.index].script_name;
    ++entry;
  }
  strings_ = std::move(strings);
  string_numbers_ = std::move(string_numbers);
}

uint32_t HeapSampler::NameNumber(v8::Local<v8::String> name, NamesOfTake* names) {
  const uint32_t at = names->table.FindOrAdd(
      static_cast<uint32_t>(name->GetIdentityHash()),
      [&](uint32_t known) { return names->known[known].first == name; },
      [&] {
        names->known.emplace_back(name, StringNumber(name));
        return static_cast<uint32_t>(names->known.size() - 1);
      });
  return names->known[at].second;
}

uint32_t HeapSampler::StringNumber(v8::Local<v8::String> text) {
  const v8::String::Utf8Value utf8(isolate_, text);
  const std::string content(*utf8 ? *utf8 : "", static_cast<size_t>(utf8.length()));
  const auto found = string_numbers_.find(content);
  if (found != string_numbers_.end()) return found->second;
  strings_.push_back(content);
  const auto number = static_cast<uint32_t>(strings_.size() - 1);
  string_numbers_.emplace(content, number);
  return number;
}

}  // namespace acme
