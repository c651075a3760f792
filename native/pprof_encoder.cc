#include "pprof_encoder.h"

#include <time.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "protobuf_writer.h"
#include "sample_order.h"
#include "utf8.h"

namespace acme {

namespace {

// Field numbers of profile.proto.
enum ProfileField : uint32_t {
  kSampleType = 1,
  kSample = 2,
  kLocation = 4,
  kFunction = 5,
  kStringTable = 6,
  kTimeNanos = 9,
  kDurationNanos = 10,
  kPeriodType = 11,
  kPeriod = 12,
  kComment = 13,
  kDefaultSampleType = 14,
};

uint64_t Seed(const void* object) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_nsec) << 32 ^ reinterpret_cast<uintptr_t>(object);
}

}  // namespace

PprofEncoder::PprofEncoder(const std::vector<ValueType>& sample_types, ValueType period_type, int64_t period)
    : seed_(Seed(this)), period_(period) {
  String("");
  for (const ValueType& type : sample_types) sample_types_.push_back(Intern(type));
  period_type_ = Intern(period_type);
}

uint32_t PprofEncoder::String(std::string_view text) {
  std::string valid;
  if (text.size() > kMaxStringBytes || !IsPlainAscii(text)) text = valid = ToValidUtf8(text, kMaxStringBytes);
  return string_table_.FindOrAdd(
      HashBytes(text.data(), text.size(), seed_), [&](uint32_t id) { return StringAt(id) == text; },
      [&] {
        string_bytes_.append(text);
        string_ends_.push_back(string_bytes_.size());
        return static_cast<uint32_t>(string_ends_.size() - 1);
      });
}

std::string_view PprofEncoder::StringAt(uint32_t string) const {
  const size_t begin = string == 0 ? 0 : string_ends_[string - 1];
  return std::string_view(string_bytes_).substr(begin, string_ends_[string] - begin);
}

uint32_t PprofEncoder::Function(uint32_t name, uint32_t filename, int64_t start_line) {
  const FunctionEntry entry = {KnownString(name), KnownString(filename), start_line};
  const int64_t key[] = {entry.name, entry.filename, start_line};
  return 1 + function_table_.FindOrAdd(
                 HashBytes(key, sizeof key, seed_),
                 [&](uint32_t id) {
                   const FunctionEntry& other = functions_[id];
                   return other.name == entry.name && other.filename == entry.filename &&
                          other.start_line == entry.start_line;
                 },
                 [&] {
                   functions_.push_back(entry);
                   return static_cast<uint32_t>(functions_.size() - 1);
                 });
}

uint64_t PprofEncoder::Location(uint32_t function, int64_t line, int64_t column) {
  if (function == 0 || function > functions_.size()) return 0;
  const LocationEntry entry = {function, line, column};
  const int64_t key[] = {function, line, column};
  return 1 + uint64_t{location_table_.FindOrAdd(
                 HashBytes(key, sizeof key, seed_),
                 [&](uint32_t id) {
                   const LocationEntry& other = locations_[id];
                   return other.function == entry.function && other.line == entry.line &&
                          other.column == entry.column;
                 },
                 [&] {
                   locations_.push_back(entry);
                   return static_cast<uint32_t>(locations_.size() - 1);
                 })};
}

void PprofEncoder::Sample(const uint64_t* locations_leaf_first, size_t n, const int64_t* values,
                          const Label* labels, size_t n_labels) {
  const bool truncated = n > kMaxFrames;
  pending_stack_.clear();
  for (size_t i = 0; i < (truncated ? kMaxFrames - 1 : n); i++) {
    const uint64_t location = locations_leaf_first[i];
    if (location != 0 && location <= locations_.size())
      pending_stack_.push_back(static_cast<uint32_t>(location));
  }
  if (truncated) {
    pending_stack_.push_back(static_cast<uint32_t>(Location(Function(String(kTruncatedFrame), 0, 0), 0, 0)));
  }
  for (size_t i = 0; i < n_labels; i++) {
    Label label = labels[i];
    label.key = KnownString(label.key);
    label.str = KnownString(label.str);
    label.num_unit = KnownString(label.num_unit);
    if (label.key != 0) labels_.push_back(label);
  }
  values_.insert(values_.end(), values, values + sample_types_.size());
  samples_.push_back({Stack(), labels_.size()});
}

