// Makes random profiles: feeds the encoder, and writes down in JSON what it was fed. The source of the
// choices is a seed or a fuzzer's bytes.
#pragma once

#include <string>

#include "choices.h"

struct RandomProfile {
  std::string encoded;
  std::string model;  // JSON, see Model in pprof_encoder.test.ts
};

RandomProfile MakeRandomProfile(Choices choices);
