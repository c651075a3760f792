// The least that a test program needs: choices from a seed, a check that says where it failed, the number of
// executions.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "canary.h"
#include "choices.h"

#define CHECK(condition)                                                                     \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      fprintf(stderr, "%s:%d: seed %llu: %s\n", __FILE__, __LINE__, check_seed, #condition); \
      exit(1);                                                                               \
    }                                                                                        \
  } while (false)

inline unsigned long long check_seed = 0;

// <canary's name> or <executions>: calls `execute` with the choices of as many seeds.
template <typename Execute>
int RunSeeds(int argc, char** argv, Execute execute) {
  if (argc != 2) return 2;
  if (RunCanary(argv[1])) return 0;
  const unsigned long long executions = strtoull(argv[1], nullptr, 10);
  for (check_seed = 1; check_seed <= executions; check_seed++) {
    Choices choices(check_seed);
    execute(choices);
  }
  printf("%llu", executions);
  return 0;
}
