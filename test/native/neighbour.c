// An addon of somebody else: blocks in system calls and counts those that a signal has interrupted.
// block(call, milliseconds, onThread): how many of them ended with EINTR, on the calling thread or on one of
// its own.
#define _GNU_SOURCE
#include <errno.h>
#include <node_api.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct Work {
  char call[16];
  double milliseconds;
  int interrupted;
};

static double NowMs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

// For half a second; then the other end is told that no more comes.
static void* Send(void* data) {
  const int* to = data;
  for (int byte = 0; byte < 5; byte++) {
    usleep(100000);
    if (write(*to, "x", 1) != 1) break;
  }
  close(*to);
  return NULL;
}

static void Receive(struct Work* work) {
  int ends[2];
  pthread_t sender;
  char byte;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return;
  pthread_create(&sender, NULL, Send, &ends[1]);
  ssize_t got;
  while ((got = recv(ends[0], &byte, 1, 0)) != 0) {
    if (got < 0 && errno == EINTR) work->interrupted++;
  }
  pthread_join(sender, NULL);
  close(ends[0]);
}

static void* Run(void* data) {
  struct Work* work = data;
  if (strcmp(work->call, "recv") == 0) {
    Receive(work);
    return NULL;
  }
  const double end = NowMs() + work->milliseconds;
  while (NowMs() < end) {
    const struct timespec pause = {0, 20000000};
    const int ended = strcmp(work->call, "poll") == 0 ? poll(NULL, 0, 20) : nanosleep(&pause, NULL);
    if (ended != 0 && errno == EINTR) work->interrupted++;
  }
  return NULL;
}

static napi_value Block(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value args[3], result;
  struct Work work = {"", 0, 0};
  bool on_thread = false;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_value_string_utf8(env, args[0], work.call, sizeof work.call, NULL);
  napi_get_value_double(env, args[1], &work.milliseconds);
  napi_get_value_bool(env, args[2], &on_thread);
  if (on_thread) {
    pthread_t thread;
    pthread_create(&thread, NULL, Run, &work);
    pthread_join(thread, NULL);
  } else {
    Run(&work);
  }
  napi_create_int32(env, work.interrupted, &result);
  return result;
}

static napi_value Init(napi_env env, napi_value exports) {
  napi_value block;
  napi_create_function(env, "block", NAPI_AUTO_LENGTH, Block, NULL, &block);
  return block;
}

NAPI_MODULE(neighbour, Init)
