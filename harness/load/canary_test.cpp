#include "harness/load/canary.h"

#include <gmock/gmock.h>

namespace harness::load {
namespace {

using testing::ElementsAre;

TEST(Canary, ATokenIsItsPhaseAndItsNumber) {
  EXPECT_EQ(Token(0xabcd0001, 0x2f).text(), "wlababcd00010000002f");
  EXPECT_EQ(Token(0, 0xffffffff).text(), "wlab00000000ffffffff");
}

TEST(Canary, OnesOwnMustComeAndNoOther) {
  const Token own(7, 1);
  const std::string mine = "X-Wsgilab-Canary: " + std::string(own.text()) + "\r\n";
  const std::string theirs = "so says wlab0000000700000002.";
  EXPECT_EQ(FindEcho(mine, "ok", own), Echo::Own);
  EXPECT_EQ(FindEcho("", own.text(), own), Echo::Own);
  EXPECT_EQ(FindEcho("", "ok", own), Echo::Lost);
  EXPECT_EQ(FindEcho("", theirs, own), Echo::Anothers);
  EXPECT_EQ(FindEcho(mine, theirs, own), Echo::Anothers);
}

TEST(Canary, WhatOnlyLooksLikeOneIsNone) {
  const Token own(7, 1);
  for (const char* text :
       {"wlab", "a wlabel0000000700000002", "wlab000000070000000", "wlab-token-goes-here"}) {
    EXPECT_EQ(FindEcho("", text, own), Echo::Lost) << text;
  }
  EXPECT_EQ(FindEcho("", "wlabwlab0000000700000001", own), Echo::Own);
}

TEST(Canary, ARequestWithoutAPlaceGetsAHeader) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_THAT(ArmRequest(bytes), ElementsAre(34));
  EXPECT_EQ(bytes, "GET / HTTP/1.1\r\nX-Wsgilab-Canary: wlab-token-goes-here\r\nHost: x\r\n\r\n");
}

TEST(Canary, APlaceholderIsThePlaceWhereverItStands) {
  std::string bytes = "GET /wlab-token-goes-here HTTP/1.1\r\nX: wlab-token-goes-here\r\n\r\n";
  const std::string before = bytes;
  EXPECT_THAT(ArmRequest(bytes), ElementsAre(5, 39));
  EXPECT_EQ(bytes, before);
}

}  // namespace
}  // namespace harness::load
