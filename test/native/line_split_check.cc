#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "../../native/line_split.h"
#include "check.h"

namespace {

void HandsOutInProportion(Choices& choices) {
  acme::Window window;
  window.nodes.resize(1 + choices.Below(20));
  std::vector<std::map<int32_t, uint32_t>> ticks(window.nodes.size());
  std::vector<uint32_t> total(window.nodes.size()), samples(window.nodes.size());
  for (uint32_t node = 0; node < window.nodes.size(); node++) {
    for (uint64_t lines = choices.Below(4); lines > 0; lines--) {
      const auto line = static_cast<int32_t>(1 + choices.Below(100));
      const auto count = static_cast<uint32_t>(1 + choices.Below(30));
      window.line_ticks.push_back({node, line, count});
      ticks[node][line] += count;
      total[node] += count;
    }
    // V8 counts a line for each sample, but a window may have lost some of them.
    samples[node] = choices.OneIn(3) ? static_cast<uint32_t>(choices.Below(20)) : total[node];
  }
  std::vector<uint32_t> asking;
  for (uint32_t node = 0; node < samples.size(); node++) {
    for (uint32_t i = 0; i < samples[node]; i++) asking.push_back(node);
  }
  for (size_t i = asking.size(); i > 1; i--) std::swap(asking[i - 1], asking[choices.Below(i)]);

  acme::LineSplit split(window, asking);
  std::vector<std::map<int32_t, uint32_t>> handed(window.nodes.size());
  for (const uint32_t node : asking) handed[node][split.NextLine(node)]++;
  for (uint32_t node = 0; node < window.nodes.size(); node++) {
    for (const auto& [line, count] : handed[node]) {
      if (total[node] == 0) {
        CHECK(line == 0);
        continue;
      }
      CHECK(ticks[node].count(line) == 1);
    }
    for (const auto& [line, count] : ticks[node]) {
      if (samples[node] == total[node]) CHECK(handed[node][line] == count);
      const double share = double(count) * samples[node] / total[node];
      // A line that stands twice in the list may be rounded twice.
      CHECK(std::abs(handed[node][line] - share) <= 4);
    }
  }
}

}  // namespace

int main(int argc, char** argv) { return RunSeeds(argc, argv, HandsOutInProportion); }
