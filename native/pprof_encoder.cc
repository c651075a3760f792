#include "pprof_encoder.h"

#include <time.h>

#include "pprof_writer.h"
#include "utf8.h"

namespace acme {
namespace {

uint64_t Seed(const void* object) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_nsec) << 32 ^ reinterpret_cast<uintptr_t>(object);
}

}  // namespace

PprofEncoder::PprofEncoder(const std::vector<ValueType>& sample_types, ValueType period_type, int64_t period)
    : tables_(Seed(this)) {
  String("");
  for (const ValueType& type : sample_types) tables_.sample_types.push_back(Intern(type));
  tables_.period_type = Intern(period_type);
  tables_.period = period;
}

uint32_t PprofEncoder::String(std::string_view text) {
  std::string valid;
  if (text.size() > kMaxStringBytes || !IsPlainAscii(text)) text = valid = ToValidUtf8(text, kMaxStringBytes);
  return tables_.strings.FindOrAdd(text.data(), text.size());
}

uint32_t PprofEncoder::Function(uint32_t name, uint32_t filename, int64_t start_line) {
  return 1 + tables_.functions.FindOrAdd({KnownString(name), KnownString(filename), start_line});
}

uint64_t PprofEncoder::Location(uint32_t function, int64_t line, int64_t column) {
  if (function == 0 || function > tables_.functions.size()) return 0;
  return 1 + uint64_t{tables_.locations.FindOrAdd({function, line, column})};
}

void PprofEncoder::Sample(const uint64_t* locations_leaf_first, size_t n, const int64_t* values,
                          const Label* labels, size_t n_labels) {
  const bool truncated = n > kMaxFrames;
  pending_stack_.clear();
  for (size_t i = 0; i < (truncated ? kMaxFrames - 1 : n); i++) {
    const uint64_t location = locations_leaf_first[i];
    if (location != 0 && location <= tables_.locations.size())
      pending_stack_.push_back(static_cast<uint32_t>(location));
  }
  if (truncated) {
    pending_stack_.push_back(static_cast<uint32_t>(Location(Function(String(kTruncatedFrame), 0, 0), 0, 0)));
  }
  for (size_t i = 0; i < n_labels; i++) {
    Label label = labels[i];
    label.key = KnownString(label.key);
    label.str = KnownString(label.str);
    label.num_unit = KnownString(label.num_unit);
    if (label.key != 0) tables_.labels.push_back(label);
  }
  tables_.values.insert(tables_.values.end(), values, values + tables_.sample_types.size());
  const uint32_t stack = tables_.stacks.FindOrAdd(pending_stack_.data(), pending_stack_.size());
  tables_.samples.push_back({stack, tables_.labels.size()});
}

void PprofEncoder::Comment(uint32_t string) {
  if (KnownString(string) != 0) tables_.comments.push_back(string);
}

void PprofEncoder::set_default_sample_type(uint32_t type) { tables_.default_sample_type = KnownString(type); }

std::string PprofEncoder::Finish(int64_t time_nanos, int64_t duration_nanos) const {
  return WritePprof(tables_, time_nanos, duration_nanos);
}

}  // namespace acme
