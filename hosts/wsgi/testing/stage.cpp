#include "hosts/wsgi/testing/stage.h"

#include "hosts/python/testing/source.h"

namespace hosts::wsgi::testing {

using python::Attached;

Stage::Stage(MountVariables its_variables) : runtime_(std::move(*python::Runtime::Start())) {
  const Attached attached(runtime_->starting_thread());
  adapter_ = std::make_unique<Adapter>(attached);
  header_keys_ = std::make_unique<HeaderKeys>(attached);
  template_ = std::make_unique<EnvironTemplate>(
      adapter_->MakeTemplate(attached, *header_keys_, std::move(its_variables)));
  request.method = "GET";
  request.target = "/app/path?a=b";
  request.query = "a=b";
  request.script_name = "/app";
  request.path_info = "/path";
  request.script_filename = "/site/app.wsgi";
  request.script = "/site/app.wsgi";
  request.remote_address = "192.0.2.1";
  request.remote_port = 50000;
  request.local_address = "192.0.2.2";
  request.local_port = 8080;
  variables.request_id = "r1";
}

Stage::~Stage() {
  const Attached attached(runtime_->starting_thread());
  template_.reset();
  header_keys_.reset();
  adapter_.reset();
}

RecordingSink Stage::Play(const std::string& source) {
  return Play(source, FakeBody());
}

RecordingSink Stage::Play(const std::string& source, FakeBody body) {
  RecordingSink sink;
  Play(source, body, sink);
  return sink;
}

void Stage::Play(const std::string& source,
                 exchange::RequestBody& body,
                 exchange::AnswerSink& sink) {
  Answer answer(sink);
  {
    const Attached attached(runtime_->starting_thread());
    python::testing::Execute(attached, source);
    const auto application = python::testing::Evaluate(attached, "application");
    adapter_->Serve(
        attached, Call{application.get(), *template_, request, body, variables}, answer);
  }
  answer.Complete();
}

void Stage::Execute(const std::string& source) {
  const Attached attached(runtime_->starting_thread());
  python::testing::Execute(attached, source);
}

std::string Stage::Say(const std::string& expression) {
  const Attached attached(runtime_->starting_thread());
  return python::testing::Say(attached, expression);
}

}  // namespace hosts::wsgi::testing
