#include "hosts/embedded/embedded_host.h"

#include <utility>

namespace hosts::embedded {

namespace {

std::filesystem::path EggsOf(const deployment::ServerProcesses& server) {
  return server.python_eggs ? server.python_eggs->value : std::filesystem::path();
}

}  // namespace

base::Result<EmbeddedHost> EmbeddedHost::Start(const deployment::Deployment& deployment,
                                               status::ProcessPage* page) {
  const deployment::ServerProcesses& server = deployment.server;
  auto process = applications::ApplicationProcess::Start(deployment,
                                                         {.process_group = {},
                                                          .python_home = server.python_home,
                                                          .python_path = server.python_path,
                                                          .home = {},
                                                          .python_eggs = EggsOf(server),
                                                          .processes = server.processes,
                                                          .threads = server.threads,
                                                          .multiprocess = server.processes > 1,
                                                          .page = page});
  if (!process) return process.error();
  for (const auto& preloaded : deployment.preloads) {
    if (preloaded.process_group.empty()) {
      (*process)->Preload(preloaded.application_group, preloaded.script);
    }
  }
  return EmbeddedHost(std::move(process).value());
}

EmbeddedHost::~EmbeddedHost() {
  if (process_) process_->TellEnd();
}

void EmbeddedHost::NoteHeldUp() const {
  process_->NoteHeldUp();
}

serving::AnswerFunctionFactory EmbeddedHost::answer_functions() const {
  return [process = process_.get()] {
    auto worker = std::make_shared<applications::Worker>(*process);
    return [worker](const exchange::RequestHead& head,
                    exchange::RequestBody& body,
                    exchange::AnswerSink& sink) { worker->Answer(head, body, sink); };
  };
}

}  // namespace hosts::embedded
