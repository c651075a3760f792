#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "window.h"

namespace acme {

/// The label sets of an interval, all threads. Each thread numbers its endpoints and custom labels itself, as
/// slots, anew with every interval; an endpoint may be named after the window that has its samples.
class IntervalLabels {
 public:
  /// Adds those of a window. Returns how many there were before: its sets are numbered from there on.
  uint32_t Add(const ThreadIdentity* thread, const Window& window);
  /// Names endpoint slots, those of earlier windows too.
  void NameEndpoints(const ThreadIdentity* thread, uint32_t slots_generation,
                     const std::vector<EndpointName>& names);

  const LabelSet& At(size_t label_set) const { return label_sets_[label_set]; }
  /// "" where it was never named.
  const std::string& EndpointOf(const LabelSet& labels) const { return endpoints_[labels.endpoint]; }
  const CustomLabels& CustomOf(const LabelSet& labels) const { return custom_labels_[labels.custom]; }

 private:
  /// A slot of one thread in one of its numberings.
  using Slot = std::tuple<const ThreadIdentity*, uint32_t, uint32_t>;

  uint32_t EndpointAt(const Slot& slot);

  std::map<Slot, uint32_t> endpoint_of_slot_;
  std::map<Slot, uint32_t> custom_of_slot_;
  std::vector<std::string> endpoints_{std::string()};
  std::vector<CustomLabels> custom_labels_{CustomLabels()};
  std::vector<LabelSet> label_sets_;  // slots are indexes of endpoints_ and custom_labels_ here
};

}  // namespace acme
