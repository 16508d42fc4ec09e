#pragma once
// ExpectFits: what a verb wrote for programs fits the schema that `wsgilab schema` prints for it (testing/fits.py).

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"

namespace harness::command {

// Both files are made in `folder`, which is a temporary one.
inline void ExpectFits(const std::string& schema,
                       const std::string& json,
                       const std::filesystem::path& folder) {
  const auto file = folder / "written.json";
  ASSERT_TRUE(hosts::base::WriteFile(file, json));
  hosts::base::SpawnOptions options;
  options.argv = {WSGILAB_PYTHON,
                  "-B",
                  WSGILAB_SOURCE_FOLDER "/harness/command/testing/fits.py",
                  WSGILAB,
                  schema,
                  file.string()};
  options.output = folder / "does-not-fit";
  auto child = hosts::base::ChildProcess::Start(std::move(options));
  ASSERT_TRUE(child) << child.error().Text();
  const auto status = child->Wait(hosts::base::Deadline::After(std::chrono::seconds(60)));
  ASSERT_TRUE(status) << "fits.py did not end";
  const auto said = hosts::base::ReadFile(folder / "does-not-fit");
  EXPECT_EQ(status->value, 0) << schema << ": " << (said ? *said : "");
}

}  // namespace harness::command
