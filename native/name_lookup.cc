#include "name_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <utility>
#include <vector>

#include "background_thread.h"
#include "loop_answer.h"
#include "within_memory.h"

namespace acme {
namespace {

struct Found {
  int error = 0;  // of getaddrinfo
  std::vector<std::string> addresses;
};

/// Asks as net.connect() does, all addresses in the order of the system.
Found Resolve(const std::string& host) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  Found found;
  found.error = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (found.error != 0) return found;
  const bool fits = WithinMemory([&] {
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
      char text[INET6_ADDRSTRLEN];
      const void* address = nullptr;
      if (one->ai_family == AF_INET) address = &reinterpret_cast<sockaddr_in*>(one->ai_addr)->sin_addr;
      if (one->ai_family == AF_INET6) address = &reinterpret_cast<sockaddr_in6*>(one->ai_addr)->sin6_addr;
      if (address != nullptr && inet_ntop(one->ai_family, address, text, sizeof text) != nullptr) {
        found.addresses.emplace_back(text);
      }
    }
  });
  freeaddrinfo(list);
  if (!fits) found.error = EAI_MEMORY;
  return found;
}

/// What Node calls it.
const char* CodeOf(int error) {
  if (error == EAI_AGAIN) return "EAI_AGAIN";
  return error == EAI_NONAME || error == EAI_NODATA ? "ENOTFOUND" : "EAI_FAIL";
}

std::array<v8::Local<v8::Value>, 2> ArgumentsOf(v8::Local<v8::Context> context, const Found& found) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  const auto text = [&](const char* from) { return v8::String::NewFromUtf8(isolate, from).ToLocalChecked(); };
  const auto addresses = v8::Array::New(isolate);
  if (found.error != 0 || found.addresses.empty()) return {text(CodeOf(found.error)), addresses};
  for (const std::string& address : found.addresses) {
    addresses->Set(context, addresses->Length(), text(address.c_str())).Check();
  }
  return {v8::Undefined(isolate), addresses};
}

}  // namespace

bool NameLookup::Send(v8::Isolate* isolate, std::string host, v8::Local<v8::Function> done) {
  auto answer = LoopAnswer<Found, 2>::Expect(isolate, done, ArgumentsOf);
  bool started = false;
  WithinMemory([&] {
    started = StartBackgroundThread("acme-lookup",
                                    [answer, host = std::move(host)] { answer->Give(Resolve(host)); });
  });
  if (!started) answer->GiveUp();
  return started;
}

}  // namespace acme
