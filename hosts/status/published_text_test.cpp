#include "hosts/status/published_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
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
  const SharedMemory memory(88);
  PublishedText text(memory.data(), memory.size());
  const std::string longest(text.capacity(), 'x');
  EXPECT_TRUE(text.Write(longest));
  EXPECT_FALSE(text.Write(longest + "x"));
  EXPECT_EQ(text.Read(), longest);
}

// As the writer leaves it that is stopped in the middle: the half of the next text has other bytes.
TEST(PublishedText, IsTheOneBeforeWhenItsWriterStoppedInTheMiddle) {
  const SharedMemory memory(88);
  PublishedText text(memory.data(), memory.size());
  const std::size_t half = (memory.size() - sizeof(std::uint64_t)) / 2;
  for (const std::size_t written : {1, 2, 3}) {
    const std::string whole = "whole " + std::to_string(written);
    ASSERT_TRUE(text.Write(whole));
    std::byte* other = memory.data() + sizeof(std::uint64_t) + (written % 2 == 0 ? half : 0);
    std::fill(other, other + half, std::byte{0xee});
    EXPECT_EQ(text.Read(), whole);
  }
}

TEST(PublishedText, IsNothingWhenItSaysThatItIsLongerThanItsMemory) {
  const SharedMemory memory(64);
  const PublishedText text(memory.data(), memory.size());
  const std::uint64_t size = ~std::uint64_t{0};
  std::memcpy(memory.data() + sizeof size, &size, sizeof size);
  EXPECT_EQ(text.Read(), std::nullopt);
}

TEST(PublishedText, IsReadWholeOrNotAtAllWhileItIsWritten) {
  const SharedMemory memory(8192);
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
  int whole = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto read = text.Read();
    if (read) ++(*read == one || *read == other ? whole : torn);
  }
  must_stop = true;
  writer.join();
  EXPECT_EQ(torn, 0);
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace hosts::status
