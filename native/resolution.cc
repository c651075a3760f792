#include "resolution.h"

#include <numeric>

namespace acme {
namespace {

/// JavaScript of ours runs within. What it throws is ours. A termination is not: worker.terminate(), a limit
/// of memory or a timeout of vm asks only once, and where it hits our JavaScript the application's would run
/// on for ever.
class QuietScope {
 public:
  QuietScope(v8::Isolate* isolate, const v8::Global<v8::Context>& context)
      : isolate_(isolate),
        handles_(isolate),
        context_(context.Get(isolate)),
        scope_(context_),
        caught_(isolate) {}
  ~QuietScope() {
    if (caught_.HasTerminated()) isolate_->TerminateExecution();
  }

  v8::Local<v8::Context> context() const { return context_; }

 private:
  v8::Isolate* isolate_;
  v8::HandleScope handles_;
  const v8::Local<v8::Context> context_;
  v8::Context::Scope scope_;
  v8::TryCatch caught_;
};

v8::Local<v8::String> Name(v8::Isolate* isolate, const char* text) {
  return v8::String::NewFromUtf8(isolate, text, v8::NewStringType::kInternalized).ToLocalChecked();
}

v8::Local<v8::Value> Get(v8::Local<v8::Context> context, v8::Local<v8::Value> object, const char* name) {
  v8::Local<v8::Value> value;
  if (!object->IsObject() ||
      !object.As<v8::Object>()->Get(context, Name(v8::Isolate::GetCurrent(), name)).ToLocal(&value)) {
    return v8::Undefined(v8::Isolate::GetCurrent());
  }
  return value;
}

v8::Local<v8::Value> Get(v8::Local<v8::Context> context, v8::Local<v8::Value> object, uint32_t index) {
  v8::Local<v8::Value> value;
  if (!object->IsObject() || !object.As<v8::Object>()->Get(context, index).ToLocal(&value)) {
    return v8::Undefined(v8::Isolate::GetCurrent());
  }
  return value;
}

v8::MaybeLocal<v8::Value> Call(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                               const char* method, int argc, v8::Local<v8::Value>* argv) {
  const v8::Local<v8::Value> function = Get(context, object, method);
  if (!function->IsFunction()) return {};
  return function.As<v8::Function>()->Call(context, object, argc, argv);
}

/// Copies up to `count` elements; what the view lacks stays zero.
template <typename T>
std::vector<T> CopyView(v8::Local<v8::Value> value, size_t count) {
  std::vector<T> elements(count);
  if (value->IsArrayBufferView()) {
    value.As<v8::ArrayBufferView>()->CopyContents(elements.data(), count * sizeof(T));
  }
  return elements;
}

uint32_t LengthOf(v8::Local<v8::Value> value) {
  return value->IsArray() ? value.As<v8::Array>()->Length() : 0;
}

std::string Text(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (!value->IsString()) return std::string();
  const v8::String::Utf8Value utf8(isolate, value);
  return std::string(*utf8 ? *utf8 : "", static_cast<size_t>(utf8.length()));
}

/// [key, value, key, value, ...]
CustomLabels ReadCustomLabels(v8::Local<v8::Context> context, v8::Local<v8::Value> flat) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  CustomLabels labels;
  for (uint32_t i = 0; i + 1 < LengthOf(flat); i += 2) {
    const v8::Local<v8::Value> value = Get(context, flat, i + 1);
    CustomLabel label{Text(isolate, Get(context, flat, i)), Text(isolate, value), 0, value->IsNumber()};
    if (label.is_number) label.number = value->IntegerValue(context).FromMaybe(0);
    labels.push_back(std::move(label));
  }
  return labels;
}

/// [slot, name, slot, name, ...]
void ReadEndpointNames(v8::Local<v8::Context> context, v8::Local<v8::Value> flat,
                       std::vector<EndpointName>* names) {
  for (uint32_t i = 0; i + 1 < LengthOf(flat); i += 2) {
    names->emplace_back(Get(context, flat, i)->Uint32Value(context).FromMaybe(0),
                        Text(v8::Isolate::GetCurrent(), Get(context, flat, i + 1)));
  }
}

void ReadWindowLabels(v8::Local<v8::Context> context, v8::Local<v8::Value> labels, Window* window,
                      uint32_t* custom_slots) {
  const v8::Local<v8::Value> fresh = Get(context, labels, "newCustoms");
  window->custom_slots_before = *custom_slots;
  // Before anything is copied: JavaScript has numbered them, whether or not there is the memory for it.
  *custom_slots += LengthOf(fresh);
  const size_t sets = Get(context, labels, "count")->Uint32Value(context).FromMaybe(0);
  const auto ids = CopyView<uint64_t>(Get(context, labels, "ids"), sets * 4);
  const auto endpoints = CopyView<uint32_t>(Get(context, labels, "endpointSlot"), sets);
  const auto customs = CopyView<uint32_t>(Get(context, labels, "customSlot"), sets);
  for (size_t i = 0; i < sets; i++) {
    window->label_sets.push_back(
        {ids[4 * i], ids[4 * i + 1], ids[4 * i + 2], ids[4 * i + 3], endpoints[i], customs[i]});
  }
  for (uint32_t i = 0; i < LengthOf(fresh); i++) {
    window->fresh_custom_labels.push_back(ReadCustomLabels(context, Get(context, fresh, i)));
  }
  ReadEndpointNames(context, Get(context, labels, "newEndpoints"), &window->endpoint_names);
}

}  // namespace

