#pragma once

#include <string>
#include <string_view>

namespace acme {

/// The name of a script as people know it: ES modules are named by their URL, CommonJS ones by their path.
inline std::string ScriptPath(std::string_view name) {
  constexpr std::string_view kScheme = "file://";
  if (name.substr(0, kScheme.size()) != kScheme) return std::string(name);
  name.remove_prefix(kScheme.size());
  // Loaders add a query to load a module anew.
  name = name.substr(0, name.find_first_of("?#"));
  const auto hex = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
  };
  std::string path;
  for (size_t i = 0; i < name.size(); i++) {
    if (name[i] == '%' && i + 2 < name.size() && hex(name[i + 1]) >= 0 && hex(name[i + 2]) >= 0) {
      path += static_cast<char>(hex(name[i + 1]) * 16 + hex(name[i + 2]));
      i += 2;
    } else {
      path += name[i];
    }
  }
  return path;
}

}  // namespace acme
