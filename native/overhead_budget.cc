#include "overhead_budget.h"

#include <algorithm>

namespace acme {
namespace {

/// One judgement needs so much of the thread's time: a single long window is no trend.
constexpr int64_t kJudgedNanos = 5'000'000'000;
/// Of a thread that does next to nothing any cost is a large share and no harm: it counts as busy for a
/// tenth.
constexpr int64_t kLeastBusyPart = 10;
/// A step back at most doubles the cost, so after it there is still half of the bound left.
constexpr double kCalmPart = 0.25;
constexpr int kCalmJudgements = 12;

}  // namespace

void OverheadBudget::Add(int64_t cost_nanos, int64_t thread_cpu_nanos, int64_t elapsed_nanos) {
  const int64_t base_nanos = std::max(thread_cpu_nanos, elapsed_nanos / kLeastBusyPart);
  for (Account* account : {&judged_, &interval_}) {
    account->cost_nanos += cost_nanos;
    account->base_nanos += base_nanos;
  }
  if (share_ <= 0 || judged_.base_nanos < kJudgedNanos) return;
  const double share = judged_.share();
  judged_ = Account();
  calm_ = share < share_ * kCalmPart ? calm_ + 1 : 0;
  if (share > share_) {
    step_ = std::min(step_ + 1, kRateSteps);
  } else if (calm_ == kCalmJudgements) {
    calm_ = 0;
    // The heap profile does not come back: the sampler would know nothing of what is alive.
    if (step_ > 0 && !heap_given_up()) step_--;
  }
}

double OverheadBudget::TakeShare() {
  const double share = interval_.share();
  interval_ = Account();
  return share;
}

}  // namespace acme
