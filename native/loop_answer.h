#pragma once

#include <node.h>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "loop_waker.h"

namespace acme {

/// One call of a JavaScript function with what another thread has found out. The function is called in the
/// event loop that asked, once; not at all where its environment ends before.
template <typename Answer, size_t argument_count>
class LoopAnswer {
 public:
  /// What the function is given. Runs where the event loop knows no exceptions: allocates nothing of ours.
  using Arguments = std::array<v8::Local<v8::Value>, argument_count> (*)(v8::Local<v8::Context>,
                                                                         const Answer&);

  /// On the loop's thread.
  static std::shared_ptr<LoopAnswer> Expect(v8::Isolate* isolate, v8::Local<v8::Function> done,
                                            Arguments arguments) {
    auto answer = std::make_shared<LoopAnswer>();
    // Held by the waker alone: whoever answers may outlive the isolate.
    auto callback = std::make_shared<v8::Global<v8::Function>>(isolate, done);
    answer->waker_ = LoopWaker::Open(isolate, [=] {
      const std::optional<Answer> given = answer->Take();
      if (!given) return;
      answer->waker_->Close();
      Call(isolate, callback->Get(isolate), arguments, *given);
    });
    return answer;
  }

  /// From any thread, once.
  void Give(Answer answer) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      given_.emplace(std::move(answer));
    }
    waker_->Wake();
  }

  /// On the loop's thread: nobody will answer.
  void GiveUp() { waker_->Close(); }

 private:
  std::optional<Answer> Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(given_, std::nullopt);
  }

  static void Call(v8::Isolate* isolate, v8::Local<v8::Function> done, Arguments arguments,
                   const Answer& answer) {
    const v8::Local<v8::Context> context = done->GetCreationContextChecked();
    const v8::Context::Scope scope(context);
    auto values = arguments(context, answer);
    node::MakeCallback(isolate, context->Global(), done, argument_count, values.data(), {0, 0}).IsEmpty();
  }

  // The waker holds this in turn, until it is closed.
  std::shared_ptr<LoopWaker> waker_;
  std::mutex mutex_;
  std::optional<Answer> given_;  // guarded
};

}  // namespace acme
