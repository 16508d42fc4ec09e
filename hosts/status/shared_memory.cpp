#include "hosts/status/shared_memory.h"

#include <sys/mman.h>

#include "hosts/base/check.h"

namespace hosts::status {

namespace {

std::byte* Map(std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED, "no memory for what the status page shows");
  return static_cast<std::byte*>(memory);
}

}  // namespace

SharedMemory::SharedMemory(std::size_t size) : size_(size), data_(Map(size)) {}

SharedMemory::~SharedMemory() {
  ::munmap(data_, size_);
}

void SharedMemory::MakeReadOnly() const {
  CHECK(::mprotect(data_, size_, PROT_READ) == 0, "a mapping of our own can be made read-only");
}

}  // namespace hosts::status
