#include "leaf_frame.h"

#include <cstring>

// Part of the SIGPROF handler: what sigprof.cc must not do, this must not either.

namespace acme {
namespace {

constexpr uintptr_t kWord = sizeof(uintptr_t);
/// A handler on a stack of its own is further away, or above.
constexpr uintptr_t kMaxHandlerStack = 64 * 1024;

/// The program counter meanwhile: V8 ignores a sample that has none, and knows no code here.
const char nowhere = 0;

#if defined(__x86_64__)

uintptr_t Pc(const mcontext_t& registers) { return registers.gregs[REG_RIP]; }
uintptr_t Sp(const mcontext_t& registers) { return registers.gregs[REG_RSP]; }
uintptr_t Fp(const mcontext_t& registers) { return registers.gregs[REG_RBP]; }

void Set(mcontext_t* registers, uintptr_t pc, uintptr_t sp, uintptr_t fp) {
  registers->gregs[REG_RIP] = pc;
  registers->gregs[REG_RSP] = sp;
  registers->gregs[REG_RBP] = fp;
}

/// Between push and mov, or pop and ret, the frame pointer is the caller's. V8 gives up such a sample, by
/// these patterns (src/profiler/tick-sample.cc, IsNoFrameRegion), and shall.
bool HasNoFrame(const uint8_t* code) {
  constexpr uint8_t kPush[] = {0x55, 0x48, 0x89, 0xe5};  // push rbp; mov rbp, rsp
  constexpr uint8_t kPopRet[] = {0x5d, 0xc3}, kPopRetN[] = {0x5d, 0xc2};
  for (int offset = 0; offset < 2; offset++) {
    if (memcmp(code - offset, kPush, 4) == 0 || memcmp(code - offset, kPopRet, 2) == 0 ||
        memcmp(code - offset, kPopRetN, 2) == 0) {
      return true;
    }
  }
  return false;
}

#elif defined(__aarch64__)

uintptr_t Pc(const mcontext_t& registers) { return registers.pc; }
uintptr_t Sp(const mcontext_t& registers) { return registers.sp; }
uintptr_t Fp(const mcontext_t& registers) { return registers.regs[29]; }

void Set(mcontext_t* registers, uintptr_t pc, uintptr_t sp, uintptr_t fp) {
  registers->pc = pc;
  registers->sp = sp;
  registers->regs[29] = fp;
}

bool HasNoFrame(const uint8_t*) { return false; }  // V8 has no patterns for this architecture

#endif

/// A JavaScript frame has its context and its function, heap objects, below the frame pointer. Regular
/// expressions and WebAssembly have a small integer there, and V8 finds them by the program counter only.
bool IsJavaScriptFrame(uintptr_t fp) {
  const auto* slots = reinterpret_cast<const uintptr_t*>(fp);
  return (slots[-1] & 1) != 0 && (slots[-2] & 1) != 0;
}

}  // namespace

LeafFrame::LeafFrame(void* signal_context, const CodeLayout& layout)
    : registers_(&static_cast<ucontext_t*>(signal_context)->uc_mcontext),
      pc_(Pc(*registers_)),
      sp_(Sp(*registers_)),
      fp_(Fp(*registers_)) {
  if (!layout.IsCompiled(pc_) || HasNoFrame(reinterpret_cast<const uint8_t*>(pc_))) return;
  const uintptr_t here = reinterpret_cast<uintptr_t>(frame_);
  if (here >= sp_ || sp_ - here > kMaxHandlerStack) return;
  if (fp_ < sp_ + 2 * kWord || fp_ >= layout.stack_end || !IsJavaScriptFrame(fp_)) return;
  frame_[0] = frame_[1] = frame_[2] = 0;
  frame_[3] = 0;  // a small integer for a function: V8 takes the frame for a native one and passes over it
  frame_[4] = 1;  // no small integer: that would be a type of frame
  frame_[5] = fp_;
  frame_[6] = pc_;
  Set(registers_, reinterpret_cast<uintptr_t>(&nowhere), here, reinterpret_cast<uintptr_t>(&frame_[5]));
}

LeafFrame::~LeafFrame() { Set(registers_, pc_, sp_, fp_); }

}  // namespace acme
