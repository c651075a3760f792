#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

namespace acme {

/// CPU time of the threads that run no JavaScript of the application: libuv's pool, V8's workers, ours.
class ThreadCpu {
 public:
  struct Usage {
    std::map<std::string, int64_t> nanos_by_name;
    /// All threads of the process, threads that have ended in the interval included.
    int64_t process_nanos = 0;
  };

  /// CPU used since the last call, by thread name, leaving out sampled threads. What no living thread
  /// explains is under kEnded. `sampled_nanos`: by os thread id what the samples of the same time add up to,
  /// which is taken off where that thread has ended.
  Usage Take(const std::map<pid_t, int64_t>& sampled_nanos);

  static constexpr char kEnded[] = "(ended threads)";

 private:
  std::unordered_map<pid_t, int64_t> nanos_of_thread_;
  int64_t process_nanos_ = 0;
};

}  // namespace acme
