#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
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

  /// CPU used since the last call, by thread name, leaving out `sampled` threads (by os thread id). What no
  /// living thread explains is under kEnded.
  Usage Take(const std::set<pid_t>& sampled);

  static constexpr char kEnded[] = "(ended threads)";

 private:
  std::unordered_map<pid_t, int64_t> nanos_of_thread_;
  int64_t process_nanos_ = 0;
};

}  // namespace acme
