#pragma once
// PreparedData: the data that an application begins with, made once in a run by its prepare.py and
// copied into every cell.
//
// Owns:    a temporary directory.
// Fails:   a program that does not end well is a Result with the end of what it said.

#include <filesystem>
#include <map>
#include <string>

#include "harness/matrix/app.h"
#include "hosts/base/files.h"
#include "hosts/base/result.h"

namespace harness::run {

class PreparedData {
 public:
  [[nodiscard]] static hosts::base::Result<PreparedData> Make();

  // The application's data; made at the first call. An application without a program has none.
  [[nodiscard]] hosts::base::Result<std::filesystem::path> Of(const matrix::App& app,
                                                              const std::filesystem::path& venv);

 private:
  explicit PreparedData(hosts::base::TemporaryDirectory directory)
      : directory_(std::move(directory)) {}
  hosts::base::TemporaryDirectory directory_;
  std::map<std::string, hosts::base::Result<void>> made_;  // by the application's name
};

}  // namespace harness::run
