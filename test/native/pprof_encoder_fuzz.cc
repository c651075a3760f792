// libFuzzer's entry: the fuzzer's bytes choose strings, stacks and labels. Only the sanitizers judge here.
#include "random_profile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  MakeRandomProfile(Choices(bytes, size));
  return 0;
}
