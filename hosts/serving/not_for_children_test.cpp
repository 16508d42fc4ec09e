#include "hosts/serving/not_for_children.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "hosts/base/unique_fd.h"
#include "hosts/serving/stream.h"

namespace hosts::serving {

namespace {

struct Pair {
  base::UniqueFd ours;
  base::UniqueFd theirs;
};

Pair Connected() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

// In a forked child, which says so by its exit code.
[[noreturn]] void Say(bool is_so) {
  ::_exit(is_so ? 1 : 0);
}
const ::testing::ExitedWithCode kNo(0);
const ::testing::ExitedWithCode kYes(1);

bool IsOpen(int fd) {
  char byte = 0;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EBADF;
}

}  // namespace

TEST(NotForChildrenDeathTest, IsClosedInAChildAndNotInItsParent) {
  const Pair pair = Connected();
  const NotForChildren listed(pair.ours.get());
  EXPECT_EXIT(Say(IsOpen(pair.ours.get())), kNo, "");
  EXPECT_EXIT(Say(IsOpen(pair.theirs.get())), kYes, "") << "it was not listed";
  EXPECT_TRUE(IsOpen(pair.ours.get()));
}

TEST(NotForChildrenDeathTest, IsOfNoAccountWhenItIsGone) {
  const Pair pair = Connected();
  std::optional<NotForChildren> listed(pair.ours.get());
  listed.reset();
  EXPECT_EXIT(Say(IsOpen(pair.ours.get())), kYes, "");
}

TEST(NotForChildrenDeathTest, HoldsForEveryStream) {
  Pair pair = Connected();
  const Stream stream(std::move(pair.ours));
  EXPECT_EXIT(Say(IsOpen(stream.fd())), kNo, "");
}

// What a child would send could go to a file that it has opened since, under the same number.
TEST(NotForChildrenDeathTest, AStreamOfAChildSendsNothing) {
  Pair pair = Connected();
  Stream stream(std::move(pair.ours));
  EXPECT_EXIT(
      {
        const int another = ::dup2(pair.theirs.get(), stream.fd());
        Say(another >= 0 && stream.Send("an answer") == Stream::Sending::Broken);
      },
      kYes,
      "");
}

TEST(NotForChildrenDeathTest, AChildKnowsThatItIsOne) {
  const Pair pair = Connected();
  const NotForChildren listed(pair.ours.get());
  EXPECT_EXIT(Say(IsForkedChild()), kYes, "");
  EXPECT_FALSE(IsForkedChild());
}

}  // namespace hosts::serving
