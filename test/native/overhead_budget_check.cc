// A thread that costs as much as its sampling interval makes it: the budget must end below its bound or at
// its last step, must not swing, and must leave alone what costs little.
#include "../../native/overhead_budget.h"
#include "check.h"

using acme::OverheadBudget;

namespace {

constexpr int64_t kSecond = 1'000'000'000;

struct Work {
  int64_t fixed_nanos;  // of each second, whatever the rate
  int64_t by_rate_nanos;
  int64_t heap_nanos;
  int64_t cpu_nanos;

  int64_t Cost(const OverheadBudget& budget) const {
    return fixed_nanos + by_rate_nanos / budget.interval_multiple() +
           (budget.heap_given_up() ? 0 : heap_nanos);
  }
};

int Run(OverheadBudget* budget, const Work& work, int seconds) {
  int changes = 0;
  for (int i = 0; i < seconds; i++) {
    const int before = budget->interval_multiple() + (budget->heap_given_up() ? 100 : 0);
    budget->Add(work.Cost(*budget), work.cpu_nanos, kSecond);
    changes += before != budget->interval_multiple() + (budget->heap_given_up() ? 100 : 0);
  }
  return changes;
}

void KeepsItsBound(Choices& choices) {
  const double share = 0.001 * static_cast<double>(1 + choices.Below(50));
  const auto below = [&](int64_t nanos) {
    return static_cast<int64_t>(choices.Below(static_cast<uint64_t>(nanos)));
  };
  const Work work{below(20'000'000), below(200'000'000), below(50'000'000),
                  kSecond / 10 + below(kSecond * 9 / 10)};
  OverheadBudget budget(share);
  Run(&budget, work, 2'000);
  const bool at_last_step = budget.heap_given_up();
  const auto bound = static_cast<int64_t>(share * static_cast<double>(work.cpu_nanos));
  CHECK(at_last_step || work.Cost(budget) <= bound);
  // A step back is only taken where it stays below the bound.
  CHECK(Run(&budget, work, 2'000) == 0 || work.Cost(budget) * 4 <= bound);
}

void LeavesAloneWhatIsCheap() {
  OverheadBudget budget(0.02);
  Run(&budget, {2'000'000, 10'000'000, 0, kSecond}, 1'000);
  CHECK(budget.interval_multiple() == 1 && !budget.heap_given_up());
  // A thread that idles: 5 ms a second is half of its CPU and no harm.
  OverheadBudget idle(0.06);
  Run(&idle, {5'000'000, 0, 0, 10'000'000}, 1'000);
  CHECK(idle.interval_multiple() == 1);
  OverheadBudget unbounded(0);
  Run(&unbounded, {kSecond / 2, kSecond / 2, 0, kSecond}, 1'000);
  CHECK(unbounded.interval_multiple() == 1 && unbounded.TakeShare() == 1 && unbounded.TakeShare() == 0);
}

void ComesBack() {
  OverheadBudget budget(0.02);
  Run(&budget, {0, 60'000'000, 0, kSecond}, 30);
  CHECK(budget.interval_multiple() == 4);
  Run(&budget, {0, 1'000'000, 0, kSecond}, 600);
  CHECK(budget.interval_multiple() == 1);
}

void LeavesTheHeapItsPart() {
  // 1.2 % for ticks are within 2 % alone, and not beside 1 % for the heap's samples.
  OverheadBudget budget(0.02);
  Run(&budget, {0, 12'000'000, 0, kSecond}, 600);
  CHECK(budget.interval_multiple() == 1);
  budget.AddHeap(600 * kSecond / 100);
  const double share = budget.TakeShare();
  CHECK(share > 0.0219 && share < 0.0221);
  Run(&budget, {0, 12'000'000, 0, kSecond}, 600);
  CHECK(budget.interval_multiple() == 2);
  // More than its part it does not get: HeapPace is about to make it less.
  OverheadBudget beside(0.02);
  Run(&beside, {0, 9'000'000, 0, kSecond}, 600);
  beside.AddHeap(600 * kSecond / 10);
  Run(&beside, {0, 9'000'000, 0, kSecond}, 600);
  CHECK(beside.interval_multiple() == 1);
}

}  // namespace

int main(int argc, char** argv) {
  return RunSeeds(argc, argv, [](Choices& choices) {
    KeepsItsBound(choices);
    LeavesAloneWhatIsCheap();
    ComesBack();
    LeavesTheHeapItsPart();
  });
}
