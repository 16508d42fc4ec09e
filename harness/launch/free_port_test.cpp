#include "harness/launch/free_port.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hosts/base/unique_fd.h"

namespace harness::launch {
namespace {

TEST(FreePort, CanBeListenedOn) {
  const auto port = FreePort();
  ASSERT_TRUE(port) << port.error().Text();
  const hosts::base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(*port));
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(fd.get(), 1), 0);
}

}  // namespace
}  // namespace harness::launch
