// pprof_encoder_twin <first seed> <count>: one random profile per seed, each as two blocks of a uint32 length
// (little-endian) and as many bytes: the encoded profile, the JSON of what was fed.
#include <cstdio>
#include <cstdlib>

#include "canary.h"
#include "random_profile.h"

namespace {

void WriteBlock(const std::string& bytes) {
  const uint32_t size = static_cast<uint32_t>(bytes.size());
  fwrite(&size, sizeof size, 1, stdout);
  fwrite(bytes.data(), 1, bytes.size(), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && RunCanary(argv[1])) return 0;
  if (argc != 3) return 2;
  const uint64_t first = strtoull(argv[1], nullptr, 10), count = strtoull(argv[2], nullptr, 10);
  for (uint64_t seed = first; seed < first + count; seed++) {
    const RandomProfile profile = MakeRandomProfile(Choices(seed));
    WriteBlock(profile.encoded);
    WriteBlock(profile.model);
  }
  return 0;
}
