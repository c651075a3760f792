#include "bindings.h"

#include <node.h>
#include <pthread.h>

#include <memory>
#include <vector>

#include "collect_request.h"
#include "collector.h"
#include "name_lookup.h"
#include "overhead_budget.h"
#include "termination.h"
#include "thread_sampler.h"
#include "within_memory.h"

namespace acme {
namespace {

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

/// What one thread of Node has of the addon: at most one sampler.
struct PerThread {
  v8::Isolate* isolate;
  ThreadSampler* sampler = nullptr;

  void StopSampler() {
    if (sampler == nullptr) return;
    ThreadSampler* stopping = sampler;
    sampler = nullptr;
    stopping->Stop();
  }
};

PerThread* ThreadOf(const Arguments& args) {
  return static_cast<PerThread*>(args.Data().As<v8::External>()->Value(
#if V8_MAJOR_VERSION >= 14
      v8::kExternalPointerTypeTagDefault
#endif
      ));
}

class Options {
 public:
  Options(v8::Local<v8::Context> context, v8::Local<v8::Value> value) : context_(context), value_(value) {}

  bool Flag(const char* name) const { return Get(name)->BooleanValue(v8::Isolate::GetCurrent()); }
  int64_t Number(const char* name) const { return Get(name)->IntegerValue(context_).FromMaybe(0); }
  std::string Text(const char* name) const {
    const v8::String::Utf8Value text(v8::Isolate::GetCurrent(), Get(name));
    return *text ? std::string(*text, static_cast<size_t>(text.length())) : std::string();
  }
  v8::Local<v8::Value> Get(const char* name) const {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::Value> found;
    if (!value_->IsObject() || !value_.As<v8::Object>()
                                    ->Get(context_, v8::String::NewFromUtf8(isolate, name).ToLocalChecked())
                                    .ToLocal(&found)) {
      return v8::Undefined(isolate);
    }
    return found;
  }

 private:
  v8::Local<v8::Context> context_;
  v8::Local<v8::Value> value_;
};

/// start(options, resolver): boolean. Samples the calling thread; false if it cannot or already does.
void Start(const Arguments& args) {
  PerThread* thread = ThreadOf(args);
  v8::Isolate* isolate = args.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  args.GetReturnValue().Set(false);
  if (thread->sampler != nullptr || !args[1]->IsObject()) return;
  const Options options(context, args[0]);

  ProfileOptions profile;
  profile.cpu = options.Flag("cpu");
  profile.span_ids = options.Flag("spanIds");
  profile.endpoints = options.Flag("endpoints");
  profile.timeline = options.Flag("timeline");
  profile.resolution_nanos = 1 << 14;  // 16 us
  profile.sampling_interval_nanos = options.Number("samplingIntervalMicros") * 1000;
  profile.max_overhead_share = double(options.Number("maxOverheadPpm")) / 1e6;
  Collector::Get()->Configure(profile);

  SamplerOptions sampler;
  sampler.wall = options.Flag("wall");
  sampler.heap = options.Flag("heap");
  sampler.allocations = options.Flag("allocations");
  sampler.context_frames = options.Flag("contextFrames");
  sampler.store_version = options.Get("storeVersion");
  sampler.async_id = options.Get("asyncId");
  sampler.sampling_interval_micros = static_cast<int>(options.Number("samplingIntervalMicros"));
  sampler.heap_sampling_interval_bytes = static_cast<uint64_t>(options.Number("heapSamplingIntervalBytes"));
  sampler.max_heap_share = profile.max_overhead_share * OverheadBudget::kHeapPart;
  ThreadIdentity identity{options.Text("threadName"), options.Text("threadId")};
  thread->sampler = ThreadSampler::Start(context, std::move(identity), sampler, args[1].As<v8::Object>());
  args.GetReturnValue().Set(thread->sampler != nullptr);
}

/// finish(): takes the last window, while JavaScript can still name its labels. Sampling is over.
void Finish(const Arguments& args) {
  if (ThreadSampler* sampler = ThreadOf(args)->sampler) sampler->Finish();
}

/// stop(): finish() and give everything back; start() may be called again.
void Stop(const Arguments& args) { ThreadOf(args)->StopSampler(); }

/// enterFrame(n): only within resolveFrames().
void EnterFrame(const Arguments& args) {
  ThreadSampler* sampler = ThreadOf(args)->sampler;
  if (sampler == nullptr || !args[0]->IsUint32()) return;
  sampler->EnterFrame(args[0].As<v8::Uint32>()->Value());
}

/// contextFramesActive(): whether the current thread's context word holds an object right now.
void ContextFramesActive(const Arguments& args) {
  v8::Isolate* isolate = args.GetIsolate();
  const bool active = ContextFrames::LayoutIsAsExpected(isolate) &&
                      !ContextFrames::Current(isolate).As<v8::Value>()->IsUndefined();
  args.GetReturnValue().Set(active);
}

/// collect(done): ends the interval; `done(interval)` is called on the calling thread's event loop.
void Collect(const Arguments& args) {
  if (args[0]->IsFunction()) CollectRequest::Send(args.GetIsolate(), args[0].As<v8::Function>());
}

/// lookup(host, done): boolean. `done(error, addresses)` is called on the calling thread's event loop.
void Lookup(const Arguments& args) {
  args.GetReturnValue().Set(false);
  if (!args[0]->IsString() || !args[1]->IsFunction()) return;
  v8::Isolate* isolate = args.GetIsolate();
  const v8::String::Utf8Value host(isolate, args[0]);
  if (*host == nullptr) return;
  const auto done = args[1].As<v8::Function>();
  WithinMemory([&] { args.GetReturnValue().Set(NameLookup::Send(isolate, *host, done)); });
}

/// nameThread(name): what the operating system calls the calling thread, up to 15 bytes.
void NameThread(const Arguments& args) {
  const v8::String::Utf8Value name(args.GetIsolate(), args[0]);
  if (*name) pthread_setname_np(pthread_self(), std::string(*name).substr(0, 15).c_str());
}

/// holdTermination(signals, onSignal, graceMs): see Termination::Hold. Main thread only.
void HoldTermination(const Arguments& args) {
  if (!args[0]->IsArray() || !args[1]->IsFunction() || !args[2]->IsInt32()) return;
  v8::Isolate* isolate = args.GetIsolate();
  const v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const auto numbers = args[0].As<v8::Array>();
  std::vector<int> signals;
  for (uint32_t i = 0; i < numbers->Length(); i++) {
    v8::Local<v8::Value> number;
    if (!numbers->Get(context, i).ToLocal(&number)) return;
    signals.push_back(number->Int32Value(context).FromMaybe(0));
  }
  Termination::Hold(isolate, signals, args[1].As<v8::Function>(), args[2].As<v8::Int32>()->Value());
}

/// onStuckTermination(onSignal): the uploader's part when the main thread is stuck.
void OnStuckTermination(const Arguments& args) {
  if (args[0]->IsFunction()) Termination::OnStuckMainThread(args.GetIsolate(), args[0].As<v8::Function>());
}

void ResumeTermination(const Arguments&) { Termination::Resume(); }

void ReleaseTermination(const Arguments&) { Termination::Release(); }

class Exports {
 public:
  Exports(v8::Local<v8::Context> context, v8::Local<v8::Object> object, v8::Local<v8::External> data)
      : context_(context), object_(object), data_(data) {}

