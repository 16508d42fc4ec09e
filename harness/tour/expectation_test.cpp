#include "harness/tour/expectation.h"

#include <gmock/gmock.h>

namespace harness::tour {
namespace {

using testing::HasSubstr;
using testing::Optional;

const Site kSite{"127.0.0.1", 8080, "/m"};

Answer Page(const std::string& fields, const std::string& body, int status = 200) {
  return {status, "HTTP/1.1 200 OK\r\n" + fields + "\r\n", body, {}};
}

TEST(Judge, HeadersMustBeEqual) {
  Expectation expect;
  expect.headers = {{"Content-Type", "text/html"}};
  EXPECT_FALSE(Judge(expect, Page("content-type: text/html\r\n", ""), kSite, {}));
  EXPECT_THAT(Judge(expect, Page("Content-Type: text/plain\r\n", ""), kSite, {}),
              Optional(HasSubstr("'text/plain', not 'text/html'")));
  EXPECT_THAT(Judge(expect, Page("", ""), kSite, {}), Optional(HasSubstr("absent")));
}

TEST(Judge, ARedirectIsBelowTheMountWhateverItsHost) {
  Expectation expect;
  expect.status = 302;
  expect.location = "/login/";
  for (const char* url : {"/m/login/", "http://127.0.0.1:8080/m/login/?next=/x"}) {
    const std::string field = std::string("Location: ") + url + "\r\n";
    EXPECT_FALSE(Judge(expect, Page(field, "", 302), kSite, {})) << url;
  }
  EXPECT_TRUE(Judge(expect, Page("Location: /login/\r\n", "", 302), kSite, {}));
}

TEST(Judge, TextsAndJsonAreFilled) {
  Expectation expect;
  expect.contains = {"note ${id}"};
  expect.json = {{"id", "7"}, {"name", "\"n${id}\""}};
  Visitor visitor;
  visitor.captured["id"] = "7";
  EXPECT_FALSE(Judge(expect, Page("", R"({"id":7,"name":"n7","x":"note 7"})"), kSite, visitor));
  EXPECT_THAT(Judge(expect, Page("", R"({"id":8,"name":"n7","x":"note 7"})"), kSite, visitor),
              Optional(HasSubstr("JSON id is '8', not '7'")));
  EXPECT_TRUE(Judge(expect, Page("", "note 7"), kSite, visitor));
}

TEST(Judge, AStreamHasChunksAndNoLength) {
  Expectation expect;
  expect.chunked = true;
  EXPECT_FALSE(Judge(expect, Page("Transfer-Encoding: chunked\r\n", ""), kSite, {}));
  EXPECT_TRUE(Judge(expect, Page("Content-Length: 0\r\n", ""), kSite, {}));
}

TEST(Capture, TakesCookiesPatternsAndKeys) {
  Visitor visitor;
  visitor.cookies["csrf"] = "c";
  const Answer page = Page("", R"({"id":12,"text":"token=ab"})");
  EXPECT_EQ(*CaptureFrom({"x", Capture::From::Cookie, "csrf"}, page, visitor), "c");
  EXPECT_EQ(*CaptureFrom({"x", Capture::From::Json, "id"}, page, visitor), "12");
  EXPECT_EQ(*CaptureFrom({"x", Capture::From::Json, "text"}, page, visitor), "token=ab");
  EXPECT_EQ(*CaptureFrom({"x", Capture::From::Regex, "token=(\\w+)"}, page, visitor), "ab");
  const auto missing = CaptureFrom({"x", Capture::From::Regex, "nonce=(\\w+)"}, page, visitor);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().Text(), HasSubstr("nonce"));
}

}  // namespace
}  // namespace harness::tour
