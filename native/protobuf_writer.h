// Writes the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) into one growing
// buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace acme {

class ProtobufWriter {
 public:
  // An absent field reads as 0, so a 0 is not written. Negative numbers are passed as their two's complement.
  void Field(uint32_t field, uint64_t value) {
    if (value != 0) FieldAlways(field, value);
  }

  void FieldAlways(uint32_t field, uint64_t value) {
    Varint(uint64_t{field} << 3);
    Varint(value);
  }

  void Bytes(uint32_t field, std::string_view bytes) {
    Varint(uint64_t{field} << 3 | kLengthDelimited);
    Varint(bytes.size());
    out_.append(bytes);
  }

  template <typename Integer>
  void Packed(uint32_t field, const Integer* values, size_t n) {
    if (n == 0) return;
    size_t size = 0;
    for (size_t i = 0; i < n; i++) size += VarintSize(static_cast<uint64_t>(values[i]));
    Varint(uint64_t{field} << 3 | kLengthDelimited);
    Varint(size);
    for (size_t i = 0; i < n; i++) Varint(static_cast<uint64_t>(values[i]));
  }

  void Reserve(size_t bytes) { out_.reserve(bytes); }
  void Clear() { out_.clear(); }
  std::string_view view() const { return out_; }
  std::string Take() { return std::move(out_); }

  static size_t VarintSize(uint64_t value) {
    const int bits = 64 - __builtin_clzll(value | 1);
    return static_cast<size_t>(bits + 6) / 7;
  }

 private:
  static constexpr uint32_t kLengthDelimited = 2;

  void Varint(uint64_t value) {
    char bytes[10];
    size_t n = 0;
    while (value >= 0x80) {
      bytes[n++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    bytes[n++] = static_cast<char>(value);
    out_.append(bytes, n);
  }

  std::string out_;
};

}  // namespace acme
