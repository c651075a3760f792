// utf8_twin <max bytes>: reads blocks of a uint32 length (little-endian) and as many bytes, writes the valid
// text of each likewise.
#include <cstdio>
#include <cstdlib>

#include "../../native/utf8.h"
#include "canary.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  if (RunCanary(argv[1])) return 0;
  const size_t max_bytes = strtoull(argv[1], nullptr, 10);
  uint32_t size;
  while (fread(&size, sizeof size, 1, stdin) == 1) {
    // As large as the text to the byte, so that reading past its end is seen.
    char* bytes = static_cast<char*>(malloc(size));
    if (fread(bytes, 1, size, stdin) != size) return 2;
    const std::string_view text(bytes, size);
    const std::string valid = acme::IsPlainAscii(text) && size <= max_bytes
                                  ? std::string(text)
                                  : acme::ToValidUtf8(text, max_bytes);
    free(bytes);
    const uint32_t valid_size = static_cast<uint32_t>(valid.size());
    fwrite(&valid_size, sizeof valid_size, 1, stdout);
    fwrite(valid.data(), 1, valid.size(), stdout);
  }
  return 0;
}
