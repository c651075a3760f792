#include "wall_encoder.h"

#include <cinttypes>
#include <cstdio>
#include <iterator>
#include <string_view>
#include <vector>

namespace acme {
namespace {

/// Names of v8::StateTag, for the label `vm state`.
constexpr const char* kStateNames[] = {"js",       "gc",      "parser",   "bytecode compiler",
                                       "compiler", "other",   "external", "atomics wait",
                                       "idle",     "logging", "idle"};

const char* StateName(uint8_t state) { return state < std::size(kStateNames) ? kStateNames[state] : "other"; }

std::string TraceId(const LabelSet& labels) {
  char hex[33];
  snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, labels.trace_id_high, labels.trace_id_low);
  return hex;
}

}  // namespace

void WallEncoder::Add(const WallSample& sample) {
  labels_.Clear();
  labels_.Thread(*sample.thread);
  labels_.Text("vm state", StateName(sample.state));
  if (options_.timeline) {
    labels_.Number("end_timestamp_ns", RoundedDown(sample.end_nanos + epoch_offset_nanos_));
  }
  if (sample.label_set != 0) AddSpanLabels(interval_labels_.At(sample.label_set - 1));
  // What rounding leaves goes to the next sample, so that sums stay exact.
  const int64_t wall_nanos = RoundedDown(sample.wall_nanos + wall_rest_nanos_);
  const int64_t cpu_nanos = RoundedDown(sample.cpu_nanos + cpu_rest_nanos_);
  wall_rest_nanos_ += sample.wall_nanos - wall_nanos;
  cpu_rest_nanos_ += sample.cpu_nanos - cpu_nanos;
  const int64_t values[] = {sample.count, wall_nanos, cpu_nanos};
  const std::vector<uint64_t> leaf_first = stacks_.LeafFirst(sample.stack);
  encoder_->Sample(leaf_first.data(), leaf_first.size(), values, labels_.data(), labels_.size());
}

void WallEncoder::AddSpanLabels(const LabelSet& labels) {
  // In the order that compresses best.
  const std::string& endpoint = interval_labels_.EndpointOf(labels);
  if (options_.endpoints && !endpoint.empty()) labels_.Text("trace endpoint", endpoint);
  if (options_.span_ids && labels.span_id != 0) {
    if (labels.root_span_id != 0) {
      labels_.Number("local root span id", static_cast<int64_t>(labels.root_span_id));
    }
    labels_.Number("span id", static_cast<int64_t>(labels.span_id));
    if ((labels.trace_id_high | labels.trace_id_low) != 0) labels_.Text("trace id", TraceId(labels));
  }
  for (const CustomLabel& label : interval_labels_.CustomOf(labels)) {
    if (label.is_number) {
      labels_.Number(label.key, label.number);
    } else {
      labels_.Text(label.key, label.text);
    }
  }
}

void WallEncoder::AddOtherThread(const std::string& name, int64_t cpu_nanos) {
  const auto frame = [&](std::string_view text) {
    return encoder_->Location(encoder_->Function(encoder_->String(text), 0, 0), 0, 0);
  };
  const uint64_t leaf_first[] = {frame(name), frame("Non-JS threads")};
  labels_.Clear();
  labels_.Thread(name, "NA", "NA");
  const int64_t values[] = {0, 0, cpu_nanos};
  encoder_->Sample(leaf_first, std::size(leaf_first), values, labels_.data(), labels_.size());
}

}  // namespace acme
