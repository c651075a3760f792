#include "random_profile.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "../../native/pprof_encoder.h"

using acme::Label;
using acme::PprofEncoder;

namespace {

std::string RandomText(Choices& choices) {
  static const std::string kHostile[] = {
      "",
      "handler",
      "(anonymous)",
      "(program)",
      "truncated",
      "__proto__",
      "constructor",
      "toString",
      "\"",
      "\\",
      "'",
      "</script><img src=x onerror=alert(1)>",
      "{{7*7}}",
      "\r\nX-Injected: 1",
      "\x1b[31mred",
      "\xe2\x80\xaertl",
      "bom \xef\xbb\xbf",
      "\xf0\x9f\x92\xa5",
      "caf\xc3\xa9",
      std::string("\0", 1),
      std::string("nul\0in the middle", 17),
      "lone \xed\xa0\x80 surrogate",
      "\xed\xb0\x80\xed\xa0\x80",
      "cesu \xed\xa0\xbd\xed\xb2\xa5",
      "overlong \xc0\x80 \xe0\x80\xaf \xf0\x80\x80\xaf",
      "cut \xe2\x82",
      "cut \xf0\x9f\x92",
      "\xf4\x90\x80\x80",
      "\xff\xfe",
      "\x80",
      "\xef\xbf\xbd",
  };
  constexpr size_t kCount = sizeof kHostile / sizeof *kHostile;
  switch (choices.Below(40)) {
    case 0: {  // around the cut
      if (!choices.OneIn(4)) break;
      std::string text(PprofEncoder::kMaxStringBytes - 4 + choices.Below(8), 'x');
      return text + kHostile[choices.Below(kCount)];
    }
    case 1: {
      if (!choices.OneIn(8)) break;
      std::string text;
      const std::string& part = kHostile[1 + choices.Below(kCount - 1)];
      while (text.size() < (1 << 20)) text += part;
      return text;
    }
    case 2:
    case 3:
    case 4: {
      std::string text;
      for (uint64_t n = choices.Below(12); n > 0; n--) text.push_back(static_cast<char>(choices.Next()));
      return text;
    }
    case 5:
    case 6:
      return kHostile[choices.Below(kCount)] + kHostile[choices.Below(kCount)];
    case 7:
    case 8:
    case 9:
    case 10:
      return "function" + std::to_string(choices.Below(1000));
  }
  return kHostile[choices.Below(kCount)];
}

int64_t RandomNumber(Choices& choices) {
  static const int64_t kEdges[] = {0,         1,        -1, 127, 128, 1 << 14, INT32_MAX, int64_t{1} << 32,
                                   INT64_MAX, INT64_MIN};
  const uint64_t kind = choices.Below(4);
  if (kind == 0) return kEdges[choices.Below(sizeof kEdges / sizeof *kEdges)];
  if (kind == 1) return static_cast<int64_t>(choices.Next());
  return static_cast<int64_t>(choices.Below(1000));
}

// Strings go into the model as bytes in hex, each once.
class Model {
 public:
  std::string Text(const std::string& bytes) {
    for (size_t i = 0; i < texts_.size(); i++) {
      if (texts_[i] == bytes) return std::to_string(i);
    }
    texts_.push_back(bytes);
    return std::to_string(texts_.size() - 1);
  }

  std::string Texts() const {
    std::string json;
    for (const std::string& text : texts_) {
      json += json.empty() ? "\"" : ",\"";
      for (const char c : text) {
        json += "0123456789abcdef"[static_cast<uint8_t>(c) >> 4];
        json += "0123456789abcdef"[c & 15];
      }
      json += '"';
    }
    return "[" + json + "]";
  }

 private:
  std::vector<std::string> texts_;
};

std::string Number(int64_t number) { return '"' + std::to_string(number) + '"'; }

void Append(std::string* list, const std::string& item) { *list += (list->empty() ? "" : ",") + item; }

struct Text {
  std::string bytes;
  uint32_t handle;
};

}  // namespace

