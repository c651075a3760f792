#include "wall_sample.h"

#include <algorithm>
#include <tuple>

namespace acme {
namespace {

auto KeyOf(const WallSample& sample) {
  return std::tie(sample.thread, sample.stack, sample.label_set, sample.state);
}

}  // namespace

void MergeSamples(std::vector<WallSample>* samples) {
  std::sort(samples->begin(), samples->end(),
            [](const WallSample& a, const WallSample& b) { return KeyOf(a) < KeyOf(b); });
  size_t kept = 0;
  for (size_t i = 1; i < samples->size(); i++) {
    WallSample& into = (*samples)[kept];
    const WallSample& from = (*samples)[i];
    if (KeyOf(into) == KeyOf(from)) {
      into.count += from.count;
      into.wall_nanos += from.wall_nanos;
      into.cpu_nanos += from.cpu_nanos;
    } else {
      (*samples)[++kept] = from;
    }
  }
  if (!samples->empty()) samples->resize(kept + 1);
}

}  // namespace acme
