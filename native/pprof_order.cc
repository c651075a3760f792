#include "pprof_order.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sample_order.h"

namespace acme {
namespace {

/// Where a label number takes many bytes and comes again: the ids of spans and traces. Clock readings do not
/// come again.
uint32_t GroupingLabel(const std::vector<Label>& labels) {
  constexpr uint64_t kWide = uint64_t{1} << 32;
  std::vector<std::pair<uint32_t, int64_t>> wide;
  for (const Label& label : labels) {
    if (label.str == 0 && static_cast<uint64_t>(label.num) >= kWide) wide.emplace_back(label.key, label.num);
  }
  std::sort(wide.begin(), wide.end());
  uint32_t best = 0;
  size_t most_repeats = 0;
  for (size_t begin = 0, repeats = 0, i = 1; i <= wide.size(); i++) {
    if (i < wide.size() && wide[i].first == wide[begin].first) {
      if (wide[i].second == wide[i - 1].second) repeats++;
      continue;
    }
    if (repeats > most_repeats) {
      best = wide[begin].first;
      most_repeats = repeats;
    }
    begin = i;
    repeats = 0;
  }
  return best;
}

/// By stack, from the root on.
std::vector<uint32_t> StackRanks(const InternedSequences<uint32_t>& stacks) {
  std::vector<uint32_t> by_rank(stacks.size());
  for (uint32_t i = 0; i < by_rank.size(); i++) by_rank[i] = i;
  const auto root = [&](uint32_t stack) { return std::make_reverse_iterator(stacks.end(stack)); };
  const auto leaf = [&](uint32_t stack) { return std::make_reverse_iterator(stacks.begin(stack)); };
  std::sort(by_rank.begin(), by_rank.end(), [&](uint32_t a, uint32_t b) {
    return std::lexicographical_compare(root(a), leaf(a), root(b), leaf(b));
  });
  std::vector<uint32_t> ranks(by_rank.size());
  for (uint32_t i = 0; i < by_rank.size(); i++) ranks[by_rank[i]] = i;
  return ranks;
}

}  // namespace

std::vector<uint32_t> OrderOfSamples(const PprofTables& tables) {
  const uint32_t grouping_label = GroupingLabel(tables.labels);
  const std::vector<uint32_t> ranks = StackRanks(tables.stacks);
  std::vector<OrderKey> keys;
  keys.reserve(tables.samples.size());
  for (size_t i = 0; i < tables.samples.size(); i++) {
    OrderKey key = {0, ranks[tables.samples[i].stack]};
    for (size_t l = tables.LabelsBegin(i); grouping_label != 0 && l < tables.samples[i].labels_end; l++) {
      const Label& label = tables.labels[l];
      if (label.key == grouping_label && label.str == 0) key.group = static_cast<uint64_t>(label.num);
    }
    keys.push_back(key);
  }
  return SampleOrder(keys);
}

std::vector<uint32_t> FrequentLocations(const PprofTables& tables) {
  constexpr size_t kOneByteIds = 127;
  std::vector<uint32_t> uses(tables.locations.size() + 1, 0);
  for (const PprofTables::Sample& sample : tables.samples) {
    const uint32_t* const end = tables.stacks.end(sample.stack);
    for (const uint32_t* at = tables.stacks.begin(sample.stack); at != end; at++) uses[*at]++;
  }
  std::vector<uint32_t> frequent;
  for (uint32_t i = 1; i < uses.size(); i++) {
    if (uses[i] > 0) frequent.push_back(i);
  }
  const size_t n = std::min(kOneByteIds, frequent.size());
  std::partial_sort(frequent.begin(), frequent.begin() + static_cast<ptrdiff_t>(n), frequent.end(),
                    [&](uint32_t a, uint32_t b) { return uses[a] != uses[b] ? uses[a] > uses[b] : a < b; });
  frequent.resize(n);
  return frequent;
}

}  // namespace acme