RandomProfile MakeRandomProfile(Choices choices) {
  Model model;
  const auto value_type = [&](const std::string& type, const std::string& unit) {
    return "[" + model.Text(type) + "," + model.Text(unit) + "]";
  };

  std::vector<std::string> type_texts;
  for (uint64_t n = (1 + choices.Below(4)) * 2; n > 0; n--) type_texts.push_back(RandomText(choices));
  std::vector<acme::ValueType> types;
  std::string types_json;
  for (size_t i = 0; i < type_texts.size(); i += 2) {
    types.push_back({type_texts[i], type_texts[i + 1]});
    Append(&types_json, value_type(type_texts[i], type_texts[i + 1]));
  }
  const std::string period_type = RandomText(choices);
  const int64_t period = RandomNumber(choices);
  PprofEncoder encoder(types, {period_type, "nanoseconds"}, period);

  std::vector<Text> texts;
  for (uint64_t n = 1 + choices.Below(30); n > 0; n--) {
    const std::string bytes = RandomText(choices);
    texts.push_back({bytes, encoder.String(bytes)});
  }
  texts.push_back({"", 0xfffffff0});  // an unknown handle
  const auto text = [&]() -> const Text& { return texts[choices.Below(texts.size())]; };

  struct Frame {
    uint64_t location;
    std::string json;  // empty where the location is unknown
  };
  std::vector<Frame> frames = {{0, ""}, {1 << 30, ""}, {UINT64_MAX, ""}};
  uint64_t last_location = 0;
  uint32_t last_function = 0;
  for (uint64_t n = choices.Below(200); n > 0; n--) {
    const Text& name = text();
    const Text& file = text();
    const int64_t start = static_cast<int64_t>(choices.Below(3)),
                  line = static_cast<int64_t>(choices.Below(300));
    const int64_t column = choices.OneIn(4) ? static_cast<int64_t>(choices.Below(1 << 20)) : 0;
    const uint32_t function = encoder.Function(name.handle, file.handle, start);
    last_function = std::max(last_function, function);
    last_location = std::max(last_location, encoder.Location(function, line, column));
    frames.push_back({encoder.Location(function, line, column),
                      "[" + model.Text(name.bytes) + "," + model.Text(file.bytes) + "," + Number(start) +
                          "," + Number(line) + "," + Number(column) + "]"});
  }
  if (encoder.Location(0, 1, 1) != 0 || encoder.Location(last_function + 1, 1, 1) != 0) abort();

  const std::string truncated = "[" + model.Text(std::string(PprofEncoder::kTruncatedFrame)) + "," +
                                model.Text("") + ",\"0\",\"0\",\"0\"]";
  const bool with_ids = choices.OneIn(2);
  std::string samples_json;
  std::vector<uint64_t> stack;
  for (uint64_t n = choices.Below(100); n > 0; n--) {
    static const size_t kDepths[] = {0, 999, 1000, 1001, 3000};
    const size_t depth = samples_json.empty() ? 1
                         : choices.OneIn(50)  ? kDepths[choices.Below(5)]
                                              : choices.Below(40);
    stack.clear();
    std::string frames_json;
    for (size_t i = 0; i < depth; i++) {
      // Just above the known ones, while no stack has been truncated: the frame for that is a location of its
      // own.
      const bool is_first = samples_json.empty();
      const Frame& frame = is_first ? Frame{last_location + 1, ""} : frames[choices.Below(frames.size())];
      stack.push_back(frame.location);
      const bool kept = depth <= PprofEncoder::kMaxFrames || i < PprofEncoder::kMaxFrames - 1;
      if (kept && !frame.json.empty()) Append(&frames_json, frame.json);
    }
    if (depth > PprofEncoder::kMaxFrames) Append(&frames_json, truncated);

    std::vector<int64_t> values;
    std::string values_json;
    for (size_t i = 0; i < types.size(); i++) {
      values.push_back(RandomNumber(choices));
      Append(&values_json, Number(values.back()));
    }

    std::vector<Label> labels;
    std::string labels_json;
    for (uint64_t l = choices.Below(8); l > 0; l--) {
      const Text& key = text();
      const Text& str = choices.OneIn(2) ? text() : texts.back();
      const Text& unit = choices.OneIn(4) ? text() : texts.back();
      const int64_t num =
          with_ids ? INT64_MIN + static_cast<int64_t>(choices.Below(9)) : RandomNumber(choices);
      labels.push_back({key.handle, str.handle, num, unit.handle});
      if (key.bytes.empty()) continue;
      Append(&labels_json, "[" + model.Text(key.bytes) + "," + model.Text(str.bytes) + "," + Number(num) +
                               "," + model.Text(unit.bytes) + "]");
    }
    encoder.Sample(stack.data(), stack.size(), values.data(), labels.data(), labels.size());
    Append(&samples_json, "[[" + frames_json + "],[" + values_json + "],[" + labels_json + "]]");
    if (choices.OneIn(50)) encoder.Finish(0, 0);
  }

  std::string comments_json;
  for (uint64_t n = choices.Below(4); n > 0; n--) {
    const Text& comment = text();
    encoder.Comment(comment.handle);
    if (!comment.bytes.empty()) Append(&comments_json, model.Text(comment.bytes));
  }
  const Text& default_type = text();
  encoder.set_default_sample_type(default_type.handle);
  const int64_t time = RandomNumber(choices), duration = RandomNumber(choices);

  const std::string period_json = value_type(period_type, "nanoseconds");
  const std::string default_json = model.Text(default_type.bytes);

  RandomProfile profile;
  profile.encoded = encoder.Finish(time, duration);
  if (encoder.Finish(time, duration) != profile.encoded) abort();
  profile.model = "{\"sampleTypes\":[" + types_json + "],\"periodType\":" + period_json +
                  ",\"period\":" + Number(period) + ",\"time\":" + Number(time) +
                  ",\"duration\":" + Number(duration) + ",\"defaultSampleType\":" + default_json +
                  ",\"comments\":[" + comments_json + "],\"samples\":[" + samples_json +
                  "],\"texts\":" + model.Texts() + "}";
  return profile;
}
