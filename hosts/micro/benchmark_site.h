#pragma once
// Site:   hello.wsgi in a directory of its own, mounted at / beside two others, as a Deployment.
// Switches: context switches of this process since it was made.
// NullSink, NoBody: the ends of a request that cost nothing.
//
// Owns:    the directory.
// Threads: values.

#include <sys/resource.h>

#include <string>
#include <string_view>

#include "hosts/base/files.h"
#include "hosts/deployment/deployment.h"
#include "hosts/exchange/answer.h"
#include "hosts/exchange/request.h"
#include "hosts/http1/request_parser.h"

namespace hosts::micro {

class Site {
 public:
  Site();

  [[nodiscard]] const deployment::Deployment& deployment() const { return deployment_; }
  [[nodiscard]] std::string script() const { return (directory_.path() / "hello.wsgi").string(); }
  [[nodiscard]] std::string socket() const { return (directory_.path() / "group.sock").string(); }

 private:
  base::TemporaryDirectory directory_ = base::TemporaryDirectory::Make("wsgilab-micro").value();
  deployment::Deployment deployment_;
};

// A head that was parsed and says what routing would: good as long as the text and the parser.
[[nodiscard]] exchange::RequestHead RoutedHead(http1::RequestParser& parser,
                                               std::string_view text,
                                               std::string_view script);

class Switches {
 public:
  Switches() : before_(Now()) {}
  [[nodiscard]] double since() const { return static_cast<double>(Now() - before_); }

 private:
  static long Now() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw + usage.ru_nivcsw;
  }
  long before_;
};

class NullSink final : public exchange::AnswerSink {
 public:
  [[nodiscard]] base::Result<void> Begin(exchange::AnswerHead) override { return {}; }
  [[nodiscard]] base::Result<void> Write(std::string_view bytes, Then) override {
    bytes_ += bytes.size();
    return {};
  }
  [[nodiscard]] base::Result<void> Finish() override { return {}; }
  void Abort() override { CHECK(false, "hello is answered to its end"); }
  void Choose(exchange::Choice) override { CHECK(false, "hello chooses nothing"); }
  void Refuse() override { CHECK(false, "hello does not change"); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

class NoBody final : public exchange::RequestBody {
 public:
  [[nodiscard]] std::string_view buffered() const override { return {}; }
  void Consume(std::size_t) override {}
  [[nodiscard]] base::Result<bool> Fill() override { return false; }
};

}  // namespace hosts::micro
