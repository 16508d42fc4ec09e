#pragma once
// AccessLogs: a line for each answered request, in the logs of its virtual host.
//
// Owns:    the thread that writes.
// Threads: Note() from any thread.
// Fails:   Open: a file that cannot be opened, at its line of the configuration.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hosts/access_log/writer.h"
#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "hosts/deployment/deployment.h"
#include "hosts/directives/machine.h"
#include "hosts/serving/request_log.h"

namespace hosts::command {

// By their paths: opened while the server may still, inherited by its processes.
using AccessLogFiles = std::map<std::string, base::UniqueFd>;
[[nodiscard]] base::Result<AccessLogFiles> OpenAccessLogs(const deployment::Deployment& deployment);

class AccessLogs final : public serving::RequestLog {
 public:
  // What it is given outlives it.
  AccessLogs(const deployment::Deployment& deployment, const AccessLogFiles& files);

  void Note(const serving::AnsweredRequest& request) override;
  // Writes what is there. Lines that come later are lost.
  void Stop() { writer_.Stop(); }

 private:
  struct Described;  // a request, as lines and conditions ask for it

  [[nodiscard]] const deployment::VirtualHost* HostOf(
      const serving::AnsweredRequest& request) const;
  [[nodiscard]] bool IsWanted(const deployment::AccessLog& log, const Described& request);

  const deployment::Deployment& deployment_;
  std::map<std::string, std::size_t> numbers_;  // of the files, for the writer
  std::mutex mutex_;
  directives::Machine machine_;  // for conditions; under the lock
  access_log::Writer writer_;
};

}  // namespace hosts::command
