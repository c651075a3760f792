// A SIGPROF handler that does what argv[1] says.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char* fault;
static void* volatile kept;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void Handle(int signal) {
  (void)signal;
  if (strcmp(fault, "malloc") == 0) kept = malloc(8);
  if (strcmp(fault, "calloc") == 0) kept = calloc(1, 8);
  if (strcmp(fault, "free") == 0) free(kept);
  if (strcmp(fault, "pthread_mutex_lock") == 0) pthread_mutex_lock(&mutex);
  if (strcmp(fault, "errno changed") == 0) errno = 4242;
}

int main(int argc, char** argv) {
  fault = argc > 1 ? argv[1] : "";
  kept = malloc(8);
  struct sigaction action = {.sa_handler = Handle};
  sigaction(SIGPROF, &action, NULL);
  raise(SIGPROF);
  return 0;
}
