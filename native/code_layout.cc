#include "code_layout.h"

#include <pthread.h>

namespace acme {

CodeLayout CodeLayoutOf(v8::Isolate* isolate) {
  CodeLayout layout;
  void* code = nullptr;
  const void* builtins = nullptr;
  size_t code_bytes = 0, builtins_bytes = 0;
  isolate->GetCodeRange(&code, &code_bytes);
  isolate->GetEmbeddedCodeRange(&builtins, &builtins_bytes);
  layout.code_begin = reinterpret_cast<uintptr_t>(code);
  layout.code_end = layout.code_begin + code_bytes;
  layout.builtins_begin = reinterpret_cast<uintptr_t>(builtins);
  layout.builtins_end = layout.builtins_begin + builtins_bytes;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return layout;
  void* stack = nullptr;
  size_t stack_bytes = 0;
  pthread_attr_getstack(&attributes, &stack, &stack_bytes);
  pthread_attr_destroy(&attributes);
  layout.stack_end = reinterpret_cast<uintptr_t>(stack) + stack_bytes;
  return layout;
}

}  // namespace acme