  /// For JavaScript it throws an Error where there is no memory; then it has done nothing.
  template <void (*function)(const Arguments&)>
  void Add(const char* name) const {
    const auto callback = [](const Arguments& args) {
      if (!WithinMemory([&] { function(args); })) args.GetIsolate()->ThrowError("out of memory");
    };
    const auto key = v8::String::NewFromUtf8(v8::Isolate::GetCurrent(), name).ToLocalChecked();
    const auto added = v8::Function::New(context_, callback, data_).ToLocalChecked();
    added->SetName(key);
    object_->Set(context_, key, added).Check();
  }

 private:
  v8::Local<v8::Context> context_;
  v8::Local<v8::Object> object_;
  v8::Local<v8::External> data_;
};

}  // namespace

void Bind(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Object> exports) {
  auto* thread = new PerThread{isolate};
  // Also the way out of every worker. The hook does not unregister itself: Node reads its record afterwards.
  node::AddEnvironmentCleanupHook(
      isolate,
      [](void* data) {
        std::unique_ptr<PerThread> ending(static_cast<PerThread*>(data));
        ending->StopSampler();
      },
      thread);
  const v8::Local<v8::External> data = v8::External::New(isolate, thread
#if V8_MAJOR_VERSION >= 14
                                                         ,
                                                         v8::kExternalPointerTypeTagDefault
#endif
  );
  const Exports functions(context, exports, data);
  functions.Add<Start>("start");
  functions.Add<Finish>("finish");
  functions.Add<Stop>("stop");
  functions.Add<EnterFrame>("enterFrame");
  functions.Add<ContextFramesActive>("contextFramesActive");
  functions.Add<Collect>("collect");
  functions.Add<Lookup>("lookup");
  functions.Add<NameThread>("nameThread");
  functions.Add<HoldTermination>("holdTermination");
  functions.Add<OnStuckTermination>("onStuckTermination");
  functions.Add<ResumeTermination>("resumeTermination");
  functions.Add<ReleaseTermination>("releaseTermination");
}

}  // namespace acme
