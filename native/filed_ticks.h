#pragma once

#include <vector>

#include "window.h"

namespace acme {

struct FiledTick {
  const Tick* tick;
  const V8Sample* sample;  // nullptr where V8 filed none
};

/// Finds for each tick the sample that V8 took inside it, by time. Samples without a tick are V8's own: it
/// records the current stack whenever a profile starts. `samples` are those of `window`, in order of time.
std::vector<FiledTick> FileTicks(const Window& window, const std::vector<V8Sample>& samples);

/// The samples of `window` in order of time.
std::vector<V8Sample> SamplesInOrder(const Window& window);

}  // namespace acme
