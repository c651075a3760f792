#include "overhead_budget.h"

#include <algorithm>

namespace acme {
namespace {

/// One judgement needs so much of the thread's time: a single long window is no trend.
constexpr int64_t kJudgedNanos = 5'000'000'000;
/// A step back at most doubles the cost, so after it there is still half of the bound left.
constexpr double kCalmPart = 0.25;
constexpr int kCalmJudgements = 12;

}  // namespace

void OverheadBudget::Add(int64_t cost_nanos, int64_t thread_cpu_nanos, int64_t elapsed_nanos) {
  judged_.Add(cost_nanos, thread_cpu_nanos, elapsed_nanos);
  interval_.Add(cost_nanos, thread_cpu_nanos, elapsed_nanos);
  if (share_ <= 0 || judged_.base_nanos < kJudgedNanos) return;
  const double allowed = share_ - std::min(heap_share_, share_ * kHeapPart);
  const double share = judged_.share();
  judged_ = Account();
  calm_ = share < allowed * kCalmPart ? calm_ + 1 : 0;
  if (share > allowed) {
    step_ = std::min(step_ + 1, kRateSteps);
  } else if (calm_ == kCalmJudgements) {
    calm_ = 0;
    // The heap profile does not come back: the sampler would know nothing of what is alive.
    if (step_ > 0 && !heap_given_up()) step_--;
  }
}

void OverheadBudget::AddHeap(int64_t nanos) {
  interval_.cost_nanos += nanos;
  heap_share_ = Account{nanos, interval_.base_nanos}.share();
}

double OverheadBudget::TakeShare() {
  const double share = interval_.share();
  interval_ = Account();
  return share;
}

}  // namespace acme
