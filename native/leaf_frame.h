#pragma once

#include <ucontext.h>

#include <cstdint>

namespace acme {

/// What the handler may take for compiled JavaScript, and where the sampled thread's stack ends. Zeros:
/// nothing.
struct CodeLayout {
  uintptr_t code_begin = 0;
  uintptr_t code_end = 0;
  uintptr_t builtins_begin = 0;  // may lie within the code
  uintptr_t builtins_end = 0;
  uintptr_t stack_end = 0;

  bool IsCompiled(uintptr_t pc) const {
    const bool is_builtin = pc >= builtins_begin && pc < builtins_end;
    return pc >= code_begin && pc < code_end && !is_builtin;
  }
};

/// V8 looks for inlined functions only where it finds a return address. The leaf it knows by its program
/// counter: that gives the line of the inlined function, but the name and the file of the one around it.
/// While a LeafFrame lives, the interrupted position is a return address: a frame of nothing lies below it.
class LeafFrame {
 public:
  LeafFrame(void* signal_context, const CodeLayout& layout);
  ~LeafFrame();

 private:
  mcontext_t* const registers_;
  const uintptr_t pc_, sp_, fp_;
  // Upwards, as on a stack: its top, two free slots, function, context, caller's frame, return address.
  uintptr_t frame_[7];
};

}  // namespace acme
