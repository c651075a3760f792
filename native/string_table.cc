#include "string_table.h"

namespace acme {

uint32_t StringTable::Intern(const char* text, std::vector<std::string>* fresh) {
  if (text == nullptr || *text == '\0') return kEmpty;
  return by_pointer_.FindOrAdd(
      HashBytes(&text, sizeof text, 0),
      [&](uint32_t number) { return strings_[number].pointer == text && strings_[number].text == text; },
      [&] {
        strings_.push_back({text, text});
        fresh->push_back(strings_.back().text);
        return static_cast<uint32_t>(strings_.size() - 1);
      });
}

void StringTable::Clear() {
  strings_.assign(1, {nullptr, std::string()});
  by_pointer_ = InternTable();
}

}  // namespace acme
