#include "hosts/status/published_text.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "hosts/status/shared_memory.h"

namespace hosts::status {
namespace {

TEST(PublishedText, IsReadAsItWasWritten) {
  const SharedMemory memory(128);
  PublishedText text(memory.data(), memory.size());
  EXPECT_EQ(text.Read(), "");
  for (const std::string_view said : {"a", "eight by", "nine bytes", ""}) {
    EXPECT_TRUE(text.Write(said));
    EXPECT_EQ(text.Read(), said);
  }
}

TEST(PublishedText, StaysAsItWasWhenAnotherIsTooLong) {
  const SharedMemory memory(64);
  PublishedText text(memory.data(), memory.size());
  const std::string longest(text.capacity(), 'x');
  EXPECT_TRUE(text.Write(longest));
  EXPECT_FALSE(text.Write(longest + "x"));
  EXPECT_EQ(text.Read(), longest);
}

TEST(PublishedText, IsNothingWhenItsWriterStoppedInTheMiddle) {
  const SharedMemory memory(64);
  PublishedText text(memory.data(), memory.size());
  ASSERT_TRUE(text.Write("whole"));
  const std::uint64_t odd = 7;
  std::memcpy(memory.data(), &odd, sizeof odd);
  EXPECT_EQ(text.Read(), std::nullopt);
}

TEST(PublishedText, IsNothingWhenItSaysThatItIsLongerThanItsMemory) {
  const SharedMemory memory(64);
  const PublishedText text(memory.data(), memory.size());
  const std::uint64_t size = ~std::uint64_t{0};
  std::memcpy(memory.data() + sizeof size, &size, sizeof size);
  EXPECT_EQ(text.Read(), std::nullopt);
}

TEST(PublishedText, IsReadWholeOrNotAtAllWhileItIsWritten) {
  const SharedMemory memory(4096);
  PublishedText text(memory.data(), memory.size());
  const std::string one(4000, '1');
  const std::string other(3000, '2');
  ASSERT_TRUE(text.Write(one));
  std::atomic<bool> must_stop{false};
  std::thread writer([&] {
    while (!must_stop.load()) {
      EXPECT_TRUE(text.Write(other));
      EXPECT_TRUE(text.Write(one));
    }
  });
  int torn = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto read = text.Read();
    if (read && *read != one && *read != other) ++torn;
  }
  must_stop = true;
  writer.join();
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace hosts::status
