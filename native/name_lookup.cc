#include "name_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <node.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "background_thread.h"
#include "loop_waker.h"
#include "within_memory.h"

namespace acme {
namespace {

/// Between the asking thread and the one that waits for the name server.
struct Answer {
  std::mutex mutex;
  bool ready = false;
  int error = 0;
  std::vector<std::string> addresses;
};

/// Asks as net.connect() does, all addresses in the order of the system.
void Resolve(const std::string& host, Answer* answer) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  std::vector<std::string> addresses;
  const bool fits = WithinMemory([&] {
    for (const addrinfo* one = error == 0 ? found : nullptr; one != nullptr; one = one->ai_next) {
      char text[INET6_ADDRSTRLEN];
      const void* address = nullptr;
      if (one->ai_family == AF_INET) address = &reinterpret_cast<sockaddr_in*>(one->ai_addr)->sin_addr;
      if (one->ai_family == AF_INET6) address = &reinterpret_cast<sockaddr_in6*>(one->ai_addr)->sin6_addr;
      if (address != nullptr && inet_ntop(one->ai_family, address, text, sizeof text) != nullptr) {
        addresses.emplace_back(text);
      }
    }
  });
  if (error == 0) freeaddrinfo(found);
  if (!fits) error = EAI_MEMORY;
  std::lock_guard<std::mutex> lock(answer->mutex);
  answer->ready = true;
  answer->error = error;
  answer->addresses = std::move(addresses);
}

/// What Node calls it.
const char* CodeOf(int error) {
  if (error == EAI_AGAIN) return "EAI_AGAIN";
  return error == EAI_NONAME || error == EAI_NODATA ? "ENOTFOUND" : "EAI_FAIL";
}

void Deliver(v8::Isolate* isolate, const v8::Global<v8::Function>& callback, const Answer& answer) {
  const v8::Local<v8::Function> done = callback.Get(isolate);
  const v8::Local<v8::Context> context = done->GetCreationContextChecked();
  const v8::Context::Scope scope(context);
  const auto text = [&](const char* from) { return v8::String::NewFromUtf8(isolate, from).ToLocalChecked(); };
  const auto addresses = v8::Array::New(isolate);
  v8::Local<v8::Value> error = v8::Undefined(isolate);
  if (answer.error != 0 || answer.addresses.empty()) {
    error = text(CodeOf(answer.error));
  } else {
    for (const std::string& address : answer.addresses) {
      addresses->Set(context, addresses->Length(), text(address.c_str())).Check();
    }
  }
  v8::Local<v8::Value> arguments[] = {error, addresses};
  node::MakeCallback(isolate, context->Global(), done, 2, arguments, {0, 0}).IsEmpty();
}

}  // namespace

bool NameLookup::Send(v8::Isolate* isolate, std::string host, v8::Local<v8::Function> done) {
  auto answer = std::make_shared<Answer>();
  auto callback = std::make_shared<v8::Global<v8::Function>>(isolate, done);
  // The waker is known to its own callback only after Open() has returned.
  auto self = std::make_shared<std::weak_ptr<LoopWaker>>();
  const std::shared_ptr<LoopWaker> waker = LoopWaker::Open(isolate, [=] {
    {
      std::lock_guard<std::mutex> lock(answer->mutex);
      if (!std::exchange(answer->ready, false)) return;
    }
    if (const auto open = self->lock()) open->Close();
    Deliver(isolate, *callback, *answer);
  });
  *self = waker;
  bool started = false;
  WithinMemory([&] {
    started = StartBackgroundThread("acme-lookup", [answer, waker, host = std::move(host)] {
      Resolve(host, answer.get());
      waker->Wake();
    });
  });
  if (!started) waker->Close();
  return started;
}

}  // namespace acme
