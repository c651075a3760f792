// Preloaded into a process, answers for every host below .test as the file HOSTILE_NAMES says at that moment: an address, `none`
// (NXDOMAIN), or `stall`: it waits until the file says something else, and then there is no answer.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int (*Lookup)(const char*, const char*, const struct addrinfo*, struct addrinfo**);

static void ReadAnswer(char* answer, size_t size) {
  strcpy(answer, "none");
  const int file = open(getenv("HOSTILE_NAMES"), O_RDONLY);
  if (file < 0) return;
  const ssize_t bytes = read(file, answer, size - 1);
  answer[bytes > 0 ? bytes : 0] = '\0';
  close(file);
}

int getaddrinfo(const char* host, const char* service, const struct addrinfo* hints,
                struct addrinfo** found) {
  const Lookup lookup = (Lookup)dlsym(RTLD_NEXT, "getaddrinfo");
  const size_t length = host ? strlen(host) : 0;
  if (length < 5 || strcmp(host + length - 5, ".test") != 0) return lookup(host, service, hints, found);
  char answer[64];
  ReadAnswer(answer, sizeof answer);
  if (strcmp(answer, "stall") == 0) {
    const struct timespec pause = {0, 20000000};
    for (; strcmp(answer, "stall") == 0; ReadAnswer(answer, sizeof answer)) nanosleep(&pause, NULL);
    return EAI_AGAIN;
  }
  if (strcmp(answer, "none") == 0) return EAI_NONAME;
  return lookup(answer, service, hints, found);
}
