#pragma once
// WsgilabTest: the program wsgilab in a folder of its own, with the fake host in the place of the engine and the stand-in
// in the place of the checks.

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/command/testing/command_fixture.h"
#include "harness/launch/descendants.h"
#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "reports/record/reader.h"

namespace harness::command {

class WsgilabTest : public testing::Test {
 protected:
  void SetUp() override {
    launch::BecomeSubreaper();
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-command");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
    std::filesystem::create_directory(Temporary());
    for (const char* name : {"one", "two", "three"})
      ASSERT_TRUE(hosts::base::WriteFile(Script(name), "application = None\n"));
  }

  [[nodiscard]] const std::filesystem::path& Folder() const { return folder_->path(); }
  [[nodiscard]] std::filesystem::path Out() const { return Folder() / "out"; }
  [[nodiscard]] std::filesystem::path RecordFile() const { return Out() / "record.jsonl"; }
  // Where temporary files of the program are.
  [[nodiscard]] std::filesystem::path Temporary() const { return Folder() / "tmp"; }
  // An application of one's own: the fake host serves anything.
  [[nodiscard]] std::string Script(const std::string& name) const {
    return (Folder() / (name + ".wsgi")).string();
  }

  hosts::base::ChildProcess Start(std::vector<std::string> words, const std::string& faults = "") {
    hosts::base::SpawnOptions options;
    options.argv = std::move(words);
    options.argv.insert(options.argv.begin(), program_);
    options.environment = {{"PATH", "/usr/bin:/bin"},
                           {"HOME", Folder().string()},
                           {"TMPDIR", Temporary().string()},
                           {"WSGILAB_HOST", FAKE_HOST},
                           {"WSGILAB_FAKE", faults},
                           {"WSGILAB_CHECKS", STAND_IN_CHECKS},
                           {"WSGILAB_APACHE", "/nowhere/apache2"},
                           {"WSGILAB_PEERS", "/nowhere"}};
    options.output = Folder() / output_;
    for (const auto& changed : changed_) {
      std::erase_if(options.environment,
                    [&](const auto& variable) { return variable.first == changed.first; });
      options.environment.push_back(changed);
    }
    auto child = hosts::base::ChildProcess::Start(std::move(options));
    CHECK(child.has_value(), "wsgilab can be started");
    return std::move(*child);
  }

  Ended Await(hosts::base::ChildProcess child) {
    const auto status = child.Wait(hosts::base::Deadline::After(std::chrono::seconds(100)));
    EXPECT_TRUE(status) << "wsgilab did not end";
    Ended ended;
    if (status && !status->signaled) ended.exit_code = status->value;
    if (const auto text = hosts::base::ReadFile(Folder() / output_)) ended.output = *text;
    std::filesystem::remove(Folder() / output_);
    return ended;
  }

  Ended Call(std::vector<std::string> words) { return Await(Start(std::move(words))); }

  // As soon as so many lines of the record have the text.
  void AwaitLines(hosts::base::ChildProcess& child, std::string_view text, int count) {
    const auto deadline = hosts::base::Deadline::After(std::chrono::seconds(60));
    while (CountInRecord(text) < count) {
      ASSERT_FALSE(child.Wait(hosts::base::Deadline::After(std::chrono::milliseconds(5))))
          << "it has ended: " << *hosts::base::ReadFile(Folder() / "output");
      ASSERT_FALSE(deadline.has_passed()) << "no " << text << " in its record";
    }
  }

  [[nodiscard]] std::string RecordText() const {
    const auto text = hosts::base::ReadFile(RecordFile());
    return text ? *text : std::string();
  }

  [[nodiscard]] int CountInRecord(std::string_view text) const {
    const std::string record = RecordText();
    int count = 0;
    for (size_t at = record.find(text); at != std::string::npos; at = record.find(text, at + 1))
      ++count;
    return count;
  }

  [[nodiscard]] reports::record::Record Record(const std::filesystem::path& file) const {
    auto read = reports::record::ReadRecord(file);
    EXPECT_TRUE(read) << read.error().Text();
    return read ? std::move(*read) : reports::record::Record{};
  }

  // As a machine does it that runs out of memory; nothing that it has started may be left, nor any file of theirs.
  void KillAndExpectNothingLeft(hosts::base::ChildProcess child) {
    std::vector<launch::ProcessId> family = launch::FamilyOf(child.pid());
    child.Signal(SIGKILL);
    const auto deadline = hosts::base::Deadline::After(std::chrono::seconds(30));
    const auto status = child.Wait(deadline);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->Text(), "signal 9");
    std::string left;
    for (const launch::ProcessId& process : launch::WaitUntilGone(std::move(family), deadline))
      left += launch::NameOf(process) + "; ";
    EXPECT_EQ(left, "");
    EXPECT_EQ(Orphans(), "");
    EXPECT_TRUE(std::filesystem::is_empty(Temporary()))
        << std::filesystem::directory_iterator(Temporary())->path();
    std::filesystem::remove(Folder() / "output");
  }

  // What came home to us.
  [[nodiscard]] static std::string Orphans() {
    auto family = launch::FamilyOf(::getpid());
    std::erase_if(family, [](const launch::ProcessId& one) { return one.pid == ::getpid(); });
    std::string left;
    for (const launch::ProcessId& process : launch::WaitUntilGone(
             std::move(family), hosts::base::Deadline::After(std::chrono::seconds(10)))) {
      left += launch::NameOf(process) + "; ";
    }
    return left;
  }

  std::optional<hosts::base::TemporaryDirectory> folder_;
  std::string program_ = WSGILAB;
  std::string output_ = "output";
  std::vector<std::pair<std::string, std::string>> changed_;  // environment, beside the usual
};

}  // namespace harness::command
