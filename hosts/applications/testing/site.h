#pragma once
// Site: scripts in a directory of their own, mounted in a deployment, and requests to them.
//
// Owns:    the directory.

#include <string>
#include <string_view>

#include "hosts/applications/application_process.h"
#include "hosts/base/files.h"
#include "hosts/wsgi/testing/doubles.h"

namespace hosts::applications::testing {

class Site {
 public:
  // One mount, "/", of which application_group is filled in by each request.
  Site();

  // Writes the file; returns its path.
  std::string Script(const std::string& name, std::string_view source);
  // A request for a script in an application group.
  [[nodiscard]] exchange::RequestHead Request(std::string_view script,
                                              std::string_view application_group) const;
  [[nodiscard]] std::unique_ptr<ApplicationProcess> Start(ProcessSettings settings = {}) const;

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  deployment::Deployment deployment;

 private:
  base::TemporaryDirectory directory_;
};

// The answer to one request without a body.
[[nodiscard]] wsgi::testing::RecordingSink Get(Worker& worker, const exchange::RequestHead& head);

}  // namespace hosts::applications::testing
