// Makes any bytes into text that every pprof reader accepts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace acme {

inline bool IsPlainAscii(std::string_view bytes) {
  for (const char c : bytes) {
    if (static_cast<uint8_t>(c - 1) >= 0x7f) return false;
  }
  return true;
}

// Length of the well-formed UTF-8 sequence at `at`, or 0. Then *bad is the length of the ill-formed part that
// one U+FFFD stands for, cut as by the WHATWG decoder (Unicode 15, table 3-7 and "maximal subpart"), so
// TextDecoder is its twin.
inline size_t Utf8SequenceLength(std::string_view bytes, size_t at, size_t* bad) {
  const auto byte = [&](size_t i) -> uint8_t {
    return i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0;
  };
  const uint8_t lead = byte(at);
  *bad = 1;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte's range refuses overlong forms, surrogates and what is above U+10FFFF.
  const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(at + 1) < low || byte(at + 1) > high) return 0;
  for (size_t i = 2; i < length; i++) {
    *bad = i;
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

// Valid UTF-8 of at most `max_bytes`, cut between characters. U+FFFD replaces what is ill-formed (lone
// surrogates too) and NUL, which ends the text in readers written in C. Reads no more of `bytes` than it
// needs.
inline std::string ToValidUtf8(std::string_view bytes, size_t max_bytes) {
  std::string out;
  for (size_t at = 0; at < bytes.size();) {
    size_t bad = 0;
    size_t length = Utf8SequenceLength(bytes, at, &bad);
    if (length == 1 && bytes[at] == '\0') length = 0;
    const std::string_view character =
        length > 0 ? bytes.substr(at, length) : std::string_view("\xef\xbf\xbd");
    if (out.size() + character.size() > max_bytes) break;
    out.append(character);
    at += length > 0 ? length : bad;
  }
  return out;
}

}  // namespace acme
