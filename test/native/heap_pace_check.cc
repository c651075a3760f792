// A thread that allocates at some rate: its samples must end below their share of its CPU, must be made
// rarer in one step while the rate stays what it is, and must be left alone where they cost little.
#include "../../native/heap_pace.h"
#include "check.h"

using acme::HeapPace;

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kSampleNanos = 11'000;

/// Starts of V8's sampler that it took.
int Run(HeapPace* pace, double samples_per_second, int64_t cpu_nanos, int intervals) {
  int starts = 0;
  for (int i = 0; i < intervals; i++) {
    const double samples = samples_per_second * 60 / pace->multiple();
    starts += pace->Add(static_cast<int64_t>(samples * kSampleNanos), cpu_nanos, kMinute);
  }
  return starts;
}

double ShareOf(const HeapPace& pace, double samples_per_second, int64_t cpu_nanos) {
  return samples_per_second * 60 * kSampleNanos / pace.multiple() / static_cast<double>(cpu_nanos);
}

void KeepsItsShare(Choices& choices) {
  const double share = 0.001 * static_cast<double>(1 + choices.Below(50));
  const double rate = static_cast<double>(choices.Below(20'000));
  const int64_t cpu_nanos = kMinute / 10 + static_cast<int64_t>(choices.Below(kMinute * 9 / 10));
  HeapPace pace(share);
  const double usual = ShareOf(pace, rate, cpu_nanos);
  const int starts = Run(&pace, rate, cpu_nanos, 100);
  CHECK(starts == (usual > share ? 1 : 0));
  CHECK(pace.multiple() == HeapPace::kWidest || ShareOf(pace, rate, cpu_nanos) <= share);
  // No wider than it has to be.
  CHECK(pace.multiple() == 1 || ShareOf(pace, rate, cpu_nanos) * 4 > share * 0.99);
  // A load that is not twice as much needs no other start.
  CHECK(pace.multiple() == HeapPace::kWidest || starts == 0 || Run(&pace, rate * 1.9, cpu_nanos, 100) == 0);
}

void LeavesAloneWhatIsCheap() {
  HeapPace pace(0.01);
  CHECK(Run(&pace, 900, kMinute, 1'000) == 0 && pace.multiple() == 1);
  // A thread that idles: as many samples are a large share of its CPU, and no harm.
  CHECK(Run(&pace, 80, kMinute / 1'000, 1'000) == 0 && pace.multiple() == 1);
  // A start-up of half a second.
  HeapPace fresh(0.01);
  CHECK(!fresh.Add(kSecond / 10, kSecond / 2, kSecond / 2) && fresh.multiple() == 1);
  HeapPace unbounded(0);
  CHECK(Run(&unbounded, 1e6, kMinute, 10) == 0 && unbounded.multiple() == 1);
}

void WidensForOthers() {
  HeapPace pace(0.01);
  for (int expected : {2, 4, 8, 8}) {
    pace.Widen(8);
    CHECK(pace.multiple() == expected);
  }
  HeapPace wide(0.01);
  Run(&wide, 20'000, kMinute, 2);
  const int before = wide.multiple();
  wide.Widen(8);
  CHECK(before > 8 && wide.multiple() == before);
}

}  // namespace

int main(int argc, char** argv) {
  return RunSeeds(argc, argv, [](Choices& choices) {
    KeepsItsShare(choices);
    LeavesAloneWhatIsCheap();
    WidensForOthers();
  });
}
