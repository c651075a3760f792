#include <map>
#include <set>

#include "../../native/sample_order.h"
#include "check.h"

namespace {

void KeepsGroupsAndStacksTogether(Choices& choices) {
  std::vector<acme::OrderKey> keys(choices.Below(300));
  const uint64_t groups = 1 + choices.Below(100), ranks = 1 + choices.Below(100);
  for (acme::OrderKey& key : keys) key = {choices.Below(groups), static_cast<uint32_t>(choices.Below(ranks))};
  const std::vector<uint32_t> order = acme::SampleOrder(keys);
  CHECK(order.size() == keys.size());
  CHECK(std::set<uint32_t>(order.begin(), order.end()).size() == keys.size());

  std::map<uint64_t, uint32_t> first_rank;
  for (const acme::OrderKey& key : keys) {
    const auto [entry, added] = first_rank.try_emplace(key.group, key.stack_rank);
    if (!added && key.stack_rank < entry->second) entry->second = key.stack_rank;
  }
  const auto place = [&](const acme::OrderKey& key) {
    return key.group == 0 ? key.stack_rank : first_rank[key.group];
  };
  std::set<uint64_t> ended;
  for (size_t i = 1; i < order.size(); i++) {
    const acme::OrderKey& before = keys[order[i - 1]];
    const acme::OrderKey& key = keys[order[i]];
    CHECK(place(before) <= place(key));
    if (before.group == key.group) {
      CHECK(before.stack_rank <= key.stack_rank);
      if (before.stack_rank == key.stack_rank) CHECK(order[i - 1] < order[i]);
    } else if (before.group != 0) {
      CHECK(ended.insert(before.group).second);
    }
  }
}

}  // namespace

int main(int argc, char** argv) { return RunSeeds(argc, argv, KeepsGroupsAndStacksTogether); }
