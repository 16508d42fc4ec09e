#include "harness/run/settings.h"

#include <gmock/gmock.h>

#include "hosts/base/files.h"

namespace harness::run {
namespace {

using reports::record::SettingsAsked;
using reports::record::SettingsFound;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SettingsFound AsAsked() {
  SettingsFound found;
  found.processes = 1;
  found.threads = 9;  // a host may have threads of its own
  found.at_once = 5;
  found.at_once_is_limit = true;
  found.keep_alive = true;
  found.log_lines = 3;
  found.requests = 2000;
  return found;
}

const SettingsAsked kAsked{.processes = 1, .threads = 5};

TEST(Settings, AreAskedOfTheServerOrOfTheGroup) {
  adapters::ServedDeployment deployment;
  deployment.server_threads = 7;
  adapters::DaemonGroup group;
  group.name = "desk";
  group.processes = 2;
  group.threads = 3;
  deployment.daemon_groups = {group};
  EXPECT_EQ(AskedSettings(deployment, "").threads, 7);
  EXPECT_EQ(AskedSettings(deployment, "desk").threads, 3);
  EXPECT_EQ(AskedSettings(deployment, "desk").processes, 2);
}

TEST(Settings, AsAskedForHaveNoDifferences) {
  EXPECT_THAT(SettingsDifferences(kAsked, AsAsked()), IsEmpty());
  EXPECT_THAT(SettingsDifferences(kAsked, SettingsFound{}), IsEmpty());
}

TEST(Settings, EachThatDiffersIsASentence) {
  SettingsFound found = AsAsked();
  found.processes = 2;
  found.at_once = 16;
  found.at_once_is_limit = false;
  found.keep_alive = false;
  found.log_lines = 2000;
  EXPECT_THAT(SettingsDifferences(kAsked, found),
              ElementsAre("2 processes run the application, asked for were 1",
                          "one process had at least 16 requests in the application at the same "
                          "time, asked for were 5",
                          "it closed connections that clients would have kept",
                          "it wrote 2000 lines into its log for 2000 requests, asked for was none "
                          "for each"));
}

TEST(Settings, ConnectionsThatAreOpenedAgainWereNotKept) {
  load::LoadResult result;
  result.profile.connections = 8;
  result.connects = 8;
  EXPECT_FALSE(HadToReconnect(result));
  result.connects = 9;
  EXPECT_TRUE(HadToReconnect(result));
}

TEST(Settings, WordsAreTheLinesOfTheLogThatFit) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-settings");
  ASSERT_TRUE(folder);
  const auto log = folder->path() / "host.log";
  ASSERT_TRUE(hosts::base::WriteFile(log, "hello\nUsing worker: gthread\nbye\n"));
  EXPECT_THAT(WordsInLog(log, "Using worker: "), ElementsAre("Using worker: gthread"));
  EXPECT_THAT(WordsInLog(log, ""), IsEmpty());
  EXPECT_EQ(CountLines(log), 3);
  EXPECT_EQ(CountLines(folder->path() / "none"), 0);
}

TEST(Settings, WhatNobodyAnswersIsAbsent) {
  SettingsQuestion question;
  question.site.port = 1;
  const SettingsFound found = FindSettings(question);
  EXPECT_FALSE(found.at_once);
  EXPECT_FALSE(found.processes);
}

}  // namespace
}  // namespace harness::run
