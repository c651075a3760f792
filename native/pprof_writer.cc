#include "pprof_writer.h"

#include <vector>

#include "pprof_order.h"
#include "protobuf_writer.h"

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

/// Gives dense numbers from 1 on, in the order of first use, so that what is used together lies together in
/// the file.
class Numbering {
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

class Writer {
 public:
  explicit Writer(const PprofTables& tables)
      : tables_(tables),
        strings_(tables.strings.size()),
        locations_(tables.locations.size() + 1),
        functions_(tables.functions.size() + 1) {
    strings_(0);
  }

  std::string Write(int64_t time_nanos, int64_t duration_nanos) {
    for (const PprofTables::ValueType& type : tables_.sample_types) WriteType(kSampleType, type);
    WriteType(kPeriodType, tables_.period_type);
    for (const uint32_t location : FrequentLocations(tables_)) locations_(location);
    for (const uint32_t sample : OrderOfSamples(tables_)) WriteSample(sample);
    WriteLocations();
    WriteFunctions();
    for (const uint32_t comment : tables_.comments) out_.FieldAlways(kComment, StringIndex(comment));
    out_.Field(kTimeNanos, static_cast<uint64_t>(time_nanos));
    out_.Field(kDurationNanos, static_cast<uint64_t>(duration_nanos));
    out_.Field(kPeriod, static_cast<uint64_t>(tables_.period));
    out_.Field(kDefaultSampleType, StringIndex(tables_.default_sample_type));
    for (const uint32_t handle : strings_.order()) out_.Bytes(kStringTable, tables_.StringAt(handle));
    return out_.Take();
  }

 private:
  uint32_t StringIndex(uint32_t handle) { return strings_(handle) - 1; }

  void WriteType(uint32_t field, PprofTables::ValueType type) {
    message_.Clear();
    message_.Field(1, StringIndex(type.type));
    message_.Field(2, StringIndex(type.unit));
    out_.Bytes(field, message_.view());
  }

  void WriteSample(uint32_t number) {
    const PprofTables::Sample& sample = tables_.samples[number];
    location_ids_.clear();
    const uint32_t* const end = tables_.stacks.end(sample.stack);
    for (const uint32_t* at = tables_.stacks.begin(sample.stack); at != end; at++) {
      location_ids_.push_back(locations_(*at));
    }
    message_.Clear();
    message_.Packed(1, location_ids_.data(), location_ids_.size());
    for (size_t l = tables_.LabelsBegin(number); l < sample.labels_end; l++) {
      const Label& label = tables_.labels[l];
      nested_.Clear();
      nested_.Field(1, StringIndex(label.key));
      if (label.str != 0) {
        nested_.Field(2, StringIndex(label.str));
      } else {
        nested_.FieldAlways(3, static_cast<uint64_t>(label.num));
        nested_.Field(4, StringIndex(label.num_unit));
      }
      message_.Bytes(3, nested_.view());
    }
    const size_t types = tables_.sample_types.size();
    message_.Packed(2, tables_.values.data() + number * types, types);
    out_.Bytes(kSample, message_.view());
  }

  void WriteLocations() {
    for (size_t i = 0; i < locations_.order().size(); i++) {
      const PprofTables::Location& location = tables_.locations[locations_.order()[i] - 1];
      nested_.Clear();
      nested_.Field(1, functions_(static_cast<uint32_t>(location.function)));
      nested_.Field(2, static_cast<uint64_t>(location.line));
      nested_.Field(3, static_cast<uint64_t>(location.column));
      message_.Clear();
      message_.Field(1, i + 1);
      message_.Bytes(4, nested_.view());
      out_.Bytes(kLocation, message_.view());
    }
  }

  void WriteFunctions() {
    // All names before all files: each kind compresses better among its own.
    for (const uint32_t function : functions_.order()) strings_(tables_.functions[function - 1].name);
    for (size_t i = 0; i < functions_.order().size(); i++) {
      const PprofTables::Function& function = tables_.functions[functions_.order()[i] - 1];
      message_.Clear();
      message_.Field(1, i + 1);
      message_.Field(2, StringIndex(function.name));
      message_.Field(4, StringIndex(function.filename));
      message_.Field(5, static_cast<uint64_t>(function.start_line));
      out_.Bytes(kFunction, message_.view());
    }
  }

  const PprofTables& tables_;
  Numbering strings_;
  Numbering locations_;
  Numbering functions_;
  ProtobufWriter out_;
  ProtobufWriter message_;
  ProtobufWriter nested_;
  std::vector<uint32_t> location_ids_;
};

}  // namespace

std::string WritePprof(const PprofTables& tables, int64_t time_nanos, int64_t duration_nanos) {
  return Writer(tables).Write(time_nanos, duration_nanos);
}

}  // namespace acme