Resolution::Resolution(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver)
    : isolate_(v8::Isolate::GetCurrent()), context_(isolate_, context), resolver_(isolate_, resolver) {}

bool Resolution::ResolveFrames(uint32_t count, Window* window) {
  const QuietScope quiet(isolate_, context_);
  const v8::Local<v8::Context> context = quiet.context();
  v8::Local<v8::Value> argument = v8::Integer::NewFromUnsigned(isolate_, count);
  v8::Local<v8::Value> result;
  if (!Call(context, resolver_.Get(isolate_), "resolveFrames", 1, &argument).ToLocal(&result)) return false;
  ReadWindowLabels(context, result, window, &custom_slots_);
  window->label_set_of_frame = CopyView<uint32_t>(Get(context, result, "labelSetOfFrame"), count);
  window->label_set_of_frame.insert(window->label_set_of_frame.begin(), 0);
  for (uint32_t& set : window->label_set_of_frame) {
    if (set > window->label_sets.size()) set = 0;
  }
  return true;
}

uint32_t Resolution::ResolveCurrent() {
  const QuietScope quiet(isolate_, context_);
  const v8::Local<v8::Context> context = quiet.context();
  v8::Local<v8::Value> number;
  if (!Call(context, resolver_.Get(isolate_), "resolveCurrent", 0, nullptr).ToLocal(&number)) return 0;
  return number->Uint32Value(context).FromMaybe(0);
}

bool Resolution::TakeWindow(Window* window) {
  const QuietScope quiet(isolate_, context_);
  const v8::Local<v8::Context> context = quiet.context();
  v8::Local<v8::Value> result;
  if (!Call(context, resolver_.Get(isolate_), "takeWindow", 0, nullptr).ToLocal(&result)) return false;
  ReadWindowLabels(context, result, window, &custom_slots_);
  // Ticks carry the number of their label set already.
  window->label_set_of_frame.resize(window->label_sets.size() + 1);
  std::iota(window->label_set_of_frame.begin(), window->label_set_of_frame.end(), 0);
  return true;
}

bool Resolution::EndInterval(IntervalTail* tail) {
  tail->slots_generation = slots_generation_++;
  custom_slots_ = 0;
  const QuietScope quiet(isolate_, context_);
  const v8::Local<v8::Context> context = quiet.context();
  v8::Local<v8::Value> result;
  if (!Call(context, resolver_.Get(isolate_), "endInterval", 0, nullptr).ToLocal(&result)) return false;
  ReadEndpointNames(context, Get(context, result, "endpoints"), &tail->endpoint_names);
  const v8::Local<v8::Value> counts = Get(context, result, "endpointCounts");
  v8::Local<v8::Array> names;
  if (counts->IsObject() && counts.As<v8::Object>()->GetOwnPropertyNames(context).ToLocal(&names)) {
    for (uint32_t i = 0; i < names->Length(); i++) {
      const v8::Local<v8::Value> name = Get(context, names, i);
      const std::string text = Text(isolate_, name);
      v8::Local<v8::Value> count;
      if (!text.empty() && counts.As<v8::Object>()->Get(context, name).ToLocal(&count)) {
        tail->endpoint_counts.emplace_back(text, count->IntegerValue(context).FromMaybe(0));
      }
    }
  }
  return true;
}

}  // namespace acme
