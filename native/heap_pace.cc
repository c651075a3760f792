#include "heap_pace.h"

#include <algorithm>

namespace acme {
namespace {

/// A start-up allocates more than what comes after it, and is over soon.
constexpr int64_t kJudgedNanos = 1'000'000'000;
/// Of the share: what an interval is widened to. A load that doubles later needs no other start.
constexpr double kAimedPart = 0.5;

}  // namespace

bool HeapPace::Add(int64_t cost_nanos, int64_t thread_cpu_nanos, int64_t elapsed_nanos) {
  judged_.Add(cost_nanos, thread_cpu_nanos, elapsed_nanos);
  if (share_ <= 0 || judged_.base_nanos < kJudgedNanos) return false;
  double share = judged_.share();
  if (share <= share_ || multiple_ == kWidest) {
    judged_.Halve();
    return false;
  }
  judged_ = Account();
  for (; share > share_ * kAimedPart && multiple_ < kWidest; share /= 2) multiple_ *= 2;
  return true;
}

void HeapPace::Widen(int most) { multiple_ = std::max(multiple_, std::min(multiple_ * 2, most)); }

}  // namespace acme