uint32_t PprofEncoder::Stack() {
  const size_t size = pending_stack_.size();
  return stack_table_.FindOrAdd(
      HashBytes(pending_stack_.data(), size * sizeof(uint32_t), seed_),
      [&](uint32_t id) {
        return stack_ends_[id] - StackBegin(id) == size &&
               (size == 0 ||
                memcmp(&stack_frames_[StackBegin(id)], pending_stack_.data(), size * sizeof(uint32_t)) == 0);
      },
      [&] {
        stack_frames_.insert(stack_frames_.end(), pending_stack_.begin(), pending_stack_.end());
        stack_ends_.push_back(stack_frames_.size());
        return static_cast<uint32_t>(stack_ends_.size() - 1);
      });
}

void PprofEncoder::Comment(uint32_t string) {
  if (KnownString(string) != 0) comments_.push_back(string);
}

void PprofEncoder::set_default_sample_type(uint32_t type) { default_sample_type_ = KnownString(type); }

// Where a label number takes many bytes and comes again: the ids of spans and traces. Clock readings do not
// come again.
uint32_t PprofEncoder::GroupingLabel() const {
  constexpr uint64_t kWide = uint64_t{1} << 32;
  std::vector<std::pair<uint32_t, int64_t>> wide;
  for (const Label& label : labels_) {
    if (label.str == 0 && static_cast<uint64_t>(label.num) >= kWide) wide.emplace_back(label.key, label.num);
  }
  std::sort(wide.begin(), wide.end());
  uint32_t best = 0;
  size_t most_repeats = 0;
  for (size_t begin = 0, repeats = 0, i = 1; i <= wide.size(); i++) {
    if (i < wide.size() && wide[i].first == wide[begin].first) {
      if (wide[i].second == wide[i - 1].second) repeats++;
      continue;
    }
    if (repeats > most_repeats) {
      best = wide[begin].first;
      most_repeats = repeats;
    }
    begin = i;
    repeats = 0;
  }
  return best;
}

std::vector<uint32_t> PprofEncoder::StackRanks() const {
  std::vector<uint32_t> by_rank(stack_ends_.size());
  for (uint32_t i = 0; i < by_rank.size(); i++) by_rank[i] = i;
  const auto leaf = [&](uint32_t stack) {
    return stack_frames_.rend() - static_cast<ptrdiff_t>(StackBegin(stack));
  };
  const auto root = [&](uint32_t stack) {
    return stack_frames_.rend() - static_cast<ptrdiff_t>(stack_ends_[stack]);
  };
  std::sort(by_rank.begin(), by_rank.end(), [&](uint32_t a, uint32_t b) {
    return std::lexicographical_compare(root(a), leaf(a), root(b), leaf(b));
  });
  std::vector<uint32_t> ranks(by_rank.size());
  for (uint32_t i = 0; i < by_rank.size(); i++) ranks[by_rank[i]] = i;
  return ranks;
}

std::vector<uint32_t> PprofEncoder::OrderOfSamples() const {
  const uint32_t grouping_label = GroupingLabel();
  const std::vector<uint32_t> ranks = StackRanks();
  std::vector<OrderKey> keys;
  keys.reserve(samples_.size());
  for (size_t i = 0; i < samples_.size(); i++) {
    OrderKey key = {0, ranks[samples_[i].stack]};
    for (size_t l = LabelsBegin(i); grouping_label != 0 && l < samples_[i].labels_end; l++) {
      if (labels_[l].key == grouping_label && labels_[l].str == 0)
        key.group = static_cast<uint64_t>(labels_[l].num);
    }
    keys.push_back(key);
  }
  return SampleOrder(keys);
}

// The locations that take part in most samples: they get the ids that fit one byte.
std::vector<uint32_t> PprofEncoder::FrequentLocations() const {
  constexpr size_t kOneByteIds = 127;
  std::vector<uint32_t> uses(locations_.size() + 1, 0);
  for (const SampleEntry& sample : samples_) {
    for (size_t f = StackBegin(sample.stack); f < stack_ends_[sample.stack]; f++) uses[stack_frames_[f]]++;
  }
  std::vector<uint32_t> frequent;
  for (uint32_t i = 1; i < uses.size(); i++) {
    if (uses[i] > 0) frequent.push_back(i);
  }
  const size_t n = std::min(kOneByteIds, frequent.size());
  std::partial_sort(frequent.begin(), frequent.begin() + static_cast<ptrdiff_t>(n), frequent.end(),
                    [&](uint32_t a, uint32_t b) { return uses[a] != uses[b] ? uses[a] > uses[b] : a < b; });
  frequent.resize(n);
  return frequent;
}

