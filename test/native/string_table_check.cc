// V8 may free a name and give its memory to another: the number must always stand for the text as it is now.
#include <string>
#include <vector>

#include "../../native/string_table.h"
#include "check.h"

namespace {

void NumbersStandForTheText(Choices& choices) {
  acme::StringTable table;
  std::vector<std::string> known{""};  // as the collector keeps them
  char memory[32][8] = {};
  for (uint64_t n = choices.Below(300); n > 0; n--) {
    if (choices.OneIn(100)) {
      table.Clear();
      known.assign(1, "");
    }
    char* text = memory[choices.Below(32)];
    if (choices.OneIn(3)) {
      const uint64_t length = choices.Below(8);
      for (uint64_t i = 0; i < length; i++) text[i] = static_cast<char>('a' + choices.Below(2));
      text[length] = '\0';
    }
    std::vector<std::string> fresh;
    const uint32_t number = table.Intern(choices.OneIn(20) ? nullptr : text, &fresh);
    CHECK(fresh.size() <= 1);
    known.insert(known.end(), fresh.begin(), fresh.end());
    CHECK(number < known.size());
    if (number != acme::StringTable::kEmpty) CHECK(known[number] == text);
    if (number == acme::StringTable::kEmpty) CHECK(fresh.empty());
  }
  CHECK(!table.full());
}

}  // namespace

int main(int argc, char** argv) { return RunSeeds(argc, argv, NumbersStandForTheText); }
