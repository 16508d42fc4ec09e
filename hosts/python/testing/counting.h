#pragma once
// A thread of Python that counts for ever, and that it counts no more: its interpreter is held still.
//
// Threads: any; ExpectCountsNoMore needs nothing of Python.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "hosts/base/deadline.h"

namespace hosts::python::testing {

// Statements that begin it: a daemon thread, or one that is waited for. Behind them kAddressOfCount says where the count is.
inline std::string CountForEver(bool is_daemon) {
  return std::string(
             "import ctypes, threading\n"
             "count = ctypes.c_uint64(0)\n"
             "def loop():\n"
             "    while True:\n"
             "        count.value += 1\n"
             "threading.Thread(target=loop, daemon=") +
         (is_daemon ? "True" : "False") + ").start()\n";
}
inline constexpr const char* kAddressOfCount = "ctypes.addressof(count)";

// `address` in digits.
inline void ExpectCountsNoMore(const std::string& address) {
  const std::atomic_ref<std::uint64_t> seen(
      *reinterpret_cast<std::uint64_t*>(std::stoull(address)));
  const std::uint64_t before = seen.load();
  const auto deadline = base::Deadline::After(std::chrono::milliseconds(50));
  while (!deadline.has_passed())
    ASSERT_EQ(seen.load(), before);
}

}  // namespace hosts::python::testing