// Gives dense numbers from 1 on, in the order of first use, so that what is used together lies together in
// the file.
class PprofEncoder::Numbering {
 public:
  explicit Numbering(size_t handles) : numbers_(handles, 0) {}

  uint32_t operator()(uint32_t handle) {
    if (numbers_[handle] == 0) {
      order_.push_back(handle);
      numbers_[handle] = static_cast<uint32_t>(order_.size());
    }
    return numbers_[handle];
  }
  const std::vector<uint32_t>& order() const { return order_; }

 private:
  std::vector<uint32_t> numbers_;
  std::vector<uint32_t> order_;
};

std::string PprofEncoder::Finish(int64_t time_nanos, int64_t duration_nanos) const {
  Numbering strings(string_ends_.size());
  Numbering locations(locations_.size() + 1);
  Numbering functions(functions_.size() + 1);
  strings(0);
  const auto string_index = [&](uint32_t handle) { return strings(handle) - 1; };

  ProtobufWriter out;
  ProtobufWriter message;
  ProtobufWriter nested;

  const auto value_type = [&](uint32_t field, ValueTypeHandles type) {
    message.Clear();
    message.Field(1, string_index(type.type));
    message.Field(2, string_index(type.unit));
    out.Bytes(field, message.view());
  };
  for (const ValueTypeHandles& type : sample_types_) value_type(kSampleType, type);
  value_type(kPeriodType, period_type_);

  for (const uint32_t location : FrequentLocations()) locations(location);
  std::vector<uint32_t> location_ids;
  for (const uint32_t i : OrderOfSamples()) {
    const SampleEntry& sample = samples_[i];
    location_ids.clear();
    for (size_t f = StackBegin(sample.stack); f < stack_ends_[sample.stack]; f++) {
      location_ids.push_back(locations(stack_frames_[f]));
    }
    message.Clear();
    message.Packed(1, location_ids.data(), location_ids.size());
    for (size_t l = LabelsBegin(i); l < sample.labels_end; l++) {
      const Label& label = labels_[l];
      nested.Clear();
      nested.Field(1, string_index(label.key));
      if (label.str != 0) {
        nested.Field(2, string_index(label.str));
      } else {
        nested.FieldAlways(3, static_cast<uint64_t>(label.num));
        nested.Field(4, string_index(label.num_unit));
      }
      message.Bytes(3, nested.view());
    }
    message.Packed(2, values_.data() + i * sample_types_.size(), sample_types_.size());
    out.Bytes(kSample, message.view());
  }

  for (size_t i = 0; i < locations.order().size(); i++) {
    const LocationEntry& location = locations_[locations.order()[i] - 1];
    nested.Clear();
    nested.Field(1, functions(location.function));
    nested.Field(2, static_cast<uint64_t>(location.line));
    nested.Field(3, static_cast<uint64_t>(location.column));
    message.Clear();
    message.Field(1, i + 1);
    message.Bytes(4, nested.view());
    out.Bytes(kLocation, message.view());
  }

  // All names before all files: each kind compresses better among its own.
  for (const uint32_t function : functions.order()) strings(functions_[function - 1].name);
  for (size_t i = 0; i < functions.order().size(); i++) {
    const FunctionEntry& function = functions_[functions.order()[i] - 1];
    message.Clear();
    message.Field(1, i + 1);
    message.Field(2, string_index(function.name));
    message.Field(4, string_index(function.filename));
    message.Field(5, static_cast<uint64_t>(function.start_line));
    out.Bytes(kFunction, message.view());
  }

  for (const uint32_t comment : comments_) out.FieldAlways(kComment, string_index(comment));
  out.Field(kTimeNanos, static_cast<uint64_t>(time_nanos));
  out.Field(kDurationNanos, static_cast<uint64_t>(duration_nanos));
  out.Field(kPeriod, static_cast<uint64_t>(period_));
  out.Field(kDefaultSampleType, string_index(default_sample_type_));
  for (const uint32_t handle : strings.order()) out.Bytes(kStringTable, StringAt(handle));
  return out.Take();
}

}  // namespace acme
