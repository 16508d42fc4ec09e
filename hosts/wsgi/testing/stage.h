#pragma once
// Stage: one interpreter with an Adapter, on which test applications play.
//
// An application is Python source that defines `application`; all of them run in __main__.
//
// Threads: the one that made it; nothing is attached between calls.

#include <memory>
#include <string>
#include <vector>

#include "hosts/python/runtime.h"
#include "hosts/python/testing/captured_log.h"
#include "hosts/wsgi/adapter.h"
#include "hosts/wsgi/testing/doubles.h"

namespace hosts::wsgi::testing {

class Stage {
 public:
  explicit Stage(MountVariables variables = {});
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  // Runs source, then answers `request` with the `application` of it.
  RecordingSink Play(const std::string& source);
  RecordingSink Play(const std::string& source, FakeBody body);
  void Play(const std::string& source, exchange::RequestBody& body, exchange::AnswerSink& sink);
  void Execute(const std::string& source);
  [[nodiscard]] std::string Say(const std::string& expression);
  [[nodiscard]] std::vector<std::string> ErrorLines() const { return log_.Lines("H0302"); }
  [[nodiscard]] const python::testing::CapturedLog& log() const { return log_; }

  exchange::RequestHead request;
  RequestVariables variables;

 private:
  python::testing::CapturedLog log_;
  std::unique_ptr<python::Runtime> runtime_;
  std::unique_ptr<Adapter> adapter_;
  std::unique_ptr<HeaderKeys> header_keys_;
  std::unique_ptr<EnvironTemplate> template_;
};

}  // namespace hosts::wsgi::testing
