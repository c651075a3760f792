// A thread that works and waits as it likes, with ticks at any time: the weights must add up to what the
// thread did.
#include <vector>

#include "../../native/weights.h"
#include "check.h"

using acme::Boundary;
using acme::BusyClock;
using acme::TickTime;
using acme::Weight;

namespace {

// What the thread really did. Off the CPU it is only while it waits in its event loop.
struct Truth {
  Boundary now{1'000'000'000, 500'000, 0};
  std::vector<TickTime> ticks;

  void Work(int64_t nanos) {
    now.time_nanos += nanos;
    now.cpu_nanos += nanos;
  }
  void Wait(int64_t nanos) {
    now.time_nanos += nanos;
    now.idle_nanos += nanos;
  }
  void Tick(bool idle, bool filed) { ticks.push_back({now.time_nanos, now.cpu_nanos, idle, filed}); }
};

void Conserves(Choices& choices) {
  Truth truth;
  BusyClock clock;
  int64_t weighed_wall = 0, weighed_cpu = 0, rounding = 0;
  const Boundary start = truth.now;
  for (uint64_t windows = 1 + choices.Below(6); windows > 0; windows--) {
    const Boundary begin = truth.now;
    truth.ticks.clear();
    for (uint64_t spans = choices.Below(60); spans > 0; spans--) {
      truth.Work(static_cast<int64_t>(choices.Below(20'000'000)));
      if (choices.OneIn(2)) truth.Tick(false, !choices.OneIn(8));
      if (choices.OneIn(3)) {
        truth.Wait(static_cast<int64_t>(choices.Below(300'000'000)));
        // The signal is held back during the wait and comes right after it.
        if (choices.OneIn(2)) truth.Tick(true, choices.OneIn(2));
      }
    }
    const std::vector<Weight> weights = clock.Weigh(begin, truth.now, truth.ticks);
    CHECK(weights.size() == truth.ticks.size());
    for (size_t i = 0; i < weights.size(); i++) {
      CHECK(weights[i].wall_nanos >= 0 && weights[i].cpu_nanos >= 0);
      if (truth.ticks[i].idle || !truth.ticks[i].filed)
        CHECK(weights[i].wall_nanos == 0 && weights[i].cpu_nanos == 0);
      weighed_wall += weights[i].wall_nanos;
      weighed_cpu += weights[i].cpu_nanos;
    }
    rounding += static_cast<int64_t>(weights.size()) + 1;
  }
  CHECK(weighed_cpu + clock.pending().cpu_nanos == truth.now.cpu_nanos - start.cpu_nanos);
  const int64_t idle = truth.now.idle_nanos - start.idle_nanos;
  const int64_t busy = truth.now.time_nanos - start.time_nanos - idle;
  const int64_t surplus = weighed_wall + clock.pending().wall_nanos - busy;
  CHECK(surplus >= 0 && surplus <= rounding);
}

// Clocks that make no sense, from a machine that slept or a kernel that lies: no sum is promised, but no
// undefined behaviour.
void SurvivesAnyClock(Choices& choices) {
  const auto any = [&] {
    return static_cast<int64_t>(choices.Next() >> (14 + choices.Below(40))) - 1'000'000;
  };
  BusyClock clock;
  for (int windows = 0; windows < 2; windows++) {
    std::vector<TickTime> ticks;
    for (uint64_t n = choices.Below(10); n > 0; n--)
      ticks.push_back({any(), any(), choices.OneIn(2), choices.OneIn(2)});
    CHECK(clock.Weigh({any(), any(), any()}, {any(), any(), any()}, ticks).size() == ticks.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  return RunSeeds(argc, argv, [](Choices& choices) {
    Conserves(choices);
    SurvivesAnyClock(choices);
  });
}
