#include "harness/tour/request_writer.h"

#include <gmock/gmock.h>

namespace harness::tour {
namespace {

using testing::HasSubstr;

const Site kSite{"127.0.0.1", 8080, "/m"};

std::string Written(const Step& step, const Visitor& visitor = {}) {
  const auto request = WriteRequest(step, kSite, visitor);
  EXPECT_TRUE(request) << request.error().Text();
  return request ? *request : "";
}

TEST(WriteRequest, AGetHasMountHostAndCookies) {
  Step step;
  step.method = "GET";
  step.path = "/notes/${id}";
  Visitor visitor;
  visitor.captured["id"] = "7";
  visitor.cookies = {{"session", "abc"}, {"csrf", "def"}};
  EXPECT_EQ(Written(step, visitor),
            "GET /m/notes/7 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nCookie: csrf=def; session=abc\r\n"
            "\r\n");
}

TEST(WriteRequest, AFormIsUrlEncoded) {
  Step step;
  step.method = "POST";
  step.path = "/";
  step.content = Step::Content::Form;
  step.fields = {{"name", "Pim & Söhne"}, {"token", "${t}"}};
  Visitor visitor;
  visitor.captured["t"] = "x+y";
  EXPECT_EQ(Written(step, visitor),
            "POST /m/ HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 35\r\n\r\n"
            "name=Pim+%26+S%C3%B6hne&token=x%2By");
}

TEST(WriteRequest, AnUploadIsMultipart) {
  Step step;
  step.method = "POST";
  step.path = "/";
  step.content = Step::Content::Multipart;
  step.fields = {{"a", "1"}};
  step.files = {{"file", "n.txt", "text/plain", "line\n"}};
  EXPECT_THAT(Written(step),
              HasSubstr("--wsgilab-tour-boundary\r\n"
                        "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
                        "--wsgilab-tour-boundary\r\n"
                        "Content-Disposition: form-data; name=\"file\"; filename=\"n.txt\"\r\n"
                        "Content-Type: text/plain\r\n\r\nline\n\r\n"
                        "--wsgilab-tour-boundary--\r\n"));
}

TEST(WriteRequest, JsonIsFilledWithEscapes) {
  Step step;
  step.method = "POST";
  step.path = "/";
  step.content = Step::Content::Json;
  step.text = R"({"title":"${t}"})";
  Visitor visitor;
  visitor.captured["t"] = "a \"b\"";
  EXPECT_THAT(Written(step, visitor), HasSubstr(R"({"title":"a \"b\""})"));
}

TEST(WriteRequest, ATypeOfOnesOwnReplacesTheUsualOne) {
  Step step;
  step.method = "POST";
  step.path = "/";
  step.content = Step::Content::Json;
  step.text = "{}";
  step.headers = {{"content-type", "application/x"}};
  EXPECT_THAT(Written(step), testing::Not(HasSubstr("application/json")));
}

TEST(WriteRequest, WhatWasNotCapturedIsNamed) {
  Step step;
  step.path = "/${id}";
  const auto request = WriteRequest(step, kSite, {});
  ASSERT_FALSE(request);
  EXPECT_THAT(request.error().Text(), HasSubstr("${id}"));
}

TEST(Visitor, CookiesAreKeptReplacedAndForgotten) {
  Visitor visitor;
  visitor.KeepCookies({200,
                       "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\n"
                       "X-Set-Cookie: c=3\r\n\r\n",
                       "",
                       {}});
  EXPECT_EQ(visitor.CookieText(), "a=1; b=2");
  visitor.KeepCookies(
      {200,
       "HTTP/1.1 200 OK\r\nSet-Cookie: a=9\r\nSet-Cookie: b=; expires=x; Max-Age=0; Path=/\r\n\r\n",
       "",
       {}});
  EXPECT_EQ(visitor.CookieText(), "a=9");
}

}  // namespace
}  // namespace harness::tour
