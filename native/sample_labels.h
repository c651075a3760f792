#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pprof_encoder.h"
#include "window.h"

namespace acme {

/// The labels of one sample, in the order in which they are added.
class SampleLabels {
 public:
  explicit SampleLabels(PprofEncoder* encoder) : encoder_(encoder) {}

  void Clear() { labels_.clear(); }
  void Text(std::string_view key, std::string_view value) {
    labels_.push_back({encoder_->String(key), encoder_->String(value), 0, 0});
  }
  void Number(std::string_view key, int64_t value) {
    labels_.push_back({encoder_->String(key), 0, value, 0});
  }
  void Thread(const ThreadIdentity& identity) {
    Thread(identity.name, identity.thread_id, std::to_string(identity.os_thread_id));
  }
  void Thread(std::string_view name, std::string_view thread_id, std::string_view os_thread_id) {
    Text("thread name", name);
    Text("thread id", thread_id);
    Text("os thread id", os_thread_id);
  }

  const Label* data() const { return labels_.data(); }
  size_t size() const { return labels_.size(); }

 private:
  PprofEncoder* encoder_;
  std::vector<Label> labels_;
};

}  // namespace acme
