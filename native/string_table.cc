#include "string_table.h"

namespace acme {

uint32_t StringTable::Intern(const char* text, std::vector<std::string>* fresh) {
  if (text == nullptr || *text == '\0') return kEmpty;
  auto [entry, added] = by_pointer_.try_emplace(text, 0);
  if (!added && strings_[entry->second] == text) return entry->second;
  entry->second = static_cast<uint32_t>(strings_.size());
  strings_.emplace_back(text);
  fresh->push_back(strings_.back());
  return entry->second;
}

void StringTable::Clear() {
  strings_.assign(1, std::string());
  by_pointer_.clear();
}

}  // namespace acme
