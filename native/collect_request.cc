#include "collect_request.h"

#include <node_buffer.h>

#include <memory>

#include "collector.h"
#include "loop_answer.h"

namespace acme {
namespace {

v8::Local<v8::String> Key(v8::Isolate* isolate, const char* text) {
  return v8::String::NewFromUtf8(isolate, text, v8::NewStringType::kInternalized).ToLocalChecked();
}

class ObjectBuilder {
 public:
  explicit ObjectBuilder(v8::Local<v8::Context> context)
      : context_(context), object(v8::Object::New(v8::Isolate::GetCurrent())) {}

  void Set(const char* name, v8::Local<v8::Value> value) {
    object->Set(context_, Key(v8::Isolate::GetCurrent(), name), value).Check();
  }
  void Number(const char* name, double value) {
    Set(name, v8::Number::New(v8::Isolate::GetCurrent(), value));
  }

 private:
  v8::Local<v8::Context> context_;

 public:
  v8::Local<v8::Object> object;
};

v8::Local<v8::Value> BytesOf(v8::Local<v8::Context> context, const std::string& bytes) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Object> buffer;
  if (bytes.empty() || !node::Buffer::Copy(isolate, bytes.data(), bytes.size()).ToLocal(&buffer)) {
    return v8::Undefined(isolate);
  }
  return buffer;
}

v8::Local<v8::Object> MeasuredOf(v8::Local<v8::Context> context, const Measured& measured) {
  ObjectBuilder builder(context);
  const TickCounts& ticks = measured.ticks;
  builder.Number("ticks_labelled", double(ticks.labelled));
  builder.Number("ticks_unlabelled", double(ticks.unlabelled));
  builder.Number("ticks_idle", double(ticks.idle));
  builder.Number("ticks_unfiled", double(ticks.unfiled));
  builder.Number("ticks_dropped", double(ticks.dropped));
  builder.Number("windows", double(measured.windows));
  builder.Number("windows_interrupted", double(measured.interrupts));
  builder.Number("errors", double(measured.errors));
  builder.Number("threads", double(measured.threads));
  builder.Number("application_thread_cpu_ms", measured.sampled_thread_cpu_nanos / 1e6);
  builder.Number("handler_cpu_ms", double(measured.handler_nanos) / 1e6);
  builder.Number("overhead_percent", measured.largest_share * 100);
  builder.Number("interval_multiple", measured.interval_multiple);
  builder.Number("heaps_given_up", double(measured.heaps_given_up));
  builder.Number("heap_samples", double(measured.heap_samples));
  builder.Number("heap_sampling_interval_bytes", double(measured.heap_sampling_interval_bytes));
  builder.Number("longest_block_ms", measured.longest_block_nanos / 1e6);
  builder.Number("longest_block_cpu_ms", measured.longest_block_cpu_nanos / 1e6);
  builder.Number("process_cpu_ms", measured.process_cpu_nanos / 1e6);
  return builder.object;
}

v8::Local<v8::Object> IntervalOf(v8::Local<v8::Context> context, const Interval& interval) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  ObjectBuilder counts(context);
  for (const auto& [endpoint, count] : interval.endpoint_counts) {
    v8::Local<v8::String> name;
    if (v8::String::NewFromUtf8(isolate, endpoint.c_str()).ToLocal(&name)) {
      const double before = counts.object->Get(context, name).ToLocalChecked()->IsNumber()
                                ? counts.object->Get(context, name).ToLocalChecked().As<v8::Number>()->Value()
                                : 0;
      counts.object->CreateDataProperty(context, name, v8::Number::New(isolate, before + double(count)))
          .Check();
    }
  }
  ObjectBuilder builder(context);
  builder.Number("startMs", double(interval.start_epoch_nanos / 1000000));
  builder.Number("endMs", double(interval.end_epoch_nanos / 1000000));
  builder.Set("wall", BytesOf(context, interval.wall));
  builder.Set("space", BytesOf(context, interval.space));
  builder.Set("endpointCounts", counts.object);
  builder.Set("measured", MeasuredOf(context, interval.measured));
  builder.Set("hasWork", v8::Boolean::New(isolate, interval.has_samples));
  return builder.object;
}

/// nullptr where there was no memory for the interval.
std::array<v8::Local<v8::Value>, 1> ArgumentsOf(v8::Local<v8::Context> context,
                                                const std::unique_ptr<Interval>& interval) {
  if (interval == nullptr) return {v8::Undefined(v8::Isolate::GetCurrent())};
  return {IntervalOf(context, *interval)};
}

}  // namespace

void CollectRequest::Send(v8::Isolate* isolate, v8::Local<v8::Function> done) {
  auto answer = LoopAnswer<std::unique_ptr<Interval>, 1>::Expect(isolate, done, ArgumentsOf);
  try {
    Collector::Get()->Collect(
        [answer](std::unique_ptr<Interval> interval) { answer->Give(std::move(interval)); });
  } catch (const std::bad_alloc&) {
    answer->GiveUp();
    throw;
  }
}

}  // namespace acme
