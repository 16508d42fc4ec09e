#pragma once
// Site: a directory with scripts and virtual environments in it, for tests to explain configurations
// on. In configurations and files "@" stands for the directory.
//
// Owns:    the directory.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/directives/configuration.h"
#include "hosts/directives/machine.h"
#include "hosts/explain/explanation.h"

namespace hosts::explain::testing {

// An explanation and the deployment it points into.
struct Explained {
  std::unique_ptr<deployment::Deployment> deployment;
  Explanation explanation;

  [[nodiscard]] const Advice* Find(std::string_view id) const {
    for (const Advice& advice : explanation.advice) {
      if (advice.id == id) return &advice;
    }
    return nullptr;
  }
};

class Site {
 public:
  Site() : directory_(*base::TemporaryDirectory::Make("wsgilab-explain-")) {}

  [[nodiscard]] std::string Filled(std::string text) const {
    for (size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at))
      text.replace(at, 1, directory_.path().string());
    return text;
  }

  void Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = directory_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    ASSERT_TRUE(base::WriteFile(path, Filled(text)));
  }

  [[nodiscard]] base::Result<Explained> Ask(const std::string& configuration,
                                            const std::vector<std::string>& urls = {},
                                            const deployment::PythonAbilities& python = {}) const {
    auto read = directives::ReadConfigurationText(Filled(configuration), "site.conf");
    if (!read) return read.error();
    Explained explained{std::make_unique<deployment::Deployment>(std::move(*read)), {}};
    explained.deployment->python = python;
    directives::Machine machine(*explained.deployment);
    auto explanation = Explain(*explained.deployment, urls, machine);
    if (!explanation) return explanation.error();
    explained.explanation = std::move(*explanation);
    return explained;
  }

 private:
  base::TemporaryDirectory directory_;
};

}  // namespace hosts::explain::testing
