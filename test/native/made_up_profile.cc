// made_up_profile <samples per trace> <as peer: 0 or 1>: writes the wall profile of a made-up service to
// stdout, 60 s at 99 Hz, with the labels that the agent sets. As a peer would: no trace ids, the line where a
// function starts, and time as a count of intervals.
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <vector>

#include "../../native/pprof_encoder.h"
#include "choices.h"

namespace {

constexpr int kSamples = 5940;
constexpr int64_t kIntervalNanos = 10'101'000;

const char* const kWords[] = {
    "handle", "request", "parse", "json",  "render", "template", "query", "builder", "emit",   "promise",
    "next",   "router",  "match", "layer", "stream", "write",    "chunk", "encode",  "object", "mapper",
    "entity", "load",    "cache", "hash",  "crypto", "buffer",   "list",  "timer",   "tick",   "process"};
const char* const kEndpoints[] = {"GET /",     "GET /users/:id", "POST /orders",      "GET /search",
                                  "GET /cart", "PUT /cart/:id",  "GET /products/:id", "POST /login"};

struct Function {
  std::string name;
  int file;
  int line;
};

// A node of the call tree; the first is the root.
struct Call {
  int parent, function, line, depth;
};

std::string Word(Choices& choices) { return kWords[choices.Below(std::size(kWords))]; }

std::string Hex(uint64_t high, uint64_t low) {
  char text[33];
  snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(high),
           static_cast<unsigned long long>(low));
  return text;
}

// Some stacks come often, most seldom: Zipf's law, by halving.
size_t Skewed(Choices& choices, size_t n) {
  while (n > 4 && !choices.OneIn(6)) n = n * 3 / 5;
  return choices.Below(n);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const uint64_t samples_per_trace = strtoull(argv[1], nullptr, 10);
  const bool as_peer = argv[2][0] == '1';
  Choices choices(42);

  std::vector<std::string> files;
  for (int i = 0; i < 150; i++) {
    files.push_back(i < 50    ? "node:internal/" + Word(choices) + "/" + Word(choices)
                    : i < 110 ? "/usr/src/app/node_modules/" + Word(choices) + "-" + Word(choices) + "/lib/" +
                                    Word(choices) + ".js"
                              : "/usr/src/app/dist/" + Word(choices) + "/" + Word(choices) + ".js");
  }
  std::vector<Function> functions;
  for (int i = 0; i < 1500; i++) {
    functions.push_back({choices.OneIn(12) ? "" : Word(choices) + Word(choices),
                         static_cast<int>(choices.Below(files.size())),
                         1 + static_cast<int>(choices.Below(900))});
  }
  std::vector<Call> calls = {{-1, 0, 1, 1}};
  while (calls.size() < 9000) {
    const int size = static_cast<int>(calls.size());
    const int parent =
        static_cast<int>(choices.OneIn(3) ? choices.Below(calls.size())
                                          : calls.size() - 1 - choices.Below(size < 20 ? size : 20));
    if (calls[parent].depth > 40 && !choices.OneIn(6)) continue;
    const int function = static_cast<int>(choices.Below(functions.size()));
    calls.push_back({parent, function, functions[function].line + static_cast<int>(choices.Below(40)),
                     calls[parent].depth + 1});
  }
  std::vector<int> leaves;
  for (int i = 0; i < 3000; i++)
    leaves.push_back(2000 + static_cast<int>(choices.Below(calls.size() - 2000)));

  acme::PprofEncoder encoder({{"sample", "count"}, {"wall", "nanoseconds"}, {"cpu", "nanoseconds"}},
                             {"wall", "nanoseconds"}, kIntervalNanos);
  int64_t now = 1'732'250'000'000'000'000;
  uint64_t trace = 0, trace_high = 0, span = 0;
  std::string endpoint;
  for (int i = 0; i < kSamples; i++) {
    const int64_t elapsed = kIntervalNanos + 1000 * (static_cast<int64_t>(choices.Below(400)) - 200);
    now += elapsed;
    const int64_t cpu = elapsed - static_cast<int64_t>(choices.Below(600'000));
    if (choices.OneIn(samples_per_trace)) {
      trace = span = choices.Next() >> 1;
      trace_high = static_cast<uint64_t>(now / 1'000'000'000) << 32;
      endpoint = kEndpoints[Skewed(choices, std::size(kEndpoints))];
    }
    if (!choices.OneIn(3)) span = choices.Next() >> 1;
    const int leaf = leaves[Skewed(choices, leaves.size())];
    const int leaf_line = calls[leaf].line + static_cast<int>(choices.OneIn(4) ? choices.Below(5) : 0);

    std::vector<uint64_t> stack;
    for (int call = leaf; call >= 0; call = calls[call].parent) {
      const Function& function = functions[calls[call].function];
      const int line = as_peer ? function.line : call == leaf ? leaf_line : calls[call].line;
      stack.push_back(encoder.Location(
          encoder.Function(encoder.String(function.name), encoder.String(files[function.file]),
                           as_peer ? 0 : function.line),
          line, 0));
    }
    std::vector<acme::Label> labels;
    const auto number = [&](const char* key, uint64_t value) {
      labels.push_back({encoder.String(key), 0, static_cast<int64_t>(value), 0});
    };
    const auto text = [&](const char* key, const std::string& value) {
      labels.push_back({encoder.String(key), encoder.String(value), 0, 0});
    };
    text("thread name", "Main Event Loop");
    number("thread id", 0);
    number("os thread id", 4711);
    number("end_timestamp_ns", static_cast<uint64_t>(now));
    if (!choices.OneIn(10)) {
      text("trace endpoint", endpoint);
      number("local root span id", trace);
      number("span id", span);
      if (!as_peer) text("trace id", Hex(trace_high, trace));
    }
    const int64_t values[] = {1, as_peer ? kIntervalNanos : elapsed, cpu};
    encoder.Sample(stack.data(), stack.size(), values, labels.data(), labels.size());
  }
  const std::string encoded = encoder.Finish(now, kSamples * kIntervalNanos);
  fwrite(encoded.data(), 1, encoded.size(), stdout);
  return 0;
}
