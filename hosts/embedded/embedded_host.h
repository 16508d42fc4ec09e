#pragma once
// EmbeddedHost: Python in one of the server's own processes, for the mounts of embedded mode.
//
// Owns:    the ApplicationProcess.
// Threads: Start and the destructor on the process's main thread; answer_functions() may be called
//          on any application thread, and what it gives lives there.
// Fails:   Start, when Python cannot be started.
// Source:  PRELOAD-5, ENV-22.

#include <memory>

#include "hosts/applications/application_process.h"
#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"
#include "hosts/serving/service.h"
#include "hosts/status/process_page.h"

namespace hosts::embedded {

class EmbeddedHost {
 public:
  // Starts Python and preloads. The deployment outlives the host, and so does the page, which may be null.
  [[nodiscard]] static base::Result<EmbeddedHost> Start(const deployment::Deployment& deployment,
                                                        status::ProcessPage* page);

  EmbeddedHost(EmbeddedHost&&) = default;
  EmbeddedHost& operator=(EmbeddedHost&&) = delete;
  // Tells subscribers, ends the interpreters (SHUT-6).
  ~EmbeddedHost();

  // As ApplicationProcess has it.
  void NoteHeldUp() const;

  [[nodiscard]] serving::AnswerFunctionFactory answer_functions() const;

 private:
  explicit EmbeddedHost(std::unique_ptr<applications::ApplicationProcess> process)
      : process_(std::move(process)) {}
  std::unique_ptr<applications::ApplicationProcess> process_;
};

}  // namespace hosts::embedded
