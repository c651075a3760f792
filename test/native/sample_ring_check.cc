// The ring beside a queue that keeps everything.
#include <deque>

#include "../../native/sample_ring.h"
#include "check.h"

namespace {

void BehavesAsAQueue(Choices& choices) {
  acme::SampleRing ring;
  std::deque<int64_t> queue;
  uint64_t dropped = 0;
  int64_t next = 0;
  for (uint64_t rounds = 1 + choices.Below(60); rounds > 0; rounds--) {
    for (uint64_t n = choices.Below(choices.OneIn(4) ? 12000 : 300); n > 0; n--) {
      acme::Tick* tick = ring.Reserve();
      CHECK((tick == nullptr) == (queue.size() == acme::SampleRing::kCapacity));
      if (tick == nullptr) {
        dropped++;
        continue;
      }
      tick->before_nanos = next;
      // A handler that V8 never returns to has reserved and not committed.
      if (choices.OneIn(50)) continue;
      ring.Commit();
      queue.push_back(next++);
    }
    CHECK(ring.size() == queue.size());
    CHECK(ring.dropped() == dropped);
    const uint64_t taken = choices.Below(queue.size() + 1);
    for (uint64_t i = 0; i < taken; i++) {
      CHECK(ring.at(ring.tail() + static_cast<uint32_t>(i)).before_nanos == queue.front());
      queue.pop_front();
    }
    ring.ConsumeUntil(ring.tail() + static_cast<uint32_t>(taken));
  }
}

}  // namespace

int main(int argc, char** argv) { return RunSeeds(argc, argv, BehavesAsAQueue); }
