#include "interval_labels.h"

namespace acme {

uint32_t IntervalLabels::Add(const ThreadIdentity* thread, const Window& window) {
  const uint32_t before = static_cast<uint32_t>(label_sets_.size());
  const uint32_t generation = window.slots_generation;
  uint32_t custom_slot = window.custom_slots_before;
  for (const CustomLabels& labels : window.fresh_custom_labels) {
    custom_of_slot_[{thread, generation, ++custom_slot}] = static_cast<uint32_t>(custom_labels_.size());
    custom_labels_.push_back(labels);
  }
  for (LabelSet labels : window.label_sets) {
    if (labels.endpoint != 0) labels.endpoint = EndpointAt({thread, generation, labels.endpoint});
    const auto custom = custom_of_slot_.find({thread, generation, labels.custom});
    labels.custom = custom != custom_of_slot_.end() ? custom->second : 0;
    label_sets_.push_back(labels);
  }
  NameEndpoints(thread, generation, window.endpoint_names);
  return before;
}

void IntervalLabels::NameEndpoints(const ThreadIdentity* thread, uint32_t slots_generation,
                                   const std::vector<EndpointName>& names) {
  for (const auto& [slot, name] : names) endpoints_[EndpointAt({thread, slots_generation, slot})] = name;
}

uint32_t IntervalLabels::EndpointAt(const Slot& slot) {
  const auto [entry, added] = endpoint_of_slot_.try_emplace(slot, static_cast<uint32_t>(endpoints_.size()));
  if (added) endpoints_.emplace_back();
  return entry->second;
}

}  // namespace acme
