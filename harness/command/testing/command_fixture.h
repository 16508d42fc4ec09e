#pragma once
// CommandTest: the program wsgilab from outside, with the fake host in the place of the engine, and no other host.
//
// Owns:    a folder, in which everything happens.
// Fails:   a program that does not end within a minute fails the test.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"

namespace harness::command {

struct Ended {
  int exit_code = -1;
  std::string output;  // both streams
};

class CommandTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-command");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
  }

  [[nodiscard]] std::filesystem::path Out() const { return folder_->path() / "out"; }

  hosts::base::ChildProcess Start(std::vector<std::string> words) {
    hosts::base::SpawnOptions options;
    options.argv = std::move(words);
    options.argv.insert(options.argv.begin(), WSGILAB);
    options.environment = {{"PATH", "/usr/bin:/bin"},
                           {"TMPDIR", folder_->path().string()},
                           {"WSGILAB_HOST", FAKE_HOST},
                           {"WSGILAB_APACHE", "/nowhere/apache2"},
                           {"WSGILAB_PEERS", "/nowhere"}};
    options.environment.insert(options.environment.end(), environment_.begin(), environment_.end());
    options.output = folder_->path() / "output";
    auto child = hosts::base::ChildProcess::Start(std::move(options));
    CHECK(child.has_value(), "wsgilab can be started");
    return std::move(*child);
  }

  Ended Await(hosts::base::ChildProcess child) {
    const auto status = child.Wait(hosts::base::Deadline::After(std::chrono::seconds(60)));
    EXPECT_TRUE(status) << "wsgilab did not end";
    Ended ended;
    if (status && !status->signaled) ended.exit_code = status->value;
    if (const auto text = hosts::base::ReadFile(folder_->path() / "output")) ended.output = *text;
    std::filesystem::remove(folder_->path() / "output");
    return ended;
  }

  Ended Call(std::vector<std::string> words) { return Await(Start(std::move(words))); }

  std::vector<std::pair<std::string, std::string>> environment_;  // of the program, besides
  std::optional<hosts::base::TemporaryDirectory> folder_;
};

}  // namespace harness::command
