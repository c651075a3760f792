#include "thread_cpu.h"

#include <dirent.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "clock.h"

namespace acme {
namespace {

/// The clock of another thread, as the kernel encodes it (include/linux/posix-timers.h: CPUCLOCK_SCHED of one
/// thread). /proc/<pid>/task/<tid>/stat counts in units of 10 ms, too coarse for threads that mostly sleep.
clockid_t CpuClockOf(pid_t thread) {
  return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3) | 6);
}

std::string NameOf(pid_t thread) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/comm", thread);
  char name[32] = "";
  if (FILE* file = fopen(path, "re")) {
    if (fgets(name, sizeof name, file) == nullptr) name[0] = '\0';
    fclose(file);
  }
  std::string text(name);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "(unnamed)" : text;
}

}  // namespace

ThreadCpu::Usage ThreadCpu::Take(const std::map<pid_t, int64_t>& sampled_nanos) {
  Usage usage;
  std::unordered_map<pid_t, int64_t> now;
  int64_t explained_nanos = 0;
  struct Close {
    void operator()(DIR* directory) const { closedir(directory); }
  };
  if (const std::unique_ptr<DIR, Close> tasks{opendir("/proc/self/task")}) {
    while (const dirent* entry = readdir(tasks.get())) {
      const pid_t thread = static_cast<pid_t>(atoi(entry->d_name));
      if (thread <= 0) continue;
      const int64_t nanos = ReadClockNanos(CpuClockOf(thread));
      if (nanos == 0) continue;
      now[thread] = nanos;
      const auto before = nanos_of_thread_.find(thread);
      // A thread id that the kernel gave again starts below what its predecessor had used.
      const int64_t delta =
          before == nanos_of_thread_.end() || before->second > nanos ? nanos : nanos - before->second;
      explained_nanos += delta;
      if (delta > 0 && sampled_nanos.count(thread) == 0) usage.nanos_by_name[NameOf(thread)] += delta;
    }
  }
  for (const auto& [thread, nanos] : sampled_nanos) {
    if (now.count(thread) == 0) explained_nanos += nanos;
  }
  const int64_t process_nanos = ProcessCpuNanos();
  usage.process_nanos = process_nanos - process_nanos_;
  const int64_t ended_nanos = usage.process_nanos - explained_nanos;
  if (ended_nanos > 0) usage.nanos_by_name[kEnded] += ended_nanos;
  nanos_of_thread_ = std::move(now);
  process_nanos_ = process_nanos;
  return usage;
}

}  // namespace acme
