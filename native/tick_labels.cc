#include "tick_labels.h"

#include "tick_watcher.h"

namespace acme {
namespace {

void OnGcPrologue(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* frames) {
  static_cast<ContextFrames*>(frames)->Hold();
}

void OnGcEpilogue(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* frames) {
  static_cast<ContextFrames*>(frames)->Release();
}

/// The resolver makes other frames current.
class ResolutionScope {
 public:
  ResolutionScope(v8::Isolate* isolate, ContextFrames* frames)
      : isolate_(isolate), frames_(frames), current_(ContextFrames::Current(isolate)) {
    frames_->Hold();
  }
  ~ResolutionScope() {
    ContextFrames::SetCurrent(isolate_, current_);
    frames_->Release();
  }

 private:
  v8::Isolate* isolate_;
  ContextFrames* frames_;
  const v8::Local<v8::Data> current_;
};

}  // namespace

TickLabels::TickLabels(v8::Local<v8::Context> context, v8::Local<v8::Object> resolver, HandlerState* state,
                       bool context_frames)
    : isolate_(v8::Isolate::GetCurrent()),
      state_(state),
      resolution_(context, resolver),
      frames_(isolate_, state) {
  if (context_frames && ContextFrames::LayoutIsAsExpected(isolate_)) {
    state_->context_word = ContextFrames::WordOf(isolate_);
  }
  isolate_->AddGCPrologueCallback(OnGcPrologue, &frames_);
  isolate_->AddGCEpilogueCallback(OnGcEpilogue, &frames_);
}

TickLabels::~TickLabels() {
  isolate_->RemoveGCPrologueCallback(OnGcPrologue, &frames_);
  isolate_->RemoveGCEpilogueCallback(OnGcEpilogue, &frames_);
}

void TickLabels::UseHooks(v8::Local<v8::Value> store_version, v8::Local<v8::Value> async_id,
                          const std::shared_ptr<ThreadChannel>& channel) {
  if (context_frames_on() || !store_version->IsUint32Array() || !async_id->IsFloat64Array()) return;
  const auto version_view = store_version.As<v8::Uint32Array>();
  const auto id_view = async_id.As<v8::Float64Array>();
  store_version_ = version_view->Buffer()->GetBackingStore();
  async_id_ = id_view->Buffer()->GetBackingStore();
  state_->async_id =
      reinterpret_cast<const double*>(static_cast<const char*>(async_id_->Data()) + id_view->ByteOffset());
  state_->tick_waits = &channel->tick_waits;
  state_->store_version = reinterpret_cast<const uint32_t*>(static_cast<const char*>(store_version_->Data()) +
                                                            version_view->ByteOffset());
  TickWatcher::Get()->Add(channel);
  // Last: from here on the handler uses all of the above.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  state_->wake_watcher = TickWatcher::Get()->semaphore();
}

void TickLabels::DropHooks(const ThreadChannel* channel) {
  if (hooks_on()) TickWatcher::Get()->Remove(channel);
}

void TickLabels::LabelWaiting() {
  SampleRing& ring = state_->ring;
  const uint64_t version = state_->ContextVersion();
  const uint32_t head = ring.head();
  uint32_t label_set = 0;
  bool resolved = false;
  for (; labelled_until_ != head; labelled_until_++) {
    Tick& tick = ring.at(labelled_until_);
    // What ran at the tick has ended or has entered another span: whose it was cannot be told any more.
    if (tick.version != version) continue;
    if (!resolved) label_set = resolution_.ResolveCurrent();
    resolved = true;
    tick.context = label_set;
  }
}

/// Label sets are numbered anew from here on.
bool TickLabels::EndWindow() {
  if (!hooks_on()) return true;
  labelled_until_ = state_->ring.head();
  labels_of_rotated_ = std::make_unique<Window>();
  return resolution_.TakeWindow(labels_of_rotated_.get());
}

std::unique_ptr<Window> TickLabels::BeginHarvest() {
  return labels_of_rotated_ != nullptr ? std::move(labels_of_rotated_) : std::make_unique<Window>();
}

bool TickLabels::Harvest(int64_t end_nanos, Window* window) {
  window->slots_generation = resolution_.slots_generation();
  SampleRing& ring = state_->ring;
  const uint32_t head = ring.head();
  if (context_frames_on()) frames_.PromoteUntil(head);
  std::vector<uint32_t> local_of_frame;
  uint32_t at = ring.tail();
  for (; at != head && ring.at(at).before_nanos < end_nanos; at++) {
    Tick tick = ring.at(at);
    if (const size_t frame = tick.context; context_frames_on() && frame != ContextFrames::kNone) {
      if (frame >= local_of_frame.size()) local_of_frame.resize(frame + 1, 0);
      if (local_of_frame[frame] == 0) {
        frames_to_resolve_.push_back(static_cast<uint32_t>(frame));
        local_of_frame[frame] = static_cast<uint32_t>(frames_to_resolve_.size());
      }
      tick.context = local_of_frame[frame];
    }
    window->ticks.push_back(tick);
  }
  const bool ok = frames_to_resolve_.empty() || ResolveFrames(window);
  ring.ConsumeUntil(at);
  if (context_frames_on()) frames_.ReleaseConsumed();
  frames_to_resolve_.clear();
  return ok;
}

bool TickLabels::ResolveFrames(Window* window) {
  const ResolutionScope resolution(isolate_, &frames_);
  return resolution_.ResolveFrames(static_cast<uint32_t>(frames_to_resolve_.size()), window);
}

void TickLabels::EnterFrame(uint32_t frame) {
  if (frame >= frames_to_resolve_.size()) return;
  ContextFrames::SetCurrent(isolate_, frames_.Get(frames_to_resolve_[frame]));
}

void TickLabels::Lose() {
  labels_of_rotated_.reset();
  labelled_until_ = state_->ring.head();
  state_->ring.ConsumeUntil(labelled_until_);
  frames_.ReleaseAll();
  frames_to_resolve_.clear();
}

}  // namespace acme
