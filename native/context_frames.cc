#include "context_frames.h"

#include <v8-version.h>

#include <atomic>
#include <cstring>

#include "within_memory.h"

namespace acme {
namespace {

// A Local is a pointer to a slot that holds the object's address.
static_assert(sizeof(v8::Local<v8::Data>) == sizeof(void*), "handles are not slots in this build of V8");

v8::Local<v8::Data> LocalFromSlot(uintptr_t* slot) {
  v8::Local<v8::Data> local;
  memcpy(static_cast<void*>(&local), &slot, sizeof local);
  return local;
}

uintptr_t AddressOf(v8::Local<v8::Data> local) {
  uintptr_t* slot;
  memcpy(&slot, &local, sizeof slot);
  return *slot;
}

bool IsHeapObject(uintptr_t word) { return (word & 1) == 1; }

}  // namespace

#if V8_MAJOR_VERSION >= 12

const uintptr_t* ContextFrames::WordOf(v8::Isolate* isolate) {
  return reinterpret_cast<const uintptr_t*>(
      reinterpret_cast<const char*>(isolate) +
      v8::internal::Internals::kContinuationPreservedEmbedderDataOffset);
}

#if V8_MAJOR_VERSION >= 14

v8::Local<v8::Data> ContextFrames::Current(v8::Isolate* isolate) {
  return isolate->GetContinuationPreservedEmbedderDataV2();
}
void ContextFrames::SetCurrent(v8::Isolate* isolate, v8::Local<v8::Data> frame) {
  isolate->SetContinuationPreservedEmbedderDataV2(frame);
}

#else

v8::Local<v8::Data> ContextFrames::Current(v8::Isolate* isolate) {
  return isolate->GetContinuationPreservedEmbedderData();
}
void ContextFrames::SetCurrent(v8::Isolate* isolate, v8::Local<v8::Data> frame) {
  isolate->SetContinuationPreservedEmbedderData(frame.As<v8::Value>());
}

#endif

#else

// Before V8 12 the data hangs off the native context and Node does not use it.
const uintptr_t* ContextFrames::WordOf(v8::Isolate*) { return nullptr; }
v8::Local<v8::Data> ContextFrames::Current(v8::Isolate* isolate) { return v8::Undefined(isolate); }
void ContextFrames::SetCurrent(v8::Isolate*, v8::Local<v8::Data>) {}

#endif

bool ContextFrames::LayoutIsAsExpected(v8::Isolate* isolate) {
  const uintptr_t* word = WordOf(isolate);
  if (word == nullptr) return false;
  v8::HandleScope scope(isolate);
  const v8::Local<v8::Data> before = Current(isolate);
  const v8::Local<v8::Data> probe = v8::Object::New(isolate);
  SetCurrent(isolate, probe);
  const bool found = *word == AddressOf(probe);
  SetCurrent(isolate, before);
  return found && *word == AddressOf(before);
}

ContextFrames::ContextFrames(v8::Isolate* isolate, HandlerState* state)
    : isolate_(isolate), state_(state), undefined_word_(AddressOf(v8::Undefined(isolate))) {}

void ContextFrames::Hold() {
  // The flag comes first: a tick between promotion and flag would keep an address that goes stale.
  state_->hold_depth = state_->hold_depth + 1;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (state_->hold_depth == 1 && state_->context_word != nullptr) {
    held_frame_ = Promote(*state_->context_word);
    PromoteUntil(state_->ring.head());
  }
  by_address_.clear();
}

void ContextFrames::Release() {
  state_->hold_depth = state_->hold_depth - 1;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (state_->hold_depth == 0 && state_->context_word != nullptr) PromoteUntil(state_->ring.head());
}

void ContextFrames::PromoteUntil(uint32_t end) {
  for (; promoted_until_ != end; promoted_until_++) {
    Tick& tick = state_->ring.at(promoted_until_);
    tick.context = tick.context == HandlerState::kHeld ? held_frame_ : Promote(tick.context);
  }
}

uint32_t ContextFrames::Promote(uintptr_t word) {
  if (!IsHeapObject(word) || word == undefined_word_) return kNone;
  const auto known = by_address_.find(word);
  if (known != by_address_.end()) return known->second;
  uint32_t frame = kNone;
  // In a garbage collection nobody catches, and an address must not stay.
  WithinMemory([&] {
    frames_.emplace_back(isolate_, LocalFromSlot(&word));
    frame = static_cast<uint32_t>(frames_.size());
    by_address_.emplace(word, frame);
  });
  return frame;
}

void ContextFrames::ReleaseAll() {
  // A tick that has come since has an address still.
  promoted_until_ = state_->ring.tail();
  frames_.clear();
  by_address_.clear();
  held_frame_ = kNone;
}

void ContextFrames::ReleaseConsumed() {
  std::vector<v8::Global<v8::Data>> kept;
  std::unordered_map<uintptr_t, uint32_t> renumbered;
  for (uint32_t at = state_->ring.tail(); at != promoted_until_; at++) {
    Tick& tick = state_->ring.at(at);
    if (tick.context == kNone) continue;
    auto [entry, added] = renumbered.try_emplace(tick.context, static_cast<uint32_t>(kept.size() + 1));
    if (added) kept.push_back(std::move(frames_[tick.context - 1]));
    tick.context = entry->second;
  }
  frames_ = std::move(kept);
  by_address_.clear();
}

}  // namespace acme
